"""What every document's admin shares: one Change for each save, and refusals shown where the text was typed.

Django validates and saves form by form; our rules look at the whole document. So ``save_related``, which runs last,
hands the document to ``sync``. If that refuses, the transaction is rolled back and the same request is rendered once
more with the refusal on the form: the typed text is kept and nothing is half written.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from pydantic import ValidationError

from patterns.document.problems import InvalidCatalog, Problem, problems_of
from patterns.document.register import Table
from patterns.models import Change
from patterns.search.query import reader_text
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read
from patterns.store.writing import Authorship, fingerprint_of

# Fields of the forms.


class LongTextField(forms.CharField):
    """Text in which a line end counts as one character, as in the document; browsers send two."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class LinesField(forms.CharField):
    """A list of texts, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in (value or "").splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])


class CodeInput(forms.TextInput):
    """The code of another entry; browsers offer those of the page's list, by code and by name."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "codes", "class": "vTextField code", "autocomplete": "off"})


COMMENT_LENGTH: Final = 1000


class CommentField(LongTextField):
    """Why something is done. Where it is decided on a page of many, that page says how long it may be."""

    def __init__(self, *, label: str = "What and why", max_length: int | None = COMMENT_LENGTH, **options: Any) -> None:
        options.setdefault("help_text", "Kept with the change, for other editors; never public.")
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2, "cols": 60, "maxlength": COMMENT_LENGTH}))
        super().__init__(label=label, max_length=max_length, **options)


class CommentForm(forms.Form):
    """What every page asks that changes something; a form that needs no reason says so of its field."""

    comment = CommentField()


# Refusals of ``sync`` on the form that was sent: each beside its field, in words.


def show_refusal(form: Any, refusal: InvalidCatalog) -> None:
    for problem in refusal.problems:
        field = field_of(form, problem)
        form.add_error(field, problem.sentence if field else problem.sentence_with_key)


def field_of(form: forms.ModelForm, problem: Problem) -> str | None:
    """The form's field for a document's key; None for keys that are edited as rows."""
    name = problem.key.replace("origin.", "origin_").partition("[")[0]
    return name if name in form.fields else None


# What the links beside our lists ask for. Django would let everybody ask for all that a database can compare.
LOOKUPS: Final = ("exact", "gte", "lt", "isnull")
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:]{8}[+]00:00)?")  # PostgreSQL fails at odd time zones
# A number that no column holds, a column that there is not, a question that nobody may ask.
UNANSWERABLE: Final = (OverflowError, IncorrectLookupParameters, DisallowedModelAdminLookup)


class Desk(admin.ModelAdmin):
    """What all our lists share."""

    show_full_result_count = False  # a list of any length costs one page

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except UNANSWERABLE:
            return without_question(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        column, _, comparison = lookup.rpartition("__")
        is_ours = not column or comparison in LOOKUPS
        is_sane = comparison not in ("gte", "lt") or MOMENT.fullmatch(value) is not None
        return is_ours and is_sane and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """As many words as readers may ask for: a database refuses thousands."""
        return super().get_search_results(request, queryset, reader_text(search_term))


def without_question(request: HttpRequest) -> HttpResponseRedirect:
    """The list without what its address asked for, as Django answers what it cannot read."""
    return HttpResponseRedirect(f"{request.path}?e=1")


def admin_page(
    request: HttpRequest, model_admin: admin.ModelAdmin, template: str, *, status: int = 200, **context: Any
) -> TemplateResponse:
    """A page with what all pages of the admin show: the site, its navigation, the name of the model."""
    shared = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}
    return TemplateResponse(request, template, {**shared, **context}, status=status)


