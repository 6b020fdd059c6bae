"""From a form or a file to the store: the rules are applied under the catalogue's lock, to what is there now."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from patterns.document.catalog import Category, Header
from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.problems import Problem
from patterns.document.register import Table, with_values
from patterns.models import Catalog, Change, Proposal
from patterns.models import Category as CategoryRow
from patterns.store.edits import (
    delete_entry,
    edit_of_entry,
    next_code,
    problems_between,
    refuse_problems,
    save_header,
    write_entry,
)
from patterns.store.reading import category_of, consistent_read, load_header, present, writing
from patterns.store.writing import Authorship
from patterns.workflow.proposals import keep_proposal
from patterns.workflow.reviews import follow
from patterns.workflow.rules import Ruling, Standing, decide
from patterns.workflow.shelves import save_category
from patterns.workflow.standing import actor_of, standing_of
from patterns.workflow.successors import successor_problems


@dataclass(frozen=True)
class Saved:
    """What became of an edit: a change, a proposal, or neither if nothing differs.

    ``code`` is what a new entry was given, if nobody chose one. ``is_again``: this became of the same form when it was
    sent before.
    """

    change: Change | None = None
    proposal: Proposal | None = None
    code: str = ""
    is_again: bool = False


@dataclass(frozen=True)
class Snapshot:
    """An entry, None if there is none, with what the rules ask of it, as a version of the catalogue has them."""

    version: int
    entry: Entry | None
    standing: Standing


def snapshot_of(code: str) -> Snapshot:
    with consistent_read():
        version = Catalog.objects.values_list("version", flat=True).get()
        return Snapshot(version, present(code), standing_of(code))


def save(entry: Entry, *, opened: str, by: Authorship) -> Saved:
    """Create an entry, replace it, or propose it, as the author's role allows.

    Raises NotAllowed, StaleEdit or InvalidCatalog, and then nothing is written.
    """
    write = prepared(entry, opened=opened, by=by, seen=snapshot_of(entry.code))
    with writing() as catalog:
        return write(catalog)


def prepared(entry: Entry, *, opened: str, by: Authorship, seen: Snapshot) -> Callable[[Catalog], Saved]:
    """What saves the entry inside ``writing()``: judged and checked before, so that others wait for the writing only.

    Both raise what ``save`` does.
    """
    judged = judge(entry, seen, opened=opened, by=by)

    def write(catalog: Catalog) -> Saved:
        # All that was looked at since is of one version, if it is still that one; else it is looked at again, where
        # nobody else can write.
        is_current = catalog.version == seen.version
        edit, ruling = judged if is_current else judge(entry, snapshot_of(entry.code), opened=opened, by=by)
        if ruling.is_proposal:
            assert edit.before is None or isinstance(edit.before, Entry)
            return Saved(proposal=keep_proposal(entry, base=edit.before, by=by))
        change = write_entry(edit, catalog, by=replace(by, is_override=ruling.is_override))
        follow([edit], by=by)
        return Saved(change=change)

    return write


def prepared_new(entry: Entry, *, by: Authorship) -> Callable[[Catalog], Saved]:
    """The same for a new entry for which nobody chose a code: it gets the next one where nobody else can write."""
    with consistent_read():
        foreseen = with_values(entry, {"code": next_code()})
        seen = snapshot_of(foreseen.code)
        write_foreseen = prepared(foreseen, opened="", by=by, seen=seen)

    def write(catalog: Catalog) -> Saved:
        if catalog.version == seen.version:
            return replace(write_foreseen(catalog), code=foreseen.code)
        numbered = with_values(entry, {"code": next_code()})
        write_numbered = prepared(numbered, opened="", by=by, seen=snapshot_of(numbered.code))
        return replace(write_numbered(catalog), code=numbered.code)

    return write


def judge(entry: Entry, seen: Snapshot, *, opened: str, by: Authorship) -> tuple[Edit, Ruling]:
    edit = edit_of_entry(seen.entry, entry, opened=opened)
    if seen.entry == entry:  # whoever may not edit it has not tried to
        return edit, Ruling()
    ruling = decide(seen.entry, entry, actor_of(by.author), seen.standing)
    refuse_problems(problems_of_edit(edit))  # a proposal too: now, while its author can mend it, not at its acceptance
    return edit, ruling


def problems_of_edit(edit: Edit) -> list[Problem]:
    """All that the rules between entries say against it; of one place the sterner rule alone."""
    successors = successor_problems([edit])
    said = {problem.path for problem in successors}
    return [*successors, *(problem for problem in problems_between([edit]) if problem.path not in said)]


def delete(code: str, *, opened: str, by: Authorship) -> Change | None:
    """Delete a draft, if the author's role allows it and readers never saw it."""
    with writing():
        before = present(code)
        decide(before, None, actor_of(by.author), standing_of(code))
        change = delete_entry(code, opened=opened, by=by)
        follow([Edit("entry", code, before, None)], by=by)
        return change


# The same for documents of every kind.


def save_document(document: Table, *, opened: str, by: Authorship, position: int | None = None) -> Saved:
    """Create a document or replace it; ``position`` puts a category there, counted from 0.

    Whether the author may change categories and the header is for the caller to ask. Raises what ``save`` raises.
    """
    if isinstance(document, Entry):
        return save(document, opened=opened, by=by)
    if isinstance(document, Category):
        return Saved(change=save_category(document, opened=opened, by=by, position=position))
    assert isinstance(document, Header)
    return Saved(change=save_header(document, opened=opened, by=by))


def present_document(what: str, identity: str) -> Table | None:
    with consistent_read():
        if what == "entry":
            return present(identity)
        if what == "header":
            return load_header()
        row = CategoryRow.objects.filter(slug=identity).first()
        return category_of(row) if row else None
