"""Another address for an entry that readers know: a page of its own, because links depend on it."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path

from patterns.admin.base import CommentField, CommentForm, admin_page, authorship, page_url, validated
from patterns.admin.rights import EntryRights
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog
from patterns.document.text import SLUG_LENGTH
from patterns.document.three_way import with_values
from patterns.models import Pattern
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read
from patterns.store.writing import fingerprint_of
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Operation, answer
from patterns.workflow.saving import Saved, present, save

ALLOWED = ["GET", "HEAD", "POST"]


class RenameForm(CommentForm):
    slug = forms.CharField(
        label="New address below /patterns/",
        max_length=SLUG_LENGTH,
        help_text="Small letters, digits and hyphens.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    comment = CommentField(label="Why")
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["slug", "comment"]


class RenameViews(EntryRights):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.rename_view)
        return [path("<path:object_id>/rename/", view, name="patterns_pattern_rename"), *super().get_urls()]

    def may_rename(self, request: HttpRequest, row: Pattern | None) -> bool:
        is_allowed = answer(Operation.RENAME, actor_of(request.user)) != "no"
        return is_allowed and self.has_change_permission(request, row)

    def rename_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method not in ALLOWED:
            return HttpResponseNotAllowed(ALLOWED)
        row = self.get_object(request, unquote(object_id))
        if not self.may_rename(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404("there is no such entry")
        return self.post_rename(request, row) if request.method == "POST" else self.rename_page(request, row)

    def post_rename(self, request: HttpRequest, row: Pattern) -> HttpResponse:
        form = RenameForm(request.POST)
        if not form.is_valid():
            return self.rename_page(request, row, form)
        try:
            saved = renamed(row.code, **form.cleaned_data, request=request)
        except StaleEdit:
            form.add_error(None, "Not renamed: somebody changed it since you looked. Look at it and press again.")
        except InvalidCatalog as refusal:
            form.add_error(None, f"Not renamed: {refusal.sentence}.")
        else:
            return self.renamed(request, row, saved)
        return self.rename_page(request, row, form)

    def renamed(self, request: HttpRequest, row: Pattern, saved: Saved) -> HttpResponse:
        done = f"Change {saved.change.number} gave it another address." if saved.change else "Nothing differed."
        self.log_change(request, row, done)
        messages.success(request, done)
        return HttpResponseRedirect(page_url(row.pk))

    def rename_page(self, request: HttpRequest, row: Pattern, form: RenameForm | None = None) -> HttpResponse:
        with consistent_read():
            now = present(row.code)
        opened = fingerprint_of(now)
        if form is not None:
            form.data = {**form.data.dict(), "opened": opened}  # type: ignore[attr-defined]
        return admin_page(
            request,
            self,
            "admin/patterns/pattern/rename.html",
            title=f"Another address for {row}",
            here="Another address",
            row=row,
            now=now,
            form=form or RenameForm(initial={"slug": row.slug, "opened": opened}),
        )


def renamed(code: str, *, slug: str, comment: str, opened: str, request: HttpRequest) -> Saved:
    """Raises NotAllowed, StaleEdit or InvalidCatalog."""
    now = present(code)
    if now is None:
        raise StaleEdit("entry", code, None)
    entry = validated(Entry, dict(with_values(now, {"slug": slug})), code=code)
    return save(entry, opened=opened or "unknown", by=authorship(request, comment=comment))
