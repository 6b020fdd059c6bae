"""The sections of an entry's page: what each shows of the entry, and of what surrounds it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template.loader import select_template
from django.utils.safestring import SafeString

from patterns.document.entry import (
    CODE,
    CONSEQUENCES,
    INTERACTION,
    KNOWN_AS,
    KNOWN_USES,
    LAB,
    ORIGIN,
    OWED,
    REFERENCES,
    RELATIONS,
    SECTION_KEYS,
    VARIANTS,
    Entry,
)
from patterns.document.register import Layout, Section, keys_of
from patterns.document.tables import Example, Step
from patterns.document.text import name_key
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.graph import Node
from patterns.drawing.lanes import sequence_layouts
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.sequence import SequenceMessage
from patterns.drawing.svg import Layouts
from patterns.models.pattern import page_path
from patterns.views.debts import DebtList, debt_list, marks_query
from patterns.views.evidence import BackedConsequence, backed, cited_experiments
from patterns.views.highlighting import MARKED_LENGTH, highlighted
from patterns.views.lab.index import Trial, lab_slugs
from patterns.views.lab.source import SourceModule, mechanism_of
from patterns.views.relations import Others, Prose, RelatedPattern, prose, surroundings


@dataclass(frozen=True)
class PageSection:
    """A section of the register with what it shows of one entry, and the template that shows it."""

    section: Section
    content: Any
    template: str

    @property
    def name(self) -> str:
        return self.section.name

    @property
    def title(self) -> str:
        return self.section.title

    @property
    def is_beside(self) -> bool:
        """Whether it stands beside the others where there is room: where else to look, and who says so."""
        return self.section in (KNOWN_USES, KNOWN_AS, ORIGIN, REFERENCES)


Labs = tuple[tuple[str, str], ...]  # experiments of others that the evidence cites, and the slugs of their entries


def cited_labs(entry: Entry) -> Labs:
    return tuple(sorted(lab_slugs(cited_experiments(entry)).items()))


@dataclass(frozen=True)
class Around:
    """What a page shows beside what the entry says; ``trial`` is what the lab found out about it."""

    others: Others
    trial: Trial | None = None
    labs: Labs = ()


def sections(entry: Entry, around: Around) -> list[PageSection]:
    """Those that there is something for."""
    contents = ((section, content_of(section, entry, around)) for section in SECTION_KEYS)
    return [PageSection(section, content, template_of(section)) for section, content in contents if content]


def content_of(section: Section, entry: Entry, around: Around) -> Any:
    """What the template of a section is given; nothing if there is nothing to show."""
    if section in CONTENTS:
        return CONTENTS[section](entry, around)
    keys = SECTION_KEYS[section]
    if not any(getattr(entry, key) for key in keys):
        return None
    if len(keys) > 1:  # a template of its own takes them from the entry
        return entry
    (key,) = keys
    about, value = keys_of(Entry)[key], getattr(entry, key)
    if about.is_markdown:
        return prose(value, public=around.others.by_code)
    if about.layout is Layout.TABLES and template_of(section) == PLAIN_LOOK:
        return [", ".join(row.texts()) for row in value]
    return value


PLAIN_LOOK = "patterns/sections/_texts.html"  # of a list without a template of its own


@cache
def template_of(section: Section) -> str:
    """The section's own look, or the one of its kind."""
    is_markdown = any(keys_of(Entry)[key].is_markdown for key in SECTION_KEYS[section])
    usual = "patterns/sections/_prose.html" if is_markdown else PLAIN_LOOK
    return str(select_template([f"patterns/sections/_{section.name}.html", usual]).template.name)


# Sections that show more than the value of a key.


@dataclass(frozen=True)
class Consequences:
    """Gains and costs, each by quality."""

    gains: tuple[BackedConsequence, ...]
    costs: tuple[BackedConsequence, ...]


def consequences(entry: Entry, around: Around) -> Consequences | None:
    if not entry.consequences:
        return None
    found = backed_by(entry, around.trial, around.labs)
    ordered = sorted(found, key=lambda one: QUALITIES.index(one.consequence.quality))
    gains = tuple(one for one in ordered if one.consequence.sign == "gain")
    return Consequences(gains, tuple(one for one in ordered if one.consequence.sign == "cost"))


