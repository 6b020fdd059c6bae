"""Nobody's edit is lost: a save that came too late becomes a page with what was typed, what is there now, and a choice.

The page posts to ``merge/`` below the model's address. What is decided there is saved over exactly what the page
showed; if that is old again, the page comes again with the decision in the place of what was typed.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from patterns.admin.clash import (
    Carried,
    Clash,
    as_new,
    checked_again,
    document_now,
    write,
)
from patterns.admin.conflict_pages import ConflictPages
from patterns.admin.documents import authorship
from patterns.admin.kept import row_of, unsaved_row, what_of
from patterns.admin.outcome import recorded, waits
from patterns.admin.three_way import Decision
from patterns.document.entry import Table
from patterns.document.problems import InvalidCatalog
from patterns.models import Revision
from patterns.store.edits import StaleEdit
from patterns.store.history import document_of
from patterns.workflow.saving import Saved

NOT_TYPED = ("csrfmiddlewaretoken", "opened")


class Overtaken(Exception):
    """A form came too late; ``now`` is None if the document was deleted meanwhile."""

    def __init__(self, clash: Clash, now: Table | None) -> None:
        super().__init__(clash.identity)
        self.clash, self.now = clash, now


class ConflictViews(ConflictPages):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("merge/", view, name=f"patterns_{self.opts.model_name}_merge"), *super().get_urls()]

    # from the form to the page

    def save_related(self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: bool) -> None:
        try:
            super().save_related(request, form, formsets, change)
        except StaleEdit as stale:
            raise Overtaken(self.clash_of(form, formsets), stale.current) from stale

    def post_changeform(self, request: HttpRequest, *args: Any) -> HttpResponse:
        if self.is_gone(request, *args):
            return self.deleted_meanwhile(request)
        try:
            return super().post_changeform(request, *args)
        except Overtaken as overtaken:
            return self.conflict_page(request, overtaken.clash, overtaken.now)

    def is_gone(self, request: HttpRequest, object_id: str | None = None, *args: Any) -> bool:
        """Whether a form was sent, by somebody who may, for what is there no more."""
        if object_id is None or "opened" not in request.POST or not self.has_change_permission(request):
            return False
        return self.get_object(request, unquote(object_id)) is None

    def clash_of(self, form: Any, formsets: Sequence[Any]) -> Clash:
        typed = form.cleaned_data
        place = typed.get("position") if "position" in form.changed_data else None
        return Clash(
            what_of(self.model), self.document(form, formsets), typed["opened"], typed.get("comment", ""), place
        )

    def deleted_meanwhile(self, request: HttpRequest) -> HttpResponse:
        clash = self.clash_over_nothing(request)
        if clash is not None:
            return self.deleted_page(request, clash)
        sent = [(name, str(value)) for name, value in request.POST.items() if name not in NOT_TYPED and value]
        return self.lost_page(request, sent, ["It was deleted meanwhile; nothing was saved."], status=200)

    def clash_over_nothing(self, request: HttpRequest) -> Clash | None:
        """What the form of a deleted document says, if it can be told which one it was and the form is in order."""
        opened = request.POST.get("opened", "")
        rows = Revision.objects.filter(what=what_of(self.model), fingerprint=opened, document__isnull=False)
        revision = rows.first() if len(opened) == 64 and opened.isalnum() and opened.isascii() else None
        if revision is None or (base := document_of(revision)) is None:
            return None
        row = unsaved_row(base)
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        form = self.get_form(request, row, change=True, fields=fields)(request.POST, instance=row)
        formsets, _ = self._create_formsets(request, form.instance, change=True)  # type: ignore[attr-defined]
        if not (form.is_valid() and all_valid(formsets)):
            return None
        try:
            return self.clash_of(form, formsets)
        except InvalidCatalog:
            return None

    # from the page to the catalogue

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        carried = Carried(request.POST)
        try:
            clash = carried.clash(what_of(self.model))
        except InvalidCatalog as refusal:
            sent = [("The page as it was sent", request.POST.get("typed", ""))]
            return self.lost_page(request, sent, [*map(str, refusal.problems)], status=400)
        row = row_of(self.model, clash.identity)
        if row is not None and not self.has_change_permission(request, row):
            raise PermissionDenied
        return self.decided(request, clash, carried)

    def decided(self, request: HttpRequest, clash: Clash, carried: Carried) -> HttpResponse:
        now = document_now(clash.what, clash.identity)
        if now is None:
            return self.created_again(request, clash, carried)
        seen = clash.seen(carried.cleaned_data.get("seen", ""))
        if seen is None:  # the page showed nothing, or something that never was
            return self.conflict_page(request, clash, now)
        decision = clash.decision(seen, request.POST)
        if not (decision.is_valid() and carried.is_valid()):
            return self.conflict_page(request, clash, seen, decision=decision, carried=carried)
        return self.written(request, clash, seen, decision)

    def written(self, request: HttpRequest, clash: Clash, seen: Table, decision: Decision) -> HttpResponse:
        try:
            document = checked_again(decision.document)
            return self.saved(request, clash, document, seen=seen)
        except StaleEdit as stale:
            return self.conflict_page(request, clash.moved_on(document, seen), stale.current)
        except InvalidCatalog as refusal:
            decision = clash.decision(seen, request.POST, refusal.problems)
            return self.conflict_page(request, clash, seen, decision=decision, problems=refusal.problems)

    def created_again(self, request: HttpRequest, clash: Clash, carried: Carried) -> HttpResponse:
        if "_again" not in request.POST or not carried.is_valid():
            return self.deleted_page(request, clash, carried=carried if carried.errors else None)
        try:
            return self.saved(request, clash, as_new(clash.mine), seen=None)
        except InvalidCatalog as refusal:
            return self.deleted_page(request, clash, problems=refusal.problems)

    def saved(self, request: HttpRequest, clash: Clash, document: Table, *, seen: Table | None) -> HttpResponse:
        """Raises StaleEdit or InvalidCatalog."""
        saved = write(clash, document, seen=seen, by=authorship(request, comment=clash.comment))
        row = row_of(self.model, clash.identity)
        assert row is not None
        self.log_change(request, row, recorded(saved))
        messages.success(request, told(saved))
        return HttpResponseRedirect(reverse(f"admin:patterns_{self.opts.model_name}_change", args=[row.pk]))


def told(saved: Saved) -> str:
    if saved.proposal is not None:
        return waits(saved.proposal)
    return f"Saved as change {saved.change.number}." if saved.change else "Nothing differed, so nothing was saved."
