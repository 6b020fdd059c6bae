"""Pages of an entry's past that entries alone have: who wrote what of it, and the drafts that were deleted."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path

from patterns.admin.checked import label
from patterns.admin.history import PAGE_SIZE, HistoryViews
from patterns.admin.kept import identity_of_row, what_of
from patterns.admin.restoring import READING
from patterns.document.blame import Piece, blamed
from patterns.models import Change
from patterns.store.history import deleted_entries, states
from patterns.store.reading import consistent_read
from patterns.views.history import change_number


@dataclass(frozen=True)
class Line:
    text: str
    number: int
    change: Change | None


@dataclass(frozen=True)
class Part:
    key: str
    label: str
    lines: list[Line]


class WrittenViews(HistoryViews):
    def get_urls(self) -> list[URLPattern]:
        written, deleted = (self.admin_site.admin_view(view) for view in (self.written_view, self.deleted_view))
        own = [
            path("deleted/", deleted, name="patterns_pattern_deleted"),
            path("<path:object_id>/written/", written, name="patterns_pattern_written"),
        ]
        return [*own, *super().get_urls()]

    def written_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404("there is no such entry")
        with consistent_read():
            parts = parts_of(blamed(states(what_of(self.model), identity_of_row(row))))
        context = {"title": f"Who wrote this: {row}", "here": "Who wrote this", "row": row, "parts": parts}
        return self.version_page(request, "admin/patterns/written.html", context)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        before = change_number(request.GET.get("before", ""))
        found = deleted_entries(limit=PAGE_SIZE + 1, before=before)
        context: dict[str, Any] = {
            "title": "Deleted drafts",
            "deleted": found[:PAGE_SIZE],
            "next": found[PAGE_SIZE - 1].deletion.pk if len(found) > PAGE_SIZE else None,
            "may_restore": self.may_restore(request),
        }
        return self.version_page(request, "admin/patterns/deleted.html", context)


def parts_of(pieces: dict[str, list[Piece]]) -> list[Part]:
    """What is written under each key that holds anything, with the changes that brought it."""
    numbers = {piece.number for found in pieces.values() for piece in found}
    changes = Change.objects.select_related("author").in_bulk(numbers)
    return [
        Part(key, label(key), [Line(one.text.strip(), one.number, changes.get(one.number)) for one in found])
        for key, found in pieces.items()
        if found
    ]
