"""Documents → the plain tables of the file: what JSON carries, in the same shape as the TOML."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from json.scanner import NUMBER_RE  # the parser's own
from typing import Any

from patterns.document.catalog import HEADER_KEYS, Category, Document, Source
from patterns.document.problems import Path, Unreadable
from patterns.document.register import Table
from patterns.document.text import shortened, slug_of
from patterns.files.limits import Limits, text_of


def as_tables(document: Document, *, base: str = "", partial: bool = False) -> dict[str, Any]:
    """The tables of a document's file: ``catalog``, ``categories``, ``items``, ``end``; defaults are left out."""
    header = {key: value for key, value in plain_values(document.header).items() if key in HEADER_KEYS}
    about_file = {key: value for key, value in (("base", base), ("partial", partial)) if value}
    tables: dict[str, Any] = {"catalog": header | about_file} if header or about_file else {}
    if document.categories:
        tables["categories"] = [category_table(category) for category in document.categories.values()]
    tables["items"] = [plain_values(entry) for entry in document.entries.values()]
    if about_file:
        tables["end"] = {"entries": len(document.entries)}
    return tables


def category_table(category: Category) -> dict[str, Any]:
    table = plain_values(category)
    if table.get("slug") == slug_of(category.name):
        del table["slug"]
    return table


def plain_values(table: Table) -> dict[str, Any]:
    return table.model_dump(mode="json", exclude_defaults=True)


def write_json(document: Document, *, base: str = "", partial: bool = False) -> str:
    """The document as a JSON file that reads back as the same document."""
    return json.dumps(as_tables(document, base=base, partial=partial), ensure_ascii=False, indent=2) + "\n"


# JSON without what is ambiguous: a key stated twice, NaN, and numbers or nestings beyond measure.


def strict_json(text: str) -> Any:
    """The value of a JSON text; raises Unreadable with line and column."""
    try:
        return json.loads(text, object_pairs_hook=without_repeats, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not JSON: {error.msg}", "mend what stands there", place=place) from None
    except Refused as refused:
        message, hint, fault = refused.args
    except RecursionError:
        message, hint, fault = "is nested too deeply", "an entry needs no more than four levels", ("depth", "")
    except ValueError:
        # JSONDecodeError is a ValueError too, so this stands behind it: the interpreter's limit on digits.
        message, hint, fault = "holds a number with too many digits", "write it as a string", ("digits", "")
    raise Unreadable(message, hint, place=place_of_fault(text, fault))


def place_of_fault(text: str, fault: tuple[str, str]) -> str:
    """Where a fault is; empty where that cannot be told: behind it the grammar may be anything."""
    kind, what = fault
    found = (offset for (name, word), offset in faults(text) if name == kind and word.startswith(what))
    offset = next(found, None)
    return "" if offset is None else place_of(text, offset)


class Refused(Exception):
    """What the parser's hooks refuse, which are not told where they are: message, hint and fault."""


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        repeated = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        message = f"states the key {shortened(repeated)!r} twice in one object"
        raise Refused(message, "keep one of the two", ("repeated", repeated))
    return table


def no_constant(word: str) -> None:
    raise Refused(f"holds {word}, which is not JSON", "remove it", ("word", word))


TOKEN = re.compile(r'["{}\[\]:]|[^\s"{}\[\],:]+')
STRING_END = re.compile(r'"|\\.', re.DOTALL)
DEEPEST = 32  # the parser gives up later, and nobody means what is deeper


def faults(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """What may be refused in a JSON text whose grammar is right as far as it was parsed, each with its offset.

    ("repeated", key), ("word", what is no string, NaN for instance), ("digits", "") and ("depth", "").
    """
    known: list[set[str]] = []  # the keys of each object that is open; of a list, none
    before = 0, 0
    for begin, end in tokens(text):
        mark = text[begin]
        if mark in "{[":
            known.append(set())
            if len(known) > DEEPEST:
                yield ("depth", ""), begin
        elif mark in "}]":
            known.pop()
        elif mark == ":":  # what stands before it is a key
            key = json.loads(text[slice(*before)])
            if key in known[-1]:
                yield ("repeated", key), before[0]
            known[-1].add(key)
        elif mark != '"':
            yield ("digits", "") if is_too_long(text, begin) else ("word", text[begin:end]), begin
        before = begin, end


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of brackets, colons, strings and words, and those behind them."""
    position = 0
    while token := TOKEN.search(text, position):
        position = string_end(text, token.end()) if token[0] == '"' else token.end()
        yield token.start(), position


def is_too_long(text: str, begin: int) -> bool:
    """Whether the parser makes an integer of what begins there, and Python takes none that long."""
    number = NUMBER_RE.match(text, begin)
    if number is None or number[2] or number[3]:  # a fraction or an exponent
        return False
    return len(number[1].lstrip("-")) > sys.get_int_max_str_digits()


def string_end(text: str, position: int) -> int:
    """The offset behind a string that begins before ``position``."""
    found = STRING_END.search(text, position)
    while found and found[0] != '"':
        found = STRING_END.search(text, found.end())
    return found.end() if found else len(text)


def place_of(text: str, offset: int) -> str:
    return f"line {text.count(chr(10), 0, offset) + 1}, column {offset - text.rfind(chr(10), 0, offset)}"


def json_places(paths: list[Path]) -> list[str]:
    return ["".join(f"/{pointer_part(part)}" for part in path) for path in paths]


def pointer_part(part: str | int) -> str:
    """RFC 6901."""
    return shortened(str(part)).replace("~", "~0").replace("/", "~1")


def parse_json(data: bytes, name: str, limits: Limits) -> Source:
    text = text_of(data, limits)
    tables = strict_json(text)
    if not isinstance(tables, dict):
        begin = len(text) - len(text.lstrip())
        raise Unreadable("is not an object", 'write {"items": […]}', place=place_of(text, begin))
    return Source(name, tables, json_places)
