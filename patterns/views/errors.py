"""Answers that show no entry: it moved for good, it is gone, the address leads nowhere, or the database is busy."""

import logging
import re
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import defaults

from patterns.models import Catalog, Category, Pattern
from patterns.store.category_addresses import present_slugs
from patterns.store.public_history import departure_of
from patterns.store.trouble import Trouble, trouble_of
from patterns.views.form_text import TOKEN, typed_pairs
from patterns.views.guesses import guesses_for
from patterns.views.pages import normal_query

logger = logging.getLogger(__name__)

QUERY_LENGTH = 4_000  # of what a redirect takes along; Django sends nobody to an address that is much longer
LINE_LENGTH = 5  # of successors that readers are sent along; entries may name each other in a circle


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Of a host that is not ours the page says what its operator has to set; of all else Django's says nothing."""
    if not isinstance(exception, DisallowedHost):
        return defaults.bad_request(request, exception)
    sentence = (
        "This site is not known by the host at which it was asked. If you run it: set SITE_URL to its address, or name "
        "the host in ALLOWED_HOSTS, and let the proxy pass Host as it came.\n"
    )
    return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")


def no_static_file(request: HttpRequest, path: str) -> HttpResponse:
    """For what the middleware has no file of. It asks no table: no share of the threads is kept for such addresses."""
    return HttpResponse("There is no such file.\n", status=404, content_type="text/plain; charset=utf-8")


def moved_or_gone(request: HttpRequest, slug: str, *, view: str) -> HttpResponse:
    """The answer for a slug that no published entry has; drafts and unknown slugs look the same.

    ``view`` is the name of the address, which takes the slug.
    """
    retired = retired_at(slug)
    if retired is not None:
        about = {"departure": departure_of(retired), "successor": successor_of(retired)}
        return render(request, "410.html", {"catalog": Catalog.objects.get(), **about}, status=410)
    return permanent_redirect(request, reverse(view, args=[present_slug(slug)]))


def category_moved(request: HttpRequest, slug: str, *, view: str) -> HttpResponse:
    """The answer for a slug at which readers see no category; raises Http404 unless one that they see had it."""
    present = present_slugs([slug]).get(slug)
    if present is None or not Category.objects.shown().filter(slug=present).exists():
        raise Http404
    return permanent_redirect(request, reverse(view, args=[present]))


def permanent_redirect(request: HttpRequest, address: str) -> HttpResponse:
    """To the present address of what was asked for, with as much of the query as both addresses take.

    Browsers keep such an answer for ever unless told to ask again, and go in circles once a slug is taken back.
    """
    # What the page that was asked for does not take, its kept answers must not differ in.
    taken = normal_query(request.path_info, request.META.get("QUERY_STRING", ""))
    query = normal_query(urlsplit(address).path.removeprefix(settings.SITE_PATH), taken)
    whole = f"{address}?{query}" if query and len(query) <= QUERY_LENGTH else address
    return HttpResponsePermanentRedirect(whole, headers={"Cache-Control": "no-cache"})


def retired_at(slug: str) -> Pattern | None:
    """The retired entry that readers knew at a slug."""
    return Pattern.objects.once_published().filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()


def present_slug(slug: str) -> str:
    """Where the published entry is that had this slug, or that alone has it for a code or a short word.

    To be asked for a slug that no published entry has, unless in small letters. Raises Http404 if there is none.
    """
    public, small = Pattern.objects.published().order_by(), slug.lower()  # all slugs are in small letters
    # One after the other: with one condition over both tables PostgreSQL would read all entries.
    if small != slug and public.filter(slug=small).exists():
        return small
    if former := public.filter(former_slugs__slug=small).first():
        return former.slug
    having = (public.filter(code=slug), public.filter(short_slugs__slug=small)[:2])
    meant = {found for each in having for found in each.values_list("slug", flat=True)}
    if len(meant) != 1:
        raise Http404
    return meant.pop()


def slug_of_code(code: str) -> str | None:
    return Pattern.objects.published().filter(code=code).values_list("slug", flat=True).first()


def successor_of(retired: Pattern) -> Pattern | None:
    """The published entry at the end of the line of successors; retired ones on the way are passed over."""
    # A draft ends the line: readers know neither it nor whom it names.
    known = Pattern.objects.published() | Pattern.objects.once_published()
    for _ in range(LINE_LENGTH):
        following = known.filter(code=retired.replaced_by).first()
        if following is None or following.status == Pattern.Status.PUBLISHED:
            return following
        retired = following
    return None


DOTTED = re.compile(r"/patterns/(?=[^/]*\.)([0-9A-Za-z.-]{1,16})/?")  # a code that no address with a slug can hold


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that leads on: to what has an address like the one that was asked for."""
    if (match := DOTTED.fullmatch(request.path_info)) and (slug := slug_of_code(match[1])):
        return permanent_redirect(request, reverse("patterns:pattern", args=[slug]))
    context = {"catalog": Catalog.objects.get(), "near": guesses_for(request.path_info)}
    return render(request, "404.html", context, status=404)


# What went wrong on our side.


def failed(request: HttpRequest) -> HttpResponse:
    """Where the database is to blame, a page that says so and gives back what was typed; else that we failed."""
    trouble = trouble_of(sys.exc_info()[1])
    if trouble is None:
        return defaults.server_error(request)
    logger.error(trouble.words, extra={"request": request})
    return unanswered(request, trouble)


def unanswered(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    context = {
        "trouble": trouble.kind,
        "is_sent": request.method == "POST",
        "address": request.get_full_path(),
        "pairs": typed_pairs(request.POST),
        # Readers are given no cookie, and their forms have no token.
        "csrf_token": get_token(request) if TOKEN in request.POST else "",
    }
    # Without the request: what Django adds to a page of it, the user above all, asks the database.
    page = HttpResponse(
        render_to_string("503.html", context), status=503, headers={"Retry-After": str(trouble.retry_s)}
    )
    add_never_cache_headers(page)
    return page


# Whose requests come too often, as ``archsite.limits`` counts them.


def too_often_page(request: HttpRequest, wait_s: int) -> HttpResponse:
    """Asks the database nothing: it is the database that is spared."""
    context = {
        "is_sent": request.method == "POST",
        "address": request.get_full_path(),
        "pairs": typed_pairs(request.POST),
        "wait": wait_in_words(wait_s),
    }
    page = HttpResponse(render_to_string("429.html", context), status=429, headers={"Retry-After": str(wait_s)})
    add_never_cache_headers(page)
    return page


def wait_in_words(wait_s: int) -> str:
    return f"in {wait_s} seconds" if wait_s > 1 else "in a second"
