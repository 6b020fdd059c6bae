"""The history of a document: its versions, what differs between any two, who wrote what, and the way back."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from patterns.admin.base import READING, BaseAdmin, admin_page, find_row, identity_of, identity_of_row, name_of, what_of
from patterns.admin.findings import label
from patterns.admin.reasons import DocumentCommentForm, authorship, offer_reason, signed_in
from patterns.document.blame import LOOKED_AT, BlamePiece, blamed
from patterns.document.diff import Piece, changed_keys, key_diff
from patterns.document.problems import InvalidCatalog
from patterns.document.register import Table
from patterns.models import Change, Revision
from patterns.store.edits import StaleEdit
from patterns.store.history import Version, deleted_entries, document_of, states, version_of, versions
from patterns.store.reading import consistent_read
from patterns.store.writing import fingerprint_of
from patterns.views.history import change_number
from patterns.workflow.restores import restore, restored
from patterns.workflow.rules import Operation, answer
from patterns.workflow.saves import present_document
from patterns.workflow.standing import actor_of

PAGE_SIZE = 50


def key_differences(before: Table | None, after: Table | None) -> list[tuple[str, list[Piece]]]:
    return [(label(key), key_diff(before, after, key)) for key in changed_keys(before, after)]


# The way back: a page that shows what a restore would change, and asks why.


def may_restore(model_admin: BaseAdmin, request: HttpRequest, row: Any = None) -> bool:
    is_allowed = answer(Operation.RESTORE, actor_of(signed_in(request))) != "no"
    return is_allowed and model_admin.has_change_permission(request, row)


def restore_page(model_admin: BaseAdmin, request: HttpRequest, revision: int) -> HttpResponse:
    what = what_of(model_admin.model)
    signed = Revision.objects.select_related("change__author", "change__accepted_by")
    kept = signed.filter(pk=revision, what=what).first()
    then = restored(kept) if kept and kept.document is not None else None
    identity = identity_of(then) if then else ""
    row = find_row(model_admin.model, identity) if then else None  # none of a deleted draft, which may return
    if not may_restore(model_admin, request, row):
        raise PermissionDenied
    if kept is None or then is None:
        raise Http404("no version with this number can be restored")
    form = DocumentCommentForm(request.POST) if request.method == "POST" else DocumentCommentForm()
    offer_reason(form, request)
    if form.is_valid():
        by = authorship(request, **form.why(), origin=Change.Origin.RESTORE)
        try:
            change = restore(kept, opened=form.cleaned_data["opened"], by=by)
        except StaleEdit:
            form.add_error(None, "Not restored: it changed since you looked. This is what the restore would do now.")
        except InvalidCatalog as refusal:
            for problem in refusal.problems:
                form.add_error(None, f"Not restored: {problem}.")
        else:
            row = find_row(model_admin.model, identity)
            done = f"Change {change.number} brought back change {kept.change_id}." if change else "Nothing differed."
            model_admin.log_change(request, row, done)
            messages.success(request, done)
            return HttpResponseRedirect(reverse(f"admin:patterns_{model_admin.opts.model_name}_history", args=[row.pk]))
    now, then = present_document(what, identity), restored(kept)
    form.open_again(fingerprint_of(now))
    return admin_page(
        request,
        model_admin,
        "admin/patterns/restore.html",
        title=f"Restore {name_of(then)} as of change {kept.change_id}",
        here="Restore",
        row=row,
        revision=kept,
        form=form,
        is_there=now is not None,
        differences=key_differences(now, then),
    )


# The versions, newest first, and the two that are compared.


@dataclass(frozen=True)
class VersionRow:
    """A version in the table; ``is_from`` and ``is_to`` say whether it is one of the two that are compared."""

    version: Version
    labels: str
    is_from: bool
    is_to: bool
    is_present: bool


@dataclass(frozen=True)
class VersionPair:
    old: Version
    new: Version
    differences: list[tuple[str, list[Piece]]]


def history_page(model_admin: BaseAdmin, request: HttpRequest, row: Any) -> HttpResponse:
    if request.method not in READING:
        return HttpResponseNotAllowed(READING)
    what, identity = what_of(model_admin.model), identity_of_row(row)
    before = change_number(request.GET.get("before", ""))
    found = versions(what, identity, limit=PAGE_SIZE + 1, before=before)  # one more tells whether there is a next page
    numbers = {side: change_number(request.GET.get(side, "")) for side in ("from", "to")}
    chosen = {side: version_of(what, identity, number) if number else None for side, number in numbers.items()}
    pair = None
    if chosen["from"] and chosen["to"]:  # from the older to the newer, whichever was chosen as what
        old, new = sorted((chosen["from"], chosen["to"]), key=lambda version: version.number)
        pair = VersionPair(old, new, key_differences(document_of(old.revision), document_of(new.revision)))
    return admin_page(
        request,
        model_admin,
        "admin/patterns/history.html",
        title=f"History: {row}",
        here="History",
        row=row,
        rows=version_rows(found[:PAGE_SIZE], chosen, is_first_page=before is None),
        next=found[PAGE_SIZE - 1].number if len(found) > PAGE_SIZE else None,
        before=before,
        comparison=pair,
        is_asked=any(side in request.GET for side in chosen),
        may_restore=may_restore(model_admin, request, row),
    )


def version_rows(found: list[Version], chosen: dict[str, Version | None], *, is_first_page: bool) -> list[VersionRow]:
    """The versions of the page and, so that they stay chosen, those that were chosen on another."""
    listed = {one.number: one for one in (*found, *filter(None, chosen.values()))}
    present = found[0].number if found and is_first_page else None
    marks = {side: one.number if one else None for side, one in chosen.items()}
    return [
        VersionRow(
            version=listed[number],
            labels=", ".join(map(label, listed[number].keys)),
            is_from=number == marks["from"],
            is_to=number == marks["to"],
            is_present=number == present,
        )
        for number in sorted(listed, reverse=True)
    ]


# Pages of an entry's past that entries alone have: who wrote what of it, and the drafts that were deleted.


@dataclass(frozen=True)
class WrittenLine:
    text: str
    number: int
    change: Change | None
    is_older: bool


@dataclass(frozen=True)
class WrittenPart:
    key: str
    label: str
    lines: list[WrittenLine]


def authors_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    row = model_admin.get_object(request, unquote(object_id))
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    if row is None:
        raise Http404("there is no such entry")
    at = change_number(request.GET.get("at", ""))
    with consistent_read():
        parts = written_parts(blamed(states(what_of(model_admin.model), identity_of_row(row), up_to=at)))
    title = "Who wrote this"
    return admin_page(
        *(request, model_admin, "admin/patterns/written.html"),
        title=f"{title}: {row}",
        here=title,
        row=row,
        parts=parts,
        at=at,
        looked_at=LOOKED_AT,
    )


def written_parts(pieces: dict[str, list[BlamePiece]]) -> list[WrittenPart]:
    """What is written under each key that holds anything, with the changes that brought it."""
    numbers = {piece.number for found in pieces.values() for piece in found}
    changes = Change.objects.select_related("author", "accepted_by").in_bulk(numbers)

    def line(one: BlamePiece) -> WrittenLine:
        return WrittenLine(one.text.strip(), one.number, changes.get(one.number), one.is_older)

    return [WrittenPart(key, label(key), [*map(line, found)]) for key, found in pieces.items() if found]


def deleted_page(model_admin: BaseAdmin, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    before = change_number(request.GET.get("before", ""))
    found = deleted_entries(limit=PAGE_SIZE + 1, before=before)
    return admin_page(
        request,
        model_admin,
        "admin/patterns/deleted.html",
        title="Deleted drafts",
        deleted=found[:PAGE_SIZE],
        next=found[PAGE_SIZE - 1].deletion.pk if len(found) > PAGE_SIZE else None,
        may_restore=may_restore(model_admin, request),
    )
