"""Keeping the index true: after every change it holds what is published, and nothing else."""

from collections.abc import Mapping, Sequence

from patterns.document.entry import Entry
from patterns.document.plan import Edit, status
from patterns.models import Pattern, SearchText
from patterns.store.bulk import chunks, insert
from patterns.store.reading import load_entries
from patterns.store.search_text import KEYS, Searched, searched

FIELDS = ("pattern", *Searched._fields)


def keep_index(edits: Sequence[Edit], *, patterns: Mapping[str, int]) -> None:
    """Index what edits that have just been written made public; ``patterns`` maps codes to the rows that exist.

    Reasons of relations are public while both ends are, so an entry that comes or goes touches those that name it; a
    new one can be named by entries of the same edits only.
    """
    touched = [edit for edit in edits if edit.before is None or KEYS.intersection(edit.keys)]
    entries = {edit.identity: edit.after for edit in touched if is_public(edit.after) and isinstance(edit.after, Entry)}
    moved = [edit.identity for edit in touched if edit.before and is_public(edit.before) != is_public(edit.after)]
    naming = {code: pk for code, pk in entries_naming(moved).items() if code not in entries}
    entries |= load_entries(Pattern.objects.filter(code__in=naming)) if naming else {}
    known = [edit.identity for edit in touched if edit.before is not None and edit.after is not None]
    pks = {**patterns, **naming}
    for chunk in chunks([pks[code] for code in (*known, *naming)]):
        SearchText.objects.filter(pk__in=chunk).delete()
    add(entries, pks=pks)


def is_public(document: object) -> bool:
    return isinstance(document, Entry) and status(document) == "published"


def entries_naming(codes: Sequence[str]) -> dict[str, int]:
    """Code → primary key of the published entries that state a relation to one of the codes."""
    found: dict[str, int] = {}
    for chunk in chunks(codes):
        rows = Pattern.objects.published().filter(relations__target__in=chunk).order_by()
        found.update(rows.values_list("code", "pk").distinct())
    return found


def add(entries: Mapping[str, Entry], *, pks: Mapping[str, int]) -> None:
    public: set[str] = set()
    for chunk in chunks([*{one.target for entry in entries.values() for one in entry.relations}]):
        public.update(Pattern.objects.published().filter(code__in=chunk).order_by().values_list("code", flat=True))
    insert(
        SearchText, fields=FIELDS, rows=((pks[code], *searched(one, public=public)) for code, one in entries.items())
    )
