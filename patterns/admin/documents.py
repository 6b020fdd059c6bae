"""Forms of documents: one change for each save, and refusals shown where the text was typed.

Django validates and saves form by form; our rules look at the whole document. So the form and the rows of its parts
become one document, which the store takes or refuses as a whole. Forms and formsets write nothing themselves.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.formsets import all_valid
from django.forms.models import construct_instance
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html

from patterns.admin.base import BaseAdmin, LongTextField, ModelPage, find_row, identity_of, list_url, page_url
from patterns.admin.faults import faults_of, mark
from patterns.admin.reasons import CommentField, ReasonField, authorship, may_explain, offer_reason, signed_in, why_in
from patterns.admin.versions import history_page, restore_page
from patterns.document.problems import InvalidCatalog, Path, Problem
from patterns.document.register import Table
from patterns.models import Catalog, Change
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read, writing
from patterns.store.writing import Authorship, fingerprint_of
from patterns.views.form_text import typed_pairs
from patterns.workflow.form_tokens import Sending, remember_saved, saved_before
from patterns.workflow.saves import Saved

TOKEN: Final = re.compile("[0-9a-f-]{36}")
ABOUT_CHANGE: Final = ("comment", "public_reason", "opened", "form_token", "kept")


class TypedForm(forms.ModelForm):
    """What stands in its fields goes into a document, whose rules are asked once.

    Django would ask the database about the constraints of every row, in a query and a savepoint each; the document says
    all that they say, and in words.
    """

    unread: frozenset[str] = frozenset()  # fields that say already why they cannot be read

    def _post_clean(self) -> None:
        meta: Any = self._meta
        self.instance = construct_instance(self, self.instance, meta.fields, meta.exclude)
        self.unread = frozenset(self.errors)

    def show_problem(self, name: str, problem: Problem, *, item: Sequence[str | int] = ()) -> None:
        """Beside a field, or above all of them if there is none of that name; ``item`` leads to a line of the field."""
        if name not in self.fields:
            self.add_error(None, problem.sentence)
        elif name not in self.unread:
            lines = [f"line {one + 1}: " for one in item if isinstance(one, int)]
            self.add_error(name, "".join([*lines, problem.sentence]))


class DocumentForm(TypedForm):
    """Carries the fingerprint of what was opened, and the reason of the change.

    ``form_token`` says which form it is, and ``kept`` which working copy it was opened with.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    form_token = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput, initial=lambda: str(uuid4()))
    kept = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    comment = CommentField(required=False)
    public_reason = ReasonField()

    def show_refusal(self, refusal: InvalidCatalog) -> None:
        """Each problem beside its field; what has none is said above all of them."""
        for problem in refusal.problems:
            name = self.field_of(problem.path)
            if name:
                self.show_problem(name, problem, item=problem.path)
            else:
                self.add_error(None, problem.sentence_with_key)

    def field_of(self, path: Path) -> str:
        """The field of what stands at a path; of a whole table its first, nothing if it has no field."""
        name = "_".join(one for one in path if isinstance(one, str))
        inside = (one for one in self.fields if path and one.startswith(f"{path[0]}_"))
        return name if name in self.fields else next(inside, "")


@dataclass(frozen=True)
class EditForm:
    """A form with the rows of its parts, ``formsets``; ``row`` is what it edits, None for something new."""

    row: Any
    form: Any
    formsets: list[Any]
    inlines: list[Any]

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), all_valid(self.formsets)])  # asks all of them, so that all errors are shown

    def show_refusal(self, refusal: InvalidCatalog) -> None:
        """Each problem where it was typed: beside its field, in its row, in front of its list, or above them all."""
        lists = {key: (formset, rows) for formset in self.formsets for key, rows in formset.forms_by_key().items()}
        others = []
        for problem in refusal.problems:
            if problem.path and problem.path[0] in lists:
                formset, rows = lists[problem.path[0]]
                formset.show_problem(problem, rows)
            else:
                others.append(problem)
        self.form.show_refusal(InvalidCatalog(others))


