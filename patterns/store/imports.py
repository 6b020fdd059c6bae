"""Import: a file is merged into the catalogue, or nothing is written at all."""

import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from patterns.document.catalog import CatalogFile, Category, Document, Header, uncollected
from patterns.document.entry import ENTRY_KEYS, Entry, code_order, entry_kept
from patterns.document.merge import Base, differing_codes, in_our_terms, merge, with_hidden_relations
from patterns.document.plan import NO_CHOICES, Choices, Plan
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import Table, with_values
from patterns.document.text import KEPT, name_key, shortened
from patterns.document.three_way import woven
from patterns.files.sheet import entry_cells
from patterns.files.toml import fingerprint
from patterns.models import Catalog, Change, Pattern
from patterns.models import Category as CategoryRow
from patterns.models.compression import compressed
from patterns.store.bulk import chunks, update
from patterns.store.category_addresses import former_categories
from patterns.store.history import document_at, past_fingerprints
from patterns.store.reading import consistent_read, former_slugs, load_document, writing
from patterns.store.writing import Authorship, Imported, Progress, apply, no_progress

# What a spreadsheet took from a catalogue on its way, as only the catalogue can show. Excel and LibreOffice take
# "01" for the number 1, and save text in a code page that lacks most characters, without a word. Both are found
# before the sheet is compared with anything: else they would be new entries and changed texts.


CODES_SHOWN = 12


def losses(file: CatalogFile, ours: Document) -> list[Problem]:
    """What the sheets of a file lost beside the catalogue: one problem for each way to lose it, with its place."""
    return file.placed([*lost_zeros(file, ours), *lost_characters(file, ours)])


def lost_zeros(file: CatalogFile, ours: Document) -> Iterator[Problem]:
    """Codes that the catalogue has with zeros that a number does not need, and without them not."""
    padded = defaultdict(list)
    for code in ours.entries:
        padded[as_number(code)].append(code)
    lost = {}
    for code in sorted(file.sheet_codes - ours.entries.keys(), key=code_order):
        meant = padded[as_number(code)]
        # Where a spreadsheet would show two codes alike, nobody can tell which one was meant.
        if len(meant) == 1 and is_same(file.document.entries[code], ours.entries[meant[0]]):
            lost[code] = meant[0]
    if not lost:
        return
    (first, whole), *others = lost.items()
    listed = ", ".join([*lost][:CODES_SHOWN]) + (f" and {len(lost) - CODES_SHOWN:,} more" * (len(lost) > CODES_SHOWN))
    message = f"the code {listed} has lost its zeros: a spreadsheet took it for a number"
    if others:
        message = f"the codes {listed} have lost their zeros: a spreadsheet took them for numbers"
    yield Problem(
        code=first,
        key="code",
        path=("code",),
        message=message,
        hint=f"format the column as text and write {whole} again, or edit the XLSX, which keeps them",
    )


def as_number(code: str) -> str:
    """A code as a spreadsheet shows it that took it for a number: 7 for 07, 13.2 for 13.20."""
    return (code.rstrip("0").rstrip(".") if "." in code else code).lstrip("0")


def is_same(theirs: Entry, ours: Entry) -> bool:
    """Whether a row can be about an entry of another code: it has its slug or name, or states neither."""
    is_stated = theirs.model_fields_set & {"slug", "name"}
    return not is_stated or theirs.slug == ours.slug or name_key(theirs.name) == name_key(ours.name)


def lost_characters(file: CatalogFile, ours: Document) -> Iterator[Problem]:
    """Texts of the catalogue that hold what the code page of the sheet cannot, and that came back with "?" instead.

    Where nothing else is different in a text, any sheet has lost it.
    """
    lost: list[tuple[str, str, str]] = []
    for code in sorted(file.sheet_codes & ours.entries.keys(), key=code_order):
        theirs, entry = file.document.entries[code], ours.entries[code]
        if all(getattr(theirs, key) == getattr(entry, key) for key in theirs.model_fields_set):
            continue
        before, after = entry_cells(entry), entry_cells(theirs)
        for key in [key for key in ENTRY_KEYS if key in theirs.model_fields_set and before[key] != after[key]]:
            kept = before[key].encode("cp1252", "replace").decode("cp1252")
            found = "".join(dict.fromkeys(one for one, same in zip(before[key], kept, strict=True) if one != same))
            is_narrow = code in file.narrow_codes and after[key].count("?") > before[key].count("?")
            if found and (after[key] == kept or is_narrow):
                lost.append((code, key, found))
    if not lost:
        return
    code, key, found = lost[0]
    texts = "1 text has" if len(lost) == 1 else f"{len(lost):,} texts have, this one first,"
    yield Problem(
        code=code,
        key=key,
        path=(key,),
        message=f"{texts} lost characters on the way through a spreadsheet, like {shortened(found, 20)!r}",
        hint="begin again from the export, and save it as CSV UTF-8 or XLSX",
    )


# What imported files said of each document, kept as JSON text: the base of the next import. Never the merged result
# and never an export. A key that a later file does not state keeps what an earlier one said.


def said_before(catalog: Catalog, codes: Collection[str]) -> Document:
    """The last statements on the header, on every category and on the given entries."""
    categories = CategoryRow.objects.exclude(imported=None).values_list("slug", "imported")
    entries = chain.from_iterable(statements_on(chunk) for chunk in chunks([*codes]))
    return Document(
        Header.model_validate_json(catalog.imported, context=KEPT),
        {slug: category_said(slug, text) for slug, text in categories if text},
        {code: entry_kept(json.loads(text)) for code, text in entries},
    )


