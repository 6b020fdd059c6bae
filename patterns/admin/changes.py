"""The record of changes: to be read, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from patterns.admin.base import BaseAdmin
from patterns.document.diff import changed_keys, key_diff
from patterns.models import Change, Revision
from patterns.store.history import document_before, document_of

REVISIONS_SHOWN = 200  # of one change on its page; an import may have thousands


class ReadOnlyAdmin(BaseAdmin):
    verbs: tuple[str, ...] = ("view",)
    actions = None


class ChangeAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "created_at",
        "by",
        "origin",
        "is_override",
        "comment",
        "public_reason",
        "revision_count",
    ]
    list_filter = ["origin", "is_override", "created_at"]
    list_select_related = ["author", "accepted_by"]
    search_fields = ["comment", "public_reason", "author__username", "revisions__identity"]
    fields = ["number", "created_at", "by", "origin", "is_override", "comment", "public_reason"]
    change_form_template = "admin/patterns/change/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        return super().get_queryset(request).annotate(revision_count=Count("revisions", distinct=True))

    @admin.display(ordering="author", empty_value="a command")
    def by(self, change: Change) -> str:
        return change.signed_by()

    def revision_count(self, change: Any) -> int:
        return int(change.revision_count)

    revision_count.short_description = "documents"  # type: ignore[attr-defined]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        change = self.get_object(request, object_id)
        shown = change.revisions.all()[:REVISIONS_SHOWN] if change else []
        return super().change_view(request, object_id, form_url, {"revisions": shown})


class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "what", "identity", "change", "author"]
    list_filter = ["what"]
    list_select_related = ["change__author", "change__accepted_by"]
    search_fields = ["identity"]
    fields = ["change", "what", "identity", "fingerprint"]
    change_form_template = "admin/patterns/revision/change_form.html"

    def author(self, revision: Revision) -> str:
        return revision.change.signed_by()

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        revision = self.get_object(request, object_id)
        context = {}
        if revision:  # each key that it changed, with the words that came and went
            before, after = document_before(revision), document_of(revision)
            context = {"differences": [(key, key_diff(before, after, key)) for key in changed_keys(before, after)]}
        return super().change_view(request, object_id, form_url, context)
