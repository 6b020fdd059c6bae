from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.search import ListQuery, ListResult, search
from patterns.search.query import SORTS
from patterns.views.conditional import public
from patterns.views.rendering import render_page

# What a list shows, in words: its heading, its title, the choices that made it, and its orders.


KINDS = {"pattern": "Patterns", "style": "Styles"}
ORDERS = {"relevance": "relevance", "code": "code", "name": "name", "changed": "last change"}
CHOSEN = {"category": "{}", "kind": "{}", "gains": "gains {}", "costs": "pays with {}"}
ISOLATED = "\u2068{}\u2069"  # what readers typed may run the other way


@dataclass(frozen=True)
class Chip:
    """One choice that can be taken back: ``without`` is the list that then remains."""

    label: str
    without: ListQuery
    is_excluded: bool = False


@dataclass(frozen=True)
class Order:
    label: str
    query: ListQuery
    is_current: bool


def heading(result: ListResult) -> str:
    """All that narrows the list, as a phrase."""
    return " ".join(phrases(result)) if result.query.is_narrowed else "All entries"


def title(result: ListResult) -> str:
    query = result.query
    order = "" if query.sort == query.usual_sort else f", by {ORDERS[query.sort]}"
    return f"{heading(result)}{order}{f' after {query.after}' if query.after else ''}"


def phrases(result: ListResult) -> Iterator[str]:
    query, included, excluded = result.query, labels(result, "is_included"), labels(result, "is_excluded")
    yield KINDS[query.kind.included[0]] if len(query.kind.included) == 1 else "Entries"
    if query.q:
        yield f"for “{query.q if query.q.isascii() else ISOLATED.format(query.q)}”"
    if included["category"]:
        yield f"in {listed(included['category'], 'or')}"
    if excluded["category"]:
        yield f"outside {listed(excluded['category'], 'and')}"
    if excluded["kind"]:
        yield f"but no {listed(excluded['kind'], 'or')}"
    if conditions := [*conditions_on(included, excluded)]:
        yield f"that {listed(conditions, 'and')}"


def conditions_on(included: dict[str, list[str]], excluded: dict[str, list[str]]) -> Iterator[str]:
    for name, verb in (("gains", "gain"), ("costs", "pay with")):
        if included[name]:
            yield f"{verb} {listed(included[name], 'and')}"
        if excluded[name]:
            yield f"do not {verb} {listed(excluded[name], 'or')}"


def labels(result: ListResult, which: str) -> dict[str, list[str]]:
    """Facet → labels of its options that are included, or excluded."""
    return {facet.name: [one.label for one in facet.options if getattr(one, which)] for facet in result.facets}


def listed(words: Sequence[str], last: str) -> str:
    """ "a, b and c" """
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def chips(result: ListResult) -> list[Chip]:
    """The reader's words first, then the choices in the order of the address."""
    words = [Chip(f"“{result.query.q}”", result.query.with_q(""))] if result.query.q else []
    return [*words, *chosen(result)]


def chosen(result: ListResult) -> Iterator[Chip]:
    for facet in result.facets:
        for one in facet.options:
            if one.is_included:
                yield Chip(CHOSEN[facet.name].format(one.label), one.including)
            if one.is_excluded:
                yield Chip(CHOSEN[facet.name].format(one.label), one.excluding, is_excluded=True)


def orders(query: ListQuery) -> list[Order]:
    usable = [sort for sort in SORTS if query.q or sort != "relevance"]
    return [Order(ORDERS[sort], query.sorted_by(sort), sort == query.sort) for sort in usable]


@public
def index_page(request: HttpRequest) -> HttpResponse:
    result = search(ListQuery.parse(request.GET))
    return render_page(
        request,
        "patterns/index.html",
        path=f"{reverse('patterns:index')}{result.query.suffix}",
        result=result,
        heading=heading(result),
        title=title(result),
        chips=chips(result),
        orders=orders(result.query),
    )
