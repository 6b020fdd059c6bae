"""The page of one category: its entries as cards, page by page."""

from dataclasses import dataclass
from itertools import chain, islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from patterns.document.text import CODE
from patterns.models import Category, Pattern
from patterns.views.freshness import public
from patterns.views.rendering import render_page

PAGE_SIZE = 50


@dataclass(frozen=True)
class CardPage:
    """Some cards in code order; ``after`` is the code that the page begins behind, ``next`` that of the next page."""

    patterns: list[Pattern]
    after: str
    next: str


@public
def category_page(request: HttpRequest, slug: str) -> HttpResponse:
    categories = Category.objects.shown()
    category = get_object_or_404(categories, slug=slug)
    after = request.GET.get("after", "")
    if not CODE.fullmatch(after):  # what is no code means the first page
        after = ""
    # By keyset: each page costs the same, and none counts the rest.
    ranges = Pattern.objects.published().in_category(category).behind(after)
    rows = chain.from_iterable(each.for_cards()[: PAGE_SIZE + 1] for each in ranges)
    found = [*islice(rows, PAGE_SIZE + 1)]  # one more than is shown says whether there is a next page
    page = CardPage(found[:PAGE_SIZE], after, next=found[PAGE_SIZE - 1].code if len(found) > PAGE_SIZE else "")
    address = category.get_absolute_url()
    path = f"{address}?after={after}" if after else address
    return render_page(
        request, "patterns/category.html", path=path, category=category, page=page, categories=categories
    )
