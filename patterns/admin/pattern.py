"""Patterns: the form is an Entry."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils import timezone

from patterns.admin.actions import ACTIONS, action_page
from patterns.admin.conflicts import ConflictViews
from patterns.admin.entry_form import INLINES, PatternForm, entry_typed, fieldsets
from patterns.admin.exporting import ExportViews
from patterns.admin.findings import checked, next_code, note
from patterns.admin.imports import ImportViews
from patterns.admin.lists import EntryList
from patterns.admin.messages import recorded, tell
from patterns.admin.preview import PreviewViews
from patterns.admin.rename import RenameViews
from patterns.admin.rights import entry_of, frame_of
from patterns.admin.versions import WrittenViews
from patterns.document.entry import Entry
from patterns.models import Change, Pattern
from patterns.store.writing import Authorship
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import answer
from patterns.workflow.saving import delete, save

ROW_NUMBER = re.compile(r"[0-9]{1,18}")


class PatternAdmin(EntryList, ImportViews, ExportViews, RenameViews, PreviewViews, ConflictViews, WrittenViews):
    form = PatternForm
    inlines = [*INLINES]
    fieldsets = fieldsets()

    import_export_change_list_template = "admin/patterns/pattern/change_list.html"
    change_form_template = "admin/patterns/pattern/change_form.html"

    class Media:
        js = ["patterns/admin/entry_form.js"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those that the user's role can ever use; entries are deleted one at a time, and not from the list."""
        library, actor = super().get_actions(request), actor_of(request.user)
        library.pop("delete_selected", None)
        usable = {name: one for name, one in ACTIONS.items() if answer(one.operation, actor) != "no"}
        return {name: (partial(action_page, name), name, one.label) for name, one in usable.items()} | library

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not all(ROW_NUMBER.fullmatch(one) for one in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return HttpResponseBadRequest("No list of ours has such a row.", content_type="text/plain")
        return super().changelist_view(request, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Pattern | None = None) -> Any:
        """What is new has no state to show yet."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else [one for one in fieldsets if one[0] != "State"]

    def get_readonly_fields(self, request: HttpRequest, obj: Pattern | None = None) -> list[str]:
        """A code is for ever, the state is moved by buttons, and an address that readers know by a page of its own."""
        if obj is None:
            return ["status"]
        return ["code", "status", "slug"] if obj.published_at else ["code", "status"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Pattern | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"code": next_code(), **super().get_changeform_initial_data(request)}

    def view_on_site(self, obj: Pattern) -> str | None:
        return obj.get_absolute_url() if obj.status == Pattern.Status.PUBLISHED else None

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        """With what the checks find in the entry as it is saved; the typed text is checked once it is."""
        obj = options.get("obj")
        if obj is not None:
            context["checked"] = checked(obj.code, today=timezone.now().date())
            context["may_rename"] = bool(obj.published_at) and self.may_rename(request, obj)
        context["frame"] = frame_of(obj, request.user)
        note(context["adminform"].form, context.get("checked"))
        return super().render_change_form(request, context, *args, **options)

    def current(self, obj: Any) -> Entry | None:
        return entry_of(obj)

    def document(self, form: Any, formsets: Sequence[Any]) -> Entry:
        return entry_typed(self.current(form.instance), form, formsets)

    def save_document(self, document: Entry, form: Any, *, opened: str, by: Authorship) -> Change | None:
        form.saved, form.entry = save(document, opened=opened, by=by), document
        if not form.instance.pk:
            form.instance.pk = Pattern.objects.only("pk").get(code=document.code).pk
        return form.saved.change

    def delete_document(self, obj: Pattern, *, opened: str, by: Authorship) -> Change | None:
        return delete(obj.code, opened=opened, by=by)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        request.saved = form.saved  # type: ignore[attr-defined]
        tell(request, form.saved, form.entry)
        return recorded(form.saved)

    def response_change(self, request: HttpRequest, obj: Pattern) -> HttpResponse:
        """Django says that it was changed, which is not true of what waits or of what is the same."""
        saved = request.saved  # type: ignore[attr-defined]
        if saved.change is not None:
            return super().response_change(request, obj)
        if saved.proposal is None and "_continue" in request.POST:
            return HttpResponseRedirect(request.path)
        return self.response_post_save_change(request, obj)
