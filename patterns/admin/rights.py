"""What the rules let somebody do with an entry: for each request, and for the buttons and banners of its form."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.contrib import admin
from django.http import HttpRequest

from patterns.admin.versions import key_differences
from patterns.document.diff import Piece
from patterns.document.entry import Entry
from patterns.document.vocabulary import STATE_WORDS
from patterns.models import Change, Pattern, Proposal, Request, Revision
from patterns.workflow.reviews import Round, last_round, requests_about
from patterns.workflow.rules import Actor, NotAllowed, Operation, Ruling, Standing, answer
from patterns.workflow.saves import Snapshot, snapshot_of
from patterns.workflow.standing import actor_of, foreseen
from patterns.workflow.transitions import TRANSITIONS, Transition


@dataclass(frozen=True)
class EntryRights:
    """An entry as somebody opened it, with all that the rules ask; ``seen`` says of which version that is."""

    entry: Entry
    actor: Actor
    seen: Snapshot

    @property
    def standing(self) -> Standing:
        return self.seen.standing

    def answer_to(self, after: Entry | None) -> Ruling | NotAllowed:
        """What would become of an edit; None deletes."""
        return foreseen(self.entry, after, self.actor, self.standing)

    @cached_property  # asked for with each row of each inline
    def may_edit(self) -> bool:
        return isinstance(self.answer_to(self.entry), Ruling)

    @cached_property
    def may_delete(self) -> bool:
        return not self.standing.was_public and isinstance(self.answer_to(None), Ruling)


# Django asks dozens of times for each form whether this row may be changed: for every inline, and for every part of
# the page. Each request reads an entry once, and takes what it read along when it ends.
ASKED: Final[WeakKeyDictionary[HttpRequest, dict[int, EntryRights | None]]] = WeakKeyDictionary()


def rights_to(row: Pattern, request: HttpRequest) -> EntryRights | None:
    """Of the request's user to the entry of a row; None if it is not in the catalogue."""
    known = ASKED.setdefault(request, {})
    if row.pk not in known:
        seen = snapshot_of(row.code)
        known[row.pk] = EntryRights(seen.entry, actor_of(request.user), seen) if seen.entry else None
    return known[row.pk]


def may_rename(model_admin: admin.ModelAdmin, request: HttpRequest, row: Any) -> bool:
    is_allowed = answer(Operation.RENAME, actor_of(request.user)) != "no"
    return is_allowed and model_admin.has_change_permission(request, row)


@dataclass(frozen=True)
class Button:
    """``refusal`` is why it cannot be pressed now, empty if it can."""

    transition: Transition
    refusal: str = ""
    is_override: bool = False


LISTED = 5  # open proposals


@dataclass(frozen=True)
class FormFrame:
    """What stands around the fields of an entry's form: what it is, what saving would do, and the buttons.

    ``refusal`` is why the entry can only be read, empty if it can be edited or the reader never edits any. ``requests``
    are those that are open: whose draft was sent back finds the reason beside the text until it is submitted again.
    ``asked_of_proposal`` are those about the proposal that the reader of the form made, and goes on making with it.
    ``last`` is the newest change, ``round`` what a reviewer asked before it was submitted again, ``differences`` what
    changed since then.
    """

    buttons: list[Button] = field(default_factory=list)
    state: str = ""
    refusal: str = ""
    is_proposal: bool = False
    proposals: list[Proposal] = field(default_factory=list)
    last: Change | None = None
    requests: list[Request] = field(default_factory=list)
    asked_of_proposal: list[Request] = field(default_factory=list)
    round: Round | None = None
    differences: list[tuple[str, list[Piece]]] = field(default_factory=list)


def form_frame(row: Pattern | None, request: HttpRequest) -> FormFrame:
    rights, user = rights_to(row, request) if row else None, request.user
    if row is None or rights is None:
        return FormFrame([Button(one) for one in TRANSITIONS if one.for_new])
    code, edit = rights.entry.code, rights.answer_to(rights.entry)
    proposals, last = [], None
    if user.has_perm("patterns.view_proposal"):
        waiting = Proposal.objects.filter(code=code, state=Proposal.State.OPEN).select_related("author")
        proposals = [*waiting[:LISTED]]
    if user.has_perm("patterns.view_change"):
        of_entry = Change.objects.filter(revisions__what=Revision.What.ENTRY, revisions__identity=code)
        last = of_entry.select_related("author", "accepted_by").first()
    asked = requests_about(row, proposer=rights.actor.id)
    of_entry_itself = [one for one in asked if one.proposal_id is None]
    asked_before = last_round(row, rights.entry, of_entry_itself)
    about: dict[str, Any] = {
        "proposals": proposals,
        "last": last,
        "requests": [one for one in of_entry_itself if one.is_open],
        "asked_of_proposal": [one for one in asked if one.proposal_id is not None and one.is_open],
        "round": asked_before,
        "differences": key_differences(asked_before.seen, rights.entry) if asked_before else [],
    }
    state = STATE_WORDS[rights.entry.status]
    if isinstance(edit, NotAllowed):
        refusal = edit.sentence if answer(Operation.EDIT, rights.actor) != "no" else ""
        return FormFrame([], state, refusal, **about)
    buttons, is_owner = [], rights.standing.owner == rights.actor.id
    for transition in TRANSITIONS:  # those that the actor's role can ever carry out, in this state
        is_offered = transition.fits(rights.entry.status, is_owner=is_owner)
        if is_offered and answer(transition.operation, rights.actor) != "no":
            outcome = rights.answer_to(transition.after(rights.entry))
            if isinstance(outcome, NotAllowed):
                buttons.append(Button(transition, outcome.sentence))
            else:
                buttons.append(Button(transition, is_override=outcome.is_override))
    return FormFrame(buttons, state, "", edit.is_proposal, **about)
