"""The list of all entries: what readers searched for and chose, in words, and one page of what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.models import Pattern
from patterns.models.statement import statement
from patterns.search import ListQuery, ListResult, search
from patterns.search.query import SORTS
from patterns.views.freshness import public
from patterns.views.rendering import render_page

NAME_COUNT = 200
KINDS = {"pattern": "Patterns", "style": "Styles"}
ORDERS = {"relevance": "relevance", "code": "code", "name": "name", "changed": "last change"}
CHIP_LABELS = {"category": "{}", "kind": "{}", "gains": "gains {}", "costs": "pays with {}"}
ISOLATED = "\u2068{}\u2069"  # what readers typed may run the other way


@dataclass(frozen=True)
class Chip:
    """One choice that can be taken back: ``without`` is the list that then remains."""

    label: str
    without: ListQuery
    is_excluded: bool = False


@dataclass(frozen=True)
class SortOrder:
    label: str
    query: ListQuery
    is_current: bool


def heading_of(result: ListResult) -> str:
    """All that narrows the list, as a phrase."""
    query = result.query
    if not query.is_narrowed:
        return "All entries"
    included, excluded = option_labels(result, "is_included"), option_labels(result, "is_excluded")
    phrases = [KINDS[query.kind.included[0]] if len(query.kind.included) == 1 else "Entries"]
    if query.q:
        phrases.append(f"for “{query.q if query.q.isascii() else ISOLATED.format(query.q)}”")
    if included["category"]:
        phrases.append(f"in {enumeration(included['category'], 'or')}")
    if excluded["category"]:
        phrases.append(f"outside {enumeration(excluded['category'], 'and')}")
    if excluded["kind"]:
        phrases.append(f"but no {enumeration(excluded['kind'], 'or')}")
    if conditions := [*quality_conditions(included, excluded)]:
        phrases.append(f"that {enumeration(conditions, 'and')}")
    return " ".join(phrases)


def quality_conditions(included: dict[str, list[str]], excluded: dict[str, list[str]]) -> Iterator[str]:
    for name, verb in (("gains", "gain"), ("costs", "pay with")):
        if included[name]:
            yield f"{verb} {enumeration(included[name], 'and')}"
        if excluded[name]:
            yield f"do not {verb} {enumeration(excluded[name], 'or')}"


def option_labels(result: ListResult, which: str) -> dict[str, list[str]]:
    """Facet → labels of its options that are included, or excluded."""
    return {facet.name: [one.label for one in facet.options if getattr(one, which)] for facet in result.facets}


def enumeration(words: Sequence[str], last: str) -> str:
    """ "a, b and c" """
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def chips_of(result: ListResult) -> Iterator[Chip]:
    """The reader's words first, then the choices in the order of the address."""
    if result.query.q:
        yield Chip(f"“{result.query.q}”", result.query.with_q(""))
    for facet in result.facets:
        for one in facet.options:
            label = CHIP_LABELS[facet.name].format(one.label)
            if one.is_included:
                yield Chip(label, one.including)
            if one.is_excluded:
                yield Chip(label, one.excluding, is_excluded=True)


@statement
def offered_names() -> QuerySet[Pattern, str]:
    """What the search field proposes."""
    return Pattern.objects.published().in_code_order().values_list("name", flat=True)[:NAME_COUNT]


@public
def index_page(request: HttpRequest) -> HttpResponse:
    result = search(ListQuery.parse(request.GET), corrects=True)
    query, heading = result.query, heading_of(result)
    order = "" if query.sort == query.usual_sort else f", by {ORDERS[query.sort]}"
    # Without words nothing is more relevant than anything else.
    usable = [sort for sort in SORTS if query.q or sort != "relevance"]
    return render_page(
        request,
        "patterns/index.html",
        path=f"{reverse('patterns:index')}{query.suffix}",
        result=result,
        heading=heading,
        title=f"{heading}{order}{f' after {query.after}' if query.after else ''}",
        chips=[*chips_of(result)],
        # In a list that is narrowed they would be one query too many.
        names=[] if query.is_narrowed else offered_names(),
        orders=[SortOrder(ORDERS[sort], query.sorted_by(sort), sort == query.sort) for sort in usable],
    )
