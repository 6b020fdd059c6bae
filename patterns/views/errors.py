import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.db.models import Case, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patterns.document.text import SLUG_LENGTH, slug_of
from patterns.models import Catalog, Pattern

# What a mistyped address may have meant.


NEAR_COUNT = 3
CANDIDATE_COUNT = 400  # looked at; those that share a beginning or a word come first
CLOSE_ENOUGH = 0.6
NEXT_TO_BEST = 0.85  # slugs that only share a common word such as "pattern" stay below this part of a good match
ADDRESS = re.compile(r"/(?!(?:admin|api|static)/)(?:[a-z]+/)?([^/.]{2,100})(?:\.[a-z]{2,5})?/?(?:[a-z]+/?)?")


def asked_slug(path: str) -> str:
    """The slug that an address seems to ask for; nothing if it does not look like one of ours."""
    found = ADDRESS.fullmatch(path)
    return slug_of(found.group(1)) if found else ""


def near_patterns(slug: str) -> list[Pattern]:
    """Published entries with a similar slug, the most similar first."""
    if not slug:
        return []
    ranked = sorted(((-likeness(slug, one.slug), place, one) for place, one in enumerate(candidates(slug))))
    least = max([CLOSE_ENOUGH, *(-score * NEXT_TO_BEST for score, _, _ in ranked[:1])])
    return [one for score, _, one in ranked if -score >= least][:NEAR_COUNT]


def candidates(slug: str) -> Iterator[Pattern]:
    alike = Q(slug__startswith=slug[:3])
    for word in slug.split("-")[:5]:
        alike |= Q(slug__contains=word)
    public = Pattern.objects.published().only("code", "slug", "name")
    likely_first = Case(When(alike, then=Value(0)), default=Value(1))
    yield from public.order_by(likely_first, "slug")[:CANDIDATE_COUNT]


def likeness(asked: str, slug: str) -> float:
    """From 0 to 1; whole words of the other count as very alike."""
    if set(asked.split("-")) <= set(slug.split("-")):
        return 0.9 + 0.1 * len(asked) / (len(slug) + SLUG_LENGTH)
    matcher = SequenceMatcher(None, slug, asked)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < CLOSE_ENOUGH:
        return 0.0
    return matcher.ratio()


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that leads on: to entries whose addresses are like the one that was asked for."""
    context = {"catalog": Catalog.objects.get(), "near": near_patterns(asked_slug(request.path))}
    return render(request, "404.html", context, status=404)
