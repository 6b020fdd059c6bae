"""The rows of a sheet → the raw tables of a file. CSV and XLSX are read alike from here on.

Columns are known by their names, in any order; only ``code`` must be there. What a sheet says of itself stands in its
column ``base`` and in the row ``[end]``, wherever sorting took it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from patterns.document.catalog import Document, Source
from patterns.document.entry import ENTRY_KEYS, GIVEN_KEYS, Entry
from patterns.document.problems import Path, Problem, Unreadable, unknown_key
from patterns.document.register import Layout, keys_of
from patterns.document.text import shortened
from patterns.files.json import strict_json
from patterns.files.limits import Limits

# An entry as one row of a sheet (CSV, XLSX): a cell for each key, in key order, and a last cell ``base``. Plain
# lists are one item a line, tables and lists of tables JSON text. A cell that a spreadsheet would take for a
# formula is written with an apostrophe before it, and read back without. An export ends in a row of its own, which
# counts the entries; its first cell can be no code.


BASE_KEY, PARTIAL, END_CODE = "base", "partial", "[end]"
COLUMNS = (*ENTRY_KEYS, BASE_KEY)
KEYS = keys_of(Entry)
# A text that is never empty: an empty cell says nothing of it.
UNSTATED_WHEN_EMPTY = frozenset(
    name for name in ENTRY_KEYS if KEYS[name].is_text and name not in GIVEN_KEYS and Entry.model_fields[name].default
)
BEGINS_FORMULA = r"[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]"  # the last four: = + - @ in full width
FORMULA = re.compile(f"'*{BEGINS_FORMULA}")
GUARDED = re.compile(f"'+{BEGINS_FORMULA}")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs; reversible, whatever the text begins with."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


def sheet_rows(document: Document, *, base: str = "", partial: bool = False) -> Iterator[list[str]]:
    """The rows of a document's sheet, guarded: the header, one row for each entry, and the end of an export."""
    about = [base or PARTIAL] if base or partial else []  # last, and never empty: a row that is cut off lacks it
    yield [*(COLUMNS if about else ENTRY_KEYS)]
    for entry in document.entries.values():
        yield [*map(guarded, entry_cells(entry).values()), *about]
    if about:
        yield [END_CODE, str(len(document.entries)), *[""] * (len(ENTRY_KEYS) - 2), *about]


def entry_cells(entry: Entry) -> dict[str, str]:
    """The cells of an entry, one for each key, in key order; not yet guarded."""
    values = entry.model_dump(mode="json")
    return {key: cell_text(key, values[key]) for key in ENTRY_KEYS}


def cell_text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    lines = "\n".join(value) if KEYS[key].is_list_of_texts else "["
    # What begins like a formula gets an apostrophe, which a line typed above it would leave within the list.
    if not lines.startswith("[") and not FORMULA.match(lines) and items_in(lines) == value:
        return lines
    return json.dumps(value, ensure_ascii=False) if value else ""


def raw_cell(key: str, text: str) -> Any:
    """The value that a cell states; raises Unreadable for one that is not the JSON it should be."""
    text = unguarded(text)
    about = KEYS[key]
    is_list = about.is_list_of_texts
    if about.is_text:
        return text
    if not text.strip():
        return {} if about.layout is Layout.TABLE else []
    if is_list and not text.lstrip().startswith("["):
        return items_in(text)
    try:
        return strict_json(text)
    except Unreadable as error:
        hint = f"{error.hint}, or write one item a line" if is_list else f"{error.hint}, or leave the cell empty"
        raise Unreadable(f"the cell {key!r} {error.message} (its {error.place})", hint) from None


def items_in(text: str) -> list[str]:
    """The items of a plain list: one a line, blank lines aside."""
    return [line for line in re.split("\r\n?|\n", text) if line.strip()]


Row = tuple[int, Sequence[str]]  # its number, as a spreadsheet counts it, and its cells

COLUMN_LIMIT = 60
WIDEST, LONGEST = 16_384, 1_048_576  # columns and rows of a spreadsheet, empty ones too: no program writes more
BAD_CELL_LIMIT = 1_000  # of cells: nobody reads more
WORDS = re.compile(r"[^\s_-]+")
NEIGHBOURS = re.compile(r"[^\x00-\x7f]{2}")  # one character of UTF-8 that was decoded wrongly is two or more
AROUND = 200  # characters
WRONG_BOM = "ï»¿"  # the mark at the beginning, decoded wrongly; what else was, its cells tell
COUNT = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Sheet:
    """What a sheet states, in the shape of a file's tables, and the rows in which it does.

    ``problems`` are of the sheet as a whole, or of cells that hold no value at all; each has its place.
    """

    tables: dict[str, Any]
    rows: tuple[int, ...]
    end_row: int
    problems: tuple[Problem, ...]


