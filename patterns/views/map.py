from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from patterns.document.entry import Entry
from patterns.document.text import SLUG, SLUG_LENGTH
from patterns.document.vocabulary import INVERSE, RELATION_TYPES, SYMMETRIC
from patterns.drawing.graph import line_sample
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.svg import Svg
from patterns.models import Pattern, Relation
from patterns.store.history import document_of
from patterns.views.conditional import public
from patterns.views.drawings import node_of, relations_map, style_of, surroundings
from patterns.views.pattern import newest_revision
from patterns.views.redirects import elsewhere
from patterns.views.related import Related, coloured, place, related
from patterns.views.rendering import render_page

# What the map shows: every entry while they are few, else one and its neighbours; and the same as rows.


WIDE = Measures(side=270, centre=210, between=130, most=60)
TYPE_OF = {label: type for type, inverse in INVERSE.items() for label in (type, inverse)}


@dataclass(frozen=True)
class Row:
    """A relation in words."""

    source: Pattern
    label: str
    target: Pattern
    why: str


@dataclass(frozen=True)
class TypeChoice:
    """A type of relation with its line and how many there are; ``is_chosen`` if only chosen types are shown."""

    type: str
    line: Svg
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Mapped:
    drawing: Svg | None
    rows: list[Row]
    choices: list[TypeChoice]


def whole(patterns: Sequence[Pattern], *, types: Sequence[str]) -> Mapped:
    """Every entry, and the relations of these types, or of all types if none is named."""
    relations = relations_between(patterns)
    shown = [one for one in relations if one.type in types or not types]
    by_code = {one.code: one for one in patterns}
    rows = [Row(by_code[one.source_id], one.type, by_code[one.target], one.why) for one in shown]
    drawing = relations_map(patterns, shown) if patterns else None
    return Mapped(drawing, rows, choices((one.type for one in relations), types))


def around(pattern: Pattern, *, types: Sequence[str], address: str) -> Mapped:
    """One entry and its neighbours, who lead to ``address`` with their slug."""
    every = related_to(pattern)
    shown = [one for one in every if TYPE_OF[one.label] in types or not types]
    centre = node_of(pattern, href=pattern.get_absolute_url())
    rows = [Row(pattern, one.label, one.pattern, one.why) for one in shown]
    drawing = surroundings(centre, shown, measures=WIDE, address=address)
    return Mapped(drawing, rows, choices((TYPE_OF[one.label] for one in every), types))


def related_to(pattern: Pattern) -> list[Related]:
    """The same as on the entry's page; none if it has just left the public."""
    revision = newest_revision(pattern.slug)
    document = document_of(revision) if revision else None
    return related(document) if isinstance(document, Entry) else []


def relations_between(patterns: Sequence[Pattern]) -> list[Relation]:
    """Those with both ends among published entries, by the codes of their ends."""
    codes = {one.code: place(one) for one in patterns}
    found = Relation.objects.filter(source__in=Pattern.objects.published(), target__in=codes).order_by()
    known = (one for one in found if one.source_id in codes)
    return sorted(known, key=lambda one: (codes[one.source_id], RELATION_TYPES.index(one.type), codes[one.target]))


def choices(present: Iterable[str], chosen: Sequence[str]) -> list[TypeChoice]:
    """The types that are there, and those chosen in vain."""
    counts = Counter(present)
    return [
        TypeChoice(one, line_sample(style_of(one), is_directed=one not in SYMMETRIC), counts[one], one in chosen)
        for one in RELATION_TYPES
        if counts[one] or one in chosen
    ]


def first_entries(count: int) -> list[Pattern]:
    """The first published entries in code order, with what the map needs of each."""
    return [*coloured(Pattern.objects.published()).in_code_order()[:count]]


WHOLE_COUNT = 30  # entries whose lines can be told apart; beyond that the map shows one neighbourhood at a time
OFFERED_COUNT = 300  # entries in the list to choose from


@dataclass(frozen=True)
class Query:
    """``slug`` is that of the entry in the middle, ``types`` those of relations; empty means all."""

    slug: str
    types: tuple[str, ...]

    def address(self, slug: str) -> str:
        """Of the map around another entry; one that ends with ``entry=`` if the slug is still to come."""
        return f"{reverse('patterns:map')}?{urlencode([*(('type', one) for one in self.types), ('entry', slug)])}"

    @property
    def path(self) -> str:
        if self.slug:
            return self.address(self.slug)
        types = urlencode([("type", one) for one in self.types])
        return reverse("patterns:map") + (f"?{types}" if types else "")


@public
def show(request: HttpRequest) -> HttpResponse:
    query = query_of(request.GET)
    offered = first_entries(OFFERED_COUNT + 1)
    centre = centre_of(query.slug)
    if query.slug and centre is None:
        return elsewhere(request, query.slug, view="patterns:pattern")
    if centre is None and len(offered) > WHOLE_COUNT:
        centre = offered[0]
    shown = replace(query, slug=centre.slug if centre else "")
    context = {"query": shown, "centre": centre, "mapped": mapped(shown, centre, offered), **choice_among(offered)}
    return render_page(request, "patterns/map.html", path=shown.path, **context)


def mapped(query: Query, centre: Pattern | None, patterns: Sequence[Pattern]) -> Mapped:
    if centre is None:
        return whole(patterns, types=query.types)
    return around(centre, types=query.types, address=query.address(""))


def choice_among(offered: Sequence[Pattern]) -> dict[str, Any]:
    """What the form offers as the entry in the middle; a small catalogue may do without one."""
    return {
        "offered": offered[:OFFERED_COUNT],
        "has_more": len(offered) > OFFERED_COUNT,
        "is_large": len(offered) > WHOLE_COUNT,
    }


def query_of(given: QueryDict) -> Query:
    """Types that do not exist count as not given."""
    slug, types = given.get("entry", ""), set(given.getlist("type"))
    if slug and not (SLUG.fullmatch(slug) and len(slug) <= SLUG_LENGTH):
        raise Http404
    return Query(slug, tuple(one for one in RELATION_TYPES if one in types))


def centre_of(slug: str) -> Pattern | None:
    """The published entry that has the slug or had it."""
    named = Q(slug=slug) | Q(former_slugs__slug=slug)
    return coloured(Pattern.objects.published().filter(named)).first() if slug else None
