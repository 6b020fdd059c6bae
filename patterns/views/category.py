"""The page of one category: its entries as cards, page by page."""

from dataclasses import dataclass
from itertools import chain, islice

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from patterns.document.text import CODE
from patterns.models import Category, Pattern
from patterns.models.statement import statement
from patterns.views.freshness import public
from patterns.views.rendering import render_page

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


@public
def category_page(request: HttpRequest, slug: str) -> HttpResponse:
    categories = shown_categories()
    category = next((one for one in categories if one.slug == slug), None)
    if category is None:
        raise Http404
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
        request, "patterns/category.html", path=path, category=category, page=page, categories=categories
    )
