"""Whoever retires an entry at the desk names a successor that readers can see, or none; a file is warned."""

from collections.abc import Collection

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.problems import Problem
from patterns.document.successors import blind_successors, leads_readers
from patterns.models import Pattern


def successor_problems(edits: Collection[Edit]) -> list[Problem]:
    """What is wrong with the successors of entries that are retired, or given another one, in the state after all."""
    after = {edit.identity: edit.after for edit in edits if isinstance(edit.after, Entry)}
    led = [edit for edit in edits if leads_readers(edit)]
    if not led:
        return []
    named = {after[edit.identity].replaced_by for edit in led}
    rows = Pattern.objects.filter(code__in=named).order_by()
    states = {**dict(rows.values_list("code", "status")), **{code: entry.status for code, entry in after.items()}}
    return [*blind_successors(led, states.get)]
