"""What readers could have seen of an entry, from its newest state back to its first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.models import Pattern
from patterns.store.public_history import PublicRevision, public_revisions
from patterns.views.elsewhere import elsewhere
from patterns.views.page import render_page
from patterns.views.prose import linked_codes
from patterns.views.public import public
from patterns.views.worded import Difference, differences

PAGE_SIZE = 20
NUMBER_LENGTH = 15  # of a change; beyond any catalogue, and within the databases' integers


@dataclass(frozen=True)
class Told:
    """A revision for readers; ``number`` is its anchor on the page."""

    number: int
    at: datetime
    pattern: Pattern
    is_first: bool
    differences: list[Difference]


@public
def show(request: HttpRequest, slug: str) -> HttpResponse:
    found = Pattern.objects.published().filter(slug=slug)
    pattern = found.select_related("category").first()
    if pattern is None:
        return elsewhere(request, slug, view="patterns:history")
    before = change_number(request.GET.get("before", ""))
    revisions = public_revisions(found, limit=PAGE_SIZE + 1, before=before)
    address = reverse("patterns:history", args=[slug])
    context = {
        "pattern": pattern,
        "revisions": told(revisions[:PAGE_SIZE]),
        "address": address,
        "before": before,
        "next": revisions[PAGE_SIZE - 1].number if len(revisions) > PAGE_SIZE else None,
    }
    path = f"{address}?before={before}" if before else address
    return render_page(request, "patterns/history.html", path=path, **context)


def change_number(text: str) -> int | None:
    """The number of a change in an address; what is none means the first page."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_LENGTH
    return int(text) or None if is_number else None


def told(revisions: Sequence[PublicRevision]) -> list[Told]:
    """Those in which readers could see a difference."""
    names = names_of(revisions)
    return [
        Told(one.number, one.at, one.pattern, one.before is None, differences(one.before, one.entry, names=names))
        for one in revisions
        if one.is_visible
    ]


def names_of(revisions: Sequence[PublicRevision]) -> dict[str, str]:
    """The present names of the entries that the revisions name; of those, only of public ones."""
    entries = [entry for one in revisions for entry in (one.entry, one.before) if entry is not None]
    codes = {relation.target for entry in entries for relation in entry.relations}
    codes |= {entry.replaced_by for entry in entries if entry.replaced_by}
    codes |= {code for entry in entries for code in linked_codes(entry)}
    if not codes:
        return {}
    return dict(Pattern.objects.published().filter(code__in=codes).order_by().values_list("code", "name"))
