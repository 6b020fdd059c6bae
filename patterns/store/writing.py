"""Plan → database: set-based, in the caller's transaction, with one Change and its Revisions."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Model, Value
from django.db.models.functions import Concat

from patterns.document.catalog import Category, Header
from patterns.document.entry import Entry
from patterns.document.plan import Edit, Plan
from patterns.document.register import Table
from patterns.document.text import name_key
from patterns.files.toml import fingerprint
from patterns.models import Catalog, Change, FormerSlug, Pattern, Revision
from patterns.models import Category as CategoryRow
from patterns.models.compression import compressed
from patterns.store.bulk import chunks, delete_places, insert, moment, primary_keys, update, update_places
from patterns.store.category_addresses import keep_category_addresses
from patterns.store.facet_counts import keep_counts
from patterns.store.reading import (
    PART_MODELS,
    TABLE_OF,
    VERDICT_KEYS,
    WRITTEN,
    columns_of,
    part_columns,
    part_fields,
    part_rows,
    part_values,
    written,
)
from patterns.store.search_index import keep_index
from patterns.store.short_slugs import keep_short_slugs

# Writing history: one revision for each document that a change touched.


REVISION_FIELDS = ("change", "what", "identity", "pattern", "status", "document", "fingerprint")


def revision_rows(number: int, edits: Iterable[Edit], patterns: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """The values of REVISION_FIELDS."""
    for edit in edits:
        pattern = patterns.get(edit.identity) if edit.what == "entry" else None
        state = edit.after.status if isinstance(edit.after, Entry) else ""
        document = compressed(edit.after.model_dump_json(exclude_defaults=True)) if edit.after is not None else None
        yield number, edit.what, edit.identity, pattern, state, document, fingerprint_of(edit.after)


def fingerprint_of(document: Table | None) -> str:
    """The fingerprint of a document; of none, nothing."""
    return fingerprint(document) if isinstance(document, Entry | Category | Header) else ""


# Categories → rows.


NOBODYS = " "  # begins no name, since names are stripped: stands in for a name while others change theirs


def write_categories(plan: Plan, *, imported: Mapping[str, str]) -> None:
    """Create and change categories, and put all of them into the order that the plan's header states."""
    wanted = {edit.identity: edit.after for edit in plan.of("category") if isinstance(edit.after, Category)}
    order = {
        slug: position
        for edit in plan.of("header")
        for position, slug in enumerate(edit.after.categories if isinstance(edit.after, Header) else ())
    }
    rows = {row.slug: row for row in CategoryRow.objects.all()} if wanted or order else {}
    for slug, to in plan.moved.items():
        if to in wanted and slug in rows:  # the same row, with all that hangs on it
            rows[to] = rows.pop(slug)
            rows[to].slug = to
    vacate_names([row for slug, row in rows.items() if slug in wanted and row.name != wanted[slug].name])
    changed = [row for slug, row in rows.items() if slug in wanted or row.position != order.get(slug, row.position)]
    new = [CategoryRow(slug=slug, imported=imported.get(slug)) for slug in wanted if slug not in rows]
    for row in (*changed, *new):
        category = wanted.get(row.slug)
        row.position = order.get(row.slug, row.position)
        if category is not None:
            row.name, row.name_key, row.description = category.name, name_key(category.name), category.description
    columns = ["slug", "name", "name_key", "description", "position"]
    CategoryRow.objects.bulk_update(changed, columns, batch_size=100)
    CategoryRow.objects.bulk_create(new)


def vacate_names(rows: list[CategoryRow]) -> None:
    """Unique names may be swapped in one change, which no database allows row by row."""
    for row in rows:
        row.name_key = f"{NOBODYS}{row.pk}"
    CategoryRow.objects.bulk_update(rows, ["name_key"], batch_size=100)


# Entries → rows, in bulk: what changed and nothing else.


Progress = Callable[[int], None]
PART_KEYS = (*VERDICT_KEYS, *PART_MODELS)
KEPT = ("imported", "published_at")


def no_progress(count: int) -> None:
    """For callers that nobody watches."""


def write_patterns(
    edits: Sequence[Edit], *, at: datetime, imported: Mapping[str, str], progress: Progress = no_progress
) -> dict[str, int]:
    """Delete, change and create patterns; returns the primary keys of those that remain, by code."""
    if not edits:
        return {}
    writing = Writing(at, imported)
    deleted = [edit.identity for edit in edits if edit.after is None]
    changed = [edit for edit in edits if edit.before is not None and edit.after is not None]
    # Before anything is created: a new entry may take a name or slug that another gives up in the same change.
    vacate(changed if len(edits) > 1 else ())
    for codes in chunks(deleted):
        Pattern.objects.filter(code__in=codes).delete()
    for chunk in chunks([edit for edit in edits if edit.before is None]):
        writing.create(chunk)
        progress(len(chunk))
    for chunk in chunks(changed):
        writing.change(chunk)
        progress(len(chunk))
    return writing.pks


