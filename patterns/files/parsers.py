"""Bytes → raw tables: TOML, JSON and sheets, decoded and bounded, with a way back to the place of each value."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import tomli  # bounded, with line and column; the standard library's parser is quadratic on hostile keys

from patterns.document.problems import InvalidCatalog, Path, Problem, Unreadable
from patterns.document.source import Source
from patterns.document.text import shortened
from patterns.files.csv import decoded, delimited_rows
from patterns.files.json import strict_json
from patterns.files.places import lines_of
from patterns.files.sheet import Row, Sheet, read_sheet
from patterns.files.xlsx import workbook_rows

# What Git leaves in a text file when two branches changed the same lines.


MARKER = re.compile(r"^(?:<{7}|\|{7}|>{7})(?:[ \t][^\n]*)?\r?$", re.MULTILINE)
OF_BASE = re.compile(r"^[^\w\n]*base\"?[ \t]*[=:,;\t]", re.MULTILINE)
KEEP = "keep one side, or what is right of both, and remove Git's own lines"
# The file of the branch that the database follows holds all that the database held at that branch's base, and the
# merge put the other branch's edits on top: measured from there, these edits and nothing else are new. Measured from
# an older base, what came with the newer one would look like edits of the file, and disagree with later edits in the
# admin; a base of another database is no measure at all.
KEEP_BASE = "of two bases keep that of the branch that the database follows: the import compares with that state"


def git_conflict(text: str, *, quote: str = "") -> Unreadable | None:
    """The conflicts that Git left in a text, if any. With a ``quote``, lines between two quotes are somebody's text.

    A long text may well speak of Git: where the format can tell (TOML, JSON), ask only after parsing failed.
    """
    found = list(markers(text, quote))
    if not found:
        return None
    count = sum(marker[0].startswith("<") for marker in found)
    message = "holds a conflict that Git left" if count < 2 else f"holds {count} conflicts that Git left"
    is_of_base = OF_BASE.search(text, found[0].start(), found[-1].end())
    line = text.count("\n", 0, found[0].start()) + 1
    return Unreadable(message, f"{KEEP}; {KEEP_BASE}" if is_of_base else KEEP, place=f"line {line}")


def markers(text: str, quote: str) -> Iterator[re.Match[str]]:
    quotes = counted_to = 0
    for marker in MARKER.finditer(text):
        quotes += text.count(quote, counted_to, marker.start()) if quote else 0
        counted_to = marker.start()
        if quotes % 2 == 0:
            yield marker


FIRST_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*(?:catalog|categories|items)[ \t]*\]", re.MULTILINE)


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. ``marks`` bounds what a parser builds of it: see ``marks_in``."""

    size: int = 256 * 1024 * 1024
    entries: int = 1_000_000
    marks: int | None = None


COMMAND_LIMITS = Limits()
ADMIN_LIMITS = Limits(size=16 * 1024 * 1024, entries=20_000, marks=2_000_000)


def toml_places(text: str, paths: list[Path]) -> list[str]:
    lines = lines_of(text)
    return [nearest_line(path, lines) for path in paths]


def json_places(paths: list[Path]) -> list[str]:
    return ["".join(f"/{escaped(part)}" for part in path) for path in paths]


def sheet_places(sheet: Sheet, paths: list[Path]) -> list[str]:
    return [row_of(sheet, path) for path in paths]


def row_of(sheet: Sheet, path: Path) -> str:
    if path[:1] == ("end",):
        return f"row {sheet.end_row}" if sheet.end_row else ""
    index = path[1] if len(path) > 1 else None
    return f"row {sheet.rows[index]}" if isinstance(index, int) else "row 1"


def escaped(part: str | int) -> str:
    """RFC 6901."""
    return shortened(str(part)).replace("~", "~0").replace("/", "~1")


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
        return PARSERS[format](data, name, limits)
    except Unreadable as error:
        quote = '"""' if format == "toml" else ""
        why = (git_conflict(data.decode(errors="replace"), quote=quote) if format != "xlsx" else None) or error
        raise refuse(why.message, why.hint, place=why.place) from None


def marks_in(text: str) -> int:
    """How much of a text a parser has to build something for, weighed by what that costs; itself it costs nothing.

    Unbounded, 16 MiB of empty tables took ten seconds and 1.3 GB, as much of escaped letters 1.7 GB. The densest texts
    of a catalogue have one mark in 20 bytes; the bound is one in 8.
    """
    return 5 * text.count("\n[") + 3 * text.count("\\") + sum(text.count(mark) for mark in "[{=,")


def text_of(data: bytes, limits: Limits) -> str:
    """The text of a TOML or JSON file; raises Unreadable if it is not UTF-8, or would cost a parser too much."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02X}"
        raise Unreadable(f"is not UTF-8 ({byte})", "save the file as UTF-8", place=f"line {line}") from None
    if limits.marks is not None and marks_in(text) > limits.marks:
        raise Unreadable("holds more tables, keys and values than a catalogue of its size", "export it in parts")
    return text


def parse_toml(data: bytes, name: str, limits: Limits) -> Source:
    text = text_of(data, limits)
    try:
        return Source(name, tomli.loads(text), partial(toml_places, text))
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


def parse_json(data: bytes, name: str, limits: Limits) -> Source:
    text = text_of(data, limits)
    tables = strict_json(text)
    if not isinstance(tables, dict):
        raise Unreadable("is not an object", 'write {"items": […]}')
    return Source(name, tables, json_places)


def parse_delimited(data: bytes, name: str, limits: Limits) -> Source:
    text, is_narrow = decoded(data)
    if conflict := git_conflict(text, quote='"'):  # any line is a row, so it may well be read
        raise conflict
    return of_sheet(name, delimited_rows(text), limits, is_narrow=is_narrow)


def parse_workbook(data: bytes, name: str, limits: Limits) -> Source:
    return of_sheet(name, workbook_rows(data, size_limit=limits.size), limits)


def of_sheet(name: str, rows: Iterable[Row], limits: Limits, *, is_narrow: bool = False) -> Source:
    sheet = read_sheet(rows, entry_limit=limits.entries)
    problems = tuple(replace(one, file=name) for one in sheet.problems)
    return Source(
        name, sheet.tables, partial(sheet_places, sheet), is_sheet=True, is_narrow=is_narrow, problems=problems
    )


PARSERS: dict[str, Callable[[bytes, str, Limits], Source]] = {
    "toml": parse_toml,
    "json": parse_json,
    "csv": parse_delimited,
    "xlsx": parse_workbook,
}
