"""What crawlers should know: where the pages are, when they changed, and what is not for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import Lag, RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from patterns.document.text import CODE
from patterns.models import Category, Pattern
from patterns.models.constraints import IN_CODE_ORDER
from patterns.views.freshness import public, released
from patterns.views.lab.index import examined_entries
from patterns.views.pages import PAGES, Crawl
from patterns.views.rendering import render_xml

LIMIT = 50_000  # of addresses in one file, by the protocol
SHELF_LIMIT = 4_900  # categories, all in the first file
PART_SIZE = 5_000  # entries in one file: half a megabyte, so that no crawler's question is a long one
STAND_IN = "0"  # a slug that no address of ours has otherwise


@dataclass(frozen=True)
class SitemapPlace:
    """``changed_at`` is in ISO 8601; empty if the page follows from many things."""

    path: str
    changed_at: str = ""


@public
def sitemap(request: HttpRequest) -> HttpResponse:
    """All addresses, or a list of the parts if they are too many for one file."""
    # Whether there is one more than fits, which is cheaper than counting them.
    if Pattern.objects.published().in_code_order()[PART_SIZE : PART_SIZE + 1].exists():
        return render_xml(request, template="patterns/sitemap_index.xml", read=list_parts)
    return sitemap_part(request)


@public
def sitemap_part(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    read = partial(list_places, after if CODE.fullmatch(after) else "")
    return render_xml(request, template="patterns/sitemap.xml", read=read)


def list_parts() -> dict[str, Any]:
    """The addresses of the files; each but the first begins behind a code."""
    # Read along the index, which holds no dates: what changed in a part, only reading the part would tell.
    order: dict[str, Any] = {"order_by": IN_CODE_ORDER}
    numbered = Pattern.objects.published().annotate(
        number=Window(RowNumber(), **order), after=Window(Lag("code"), **order)
    )
    first = numbered.alias(place=F("number") % PART_SIZE).filter(place=1).order_by("number")
    address = reverse("patterns:sitemap_part")
    return {
        "parts": [f"{address}?after={after}" if after else address for after in first.values_list("after", flat=True)]
    }


def list_places(after: str) -> dict[str, Any]:
    ranges = Pattern.objects.published().behind(after)
    rows = chain.from_iterable(each.values_list("slug", "updated_at")[:PART_SIZE] for each in ranges)
    # The shape of an entry's address is asked for once, because 50,000 times would take seconds.
    head, _, tail = reverse("patterns:pattern", args=[STAND_IN]).partition(STAND_IN)
    entries = (SitemapPlace(f"{head}{slug}{tail}", at.isoformat()) for slug, at in islice(rows, PART_SIZE))
    return {"places": chain(() if after else first_places(), entries)}


def first_places() -> Iterator[SitemapPlace]:
    """Those that are not of one entry, and so stand in the first file."""
    yield from (SitemapPlace(page.address()) for page in PAGES if page.in_sitemap)
    yield from (SitemapPlace(reverse("patterns:pattern_lab", args=[one.pattern.slug])) for one in examined_entries())
    inside = Pattern.objects.published().filter(category=OuterRef("pk")).order_by("-updated_at")
    newest = Subquery(inside.values("updated_at")[:1])
    for shelf in Category.objects.shown().annotate(changed_at=newest)[:SHELF_LIMIT]:
        yield SitemapPlace(shelf.get_absolute_url(), shelf.changed_at.isoformat())


@public
@released
def robots(request: HttpRequest) -> HttpResponse:
    """What stays allowed stands last: some crawlers take the last line that fits an address, others the longest."""
    home, lists = reverse("patterns:home"), [page.address() for page in PAGES if page.crawl is Crawl.LIST]
    hidden = [
        f"{home}{page.path.replace('<slug:slug>', '*')}{'?' if page.crawl is Crawl.BARE else ''}"
        for page in PAGES
        if page.crawl in (Crawl.BARE, Crawl.NONE)
    ]
    hidden += [f"{path}?" for path in lists]
    context = {"site": settings.SITE_URL, "hidden": hidden, "followed": [f"{path}?after=" for path in lists]}
    return render(request, "patterns/robots.txt", context, content_type="text/plain; charset=utf-8")
