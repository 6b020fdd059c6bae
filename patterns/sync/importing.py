"""Import: a file is merged into the catalogue, or nothing is written at all."""

from dataclasses import dataclass, replace

from patterns.catalog.entry import Document
from patterns.catalog.hidden import with_hidden_relations
from patterns.catalog.merge import Base, differing_codes, in_our_terms, merge
from patterns.catalog.plan import NO_CHOICES, Choices, Plan
from patterns.catalog.reader import CatalogFile
from patterns.catalog.writer import fingerprint
from patterns.history.past import document_at, past_fingerprints
from patterns.models import Catalog, Change
from patterns.sync.apply import Authorship, apply
from patterns.sync.patterns import Progress, no_progress
from patterns.sync.state import consistent_read, former_slugs, load_document, writing
from patterns.sync.statements import remember, said_before, statements


@dataclass(frozen=True)
class Outcome:
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
) -> Outcome:
    """Merge a file into the catalogue in one transaction; raises InvalidCatalog, and then nothing is written."""
    with writing() as catalog:
        return carry_out(planned(file, catalog, choices=choices), catalog, by=by, progress=progress)


def planned(file: CatalogFile, catalog: Catalog, *, choices: Choices = NO_CHOICES) -> Planned:
    """The plan inside ``consistent_read()`` or ``writing()``; raises InvalidCatalog."""
    ours = load_document()
    known = known_base(file, catalog)
    file = prepared(file, ours, known)
    codes = differing_codes(ours, file.document)
    base = known or imported_base(file, catalog, codes)
    stale = frozenset() if base.is_known else stale_codes(file.document, codes)
    plan = merge(base, ours, file, stale=stale, choices=choices, former_slugs=former_slugs())
    restored = {one.edit.identity for one in plan.kept if one.is_restored}
    return Planned(file, ours, plan, stale - restored)


def carry_out(planned: Planned, catalog: Catalog, *, by: Authorship, progress: Progress = no_progress) -> Outcome:
    """Do all that was planned, inside the ``writing()`` in which it was; nothing if it is refused."""
    plan = planned.plan
    if plan.is_refused:
        return Outcome(plan, None)
    said = statements(planned.file.document, catalog, stale=planned.stale)
    change = apply(plan, catalog, by=by, imported=said, progress=progress)
    remember(said, plan, catalog)
    return Outcome(plan, change)


def prepared(file: CatalogFile, ours: Document, base: Base | None) -> CatalogFile:
    """The file in our terms, with what a public copy could not show."""
    same = in_our_terms(file, ours, base)
    return replace(same, document=with_hidden_relations(same.document, ours)) if file.partial else same


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
