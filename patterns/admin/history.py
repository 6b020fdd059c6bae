"""The history of a document: its versions, what differs between any two, and the way back to each."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from patterns.admin.checked import label
from patterns.admin.kept import identity_of_row, what_of
from patterns.admin.restoring import READING, RestoreViews, differences
from patterns.document.diff import Piece
from patterns.store.history import Version, document_of, version_of, versions
from patterns.views.history import change_number

PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """A version in the table; ``is_from`` and ``is_to`` say whether it is one of the two that are compared."""

    version: Version
    labels: str
    is_from: bool
    is_to: bool
    is_present: bool


@dataclass(frozen=True)
class Comparison:
    old: Version
    new: Version
    differences: list[tuple[str, list[Piece]]]


class HistoryViews(RestoreViews):
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_or_change_permission(request, row):
            return super().history_view(request, object_id, extra_context)  # refuses, or leads back to the list
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        what, identity = what_of(self.model), identity_of_row(row)
        before = change_number(request.GET.get("before", ""))
        found = versions(what, identity, limit=PAGE_SIZE + 1, before=before)
        chosen = {side: chosen_version(what, identity, request.GET.get(side, "")) for side in ("from", "to")}
        context = {
            "title": f"History: {row}",
            "here": "History",
            "row": row,
            "rows": table(found[:PAGE_SIZE], chosen, is_first_page=before is None),
            "next": found[PAGE_SIZE - 1].number if len(found) > PAGE_SIZE else None,
            "before": before,
            "comparison": comparison(*chosen.values()),
            "is_asked": any(side in request.GET for side in chosen),
            "may_restore": self.may_restore(request, row),
        }
        return self.version_page(request, "admin/patterns/history.html", context)


def chosen_version(what: str, identity: str, text: str) -> Version | None:
    number = change_number(text)
    return version_of(what, identity, number) if number else None


def table(found: list[Version], chosen: dict[str, Version | None], *, is_first_page: bool) -> list[Row]:
    """The versions of the page and, so that they stay chosen, those that were chosen on another."""
    listed = {one.number: one for one in (*found, *filter(None, chosen.values()))}
    present = found[0].number if found and is_first_page else None
    marks = {side: one.number if one else None for side, one in chosen.items()}
    return [
        Row(
            version=listed[number],
            labels=", ".join(map(label, listed[number].keys)),
            is_from=number == marks["from"],
            is_to=number == marks["to"],
            is_present=number == present,
        )
        for number in sorted(listed, reverse=True)
    ]


def comparison(one: Version | None, other: Version | None) -> Comparison | None:
    """From the older to the newer, whichever was chosen as what."""
    if one is None or other is None:
        return None
    old, new = sorted((one, other), key=lambda version: version.number)
    return Comparison(old, new, differences(document_of(old.revision), document_of(new.revision)))