def statements_on(codes: Sequence[str]) -> QuerySet[Pattern, tuple[str, Any]]:
    """Pairs of code and statement, of the entries with these codes on which a file ever made one."""
    rows = Pattern.objects.filter(code__in=codes).exclude(imported=None).order_by()
    return rows.values_list("code", "imported")


def category_said(slug: str, text: str) -> Category:
    """A category that only items named has nothing said of it, not even a name."""
    if text == "{}":
        return Category.model_construct(set(), name="", slug=slug, description="")
    return Category.model_validate_json(text, context=KEPT)


def statements_in(document: Document, catalog: Catalog, *, stale: Container[str]) -> Imported:
    """What is to be remembered of a file's document: texts that differ from those kept, but for stale entries."""
    categories = dict(CategoryRow.objects.values_list("slug", "imported"))
    entries: dict[str, str | Table] = {}
    for chunk in chunks([code for code in document.entries if code not in stale]):
        entries |= news(dict(statements_on(chunk)), {code: document.entries[code] for code in chunk})
    return Imported(
        header=header_statement(document, catalog),
        categories=Statements(news(categories, document.categories)),
        entries=Statements(entries),
    )


def header_statement(document: Document, catalog: Catalog) -> str:
    before = Header.model_validate_json(catalog.imported, context=KEPT)
    order = woven(tuple(document.categories), before.categories, is_meant=True)
    said = document.header.model_copy(update={"categories": order})
    return overlaid(catalog.imported, said)


def news(known: Mapping[str, str | None], said: Mapping[str, Table]) -> dict[str, str | Table]:
    found: dict[str, str | Table] = {}
    for identity, document in said.items():
        before = known.get(identity)
        if before is None:
            found[identity] = document
        elif (after := overlaid(before, document)) != before:
            found[identity] = after
    return found


class Statements(Mapping[str, str]):
    """Those of documents of which nothing was said before are written when they are asked for: they may be many."""

    def __init__(self, found: Mapping[str, str | Table]) -> None:
        self.found = found

    def __getitem__(self, identity: str) -> str:
        said = self.found[identity]
        return said if isinstance(said, str) else overlaid(None, said)

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __contains__(self, identity: object) -> bool:
        return identity in self.found


def overlaid(before: str | None, said: Table) -> str:
    now = said.model_dump_json(exclude_unset=True)
    # The texts first: where they are the same, no JSON has to be read, and it is written only for keys said before.
    if before is None or before == now or (known := json.loads(before)).keys() <= said.model_fields_set:
        return now
    return json.dumps({**known, **json.loads(now)}, ensure_ascii=False, separators=(",", ":"))


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


@uncollected()
def plan_import(file: CatalogFile, *, choices: Choices = NO_CHOICES) -> Plan:
    """What importing the file would do now; raises InvalidCatalog if the result would break a rule."""
    with consistent_read():
        return planned(file, Catalog.objects.get(), choices=choices).plan


@uncollected()
def import_file(
    file: CatalogFile, *, by: Authorship, choices: Choices = NO_CHOICES, progress: Progress = no_progress
) -> ImportOutcome:
    """Merge a file into the catalogue in one transaction; raises InvalidCatalog, and then nothing is written."""
    with writing() as catalog:
        return carry_out(planned(file, catalog, choices=choices), catalog, by=by, progress=progress)


def planned(file: CatalogFile, catalog: Catalog, *, choices: Choices = NO_CHOICES) -> Planned:
    """The plan inside ``consistent_read()`` or ``writing()``; raises InvalidCatalog."""
    ours = load_document()
    known, former = known_base(file, catalog), former_categories()
    if problems := losses(file, ours):
        raise InvalidCatalog(problems)
    # Only now: a code that lost its zeros would be told as a new entry that lacks its keys.
    same = in_our_terms(file, ours, known, former)
    in_file = file.document
    # Only a part hides something: what a whole file leaves out, it has removed.
    file = replace(same, document=with_hidden_relations(same.document, ours)) if file.partial else same
    codes = differing_codes(ours, file.document)
    base = known or imported_base(file, catalog, codes)
    # A known base tells by itself what is old; only without one has history to be asked.
    stale = frozenset() if base.is_known else stale_codes(file.document, in_file, codes)
    plan = merge(base, ours, file, stale=stale, choices=choices, former_slugs=former_slugs(), former_categories=former)
    restored = {one.edit.identity for one in plan.kept if one.is_restored}
    # What is restored is a statement of today again, and so remembered as imported.
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
    update(CategoryRow, fields=["imported"], key="slug", rows=((text, slug) for slug, text in said.categories.items()))
    # The rows of these were given the statement when they were written.
    written = {edit.identity for edit in plan.of("entry")}
    others = (code for code in said.entries if code not in written)
    update(Pattern, fields=["imported"], key="code", rows=((compressed(said.entries[code]), code) for code in others))
    return ImportOutcome(plan, change)


def stale_codes(theirs: Document, in_file: Document, codes: list[str]) -> frozenset[str]:
    """Of the entries that differ, those whose text in the file is one that the catalogue has left behind."""
    found = set()
    for code, seen in past_fingerprints(codes).items():
        entry, category = theirs.entries[code], in_file.entries[code].category
        # As the file says it: what is in a merged category now was in another one then.
        as_said = (
            [entry, with_values(entry, {"category": category})] if category not in ("", entry.category) else [entry]
        )
        if any(fingerprint(one) in seen for one in as_said):
            found.add(code)
    return frozenset(found)


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
    # A copy of this database has the same id, and may have gone further than this one.
    if database != catalog.id or int(number) > catalog.version:
        return None
    is_other = token and not Change.objects.filter(number=int(number), token=token).exists()
    return None if is_other else int(number)
