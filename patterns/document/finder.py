"""From what hurts and what cannot be paid to candidates, each with what speaks for and against it; then the excluded.

Nothing is weighed by opinion: an answer follows from what the entries say of themselves, and each reason is one of
their sentences.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from patterns.document.debts import Debt, Requirement, debts
from patterns.document.entry import Entry, code_order
from patterns.document.tables import Consequence
from patterns.document.text import CODE
from patterns.document.vocabulary import INVERSE, QUALITIES

# Entries that answer the same need in another way are candidates too, whoever of the two says so.
RIVALRIES = ("alternative to", "variant of")
MOST_MARKS = 24  # of one kind in a question: nobody ticks more, and each is looked up


@dataclass(frozen=True)
class Mark:
    """One sentence of an entry, by its place in its list, from 1: "06.1" is the first symptom of 06."""

    code: str
    number: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for what cannot be one. The code may hold dots itself."""
        code, _, number = text.rpartition(".")
        if not CODE.fullmatch(code) or not (number.isascii() and number.isdecimal() and len(number) <= 2):
            return None
        return cls(code, int(number)) if int(number) else None

    def __str__(self) -> str:
        return f"{self.code}.{self.number}"

    def sentence(self, sentences: Sequence[str]) -> str:
        """What it marks of a list; empty if the list is not as long any more."""
        return sentences[self.number - 1] if self.number <= len(sentences) else ""


@dataclass(frozen=True)
class Question:
    """What somebody ticked.

    Symptoms that they see, qualities that they cannot pay with, conditions against a candidate that hold for them (of
    its ``avoid_when``), by their codes entries that they have built already, and ``bearable`` costs in those qualities
    (of its ``consequences``) that do not hit them.
    """

    symptoms: tuple[Mark, ...] = ()
    limits: tuple[str, ...] = ()
    holds: tuple[Mark, ...] = ()
    have: tuple[str, ...] = ()
    bearable: tuple[Mark, ...] = ()

    @classmethod
    def parse(cls, values: Callable[[str], Iterable[str]]) -> Self:
        """Of the values that an address has for a name; what cannot be meant is left out, and so is a repetition."""
        limits = {*values("limit")}
        codes = dict.fromkeys(code for code in values("have") if CODE.fullmatch(code))
        return cls(
            symptoms=marks(values("symptom")),
            limits=tuple(quality for quality in QUALITIES if quality in limits),
            holds=marks(values("holds")),
            have=tuple(codes)[:MOST_MARKS],
            bearable=marks(values("bears")),
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Name and value of each mark in an address, in the one order."""
        yield from (("symptom", str(mark)) for mark in self.symptoms)
        yield from (("limit", quality) for quality in self.limits)
        yield from (("holds", str(mark)) for mark in self.holds)
        yield from (("have", code) for code in self.have)
        yield from (("bears", str(mark)) for mark in self.bearable)


def marks(values: Iterable[str]) -> tuple[Mark, ...]:
    found = dict.fromkeys(mark for value in values if (mark := Mark.parse(value)))
    return tuple(found)[:MOST_MARKS]


@dataclass(frozen=True)
class Rivalry:
    """That one entry answers the same need as another: ``label`` reads "alternative to", ``code`` is the other's."""

    label: str
    code: str
    why: str


@dataclass(frozen=True)
class OwedCost:
    """What an entry that has to be built as well costs in a quality that cannot be paid; ``code`` is that entry's."""

    code: str
    cost: Consequence


@dataclass(frozen=True)
class Candidate:
    """For it speak the symptoms that it answers, the ``rivalries`` that brought it in, and its gains.

    Against it: its costs, its conditions, its debts, and what these cost in the qualities that cannot be paid.
    """

    entry: Entry
    met: tuple[str, ...]
    rivalries: tuple[Rivalry, ...]
    debts: tuple[Debt, ...]
    owed_costs: tuple[OwedCost, ...]

    @property
    def gains(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.entry.consequences if one.sign == "gain")

    @property
    def costs(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.entry.consequences if one.sign == "cost")


@dataclass(frozen=True)
class Objections:
    """What excludes an entry, if it is anything.

    ``costs`` are those in qualities that cannot be paid, ``conditions`` those that hold. ``owed`` are, of one that
    answers no symptom itself, codes of what it obliges to build and is excluded.
    """

    costs: tuple[Consequence, ...]
    conditions: tuple[str, ...]
    is_in_place: bool
    owed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.costs or self.conditions or self.is_in_place or self.owed)


