"""What all admins share: pages of their own, lists of any length, the and fields of their forms."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from patterns.document.catalog import Category as CategoryDocument
from patterns.document.catalog import Header
from patterns.document.entry import Entry
from patterns.document.plan import What
from patterns.document.problems import InvalidCatalog, problems_of
from patterns.document.register import AnyTable, Table
from patterns.models import Catalog, Category, Pattern
from patterns.search.query import reader_text
from patterns.store.reading import TEXT_KEYS
from patterns.workflow.rules import Operation, answer
from patterns.workflow.standing import actor_of

READING: Final = ("GET", "HEAD")


@dataclass(frozen=True)
class ModelPage:
    """A page of an admin beside Django's own.

    ``address`` is a path below the model's, ``name`` ends the name of its URL. ``view`` is given the admin, the
    request and what the address names.
    """

    address: str
    name: str
    view: Callable[..., HttpResponse]
    methods: tuple[str, ...] = (*READING, "POST")


# What the links beside our lists ask for. Django would let everybody ask for all that a database can compare.
LOOKUPS: Final = ("exact", "gte", "lt", "isnull")
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:]{8}[+]00:00)?")  # PostgreSQL fails at odd time zones
# A number that no column holds, a column that there is not, a question that nobody may ask.
UNANSWERABLE: Final = (OverflowError, IncorrectLookupParameters, DisallowedModelAdminLookup)


ROW_NUMBER: Final = re.compile(r"[0-9]{1,18}")
PAGE_DIGITS = 6  # of a page that a list may have


class LongListPaginator(Paginator):
    """Counts as far as anybody turns pages, and a little further for whoever has come there."""

    most = 5_000
    ahead = 10  # pages

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[: self.most].count())

    @property
    def is_capped(self) -> bool:
        return self.count == self.most

    def count_from(self, page: int) -> None:
        self.most = max(self.most, (page + self.ahead) * self.per_page)


class BaseAdmin(admin.ModelAdmin):
    """``verbs`` are what can be done here at all: Django's permissions say who may, as far as it is not for superusers.

    Accounts are: who could grant permissions could take every role.
    """

    pages: list[ModelPage] = []
    verbs: tuple[str, ...] = ("view", "add", "change", "delete")
    is_for_superusers = False
    show_full_result_count = False  # a list of any length costs one page
    paginator = LongListPaginator

    def get_urls(self) -> list[URLPattern]:
        own = []
        for page in self.pages:
            view = require_http_methods(page.methods)(partial(page.view, self))
            name = f"{self.opts.app_label}_{self.opts.model_name}_{page.name}"
            own.append(path(page.address, self.admin_site.admin_view(view), name=name))
        return [*own, *super().get_urls()]

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> LongListPaginator:
        paginator = self.paginator(*args, **kwargs)
        page = request.GET.get(PAGE_VAR, "")
        if page.isdecimal() and len(page) <= PAGE_DIGITS:
            paginator.count_from(int(page))
        return paginator

    def offers(self, verb: str, request: HttpRequest) -> bool:
        is_closed = self.is_for_superusers and answer(Operation.ACCOUNTS, actor_of(request.user)) != "yes"
        return verb in self.verbs and not is_closed

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.offers("view", request) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.offers("view", request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.offers("add", request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.offers("change", request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.offers("delete", request) and super().has_delete_permission(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not all(ROW_NUMBER.fullmatch(one) for one in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return HttpResponseBadRequest("No list of ours has such a row.", content_type="text/plain")
        # Django would say how many, and a long list is not counted to its end.
        note = {"selection_note_all": "All that the list holds, on every page, are selected"}
        try:
            return super().changelist_view(request, {**note, **(extra_context or {})})
        except UNANSWERABLE:
            return HttpResponseRedirect(f"{request.path}?e=1")  # as Django answers what it cannot read

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


def admin_page(
    request: HttpRequest, model_admin: admin.ModelAdmin, template: str, *, status: int = 200, **context: Any
) -> TemplateResponse:
    """A page with what all pages of the admin show: the site, its navigation, the name of the model."""
    shared = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}
    return TemplateResponse(request, template, {**shared, **context}, status=status)


def labelled(code: str, name: str) -> str:
    return f"[{code}] {name}" if name else f"[{code}]"


def list_url(model: str = "pattern", **query: Any) -> str:
    address = reverse(f"admin:patterns_{model}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def page_url(pk: Any, model: str = "pattern") -> str:
    return reverse(f"admin:patterns_{model}_change", args=[pk])


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
        return self.to_python(data) != (self.to_python(initial) if isinstance(initial, str) else list(initial or []))


# What was typed.


def typed_over(current: AnyTable | None, model: type[AnyTable], typed: dict[str, Any], *, code: str = "") -> AnyTable:
    """The document as it is with what was typed in its place, so that a key of which a form knows nothing stays.

    Raises InvalidCatalog.
    """
    before, model = (current.model_dump(), type(current)) if current is not None else ({}, model)
    return validated_document(model, {**before, **typed}, code=code)


def validated_document(model: type[AnyTable], raw: dict[str, Any], *, code: str = "") -> AnyTable:
    """The document that was typed; raises InvalidCatalog."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise InvalidCatalog(problems_of(error, model, code=code)) from error


# Rows and the documents that revisions keep of them: which is which.


WHAT: Final[dict[type[Model], What]] = {Pattern: "entry", Category: "category", Catalog: "header"}
MODEL: Final[dict[str, type[Model]]] = {what: model for model, what in WHAT.items()}
COLUMN: Final[dict[type[Model], str]] = {Pattern: "code", Category: "slug"}  # of the header there is one


def what_of(model: type[Model]) -> What:
    return WHAT[model]


def identity_of_row(row: Model) -> str:
    return str(getattr(row, COLUMN[type(row)])) if type(row) in COLUMN else ""


def find_row(model: type[Model], identity: str) -> Any:
    """The row of a document; None if there is none any more."""
    column = COLUMN.get(model)
    return model._default_manager.filter(**({column: identity} if column else {})).first()


def identity_of(document: Table) -> str:
    """Under which identity revisions keep a document."""
    if isinstance(document, Entry):
        return document.code
    return document.slug if isinstance(document, CategoryDocument) else ""


def name_of(document: Table) -> str:
    return "the header" if isinstance(document, Header) else str(getattr(document, "name", ""))


def unsaved_row(document: Table) -> Model:
    """A row with the plain values of a document that has none any more, as a form needs one."""
    if isinstance(document, Entry):
        plain = {key: getattr(document, key) for key in TEXT_KEYS if key != "category"}
        return Pattern(**plain, category=Category.objects.filter(name=document.category).first())
    assert isinstance(document, CategoryDocument)
    return Category(name=document.name, slug=document.slug, description=document.description)