def vacate(edits: Iterable[Edit]) -> None:
    """Take unique values away first: in one change, two entries may swap theirs. "~" and " " begin no valid one."""
    codes = [edit.identity for edit in edits if {"slug", "name"} & set(edit.keys)]
    for chunk in chunks(codes):
        Pattern.objects.filter(code__in=chunk).update(
            slug=Concat(Value("~"), F("code")), name_key=Concat(Value(" "), F("code"))
        )


class Writing:
    """One transaction's writes; ``pks`` collects the primary keys by code."""

    def __init__(self, at: datetime, imported: Mapping[str, str]) -> None:
        self.at, self.imported = moment(at), imported
        self.pks: dict[str, int] = {}

    @cached_property  # most changes leave every entry in its category
    def categories(self) -> dict[str, int]:
        return dict(CategoryRow.objects.order_by().values_list("name", "pk"))

    def create(self, edits: Sequence[Edit]) -> None:
        rows = (
            (self.at, *self.row(entry_after(edit), WRITTEN, first=self.first_seen(edit.identity)), edit.identity)
            for edit in edits
        )
        insert(Pattern, fields=("created_at", *fields_of(WRITTEN), "code"), rows=rows)
        codes = [edit.identity for edit in edits]
        self.pks.update(primary_keys(Pattern, key="code", values=codes))
        self.insert_parts([entry_after(edit) for edit in edits])

    def change(self, edits: Sequence[Edit]) -> None:
        changed = {edit.identity: edit.keys for edit in edits}
        known = [*Pattern.objects.filter(code__in=changed).order_by().values_list("code", "pk", "published_at")]
        self.pks.update((code, pk) for code, pk, _ in known)
        public = {code for code, _, seen in known if seen is not None}
        # No column that stays as it is: each would make the database write its indexes again.
        for keys, alike in alike_edits(edits).items():
            rows = (
                (
                    *self.row(entry_after(edit), keys, first=() if edit.identity in public else ("published",)),
                    self.pks[edit.identity],
                )
                for edit in alike
            )
            update(Pattern, fields=fields_of(keys), key="id", rows=rows, kept=KEPT)
        # Only addresses that readers knew go on answering; a draft changes its own without a trace.
        self.keep_addresses([edit for edit in edits if edit.identity in public and "slug" in changed[edit.identity]])
        self.change_parts(edits)

    def first_seen(self, code: str) -> Collection[str]:
        """The states of a new entry that readers know: what a file brings as retired was public elsewhere."""
        return ("published", "retired") if code in self.imported else ("published",)

    def row(self, entry: Entry, keys: Iterable[str], *, first: Collection[str]) -> tuple[Any, ...]:
        """The values of ``fields_of`` these keys; for those of KEPT, None if there is nothing new.

        ``first`` are the states in which readers see the entry for the first time.
        """
        published_at = self.at if entry.status in first else None
        values = written(entry, keys, self.categories[entry.category] if "category" in keys else 0)
        said = self.imported.get(entry.code)
        return (*values, self.at, None if said is None else compressed(said), published_at)

    def keep_addresses(self, renamed: Sequence[Edit]) -> None:
        """The old public address redirects; an entry's own former address that it takes back no longer does."""
        taken_back = [entry_after(edit).slug for edit in renamed]
        FormerSlug.objects.filter(slug__in=taken_back, pattern__code__in=[edit.identity for edit in renamed]).delete()
        old = [FormerSlug(slug=old_slug(edit), pattern_id=self.pks[edit.identity]) for edit in renamed]
        # Two entries may have had an address one after the other: it leads to the one that had it last.
        FormerSlug.objects.bulk_create(old, update_conflicts=True, unique_fields=["slug"], update_fields=["pattern"])

    def change_parts(self, edits: Sequence[Edit]) -> None:
        """Write the rows that differ, each at its place in its list; longer lists get more, shorter ones lose some."""
        writes: dict[str, PartWrites] = {}
        for edit in edits:
            for key in PART_KEYS:
                if key in edit.keys:
                    owner = edit.identity if key == "relations" else self.pks[edit.identity]
                    rows = [*part_rows(entry_after(edit), self.pks[edit.identity], [key])]
                    writes.setdefault(key, PartWrites(key)).add(owner, getattr(edit.before, key), rows)
        for one in writes.values():
            one.carry_out()

    def insert_parts(self, entries: Sequence[Entry]) -> None:
        """Those of new entries, of which there may be many: as values, in half the time that the ORM's rows take."""
        for key in PART_KEYS:
            rows = (part_values(key, entry, self.pks[entry.code]) for entry in entries)
            insert(TABLE_OF[key], fields=part_fields(key), rows=chain.from_iterable(rows))


def alike_edits(edits: Iterable[Edit]) -> dict[tuple[str, ...], list[Edit]]:
    """The edits by the keys of WRITTEN that they change."""
    found: dict[tuple[str, ...], list[Edit]] = {}
    for edit in edits:
        found.setdefault(tuple(key for key in edit.keys if key in WRITTEN), []).append(edit)
    return found


