"""CSV and TSV bytes → the rows of a sheet, whichever delimiter and encoding a spreadsheet wrote them with."""

import csv
import io
import re
from collections.abc import Iterator

from patterns.document.catalog import Document, Source
from patterns.document.problems import Unreadable
from patterns.files.git import git_conflict
from patterns.files.limits import Limits
from patterns.files.sheet import Row, of_sheet, sheet_rows

BOM = "\ufeff"  # without it, Excel takes UTF-8 for the code page of its machine


def write_csv(document: Document, *, base: str = "", partial: bool = False) -> str:
    """A CSV file of the document's entries, for ``utf-8``: it begins with a byte order mark."""
    file = io.StringIO(newline="")
    file.write(BOM)
    csv.writer(file).writerows(sheet_rows(document, base=base, partial=partial))
    return file.getvalue()


csv.field_size_limit(1_000_000)  # the longest valid list, as JSON, is twice the default limit
DELIMITERS = ",;\t"
DELIMITER_LINE = re.compile(r'"?sep=([,;\t])\1*"?(?:\r\n?|\n)', re.IGNORECASE)  # Excel's own first line; no row
FIRST_LINE = re.compile(r"[^\s,;][^\r\n]{0,4000}")  # a header of the known columns is shorter
UTF_8_BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
HINT = "save it as UTF-8 (in Excel: CSV UTF-8) or as XLSX"


def decoded(data: bytes) -> tuple[str, bool]:
    """The text of a sheet, and whether it was saved in Windows' Western code page, which has few characters."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Unreadable(f"is not UTF-8 (byte 0x{data[error.start]:02X})", HINT, place=f"line {line}")
    else:
        # UTF-16 and UTF-32 may pass for UTF-8, with NUL between the letters.
        if b"\0" not in data[:4]:
            return text, False
        problem = Unreadable("is not UTF-8, but UTF-16 or UTF-32", HINT, place="line 1")
    # What is marked as Unicode, or holds NUL, was not saved in a code page.
    if data.startswith((UTF_8_BOM, *WIDE_BOMS)) or b"\0" in data:
        raise problem
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError:
        raise problem from None


def delimited_rows(text: str) -> Iterator[Row]:
    """The rows, numbered as a spreadsheet counts them: empty ones too, the first line ``sep=;`` not."""
    if named := DELIMITER_LINE.match(text):
        text, delimiter = text[named.end() :], named[1]
    else:
        delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        hint = "close every quote, and double quotes inside a cell"
        raise Unreadable(f"is not CSV: {error}", hint, place=f"line {reader.line_num}") from None


def delimiter_of(text: str) -> str:
    header = FIRST_LINE.search(text)
    # Without quotes, for which the Sniffer has an expression whose time grows with the fourth power of their number.
    names = re.sub("[\"']", "", header[0]) if header else ""
    try:
        return csv.Sniffer().sniff(names, DELIMITERS).delimiter
    except csv.Error:  # one column only
        return ","


def parse_csv(data: bytes, name: str, limits: Limits) -> Source:
    text, is_narrow = decoded(data)
    if conflict := git_conflict(text, quote='"'):  # any line is a row, so it may well be read
        raise conflict
    return of_sheet(name, delimited_rows(text), limits, is_narrow=is_narrow)
