"""The sections of an entry's page, in the order in which readers meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patterns.document.entry import Consequence, Entry
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.boxes import Node
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.svg import Svg
from patterns.views.drawings import interaction, surroundings
from patterns.views.lab.trial import Trial
from patterns.views.prose import prose
from patterns.views.related import Others, Related


@dataclass(frozen=True)
class Section:
    """``name`` is the anchor on the page and the name of the template that shows the content."""

    name: str
    title: str
    content: Any
    drawing: Svg | None = None

    @property
    def template(self) -> str:
        return f"patterns/sections/_{self.name}.html"


@dataclass(frozen=True)
class Consequences:
    """Gains and costs, each by quality."""

    gains: tuple[Consequence, ...]
    costs: tuple[Consequence, ...]


def sections(entry: Entry, others: Others, *, trial: Trial | None = None) -> list[Section]:
    """Those that the entry has something for; ``trial`` is what the lab found out about it."""
    every = (
        Section("problem", "Problem", prose(entry.problem, public=others.public)),
        Section("solution", "Solution", prose(entry.solution, public=others.public)),
        Section("interaction", "Step by step", entry.steps, interaction(entry)),
        Section("applicability", "When to use it", entry if entry.use_when or entry.avoid_when else None),
        Section("consequences", "Gains and costs", by_sign(entry) if entry.consequences else None),
        Section("lab", "In the lab", trial),
        Section("relations", "Related entries", others.related, around(entry, others.related)),
        Section("known_as", "Known elsewhere as", entry.known_as),
        Section("origin", "Origin", entry.origin),
        Section("references", "References", entry.references),
    )
    return [section for section in every if section.content]


def by_sign(entry: Entry) -> Consequences:
    ordered = sorted(entry.consequences, key=lambda one: QUALITIES.index(one.quality))
    gains = tuple(one for one in ordered if one.sign == "gain")
    return Consequences(gains, tuple(one for one in ordered if one.sign == "cost"))


def around(entry: Entry, related: Sequence[Related]) -> Svg | None:
    """The entry's own neighbourhood, in its category's colour."""
    return surroundings(Node(entry.code, entry.name), related, measures=Measures())
