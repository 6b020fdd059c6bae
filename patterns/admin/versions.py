"""The history of a document: its versions, what differs between any two, and the way back to each."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from patterns.admin.base import CommentField, CommentForm, DocumentAdmin, admin_page, authorship, signed_in
from patterns.admin.conflicts import document_now
from patterns.admin.decision import flat
from patterns.admin.findings import label
from patterns.admin.identity import identity_of_row, name_of, row_of, what_of
from patterns.document.blame import BlamePiece, blamed
from patterns.document.diff import Piece, changed_keys, key_diff
from patterns.document.problems import InvalidCatalog
from patterns.document.register import Table
from patterns.models import Change, Revision
from patterns.store.edits import StaleEdit
from patterns.store.history import Version, deleted_entries, document_of, states, version_of, versions
from patterns.store.reading import consistent_read
from patterns.store.writing import fingerprint_of
from patterns.views.history import change_number
from patterns.workflow.restoring import restore, restored
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Operation, answer

# The way back: a page that shows what a restore would change, and asks why.


READING = ("GET", "HEAD")


class RestoreForm(CommentForm):
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    comment = CommentField(label="Why")


class RestoreViews(DocumentAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.restore_view)
        name = f"patterns_{self.opts.model_name}_restore"
        return [path("restore/<int:revision>/", view, name=name), *super().get_urls()]

    def may_restore(self, request: HttpRequest, row: Any = None) -> bool:
        is_allowed = answer(Operation.RESTORE, actor_of(signed_in(request))) != "no"
        return is_allowed and self.has_change_permission(request, row)

    def restore_view(self, request: HttpRequest, revision: int) -> HttpResponse:
        if request.method not in (*READING, "POST"):
            return HttpResponseNotAllowed([*READING, "POST"])
        kept = Revision.objects.select_related("change__author").filter(pk=revision, what=what_of(self.model)).first()
        row = row_of(self.model, kept.identity) if kept else None
        if not self.may_restore(request, row):
            raise PermissionDenied
        if kept is None or kept.document is None:
            raise Http404("no version with this number can be restored")
        return self.post_restore(request, kept) if request.method == "POST" else self.restore_page(request, kept)

    def post_restore(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        form = RestoreForm(request.POST)
        if not form.is_valid():
            return self.restore_page(request, revision, form)
        by = authorship(request, comment=form.cleaned_data["comment"], origin=Change.Origin.RESTORE)
        try:
            change = restore(revision, opened=form.cleaned_data["opened"], by=by)
        except StaleEdit:
            form.add_error(None, "Not restored: it changed since you looked. This is what the restore would do now.")
        except InvalidCatalog as refusal:
            for problem in refusal.problems:
                form.add_error(None, f"Not restored: {problem}.")
        else:
            return self.restored(request, revision, change)
        return self.restore_page(request, revision, form)

    def restored(self, request: HttpRequest, revision: Revision, change: Change | None) -> HttpResponse:
        row = row_of(self.model, revision.identity)
        done = f"Change {change.number} brought back change {revision.change_id}." if change else "Nothing differed."
        self.log_change(request, row, done)
        messages.success(request, done)
        return HttpResponseRedirect(reverse(f"admin:patterns_{self.opts.model_name}_history", args=[row.pk]))

    def restore_page(self, request: HttpRequest, revision: Revision, form: RestoreForm | None = None) -> HttpResponse:
        now, then = document_now(what_of(self.model), revision.identity), restored(revision)
        if form is not None:
            form.data = {**flat(form.data), "opened": fingerprint_of(now)}
        context = {
            "title": f"Restore {name_of(then)} as of change {revision.change_id}",
            "here": "Restore",
            "row": row_of(self.model, revision.identity),
            "revision": revision,
            "form": form or RestoreForm(initial={"opened": fingerprint_of(now)}),
            "is_there": now is not None,
            "differences": differences(now, then),
        }
        return self.version_page(request, "admin/patterns/restore.html", context)

    def version_page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return admin_page(request, self, template, **context)


def differences(before: Table | None, after: Table | None) -> list[tuple[str, list[Piece]]]:
    return [(label(key), key_diff(before, after, key)) for key in changed_keys(before, after)]


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


# Pages of an entry's past that entries alone have: who wrote what of it, and the drafts that were deleted.


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


def parts_of(pieces: dict[str, list[BlamePiece]]) -> list[Part]:
    """What is written under each key that holds anything, with the changes that brought it."""
    numbers = {piece.number for found in pieces.values() for piece in found}
    changes = Change.objects.select_related("author").in_bulk(numbers)
    return [
        Part(key, label(key), [Line(one.text.strip(), one.number, changes.get(one.number)) for one in found])
        for key, found in pieces.items()
        if found
    ]
