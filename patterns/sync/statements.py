"""What imported files said of each document, kept as JSON text: the base of the next import.

Never the merged result and never an export. A key that a later file does not state keeps what an earlier one said.
"""

import json
from collections.abc import Collection, Container, Mapping

from django.db.models import Model

from patterns.catalog.entry import Category, Document, Header, entry_stating
from patterns.catalog.keys import woven
from patterns.catalog.plan import Plan
from patterns.catalog.text import KEPT
from patterns.models import Catalog, Pattern
from patterns.models import Category as CategoryRow
from patterns.sync.apply import Imported
from patterns.sync.table import update


def said_before(catalog: Catalog, codes: Collection[str]) -> Document:
    """The last statements on the header, on every category and on the given entries."""
    categories = CategoryRow.objects.exclude(imported=None).values_list("slug", "imported")
    entries = Pattern.objects.exclude(imported=None).values_list("code", "imported") if codes else ()
    wanted = set(codes)
    return Document(
        Header.model_validate_json(catalog.imported, context=KEPT),
        {slug: category_said(slug, text) for slug, text in categories if text},
        {code: entry_stating(json.loads(text), context=KEPT) for code, text in entries if text and code in wanted},
    )


def category_said(slug: str, text: str) -> Category:
    """A category that only items named has nothing said of it, not even a name."""
    if text == "{}":
        return Category.model_construct(set(), name="", slug=slug, description="")
    return Category.model_validate_json(text, context=KEPT)


def statements(document: Document, catalog: Catalog, *, stale: Container[str]) -> Imported:
    """What is to be remembered of a file's document: texts that differ from those kept, but for stale entries."""
    categories = {slug: row.model_dump_json(exclude_unset=True) for slug, row in document.categories.items()}
    entries = {
        code: entry.model_dump_json(exclude_unset=True) for code, entry in document.entries.items() if code not in stale
    }
    return Imported(
        header=header_statement(document, catalog),
        categories=news(dict(CategoryRow.objects.values_list("slug", "imported")), categories),
        entries=news(dict(Pattern.objects.values_list("code", "imported")), entries),
    )


def header_statement(document: Document, catalog: Catalog) -> str:
    before = Header.model_validate_json(catalog.imported, context=KEPT)
    order = woven(tuple(document.categories), before.categories, is_meant=True)
    said = document.header.model_copy(update={"categories": order})
    return overlaid(catalog.imported, said.model_dump_json(exclude_unset=True))


def news(known: Mapping[str, str | None], said: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for identity, text in said.items():
        before = known.get(identity)
        if before != text and (after := overlaid(before, text)) != before:
            found[identity] = after
    return found


def overlaid(before: str | None, now: str) -> str:
    if before is None:
        return now
    return json.dumps({**json.loads(before), **json.loads(now)}, ensure_ascii=False, separators=(",", ":"))


def remember(said: Imported, plan: Plan, catalog: Catalog) -> None:
    """Keep the statements on documents that the plan did not write anyway."""
    if catalog.imported != said.header:
        catalog.imported = said.header
        catalog.save(update_fields=["imported"])
    remember_rows(CategoryRow, said.categories, key="slug")
    written = {edit.identity for edit in plan.of("entry")}
    remember_rows(Pattern, {code: text for code, text in said.entries.items() if code not in written}, key="code")


def remember_rows(model: type[Model], said: Mapping[str, str], *, key: str) -> None:
    update(model, fields=["imported"], key=key, rows=((text, identity) for identity, text in said.items()))
