"""base, ours, theirs → Plan: the three-way merge behind every import.

``ours`` is the catalogue in the database, ``theirs`` what a file states, ``base`` what both started from. Entries are
merged key by key, and a list is one value. Nobody's change is lost: what both sides changed differently is a conflict.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from patterns.document.catalog import HEADER_KEYS, NOWHERE, CatalogFile, Category, Document, Header
from patterns.document.checks import check_categories, check_entries
from patterns.document.entry import ENTRY_KEYS, GIVEN_KEYS, Entry, code_order
from patterns.document.plan import NO_CHOICES, WHOLE, Choices, Conflict, Edit, Kept, Plan, What
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import AnyTable, Table, with_values
from patterns.document.shelves import NONE_FORMER, FormerCategories, aligned, in_present_categories
from patterns.document.successors import blind_successors
from patterns.document.tables import Relation
from patterns.document.three_way import Merged, Sides, differing, merge_keys, merge_order, ordered_as, woven


@dataclass(frozen=True)
class Base:
    """What both sides started from.

    A known base is the whole catalogue at the change that the file names: what the file leaves out, it removed.
    Otherwise the documents hold what the last imported file said of each (their ``model_fields_set`` tells which
    keys), and what the file leaves out means nothing. ``note`` is shown with the plan.
    """

    document: Document = field(default_factory=Document)
    is_known: bool = False
    note: str = ""


def differing_codes(ours: Document, theirs: Document) -> list[str]:
    """Codes of entries that both sides have with different content: only these can be stale."""
    return [code for code, entry in theirs.entries.items() if code in ours.entries and ours.entries[code] != entry]


def merge(
    base: Base,
    ours: Document,
    theirs: CatalogFile,
    *,
    stale: frozenset[str] = frozenset(),
    choices: Choices = NO_CHOICES,
    former_slugs: Mapping[str, str] | None = None,
    former_categories: FormerCategories = NONE_FORMER,
) -> Plan:
    """Merge a file into the catalogue; raises InvalidCatalog if the final state would break a rule.

    ``stale`` are the codes whose entry in the file equals an older revision; it counts only without a known base.
    ``former_slugs`` maps slugs of the past to the code that had them.
    """
    theirs = in_our_terms(theirs, ours, base, former_categories)
    base = replace(base, document=in_present_categories(base.document, ours, former_categories))
    merging = Merging(base, ours, theirs, stale, choices)
    merged = merging.document()
    plan = merging.plan(edits(ours, merged), note="; ".join(filter(None, (base.note, moved_note(theirs)))))
    # While conflicts are open, there is no final state that could be checked.
    if not plan.is_refused:
        changed = [edit.identity for edit in plan.of("entry")]
        problems = check_entries(merged.entries, changed=changed, former_slugs=former_slugs or {})
        problems += check_categories(merged.categories)
        if problems:
            raise InvalidCatalog(theirs.placed(problems))
        states = {code: entry.status for code, entry in merged.entries.items()}
        plan = replace(plan, warnings=tuple(blind_successors(plan.edits, states.get)))
    return plan


MOVES_SHOWN = 12


def moved_note(theirs: CatalogFile) -> str:
    said = [f"{slug!r} in the file is the category {present!r} by now" for slug, present in theirs.moved.items()]
    more = [f"{len(said) - MOVES_SHOWN} more categories have moved"] if len(said) > MOVES_SHOWN else []
    return "; ".join((*said[:MOVES_SHOWN], *more))


def in_our_terms(
    theirs: CatalogFile, ours: Document, base: Base | None, former: FormerCategories = NONE_FORMER
) -> CatalogFile:
    """The file with its categories under our slugs, and with what rows of a sheet leave out as it is here.

    Raises InvalidCatalog for a row of an entry that is not known and that does not state all that a new one needs.
    """
    known = base.document if base and base.is_known else ours
    before = in_present_categories(known, ours, former).entries
    return with_unstated_keys(aligned(theirs, ours, known, former), {**before, **ours.entries})


def with_unstated_keys(theirs: CatalogFile, known: Mapping[str, Entry]) -> CatalogFile:
    """The file with the keys that its rows do not state; raises InvalidCatalog for an entry that is not known.

    What a row states is still told by the ``model_fields_set`` of its entry.
    """
    entries, problems = dict(theirs.document.entries), []
    for code in theirs.sheet_codes:
        row, entry = entries[code], known.get(code)
        stated = {key: getattr(row, key) for key in row.model_fields_set}
        if entry is not None:
            entries[code] = Entry.model_construct(row.model_fields_set, **{**dict(entry), **stated})
            continue
        hint = "add the column, or mend the code if the entry is in the catalogue under another"
        problems += [
            Problem(code=code, key=key, path=(key,), message="is missing, and the entry is new", hint=hint)
            for key in GIVEN_KEYS
            if key not in stated
        ]
    if problems:
        raise InvalidCatalog(theirs.placed(problems))
    return replace(theirs, document=replace(theirs.document, entries=entries))


def edits(before: Document, after: Document) -> list[Edit]:
    """One edit for every document that differs, in the order of the file."""
    found = [Edit("header", "", before.header, after.header)] if before.header != after.header else []
    for slug, category in after.categories.items():
        if before.categories.get(slug) != category:
            found.append(Edit("category", slug, before.categories.get(slug), category))
    for code in sorted(after.entries, key=code_order):
        old, new = before.entries.get(code), after.entries[code]
        if old is not new and old != new:
            found.append(Edit("entry", code, old, new))
    return found


class Merging:
    """One merge in progress: the three sides, and what was met so far that is not simply taken."""

    def __init__(
        self, base: Base, ours: Document, theirs: CatalogFile, stale: frozenset[str], choices: Choices
    ) -> None:
        self.base, self.ours, self.theirs, self.file = base.document, ours, theirs.document, theirs
        self.is_known = base.is_known
        self.is_whole = base.is_known and not theirs.partial  # then what the file leaves out, it removed
        self.choices = choices
        self.stale = frozenset() if base.is_known else stale
        self.conflicts: list[Conflict] = []
        self.kept: list[Kept] = []
        self.left_out: list[Edit] = []

    def document(self) -> Document:
        categories = self.categories()
        entries = self.entries(categories)
        # Last, since only the merged entries tell whether a category is still asked for.
        for slug in self.deleted_here(categories, entries):
            if not self.restored(Edit("category", slug, None, categories[slug])):
                del categories[slug]
        return Document(with_values(self.header(), {"categories": tuple(categories)}), categories, entries)

    def plan(self, found: Sequence[Edit], *, note: str) -> Plan:
        """The plan that these edits and the conflicts met so far are."""
        named: list[Edit | Conflict] = [*found, *self.conflicts, *(one.edit for one in self.kept)]
        concerned = {one.identity for one in named if one.what == "entry"}
        return Plan(
            edits=tuple(found),
            conflicts=tuple(self.conflicts),
            kept=tuple(self.kept),
            left_out=tuple(self.left_out),
            unchanged=len(self.theirs.entries.keys() - concerned),
            note=note,
            choices=self.choices,
        )

    # header and categories

    def header(self) -> Header:
        sides = Sides("header", "", self.base.header, self.ours.header, self.theirs.header, self.is_known)
        return self.merged(sides, self.stated_keys("header", "", self.theirs.header, HEADER_KEYS))

    def categories(self) -> dict[str, Category]:
        """The categories of both sides by slug, in their merged order. An import removes none."""
        base, ours, theirs = self.base.header.categories, tuple(self.ours.categories), tuple(self.theirs.categories)
        stated = self.theirs.header.categories
        order, is_conflict = merge_order(base, ours, theirs, is_stated=bool(stated))
        in_file = woven(theirs, ours, is_meant=True)
        if is_conflict and not self.choices.restores("header", ""):
            order = in_file if self.takes(Conflict("header", "", "categories", base, ours, stated)) else order
        elif stated and ordered_as(order, {*theirs}) != list(theirs):
            header = with_values(self.ours.header, {"categories": ours})
            is_restored = self.restored(Edit("header", "", header, with_values(header, {"categories": in_file})))
            order = in_file if is_restored else order
        return {slug: self.category(slug) for slug in order}

    def category(self, slug: str) -> Category:
        ours, theirs = self.ours.categories.get(slug), self.theirs.categories.get(slug)
        if ours is None or theirs is None:
            return with_slug(ours or theirs, slug)
        sides = Sides("category", slug, self.base.categories.get(slug), ours, theirs, self.is_known)
        stated = self.stated_keys("category", slug, theirs, ("name", "description"))
        return with_slug(self.merged(sides, stated if theirs.model_fields_set else ()), slug)

    def deleted_here(self, categories: Mapping[str, Category], entries: Mapping[str, Entry]) -> list[str]:
        """The categories that the file still has, that were deleted since the base, and that no entry asks for."""
        in_use = {entry.category for entry in entries.values()}
        base = self.base.categories if self.is_known else {}
        return [
            slug
            for slug, category in categories.items()
            if slug in base and slug not in self.ours.categories and category.name not in in_use
        ]

    def stated_keys(self, what: What, identity: str, document: Table, keys: Sequence[str]) -> list[str]:
        """The keys of which the file says something: in a whole export, one that is left out holds the default."""
        states_all = self.is_whole and (what, identity) not in self.file.loose
        return [key for key in keys if states_all or key in document.model_fields_set]

    # entries

    def entries(self, categories: dict[str, Category]) -> dict[str, Entry]:
        """The merged entries by code. They are compared under the merged names of their categories."""
        base, ours, theirs = (settled(side, self.slugs_of(side), categories) for side in self.sides())
        merged = {}
        for code in {**ours, **theirs}:
            if entry := self.entry(code, base.get(code), ours.get(code), theirs.get(code)):
                merged[code] = entry
        return merged

    def sides(self) -> tuple[Document, Document, Document]:
        return self.base, self.ours, self.theirs

    def slugs_of(self, side: Document) -> dict[str, str]:
        """Category name → slug as a side means it; what it does not list is meant as the others list it."""
        known = {**self.theirs.category_slugs(), **self.ours.category_slugs()}
        return {**known, **side.category_slugs()}

    def entry(self, code: str, base: Entry | None, ours: Entry | None, theirs: Entry | None) -> Entry | None:
        if theirs is None:
            return self.left_out_entry(code, base, ours)
        if ours is None:
            return self.not_ours(code, base, theirs)
        # Once for all that follows: most keys of most entries are alike.
        if not (keys := [*differing(ours, theirs, ENTRY_KEYS)]):
            return ours
        sides = Sides("entry", code, base, ours, theirs, self.is_known)
        implied = self.implied_keys(ours, theirs, keys)
        return self.merged(sides, self.stated_keys("entry", code, theirs, keys), implied=implied)

    def implied_keys(self, ours: Entry, theirs: Entry, keys: Iterable[str]) -> Collection[str]:
        """Of these keys, those that an entry of the file leaves out and that hold a default there without a base.

        They change nothing here unless they are restored. Who is in an export without a word about it is published.
        """
        unstated = [key for key in keys if key not in theirs.model_fields_set]
        if not unstated:
            return ()
        is_loose = ("entry", ours.code) in self.file.loose
        if self.file.base and not self.file.partial and not is_loose:  # an export, of whatever database
            return [] if self.is_whole else unstated
        source, _ = self.file.places.get(ours.code, NOWHERE)
        is_silent = ours.status == "retired" and "status" in unstated and not source.is_sheet and "end" in source.tables
        return ["status"] if is_silent else []

    def left_out_entry(self, code: str, base: Entry | None, ours: Entry | None) -> Entry | None:
        """An entry that the file does not hold: removed there, if the file is whole and once held it."""
        if ours is None or base is None or not self.is_whole or ours.status == "retired":
            return ours
        retired = with_values(ours, {"status": "retired"})
        # Listed whether it is retired or not: the plan must not be silent about it.
        self.left_out.append(Edit("entry", code, ours, retired))
        if not self.choices.retire:
            return ours
        if ours != base and not self.takes(Conflict("entry", code, WHOLE, base, ours, None)):
            return ours
        return retired

    def not_ours(self, code: str, base: Entry | None, theirs: Entry) -> Entry | None:
        """An entry that the catalogue does not hold: new, unless it was deleted here since the base."""
        if base is None or not self.is_known:
            return theirs
        if theirs == base or self.choices.restores("entry", code):
            return theirs if self.restored(Edit("entry", code, None, theirs)) else None
        return theirs if self.takes(Conflict("entry", code, WHOLE, base, None, theirs)) else None

    def merged(self, sides: Sides[AnyTable], keys: Iterable[str], *, implied: Iterable[str] = ()) -> AnyTable:
        """Ours with what theirs changed."""
        is_stale = sides.what == "entry" and sides.identity in self.stale
        found = Merged(older=differing(sides.ours, sides.theirs, keys)) if is_stale else merge_keys(sides, keys)
        if self.choices.restores(sides.what, sides.identity):
            # What was decided conflict by conflict outweighs a restore of the whole.
            found = found.with_older([one for one in found.conflicts if one.mark not in self.choices.decisions])
        won = {one.key: one.theirs for one in found.conflicts if self.takes(one)}
        older = {**found.older, **differing(sides.ours, sides.theirs, implied)}
        return with_values(self.as_in_file(sides, older), {**found.taken, **won})

    def as_in_file(self, sides: Sides[AnyTable], older: dict[str, Any]) -> AnyTable:
        """Ours, with what the file says instead of newer values if that is chosen; noted either way."""
        if not older:
            return sides.ours
        before = with_values(sides.ours, older)
        return before if self.restored(Edit(sides.what, sides.identity, sides.ours, before)) else sides.ours

    def restored(self, edit: Edit) -> bool:
        """Note what is newer here; whether it is to say what the file says all the same."""
        is_chosen = self.choices.restores(edit.what, edit.identity)
        self.kept.append(Kept(edit, is_restored=is_chosen))
        return is_chosen

    def takes(self, conflict: Conflict) -> bool:
        """Note a conflict; whether theirs wins it, as the caller of the merge decided."""
        self.conflicts.append(conflict)
        return self.choices.of_conflict(conflict) == "take"


def with_slug(category: Category | None, slug: str) -> Category:
    assert category is not None, slug
    return category if category.slug == slug else with_values(category, {"slug": slug})


def settled(side: Document, slugs: Mapping[str, str], categories: Mapping[str, Category]) -> dict[str, Entry]:
    """The entries of one side with their categories under their merged names."""
    names = {name: categories[slug].name for name, slug in slugs.items() if slug in categories}
    return {code: in_category(entry, names.get(entry.category, entry.category)) for code, entry in side.entries.items()}


def in_category(entry: Entry, name: str) -> Entry:
    return entry if entry.category == name else with_values(entry, {"category": name})


# What a public copy does not show, because readers do not know the entry that it names: relations, successors.


def with_hidden_relations(theirs: Document, ours: Document) -> Document:
    """The document of a partial file with what it could not show: leaving that out removes nothing."""
    shown = {code for code, entry in ours.entries.items() if entry.status == "published"} | theirs.entries.keys()
    entries = {
        code: with_successor(completed(entry, ours.entries.get(code), shown), ours.entries.get(code), shown)
        for code, entry in theirs.entries.items()
    }
    return replace(theirs, entries=entries)


def with_successor(theirs: Entry, ours: Entry | None, shown: Container[str]) -> Entry:
    """A sheet has an empty cell for a successor that it could not show."""
    is_empty = "replaced_by" in theirs.model_fields_set and not theirs.replaced_by
    if ours is None or ours.replaced_by in shown or not is_empty:
        return theirs
    return with_values(theirs, {"replaced_by": ours.replaced_by})


def completed(theirs: Entry, ours: Entry | None, shown: Container[str]) -> Entry:
    if ours is None or "relations" not in theirs.model_fields_set:
        return theirs
    hidden = tuple(one for one in ours.relations if one.target not in shown)
    # A file that shows one of the hidden relations knows of them: what it leaves out, it removes.
    if any(one in theirs.relations for one in hidden):
        return theirs
    visible: tuple[Relation, ...] = tuple(one for one in ours.relations if one not in hidden)
    # If nothing else changed, the order stays too; else the hidden ones have no place to go back to but the end.
    relations = ours.relations if theirs.relations == visible else (*theirs.relations, *hidden)
    return with_values(theirs, {"relations": relations})