class DocumentAdmin(BaseAdmin):
    """Subclasses say how a form is a document, and who writes it."""

    form = DocumentForm
    about_change: tuple[str, ...] = ABOUT_CHANGE  # fields of nobody who may only look
    formfield_overrides = {models.TextField: {"form_class": LongTextField, "widget": AdminTextareaWidget}}
    pages = [ModelPage("restore/<int:revision>/", "restore", restore_page)]

    def current(self, request: HttpRequest, row: Any) -> Table | None:
        """The document of a row as the database holds it."""
        raise NotImplementedError

    def document(self, edit: EditForm, current: Any) -> Table:
        """The document as it was typed over the one that is there; raises InvalidCatalog."""
        raise NotImplementedError

    def other_problems(self, request: HttpRequest, edit: EditForm) -> list[Problem]:
        """What the rules say of a form that cannot be read whole, so that all is told in one round."""
        return []

    def prepared(
        self, request: HttpRequest, edit: EditForm, document: Any, *, opened: str, by: Authorship
    ) -> Callable[[Catalog], Saved]:
        """What saves the document inside ``writing()``; as much as can be is asked before. Both may raise."""
        raise NotImplementedError

    def delete_document(self, row: Any, *, opened: str, by: Authorship) -> Change | None:
        raise NotImplementedError

    def deleted_meanwhile(self, request: HttpRequest) -> HttpResponse:
        """The answer to a form about something that is there no more."""
        raise NotImplementedError

    def may_open(self, request: HttpRequest, row: Any, *, is_new: bool) -> bool:
        if is_new:
            return self.has_add_permission(request)
        may = self.has_change_permission if request.method == "POST" else self.has_view_or_change_permission
        return may(request, row)

    def taken_away(self, request: HttpRequest, row: Any) -> HttpResponse:
        """The answer to whoever may not open the form, or not send it any more; may raise PermissionDenied."""
        raise PermissionDenied

    def overtaken(self, request: HttpRequest, edit: EditForm, document: Table) -> HttpResponse:
        """The answer to a form that was opened before somebody else saved."""
        raise NotImplementedError

    # from the form to the catalogue

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's view in our order: the form becomes a document, the document is saved, or the form says why not."""
        is_sent = request.method == "POST"
        to_field = request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
        if to_field and not self.to_field_allowed(request, to_field):
            raise DisallowedModelAdminToField(f"The field {to_field} cannot be referenced.")
        # Nothing is locked while a form is read; a fingerprint must be of exactly what the form shows.
        with consistent_read():
            row = self.get_object(request, unquote(object_id), to_field) if object_id is not None else None
            if not self.may_open(request, row, is_new=object_id is None):
                return self.taken_away(request, row)
            if object_id is not None and row is None:
                return self.answer_about_nothing(request, object_id)
            edit = self.edit_form(request, row)
            context = {"to_field": to_field, "object_id": object_id, **(extra_context or {})}
            if not is_sent:
                return self.form_page(request, edit, context, form_url=form_url)
            is_valid = edit.is_valid()
        if is_valid:
            try:
                return self.save_edit(request, edit)
            except InvalidCatalog as refusal:
                edit.show_refusal(refusal)
        else:
            edit.show_refusal(InvalidCatalog(self.other_problems(request, edit)))
        self.keep_refused(request, edit)
        with consistent_read():
            # The form has changed the row: the page is still headed by what is there.
            row = self.get_object(request, unquote(object_id), to_field) if object_id is not None else None
            return self.form_page(request, replace(edit, row=row), context, form_url=form_url)

    def keep_refused(self, request: HttpRequest, edit: EditForm) -> None:
        """What becomes of a form that was refused, beside the page that says why."""

    def kept_values(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the form begins with in place of what is there: what somebody typed before and did not save."""
        return {}

    def answer_about_nothing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method == "POST" and "opened" in request.POST:  # a form of ours that was opened in time
            return self.deleted_meanwhile(request)
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]

    def edit_form(self, request: HttpRequest, row: Any) -> EditForm:
        """The form of a row, or of something new, as it is or as it was sent."""
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        form_class: Any = self.get_form(request, row, change=row is not None, fields=fields)
        # Files are sent to the import alone; no form here takes any.
        if request.method == "POST":
            form = form_class(request.POST, instance=row)
        elif row is None:
            form = form_class(initial={**self.get_changeform_initial_data(request), **self.kept_values(request, None)})
        else:
            opened = {"opened": fingerprint_of(self.current(request, row))}
            form = form_class(instance=row, initial={**opened, **self.kept_values(request, row)})
        offer_reason(form, request, is_wanted="public_reason" in fields)
        formsets, inlines = self._create_formsets(request, form.instance, change=row is not None)  # type: ignore[attr-defined]
        return EditForm(row, form, formsets, inlines)

    def save_edit(self, request: HttpRequest, edit: EditForm) -> HttpResponse:
        """Raises InvalidCatalog, and then nothing is written."""
        typed, sending = edit.form.cleaned_data, sending_of(request)
        document = self.document(edit, self.current(request, edit.row) if edit.row is not None else None)
        # Who adds has opened nothing, whatever was sent; who changes has opened something, though it was not said what.
        opened = (typed["opened"] or "unknown") if edit.row is not None else ""
        by = authorship(request, **why_in(typed))
        try:
            write = self.prepared(request, edit, document, opened=opened, by=by)
            with writing() as catalog:  # what is saved, Django's log of it and the form's token belong together
                saved = saved_before(sending)
                if saved is None:
                    saved = write(catalog)
                    remember_saved(sending, saved, at=by.at)
                    self.log_saved(request, edit, document, saved)
        except (StaleEdit, InvalidCatalog) as refusal:
            saved = saved_before(sending)  # what stands in its way may be what the same form has saved
            if saved is None and isinstance(refusal, StaleEdit):
                return self.overtaken(request, edit, document)
            if saved is None:
                raise
        if edit.row is None:
            # The forms wrote nothing, so the row that the answer names is not the form's.
            edit.form.instance = find_row(self.model, saved.code or identity_of(document))
            if edit.form.instance is None:  # sent again, and deleted meanwhile
                return HttpResponseRedirect(list_url(str(self.opts.model_name)))
        return self.response_saved(request, edit, document, saved)

    def log_saved(self, request: HttpRequest, edit: EditForm, document: Table, saved: Saved) -> None:
        if edit.row is None:
            self.log_addition(request, find_row(self.model, saved.code or identity_of(document)), log_message(saved))
        else:
            self.log_change(request, edit.form.instance, log_message(saved))

    def response_saved(self, request: HttpRequest, edit: EditForm, document: Any, saved: Saved) -> HttpResponse:
        row = edit.form.instance
        return self.response_add(request, row) if edit.row is None else self.response_change(request, row)

    def form_page(
        self, request: HttpRequest, edit: EditForm, context: dict[str, Any], *, form_url: str
    ) -> HttpResponse:
        """The page of a form, as the end of Django's own view makes it."""
        row, is_new = edit.row, edit.row is None
        may_change = is_new or self.has_change_permission(request, row)
        fieldsets = self.get_fieldsets(request, row)
        admin_form = helpers.AdminForm(
            edit.form,
            [*fieldsets],
            self.get_prepopulated_fields(request, row) if may_change else {},
            self.get_readonly_fields(request, row) if may_change else flatten_fieldsets(fieldsets),
            model_admin=self,
        )
        inlines = self.get_inline_formsets(request, edit.formsets, edit.inlines, row)
        faults = faults_of(edit.form, edit.formsets, last=self.about_change) if edit.form.is_bound else []
        mark(faults)
        verb = "Add" if is_new else "Change" if may_change else "View"
        context = {
            **self.admin_site.each_context(request),
            "title": f"{verb} {self.opts.verbose_name}",
            "subtitle": str(row) if row else None,
            "adminform": admin_form,
            "original": row,
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "media": sum((inline.media for inline in inlines), self.media + admin_form.media),
            "inline_admin_formsets": inlines,
            "faults": faults,
            "preserved_filters": self.get_preserved_filters(request),
            **context,
        }
        page = self.render_change_form(request, context, add=is_new, change=not is_new, obj=row, form_url=form_url)
        return page.render() if isinstance(page, TemplateResponse) else page  # while all that it reads is of one moment

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look has no change to explain, and readers are told nothing of what is new to the admin."""
        may_change = obj is None or self.has_change_permission(request, obj)
        hidden: tuple[str, ...] = ()
        if not may_change:
            hidden = self.about_change
        elif obj is None or not may_explain(request):
            hidden = ("public_reason",)
        shown = [
            (title, [name for name in options["fields"] if name not in hidden])
            for title, options in super().get_fieldsets(request, obj)
        ]
        return [(title, {"fields": fields}) for title, fields in shown if fields]

    # the other pages of Django's

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        opened = fingerprint_of(self.current(request, obj))
        self.delete_document(obj, opened=opened, by=authorship(request))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except InvalidCatalog as refusal:
            for problem in refusal.problems:
                messages.error(request, f"Not deleted: {problem}.")
        except StaleEdit:
            messages.error(request, "Not deleted: it was changed a moment ago.")
        return HttpResponseRedirect(page_url(object_id, str(self.opts.model_name)))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_or_change_permission(request, row):
            return super().history_view(request, object_id, extra_context)  # refuses, or leads back to the list
        return history_page(self, request, row)


def sending_of(request: HttpRequest) -> Sending | None:
    """The form as it was sent; None of one without a token of ours."""
    token, pairs = request.POST.get("form_token", ""), urlencode(typed_pairs(request.POST))
    digest = sha256(f"{request.path}?{pairs}".encode()).hexdigest()
    return Sending(signed_in(request), token, digest) if TOKEN.fullmatch(token) else None


# What is said of an edit that was saved.


def log_message(saved: Saved) -> str:
    """For Django's log."""
    if saved.proposal is not None:
        return f"Proposal {saved.proposal.pk}"
    return f"Change {saved.change.number}" if saved.change else "Nothing changed"


def saved_message(saved: Saved) -> str:
    """For whoever saved."""
    if saved.proposal is not None:
        address, number = page_url(saved.proposal.pk, "proposal"), saved.proposal.pk
        link = format_html('<a href="{}">proposal {}</a>', address, number)
        return format_html("Your change waits for a publisher as {}; until then readers see the entry as it was.", link)
    return f"Saved as change {saved.change.number}." if saved.change else "Nothing differed, so nothing was saved."
