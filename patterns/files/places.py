"""Where the keys of a TOML file stand. Run only after a refusal, over a file that is known to parse.

The bytes are looked at where they lie, by searches that remember nothing: a pattern for a whole string would take a
hundred bytes for each of its characters.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import islice

import tomli

from patterns.document.problems import Path

MARK = re.compile(rb"""\"{3}|'{3}|["'#\[\]{}\n]""")
ENDS = {
    b'"""': re.compile(rb'"{3,5}|\\.', re.DOTALL),
    b"'''": re.compile(rb"'{3,5}"),
    b'"': re.compile(rb'"|\\.'),
    b"'": re.compile(rb"'"),
}
BARE = re.compile(rb"[A-Za-z0-9_-]+")
BLANK = re.compile(rb"[ \t]*")
HEADER = re.compile(rb"[ \t]*(\[\[?)")
PARTS = 40  # of a dotted key that are looked at: no file that is read has tables so deep
UTF_8_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Array:
    """The last item of an array of tables, and the arrays in it; ``index`` is -1 for a table that is no array."""

    index: int = -1
    inner: dict[str, "Array"] | None = None


def lines_of(data: bytes, wanted: Container[Path] | None = None) -> dict[Path, int]:
    """Path → line (from 1) of every table header and every key outside inline tables, or of the wanted ones.

    With an item each array that it is in must be wanted. Beside the file it takes memory for what it returns.
    """
    places: dict[Path, int] = {}

    def note(path: Path, line: int) -> None:
        if wanted is None or path in wanted:
            places.setdefault(path, line)

    top = Array()
    table: Path = ()
    for line, position in statements(data):
        if header := HEADER.match(data, position):
            names, _ = key_at(data, header.end())
            table = entered(top, names, is_item=header[1] == b"[[", wanted=wanted)
            note(table, line)
            if table[-1] == 0:
                note(table[:-1], line)  # a list begins at its first table
        else:
            names, end = key_at(data, position)
            if names and data[end : end + 1] == b"=":
                note(table + names, line)
    return places


def entered(array: Array, names: Path, *, is_item: bool, wanted: Container[Path] | None) -> Path:
    """The path of a table by the names in its header: those of arrays get the index of the last item."""
    table: Path = ()
    for position, name in enumerate(names, start=1):
        assert isinstance(name, str)
        inner = array.inner or {}
        found = inner.get(name)
        if found is None:
            found = Array()
            # Without an array below, nothing has to be remembered of a table.
            if is_item and (wanted is None or (*table, name) in wanted):
                array.inner = inner
                inner[name] = found
        array = found
        if is_item and position == len(names):
            array.index += 1
            array.inner = None  # of the item before, which no header can name any more
        table += (name,) if array.index < 0 else (name, array.index)
    return table


def statements(data: bytes) -> Iterator[tuple[int, int]]:
    """The line and the offset at which each statement begins: a value over several lines is part of one."""
    position = len(UTF_8_BOM) if data.startswith(UTF_8_BOM) else 0
    line, depth = 1, 0
    yield line, position
    while found := MARK.search(data, position):
        mark, position = found[0], found.end()
        if mark == b"\n":
            line += 1
            if not depth:
                yield line, position
        elif mark == b"#":
            end = data.find(b"\n", position)
            position = end if end >= 0 else len(data)
        elif mark in ENDS:
            end = end_of(data, position, mark)
            line += data.count(b"\n", position, end)
            position = end
        else:
            depth += 1 if mark in b"[{" else -1


def end_of(data: bytes, position: int, quotes: bytes) -> int:
    """The offset behind a string that these quotes opened."""
    found = ENDS[quotes].search(data, position)
    while found and found[0].startswith(b"\\"):
        found = ENDS[quotes].search(data, found.end())
    return found.end() if found else len(data)


def key_at(data: bytes, position: int) -> tuple[Path, int]:
    """A dotted key, as far as it is looked at, and the offset behind it; empty if no key stands there."""
    names = (*islice(names_at(data, position), PARTS),)
    return tuple(name for name, _ in names), names[-1][1] if names else position


def names_at(data: bytes, position: int) -> Iterator[tuple[str, int]]:
    """The parts of a dotted key, each with the offset of what follows it and the blanks behind it."""
    is_dotted = True
    while is_dotted:
        position = blanks_end(data, position)
        quote = data[position : position + 1]
        if quote in (b'"', b"'"):
            end = end_of(data, position + 1, quote)
            name = data[position + 1 : end - 1].decode()
            if quote == b'"' and "\\" in name:
                name = next(iter(tomli.loads(f'"{name}"=0')))
        elif bare := BARE.match(data, position):
            name, end = bare[0].decode(), bare.end()
        else:
            return
        position = blanks_end(data, end)
        yield name, position
        is_dotted = data[position : position + 1] == b"."
        position += 1


def blanks_end(data: bytes, position: int) -> int:
    blanks = BLANK.match(data, position)
    assert blanks is not None  # it matches nothing, too
    return blanks.end()