def list_url(model: str = "pattern", **query: Any) -> str:
    address = reverse(f"admin:patterns_{model}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def page_url(pk: Any, model: str = "pattern") -> str:
    return reverse(f"admin:patterns_{model}_change", args=[pk])


ABOUT_CHANGE = ("comment", "opened")
AnyTable = TypeVar("AnyTable", bound=Table)


class DocumentForm(forms.ModelForm):
    """Carries the fingerprint of what was opened, the reason of the change, and a refusal if there was one."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    comment = CommentField(required=False)
    refusal: InvalidCatalog | None = None

    def clean(self) -> dict[str, Any] | None:
        if self.refusal is not None:
            show_refusal(self, self.refusal)
        return super().clean()


class DocumentAdmin(Desk):
    """An admin whose rows are written by ``sync`` alone. Subclasses say how a form is a document."""

    form = DocumentForm
    formfield_overrides = {models.TextField: {"form_class": LongTextField, "widget": AdminTextareaWidget}}

    def current(self, obj: Model) -> Table | None:
        """The document as the database holds it."""
        raise NotImplementedError

    def document(self, form: Any, formsets: Sequence[Any]) -> Table:
        """The document as it was typed; raises InvalidCatalog."""
        raise NotImplementedError

    def save_document(self, document: Any, form: Any, *, opened: str, by: Authorship) -> Change | None:
        raise NotImplementedError

    def delete_document(self, obj: Any, *, opened: str, by: Authorship) -> Change | None:
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):  # Django opens a transaction of its own for all others
            return self.post_changeform(request, object_id, form_url, extra_context)
        with consistent_read():  # the fingerprint must be of exactly what the form shows
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if isinstance(response, TemplateResponse) else response

    def post_changeform(self, request: HttpRequest, *args: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args)
        except InvalidCatalog as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look has no change to explain."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = [
            (title, [name for name in options["fields"] if name not in ABOUT_CHANGE]) for title, options in fieldsets
        ]
        return [(title, {"fields": fields}) for title, fields in shown if fields]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        if obj is not None and "opened" in form.base_fields:
            # A field of its own: the declared one is shared by every form of every request.
            opened = fingerprint_of(self.current(obj))
            form.base_fields["opened"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=opened)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: the document is written whole once its parts are known."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        document = self.document(form, formsets)
        by = authorship(request, comment=form.cleaned_data.get("comment", ""))
        # Who adds has opened nothing, whatever was sent; who changes has opened something, though it was not said what.
        opened = (form.cleaned_data["opened"] or "unknown") if change else ""
        form.recorded = self.save_document(document, form, opened=opened, by=by)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return f"Change {form.recorded.number}" if form.recorded else "Nothing changed"

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_document(obj, opened=fingerprint_of(self.current(obj)), by=authorship(request))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except InvalidCatalog as refusal:
            for problem in refusal.problems:
                messages.error(request, f"Not deleted: {problem}.")
            return HttpResponseRedirect(reverse(f"admin:patterns_{self.opts.model_name}_change", args=[object_id]))
        except StaleEdit:
            messages.error(request, "Not deleted: it was changed a moment ago.")
            return HttpResponseRedirect(reverse(f"admin:patterns_{self.opts.model_name}_change", args=[object_id]))


def authorship(request: HttpRequest, *, comment: str = "", origin: Change.Origin = Change.Origin.ADMIN) -> Authorship:
    return Authorship(origin=origin, at=timezone.now(), author=signed_in(request), comment=comment)


def signed_in(request: HttpRequest) -> User:
    """The user; the admin lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def typed_over(current: AnyTable | None, model: type[AnyTable], typed: dict[str, Any], *, code: str = "") -> AnyTable:
    """The document as it is with what was typed in its place, so that a key of which a form knows nothing stays.

    Raises InvalidCatalog.
    """
    before, model = (current.model_dump(), type(current)) if current is not None else ({}, model)
    return validated(model, {**before, **typed}, code=code)


def validated(model: type[AnyTable], raw: dict[str, Any], *, code: str = "") -> AnyTable:
    """The document that was typed; raises InvalidCatalog."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise InvalidCatalog(problems_of(error, model, code=code)) from error
