"""The categories: all of them on one page; each with how to choose among its entries, and these as cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.text import CODE
from patterns.lab.experiments import BY_SLUG
from patterns.models import Category, Pattern
from patterns.models.statement import statement
from patterns.views.compare import MOST, StatedRelation, comparison_address
from patterns.views.errors import category_moved
from patterns.views.freshness import public
from patterns.views.rendering import render_page
from patterns.views.tradeoffs import TRADEOFF_KEYS, MatrixRow, Parts, matrix_rows, parts_of_entries, qualities_in

PAGE_SIZE = 50


@dataclass(frozen=True)
class CardPage:
    """Some cards in code order; ``after`` is the code that the page begins behind, ``next`` that of the next page."""

    patterns: list[Pattern]
    after: str
    next: str


@statement
def shown_categories() -> QuerySet[Category]:
    return Category.objects.shown().defer("imported")


@statement
def first_cards(category_id: int) -> QuerySet[Pattern]:
    return Pattern.objects.published().filter(category=category_id).in_code_order().for_cards()[: PAGE_SIZE + 1]


# How to choose: what tells the entries of a page apart.


TIE_COUNT = 12
RIVALRIES = ("often confused with", "alternative to", "variant of", "complements")  # what matters to who has to choose
CHOICE_KEYS = ("use_when", *TRADEOFF_KEYS, "relations")


@dataclass(frozen=True)
class Tie:
    """A relation between two of the entries, and the address at which they stand side by side."""

    relation: StatedRelation
    address: str


@dataclass(frozen=True)
class Choice:
    """The rows of the matrix with the qualities that these entries speak of, and what relates them, rivals first.

    ``address`` is that of all of them side by side, where so many fit.
    """

    rows: list[MatrixRow]
    qualities: list[str]
    ties: list[Tie]
    address: str
    is_tried: bool  # the lab has an experiment on one of them, which none renamed

    @classmethod
    def among(cls, patterns: Sequence[Pattern]) -> "Choice | None":
        """None where there is nothing to choose, or nothing is said that would help; in five queries at most."""
        if len(patterns) < 2:
            return None
        parts = parts_of_entries(patterns, CHOICE_KEYS)
        if not parts:
            return None
        qualities = qualities_in(parts)
        address = comparison_address([one.slug for one in patterns]) if len(patterns) <= MOST else ""
        rows, is_tried = matrix_rows(patterns, parts, qualities), any(one.slug in BY_SLUG for one in patterns)
        return cls(rows, qualities, ties_among(patterns, parts), address, is_tried)


def ties_among(patterns: Sequence[Pattern], parts: Parts) -> list[Tie]:
    by_code = {one.code: one for one in patterns}
    found = [
        StatedRelation(one.type, source, by_code[one.target], one.why)
        for code, source in by_code.items()
        for one in parts.get(code, {}).get("relations", ())
        if one.type in RIVALRIES and one.target in by_code
    ]
    found.sort(key=lambda one: RIVALRIES.index(one.type))
    return [Tie(one, comparison_address([one.source.slug, one.target.slug])) for one in found[:TIE_COUNT]]


@public
def categories_page(request: HttpRequest) -> HttpResponse:
    path = reverse("patterns:categories")
    return render_page(request, "patterns/categories.html", path=path, categories=shown_categories())


@public
def category_page(request: HttpRequest, slug: str) -> HttpResponse:
    categories = shown_categories()
    category = next((one for one in categories if one.slug == slug), None)
    if category is None:
        return category_moved(request, slug, view="patterns:category")
    after = request.GET.get("after", "")
    if not CODE.fullmatch(after):  # what is no code means the first page
        after = ""
    # By keyset: each page costs the same, and none counts the rest.
    ranges = Pattern.objects.published().in_category(category).behind(after)
    rows = chain.from_iterable(each.for_cards()[: PAGE_SIZE + 1] for each in ranges)
    # One more than is shown says whether there is a next page.
    found = [*islice(rows, PAGE_SIZE + 1)] if after else first_cards(category.pk)
    page = CardPage(found[:PAGE_SIZE], after, next=found[PAGE_SIZE - 1].code if len(found) > PAGE_SIZE else "")
    address = category.get_absolute_url()
    path = f"{address}?after={after}" if after else address
    return render_page(
        request,
        "patterns/category.html",
        path=path,
        category=category,
        page=page,
        choice=Choice.among(page.patterns),
        categories=categories,
    )
