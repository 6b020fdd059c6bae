"""The record of changes: to be read, never edited."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from patterns.admin.base import BaseAdmin
from patterns.document.diff import changed_keys, key_diff
from patterns.document.text import shortened
from patterns.models import Change, Pattern, Revision
from patterns.store.history import document_before, document_of

REVISIONS_SHOWN = 200  # of one change on its page; an import may have thousands


NAMED = 3  # documents of a change, in a list of changes
EXCERPT = 120  # characters of a comment, in a list


FIRSTS = [f"document_{place}" for place in range(NAMED)]


def with_documents(changes: QuerySet[Change]) -> QuerySet[Change]:
    """Each with the number of its documents, and the revisions of the first of them."""
    same = Revision.objects.filter(change=OuterRef("pk")).order_by("id")
    count = same.order_by().values("change").annotate(count=Count("pk")).values("count")
    firsts = {name: Subquery(same.values("pk")[place : place + 1]) for place, name in enumerate(FIRSTS)}
    return changes.annotate(documents=Subquery(count), **firsts)


def documents_in_words(changes: Iterable[Any]) -> dict[int, str]:
    """By the number of a change (``with_documents``), the first of its documents with their names and how many more."""
    found = {one.pk: (one.documents or 0, [getattr(one, name) for name in FIRSTS]) for one in changes}
    named = with_entry_name(Revision.objects.defer("document"), column="identity")
    revisions = named.in_bulk([pk for _, pks in found.values() for pk in pks if pk])
    said = {}
    for number, (total, pks) in found.items():
        words = ", ".join(document_in_words(revisions[pk]) for pk in pks if pk)
        said[number] = f"{words}, and {total - NAMED:,} more" if total > NAMED else words
    return said


def with_entry_name(rows: QuerySet[Any], *, column: str = "code") -> QuerySet[Any]:
    """Each with ``entry_name``, the name that the entry whose code the column holds has now."""
    entries = Pattern.objects.filter(code=OuterRef(column)).order_by()
    return rows.annotate(entry_name=Subquery(entries.values("name")[:1]))


def entry_in_words(code: str, name: str | None) -> str:
    return f"{code} {name or '(deleted)'}"


def document_in_words(revision: Any) -> str:
    if revision.what != Revision.What.ENTRY:
        return f"{revision.what} {revision.identity}".strip()
    return entry_in_words(revision.identity, revision.entry_name)


def in_one_line(text: str, length: int = EXCERPT) -> str:
    return shortened(" ".join(text.split()), length)


class ReadOnlyAdmin(BaseAdmin):
    verbs: tuple[str, ...] = ("view",)
    actions = None


class NamedChanges(ChangeList):
    """With the documents of the changes that the page shows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = Change.objects.filter(pk__in=[change.pk for change in self.result_list])
        said = documents_in_words(with_documents(shown).only("pk").order_by())
        for change in self.result_list:
            change.documents_said = said.get(change.pk, "")


class ChangeAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "documents",
        "created_at",
        "by",
        "origin",
        "is_override",
        "why",
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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedChanges

    def documents(self, change: Any) -> str:
        return str(change.documents_said)

    @admin.display(description="comment", ordering="comment")
    def why(self, change: Change) -> str:
        return in_one_line(change.comment)

    def revision_count(self, change: Any) -> int:
        return int(change.revision_count)

    revision_count.short_description = "how many"  # type: ignore[attr-defined]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        change = self.get_object(request, object_id)
        shown = with_entry_name(change.revisions.all(), column="identity")[:REVISIONS_SHOWN] if change else []
        return super().change_view(request, object_id, form_url, {"revisions": shown})


class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "what", "identity", "name", "change", "author", "why"]
    list_filter = ["what"]
    list_select_related = ["change__author", "change__accepted_by"]
    search_fields = ["identity"]
    fields = ["change", "what", "identity", "fingerprint"]
    change_form_template = "admin/patterns/revision/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        return with_entry_name(super().get_queryset(request), column="identity")

    def name(self, revision: Any) -> str:
        return str(revision.entry_name or "(deleted)") if revision.what == Revision.What.ENTRY else ""

    @admin.display(description="comment")
    def why(self, revision: Revision) -> str:
        return in_one_line(revision.change.comment)

    def author(self, revision: Revision) -> str:
        return revision.change.signed_by()

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        revision = self.get_object(request, object_id)
        context = {}
        if revision:  # each key that it changed, with the words that came and went
            before, after = document_before(revision), document_of(revision)
            context = {"differences": [(key, key_diff(before, after, key)) for key in changed_keys(before, after)]}
        return super().change_view(request, object_id, form_url, context)
