from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.views.compared import MOST, Choice, Compared, candidates, choice_of, linked, ties
from patterns.views.comparison import groups
from patterns.views.page import render_page
from patterns.views.public import public

DIFFERENCES = "differences"


@dataclass(frozen=True)
class Column:
    """An entry, and the address of the same comparison without it."""

    entry: Compared
    without: str


@public
def compare(request: HttpRequest) -> HttpResponse:
    choice = choice_of(request.GET.getlist("pattern"))
    only_differences = DIFFERENCES in request.GET
    path = address(choice.slugs, only_differences=only_differences)
    context: dict[str, Any] = {"choice": choice, "most": MOST, "candidates": candidates(choice.entries)}
    if len(choice.entries) < 2:
        return render_page(request, "patterns/compare_start.html", path=path, **context)
    context |= side_by_side(choice, only_differences=only_differences)
    return render_page(request, "patterns/compare.html", path=path, **context)


def side_by_side(choice: Choice, *, only_differences: bool) -> dict[str, Any]:
    """What the table shows, and the addresses of its variants."""
    between, public = ties(choice.entries), linked(choice.entries)
    return {
        "ties": between,
        "groups": groups(choice.entries, ties=between, public=public, only_differences=only_differences),
        "columns": columns(choice, only_differences=only_differences),
        "only_differences": only_differences,
        "other_view": address(choice.slugs, only_differences=not only_differences),
    }


def columns(choice: Choice, *, only_differences: bool) -> list[Column]:
    others = [[slug for slug in choice.slugs if slug != one] for one in choice.slugs]
    return [
        Column(entry, address(slugs, only_differences=only_differences))
        for entry, slugs in zip(choice.entries, others, strict=True)
    ]


def address(slugs: Sequence[str], *, only_differences: bool = False) -> str:
    """Where these entries are compared."""
    query = [("pattern", slug) for slug in slugs] + [(DIFFERENCES, "only")] * only_differences
    return reverse("patterns:compare") + ("?" + urlencode(query) if query else "")
