"""An entry as readers would see it, before they do: what is saved, or what stands in the form."""

from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from patterns.admin.base import admin_page
from patterns.admin.identity import unsaved_row
from patterns.admin.rights import EntryRights, entry_of
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog
from patterns.models import Catalog, Pattern
from patterns.store.reading import consistent_read
from patterns.views.pattern import Presented, sections
from patterns.views.related import neighbours, others

SHELF_COUNT = 3


class Unfit(Exception):
    """The form that was sent cannot be shown as a page; ``reasons`` says why, in sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class PreviewViews(EntryRights):
    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view(self.preview_view), "patterns_pattern_preview"
        own = [path("preview/", view, name=f"{name}_new"), path("<path:object_id>/preview/", view, name=name)]
        return [*own, *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str = "") -> HttpResponse:
        allowed = ["GET", "HEAD", "POST"] if object_id else ["POST"]
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if not self.may_preview(request, row):
            raise PermissionDenied
        if object_id and row is None:
            raise Http404("there is no such entry")
        with consistent_read():
            response = self.previewed(request, row)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def may_preview(self, request: HttpRequest, row: Pattern | None) -> bool:
        """Whose form cannot be edited has nothing to send."""
        if request.method != "POST":
            return self.has_view_permission(request, row)
        return self.has_change_permission(request, row) if row else self.has_add_permission(request)

    def previewed(self, request: HttpRequest, row: Pattern | None) -> HttpResponse:
        try:
            entry = self.sent_entry(request, row) if request.method == "POST" else entry_of(row) if row else None
        except Unfit as unfit:
            template = "admin/patterns/pattern/preview_refused.html"
            return admin_page(request, self, template, title="No preview yet", problems=unfit.reasons).render()
        if entry is None:
            raise Http404("there is no such entry")
        context = {**page_of(entry), "is_saved": request.method != "POST"}
        return render(request, "admin/patterns/pattern/preview.html", context)

    def sent_entry(self, request: HttpRequest, row: Pattern | None) -> Entry:
        """Raises Unfit."""
        is_there = row is not None
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        form = self.get_form(request, row, change=is_there, fields=fields)(request.POST, instance=row)
        formsets, _ = self._create_formsets(request, form.instance, change=is_there)  # type: ignore[attr-defined]
        if not all([form.is_valid(), all_valid(formsets)]):
            raise Unfit([*reasons(form), *(one for formset in formsets for one in row_reasons(formset))])
        try:
            return self.document(form, formsets)  # type: ignore[return-value]
        except InvalidCatalog as refusal:
            raise Unfit([*map(str, refusal.problems)]) from refusal


def reasons(form: Any, about: str = "") -> list[str]:
    found = []
    for name, errors in form.errors.items():
        label = form.fields[name].label or name if name in form.fields else ""
        found += [f"{about}{label}: {error}" if label else f"{about}{error}" for error in errors]
    return found


def row_reasons(formset: Any) -> list[str]:
    title = str(formset.model._meta.verbose_name_plural).capitalize()
    found = [f"{title}: {error}" for error in formset.non_form_errors()]
    for number, form in enumerate(formset.forms, 1):
        found += reasons(form, f"{title}, row {number}: ")
    return found


def page_of(entry: Entry) -> dict[str, Any]:
    """The context of an entry's public page, for an entry that need not be there."""
    row = unsaved_row(entry)
    assert isinstance(row, Pattern)
    near = neighbours(entry.code)
    around = {"previous": near.previous, "next": near.next}
    shown = Presented(row, entry, timezone.now(), sections(entry, others(entry)), **around)
    shelf = Pattern.objects.published().in_category(row.category).exclude(code=entry.code).in_code_order()
    return {"catalog": Catalog.objects.get(), "pattern": row, "entry": shown, "shelf": shelf.for_cards()[:SHELF_COUNT]}
