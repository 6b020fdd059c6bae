"""Workbooks for tests: ordinary ones as openpyxl writes them, and archives with any XML that a test wants in them."""

import struct
import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
CONTENT_TYPES = f"""{HEAD}<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>"""
RELATIONS = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
BOOK = f"""{HEAD}<workbook {MAIN} xmlns:r="{OFFICE}">
<sheets><sheet name="Entries" sheetId="1" r:id="r1"/></sheets></workbook>"""
BOOK_RELATIONS = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""


def saved(rows: Iterable[Iterable[Any]], *, formats: dict[str, str] | None = None) -> bytes:
    """A workbook with these rows; ``formats`` are number formats by the address of their cell."""
    book = Workbook()
    for cells in rows:
        book.active.append([*cells])
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cell(place: str, text: str) -> str:
    """A cell; without a place it stands beside the one before."""
    reference = f' r="{place}"' if place else ""
    return f'<c{reference} t="inlineStr"><is><t>{text}</t></is></c>'


HEADER_ROW = f'<row r="1">{cell("A1", "code")}{cell("B1", "problem")}</row>'


def archive(
    rows: str = "", *, strings: str = "", before: str = "", more: dict[str, str | bytes] | None = None
) -> bytes:
    """A workbook by its XML: the rows of its only sheet, its shared strings, and what stands before both."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS,
        "xl/worksheets/sheet1.xml": f"{HEAD}{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"{HEAD}{before}<sst {MAIN}>{strings}</sst>",
        **(more or {}),
    }
    return zipped(parts)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def lying(data: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size of a part in its directory and before the part itself."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        true = archive.getinfo(name).file_size
    return data.replace(struct.pack("<L", true), struct.pack("<L", size))
