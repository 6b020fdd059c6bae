"""The process in which a workbook is unpacked and read, so that the site's memory and time are not the workbook's.

``xlsx.py`` runs it as a script: bytes on standard input, JSON lines on standard output. Each line is the number of a
row with its cells; the last is an object, empty or with the ``message`` and ``hint`` of a refusal. A workbook is an
archive of XML that may unpack to anything, so what it says of itself is believed only as an upper bound.
"""

import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, time
from io import BytesIO
from itertools import chain
from typing import IO, Any
from xml.etree.ElementTree import iterparse
from xml.parsers import expat

MEBIBYTE = 1024 * 1024
MEMORY_LIMIT = 768 * MEBIBYTE  # of addresses, libraries included; what the limits below let through needs a third
CPU_LIMIT = 8  # seconds; the largest ordinary sheet takes half of it
UNPACKED_LIMIT = 128 * MEBIBYTE  # 20,000 rows of 20 ordinary cells unpack to 25
PART_LIMIT = 2_000  # a dozen, and a few for each sheet and picture
MARKUP_LIMIT = 3_700_000  # opening and closing tags: they are what takes time; such a sheet has 3.4 million
ENTRY_LIMIT = 20_000
ROW_LIMIT = 25_000  # the header, the end, and room for blank rows
COLUMN_LIMIT = 100  # a key of an entry each, and room for columns that are empty
CELL_LENGTH = 1_000_000  # as in CSV
CHUNK = MEBIBYTE
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Refused(Exception):
    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def main() -> None:
    # Else a limit that ends the process could leave the workbook on the disk, in a core file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    end = {}
    try:
        for row in rows_in(sys.stdin.buffer.read()):
            write_line(row)
    except Refused as refusal:
        end = {"message": refusal.message, "hint": refusal.hint}
    except MemoryError:
        end = {"message": "needs too much memory to be read", "hint": "save it as CSV UTF-8 and import that"}
    except Exception as error:  # whatever a broken workbook brings the libraries to
        reason = f"{type(error).__name__}: {error}"[:100]
        end = {
            "message": f"is no workbook that can be read ({reason})",
            "hint": "save it anew as XLSX, or as CSV UTF-8",
        }
    write_line(end)


