"""From a form or a file to the store: the rules are applied under the catalogue's lock, to what is there now."""

from dataclasses import dataclass, replace

from patterns.document.catalog import Category, Header
from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.register import Table
from patterns.models import Category as CategoryRow
from patterns.models import Change, Pattern, Proposal
from patterns.store.edits import (
    check_entry,
    delete_entry,
    refuse_if_stale,
    refuse_if_taken,
    save_category,
    save_entry,
    save_header,
)
from patterns.store.reading import category_of, consistent_read, load_entries, load_header, writing
from patterns.store.writing import Authorship
from patterns.workflow.proposals import keep_proposal
from patterns.workflow.rules import decide
from patterns.workflow.standing import actor_of, standing_of


@dataclass(frozen=True)
class Saved:
    """What became of an edit: a change, a proposal, or neither if nothing differs."""

    change: Change | None = None
    proposal: Proposal | None = None


def save(entry: Entry, *, opened: str, by: Authorship) -> Saved:
    """Create an entry, replace it, or propose it, as the author's role allows.

    Raises NotAllowed, StaleEdit or InvalidCatalog, and then nothing is written.
    """
    with writing():
        before = present(entry.code)
        refuse_if_taken(before, opened)
        refuse_if_stale(Edit("entry", entry.code, before, entry), opened)
        if before == entry:  # whoever may not edit it has not tried to
            return Saved()
        # Under the lock and from the history: what the form was told may be old by now.
        decision = decide(before, entry, actor_of(by.author), standing_of(entry.code))
        if decision.is_proposal:
            check_entry(entry)  # now, while its author can mend it, not when a publisher accepts it
            return Saved(proposal=keep_proposal(entry, base=before, by=by))
        by = replace(by, is_override=decision.is_override)
        return Saved(change=save_entry(entry, opened=opened, by=by))


def delete(code: str, *, opened: str, by: Authorship) -> Change | None:
    """Delete a draft, if the author's role allows it and readers never saw it."""
    with writing():
        decide(present(code), None, actor_of(by.author), standing_of(code))
        return delete_entry(code, opened=opened, by=by)


def present(code: str) -> Entry | None:
    return load_entries(Pattern.objects.filter(code=code)).get(code)


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
