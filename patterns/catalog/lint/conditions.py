"""Conditions that stand on both sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from patterns.catalog.lint.finding import Catalogue, Remark
from patterns.catalog.lint.manuscript import Manuscript, Passage, words_of
from patterns.catalog.text import name_key

ALIKE = 0.5  # of the pairs of neighbouring words that either has, those that both have
# Words that can come, go or change without making another condition of it; "not" and "one" are none of them.
LIGHT = frozenset(
    words_of(
        """a an the this that these those it its they their them your you we our is are be being been was were has have
        had do does will would of to in on at for from with by as which who when if then so such very really quite"""
    )
)


def contradiction(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    avoided = {condition.plain for condition in conditions(one, "avoid_when")}
    for condition in conditions(one, "use_when"):
        if condition.plain in avoided:
            message = f"{condition.passage.text!r} is a reason to use it and to avoid it"
            yield Remark(condition.passage.key, message, "decide which, or say what differs")


def near_contradiction(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    avoided = conditions(one, "avoid_when")
    for condition in conditions(one, "use_when"):
        if other := next(filter(condition.is_nearly, avoided), None):
            message = f"{condition.passage.text!r} is nearly {other.passage.text!r}, a reason to avoid it"
            yield Remark(condition.passage.key, message, "decide which, or say what differs")


@dataclass(frozen=True)
class Condition:
    passage: Passage

    @cached_property
    def plain(self) -> str:
        return name_key(self.passage.text.rstrip(".!; "))

    @cached_property
    def heavy(self) -> tuple[str, ...]:
        """The words that matter."""
        return tuple(word for word in self.passage.words if word not in LIGHT)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.heavy)

    @cached_property
    def neighbours(self) -> frozenset[tuple[str, str]]:
        return frozenset(pairwise(self.heavy))

    def is_nearly(self, other: "Condition") -> bool:
        """Whether the two differ, and in nothing that matters."""
        if self.plain == other.plain or self.vocabulary != other.vocabulary:
            return False
        both, either = self.neighbours & other.neighbours, self.neighbours | other.neighbours
        return len(both) >= ALIKE * len(either) > 0


def conditions(one: Manuscript, key: str) -> list[Condition]:
    return [Condition(passage) for passage in one.section(key)]
