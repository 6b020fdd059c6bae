"""Workbooks made to stop a server: each is refused in words, soon, and without the memory of who asked."""

import resource
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from patterns.document.problems import Problem
from patterns.files import xlsx, xlsx_child
from patterns.files.limits import ADMIN_LIMITS, Limits
from patterns.tests.document.documents import refusal
from patterns.tests.files.workbooks import HEADER_ROW, MAIN, archive, cell, lying, saved, zipped

MEBIBYTE = 1024 * 1024
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FAR = '<c r="XFD2" t="inlineStr"><is><t>x</t></is></c>'
ENTITIES = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 20}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def cpu_seconds() -> float:
    """Of this process and its children; the clock says more of the other work on a machine."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def refused(data: bytes) -> Problem:
    """The problem of a workbook, found within five seconds and in little memory of this process."""
    start = cpu_seconds()
    tracemalloc.start()
    problem = refusal(data, format="xlsx", limits=ADMIN_LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert cpu_seconds() - start < 5
    assert peak < 2 * ADMIN_LIMITS.size
    assert problem.hint
    return problem


def far_rows() -> str:
    return "".join(
        f'<row r="{row}">{cell(f"A{row}", "01")}<c r="XFD{row}"><v>1</v></c></row>' for row in range(2, 20_002)
    )


def with_strings(count: int) -> bytes:
    return archive(strings="<si><t>a</t></si>" * count)


def with_reused_text() -> bytes:
    """A megabyte of text that stands in 20,000 cells."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 20_000))
    return archive(rows, strings=f"<si><t>{'x' * 900_000}</t></si>")


def nested_archive() -> bytes:
    inner = b"\0" * 1024
    for _ in range(20):
        inner = zipped({"xl/worksheets/sheet1.xml": inner, "[Content_Types].xml": inner})
    return inner


