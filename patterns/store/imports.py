"""Import: a file is merged into the catalogue, or nothing is written at all."""

import json
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, replace

from django.db.models import Model

from patterns.document.catalog import Category, Document, Header
from patterns.document.entry import entry_stating
from patterns.document.merge import Base, differing_codes, in_our_terms, merge, with_hidden_relations
from patterns.document.plan import NO_CHOICES, Choices, Plan
from patterns.document.problems import InvalidCatalog
from patterns.document.source import CatalogFile
from patterns.document.text import KEPT
from patterns.document.three_way import woven
from patterns.files.losses import losses
from patterns.files.toml import fingerprint
from patterns.models import Catalog, Change, Pattern
from patterns.models import Category as CategoryRow
from patterns.store.bulk import update
from patterns.store.history import document_at, past_fingerprints
from patterns.store.reading import consistent_read, former_slugs, load_document, writing
from patterns.store.writing import Authorship, Imported, Progress, apply, no_progress

# What imported files said of each document, kept as JSON text: the base of the next import. Never the merged result
# and never an export. A key that a later file does not state keeps what an earlier one said.


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


def statements_in(document: Document, catalog: Catalog, *, stale: Container[str]) -> Imported:
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


def remember_rows(model: type[Model], said: Mapping[str, str], *, key: str) -> None:
    update(model, fields=["imported"], key=key, rows=((text, identity) for identity, text in said.items()))


@dataclass(frozen=True)
class ImportOutcome:
    """What an import planned, and the change that it made: none if it was refused or had nothing to do."""

    plan: Plan
    change: Change | None


@dataclass(frozen=True)
class Planned:
    """A plan with what it is made of: the file in our terms, and the catalogue as it is.

    ``stale`` are the codes of entries whose text in the file is an old one, and stays so.
    """

    file: CatalogFile
    ours: Document
    plan: Plan
    stale: frozenset[str] = frozenset()


def plan_import(file: CatalogFile, *, choices: Choices = NO_CHOICES) -> Plan:
    """What importing the file would do now; raises InvalidCatalog if the result would break a rule."""
    with consistent_read():
        return planned(file, Catalog.objects.get(), choices=choices).plan


def import_file(
    file: CatalogFile, *, by: Authorship, choices: Choices = NO_CHOICES, progress: Progress = no_progress
) -> ImportOutcome:
    """Merge a file into the catalogue in one transaction; raises InvalidCatalog, and then nothing is written."""
    with writing() as catalog:
        return carry_out(planned(file, catalog, choices=choices), catalog, by=by, progress=progress)


def planned(file: CatalogFile, catalog: Catalog, *, choices: Choices = NO_CHOICES) -> Planned:
    """The plan inside ``consistent_read()`` or ``writing()``; raises InvalidCatalog."""
    ours = load_document()
    known = known_base(file, catalog)
    if problems := losses(file, ours):
        raise InvalidCatalog(problems)
    same = in_our_terms(file, ours, known)
    file = replace(same, document=with_hidden_relations(same.document, ours)) if file.partial else same
    codes = differing_codes(ours, file.document)
    base = known or imported_base(file, catalog, codes)
    stale = frozenset() if base.is_known else stale_codes(file.document, codes)
    plan = merge(base, ours, file, stale=stale, choices=choices, former_slugs=former_slugs())
    restored = {one.edit.identity for one in plan.kept if one.is_restored}
    return Planned(file, ours, plan, stale - restored)


def carry_out(planned: Planned, catalog: Catalog, *, by: Authorship, progress: Progress = no_progress) -> ImportOutcome:
    """Do all that was planned, inside the ``writing()`` in which it was; nothing if it is refused."""
    plan = planned.plan
    if plan.is_refused:
        return ImportOutcome(plan, None)
    said = statements_in(planned.file.document, catalog, stale=planned.stale)
    change = apply(plan, catalog, by=by, imported=said, progress=progress)
    if catalog.imported != said.header:
        catalog.imported = said.header
        catalog.save(update_fields=["imported"])
    remember_rows(CategoryRow, said.categories, key="slug")
    written = {edit.identity for edit in plan.of("entry")}
    remember_rows(Pattern, {code: text for code, text in said.entries.items() if code not in written}, key="code")
    return ImportOutcome(plan, change)


def stale_codes(theirs: Document, codes: list[str]) -> frozenset[str]:
    """Of the entries that differ, those whose text in the file is one that the catalogue has left behind."""
    past = past_fingerprints(codes) if codes else set()
    return frozenset(code for code in codes if (code, fingerprint(theirs.entries[code])) in past)


def known_base(file: CatalogFile, catalog: Catalog) -> Base | None:
    """The state that the file names, if it is one of this database."""
    number = known_number(file.base, catalog)
    if number is None:
        return None
    behind = f"; the catalogue is at change {catalog.version}" if number < catalog.version else ""
    note = f"compared with change {number}, the base that the file names{behind}"
    return Base(document_at(number), is_known=True, note=note)


def imported_base(file: CatalogFile, catalog: Catalog, codes: list[str]) -> Base:
    """What was last imported, for a file without a base of this database."""
    why = f"the file's base {file.base} is not of this database" if file.base else "the file names no base"
    return Base(said_before(catalog, codes), note=f"compared with what was last imported, as {why}")


def known_number(base: str, catalog: Catalog) -> int | None:
    """The number of the change that a base names, if it was made here and not in a copy of this database."""
    database, _, change = base.partition(":")
    number, _, token = change.partition(":")
    if database != catalog.id or int(number) > catalog.version:
        return None
    is_other = token and not Change.objects.filter(number=int(number), token=token).exists()
    return None if is_other else int(number)
