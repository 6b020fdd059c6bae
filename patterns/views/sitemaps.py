"""What crawlers should know: where the pages are, when they changed, and what is not for them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from patterns.document.text import CODE
from patterns.models import Category, Pattern
from patterns.views.conditional import public, released
from patterns.views.lab.index import examined_entries
from patterns.views.pages import PAGES, Crawl, Page
from patterns.views.rendering import xml

LIMIT = 50_000  # of addresses in one file, by the protocol
SHELF_LIMIT = 4_900  # room for the categories in the first file
PART_SIZE = LIMIT - SHELF_LIMIT - 100
HIDDEN = {Crawl.BARE: "?", Crawl.NONE: ""}
STAND_IN = "0"  # a slug that no address of ours has otherwise


@dataclass(frozen=True)
class Place:
    """``changed_at`` is in ISO 8601; empty if the page follows from many things."""

    path: str
    changed_at: str = ""


@public
def sitemap(request: HttpRequest) -> HttpResponse:
    """All addresses, or a list of the parts if they are too many for one file."""
    if Pattern.objects.published().in_code_order()[PART_SIZE : PART_SIZE + 1].exists():
        return xml(request, template="patterns/sitemap_index.xml", read=parts)
    return part(request)


@public
def part(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    return xml(request, template="patterns/sitemap.xml", read=partial(places, after if CODE.fullmatch(after) else ""))


@public
@released
def robots(request: HttpRequest) -> HttpResponse:
    """What stays allowed stands last: some crawlers take the last line that fits an address, others the longest."""
    lists = [page.address() for page in PAGES if page.crawl is Crawl.LIST]
    hidden = [*(route_of(page) for page in PAGES if page.crawl in HIDDEN), *(f"{path}?" for path in lists)]
    context = {"site": settings.SITE_URL, "hidden": hidden, "followed": [f"{path}?after=" for path in lists]}
    return render(request, "patterns/robots.txt", context, content_type="text/plain; charset=utf-8")


def route_of(page: Page) -> str:
    """What crawlers keep away from, with a star for the slug of any entry."""
    route = page.path.replace("<slug:slug>", "*") + HIDDEN[page.crawl]
    return f"{reverse('patterns:home')}{route}"


def parts() -> dict[str, Any]:
    """The addresses of the files; each but the first begins behind a code."""
    rows = Pattern.objects.published().in_code_order().values_list("code", "updated_at").iterator()
    address, found, after = reverse("patterns:sitemap_part"), [], ""
    while chunk := [*islice(rows, PART_SIZE)]:
        found.append(Place(f"{address}?after={after}" if after else address, max(at for _, at in chunk).isoformat()))
        after = chunk[-1][0]
    return {"parts": found}


def places(after: str) -> dict[str, Any]:
    ranges = Pattern.objects.published().behind(after)
    rows = chain.from_iterable(each.values_list("slug", "updated_at")[:PART_SIZE] for each in ranges)
    return {"places": chain(() if after else first_places(), places_of(islice(rows, PART_SIZE)))}


def places_of(rows: Iterable[tuple[str, datetime]]) -> Iterator[Place]:
    """The pages of entries; the shape of their address is asked for once, because 50,000 times would take seconds."""
    head, _, tail = reverse("patterns:pattern", args=[STAND_IN]).partition(STAND_IN)
    return (Place(f"{head}{slug}{tail}", at.isoformat()) for slug, at in rows)


def first_places() -> Iterator[Place]:
    """Those that are not of one entry."""
    yield from (Place(page.address()) for page in PAGES if page.in_sitemap)
    yield from (Place(reverse("patterns:pattern_lab", args=[one.pattern.slug])) for one in examined_entries())
    newest = Max("patterns__updated_at", filter=Q(patterns__status=Pattern.Status.PUBLISHED))
    for shelf in Category.objects.shown().annotate(changed_at=newest)[:SHELF_LIMIT]:
        yield Place(shelf.get_absolute_url(), shelf.changed_at.isoformat())
