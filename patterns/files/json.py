"""Documents → the plain tables of the file: what JSON carries, in the same shape as the TOML."""

import json
from collections import Counter
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
    """The value of a JSON text; raises Unreadable with line and column where there are any."""
    try:
        return json.loads(text, object_pairs_hook=without_repeats, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not JSON: {error.msg}", "mend what stands there", place=place) from None
    except RecursionError:
        raise Unreadable("is nested too deeply", "an entry needs no more than four levels") from None
    except ValueError:
        # JSONDecodeError is a ValueError too, so this stands behind it: the interpreter's limit on digits.
        raise Unreadable("holds a number with too many digits", "write it as a string") from None


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        repeated = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise Unreadable(f"states the key {shortened(repeated)!r} twice in one object", "keep one of the two")
    return table


def no_constant(word: str) -> None:
    raise Unreadable(f"holds {word}, which is not JSON", "remove it")


def json_places(paths: list[Path]) -> list[str]:
    return ["".join(f"/{pointer_part(part)}" for part in path) for path in paths]


def pointer_part(part: str | int) -> str:
    """RFC 6901."""
    return shortened(str(part)).replace("~", "~0").replace("/", "~1")


def parse_json(data: bytes, name: str, limits: Limits) -> Source:
    text = text_of(data, limits)
    tables = strict_json(text)
    if not isinstance(tables, dict):
        raise Unreadable("is not an object", 'write {"items": […]}')
    return Source(name, tables, json_places)
