"""The buttons of an entry's form that move it to another state: what each means, and which may be pressed now."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final

from patterns.admin.bulk import STATES, words_of
from patterns.admin.rights import Held
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.three_way import with_values
from patterns.document.vocabulary import Status
from patterns.workflow.rules import NotAllowed, Operation, answer


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
            yield Button(move, words_of(outcome))
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
