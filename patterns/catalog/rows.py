"""An entry as one row of a table (CSV, XLSX): flat keys as cells, list-valued keys as JSON text in one cell.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read back without.
"""

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any

from patterns.catalog.entry import CHILDREN, ENTRY_KEYS, Entry
from patterns.catalog.problems import Unreadable
from patterns.catalog.strict_json import strict_json

JSON_KEYS = frozenset({"aliases", "use_when", "avoid_when", *CHILDREN})
UNSTATED_WHEN_EMPTY = frozenset({"kind", "status"})
BEGINS_FORMULA = r"[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]"  # the last four: = + - @ in full width
FORMULA = re.compile(f"'*{BEGINS_FORMULA}")
GUARDED = re.compile(f"'+{BEGINS_FORMULA}")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs; reversible, whatever the text begins with."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


def row(entry: Entry) -> dict[str, str]:
    """The cells of an entry, one for each key, in key order; not yet guarded."""
    values = entry.model_dump(mode="json")
    return {key: cell(values[key]) for key in ENTRY_KEYS}


def cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value else ""


def write_csv(entries: Iterable[Entry]) -> str:
    """A CSV file with one row for each entry, which reads back as the same entries."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(ENTRY_KEYS)
    writer.writerows(map(guarded, row(entry).values()) for entry in entries)
    return file.getvalue()


def raw_row(cells: dict[str, str]) -> dict[str, Any]:
    """The raw table that a row states; raises Unreadable for a cell that is not the JSON it should be."""
    return {
        key: raw_cell(key, unguarded(text)) for key, text in cells.items() if text or key not in UNSTATED_WHEN_EMPTY
    }


def raw_cell(key: str, text: str) -> Any:
    if key not in JSON_KEYS:
        return text
    if not text.strip():
        return {} if key == "origin" else []
    try:
        return strict_json(text)
    except Unreadable as error:
        hint = f"{error.hint}, or leave the cell empty"
        raise Unreadable(f"the cell {key!r} {error.message}", hint) from None
