"""Documents → canonical TOML: fixed key order, one table per block, UTF-8, LF, entries by code.

The layout depends on the key and never on the value, so that a change in Git shows what changed and nothing else.
Defaults and empty values are not written.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any

import tomli  # bounded, with line and column; the standard library's parser is quadratic on hostile keys

from patterns.document.catalog import HEADER_KEYS, Category, Document, Header, Source
from patterns.document.entry import CHILDREN, Entry, code_order
from patterns.document.problems import Path, Unreadable
from patterns.document.register import Layout, Table, keys_of, names_where
from patterns.document.text import shortened, slug_of
from patterns.files.limits import Limits, text_of
from patterns.files.places import lines_of

FIRST_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*(?:catalog|categories|items)[ \t]*\]", re.MULTILINE)


def toml_places(data: bytes, paths: list[Path]) -> list[str]:
    # With the tables around them, where a key that is not in the file would be.
    lines = lines_of(data, {path[:length] for path in paths for length in range(1, len(path) + 1)})
    return [nearest_line(path, lines) for path in paths]


def nearest_line(path: Path, lines: dict[Path, int]) -> str:
    """The line of the key, else of the innermost table around it; nothing for what is not in the file at all."""
    while path:
        if path in lines:
            return f"line {lines[path]}"
        path = path[:-1]
    return ""


def parse_toml(data: bytes, name: str, limits: Limits) -> Source:
    text = text_of(data, limits)
    try:
        return Source(name, tomli.loads(text), partial(toml_places, data))
    except tomli.TOMLDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not TOML: {error.msg}", toml_hint(error), place=place) from None
    except RecursionError:
        raise Unreadable("is nested too deeply", "an entry needs no more than four levels") from None
    except ValueError:  # the interpreter's limit on the digits of a number
        raise Unreadable("holds a number with too many digits", "write it as a string") from None


def toml_hint(error: tomli.TOMLDecodeError) -> str:
    """Points at prose before the first table, the usual reason why a pasted document is not TOML."""
    text = error.doc
    first = FIRST_TABLE.search(text)
    first_line = text.count("\n", 0, first.start()) + 1 if first else 0
    if error.lineno < first_line:
        return f"the TOML begins at line {first_line}: remove what stands before it"
    begin, end = text.rfind("\n", 0, error.pos) + 1, text.find("\n", error.pos)
    shown = text[begin : end if end >= 0 else len(text)].strip()
    return f"mend {shortened(shown)!r}" if shown else "mend what stands there"


ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"})
SPECIAL_IN_BLOCK = re.compile(r'\\|"""|"\Z')


def write_toml(document: Document, *, base: str = "", partial: bool = False) -> str:
    """The canonical file of a document; ``base`` and ``partial`` are about the file and not part of the document.

    A file that has either is an export, and says at its end how much it holds: one that was cut off lacks it.
    """
    entries = (document.entries[code] for code in sorted(document.entries, key=code_order))
    return "".join(toml_pieces(document.header, document.categories.values(), entries, base=base, partial=partial))


def toml_pieces(
    header: Header, categories: Iterable[Category], entries: Iterable[Entry], *, base: str = "", partial: bool = False
) -> Iterator[str]:
    """The same file piece by piece, for entries that come in code order and are too many to be held at once."""
    count = 0
    between = ""  # blocks are separated by an empty line
    for block in filter(None, (header_block(header, base=base, partial=partial), *map(category_block, categories))):
        yield between + block
        between = "\n"
    for entry in entries:
        yield between + entry_block(entry)
        between = "\n"
        count += 1
    if base or partial:
        yield between + end_block(count)


def end_block(count: int) -> str:
    return f"[end]\nentries = {count}\n"


def header_block(header: Header, *, base: str = "", partial: bool = False) -> str:
    lines = assignments(header, HEADER_KEYS)
    if base:
        lines.append(f"base = {quoted(base)}")
    if partial:
        lines.append("partial = true")
    return "".join(f"{line}\n" for line in ("[catalog]", *lines)) if lines else ""


def category_block(category: Category) -> str:
    is_usual_slug = category.slug in ("", slug_of(category.name))
    keys = ("name", "description") if is_usual_slug else ("name", "slug", "description")
    return table_block("[[categories]]", category, keys)


def entry_block(entry: Entry) -> str:
    """An entry with its tables, as it stands in the file."""
    return "\n".join(entry_tables(entry))


def entry_tables(entry: Entry) -> Iterator[str]:
    values = vars(entry)
    yield table_block("[[items]]", entry, FLAT_KEYS)
    for key in CHILDREN:
        if value := values[key]:
            header = f"[items.{key}]" if isinstance(value, Table) else f"[[items.{key}]]"
            for row in (value,) if isinstance(value, Table) else value:
                yield table_block(header, row, vars(row))


def table_block(header: str, table: Table, keys: Iterable[str]) -> str:
    return "\n".join((header, *assignments(table, keys), ""))


def assignments(table: Table, keys: Iterable[str]) -> list[str]:
    values, written = vars(table), writers_of(type(table))
    lines = []
    for key in keys:
        if value := values[key]:
            write_value, default = written[key]
            if value != default:
                lines.append(f"{key} = {write_value(value)}")
    return lines


@cache
def writers_of(model: type[Table]) -> dict[str, tuple[Callable[[Any], str], Any]]:
    """How each key is written, and its default, which is not.

    Asked for once: pydantic's own way to a field is slow enough to be felt in a file of ten thousand entries.
    """
    keys = keys_of(model).items()
    return {
        name: (WRITERS[key.layout], model.model_fields[name].default) for name, key in keys if key.layout in WRITERS
    }


def word_value(value: int) -> str:
    """Numbers, and true and false."""
    return str(value).lower()


def quoted(text: str) -> str:
    if '"' in text or "\\" in text or "\n" in text or "\t" in text:  # rare, and found faster than it is replaced
        text = text.translate(ESCAPES)
    return f'"{text}"'


def block_text(text: str) -> str:
    escaped = SPECIAL_IN_BLOCK.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], text)
    # TOML drops the line break behind the opening quotes, so the text may begin on a line of its own.
    return f'"""\n{escaped}"""'


def inline_list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def long_list(values: tuple[str, ...]) -> str:
    return "".join(("[\n", *(f"    {quoted(value)},\n" for value in values), "]"))


WRITERS: dict[Layout, Callable[[Any], str]] = {
    Layout.LINE: quoted,
    Layout.BLOCK: block_text,
    Layout.WORD: word_value,
    Layout.INLINE: inline_list,
    Layout.LINES: long_list,
}
FLAT_KEYS = names_where(Entry, lambda key: key.layout in WRITERS)


def fingerprint(table: Entry | Category | Header) -> str:
    """sha256 of a document's canonical TOML; for the header, with the order of the categories."""
    if isinstance(table, Entry):
        text = entry_block(table)
    elif isinstance(table, Category):
        text = category_block(table)
    else:
        text = header_block(table) + inline_list(table.categories)
    return hashlib.sha256(text.encode()).hexdigest()
