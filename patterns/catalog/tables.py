"""Documents → the plain tables of the file: what JSON carries, in the same shape as the TOML."""

import json
from typing import Any

from patterns.catalog.entry import HEADER_KEYS, Category, Document, Table
from patterns.catalog.text import slug_of


def as_tables(document: Document, *, base: str = "", partial: bool = False) -> dict[str, Any]:
    """The tables of a document's file: ``catalog``, ``categories``, ``items``, ``end``; defaults are left out."""
    header = {key: value for key, value in plain(document.header).items() if key in HEADER_KEYS}
    about_file = {key: value for key, value in (("base", base), ("partial", partial)) if value}
    tables: dict[str, Any] = {"catalog": header | about_file} if header or about_file else {}
    if document.categories:
        tables["categories"] = [category_table(category) for category in document.categories.values()]
    tables["items"] = [plain(entry) for entry in document.entries.values()]
    if about_file:
        tables["end"] = {"entries": len(document.entries)}
    return tables


def category_table(category: Category) -> dict[str, Any]:
    table = plain(category)
    if table.get("slug") == slug_of(category.name):
        del table["slug"]
    return table


def plain(table: Table) -> dict[str, Any]:
    return table.model_dump(mode="json", exclude_defaults=True)


def write_json(document: Document, *, base: str = "", partial: bool = False) -> str:
    """The document as a JSON file that reads back as the same document."""
    return json.dumps(as_tables(document, base=base, partial=partial), ensure_ascii=False, indent=2) + "\n"