@dataclass
class Noticed:
    """Something that is said once for a sheet, however many cells it is wrong with."""

    place: str = ""
    count: int = 0
    details: str = ""

    def note(self, place: str, details: str = "") -> None:
        if not self.count:
            self.place, self.details = place, details
        self.count += 1

    def problem(self, message: str, hint: str) -> list[Problem]:
        return [Problem(place=self.place, message=message, hint=hint)] if self.count else []

    @property
    def others(self) -> str:
        return f", and {self.count - 1:,} more like it" if self.count > 1 else ""


def read_sheet(rows: Iterable[Row], *, entry_limit: int) -> Sheet:
    """Raises Unreadable for a sheet without codes or with too many, one that was cut off or decoded wrongly."""
    filled = (
        (number, cells) for number, cells in bounded_rows(rows) if any(cell and not cell.isspace() for cell in cells)
    )
    number, names = next(filled, (1, ()))
    reading = SheetReading(Columns.named(names, number))
    for number, cells in filled:
        reading.add(number, cells)
        if len(reading.items) > entry_limit:
            raise Unreadable(f"has more than {entry_limit:,} entries", "export it in parts", place=f"row {number}")
    return reading.finished()


def bounded_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for number, cells in rows:
        if number > LONGEST:
            raise Unreadable(f"has more than {LONGEST:,} rows", "delete the blank ones")
        yield number, cells


def too_wide(count: int, place: str) -> Unreadable:
    return Unreadable(f"has {count:,} columns", "keep the columns that are keys of an entry", place=place)


@dataclass(frozen=True)
class Columns:
    """The header: the key of each column, empty where a column has no name or none that is known."""

    keys: tuple[str, ...]
    nameless: frozenset[int]
    problems: tuple[Problem, ...]
    has_base: bool

    @classmethod
    def named(cls, names: Sequence[str], number: int) -> "Columns":
        place = f"row {number}"
        if len(names) > WIDEST:
            raise too_wide(len(names), place)
        keys = ["_".join(WORDS.findall(name.removeprefix(WRONG_BOM).casefold())) for name in names]
        while keys and not keys[-1]:  # delimiters at the end of every row
            keys.pop()
        if len(keys) > COLUMN_LIMIT:
            raise too_wide(len(keys), place)
        if "code" not in keys:
            raise Unreadable("has no column 'code'", "let the first row name the columns", place=place)
        problems = []
        for key in dict.fromkeys(keys):
            if key and key not in COLUMNS:
                message, hint = unknown_key(key, COLUMNS)
                problems.append(Problem(place=place, key=shortened(key, 40), message=message, hint=hint))
            elif key and keys.count(key) > 1:
                message = f"names the column {key!r} twice"
                problems.append(Problem(place=place, message=message, hint="keep one of the two"))
        known = tuple(key if key in COLUMNS else "" for key in keys)
        nameless = frozenset(index for index, key in enumerate(keys) if not key)
        return cls(known, nameless, tuple(problems), BASE_KEY in keys)


