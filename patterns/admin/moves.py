"""The buttons of an entry's form that move it to another state: what each means, and which may be pressed now."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from patterns.admin.rights import Held, held
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.three_way import with_values
from patterns.document.vocabulary import Status
from patterns.models import Change, Pattern, Proposal, Revision
from patterns.store.edits import StaleEdit
from patterns.store.reading import load_entries
from patterns.store.writing import Authorship, fingerprint_of
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Actor, Decision, NotAllowed, Operation, answer
from patterns.workflow.saving import Saved, save
from patterns.workflow.standing import foresee

# What may be done to many entries at once: each by itself, as if somebody had opened it.


GONE = "it is not there any more"
CHANGED = "somebody changed it after you saw this list; look at it again"


@dataclass(frozen=True)
class Bulk:
    """``begins`` are the states in which an entry can be meant; ``done`` says what became of it."""

    label: str
    operation: Operation
    done: str
    begins: tuple[Status, ...]
    becomes: Status | None = None

    def after(self, entry: Entry, category: str) -> Entry:
        return with_values(entry, {"status": self.becomes} if self.becomes else {"category": category})

    def unfit(self, entry: Entry) -> str:
        """Why it cannot be meant; empty if it can."""
        return "" if entry.status in self.begins else f"it is {STATES[entry.status]}"


STATES: Final[dict[str, str]] = {
    "draft": "a draft",
    "review": "in review",
    "published": "published",
    "retired": "retired",
}
BULKS: Final[dict[str, Bulk]] = {
    # A published entry that is "submitted" would be taken back from its readers.
    "submit": Bulk("Submit for review", Operation.EDIT, "submitted for review", ("draft",), "review"),
    "publish": Bulk("Publish", Operation.PUBLISH, "published", ("draft", "review", "retired"), "published"),
    "retire": Bulk("Retire", Operation.RETIRE, "retired", ("draft", "review", "published"), "retired"),
    "move": Bulk("Move to another category", Operation.EDIT, "moved", ("draft", "review", "published", "retired")),
}
ELSEWHERE = "another category"


@dataclass(frozen=True)
class Row:
    """An entry before it is done: ``opened`` is the fingerprint of what is shown, ``refusal`` is empty if it can be."""

    code: str
    name: str
    status: str
    opened: str
    outcome: str
    refusal: str = ""


def preview(bulk: Bulk, codes: list[str], actor: Actor) -> list[Row]:
    entries = load_entries(Pattern.objects.filter(code__in=codes))
    fit = [(one, bulk.after(one, ELSEWHERE)) for one in entries.values() if not bulk.unfit(one)]
    answers = foresee(fit, actor)
    return [row_of(bulk, one, answers.get(one.code)) for one in entries.values()]


def row_of(bulk: Bulk, entry: Entry, answer: Decision | NotAllowed | None) -> Row:
    refusal = answer.sentence if isinstance(answer, NotAllowed) else bulk.unfit(entry)
    outcome = outcome_of(bulk, answer) if isinstance(answer, Decision) else "refused"
    return Row(entry.code, entry.name, entry.status, fingerprint_of(entry), outcome, refusal)


def outcome_of(bulk: Bulk, decision: Decision) -> str:
    if decision.is_proposal:
        return "a proposal, for a publisher to decide"
    return f"{bulk.done}, as an override: you wrote it last" if decision.is_override else bulk.done


@dataclass
class Report:
    """What became of each entry, by name."""

    done: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def under(self, saved: Saved) -> list[str]:
        if saved.change is not None:
            return self.done
        return self.proposed if saved.proposal is not None else self.unchanged


def carry_out(bulk: Bulk, opened: dict[str, str], *, category: str, by: Authorship) -> Report:
    """Do it to each entry, in a transaction of its own; ``opened`` maps codes to the fingerprint of what was seen."""
    report = Report()
    entries = load_entries(Pattern.objects.filter(code__in=opened))
    for code, fingerprint in opened.items():
        name = f"[{code}] {entries[code].name}" if code in entries else f"[{code}]"
        try:
            saved = save(meant(bulk, entries.get(code), category), opened=fingerprint, by=by)
        except InvalidCatalog as refusal:
            report.refused.append((name, refusal.sentence))
        except StaleEdit:
            report.refused.append((name, CHANGED))
        else:
            report.under(saved).append(name)
    return report


def meant(bulk: Bulk, entry: Entry | None, category: str) -> Entry:
    """The entry as it would become; raises InvalidCatalog if it cannot be meant."""
    reason = bulk.unfit(entry) if entry else GONE
    if entry is None or reason:
        raise InvalidCatalog([Problem(message=reason)])
    return bulk.after(entry, category)


@dataclass(frozen=True)
class Move:
    """``is_of_owner`` says whether it is for those who began the entry, or for all others; None means for both."""

    name: str
    label: str
    operation: Operation
    begins: tuple[Status, ...]
    becomes: Status
    asks_why: bool = False
    is_of_owner: bool | None = None

    def fits(self, held: Held) -> bool:
        is_owner = held.standing.owner == held.actor.id
        return held.entry.status in self.begins and self.is_of_owner in (None, is_owner)


MOVES: Final = (
    Move("_submit", "Save and submit for review", Operation.EDIT, ("draft",), "review"),
    Move("_withdraw", "Withdraw from review", Operation.EDIT, ("review",), "draft", is_of_owner=True),
    Move("_publish", "Publish", Operation.PUBLISH, ("draft", "review", "retired"), "published"),
    Move("_refuse", "Send back to its author", Operation.EDIT, ("review",), "draft", asks_why=True, is_of_owner=False),
    Move("_retire", "Retire", Operation.RETIRE, ("draft", "review", "published"), "retired", asks_why=True),
    Move("_reopen", "Back to draft", Operation.RETIRE, ("retired",), "draft", asks_why=True),
)


@dataclass(frozen=True)
class Button:
    """``refusal`` is why it cannot be pressed now, empty if it can."""

    move: Move
    refusal: str = ""
    is_override: bool = False


def buttons_for(held: Held) -> Iterator[Button]:
    """Those that the actor's role can ever press, in this state."""
    for move in MOVES:
        if not move.fits(held) or answer(move.operation, held.actor) == "no":
            continue
        outcome = held.answer(with_values(held.entry, {"status": move.becomes}))
        if isinstance(outcome, NotAllowed):
            yield Button(move, outcome.sentence)
        else:
            yield Button(move, is_override=outcome.is_override)


def pressed(names: Container[str]) -> Move | None:
    """The move whose button is among the names that were sent."""
    return next((move for move in MOVES if move.name in names), None)


def state_after(move: Move | None, state: Status, *, code: str) -> Status:
    """The state that an entry is in once the button was pressed; raises InvalidCatalog if it cannot be meant."""
    if move is None or move.becomes == state:
        return state
    if state not in move.begins:
        hint = f"look at it again before you press {move.label!r}"
        raise InvalidCatalog([Problem(code=code, message=f"it is {STATES[state]} now", hint=hint)])
    return move.becomes


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
        refusal = edit.sentence if answer(Operation.EDIT, actor) != "no" else ""
        return Frame([], state, refusal, proposals=proposals)
    return Frame([*buttons_for(mine)], state, "", edit.is_proposal, proposals, codes_but(mine.entry.code))


def codes_but(code: str) -> list[tuple[str, str]]:
    """Codes and names that a relation or a successor may name."""
    living = Pattern.objects.exclude(status=Pattern.Status.RETIRED).exclude(code=code)
    return [*living.in_code_order().values_list("code", "name")[:OFFERED]]
