"""Addresses that once showed an entry: moved for good, or gone."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from patterns.models import Catalog, Pattern

LINE_LENGTH = 5  # of successors that readers are sent along; entries may name each other in a circle


def elsewhere(request: HttpRequest, slug: str, *, view: str) -> HttpResponse:
    """The answer for a slug that no published entry has; drafts and unknown slugs look the same.

    ``view`` is the name of the address, which takes the slug.
    """
    retired = retired_at(slug)
    if retired is not None:
        return gone(request, retired)
    return moved(reverse(view, args=[present_slug(slug)]))


def moved(address: str) -> HttpResponse:
    """Browsers keep such an answer for ever unless told to ask again, and go in circles once a slug is taken back."""
    return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "no-cache"})


def retired_at(slug: str) -> Pattern | None:
    """The retired entry that readers knew at a slug."""
    return Pattern.objects.once_published().filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()


def present_slug(slug: str) -> str:
    """Where the published entry is that had this slug; raises Http404 if there is none."""
    moved = Pattern.objects.published().filter(former_slugs__slug=slug).first()
    if moved is None:
        raise Http404
    return moved.slug


def gone(request: HttpRequest, retired: Pattern) -> HttpResponse:
    context = {"catalog": Catalog.objects.get(), "successor": successor_of(retired)}
    return render(request, "410.html", context, status=410)


def successor_of(retired: Pattern) -> Pattern | None:
    """The published entry at the end of the line of successors; retired ones on the way are passed over."""
    known = Pattern.objects.published() | Pattern.objects.once_published()
    for _ in range(LINE_LENGTH):
        following = known.filter(code=retired.replaced_by).first()
        if following is None or following.status == Pattern.Status.PUBLISHED:
            return following
        retired = following
    return None
