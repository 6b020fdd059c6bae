"""The entries around an entry: related to it, named by its texts, or next to it; as links and as a drawing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from patterns.document.debts import Debt, Requirement, debts
from patterns.document.entry import Entry, code_order, long_texts
from patterns.document.prose import Target, links
from patterns.document.vocabulary import INVERSE, SYMMETRIC
from patterns.drawing.graph import Node
from patterns.drawing.neighbourhood import Measures, Neighbour, NodeTie, neighbourhood
from patterns.drawing.svg import Layouts
from patterns.models import Pattern, Relation
from patterns.models.pattern import hue, page_path
from patterns.models.statement import statement
from patterns.store.requirements import REACHED_COUNT, requirements_from

LABELS = [label for forward, inverse in INVERSE.items() for label in (forward, inverse)]


@dataclass(frozen=True)
class PatternLink:
    """What a link in the colour of its category needs of an entry; equal if it would look and lead alike."""

    code: str
    slug: str
    name: str
    category_id: int
    category: str
    position: int

    @classmethod
    def of(cls, pattern: Pattern) -> "PatternLink":
        category = pattern.category
        return cls(pattern.code, pattern.slug, pattern.name, category.pk, category.name, category.position)

    def get_absolute_url(self) -> str:
        return page_path("pattern", self.slug)


LINK_COLUMNS = ("code", "slug", "name", "category_id", "category__name", "category__position")


@dataclass(frozen=True)
class RelatedPattern:
    """Another entry, as seen from this one: ``label`` reads "required by" where the other one states "requires"."""

    label: str
    pattern: PatternLink
    why: str


@dataclass(frozen=True)
class OwedPattern:
    """An entry that another one obliges its readers to build; ``through`` are those on the way to it."""

    pattern: PatternLink
    why: str
    through: tuple[PatternLink, ...]

    @property
    def depth(self) -> int:
        """1 for what the entry itself requires."""
        return len(self.through) + 1

    @classmethod
    def of(cls, debt: Debt, public: Mapping[str, PatternLink]) -> "OwedPattern":
        return cls(public[debt.code], debt.why, tuple(public[one.target] for one in debt.way[:-1]))


@dataclass(frozen=True)
class Others:
    """The public entries that an entry is related to, or owes, and these and those that its texts link to.

    ``marked`` would be owed, too, had the reader not said that they are there.
    """

    related: tuple[RelatedPattern, ...]
    owed: tuple[OwedPattern, ...]
    public: frozenset[PatternLink]
    owes_more: bool = False  # than is shown
    marked: tuple[PatternLink, ...] = ()

    @property
    def by_code(self) -> dict[str, PatternLink]:
        return {one.code: one for one in self.public}


@statement
def stated_elsewhere(code: str) -> QuerySet[Relation, Any]:
    """Type, code and reason of what public entries state of the one with the code."""
    stated = Relation.objects.public().filter(target=code)
    return stated.order_by("position", "pk").values_list("type", "source_id", "why")


@statement
def public_links(codes: tuple[str, ...]) -> QuerySet[Pattern, Any]:
    return Pattern.objects.published().filter(code__in=codes).order_by().values_list(*LINK_COLUMNS)


OWED_COUNT = REACHED_COUNT - 1


def others(entry: Entry, *, have: Collection[str] = frozenset()) -> Others:
    """Relations both ways, those with the same label together; only with entries that are public.

    ``have`` are codes of what the reader has already; those that are not owed count for nothing.
    """
    stated: list[tuple[str, str, str]] = [(one.type, one.target, one.why) for one in entry.relations]
    stated += [(INVERSE[type], source, why) for type, source, why in stated_elsewhere(entry.code)]
    required = requirements(entry)
    # One query for everything that the page may link to.
    codes = {*(code for _, code, _ in stated), *(one.target for one in required), *linked_codes(entry)}
    public = {row[0]: PatternLink(*row) for row in public_links(tuple(sorted(codes)))}
    related = [RelatedPattern(label, public[code], why) for label, code, why in stated if code in public]
    ordered = sorted(related, key=lambda one: (LABELS.index(one.label), code_order(one.pattern.code)))
    stated_between = [one for one in required if one.target in public]
    every = debts(entry.code, stated_between)
    marked = [debt.code for debt in every if debt.code in have]
    left = debts(entry.code, stated_between, have=marked) if marked else every
    return Others(
        tuple(ordered),
        tuple(OwedPattern.of(debt, public) for debt in left[:OWED_COUNT]),
        frozenset(public.values()),
        owes_more=len(left) > OWED_COUNT,
        marked=tuple(public[code] for code in sorted(marked, key=code_order)),
    )


def requirements(entry: Entry) -> list[Requirement]:
    """Those that lead on from an entry, its own as its document has them: a preview shows what is not saved yet."""
    stated = [Requirement(entry.code, one.target, one.why) for one in entry.relations if one.type == "requires"]
    further = requirements_from([one.target for one in stated]) if stated else []
    return [*stated, *(one for one in further if one.source != entry.code)]


@dataclass(frozen=True)
class Adjacent:
    """The published entries before and behind an entry in code order."""

    previous: Pattern | None
    next: Pattern | None


@statement
def on_both_sides(code: str) -> QuerySet[Pattern]:
    public = Pattern.objects.published()
    wanted = Q()
    for ranges in (public.before(code), public.behind(code)):
        wanted |= Q(pk=Coalesce(*(Subquery(each.values("pk")[:1]) for each in ranges)))
    # In no order: given one, SQLite would walk the whole index that has it.
    return public.filter(wanted).only("code", "slug", "name").order_by()


def adjacent_to(code: str) -> Adjacent:
    """In one query."""
    # The database says which two they are, not which is which.
    found = on_both_sides(code)
    previous = [one for one in found if code_order(one.code) < code_order(code)]
    following = [one for one in found if code_order(one.code) > code_order(code)]
    return Adjacent(previous[0] if previous else None, following[0] if following else None)


# Long texts with what their links lead to.


@dataclass(frozen=True)
class Prose:
    """Markdown, and by code the entries that it may link to."""

    text: str
    targets: Mapping[str, Target]


def linked_codes(entry: Entry) -> set[str]:
    """Codes of the entries that the long texts link to, public or not."""
    return {link.code for _, text in long_texts(entry) for link in links(text)}


def prose(text: str, *, public: Mapping[str, Pattern] | Mapping[str, PatternLink]) -> Prose | None:
    """The text ready to be shown, None if there is none; ``public`` holds, by code, the entries that it links to."""
    codes = {link.code for link in links(text)} & public.keys()
    targets = {code: Target(public[code].name, public[code].get_absolute_url()) for code in codes}
    return Prose(text, targets) if text else None


# Relations as drawings.


def line_style(type: str) -> str:
    """The word for a type of relation in the names of classes."""
    return type.replace(" ", "-")


FORWARD_TIES = {type: NodeTie(type, line_style(type), "both" if type in SYMMETRIC else "out") for type in INVERSE}
INVERSE_TIES = {INVERSE[type]: NodeTie(INVERSE[type], tie.style, "in") for type, tie in FORWARD_TIES.items()}
TIES = {**INVERSE_TIES, **FORWARD_TIES}


# By the nodes that it shows, of which there are few: each is some twenty kilobytes.
kept_neighbourhood = lru_cache(maxsize=64)(neighbourhood)


def surroundings(
    centre: Node, related: Sequence[RelatedPattern], *, measures: Measures, address: str = ""
) -> Layouts | None:
    """An entry and those related to it; None if there are none.

    They lead to their pages, or to ``address`` followed by their slug.
    """
    if not related:
        return None
    neighbours = []
    # Each other entry once, by category, with all the ways in which it is related.
    ordered = sorted(related, key=lambda one: shelf_order(one.pattern))
    for _, group in groupby(ordered, key=lambda one: one.pattern.code):
        ties = [*group]
        other = ties[0].pattern
        node = node_of(other, href=f"{address}{other.slug}" if address else other.get_absolute_url())
        neighbours.append(Neighbour(node, tuple(TIES[one.label] for one in ties)))
    return kept_neighbourhood(
        centre,
        tuple(neighbours),
        name="neighbourhood",
        title=f"{centre.name} and its neighbours",
        description=f"{len(neighbours)} entries around it. The list beside the drawing says the same in words.",
        measures=measures,
    )


def shelf_order(pattern: PatternLink) -> tuple[int, int, tuple[int, str]]:
    """Categories in their order, and in each the entries in code order."""
    return pattern.position, pattern.category_id, code_order(pattern.code)


def node_of(pattern: PatternLink, *, href: str) -> Node:
    return Node(pattern.code, pattern.name, href, tint=hue(pattern.position), group=pattern.category)
