"""Bytes → raw tables: TOML, JSON and CSV, decoded and bounded, with a way back to the place of each value."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import tomli  # bounded, with line and column; the standard library's parser is quadratic on hostile keys

from patterns.catalog.lines import lines_of
from patterns.catalog.markers import git_conflict
from patterns.catalog.problems import InvalidCatalog, Path, Problem, Unreadable
from patterns.catalog.rows import raw_row
from patterns.catalog.strict_json import strict_json
from patterns.catalog.text import shortened

Raw = dict[str, Any]
COLUMN_LIMIT = 60
csv.field_size_limit(1_000_000)  # the longest valid list, as JSON, is twice the default limit
FIRST_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*(?:catalog|categories|items)[ \t]*\]", re.MULTILINE)


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. ``marks`` bounds what a parser builds of it: see ``marks_in``."""

    size: int = 256 * 1024 * 1024
    entries: int = 1_000_000
    marks: int | None = None


COMMAND_LIMITS = Limits()
ADMIN_LIMITS = Limits(size=16 * 1024 * 1024, entries=20_000, marks=2_000_000)


@dataclass(frozen=True)
class Source:
    """One parsed file. ``rows`` are the rows of a CSV file that hold its entries, the header being row 1."""

    name: str
    format: str
    text: str
    tables: Raw
    rows: tuple[int, ...] = field(default=())

    def places(self, paths: list[Path]) -> list[str]:
        """Where each value stands: a line in TOML, a pointer in JSON, a row in CSV."""
        if self.format == "json":
            return ["".join(f"/{escaped(part)}" for part in path) for path in paths]
        if self.format == "csv":
            return [row_of(path, self.rows) for path in paths]
        lines = lines_of(self.text)
        return [nearest_line(path, lines) for path in paths]


def escaped(part: str | int) -> str:
    """RFC 6901."""
    return shortened(str(part)).replace("~", "~0").replace("/", "~1")


def row_of(path: Path, rows: tuple[int, ...]) -> str:
    index = path[1] if len(path) > 1 else None
    return f"row {rows[index]}" if isinstance(index, int) else "row 1"


def nearest_line(path: Path, lines: dict[Path, int]) -> str:
    """The line of the key, else of the innermost table around it; nothing for what is not in the file at all."""
    while path:
        if path in lines:
            return f"line {lines[path]}"
        path = path[:-1]
    return ""


def parse(data: bytes, *, name: str, format: str, limits: Limits = COMMAND_LIMITS) -> Source:
    """Decode and parse one file; raises InvalidCatalog with the place of what cannot be read."""

    def refuse(message: str, hint: str, *, place: str = "") -> InvalidCatalog:
        return InvalidCatalog([Problem(file=name, place=place, message=message, hint=hint)])

    if len(data) > limits.size:
        raise refuse(f"has {len(data):,} bytes", f"at most {limits.size:,} are allowed: export it in parts")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02X}"
        raise refuse(f"is not UTF-8 ({byte})", "save the file as UTF-8", place=f"line {line}") from None
    if limits.marks is not None and format != "csv" and marks_in(text) > limits.marks:
        raise refuse("holds more tables, keys and values than a catalogue of its size", "export it in parts")
    try:
        # To CSV any line is a row, so it may well be parsed: ask first.
        if format == "csv" and (conflict := git_conflict(text, quote='"')):
            raise conflict
        return PARSERS[format](text, name)
    except Unreadable as error:
        why = git_conflict(text) or error
        raise refuse(why.message, why.hint, place=why.place) from None


def marks_in(text: str) -> int:
    """How much of a text a parser has to build something for, weighed by what that costs; itself it costs nothing.

    Unbounded, 16 MiB of empty tables took ten seconds and 1.3 GB, as much of escaped letters 1.7 GB. The densest texts
    of a catalogue have one mark in 20 bytes; the bound is one in 8.
    """
    return 5 * text.count("\n[") + 3 * text.count("\\") + sum(text.count(mark) for mark in "[{=,")


def parse_toml(text: str, name: str) -> Source:
    try:
        return Source(name, "toml", text, tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not TOML: {error.msg}", toml_hint(text, error.lineno), place=place) from None
    except RecursionError:
        raise Unreadable("is nested too deeply", "an entry needs no more than four levels") from None
    except ValueError:  # the interpreter's limit on the digits of a number
        raise Unreadable("holds a number with too many digits", "write it as a string") from None


def toml_hint(text: str, line: int) -> str:
    """Points at prose before the first table, the usual reason why a pasted document is not TOML."""
    first = FIRST_TABLE.search(text)
    first_line = text.count("\n", 0, first.start()) + 1 if first else 0
    if line < first_line:
        return f"the TOML begins at line {first_line}: remove what stands before it"
    lines = text.splitlines()
    shown = lines[line - 1].strip() if line <= len(lines) else ""
    return f"mend {shortened(shown)!r}" if shown else "mend what stands there"


def parse_json(text: str, name: str) -> Source:
    tables = strict_json(text)
    if not isinstance(tables, dict):
        raise Unreadable("is not an object", 'write {"items": […]}')
    return Source(name, "json", text, tables)


def parse_csv(text: str, name: str) -> Source:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    items: list[Raw] = []
    rows: list[int] = []
    try:
        header = checked_header(next(reader, []))
        for row, cells in enumerate(reader, start=2):  # as a spreadsheet counts them, empty ones too
            if cells:
                items.append(item_of(cells, header, row))
                rows.append(row)
    except csv.Error as error:
        hint = "close every quote, and double quotes inside a cell"
        raise Unreadable(f"is not CSV: {error}", hint, place=f"line {reader.line_num}") from None
    return Source(name, "csv", text, {"items": items}, tuple(rows))


def checked_header(cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) > COLUMN_LIMIT:
        raise Unreadable(f"has {len(header):,} columns", "keep the columns that are keys of an entry", place="row 1")
    if "code" not in header:
        raise Unreadable("has no column 'code'", "let the first row name the columns", place="row 1")
    if len(set(header)) < len(header):
        raise Unreadable("names a column twice", "keep one of the two", place="row 1")
    return header


def item_of(cells: list[str], header: list[str], row: int) -> Raw:
    if len(cells) != len(header):
        found = f"has {len(cells)} cells where the header has {len(header)}"
        raise Unreadable(found, "quote cells that contain commas or line breaks", place=f"row {row}")
    try:
        return raw_row(dict(zip(header, cells, strict=True)))
    except Unreadable as error:
        raise Unreadable(error.message, error.hint, place=f"row {row}") from None


PARSERS: dict[str, Callable[[str, str], Source]] = {"toml": parse_toml, "json": parse_json, "csv": parse_csv}
