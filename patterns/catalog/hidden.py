"""What a public copy does not show, because readers do not know the entry that it names: relations, successors."""

from collections.abc import Container
from dataclasses import replace

from patterns.catalog.entry import Document, Entry, Relation
from patterns.catalog.keys import with_values


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
    if any(one in theirs.relations for one in hidden):
        return theirs
    visible: tuple[Relation, ...] = tuple(one for one in ours.relations if one not in hidden)
    relations = ours.relations if theirs.relations == visible else (*theirs.relations, *hidden)
    return with_values(theirs, {"relations": relations})
