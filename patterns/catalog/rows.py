"""An entry as one row of a sheet (CSV, XLSX): a cell for each key, in key order, and a last cell ``base``.

Plain lists are one item a line, tables and lists of tables JSON text. A cell that a spreadsheet would take for a
formula is written with an apostrophe before it, and read back without. An export ends in a row of its own, which counts
the entries; its first cell can be no code.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, get_origin

from patterns.catalog.entry import CHILDREN, ENTRY_KEYS, Document, Entry
from patterns.catalog.problems import Unreadable
from patterns.catalog.strict_json import strict_json

BASE_KEY, PARTIAL, END_CODE = "base", "partial", "[end]"
COLUMNS = (*ENTRY_KEYS, BASE_KEY)
LISTS = frozenset(key for key, one in Entry.model_fields.items() if get_origin(one.annotation) is tuple) - {*CHILDREN}
UNSTATED_WHEN_EMPTY = frozenset({"kind", "status"})
BEGINS_FORMULA = r"[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]"  # the last four: = + - @ in full width
FORMULA = re.compile(f"'*{BEGINS_FORMULA}")
GUARDED = re.compile(f"'+{BEGINS_FORMULA}")
BOM = "\ufeff"  # without it, Excel takes UTF-8 for the code page of its machine


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs; reversible, whatever the text begins with."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


def write_csv(document: Document, *, base: str = "", partial: bool = False) -> str:
    """A CSV file of the document's entries, for ``utf-8``: it begins with a byte order mark."""
    file = io.StringIO(newline="")
    file.write(BOM)
    csv.writer(file).writerows(sheet_rows(document, base=base, partial=partial))
    return file.getvalue()


def sheet_rows(document: Document, *, base: str = "", partial: bool = False) -> Iterator[list[str]]:
    """The rows of a document's sheet, guarded: the header, one row for each entry, and the end of an export."""
    about = [base or PARTIAL] if base or partial else []  # last, and never empty: a row that is cut off lacks it
    yield [*(COLUMNS if about else ENTRY_KEYS)]
    for entry in document.entries.values():
        yield [*map(guarded, row(entry).values()), *about]
    if about:
        yield [END_CODE, str(len(document.entries)), *[""] * (len(ENTRY_KEYS) - 2), *about]


def row(entry: Entry) -> dict[str, str]:
    """The cells of an entry, one for each key, in key order; not yet guarded."""
    values = entry.model_dump(mode="json")
    return {key: cell(key, values[key]) for key in ENTRY_KEYS}


def cell(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    lines = "\n".join(value) if key in LISTS else "["
    # What begins like a formula gets an apostrophe, which a line typed above it would leave within the list.
    if not lines.startswith("[") and not FORMULA.match(lines) and items_in(lines) == value:
        return lines
    return json.dumps(value, ensure_ascii=False) if value else ""


def raw_cell(key: str, text: str) -> Any:
    """The value that a cell states; raises Unreadable for one that is not the JSON it should be."""
    text = unguarded(text)
    is_list = key in LISTS
    if not is_list and key not in CHILDREN:
        return text
    if not text.strip():
        return {} if key == "origin" else []
    if is_list and not text.lstrip().startswith("["):
        return items_in(text)
    try:
        return strict_json(text)
    except Unreadable as error:
        hint = f"{error.hint}, or write one item a line" if is_list else f"{error.hint}, or leave the cell empty"
        raise Unreadable(f"the cell {key!r} {error.message}", hint) from None


def items_in(text: str) -> list[str]:
    """The items of a plain list: one a line, blank lines aside."""
    return [line for line in re.split("\r\n?|\n", text) if line.strip()]
