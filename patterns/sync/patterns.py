"""Entries → rows, in bulk: what changed and nothing else."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Value
from django.db.models.functions import Concat

from patterns.catalog.entry import Entry
from patterns.catalog.plan import Edit
from patterns.models import Applicability, Category, FormerSlug, Pattern
from patterns.sync.rows import PART_MODELS, VERDICT_KEYS, WRITTEN_COLUMNS, part_rows, written
from patterns.sync.table import chunks, insert, moment, primary_keys, update

Progress = Callable[[int], None]
PART_KEYS = (*VERDICT_KEYS, *PART_MODELS)
KEPT = ("imported", "published_at")
FIELDS = (*WRITTEN_COLUMNS, "updated_at", *KEPT)


def no_progress(count: int) -> None:
    """For callers that nobody watches."""


def write_patterns(
    edits: Sequence[Edit], *, at: datetime, imported: Mapping[str, str], progress: Progress = no_progress
) -> dict[str, int]:
    """Delete, change and create patterns; returns the primary keys of those that remain, by code."""
    if not edits:
        return {}
    writing = Writing(at, imported, dict(Category.objects.values_list("name", "pk")))
    deleted = [edit.identity for edit in edits if edit.after is None]
    changed = [edit for edit in edits if edit.before is not None and edit.after is not None]
    vacate(changed)
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

    def __init__(self, at: datetime, imported: Mapping[str, str], categories: Mapping[str, int]) -> None:
        self.at, self.imported, self.categories = moment(at), imported, categories
        self.pks: dict[str, int] = {}

    def create(self, edits: Sequence[Edit]) -> None:
        rows = ((self.at, *self.row(entry_of(edit), first=self.first_seen(edit.identity))) for edit in edits)
        insert(Pattern, fields=("created_at", *FIELDS, "code"), rows=rows)
        codes = [edit.identity for edit in edits]
        self.pks.update(primary_keys(Pattern, key="code", values=codes))
        self.write_parts(edits, dict.fromkeys(codes, PART_KEYS))

    def change(self, edits: Sequence[Edit]) -> None:
        changed = {edit.identity: edit.keys for edit in edits}
        known = [*Pattern.objects.filter(code__in=changed).order_by().values_list("code", "pk", "published_at")]
        self.pks.update((code, pk) for code, pk, _ in known)
        public = {code for code, _, seen in known if seen is not None}
        rows = (self.row(entry_of(edit), first=() if edit.identity in public else ("published",)) for edit in edits)
        update(Pattern, fields=FIELDS, key="code", rows=rows, kept=KEPT)
        self.keep_addresses([edit for edit in edits if edit.identity in public and "slug" in changed[edit.identity]])
        self.clear_parts(changed)
        self.write_parts(edits, changed)

    def first_seen(self, code: str) -> Collection[str]:
        """The states of a new entry that readers know: what a file brings as retired was public elsewhere."""
        return ("published", "retired") if code in self.imported else ("published",)

    def row(self, entry: Entry, *, first: Collection[str]) -> tuple[Any, ...]:
        """The values of FIELDS, and the code; for those of KEPT, None if there is nothing new.

        ``first`` are the states in which readers see the entry for the first time.
        """
        published_at = self.at if entry.status in first else None
        category_id = self.categories[entry.category]
        return (*written(entry, category_id), self.at, self.imported.get(entry.code), published_at, entry.code)

    def keep_addresses(self, renamed: Sequence[Edit]) -> None:
        """The old public address redirects; an entry's own former address that it takes back no longer does."""
        taken_back = [entry_of(edit).slug for edit in renamed]
        FormerSlug.objects.filter(slug__in=taken_back, pattern__code__in=[edit.identity for edit in renamed]).delete()
        old = [FormerSlug(slug=old_slug(edit), pattern_id=self.pks[edit.identity]) for edit in renamed]
        FormerSlug.objects.bulk_create(old, update_conflicts=True, unique_fields=["slug"], update_fields=["pattern"])

    def clear_parts(self, changed: Mapping[str, Collection[str]]) -> None:
        for key in PART_KEYS:
            codes = [code for code, keys in changed.items() if key in keys]
            if codes:
                self.delete_parts(key, codes)

    def delete_parts(self, key: str, codes: list[str]) -> None:
        if key in VERDICT_KEYS:
            Applicability.objects.filter(pattern__code__in=codes, verdict=VERDICT_KEYS[key]).delete()
        else:
            owner = "source_id" if key == "relations" else "pattern__code"
            PART_MODELS[key]._default_manager.filter(**{f"{owner}__in": codes}).delete()

    def write_parts(self, edits: Sequence[Edit], keys: Mapping[str, Collection[str]]) -> None:
        """Insert the parts under the given keys of each entry."""
        rows: dict[type[Model], list[Model]] = {}
        for edit in edits:
            for row in part_rows(entry_of(edit), self.pks[edit.identity], keys[edit.identity]):
                rows.setdefault(type(row), []).append(row)
        for model, batch in rows.items():
            model._default_manager.bulk_create(batch)


def entry_of(edit: Edit) -> Entry:
    assert isinstance(edit.after, Entry)
    return edit.after


def old_slug(edit: Edit) -> str:
    assert isinstance(edit.before, Entry)
    return edit.before.slug
