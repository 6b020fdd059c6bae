"""Readers of a retired entry are led to its successor, so that should be one that they can see."""

from collections.abc import Callable, Iterable, Iterator

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.problems import Problem
from patterns.document.vocabulary import STATE_WORDS

HINT = "name a published entry, or none"


def blind_successors(edits: Iterable[Edit], state_of: Callable[[str], str | None]) -> Iterator[Problem]:
    """What is wrong with the successors to which the edits begin to lead readers.

    ``state_of`` answers with the state that an entry has after all of them; None if there is none of that code.
    """
    for edit in edits:
        if not isinstance(edit.after, Entry) or not leads_readers(edit):
            continue
        code, successor = edit.identity, edit.after.replaced_by
        state = state_of(successor)
        if state != "published":
            what = f"it is {STATE_WORDS[state]}" if state else "there is no such entry"
            message = f"readers cannot see its successor {successor!r}: {what}"
            yield Problem(code=code, key="replaced_by", path=("replaced_by",), message=message, hint=HINT)


def leads_readers(edit: Edit) -> bool:
    """Whether the edit begins to lead readers somewhere; a successor that was accepted before is left alone."""
    before, after = edit.before, edit.after
    if not isinstance(after, Entry) or after.status != "retired" or not after.replaced_by:
        return False
    return not isinstance(before, Entry) or (before.status, before.replaced_by) != ("retired", after.replaced_by)
