"""Where the keys of a TOML file stand. Run only after a refusal, over a file that is known to parse."""

import re
from collections.abc import Iterator

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


def lines_of(text: str) -> dict[Path, int]:
    """Path → line (from 1) of every table header and every key outside inline tables."""
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for line, statement in logical_lines(text.replace("\r\n", "\n")):
        if header := HEADER.match(statement):
            # Names inside arrays of tables get the index of the last item.
            names, table = key_parts(header[2]), ()
            for position, name in enumerate(names, start=1):
                table += (name,)
                if header[1] == "[[" and position == len(names):
                    counts[table] = counts.get(table, -1) + 1
                if table in counts:
                    table += (counts[table],)
            places.setdefault(table, line)
            if table[-1] == 0:
                places.setdefault(table[:-1], line)  # a list begins at its first table
        elif assignment := ASSIGNMENT.match(statement):
            places.setdefault(table + key_parts(assignment[1]), line)
    return places


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The logical lines of a TOML file, with the line at which each begins: a multi-line value is one of them."""
    line, depth, start, pending = 1, 0, 1, ""
    for token in TOKEN.findall(text):
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