def backed_by(entry: Entry, trial: Trial | None, labs: Labs | None = None) -> tuple[BackedConsequence, ...]:
    """What backs the gains and costs; ``labs`` are asked for unless they are known."""
    slugs = dict(cited_labs(entry) if labs is None else labs)
    if trial is not None:
        slugs[trial.experiment.slug] = entry.slug
    return backed(entry, experiment=trial.experiment if trial else None, lab_slugs=slugs)


@dataclass(frozen=True)
class ShownVariant:
    name: str
    text: Prose | None


def variants(entry: Entry, around: Around) -> list[ShownVariant]:
    return [ShownVariant(one.name, prose(one.text, public=around.others.by_code)) for one in entry.variants]


@dataclass(frozen=True)
class Interaction:
    """The steps of one variant, or of the only way that there is, with no ``variant`` then; and their diagram."""

    variant: str
    steps: tuple[Step, ...]
    drawing: Layouts


def interactions(entry: Entry, around: Around) -> list[Interaction]:
    """One for each variant that has steps of its own, in their order; then of those that nobody describes."""
    named = {name_key(step.variant): step.variant for step in reversed(entry.steps) if step.variant}
    stated = {key: one.name for one in entry.variants if (key := name_key(one.name)) in named}
    names = {**stated, **{key: name for key, name in reversed(named.items()) if key not in stated}}
    found = []
    for number, (key, name) in enumerate(names.items() or [("", "")] if entry.steps else (), 1):
        steps = tuple(step for step in entry.steps if name_key(step.variant) in ("", key))
        drawing = sequence_layouts(
            [SequenceMessage(one.sender, one.receiver, one.message, one.kind) for one in steps],
            name=f"interaction-drawing-{number}",
            title=f"{entry.name} step by step" + (f": {name}" if name else ""),
            description=f"A sequence diagram. The list of {len(steps)} steps below says the same in words.",
        )
        found.append(Interaction(name, steps, drawing))
    return found


# Characters of code on a page of which the words are marked: an entry may hold sixty examples made to take long.
MARKED_IN_ALL = 4 * MARKED_LENGTH


@dataclass(frozen=True)
class ShownExample:
    example: Example
    text: SafeString


@dataclass(frozen=True)
class InCode:
    """The examples, and the mechanism as the lab's experiment has it, if there is one on the entry."""

    examples: tuple[ShownExample, ...]
    mechanism: SourceModule | None


def in_code(entry: Entry, around: Around) -> InCode | None:
    if not entry.examples and around.trial is None:
        return None
    shown, left = [], MARKED_IN_ALL
    for one in entry.examples:
        is_marked = len(one.code) <= min(left, MARKED_LENGTH)
        left -= len(one.code) if is_marked else 0
        shown.append(ShownExample(one, highlighted(one.code, one.language.lower() if is_marked else "")))
    return InCode(tuple(shown), mechanism_of(around.trial.experiment) if around.trial else None)


@dataclass(frozen=True)
class Related:
    related: Sequence[RelatedPattern]
    drawing: Layouts


def relations(entry: Entry, around: Around) -> Related | None:
    """Those that others state, too, and a map of them with the entry in the middle."""
    drawing = surroundings(Node(entry.code, entry.name), around.others.related, measures=Measures())
    return Related(around.others.related, drawing) if drawing else None


def owed(entry: Entry, around: Around) -> DebtList | None:
    """The marks are in the address, and each leads back to this section of the same page."""
    found = around.others
    if not (found.owed or found.marked):
        return None

    def address(codes: Iterable[str]) -> str:
        return f"{page_path('pattern', entry.slug)}{marks_query(codes)}#{OWED.name}"

    root = Node(entry.code, entry.name)
    return debt_list(root, found.owed, marked=found.marked, has_more=found.owes_more, address=address)


Content = Callable[[Entry, Around], Any]
CONTENTS: dict[Section, Content] = {
    VARIANTS: variants,
    INTERACTION: interactions,
    CODE: in_code,
    CONSEQUENCES: consequences,
    LAB: lambda entry, around: around.trial,
    OWED: owed,
    RELATIONS: relations,
}
