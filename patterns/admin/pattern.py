"""Patterns: the form is an Entry, and the rules say who may change which."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST
from import_export.admin import ExportActionMixin, ImportMixin

from patterns.admin.actions import ACTIONS, action_page
from patterns.admin.audit import handing_of
from patterns.admin.autosave import EntryForms
from patterns.admin.base import READING, UNANSWERABLE, ModelPage, list_url
from patterns.admin.documents import EditForm, saved_message
from patterns.admin.entry_form import (
    INLINES,
    PatternForm,
    entry_typed,
    fieldsets,
    keys_typed,
    problems_typed,
    shown_entry,
    typed_document,
)
from patterns.admin.exports import EXPORT_FORMATS, EntryExportForm, EntryResource, entries_to_export
from patterns.admin.findings import add_notes, form_findings, similar_entries, similarity_warning
from patterns.admin.imports import confirm_page, plan_page, upload_page
from patterns.admin.lists import (
    SEARCHED,
    EntryList,
    MineFilter,
    MissingFilter,
    ProposalsFilter,
    ReviewedFilter,
    search_entries,
)
from patterns.admin.picks import codes_page
from patterns.admin.preview import preview_page
from patterns.admin.rename import rename_page
from patterns.admin.requests import requests_page
from patterns.admin.rights import form_frame, may_rename, rights_to
from patterns.admin.sections import add_sections
from patterns.admin.versions import authors_page, deleted_page
from patterns.document.entry import Entry
from patterns.document.problems import Problem
from patterns.document.register import with_values
from patterns.document.vocabulary import STATE_WORDS
from patterns.models import Catalog, Change, Pattern, Transfer
from patterns.models.pattern import PatternQuerySet
from patterns.store.writing import Authorship
from patterns.workflow.rules import Operation, answer
from patterns.workflow.saves import Saved, delete, prepared, prepared_new, snapshot_of
from patterns.workflow.standing import actor_of
from patterns.workflow.transfers import remember_file
from patterns.workflow.transitions import pressed


class PatternAdmin(ImportMixin, ExportActionMixin, EntryForms):
    pages = [
        *EntryForms.pages,
        ModelPage("deleted/", "deleted", deleted_page, READING),
        ModelPage("codes/", "codes", codes_page, READING),
        ModelPage("preview/", "preview_new", preview_page, ("POST",)),
        ModelPage("import/<uuid:token>/", "pending", plan_page, READING),
        ModelPage("<path:object_id>/preview/", "preview", preview_page),
        ModelPage("<path:object_id>/rename/", "rename", rename_page),
        ModelPage("<path:object_id>/requests/", "requests", requests_page),
        ModelPage("<path:object_id>/written/", "written", authors_page, READING),
    ]
    list_display = ["code", "name", "category", "status", "kind", "last_change"]
    list_display_links = ["code", "name"]
    list_filter = ["status", "category", "kind", MissingFilter, ProposalsFilter, ReviewedFilter, MineFilter]
    list_select_related = ["category"]
    list_per_page = 100
    search_fields = SEARCHED

    form = PatternForm
    inlines = [*INLINES]
    fieldsets = fieldsets()

    # of the library: its form of export, its permissions, its buttons above the list
    resource_classes = [EntryResource]
    export_formats = EXPORT_FORMATS
    export_form_class = EntryExportForm
    show_change_form_export = False
    import_export_change_list_template = "admin/patterns/pattern/change_list.html"
    change_form_template = "admin/patterns/pattern/change_form.html"

    class Media:
        js = [
            *(Script(f"patterns/admin/{name}.js", defer=True) for name in ("entry_form", "beside")),
            *(Script(f"patterns/admin/{name}.js", type="module") for name in ("rows", "picks")),
        ]

    # who may: Django asks before it opens a page, the store asks once more before it writes

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and answer(Operation.CREATE, actor_of(request.user)) != "no"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permissions open the admin; what of an entry may be changed there, the rules say."""
        if not super().has_change_permission(request, obj):
            return False
        rights = rights_to(obj, request) if obj else None
        return rights is None or rights.may_edit

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        rights = rights_to(obj, request) if obj else None
        return rights is None or rights.may_delete

    def has_import_permission(self, request: HttpRequest) -> bool:
        may_look = answer(Operation.PREVIEW_IMPORT, actor_of(request.user)) == "yes"
        return may_look and bool(super().has_import_permission(request))

    # the list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EntryList

    @admin.display(ordering="updated_at")
    def last_change(self, pattern: Any) -> str:
        who = f" by {pattern.last_author}" if pattern.last_author else ""
        return f"{pattern.updated_at:%Y-%m-%d %H:%M}{who}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_entries(queryset, search_term), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those that the user's role can ever use; entries are deleted one at a time, and not from the list."""
        library, actor = super().get_actions(request), actor_of(request.user)
        library.pop("delete_selected", None)
        usable = {name: one for name, one in ACTIONS.items() if answer(one.operation, actor) != "no"}
        return {name: (partial(action_page, name), name, one.label) for name, one in usable.items()} | library

    # import and export, at the library's addresses

    @method_decorator(require_http_methods([*READING, "POST"]))
    def import_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return upload_page(self, request)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return confirm_page(self, request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            response: HttpResponse = super().export_action(request)
        except UNANSWERABLE:  # a filter in the address that means nothing, as in the list
            return HttpResponseRedirect(list_url(e=1))
        return response

    def export_admin_action(self, request: HttpRequest, queryset: PatternQuerySet) -> HttpResponse:
        """All that the list holds is said by its address: a form with a field for each entry could not be sent."""
        if request.POST.get("select_across") == "1":
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return HttpResponseRedirect(reverse("admin:patterns_pattern_export") + query)
        return cast(HttpResponse, super().export_admin_action(request, queryset))

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: PatternQuerySet, **kwargs: Any
    ) -> str | bytes:
        queryset = entries_to_export(queryset, kwargs.get("export_form"))
        data = cast(str | bytes, super().get_export_data(file_format, request, queryset, **kwargs))
        name = self.get_export_filename(request, queryset, file_format)
        sent = data.encode() if isinstance(data, str) else data
        remember_file(Transfer.Kind.EXPORT, name=name, data=sent, by=handing_of(request))
        return data

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        return self.get_queryset(request).values_list("pk", flat=True)

    # the form

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

    def view_on_site(self, obj: Pattern) -> str | None:
        return obj.get_absolute_url() if obj.status == Pattern.Status.PUBLISHED else None

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        """With what the checks find in the entry as it is saved; the typed text is checked once it is."""
        obj = options.get("obj")
        if obj is not None:
            context["checked"] = form_findings(obj.code, today=timezone.now().date())
            context["may_rename"] = bool(obj.published_at) and may_rename(self, request, obj)
        context["frame"] = form_frame(obj, request)
        add_notes(context["adminform"].form, context.get("checked"))
        self.fold_sections(request, context, obj)
        return super().render_change_form(request, context, *args, **options)

    def fold_sections(self, request: HttpRequest, context: dict[str, Any], obj: Pattern | None) -> None:
        """Of an entry that is there, whoever may edit it sees open what is to be mended and what was typed."""
        entry = self.current(request, obj) if obj and self.has_change_permission(request, obj) else None
        form, formsets = context["adminform"].form, [one.formset for one in context["inline_admin_formsets"]]
        typed_keys: Collection[str] = ()
        if entry and form.is_bound:
            typed_keys = keys_typed(typed_document(form, formsets), entry)
        elif entry and (typed := self.typed_before(request, obj)):
            typed_keys = keys_typed(typed.document, entry)
        add_sections(context, checked=context.get("checked"), typed_keys=typed_keys, is_open=entry is None)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Django would copy all that was sent for each inline, which costs more than to judge it."""
        sent = {"data": request.POST} if request.method == "POST" else {}
        entry = self.current(request, obj)
        typed = None if sent else self.typed_before(request, obj if obj.pk else None)
        shown = shown_entry(typed.document, entry) if typed else entry
        return {"instance": obj, "prefix": prefix, "entry": shown, **sent}

    # from the form to the catalogue

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """The form's page holds its preview in a frame."""
        return super().changeform_view(request, *args, **options)

    def current(self, request: HttpRequest, row: Any) -> Entry | None:
        rights = rights_to(row, request) if row.pk else None
        return rights.entry if rights else None

    def document(self, edit: EditForm, current: Entry | None) -> Entry:
        return entry_typed(current, edit.form, edit.formsets)

    def other_problems(self, request: HttpRequest, edit: EditForm) -> list[Problem]:
        current = self.current(request, edit.row) if edit.row is not None else None
        return problems_typed(current, edit.form, edit.formsets)

    def prepared(
        self, request: HttpRequest, edit: EditForm, document: Entry, *, opened: str, by: Authorship
    ) -> Callable[[Catalog], Saved]:
        if edit.row is None and not edit.form.cleaned_data["code"]:
            return prepared_new(document, by=by)
        rights = rights_to(edit.row, request) if edit.row else None
        seen = rights.seen if rights else snapshot_of(document.code)
        return self.unless_proposed(request, edit, prepared(document, opened=opened, by=by, seen=seen))

    def delete_document(self, row: Pattern, *, opened: str, by: Authorship) -> Change | None:
        return delete(row.code, opened=opened, by=by)

    def response_saved(self, request: HttpRequest, edit: EditForm, document: Entry, saved: Saved) -> HttpResponse:
        """Django says that it was changed, which is not true of what waits or of what is the same."""
        self.tell_saved(request, edit, with_values(document, {"code": saved.code} if saved.code else {}), saved)
        # Django's own message comes last, and only where it is true.
        if edit.row is None or saved.change is not None:
            return super().response_saved(request, edit, document, saved)
        self.forget_saved(request, edit, saved)
        if saved.proposal is None and "_continue" in request.POST:
            return HttpResponseRedirect(request.path)
        return self.response_post_save_change(request, edit.form.instance)

    def tell_saved(self, request: HttpRequest, edit: EditForm, entry: Entry, saved: Saved) -> None:
        if saved.proposal is not None:
            messages.success(request, saved_message(saved))
        elif saved.change is None:
            messages.info(request, saved_message(saved))
        elif pressed(request.POST):
            override = " This is marked as an override, since you wrote it last." if saved.change.is_override else ""
            messages.info(request, f"It is {STATE_WORDS[entry.status]} now.{override}")
        if saved.code:
            messages.info(request, f"Its code is {saved.code}.")
        is_named = "name" in edit.form.changed_data  # else it is no news, and every other name would be read again
        if is_named and (near := similar_entries(entry.name, code=entry.code)):
            messages.warning(request, similarity_warning(near))