@dataclass
class SheetReading:
    """A sheet in the course of being read."""

    columns: Columns
    items: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    end: str | int | None = None
    end_row: int = 0
    bases: dict[str, int] = field(default_factory=dict)
    bad_cells: list[Problem] = field(default_factory=list)
    nameless: Noticed = field(default_factory=Noticed)
    beyond: Noticed = field(default_factory=Noticed)
    wrongly_decoded: Noticed = field(default_factory=Noticed)

    def add(self, number: int, cells: Sequence[str]) -> None:
        self.notice(number, cells)
        stated = {key: text for key, text in zip(self.columns.keys, cells, strict=False) if key}
        base = stated.pop(BASE_KEY, "").strip()
        if base:
            self.bases.setdefault(base, number)
        if stated.get("code", "").strip() == END_CODE:
            count = stated.get("slug", END_CODE).strip()
            self.end, self.end_row = int(count) if COUNT.fullmatch(count) else count, number
            return
        item = {}
        for key, text in stated.items():
            if text or key not in UNSTATED_WHEN_EMPTY:
                try:
                    item[key] = raw_cell(key, text)
                except Unreadable as error:
                    place = f"row {number}"
                    self.bad_cells.append(Problem(place=place, message=error.message, hint=error.hint))
        self.items.append(item)
        self.rows.append(number)

    def notice(self, number: int, cells: Sequence[str]) -> None:
        """Look at a row beside what it states; raises Unreadable if its end is missing."""
        keys, place = self.columns.keys, f"row {number}"
        if len(cells) < len(keys) and self.columns.has_base:
            message = f"ends after {len(cells)} of {len(keys)} cells, as if the file had been cut off"
            hint = "export it again; if nothing is missing, fill the row with empty cells or delete the column base"
            raise Unreadable(message, hint, place=place)
        if any(map(str.strip, cells[len(keys) :])):
            self.beyond.note(place, f"has {len(cells)} cells where the header has {len(keys)}")
        for index in self.columns.nameless:
            if index < len(cells) and cells[index].strip():
                self.nameless.note(place, shortened(cells[index].strip(), 40))
        for key, text in zip(keys, cells, strict=False):
            if key and not text.isascii() and is_decoded_wrongly(text, is_sure=not self.wrongly_decoded.count):
                self.wrongly_decoded.note(f"{place}, column {key!r}")

    def finished(self) -> Sheet:
        """Raises Unreadable for text that was decoded wrongly: what else is wrong may come of it."""
        if count := self.wrongly_decoded.count:
            cells = "cells hold" if count > 1 else "cell holds"
            raise Unreadable(
                f"{count:,} {cells} text that was decoded wrongly, like 'faÃ§ade' for 'façade'",
                "open the file you began with as UTF-8 (in Excel: Data, From Text/CSV) and repeat the change; "
                "a text that is meant like this can be imported as TOML",
                place=self.wrongly_decoded.place,
            )
        tables: dict[str, Any] = {"items": self.items}
        if self.columns.has_base:
            value = next(iter(self.bases), "")
            tables["catalog"] = {"partial": True} if value == PARTIAL else {"base": value}
        if self.end is not None:  # without the column "slug", the end only says that it is there
            tables["end"] = {"entries": len(self.items) if self.end == END_CODE else self.end}
        return Sheet(tables, tuple(self.rows), self.end_row, tuple(self.problems()))

    def problems(self) -> list[Problem]:
        return [
            *self.columns.problems,
            *self.nameless.problem(
                f"holds {self.nameless.details!r} in a column without a name{self.nameless.others}",
                "name the column in the first row, or empty it",
            ),
            *self.beyond.problem(
                f"{self.beyond.details}{self.beyond.others}", "quote cells that contain delimiters or line breaks"
            ),
            *self.two_bases(),
            *islice(self.bad_cells, BAD_CELL_LIMIT),
        ]

    def two_bases(self) -> list[Problem]:
        if len(self.bases) < 2:
            return []
        (one, _), (other, number), *_ = self.bases.items()
        message = f"the column 'base' says both {shortened(one)!r} and {shortened(other)!r}"
        hint = "import rows of different exports one after the other, or delete the column"
        return [Problem(place=f"row {number}", message=message, hint=hint)]


def is_decoded_wrongly(text: str, *, is_sure: bool = True) -> bool:
    """Whether a text is UTF-8 that was read in another encoding: 'Ã§' for 'ç', 'â€™' for an apostrophe.

    To be sure of it takes half a second for a megabyte, so it is asked of what stands around the first odd character;
    beside a text that is surely wrong, the look of it will do.
    """
    odd = NEIGHBOURS.search(text)
    if odd is None:
        return False
    from ftfy import fix_encoding  # its tables take a while to load, and few imports come this far
    from ftfy.badness import is_bad

    around = text[max(0, odd.start() - AROUND) : odd.end() + AROUND]
    return is_bad(around) and (not is_sure or fix_encoding(around) != around)


def sheet_places(sheet: Sheet, paths: list[Path]) -> list[str]:
    return [row_place(sheet, path) for path in paths]


def row_place(sheet: Sheet, path: Path) -> str:
    if path[:1] == ("end",):
        return f"row {sheet.end_row}" if sheet.end_row else ""
    index = path[1] if len(path) > 1 else None
    return f"row {sheet.rows[index]}" if isinstance(index, int) else "row 1"


def of_sheet(name: str, rows: Iterable[Row], limits: Limits, *, is_narrow: bool = False) -> Source:
    sheet = read_sheet(rows, entry_limit=limits.entries)
    problems = tuple(replace(one, file=name) for one in sheet.problems)
    return Source(
        name, sheet.tables, partial(sheet_places, sheet), is_sheet=True, is_narrow=is_narrow, problems=problems
    )
