"""What stands around the fields of an entry's form: what it is, what saving would do, and the buttons."""

from dataclasses import dataclass, field, replace
from typing import Any

from patterns.admin.bulk import STATES, words_of
from patterns.admin.buttons import MOVES, Button, buttons_for
from patterns.admin.rights import Held, held
from patterns.models import Change, Pattern, Proposal, Revision
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Actor, NotAllowed, Operation, answer

OFFERED = 1000  # codes of other entries, for browsers to complete; of more, the rest is typed
LISTED = 5  # open proposals


@dataclass(frozen=True)
class Frame:
    """``refusal`` is why the entry can only be read, empty if it can be edited or the reader never edits any.

    ``last`` is the newest change: whose draft was sent back finds the reason beside the text.
    """

    buttons: list[Button]
    state: str = ""
    refusal: str = ""
    is_proposal: bool = False
    proposals: list[Proposal] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    last: Change | None = None


def frame_of(row: Pattern | None, user: Any) -> Frame:
    actor = actor_of(user)
    mine = held(row, user) if row else None
    if mine is None:
        return Frame([Button(move) for move in MOVES if move.name == "_submit"], codes=codes_but(""))
    waiting = Proposal.objects.filter(code=mine.entry.code, state=Proposal.State.OPEN).select_related("author")
    proposals = [*waiting[:LISTED]] if user.has_perm("patterns.view_proposal") else []
    last = last_change(mine.entry.code) if user.has_perm("patterns.view_change") else None
    return replace(framed(mine, actor, proposals), last=last)


def last_change(code: str) -> Change | None:
    of_entry = Change.objects.filter(revisions__what=Revision.What.ENTRY, revisions__identity=code)
    return of_entry.select_related("author").first()


def framed(mine: Held, actor: Actor, proposals: list[Proposal]) -> Frame:
    state, edit = STATES[mine.entry.status], mine.edit
    if isinstance(edit, NotAllowed):
        refusal = words_of(edit) if answer(Operation.EDIT, actor) != "no" else ""
        return Frame([], state, refusal, proposals=proposals)
    return Frame([*buttons_for(mine)], state, "", edit.is_proposal, proposals, codes_but(mine.entry.code))


def codes_but(code: str) -> list[tuple[str, str]]:
    """Codes and names that a relation or a successor may name."""
    living = Pattern.objects.exclude(status=Pattern.Status.RETIRED).exclude(code=code)
    return [*living.in_code_order().values_list("code", "name")[:OFFERED]]
