"""Answers that show no entry: it moved for good, it is gone, the address was mistyped, or the database is busy."""

import logging
import re
import sys
from difflib import SequenceMatcher

from django.db import InterfaceError, OperationalError
from django.db.models import Case, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.defaults import server_error

from patterns.document.text import SLUG_LENGTH, slug_of
from patterns.models import Catalog, Pattern
from patterns.views.form_text import TOKEN, typed_pairs

logger = logging.getLogger(__name__)

LINE_LENGTH = 5  # of successors that readers are sent along; entries may name each other in a circle


def no_static_file(request: HttpRequest, path: str) -> HttpResponse:
    """For what the middleware has no file of. It asks no table: no share of the threads is kept for such addresses."""
    return HttpResponse("There is no such file.\n", status=404, content_type="text/plain; charset=utf-8")


def moved_or_gone(request: HttpRequest, slug: str, *, view: str) -> HttpResponse:
    """The answer for a slug that no published entry has; drafts and unknown slugs look the same.

    ``view`` is the name of the address, which takes the slug.
    """
    retired = retired_at(slug)
    if retired is not None:
        context = {"catalog": Catalog.objects.get(), "successor": successor_of(retired)}
        return render(request, "410.html", context, status=410)
    return permanent_redirect(reverse(view, args=[present_slug(slug)]))


def permanent_redirect(address: str) -> HttpResponse:
    """Browsers keep such an answer for ever unless told to ask again, and go in circles once a slug is taken back."""
    return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "no-cache"})


def retired_at(slug: str) -> Pattern | None:
    """The retired entry that readers knew at a slug."""
    return Pattern.objects.once_published().filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()


def present_slug(slug: str) -> str:
    """Where the published entry is that had this slug; raises Http404 if there is none."""
    pattern = Pattern.objects.published().filter(former_slugs__slug=slug).first()
    if pattern is None:
        raise Http404
    return pattern.slug


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


# What a mistyped address may have meant.


NEAR_COUNT = 3
CANDIDATE_COUNT = 400  # looked at; those that share a beginning or a word come first
CLOSE_ENOUGH = 0.6
NEXT_TO_BEST = 0.85  # slugs that only share a common word such as "pattern" stay below this part of a good match
ADDRESS = re.compile(r"/(?!(?:admin|api|static)/)(?:[a-z]+/)?([^/.]{2,100})(?:\.[a-z]{2,5})?/?(?:[a-z]+/?)?")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that leads on: to entries whose addresses are like the one that was asked for."""
    catalog, address = Catalog.objects.get(), ADDRESS.fullmatch(request.path)
    near = near_patterns(slug_of(address.group(1))) if address else []
    return render(request, "404.html", {"catalog": catalog, "near": near}, status=404)


def near_patterns(slug: str) -> list[Pattern]:
    """Published entries with a similar slug, the most similar first."""
    if not slug:
        return []
    alike = Q(slug__startswith=slug[:3])
    for word in slug.split("-")[:5]:
        alike |= Q(slug__contains=word)
    likely_first = Case(When(alike, then=Value(0)), default=Value(1))
    public = Pattern.objects.published().only("code", "slug", "name").order_by(likely_first, "slug")
    ranked = sorted((-likeness(slug, one.slug), place, one) for place, one in enumerate(public[:CANDIDATE_COUNT]))
    # A good match makes the others look poor, so that they are not shown beside it.
    least = max([CLOSE_ENOUGH, *(-score * NEXT_TO_BEST for score, _, _ in ranked[:1])])
    return [one for score, _, one in ranked if -score >= least][:NEAR_COUNT]


def likeness(typed: str, slug: str) -> float:
    """From 0 to 1; whole words of the other count as very alike."""
    if set(typed.split("-")) <= set(slug.split("-")):
        return 0.9 + 0.1 * len(typed) / (len(slug) + SLUG_LENGTH)
    matcher = SequenceMatcher(None, slug, typed)
    # Both are upper bounds that cost little; the ratio itself is slow for hundreds of candidates.
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < CLOSE_ENOUGH:
        return 0.0
    return matcher.ratio()


# What went wrong on our side.


# Locked for longer than anybody should wait, restarted, out of space: asking again may help, and nothing was written.
NO_ANSWER = (OperationalError, InterfaceError)
ASK_AGAIN_S = 5


def failed(request: HttpRequest) -> HttpResponse:
    """Where the database does not answer, a page that says so and gives back what was typed; else that we failed."""
    error = sys.exc_info()[1]
    if not isinstance(error, NO_ANSWER):
        return server_error(request)
    logger.error("The database does not answer: %s", error, extra={"request": request})
    return busy(request)


def busy(request: HttpRequest) -> HttpResponse:
    context = {
        "is_sent": request.method == "POST",
        "address": request.get_full_path(),
        "pairs": typed_pairs(request.POST),
        # Readers are given no cookie, and their forms have no token.
        "csrf_token": get_token(request) if TOKEN in request.POST else "",
    }
    # Without the request: what Django adds to a page of it, the user above all, asks the database.
    page = HttpResponse(render_to_string("503.html", context), status=503, headers={"Retry-After": str(ASK_AGAIN_S)})
    add_never_cache_headers(page)
    return page