def write_line(line: object) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def rows_in(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that hold anything."""
    check_archive(data)
    book = opened(data)
    from openpyxl.worksheet._reader import WorkSheetParser

    if not book.worksheets:
        raise Refused("has no sheet", "put the table on the first sheet")
    sheet = book.worksheets[0]
    shown, formulas, count = Shown(book), [], 0
    with sheet._get_source() as source:
        # Not sheet.iter_rows: it fills rows and gaps between rows with empty cells, up to 17 thousand million of them.
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for seen, (number, cells) in enumerate(parser.parse(), start=1):
            if seen > ROW_LIMIT:
                raise Refused(f"has more than {ROW_LIMIT:,} rows", "delete the blank ones, or split the sheet")
            formulas += [address_of(one) for one in cells if one["data_type"] == "f"]
            row = texts_of([one for one in cells if one["data_type"] != "f"], shown)
            count += bool(row)
            if count > ENTRY_LIMIT + 2:
                raise Refused(f"has more than {ENTRY_LIMIT:,} entries", "split the sheet")
            if row:
                yield number, row
    if formulas:
        others = f", and so do {len(formulas) - 1:,} more cells" if len(formulas) > 1 else ""
        raise Refused(f"{formulas[0]} holds a formula{others}", "paste its value")
    if not count:
        raise Refused(f"has nothing on its first sheet, {sheet.title[:40]!r}", "put the table there")


def opened(data: bytes) -> Any:
    """The workbook. openpyxl reads the setting while it is imported, so nothing at the top may import it."""
    os.environ["OPENPYXL_DEFUSEDXML"] = "False"  # a slow parser in Python, for what check_archive has refused already
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.xml.constants import SHARED_STRINGS

    # It reads a sheet that does not say how large it is to the end, and nothing here asks for that.
    ReadOnlyWorksheet._get_size = lambda sheet: None

    class Reader(ExcelReader):  # type: ignore[misc]
        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is not None:
                with self.archive.open(part.PartName[1:]) as source:
                    self.shared_strings = strings_in(source)

    reader = Reader(BytesIO(data), read_only=True, keep_links=False)
    reader.read()
    return reader.wb


def strings_in(source: IO[bytes]) -> list[str]:
    """The texts that cells name by number. openpyxl makes objects of all their formats, in ten times the time."""
    strings = []
    for _, node in iterparse(source):  # nosec B314 - check_archive has refused what defines entities
        if node.tag == f"{MAIN}si":
            runs = (one for run in node if run.tag == f"{MAIN}r" for one in run)
            texts = (one.text or "" for one in chain(node, runs) if one.tag == f"{MAIN}t")
            strings.append("".join(texts).replace("x005F_", ""))  # an underline, escaped
            node.clear()
    return strings


def check_archive(data: bytes) -> None:
    """Refuse an archive that unpacks to too much, and XML with a document type: only that can define entities.

    ``zipfile`` unpacks no more of a part than the directory says, and then finds that the sum is wrong.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise Refused("is encrypted", "save it without a password")
        if len(parts) > PART_LIMIT:
            raise Refused(f"has {len(parts):,} parts", f"at most {PART_LIMIT:,} are allowed: keep the one sheet")
        size = sum(part.file_size for part in parts)
        if size > UNPACKED_LIMIT:
            raise Refused(f"unpacks to {size:,} bytes", f"at most {UNPACKED_LIMIT:,} are allowed: split the sheet")
        if "[Content_Types].xml" not in archive.namelist():
            raise Refused("is an archive, but no workbook", "save the sheet as XLSX")
        markup = 0
        for part in parts:
            with archive.open(part) as file:
                for count in tags_in(file.read):
                    markup += count
                    if markup > MARKUP_LIMIT:
                        hint = f"at most {MARKUP_LIMIT:,} tags are allowed: split the sheet"
                        raise Refused("has too many cells or formats", hint)


def tags_in(read: Callable[[int], bytes]) -> Iterator[int]:
    """Counts the tags of a part, chunk by chunk, while the parser that all use looks for a document type."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    is_xml = True
    while chunk := read(CHUNK):
        if is_xml:
            try:
                parser.Parse(chunk, False)
            except expat.ExpatError:  # a picture, or nothing that openpyxl could read further either
                is_xml = False
        yield chunk.count(b"<")


def refuse_doctype(*about: object) -> None:
    raise Refused("defines entities or another document type in its XML", "save it anew from a spreadsheet program")


def texts_of(cells: list[dict[str, Any]], shown: "Shown") -> list[str]:
    """The cells of a row as text, up to the last that holds any."""
    texts: list[str] = []
    for cell in cells:
        text = shown.text(cell)
        if not text:
            continue
        if cell["column"] > COLUMN_LIMIT:
            hint = "keep the columns that are keys of an entry"
            raise Refused(f"{address_of(cell)} holds something beyond {COLUMN_LIMIT} columns", hint)
        if len(text) > CELL_LENGTH:
            raise Refused(f"{address_of(cell)} has {len(text):,} characters", f"at most {CELL_LENGTH:,} are allowed")
        texts += [""] * (cell["column"] - len(texts))
        texts[cell["column"] - 1] = text
    return texts


def address_of(cell: dict[str, Any]) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(cell['column'])}{cell['row']}"


class Shown:
    """What a person sees in a cell: numbers without a point for nothing, with the zeros that their format fills in."""

    def __init__(self, book: Any) -> None:
        from openpyxl.utils.escape import unescape

        self.book, self.unescape = book, unescape
        self.zeros: dict[int, int] = {}

    def text(self, cell: dict[str, Any]) -> str:
        value = cell["value"]
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float):
            return self.number(value, cell["style_id"])
        if isinstance(value, datetime):
            return str(value.date()) if value.time() == time() else value.isoformat(" ")
        return str(self.unescape(str(value)))

    def number(self, value: float, style: int) -> str:
        if not float(value).is_integer():
            return str(value)
        width = self.zeros.get(style)
        if width is None:
            width = self.zeros[style] = self.width(style)
        return f"{int(value):0{width}d}"

    def width(self, style: int) -> int:
        """How many digits a format of zeros only, as people give to codes, shows at least."""
        from openpyxl.cell.read_only import ReadOnlyCell

        cell = ReadOnlyCell(self.book.worksheets[0], 1, 1, None, style_id=style)
        return len(cell.number_format) if re.fullmatch("0{1,16}", cell.number_format or "") else 1


if __name__ == "__main__":
    main()
