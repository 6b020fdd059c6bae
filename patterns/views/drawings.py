"""What entries say, as drawings."""

from collections.abc import Sequence
from itertools import groupby

from patterns.document.entry import Entry
from patterns.document.vocabulary import INVERSE, SYMMETRIC
from patterns.drawing.graph import Edge, Node
from patterns.drawing.neighbourhood import Measures, Neighbour, NodeTie, neighbourhood
from patterns.drawing.network import network
from patterns.drawing.sequence import SequenceMessage, sequence
from patterns.drawing.svg import Svg
from patterns.models import Pattern, Relation
from patterns.models.pattern import hue
from patterns.views.related import Related, place


def style_of(type: str) -> str:
    """The word for a type of relation in the names of classes."""
    return type.replace(" ", "-")


FORWARD_TIES = {type: NodeTie(type, style_of(type), "both" if type in SYMMETRIC else "out") for type in INVERSE}
INVERSE_TIES = {INVERSE[type]: NodeTie(INVERSE[type], tie.style, "in") for type, tie in FORWARD_TIES.items()}
TIES = {**INVERSE_TIES, **FORWARD_TIES}


def interaction(entry: Entry) -> Svg | None:
    """The steps as a sequence diagram; None if there are none."""
    if not entry.steps:
        return None
    messages = [SequenceMessage(one.sender, one.receiver, one.message, one.kind) for one in entry.steps]
    return sequence(
        messages,
        name="interaction-drawing",
        title=f"{entry.name} step by step",
        description=f"A sequence diagram. The list of {len(messages)} steps below says the same in words.",
    )


def surroundings(centre: Node, related: Sequence[Related], *, measures: Measures, address: str = "") -> Svg | None:
    """An entry and those related to it; None if there are none.

    They lead to their pages, or to ``address`` followed by their slug.
    """
    if not related:
        return None
    neighbours = neighbours_of(related, address=address)
    return neighbourhood(
        centre,
        neighbours,
        name="neighbourhood",
        title=f"{centre.name} and its neighbours",
        description="Entries that lead to it are on the left, those that it leads to on the right.",
        measures=measures,
    )


def neighbours_of(related: Sequence[Related], *, address: str) -> list[Neighbour]:
    """Each other entry once, by category, with all the ways in which it is related."""
    ordered = sorted(related, key=lambda one: shelf_and_place(one.pattern))
    found = []
    for _, group in groupby(ordered, key=lambda one: one.pattern.code):
        ties = [*group]
        other = ties[0].pattern
        node = node_of(other, href=f"{address}{other.slug}" if address else other.get_absolute_url())
        found.append(Neighbour(node, tuple(TIES[one.label] for one in ties)))
    return found


def shelf_and_place(pattern: Pattern) -> tuple[int, int, tuple[int, str]]:
    """Categories in their order, and in each the entries in code order."""
    return pattern.category.position, pattern.category_id, place(pattern)


def node_of(pattern: Pattern, *, href: str) -> Node:
    category = pattern.category
    return Node(pattern.code, pattern.name, href, tint=hue(category.position), group=category.name)


def relations_map(patterns: Sequence[Pattern], relations: Sequence[Relation]) -> Svg:
    """At least one entry by category, and relations between them."""
    names = {one.code: one.name for one in patterns}
    by_category = sorted(patterns, key=shelf_and_place)
    edges = [
        Edge(
            one.source_id,
            one.target,
            f"{names[one.source_id]} {one.type} {names[one.target]}",
            style_of(one.type),
            is_directed=one.type not in SYMMETRIC,
        )
        for one in relations
    ]
    return network(
        [node_of(one, href=one.get_absolute_url()) for one in by_category],
        edges,
        name="map-drawing",
        title="Map of relations",
        description=f"{len(names)} entries, {len(edges)} relations. The table below says the same in words.",
    )
