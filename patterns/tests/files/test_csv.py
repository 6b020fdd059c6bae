"""CSV as spreadsheets write it: any of three delimiters, three line ends and two encodings."""

import time
from time import process_time

import pytest

from patterns.document.problems import Unreadable
from patterns.files.csv import decoded, delimited_rows, delimiter_of
from patterns.files.reader import Upload, read_files
from patterns.tests.document.documents import refusal

TABLE = [["Code", "Use when"], ["01", "a,b;c\td"], ["02", 'q"q']]


def lines(delimiter: str, end: str, *, is_quoted: bool = False) -> str:
    def cell(text: str) -> str:
        quoted = '"' + text.replace('"', '""') + '"'
        return quoted if is_quoted or any(one in text for one in ',;\t"') else text

    return "".join(delimiter.join(map(cell, cells)) + end for cells in TABLE)


def rows(text: str) -> list[tuple[int, list[str]]]:
    return [*delimited_rows(text)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("is_quoted", [False, True])
@pytest.mark.parametrize("names_it", [False, True])
def test_every_delimiter_and_line_end_is_read(delimiter: str, end: str, is_quoted: bool, names_it: bool):
    first = f"sep={delimiter}{end}" if names_it else ""

    assert rows(first + lines(delimiter, end, is_quoted=is_quoted)) == [*enumerate(TABLE, start=1)]


def test_a_first_line_that_names_the_delimiter_is_believed():
    assert rows("SEP=;\ncode,slug;problem\n") == [(1, ["code,slug", "problem"])]


def test_one_column_has_no_delimiter():
    assert rows("code\n01\n") == [(1, ["code"]), (2, ["01"])]


def test_rows_are_counted_as_a_spreadsheet_does():
    assert rows('\n\ncode\n"a\nb"\n\nc\n') == [(1, []), (2, []), (3, ["code"]), (4, ["a\nb"]), (5, []), (6, ["c"])]


@pytest.mark.parametrize("text", ['code\n"01', 'code\n"01"x\n'])
def test_a_quote_that_is_not_closed_is_refused(text: str):
    with pytest.raises(Unreadable, match="is not CSV"):
        rows(text)


@pytest.mark.parametrize(
    "header", ['"' * 9_000, '",' * 4_000, ',"' * 4_000, "'\",;" * 2_000, " " * 100_000, ",;" * 99_999]
)
def test_no_header_takes_long(header: str):
    start = time.process_time()

    rows(header.replace('"', "'") + "\n")

    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "encoding", "is_narrow"),
    [
        ("code\nfaçade €\n", "utf-8", False),
        ("code\nfaçade €\n", "utf-8-sig", False),
        ("code\nfaçade €\n", "cp1252", True),
        ("code\n01\n", "cp1252", False),
    ],
)
def test_utf_8_and_the_code_page_of_excel_are_read(text: str, encoding: str, is_narrow: bool):
    assert decoded(text.encode(encoding)) == (text, is_narrow)


@pytest.mark.parametrize(
    "data",
    [
        *(
            "code\nfaçade\n".encode(encoding)
            for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")
        ),
        "code,problem\n01,x\n".encode("utf-16-le"),
        "code\n01\n".encode("utf-16-be"),
        b"\xef\xbb\xbfcode\nfa\xe7ade\n",
        b"code\nfa\xe7\0ade\n",
        b"code\n\x81\x8d\n",
    ],
)
def test_any_other_encoding_is_refused_with_what_to_do(data: bytes):
    problem = refusal(data, format="csv")

    assert problem.message.startswith("is not UTF-8")
    assert problem.hint == "save it as UTF-8 (in Excel: CSV UTF-8) or as XLSX"
    assert problem.place


@pytest.mark.parametrize("format", ["toml", "json"])
def test_other_formats_are_utf_8_only(format: str):
    text = 'x = "é"' if format == "toml" else '{"x": "é"}'

    assert refusal(text.encode("cp1252"), format=format).message == "is not UTF-8 (byte 0xE9)"


def test_entries_of_a_narrow_sheet_are_known():
    sheets = [
        Upload("a.csv", "csv", "code;problem\n01;é\n02;x\n".encode("cp1252")),
        Upload("b.csv", "csv", "code;problem\n03;é\n".encode()),
    ]

    file = read_files(sheets)

    assert (file.narrow_codes, file.sheet_codes) == ({"01", "02"}, {"01", "02", "03"})


@pytest.mark.parametrize("header", ['code,"a",' + '"' * 3_900 + "x", "code," + "'" * 3_900, 'code;"' + '";"' * 1_300])
def test_a_hostile_header_is_read_at_once(header: str):
    start = process_time()

    delimiter_of(header)

    assert process_time() - start < 1