@dataclass(frozen=True)
class Excluded:
    """Who would be a candidate, and why it is none."""

    entry: Entry
    met: tuple[str, ...]
    objections: Objections


@dataclass(frozen=True)
class Answer:
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]


def find(
    question: Question,
    entries: Sequence[Entry],
    requirements: Iterable[Requirement] = (),
    costs: Mapping[str, Sequence[Consequence]] | None = None,
) -> Answer:
    """Candidates among the entries: those that answer a symptom, and their rivals; best first.

    More symptoms come first, then gains in what cannot be paid for, then fewer such costs in what is owed, then fewer
    debts, then code order. ``costs`` holds, by code, those of entries that may be owed.
    """
    requirements = tuple(requirements)
    met = {entry.code: met_symptoms(entry, question) for entry in entries}
    direct = {code for code, sentences in met.items() if sentences}
    against = {entry.code: objections(entry, question) for entry in entries}
    refused = {code for code, one in against.items() if one.costs or one.conditions}
    candidates, excluded = [], []
    for entry in sorted(entries, key=lambda one: code_order(one.code)):
        found = tuple(rivalries(entry, entries, direct))
        if entry.code not in direct and not found:
            continue
        owed = tuple(debts(entry.code, requirements, have=question.have))
        # Who has no symptom that was ticked is here instead of another, and no way round what that one was refused for.
        unpayable = () if entry.code in direct else tuple(debt.code for debt in owed if debt.code in refused)
        if refusal := replace(against[entry.code], owed=unpayable):
            excluded.append(Excluded(entry, met[entry.code], refusal))
            continue
        owed_costs = (
            OwedCost(debt.code, cost)
            for debt in owed
            for cost in (costs or {}).get(debt.code, ())
            if cost.sign == "cost" and cost.quality in question.limits
        )
        candidates.append(Candidate(entry, met[entry.code], found, owed, tuple(owed_costs)))
    candidates.sort(key=lambda one: rank(one, question))
    excluded.sort(key=lambda one: -len(one.met))
    return Answer(tuple(candidates), tuple(excluded))


def rank(candidate: Candidate, question: Question) -> tuple[int, int, int, int]:
    gained = sum(one.quality in question.limits for one in candidate.gains)
    return -len(candidate.met), -gained, len(candidate.owed_costs), len(candidate.debts)


def met_symptoms(entry: Entry, question: Question) -> tuple[str, ...]:
    """The entry's own sentences among those that were ticked."""
    sentences = (mark.sentence(entry.symptoms) for mark in question.symptoms if mark.code == entry.code)
    return tuple(filter(None, sentences))


def objections(entry: Entry, question: Question) -> Objections:
    conditions = (mark.sentence(entry.avoid_when) for mark in question.holds if mark.code == entry.code)
    borne = {mark.number for mark in question.bearable if mark.code == entry.code}
    return Objections(
        costs=tuple(
            one
            for number, one in enumerate(entry.consequences, 1)
            if one.sign == "cost" and one.quality in question.limits and number not in borne
        ),
        conditions=tuple(filter(None, conditions)),
        is_in_place=entry.code in question.have,
    )


def rivalries(entry: Entry, entries: Sequence[Entry], direct: set[str]) -> Iterator[Rivalry]:
    """With those that answer a symptom; what the entry itself states comes first."""
    for one in entry.relations:
        if one.type in RIVALRIES and one.target in direct:
            yield Rivalry(one.type, one.target, one.why)
    for other in entries:
        for one in other.relations:
            if one.type in RIVALRIES and one.target == entry.code and other.code in direct:
                yield Rivalry(INVERSE[one.type], other.code, one.why)
