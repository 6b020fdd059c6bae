"""Where the keys of a TOML file stand. Run only after a refusal, over a file that is known to parse."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from patterns.document.problems import Path

TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]"
    r"|[^\"'\#\[\]{}\n]+",
    re.DOTALL,
)
KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
DOTTED = rf"{KEY}(?:[ \t]*\.[ \t]*{KEY})*"
HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({DOTTED})[ \t]*\]")
ASSIGNMENT = re.compile(rf"[ \t]*({DOTTED})[ \t]*=")
PART = re.compile(KEY)


@dataclass(slots=True)
class Array:
    """The last item of an array of tables, and the arrays in it; ``index`` is -1 for a table that is no array."""

    index: int = -1
    inner: dict[str, "Array"] = field(default_factory=dict)


def lines_of(text: str, wanted: Container[Path] | None = None) -> dict[Path, int]:
    """Path → line (from 1) of every table header and every key outside inline tables, or of the wanted ones.

    Beside the text it takes memory for what it returns, and for the arrays that are open at one place.
    """
    places: dict[Path, int] = {}

    def note(path: Path, line: int) -> None:
        if wanted is None or path in wanted:
            places.setdefault(path, line)

    top = Array()
    table: Path = ()
    for line, statement in logical_lines(text.replace("\r\n", "\n")):
        if header := HEADER.match(statement):
            table = entered(top, key_parts(header[2]), is_item=header[1] == "[[")
            note(table, line)
            if table[-1] == 0:
                note(table[:-1], line)  # a list begins at its first table
        elif assignment := ASSIGNMENT.match(statement):
            note(table + key_parts(assignment[1]), line)
    return places


def entered(array: Array, names: Path, *, is_item: bool) -> Path:
    """The path of a table by the names in its header: those of arrays get the index of the last item."""
    table: Path = ()
    for position, name in enumerate(names, start=1):
        assert isinstance(name, str)
        # Without an array below, nothing has to be remembered of a table.
        array = array.inner.setdefault(name, Array()) if is_item else array.inner.get(name, Array())
        if is_item and position == len(names):
            array.index += 1
            array.inner = {}  # of the item before, which no header can name any more
        table += (name,) if array.index < 0 else (name, array.index)
    return table


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The logical lines of a TOML file, with the line at which each begins: a multi-line value is one of them."""
    line, depth, start, pending = 1, 0, 1, ""
    for match in TOKEN.finditer(text):
        token = match[0]
        if token == "\n" and depth == 0:
            yield start, pending
            start, pending = line + 1, ""
        else:
            # The key stands at the beginning: of a long value no more is kept.
            pending += token if len(pending) < 2_000 else ""
            depth += (token in "[{") - (token in "]}") if len(token) == 1 else 0
        line += token.count("\n")
    yield start, pending


def key_parts(key: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in PART.findall(key))
