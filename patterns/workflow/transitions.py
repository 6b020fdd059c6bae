"""The transitions of entries between their states: one row each. Forms make buttons of them, lists make actions.

A row says when a transition is offered, not who may carry it out: its operation is a line of the matrix in ``rules``,
and every write asks there again.
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final, Literal

from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values
from patterns.document.vocabulary import STATE_WORDS, Status
from patterns.workflow.rules import Operation


@dataclass(frozen=True)
class Transition:
    """A step from the states in which it can be meant, ``begins``, to one other; ``done`` says what became of an entry.

    ``whose`` says whether it is for those who began the entry, or for all others. It is offered on the form of each
    entry, ``for_new`` also before it is saved, ``for_many`` in the list. ``button`` is its label on the form, where
    that says more.
    """

    name: str
    label: str
    done: str
    operation: Operation
    begins: tuple[Status, ...]
    becomes: Status
    asks_why: bool = False
    whose: Literal["owner", "others", "both"] = "both"
    for_many: bool = False
    for_new: bool = False
    button: str = ""

    @property
    def button_name(self) -> str:
        return f"_{self.name}"

    @property
    def button_label(self) -> str:
        return self.button or self.label

    def fits(self, status: Status, *, is_owner: bool) -> bool:
        return status in self.begins and self.whose in ("both", "owner" if is_owner else "others")

    def after(self, entry: Entry) -> Entry:
        """The entry as it would become; raises InvalidCatalog if it cannot be meant."""
        if entry.status not in self.begins:
            raise InvalidCatalog([Problem(message=f"it is {STATE_WORDS[entry.status]}")])
        return with_values(entry, {"status": self.becomes})

    def state_after(self, state: Status, *, code: str) -> Status:
        """The same for a form that was opened a while ago: whoever else pressed the button meanwhile is right too."""
        if state not in (self.becomes, *self.begins):
            hint = f"look at it again before you press {self.button_label!r}"
            raise InvalidCatalog([Problem(code=code, message=f"it is {STATE_WORDS[state]} now", hint=hint)])
        return self.becomes


EDIT, PUBLISH, RETIRE = Operation.EDIT, Operation.PUBLISH, Operation.RETIRE
TRANSITIONS: Final = (
    Transition(
        "submit",
        "Submit for review",
        "submitted for review",
        EDIT,
        ("draft",),  # a published entry that is "submitted" would be taken back from its readers
        "review",
        for_many=True,
        for_new=True,
        button="Save and submit for review",
    ),
    Transition("withdraw", "Withdraw from review", "withdrawn from review", EDIT, ("review",), "draft", whose="owner"),
    Transition("publish", "Publish", "published", PUBLISH, ("draft", "review", "retired"), "published", for_many=True),
    Transition(
        "refuse", "Send back to its author", "sent back", EDIT, ("review",), "draft", whose="others", asks_why=True
    ),
    Transition(
        "retire", "Retire", "retired", RETIRE, ("draft", "review", "published"), "retired", asks_why=True, for_many=True
    ),
    Transition("reopen", "Back to draft", "opened again", RETIRE, ("retired",), "draft", asks_why=True),
)


def pressed(names: Container[str]) -> Transition | None:
    """The transition whose button is among the names that a form sent."""
    return next((one for one in TRANSITIONS if one.button_name in names), None)
