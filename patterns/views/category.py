from dataclasses import dataclass
from itertools import chain, islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from patterns.document.text import CODE
from patterns.models import Category, Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.views.conditional import public
from patterns.views.rendering import render_page

# Lists by keyset: a page begins behind a code, so that each costs the same and none counts the rest.


PAGE_SIZE = 50


@dataclass(frozen=True)
class ListPage:
    """Some cards in code order; ``after`` is the code that the page begins behind, ``next`` that of the next page."""

    patterns: list[Pattern]
    after: str = ""
    next: str = ""

    def path(self, address: str) -> str:
        return f"{address}?after={self.after}" if self.after else address


def page_of(patterns: PatternQuerySet, *, after: str | None) -> ListPage:
    """The page of a list behind a code; what is not a code means the first page."""
    code = after if after and CODE.fullmatch(after) else ""
    rows = chain.from_iterable(each.for_cards()[: PAGE_SIZE + 1] for each in patterns.behind(code))
    found = [*islice(rows, PAGE_SIZE + 1)]
    shown = found[:PAGE_SIZE]
    return ListPage(shown, after=code, next=shown[-1].code if len(found) > PAGE_SIZE else "")


@public
def show(request: HttpRequest, slug: str) -> HttpResponse:
    categories = Category.objects.shown()
    category = get_object_or_404(categories, slug=slug)
    page = page_of(Pattern.objects.published().in_category(category), after=request.GET.get("after"))
    path = page.path(category.get_absolute_url())
    return render_page(
        request, "patterns/category.html", path=path, category=category, page=page, categories=categories
    )
