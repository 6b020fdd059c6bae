"""A decision → one Markdown record, with the headings of MADR 4.0, which tools for such records read.

The template is that of https://github.com/adr/madr/blob/4.0.0/template/adr-template.md; its words for who was asked are
left out.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from patterns.files.markdown import bullets, markdown_link, plain_line

NOT_IN_YAML = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Backing:
    """What backs an argument: a source, a figure of the lab, or the editor's judgement; the address may be empty."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Argument:
    """What is gained or paid, in one quality."""

    quality: str
    text: str
    backings: tuple[Backing, ...]


@dataclass(frozen=True)
class LabFinding:
    """``judgement`` is "Good", "Bad" or "Neutral"; ``price`` is empty if none was paid."""

    judgement: str
    text: str
    price: str
    address: str


@dataclass(frozen=True)
class RecordLink:
    """A sentence, and the entry that it is about: a symptom and who answers it, or a reason and who goes along.

    ``taking`` is the address of the record with that entry taken together, if there is room for one.
    """

    text: str
    name: str
    address: str
    taking: str = ""


@dataclass(frozen=True)
class RecordDebt:
    """What has to be built as well; ``through`` names those on the way to it, ``is_taken`` says that it was decided."""

    name: str
    address: str
    why: str
    through: str = ""
    is_taken: bool = False


@dataclass(frozen=True)
class RecordOption:
    """One of those considered, or taken together with the chosen one.

    ``lab`` says what its model showed, ``objections`` what speaks against it here, and ``relations`` how it stands to
    the chosen one. ``debts`` are known of what is taken.
    """

    code: str
    name: str
    address: str
    description: str
    gains: tuple[Argument, ...]
    costs: tuple[Argument, ...]
    lab: LabFinding | None = None
    objections: tuple[str, ...] = ()
    is_in_place: bool = False
    relations: tuple[str, ...] = ()
    debts: tuple[RecordDebt, ...] = ()


@dataclass(frozen=True)
class DecisionRecord:
    """``considered`` are the rivals of the chosen one, ``companions`` what is taken together with it.

    ``words`` are what somebody said hurts; ``symptoms`` what they ticked, ``answered`` by the chosen option,
    ``answered_beside`` it by a companion, or ``still_open``; ``holds`` conditions that hold for them, ``bearable``
    costs that do not hit them. ``kindred`` are other entries that go with the chosen one, and why. ``solution`` says
    how the chosen one works, ``variants`` names the ways to build it, of which ``variant`` was decided. ``own_reason``
    and ``deciders`` are the reader's, and may be empty. ``version`` is the catalogue's, ``address`` the record's own.
    """

    title: str
    status: str
    date: date | None
    deciders: str
    chosen: RecordOption
    considered: tuple[RecordOption, ...]
    companions: tuple[RecordOption, ...]
    words: str
    own_reason: str
    problem: str
    symptoms: tuple[str, ...]
    answered: tuple[str, ...]
    answered_beside: tuple[RecordLink, ...]
    still_open: tuple[RecordLink, ...]
    solution: str
    variants: tuple[str, ...]
    variant: str
    limits: tuple[str, ...]
    holds: tuple[str, ...]
    bearable: tuple[str, ...]
    in_place: tuple[str, ...]
    kindred: tuple[RecordLink, ...]
    conditions: tuple[str, ...]
    checks: tuple[str, ...]
    signals: tuple[str, ...]
    catalog: str
    version: int
    address: str

    @property
    def options(self) -> tuple[RecordOption, ...]:
        return self.chosen, *self.considered

    @property
    def verb(self) -> str:
        """What was done with the option."""
        return "Rejected" if self.status == "rejected" else "Chosen"

    @property
    def drivers(self) -> tuple[str, ...]:
        """What the decision had to heed, in sentences."""
        return (
            *(f"We cannot pay with {quality}" for quality in self.limits),
            *(f"Holds for us: {text}" for text in self.holds),
            *(f"We can bear: {text}" for text in self.bearable),
            *(f"In place already: {name}" for name in self.in_place),
        )

    @property
    def reason(self) -> str:
        """What completes "because"."""
        if self.own_reason:
            return self.own_reason
        if self.status == "rejected":
            return "of what speaks against it below"
        beside: dict[str, list[str]] = {}
        for one in self.answered_beside:
            beside.setdefault(one.name, []).append(one.text)
        others = [f"{name} answers {quoted(texts)}" for name, texts in beside.items()]
        if self.answered:
            return ", and ".join([f"it answers {quoted(self.answered)}", *others])
        qualities = list(dict.fromkeys(one.quality for one in self.chosen.gains))
        own = f"of what it gains in {word_list(qualities)}" if qualities else "it fits best"
        return ", and because ".join([own, *others])


def quoted(texts: Iterable[str]) -> str:
    return word_list([f"“{one}”" for one in texts])


