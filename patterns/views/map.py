"""The map of relations: every entry while they are few, else one and its neighbours; and the same as rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from patterns.document.entry import code_order
from patterns.document.text import SLUG, SLUG_LENGTH
from patterns.document.vocabulary import INVERSE, RELATION_TYPES, SYMMETRIC
from patterns.drawing.arcs import arc_column, arcs
from patterns.drawing.crossings import Pair, calm_order
from patterns.drawing.graph import Edge, Node, line_sample
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.network import network
from patterns.drawing.svg import Layouts, Svg
from patterns.models import Pattern, Relation
from patterns.models.statement import statement
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public
from patterns.views.relations import (
    LABELS,
    LINK_COLUMNS,
    PatternLink,
    RelatedPattern,
    line_style,
    node_of,
    public_links,
    shelf_order,
    surroundings,
)
from patterns.views.rendering import render_page

WIDE = Measures(side=270, centre=210, between=130, most=60)
TYPE_OF = {label: type for type, inverse in INVERSE.items() for label in (type, inverse)}
SUMMARY = "Map of relations"


# Where boxes stand depends on all relations, those that are not drawn too: whatever is chosen, they stay there.
kept_order = lru_cache(maxsize=16)(calm_order)


@lru_cache(maxsize=64)  # by what it shows, of which there is little: each is some hundred kilobytes
def kept_network(nodes: tuple[Node, ...], pairs: tuple[Pair, ...], edges: tuple[Edge, ...]) -> Layouts:
    ordered = kept_order(nodes, pairs)
    said = f"{len(nodes)} entries, {len(edges)} relations. The table below says the same in words."
    wide = network(ordered, edges, name="map-drawing", title=SUMMARY, description=said)
    narrow = arcs(arc_column(ordered, pairs), edges, name="map-drawing-narrow", title=SUMMARY, description=said)
    return Layouts(wide, narrow)


@dataclass(frozen=True)
class RelationRow:
    """A relation in words."""

    source: PatternLink
    label: str
    target: PatternLink
    why: str


@dataclass(frozen=True)
class TypeChoice:
    """A type of relation with its line and how many there are; ``is_chosen`` if only chosen types are shown.

    ``label`` is how the map reads it: from the entry in the middle, it may also be the inverse, or both.
    """

    type: str
    label: str
    line: Svg
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class RelationMap:
    drawing: Layouts | None
    rows: list[RelationRow]
    choices: list[TypeChoice]


def map_of_all(patterns: Sequence[PatternLink], *, types: Sequence[str], address: str) -> RelationMap:
    """Every entry, who lead to ``address`` with their slug, and the relations of these types, or of all types."""
    relations = relations_between(patterns)
    # The form counts all types, also those that are not drawn: otherwise no choice could be widened again.
    drawn = [one for one in relations if one.type in types or not types]
    by_code = {one.code: one for one in patterns}
    rows = [RelationRow(by_code[one.source], one.type, by_code[one.target], one.why) for one in drawn]
    choices = type_choices([one.type for one in relations], types)
    if not patterns:
        return RelationMap(None, rows, choices)
    edges = (
        Edge(
            row.source.code,
            row.target.code,
            f"{row.source.name} {row.label} {row.target.name}",
            line_style(row.label),
            is_directed=row.label not in SYMMETRIC,
            word=row.label,
        )
        for row in rows
    )
    nodes = (node_of(one, href=f"{address}{one.slug}") for one in sorted(patterns, key=shelf_order))
    pairs = ((one.source, one.target) for one in relations)
    return RelationMap(kept_network(tuple(nodes), tuple(pairs), tuple(edges)), rows, choices)


def map_around(pattern: PatternLink, *, types: Sequence[str], address: str) -> RelationMap:
    """One entry and its neighbours, who lead to ``address`` with their slug."""
    related = related_to(pattern.code)
    drawn = [one for one in related if TYPE_OF[one.label] in types or not types]
    rows = [RelationRow(pattern, one.label, one.pattern, one.why) for one in drawn]
    centre = node_of(pattern, href=pattern.get_absolute_url())
    drawing = surroundings(centre, drawn, measures=WIDE, address=address)
    return RelationMap(drawing, rows, type_choices([one.label for one in related], types))


@dataclass(frozen=True)
class Tie:
    """A relation by the codes of its ends."""

    source: str
    type: str
    target: str
    why: str


@statement
def stated_around(code: str) -> QuerySet[Relation, Any]:
    """What public entries state of the one with the code, or it of others."""
    stated = Relation.objects.public().filter(Q(source=code) | Q(target=code))
    return stated.order_by().values_list("source_id", "type", "target", "why")


def related_to(code: str) -> list[RelatedPattern]:
    """Its relations both ways with public entries, those with the same label together."""
    stated = [Tie(*row) for row in stated_around(code)]
    seen = [
        (one.type, one.target, one.why) if one.source == code else (INVERSE[one.type], one.source, one.why)
        for one in stated
    ]
    public = {row[0]: PatternLink(*row) for row in public_links(tuple(sorted({other for _, other, _ in seen})))}
    related = [RelatedPattern(label, public[other], why) for label, other, why in seen if other in public]
    return sorted(related, key=lambda one: (LABELS.index(one.label), code_order(one.pattern.code)))


@statement
def stated_of(targets: tuple[str, ...]) -> QuerySet[Relation, Any]:
    stated = Relation.objects.public().filter(target__in=targets)
    return stated.order_by().values_list("source_id", "type", "target", "why")


def relations_between(patterns: Sequence[PatternLink]) -> list[Tie]:
    """Those with both ends among these entries, by the codes of their ends."""
    codes = {one.code: code_order(one.code) for one in patterns}
    found = (Tie(*row) for row in stated_of(tuple(codes)))
    known = (one for one in found if one.source in codes)
    return sorted(known, key=lambda one: (codes[one.source], RELATION_TYPES.index(one.type), codes[one.target]))


def type_choices(labels: Sequence[str], chosen: Sequence[str]) -> list[TypeChoice]:
    """The types that are there, by the labels of their relations, and those chosen in vain."""
    counts = Counter(labels)
    choices = []
    for type in RELATION_TYPES:
        there = [one for one in dict.fromkeys((type, INVERSE[type])) if counts[one]]
        if there or type in chosen:
            line = line_sample(line_style(type), is_directed=type not in SYMMETRIC)
            count = sum(counts[one] for one in there)
            choices.append(TypeChoice(type, ", ".join(there) or type, line, count, type in chosen))
    return choices


WHOLE_COUNT = 30  # entries whose lines can be told apart; beyond that the map shows one neighbourhood at a time
OFFERED_COUNT = 300  # entries in the list to choose from
COUNTED = 5_000  # relations among which the best-connected entry is looked for: larger catalogues are not read whole


@dataclass(frozen=True)
class MapQuery:
    """``slug`` is that of the entry in the middle, ``types`` those of relations; empty means all."""

    slug: str
    types: tuple[str, ...]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "MapQuery":
        """Types that do not exist count as not given; raises Http404 for what can be no slug."""
        slug, types = parameters.get("entry", ""), set(parameters.getlist("type"))
        if slug and not (SLUG.fullmatch(slug) and len(slug) <= SLUG_LENGTH):
            raise Http404
        return cls(slug, tuple(one for one in RELATION_TYPES if one in types))

    def address(self, slug: str) -> str:
        """Of the map around another entry; one that ends with ``entry=`` if the slug is still to come."""
        return f"{reverse('patterns:map')}?{urlencode([*(('type', one) for one in self.types), ('entry', slug)])}"

    @property
    def path(self) -> str:
        if self.slug:
            return self.address(self.slug)
        types = urlencode([("type", one) for one in self.types])
        return reverse("patterns:map") + (f"?{types}" if types else "")


@statement
def offered_entries() -> QuerySet[Pattern, Any]:
    """The first ones in code order, and one more to see whether there are more."""
    return Pattern.objects.published().in_code_order().values_list(*LINK_COLUMNS)[: OFFERED_COUNT + 1]


@statement
def at_slug(slug: str) -> QuerySet[Pattern, Any]:
    """The published entry that has the slug, or had it in public."""
    named = Q(slug=slug) | Q(former_slugs__slug=slug)
    return Pattern.objects.published().filter(named).order_by("pk").values_list(*LINK_COLUMNS)[:1]


@statement
def public_ends() -> QuerySet[Relation, Any]:
    """Both ends of relations between public entries, as many as are counted."""
    target_is_public = Exists(Pattern.objects.published().filter(code=OuterRef("target")))
    return (
        Relation.objects.public().filter(target_is_public).order_by("pk").values_list("source_id", "target")[:COUNTED]
    )


def best_connected() -> PatternLink | None:
    """The public entry with the most relations; of several, the first in code order; None if none has any."""
    counts = Counter(code for ends in public_ends() for code in ends)
    if not counts:
        return None
    most = max(counts.values())
    best = min((code for code, count in counts.items() if count == most), key=code_order)
    # It may have left the public in between.
    return next((PatternLink(*row) for row in public_links((best,))), None)


@public
def map_page(request: HttpRequest) -> HttpResponse:
    query = MapQuery.parse(request.GET)
    # The form offers them, and if they are few the map shows them.
    offered = [PatternLink(*row) for row in offered_entries()]
    centre = next((PatternLink(*row) for row in at_slug(query.slug)), None) if query.slug else None
    if query.slug and centre is None:  # not a published entry's, present or former: perhaps a retired one's
        return moved_or_gone(request, query.slug, view="patterns:pattern")
    if centre is None and len(offered) > WHOLE_COUNT:
        centre = best_connected() or offered[0]
    is_chosen = bool(query.slug)
    query = replace(query, slug=centre.slug if centre else "")
    if centre is None:
        shown = map_of_all(offered, types=query.types, address=query.address(""))
    else:
        shown = map_around(centre, types=query.types, address=query.address(""))
    context = {
        "query": query,
        "centre": centre,
        "is_chosen": is_chosen,
        "mapped": shown,
        "offered": offered[:OFFERED_COUNT],
        "has_more": len(offered) > OFFERED_COUNT,
        "is_large": len(offered) > WHOLE_COUNT,
    }
    return render_page(request, "patterns/map.html", path=query.path, **context)
