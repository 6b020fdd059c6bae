"""What the rules let somebody do with an entry: asked for each form, and once more by whatever writes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest

from patterns.admin.base import DocumentAdmin
from patterns.document.entry import Entry
from patterns.models import Change, Pattern, Proposal, Revision
from patterns.store.reading import load_entries
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Actor, Decision, NotAllowed, Operation, Standing, answer
from patterns.workflow.standing import foreseen, standing_of
from patterns.workflow.transitions import STATE_WORDS, TRANSITIONS, Transition


@dataclass(frozen=True)
class Held:
    """An entry in somebody's hands, with all that the rules ask."""

    entry: Entry
    actor: Actor
    standing: Standing

    def answer(self, after: Entry | None) -> Decision | NotAllowed:
        """What would become of an edit; None deletes."""
        return foreseen(self.entry, after, self.actor, self.standing)

    @property
    def edit(self) -> Decision | NotAllowed:
        return self.answer(self.entry)


def entry_of(row: Pattern) -> Entry | None:
    """The entry of a row that was fetched for a request, read once; None if it is not in the catalogue."""
    known = row.__dict__
    if "entry" not in known:
        known["entry"] = load_entries(Pattern.objects.filter(pk=row.pk)).get(row.code)
    return known["entry"]


def held(row: Pattern, user: Any) -> Held | None:
    entry = entry_of(row)
    if entry is None:
        return None
    known = row.__dict__
    if "standing" not in known:
        known["standing"] = standing_of(entry.code)
    return Held(entry, actor_of(user), known["standing"])


class EntryRights(DocumentAdmin):
    """Django's permissions open the desk; what of an entry may be changed there, the rules say."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and answer(Operation.CREATE, actor_of(request.user)) != "no"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        mine = held(obj, request.user) if obj else None
        return mine is None or isinstance(mine.edit, Decision)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        mine = held(obj, request.user) if obj else None
        return mine is None or (not mine.standing.was_public and isinstance(mine.answer(None), Decision))


@dataclass(frozen=True)
class Button:
    """``refusal`` is why it cannot be pressed now, empty if it can."""

    transition: Transition
    refusal: str = ""
    is_override: bool = False


def buttons_for(held: Held) -> Iterator[Button]:
    """Those that the actor's role can ever press, in this state."""
    is_owner = held.standing.owner == held.actor.id
    for transition in TRANSITIONS:
        if (
            not transition.fits(held.entry.status, is_owner=is_owner)
            or answer(transition.operation, held.actor) == "no"
        ):
            continue
        outcome = held.answer(transition.after(held.entry))
        if isinstance(outcome, NotAllowed):
            yield Button(transition, outcome.sentence)
        else:
            yield Button(transition, is_override=outcome.is_override)


# What stands around the fields of an entry's form: what it is, what saving would do, and the buttons.


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
        return Frame([Button(one) for one in TRANSITIONS if one.for_new], codes=codes_but(""))
    waiting = Proposal.objects.filter(code=mine.entry.code, state=Proposal.State.OPEN).select_related("author")
    proposals = [*waiting[:LISTED]] if user.has_perm("patterns.view_proposal") else []
    last = last_change(mine.entry.code) if user.has_perm("patterns.view_change") else None
    return replace(framed(mine, actor, proposals), last=last)


def last_change(code: str) -> Change | None:
    of_entry = Change.objects.filter(revisions__what=Revision.What.ENTRY, revisions__identity=code)
    return of_entry.select_related("author").first()


def framed(mine: Held, actor: Actor, proposals: list[Proposal]) -> Frame:
    state, edit = STATE_WORDS[mine.entry.status], mine.edit
    if isinstance(edit, NotAllowed):
        refusal = edit.sentence if answer(Operation.EDIT, actor) != "no" else ""
        return Frame([], state, refusal, proposals=proposals)
    return Frame([*buttons_for(mine)], state, "", edit.is_proposal, proposals, codes_but(mine.entry.code))


def codes_but(code: str) -> list[tuple[str, str]]:
    """Codes and names that a relation or a successor may name."""
    living = Pattern.objects.exclude(status=Pattern.Status.RETIRED).exclude(code=code)
    return [*living.in_code_order().values_list("code", "name")[:OFFERED]]
