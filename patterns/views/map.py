from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from patterns.document.text import SLUG, SLUG_LENGTH
from patterns.document.vocabulary import RELATION_TYPES
from patterns.models import Pattern
from patterns.views.elsewhere import elsewhere
from patterns.views.mapped import Mapped, around, first_entries, whole
from patterns.views.page import render_page
from patterns.views.public import public
from patterns.views.related import coloured

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
