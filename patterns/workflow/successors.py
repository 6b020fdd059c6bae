"""Readers of a retired entry are led to its successor, so that must be one that they can see."""

from collections.abc import Collection

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.problems import Problem
from patterns.models import Pattern
from patterns.workflow.transitions import STATE_WORDS

HINT = "name a published entry, or none"


def successor_problems(edits: Collection[Edit]) -> list[Problem]:
    """What is wrong with the successors of entries that are retired, or given another one, in the state after all."""
    after = {edit.identity: edit.after for edit in edits if isinstance(edit.after, Entry)}
    led = [after[edit.identity] for edit in edits if edit.identity in after and leads_readers(edit)]
    if not led:
        return []
    rows = Pattern.objects.filter(code__in={one.replaced_by for one in led}).order_by()
    states = {**dict(rows.values_list("code", "status")), **{code: entry.status for code, entry in after.items()}}
    return [
        Problem(code=one.code, key="replaced_by", path=("replaced_by",), message=blindness(one, states), hint=HINT)
        for one in led
        if states.get(one.replaced_by) != "published"
    ]


def leads_readers(edit: Edit) -> bool:
    """Whether the edit begins to lead readers somewhere; a successor that was accepted before is left alone."""
    before, after = edit.before, edit.after
    if not isinstance(after, Entry) or after.status != "retired" or not after.replaced_by:
        return False
    return not isinstance(before, Entry) or (before.status, before.replaced_by) != ("retired", after.replaced_by)


def blindness(entry: Entry, states: dict[str, str]) -> str:
    state = states.get(entry.replaced_by)
    what = f"it is {STATE_WORDS[state]}" if state else "there is no such entry"
    return f"readers cannot see its successor {entry.replaced_by!r}: {what}"
