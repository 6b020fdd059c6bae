"""The way back: a page that shows what a restore would change, and asks why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from patterns.admin.checked import label
from patterns.admin.clash import document_now
from patterns.admin.documents import DocumentAdmin, authorship, signed_in
from patterns.admin.kept import name_of, row_of, what_of
from patterns.admin.three_way import flat
from patterns.document.diff import Piece, changed_keys, key_diff
from patterns.document.entry import Table
from patterns.document.problems import InvalidCatalog
from patterns.models import Change, Revision
from patterns.store.edits import StaleEdit
from patterns.store.writing import fingerprint_of
from patterns.workflow.restoring import restore, restored
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Operation, answer

READING = ("GET", "HEAD")


class RestoreForm(forms.Form):
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="Kept with the change, for other editors; never public.",
    )


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
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, {**shared, **context})


def differences(before: Table | None, after: Table | None) -> list[tuple[str, list[Piece]]]:
    return [(label(key), key_diff(before, after, key)) for key in changed_keys(before, after)]