def word_list(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def write_decision(record: DecisionRecord) -> str:
    parts = (*context(record), *outcome(record), *other_options(record), *information(record))
    return "\n\n".join(parts) + "\n"


def context(record: DecisionRecord) -> Iterator[str]:
    dated = f"\ndate: {record.date.isoformat()}" if record.date else ""
    decided = f"\ndecision-makers: {yaml_text(record.deciders)}" if record.deciders else ""
    yield f"---\nstatus: {record.status}{dated}{decided}\n---"
    yield f"# {plain_line(record.title)}"
    yield "## Context and Problem Statement"
    if record.words:
        yield plain_line(record.words)
    if record.symptoms:
        yield "What we see:\n\n" + listed(map(plain_line, record.symptoms))
    if record.problem:
        yield f"The problem, as the catalogue tells it: {plain_line(record.problem)}"
    if record.drivers:
        yield "## Decision Drivers"
        yield listed(map(plain_line, record.drivers))


def outcome(record: DecisionRecord) -> Iterator[str]:
    yield "## Considered Options"
    yield listed(markdown_link(one.name, one.address) for one in record.options)
    yield "## Decision Outcome"
    beside = word_list([f'"{plain_line(one.name)}"' for one in record.companions]) if record.companions else ""
    together = f", together with {beside}" if beside else ""
    yield f'{record.verb} option: "{plain_line(record.chosen.name)}"{together}, because {plain_line(record.reason)}.'
    if record.solution:
        yield f"In short: {plain_line(record.solution)}"
    if record.variant:
        yield f"The variant: {plain_line(record.variant)}."
    elif record.variants:
        yield f"To be decided, the variant: {'; '.join(map(plain_line, record.variants))}."
    if record.still_open:
        lines = (f"{plain_line(one.text)} (see {markdown_link(one.name, one.address)})" for one in record.still_open)
        yield "Still open:\n\n" + listed(lines)
    if arguments := [*argument_lines(record.chosen)]:
        yield "### Consequences"
        yield listed(arguments)
    yield from companions(record)
    if record.checks:
        yield "### Confirmation"
        yield listed(map(plain_line, record.checks))


def companions(record: DecisionRecord) -> Iterator[str]:
    if record.companions:
        yield "### Together with it"
    for one in record.companions:
        yield f"{markdown_link(one.name, one.address)}: {plain_line(one.description)}"
        yield from map(plain_line, one.relations)
        if lines := [*argument_lines(one)]:
            yield listed(lines)


def other_options(record: DecisionRecord) -> Iterator[str]:
    yield "## Pros and Cons of the Options"
    yield f"### {plain_line(record.chosen.name)}"
    yield f"{plain_line(record.chosen.description)} See the consequences above."
    for one in record.considered:
        yield f"### {plain_line(one.name)}"
        yield plain_line(one.description)
        yield from map(plain_line, one.relations)
        if lines := [*argument_lines(one)]:
            yield listed(lines)


def information(record: DecisionRecord) -> Iterator[str]:
    yield "## More Information"
    if record.kindred:
        goes = (f"{markdown_link(one.name, one.address)}: {plain_line(one.text)}" for one in record.kindred)
        yield "What goes with it:\n\n" + listed(goes)
    if record.conditions:
        yield "Check each of these; decide again when one holds:\n\n" + listed(map(plain_line, record.conditions))
    if record.signals:
        yield "To watch in operation:\n\n" + listed(map(plain_line, record.signals))
    catalog = f"{plain_line(record.catalog)}, version {record.version}, licensed CC BY 4.0"
    way = markdown_link("Open this record", record.address)
    yield f"What this record says of the options is from {catalog}. {way}."


def yaml_text(text: str) -> str:
    """On one line, and in quotes: a text in JSON is one in YAML, but for characters that only YAML refuses."""
    return json.dumps(NOT_IN_YAML.sub(" ", text), ensure_ascii=False)


def listed(lines: Iterable[str]) -> str:
    return "\n".join(bullets(lines))


def argument_lines(option: RecordOption) -> Iterator[str]:
    for text in option.objections:
        yield f"Bad, because {plain_line(text)}"
    if option.is_in_place:
        yield "Neutral, because it is in place already"
    for judgement, arguments in (("Good", option.gains), ("Bad", option.costs)):
        for one in arguments:
            yield f"{judgement}, because of {one.quality}: {plain_line(one.text)}{backing_text(one.backings)}"
    if option.lab:
        seen = markdown_link("see it run", option.lab.address)
        yield f"{option.lab.judgement}, because of what the lab's model showed: {plain_line(option.lab.text)} ({seen})"
        if option.lab.price:
            yield f"Bad, because of what the lab's model showed: {plain_line(option.lab.price)}"
    for debt in option.debts:
        through = f" (through {plain_line(debt.through)})" if debt.through else ""
        judgement, taken = ("Neutral", ", taken together with it") if debt.is_taken else ("Bad", "")
        why = f": {plain_line(debt.why)}" if debt.why else ""
        built = f"{markdown_link(debt.name, debt.address)}{through}{taken}{why}"
        yield f"{judgement}, because it obliges us to build {built}"


def backing_text(backings: tuple[Backing, ...]) -> str:
    return f" ({'; '.join(markdown_link(one.text, one.address) for one in backings)})" if backings else ""
