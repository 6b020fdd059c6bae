"""How compared entries are related, in words: what one states of another, and what that means for a choice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from patterns.document.entry import Entry
from patterns.document.vocabulary import INVERSE, RELATION_TYPES
from patterns.models import Pattern
from patterns.views.balance import ComparedEntry
from patterns.views.relations import PatternLink, RelatedPattern

PHRASES = {
    "requires": "requires",
    "uses": "uses",
    "leads to": "leads to",
    "weakened by": "is weakened by",
    "variant of": "is a variant of",
    "complements": "complements",
    "alternative to": "is an alternative to",
    "often confused with": "is often confused with",
}
# What the type of a relation means for somebody who has to choose.
ADVICE = {
    "requires": "No choice between the two: the first is not safe without the second.",
    "uses": "No choice between the two: the first is commonly built with the second.",
    "leads to": "No choice between the two: who takes the first often comes to need the second.",
    "weakened by": "Think twice before you take both: the second takes some of its worth from the first.",
    "variant of": "The first is a special form of the second.",
    "complements": "You may well take both: each covers what the other leaves open.",
    "alternative to": "One or the other: both answer the same need, each at its own price.",
    "often confused with": "They are taken for each other, yet they answer different needs.",
}
# Who compares asks first whether the two are rivals, or mistaken for each other.
URGENCY = [*reversed(RELATION_TYPES)]


@dataclass(frozen=True)
class StatedRelation:
    """What one of the compared says of another."""

    type: str
    source: Pattern
    target: Pattern
    why: str

    @property
    def phrase(self) -> str:
        return PHRASES[self.type]

    @property
    def advice(self) -> str:
        return ADVICE[self.type]


class WeighedEntry(Protocol):
    @property
    def pattern(self) -> Pattern: ...

    @property
    def document(self) -> Entry: ...


def relations_among(entries: Iterable[WeighedEntry]) -> list[StatedRelation]:
    """The relations between the compared, most urgent first."""
    entries = [*entries]
    patterns = {one.document.code: one.pattern for one in entries}
    found = [
        StatedRelation(relation.type, one.pattern, patterns[relation.target], relation.why)
        for one in entries
        for relation in one.document.relations
        if relation.target in patterns
    ]
    return sorted(found, key=lambda one: URGENCY.index(one.type))


@dataclass(frozen=True)
class ComparisonTitle:
    """Names in their order, and behind each the words that follow it."""

    names: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, entries: Sequence[ComparedEntry], relations: Sequence[StatedRelation]) -> "ComparisonTitle":
        """Of two entries it says how they are related; ``relations`` come most urgent first."""
        names = tuple(one.pattern.name for one in entries)
        if len(names) > 2:
            return cls(names, (*[", "] * (len(names) - 2), " and ", " compared"))
        if not relations:
            return cls(names, (" compared with ", ""))
        first = relations[0]
        return cls((first.source.name, first.target.name), (f" {first.phrase} ", ""))

    @property
    def pieces(self) -> Iterator[tuple[str, str]]:
        return zip(self.names, self.words, strict=True)

    def __str__(self) -> str:
        return "".join(name + words for name, words in self.pieces)


def relations_from(one: ComparedEntry, *, relations: Sequence[StatedRelation]) -> list[RelatedPattern]:
    """Those that the entry states, then those that the others state of it, as seen from it."""
    forward = [(each.type, each.target, each.why) for each in relations if each.source == one.pattern]
    backward = [(INVERSE[each.type], each.source, each.why) for each in relations if each.target == one.pattern]
    return [RelatedPattern(label, PatternLink.of(other), why) for label, other, why in forward + backward]
