"""Export at the desk: what the list shows or what was chosen from it, with drafts or without."""

from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ExportActionMixin
from import_export.forms import ExportForm

from patterns.files.parsers import ADMIN_LIMITS
from patterns.models.pattern import PatternQuerySet
from patterns.resources import EXPORT_FORMATS, EntryResource

UNFINISHED = ("draft", "review")


class EntryExportForm(ExportForm):
    drafts = forms.ChoiceField(
        label="Drafts",
        required=False,
        choices=[("with", "with drafts and entries in review"), ("without", "without drafts and entries in review")],
    )


def refuse_too_large(data: str | bytes, *, count: int) -> None:
    """Raise ValueError, which the library shows, for a file that the import would not take back."""
    size = len(data.encode() if isinstance(data, str) else data)
    if size <= ADMIN_LIMITS.size and count <= ADMIN_LIMITS.entries:
        return
    raise ValueError(
        f"This file would have {size:,} bytes and {count:,} entries, and the import here takes {ADMIN_LIMITS.size:,} "
        f"and {ADMIN_LIMITS.entries:,}. Filter the list, by category for instance, and export each part: it can be "
        "imported by itself. The command export_toml writes all of it, and import_toml reads it."
    )


class ExportViews(ExportActionMixin):
    resource_classes = [EntryResource]
    export_formats = EXPORT_FORMATS
    export_form_class = EntryExportForm
    export_template_name = "admin/patterns/pattern/export.html"
    show_change_form_export = False

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            response: HttpResponse = super().export_action(request)
        except (IncorrectLookupParameters, OverflowError):  # a filter in the address that means nothing, as in the list
            return HttpResponseRedirect(f"{reverse('admin:patterns_pattern_changelist')}?e=1")
        return response

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: PatternQuerySet, **kwargs: Any
    ) -> str | bytes:
        form = kwargs.get("export_form")
        if form is not None and form.cleaned_data["drafts"] == "without":
            queryset = queryset.exclude(status__in=UNFINISHED)
        data: str | bytes = super().get_export_data(file_format, request, queryset, **kwargs)
        refuse_too_large(data, count=queryset.count())
        return data

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        return self.get_queryset(request).values_list("pk", flat=True)