def fields_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The fields of a pattern that are written if these keys of WRITTEN are."""
    return (*chain.from_iterable(WRITTEN[key] for key in keys), "updated_at", *KEPT)


@dataclass
class PartWrites:
    """What becomes of the rows of one list, for many entries."""

    key: str
    changed: list[Sequence[Any]] = field(default_factory=list)
    ended: list[Sequence[Any]] = field(default_factory=list)
    new: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model: type[Model] = TABLE_OF[self.key]
        self.columns = part_columns(self.key)
        # What tells the list from all others of the table.
        self.owner = ["source"] if self.key == "relations" else ["pattern"]
        self.verdict = [VERDICT_KEYS[self.key]] if self.key in VERDICT_KEYS else []

    def add(self, owner: Any, before: Sequence[Any], rows: Sequence[Any]) -> None:
        """``before`` is the list that these rows replace."""
        place = (owner, *self.verdict)
        old = [self.values(one) for one in before]
        new = [tuple(getattr(row, name) for name in self.columns) for row in rows]
        same = min(len(old), len(new))
        # What a relation is must be unique at every moment, so rows that swap it are written anew.
        if self.key == "relations" and [one[:2] for one in old[:same]] != [one[:2] for one in new[:same]]:
            same = 0
        self.changed += [(*new[at], *place, at) for at in range(same) if old[at] != new[at]]
        self.new += rows[same:]
        if len(old) > same:
            self.ended.append((*place, same))

    def values(self, part: Any) -> tuple[Any, ...]:
        return (part,) if isinstance(part, str) else columns_of(self.key, part)

    def carry_out(self) -> None:
        place = [*self.owner, *(["verdict"] if self.verdict else []), "position"]
        if self.ended:
            delete_places(self.model, place=place, rows=self.ended)
        if self.changed:
            update_places(self.model, fields=self.columns, place=place, rows=self.changed)
        self.model._default_manager.bulk_create(self.new)


def entry_after(edit: Edit) -> Entry:
    assert isinstance(edit.after, Entry)
    return edit.after


def old_slug(edit: Edit) -> str:
    assert isinstance(edit.before, Entry)
    return edit.before.slug


@dataclass(frozen=True, kw_only=True)
class Authorship:
    """Who changes the catalogue, by which way, why and when."""

    origin: Change.Origin
    at: datetime
    author: User | None = None
    comment: str = ""
    public_reason: str = ""  # what readers are told of it; the comment is never public
    is_override: bool = False  # of a superuser, against the rule of four eyes
    accepted_by: User | None = None  # of what the author proposed
    is_edited: bool = False  # by whoever accepted it


@dataclass(frozen=True)
class Imported:
    """What a file said of each document, as JSON text: the base of the next import."""

    header: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)


NOTHING_IMPORTED = Imported()


def apply(
    plan: Plan,
    catalog: Catalog,
    *,
    by: Authorship,
    imported: Imported = NOTHING_IMPORTED,
    progress: Progress = no_progress,
) -> Change | None:
    """Carry out a plan inside ``writing()``; returns the change, or None if the plan changes nothing.

    ``progress`` is called with the number of entries done since the last call.
    """
    if not plan.edits:
        return None
    change = Change.objects.create(
        number=catalog.version + 1,
        token=secrets.token_hex(4),
        author=by.author,
        accepted_by=by.accepted_by,
        is_edited=by.is_edited,
        origin=by.origin,
        comment=by.comment,
        public_reason=by.public_reason,
        created_at=by.at,
        is_override=by.is_override,
    )
    write_header([*plan.of("header")], catalog, last=change)
    # Before the entries that go into them; those that are deleted go behind, when no entry is left in them.
    write_categories(plan, imported=imported.categories)
    patterns = write_patterns([*plan.of("entry")], at=by.at, imported=imported.entries, progress=progress)
    keep_category_addresses(plan)
    slugs = [edit.identity for edit in plan.of("category") if edit.action == "delete"]
    if slugs:
        CategoryRow.objects.filter(slug__in=slugs).delete()
    # Behind the entries: a revision points to its entry's row, which a new one has only now.
    insert(Revision, fields=REVISION_FIELDS, rows=revision_rows(change.number, plan.edits, patterns))
    keep_short_slugs(plan.of("entry"), patterns=patterns)
    renamed = [edit.identity for edit in plan.of("category") if edit.before and edit.after and "name" in edit.keys]
    keep_index([*plan.of("entry")], patterns=patterns, renamed=renamed)
    keep_counts(plan)
    return change


def write_header(edits: list[Edit], catalog: Catalog, *, last: Change) -> None:
    catalog.version, catalog.token = last.number, last.token
    for edit in edits:
        assert isinstance(edit.after, Header)
        catalog.title, catalog.description = edit.after.title, edit.after.description
        catalog.keywords = list(edit.after.keywords)
    said = ("title", "description", "keywords") if edits else ()
    catalog.save(update_fields=["version", "token", *said])  # what files said of it may be long
