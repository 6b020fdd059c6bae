"""An entry as readers would see it, before they do: what is saved, or what stands in the form."""

from functools import partial
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin

from patterns.admin.base import READING, admin_page, unsaved_row
from patterns.admin.documents import DocumentAdmin
from patterns.admin.faults import faults_of
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog
from patterns.models import Catalog, Pattern
from patterns.store.reading import consistent_read, present
from patterns.views.lab.index import trial_of
from patterns.views.pattern import Presented, beside


def preview_page(model_admin: DocumentAdmin, request: HttpRequest, object_id: str = "") -> HttpResponse:
    """What was sent, or else what is saved; with ``?beside`` for a frame, which only pages of ours may have it in."""
    page = partial(preview_answer, model_admin=model_admin, object_id=object_id)
    if "beside" in request.GET:
        return cast(HttpResponse, csp_replace({"frame-ancestors": [SELF]})(xframe_options_sameorigin(page))(request))
    return page(request)


def preview_answer(request: HttpRequest, *, model_admin: DocumentAdmin, object_id: str) -> HttpResponse:
    is_beside = "beside" in request.GET
    row = model_admin.get_object(request, unquote(object_id)) if object_id else None
    if request.method in READING:
        is_allowed = model_admin.has_view_permission(request, row)
    else:  # whose form cannot be edited has nothing to send
        is_allowed = model_admin.has_change_permission(request, row) if row else model_admin.has_add_permission(request)
    if not is_allowed:
        raise PermissionDenied
    if object_id and row is None:
        raise Http404("there is no such entry")
    with consistent_read():
        if request.method == "POST":
            entry, problems = typed_entry(model_admin, request, row)
        else:
            entry, problems = present(row.code) if row else None, []
        if problems:
            template, title = "admin/patterns/pattern/preview_refused.html", "No preview yet"
            # In a frame there is no room for the head of the site, as in a popup.
            refused = admin_page(request, model_admin, template, title=title, problems=problems, is_popup=is_beside)
            response: HttpResponse = refused.render()
        elif entry is None:
            raise Http404("there is no such entry")
        else:
            context = {**public_context(entry), "is_saved": request.method != "POST", "is_beside": is_beside}
            response = render(request, "admin/patterns/pattern/preview.html", context)
    # It looks like a public page, which it is not.
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def typed_entry(model_admin: DocumentAdmin, request: HttpRequest, row: Any) -> tuple[Any, list[str]]:
    """The entry in the form that was sent, or None and why it cannot be shown as a page, in sentences."""
    edit = model_admin.edit_form(request, row)
    if not edit.is_valid():
        edit.show_refusal(InvalidCatalog(model_admin.other_problems(request, edit)))
    else:
        try:
            return model_admin.document(edit, model_admin.current(request, row) if row else None), []
        except InvalidCatalog as refusal:
            edit.show_refusal(refusal)
    return None, [*map(str, faults_of(edit.form, edit.formsets))]


def public_context(entry: Entry) -> dict[str, Any]:
    """The context of an entry's public page, for an entry that need not be there."""
    row = unsaved_row(entry)
    assert isinstance(row, Pattern)
    shown = Presented.of(row, entry, timezone.now(), trial=trial_of(entry))
    # What readers see beside it is what is published, whatever state this entry is in.
    shelf = beside(entry.code, row.category_id)
    return {"catalog": Catalog.objects.get(), "pattern": row, "entry": shown, "shelf": shelf}
