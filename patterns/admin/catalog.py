"""The catalogue's header: one row, changed but never added or deleted."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest

from patterns.admin.conflicts import ConflictViews
from patterns.admin.documents import DocumentForm, typed_over
from patterns.admin.fields import LinesField
from patterns.admin.history import HistoryViews
from patterns.document.entry import HEADER_KEYS, Header
from patterns.models import Catalog, Change
from patterns.store.edits import save_header
from patterns.store.reading import load_header
from patterns.store.writing import Authorship


class CatalogForm(DocumentForm):
    keywords = LinesField(required=False, help_text="What readers would search for, one on each line.")

    class Meta:
        model = Catalog
        fields = ("title", "description", "keywords")
        widgets = {"description": forms.Textarea(attrs={"rows": 5, "cols": 80})}


class CatalogAdmin(ConflictViews, HistoryViews):
    form = CatalogForm
    fields = ["title", "description", "keywords", "comment", "opened"]
    actions = None
    list_display = ["__str__", "version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def current(self, obj: Any) -> Header:
        return load_header()

    def document(self, form: Any, formsets: Sequence[Any]) -> Header:
        typed = {key: form.cleaned_data[key] for key in HEADER_KEYS}
        return typed_over(self.current(form.instance), Header, typed)

    def save_document(self, document: Header, form: Any, *, opened: str, by: Authorship) -> Change | None:
        return save_header(document, opened=opened, by=by)