def encrypted_entry() -> bytes:
    data = bytearray(archive(HEADER_ROW))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a million empty rows": (lambda: archive(HEADER_ROW + "<row/>" * 1_000_000), "has more than 25,000 rows"),
    "a million rows with formats": (
        lambda: archive(HEADER_ROW + '<row s="1"><c/></row>' * 1_000_000),
        "has more than 25,000 rows",
    ),
    "the last row of all": (lambda: archive('<row r="1048576"/>'), "has nothing on its first sheet, 'Entries'"),
    "too many entries": (
        lambda: archive(HEADER_ROW + f"<row>{cell('', '01')}</row>" * 20_002),
        "has more than 20,000 entries",
    ),
    "one string of 512 MiB": (
        lambda: archive(HEADER_ROW, more={STRINGS: b"<sst><si><t>" + b"x" * (512 * MEBIBYTE)}),
        "bytes; at most 134,217,728",
    ),
    "512 MiB that are said to be few": (
        lambda: lying(archive(HEADER_ROW, more={STRINGS: b"x" * (512 * MEBIBYTE)}), STRINGS, 1_000),
        "is no workbook that can be read (BadZipFile: Bad CRC-32",
    ),
    "five million shared strings": (lambda: with_strings(5_000_000), "has too many cells or formats"),
    "a million shared strings": (lambda: with_strings(1_000_000), "has too many cells or formats"),
    "half a million shared strings": (lambda: with_strings(500_000), "has nothing on its first sheet"),
    "column XFD": (lambda: archive(f'{HEADER_ROW}<row r="2">{FAR}</row>'), "XFD2 holds something beyond 100 columns"),
    "column XFD in 20,000 rows": (lambda: archive(HEADER_ROW + far_rows()), "XFD2 holds something beyond 100 columns"),
    "entities": (lambda: archive("<row><c><v>&i;</v></c></row>", before=ENTITIES), "defines entities"),
    "an external entity": (lambda: archive("<row><c><v>&a;</v></c></row>", before=EXTERNAL), "defines entities"),
    "entities in UTF-16": (
        lambda: archive(more={SHEET: f"{ENTITIES}<worksheet {MAIN}/>".encode("utf-16")}),
        "defines entities",
    ),
    "one text in 20,000 cells": (with_reused_text, "bytes of text; split the sheet"),
    "a text that is no cell": (
        lambda: archive(HEADER_ROW + f"<row>{cell('A2', 'x' * 2_000_000)}</row>"),
        "A2 has 2,000,000 characters",
    ),
    "an archive that is no workbook": (lambda: zipped({"a.txt": "code"}), "is an archive, but no workbook"),
    "a workbook without its parts": (
        lambda: zipped({"[Content_Types].xml": "<x/>"}),
        "is no workbook that can be read",
    ),
    "nested archives": (nested_archive, "is no workbook that can be read"),
    "fifteen thousand parts": (
        lambda: archive(HEADER_ROW, more={f"{number}.xml": "" for number in range(15_000)}),
        "has 15,006 parts",
    ),
    "broken XML": (lambda: archive("<row><c></row>"), "is no workbook that can be read (ParseError: mismatched tag"),
    "half of it": (lambda: saved([["code"], ["01"]])[:2_000], "is no workbook that can be read (BadZipFile"),
    "one byte too few": (lambda: saved([["code"], ["01"]])[:-1], "is no workbook that can be read (BadZipFile"),
    "nonsense behind the signature": (lambda: b"PK\x03\x04" + bytes(1_000), "is no workbook that can be read"),
    "an encrypted part": (encrypted_entry, "is encrypted"),
    "an old or encrypted workbook": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000),
        "is an old workbook (.xls), or one with a password",
    ),
    "text": (lambda: b"code,slug\n01,a\n", "is no XLSX workbook"),
    "nothing": (lambda: b"", "is no XLSX workbook"),
    "an empty first sheet": (lambda: saved([]), "has nothing on its first sheet, 'Sheet'"),
    "a number of 5,000 digits": (
        lambda: archive(f"{HEADER_ROW}<row><c><v>{'9' * 5_000}</v></c></row>"),
        "is no workbook that can be read (ValueError",
    ),
    "a cell of no string": (
        lambda: archive(f'{HEADER_ROW}<row><c t="s"><v>77</v></c></row>'),
        "is no workbook that can be read (IndexError",
    ),
    "a hundred thousand elements in each other": (
        lambda: archive("<a>" * 100_000 + "</a>" * 100_000),
        "has nothing on its first sheet",
    ),
}


@pytest.mark.parametrize(("make", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_workbook_is_refused(make: Callable[[], bytes], said: str):
    assert said in str(refused(make()))


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl/../../evil.xml", "a\0b"])
def test_names_of_parts_lead_nowhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    refused(archive(more={name: "<x/>"}))

    assert [*tmp_path.parent.rglob("evil.xml")] == []


def test_a_workbook_may_hold_as_much_text_as_a_file_has_bytes():
    rows = [["code", "problem"], *([f"c{number}", "x" * 1_000] for number in range(1_000))]

    problem = refusal(saved(rows), format="xlsx", limits=Limits(size=500_000))

    assert str(problem) == "bad.xlsx: holds more than 500,000 bytes of text; split the sheet"


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xlsx, "TIME_LIMIT", 0.05)

    assert refused(with_strings(500_000)).message == "takes too long to read"


def test_a_child_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    script = tmp_path / "child.py"
    script.write_text("import os\nos.abort()")
    monkeypatch.setattr(xlsx_child, "__file__", str(script))

    assert refused(saved([["code"]])).message == "could not be read: what read it broke off"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("while True: pass", "takes too long to read"),
        ("x = bytearray(900 * 1024 * 1024)", "needs too much memory to be read"),
    ],
)
def test_the_child_is_held_to_its_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, message: str):
    script = tmp_path / "child.py"
    source = Path(xlsx_child.__file__).read_text(encoding="utf-8").replace("CPU_LIMIT = 8", "CPU_LIMIT = 1")
    script.write_text(source.replace("    check_archive(data)\n", f"    {body}\n"), encoding="utf-8")
    monkeypatch.setattr(xlsx_child, "__file__", str(script))

    assert refused(saved([["code"]])).message == message
