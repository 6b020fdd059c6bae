"""The form of an entry: what stands in its fields, as an Entry."""

from collections.abc import Sequence
from math import inf
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from patterns.admin.base import DocumentForm, typed_over
from patterns.admin.fields import CodeInput, LinesField, LongTextField
from patterns.admin.moves import Move, pressed, state_after
from patterns.document.entry import LIST_LENGTH, Entry
from patterns.models import Applicability, Consequence, KnownAs, Pattern, Reference, Relation, Step
from patterns.store.reading import PART_MODELS, VERDICT_KEYS, part_columns

# The parts of a pattern as inlines: rows that say what a list of the document holds, in their order.


class PartForm(forms.ModelForm):
    place = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "place"}),
        help_text="Another number moves the row.",
    )

    @property
    def order(self) -> float:
        """Where the row belongs: a number that was changed goes before or behind the row that has it."""
        typed, was = self.cleaned_data.get("place"), self.initial.get("place", inf)
        if typed is None:
            return inf
        return float(typed) + (0.5 if typed > was else -0.5 if typed < was else 0)


class PartFormSet(BaseInlineFormSet):
    """Rows without identity: saving writes the whole list anew, so a row's id may be gone when the form arrives."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if index is not None and index < self.initial_form_count():
            form.initial["place"] = index + 1
        form.fields["id"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=form.instance.pk)
        row = "new row" if index is None else f"row {index + 1}"
        for name, field in form.fields.items():  # in a table no field has a label of its own
            field.widget.attrs["aria-label"] = f"{field.label or name}, {row}"

    def rows(self) -> list[dict[str, Any]]:
        """The filled rows that are not marked for deletion, as typed, in the order that was asked for."""
        kept: list[Any] = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [form.cleaned_data for form in sorted(kept, key=lambda form: form.order)]


class PartInline(admin.TabularInline):
    """Who may edit the pattern may edit its parts; otherwise a save would drop parts that the form did not show."""

    form = PartForm
    formset = PartFormSet
    template = "admin/patterns/pattern/tabular.html"
    extra = 1  # one can be added without JavaScript
    max_num = LIST_LENGTH
    can_delete = True
    formfield_overrides = {models.TextField: {"form_class": LongTextField, "widget": AdminTextareaWidget}}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whatever the pattern: Django asks without it which rows may be shown, and would show none of them."""
        return any(request.user.has_perm(f"patterns.{verb}_pattern") for verb in ("view", "change", "add"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        desk = self.admin_site.get_model_admin(self.parent_model)
        return desk.has_change_permission(request, obj) if obj else desk.has_add_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [*fields, "place"] if self.has_change_permission(request, obj) else fields

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, forms.Textarea):
            field.widget.attrs |= {"rows": 2, "cols": 50}
        return field


class ApplicabilityInline(PartInline):
    model = Applicability
    fields = ("verdict", "text")
    verbose_name_plural = "when to use, when to avoid"


class ConsequenceInline(PartInline):
    model = Consequence
    fields = ("quality", "sign", "text", "evidence")


class RelationInline(PartInline):
    model = Relation
    fields = ("type", "target", "why")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "target":
            kwargs["widget"] = CodeInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class StepInline(PartInline):
    model = Step
    fields = ("sender", "receiver", "message", "kind", "note")


class ReferenceInline(PartInline):
    model = Reference
    fields = ("title", "author", "publication", "year", "url", "primary")


class KnownAsInline(PartInline):
    model = KnownAs
    fields = ("catalog", "name", "category", "url")


INLINES = [ApplicabilityInline, ConsequenceInline, RelationInline, StepInline, ReferenceInline, KnownAsInline]
KEY_OF: dict[Any, str] = {model: key for key, model in PART_MODELS.items()}


def part_lists(formsets: list[PartFormSet]) -> dict[str, list[Any]]:
    """Key of the document → its list, as typed in the rows."""
    lists: dict[str, list[Any]] = {}
    for formset in formsets:
        if formset.model is Applicability:
            rows = formset.rows()
            lists |= {
                key: [row["text"] for row in rows if row["verdict"] == word] for key, word in VERDICT_KEYS.items()
            }
        else:
            key = KEY_OF[formset.model]
            lists[key] = [{name: row[name] for name in part_columns(key)} for row in formset.rows()]
    return lists


PLAIN_FIELDS = ("slug", "name", "description", "kind", "replaced_by", "aliases", "problem", "solution")
ORIGIN_FIELDS = ("origin_who", "origin_year", "origin_url")
HELP = {
    "name": "As people say it. It must be unique, whatever its case, width and spaces.",
    "slug": "Its address below /patterns/: small letters, digits and hyphens. Readers will keep it.",
    "description": "One sentence that says what it is; lists and search results show it.",
    "category": "The shelf on which readers find it.",
    "kind": "A style shapes a whole system; a pattern solves one problem inside it.",
    "problem": "What hurts without it, and for whom. Markdown; [[06]] links to the entry with that code.",
    "solution": "How it works, and what it takes. Markdown, as above.",
    "replaced_by": "The code of the entry that readers should meet instead, once this one is retired.",
    "origin_who": "Who named it, or described it first.",
    "origin_url": "Where that can be read: a whole address.",
}


class PatternForm(DocumentForm):
    aliases = LinesField(required=False, help_text="Other names, one on each line.")

    class Meta:
        model = Pattern
        fields = ("code", *PLAIN_FIELDS, "category", *ORIGIN_FIELDS)
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "cols": 80}), "replaced_by": CodeInput()}
        help_texts = HELP

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.code == "":  # a new entry begins as a draft
            self.instance.status = Pattern.Status.DRAFT

    @property
    def move(self) -> Move | None:
        """What the button that was pressed means, beside saving."""
        return pressed(self.data)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.move and self.move.asks_why and not self.cleaned_data.get("comment"):
            self.add_error("comment", f"Say why: {self.move.label!r} needs a reason.")
        return cleaned


def entry_typed(current: Entry | None, form: Any, formsets: Sequence[Any]) -> Entry:
    """Raises InvalidCatalog."""
    if len(formsets) != len(INLINES):
        raise PermissionDenied
    row, typed = form.instance, form.cleaned_data
    raw = {key: typed.get(key, getattr(row, key)) for key in PLAIN_FIELDS} | part_lists([*formsets])
    raw |= {"code": row.code, "category": typed["category"].name, "origin": origin_typed(typed)}
    raw["status"] = state_after(form.move, row.status, code=row.code)
    return typed_over(current, Entry, raw, code=row.code)


def origin_typed(typed: dict[str, Any]) -> dict[str, Any]:
    origin = {key.removeprefix("origin_"): typed[key] for key in ORIGIN_FIELDS}
    return origin if any(origin.values()) else {}
