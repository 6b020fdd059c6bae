"""The form of an entry: what stands in its fields, as an Entry."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from math import inf
from operator import itemgetter
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from patterns.admin.base import LinesField, LongTextField, typed_over
from patterns.admin.documents import ABOUT_CHANGE, DocumentForm, TypedForm
from patterns.admin.picks import EntryField, names_of
from patterns.admin.shelves import ShelfField
from patterns.document.entry import CHILDREN, LISTS_IN, Entry
from patterns.document.partial import read_partly
from patterns.document.plan import Edit
from patterns.document.problems import Problem
from patterns.document.register import LIST_LENGTH, Layout, keys_of, with_values
from patterns.models import Applicability, Pattern
from patterns.store.edits import next_code
from patterns.store.reading import COLUMNS_OF, JSON_KEYS, PART_MODELS, TEXT_KEYS, VERDICT_KEYS, part_columns, part_rows
from patterns.workflow.saves import problems_of_edit
from patterns.workflow.transitions import Transition, pressed

# The parts of a pattern as inlines: rows that say what a list of the document holds, in their order.


class PartForm(TypedForm):
    place = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "place"}),
        help_text="Another number moves the row.",
    )

    @property
    def moved_to(self) -> float | None:
        """The number that was typed in place of the one the row had; infinite for none at all, None if it stays."""
        typed, was = self.cleaned_data.get("place"), self.initial.get("place")
        if typed is not None and typed == was:
            return None
        return inf if typed is None else float(typed)


def in_typed_order(forms: Iterable[PartForm]) -> list[PartForm]:
    """Each moved row at the number that was typed, the others around it in the order that they had.

    Of two with one number the upper comes first; a number beyond the end means the end.
    """
    rows = [*forms]
    staying = deque(form for form in rows if form.moved_to is None)
    moving = deque(sorted((form for form in rows if form.moved_to is not None), key=lambda form: form.moved_to or 0))
    ordered: list[PartForm] = []
    while staying or moving:
        is_here = moving and (not staying or (moving[0].moved_to or 0) <= len(ordered) + 1)
        ordered.append((moving if is_here else staying).popleft())
    return ordered


class PartFormSet(BaseInlineFormSet):
    """Rows without identity: saving may write the whole list anew, so they are those of the entry, not of the table."""

    def __init__(self, *args: Any, entry: Entry | None, **kwargs: Any) -> None:
        self.entry = entry
        super().__init__(*args, **kwargs)

    def get_queryset(self) -> Any:
        """A row for each part of the entry; of a form that was sent, for each that it had when it was opened."""
        return [form.instance for form in self.initial_forms] if self.is_bound else self.entry_rows

    @cached_property  # asked for by every row
    def entry_rows(self) -> list[Any]:
        keys = [KEY_OF[self.model]] if self.model in KEY_OF else VERDICT_KEYS
        return [*part_rows(self.entry, self.instance.pk, keys)] if self.entry else []

    @cached_property
    def names(self) -> Mapping[str, str]:
        return {} if self.is_bound else names_of(row.target for row in self.entry_rows)

    @cached_property  # its page asks for it five times, and each time Django would make it anew
    def empty_form(self) -> Any:
        return super().empty_form

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.fields["id"].required = False
        return form

    def _existing_object(self, pk: Any) -> None:
        """What was sent says all that there is to say of a row, and Django makes one of it."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if index is not None and index < self.initial_form_count():
            form.initial["place"] = index + 1
        form.fields["id"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=form.instance.pk)
        row = "new row" if index is None else f"row {index + 1}"
        if isinstance(target := form.fields.get("target"), EntryField):
            target.names = self.names
        for name, field in form.fields.items():  # in a table no field has a label or a help of its own
            field.widget.attrs["aria-label"] = f"{field.label or name}, {row}"
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"{self.prefix}-{name}-help"

    def forms_by_key(self) -> dict[str, list[PartForm]]:
        """Key of the document → the rows of its list, as ``typed_document`` has them."""
        rows = [*map(itemgetter(0), typed_rows(self))]
        if self.model is not Applicability:
            return {KEY_OF[self.model]: rows}
        return {
            key: [form for form in rows if typed_value(form, "verdict") == word] for key, word in VERDICT_KEYS.items()
        }

    def show_problem(self, problem: Problem, rows: Sequence[PartForm]) -> None:
        """Beside the field of the row that it is about, or in front of the list; ``rows`` are those of its key."""
        key, *inner = problem.path
        if not inner or not isinstance(inner[0], int) or inner[0] >= len(rows):
            about = f"{keys_of(Entry)[str(key)].label}: " if self.model is Applicability else ""
            self.non_form_errors().append(f"{about}{problem.sentence}")
            return
        form, column = rows[inner[0]], str(inner[1]) if inner[1:] else "text"
        form.show_problem(column, problem, item=inner[2:])

    def rows(self) -> list[dict[str, Any]]:
        """The filled rows that are not marked for deletion, as typed, in the order that was asked for."""
        # Those marked for deletion count, as long as the page numbers them.
        filled: list[Any] = [form for form in self.forms if form.cleaned_data]
        return [form.cleaned_data for form in in_typed_order(filled) if not form.cleaned_data.get("DELETE")]


class PartInline(admin.TabularInline):
    """Who may edit the pattern may edit its parts; otherwise a save would drop parts that the form did not show."""

    form = PartForm
    formset = PartFormSet
    template = "admin/patterns/pattern/tabular.html"
    extra = 1  # one can be added without JavaScript
    max_num = LIST_LENGTH
    can_delete = True
    help_texts: Mapping[str, str] = {}
    lists: Sequence[str] = ()  # columns that hold a list of texts
    blocks: Sequence[str] = ()  # columns that hold a text of several lines
    formfield_overrides = {models.TextField: {"form_class": LongTextField, "widget": AdminTextareaWidget}}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whatever the pattern: Django asks without it which rows may be shown, and would show none of them."""
        return any(request.user.has_perm(f"patterns.{verb}_pattern") for verb in ("view", "change", "add"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        owner = self.admin_site.get_model_admin(self.parent_model)
        return owner.has_change_permission(request, obj) if obj else owner.has_add_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [*fields, "place"] if self.has_change_permission(request, obj) else fields

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "target":
            return EntryField(help_text="The other entry: type a part of its name and pick it, or its code.")
        if db_field.name in self.help_texts:
            kwargs["help_text"] = self.help_texts[db_field.name]
        if db_field.name in self.lists:
            return LinesField(
                required=False,
                help_text=f"{kwargs['help_text']} One on each line.",
                widget=forms.Textarea(attrs={"rows": 2, "cols": 24}),
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, forms.Textarea):
            is_block = db_field.name in self.blocks
            field.widget.attrs |= {"rows": 8 if is_block else 2, "cols": 50}
            if is_block and isinstance(field, forms.CharField):
                field.strip = False  # code may begin with spaces
                field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} block".strip()
        return field


class ApplicabilityInline(PartInline):
    """Two lists of the document in one: each row says whether it is a reason to use the pattern or to avoid it."""

    model = Applicability
    fields = ("verdict", "text")
    verbose_name_plural = "when to use, when to avoid"


def inline_of(key: str) -> type[PartInline]:
    model, table = PART_MODELS[key], CHILDREN.get(key)
    keys = keys_of(table) if table else {"text": keys_of(Entry)[key]}
    attributes = {
        "model": model,
        "fields": part_columns(key),
        "help_texts": {name: about.help for name, about in keys.items()},
        "lists": LISTS_IN[table] if table else (),
        "blocks": [name for name, about in keys.items() if about.layout is Layout.BLOCK],
    }
    return type(f"{model.__name__}Inline", (PartInline,), attributes)


INLINES: list[type[PartInline]] = [ApplicabilityInline, *map(inline_of, PART_MODELS)]
KEY_OF: dict[Any, str] = {model: key for key, model in PART_MODELS.items()}


def keys_in(formset: Any) -> list[str]:
    """The keys of the document whose lists stand in its rows."""
    return [KEY_OF[formset.model]] if formset.model in KEY_OF else [*VERDICT_KEYS]


def typed_rows(formset: Any) -> list[tuple[PartForm, dict[str, Any]]]:
    """The rows with what was typed, whatever is wrong with it; ``rows`` of the formset needs valid ones."""
    found = []
    for form in in_typed_order([form for form in formset.forms if form.has_changed() or form in formset.initial_forms]):
        columns = ("verdict", "text") if formset.model is Applicability else part_columns(KEY_OF[formset.model])
        said = {name: typed_value(form, name) for name in columns}
        if not form.cleaned_data.get("DELETE") and any(said.values()):
            found.append((form, said))
    return found


def typed_value(form: Any, name: str) -> Any:
    """What a field says once it is read, or else as it was sent."""
    return form.cleaned_data[name] if name in form.cleaned_data else str(form[name].data or "")


def typed_document(form: Any, formsets: Sequence[PartFormSet]) -> dict[str, Any]:
    """What the form says in the shape of an Entry, which need not be one yet; only text and numbers."""
    row = form.instance
    said: dict[str, Any] = {
        key: typed_value(form, key) if key in form.fields else getattr(row, key) for key in PLAIN_FIELDS
    }
    said |= {"code": row.code, "status": row.status}
    category = form.cleaned_data.get("category")
    said["category"] = category.name if category else ""
    for key, columns in COLUMNS_OF.items():
        table = {column.removeprefix(f"{key}_"): typed_value(form, column) for column in columns}
        said[key] = table if any(table.values()) else {}
    for formset in formsets:
        rows = [said for _, said in typed_rows(formset)]
        if formset.model is Applicability:
            for key, word in VERDICT_KEYS.items():
                said[key] = [row["text"] for row in rows if row["verdict"] == word]
        else:
            key = KEY_OF[formset.model]
            said[key] = rows if key in CHILDREN else [row["text"] for row in rows]
    return said


def shown_entry(said: Mapping[str, Any], current: Entry | None) -> Entry:
    """An Entry to fill a form with: what was typed over what is there. Nobody has checked it."""
    values: dict[str, Any] = dict(vars(current)) if current else {"code": ""}
    for key, value in said.items():
        if key in CHILDREN and value:
            rows = value if isinstance(value, list) else [value]
            known, table = CHILDREN[key].model_fields, cast(Any, CHILDREN[key])
            tables: Any = tuple(
                table.model_construct(
                    **{name: tuple(one) if isinstance(one, list) else one for name, one in row.items() if name in known}
                )
                for row in rows
            )
            values[key] = tables if isinstance(value, list) else tables[0]
        elif key in Entry.model_fields:
            values[key] = tuple(value) if isinstance(value, list) else value
    return Entry.model_construct(**values)


def keys_typed(said: Mapping[str, Any], current: Entry) -> set[str]:
    """The keys of which what was typed says something else than the entry."""
    typed = shown_entry(said, None)
    known = said.keys() & Entry.model_fields.keys()
    return {key for key in known if (getattr(typed, key) or None) != (getattr(current, key) or None)}


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
            rows = [{name: row[name] for name in part_columns(key)} for row in formset.rows()]
            lists[key] = rows if key in CHILDREN else [row["text"] for row in rows]
    return lists


# The state is moved by buttons; a category is chosen, and its name stands in the document.
PLAIN_FIELDS = tuple(key for key in (*TEXT_KEYS, *JSON_KEYS) if key not in ("code", "category", "status"))
TABLE_FIELDS = tuple(chain.from_iterable(COLUMNS_OF.values()))
# What the form asks first; the other keys follow in the order of the file, each in the fieldset of the register.
FIRST = ("code", "name", "slug", "category", "kind", "concern", "description")
FIELDSETS = ("", "Text", "Origin", "State")
LAST_FIELDSET = "This change"


def fieldsets() -> Any:
    """Those of the form of an entry, with the fields of this change at the end."""
    found: dict[str, list[str]] = {name: [] for name in FIELDSETS} | {"": [*FIRST]}
    for key, about in keys_of(Entry).items():
        if key in COLUMNS_OF:
            found[about.fieldset] += COLUMNS_OF[key]
        elif key in (*TEXT_KEYS, *JSON_KEYS) and key not in FIRST:
            found[about.fieldset].append(key)
    shown = [(name or "Basics", {"fields": fields}) for name, fields in found.items()]
    return [*shown, (LAST_FIELDSET, {"fields": [*ABOUT_CHANGE, "proposed"]})]


# Lists of texts on one line of the file are typed one on each line.
ListFields = type(
    "ListFields",
    (forms.Form,),
    {key: LinesField(required=False, help_text=f"{keys_of(Entry)[key].help} One on each line.") for key in JSON_KEYS},
)


NUMBERED = "Left empty, it is the next free number, assigned when you save."


class PatternForm(ListFields, DocumentForm):  # type: ignore[misc,valid-type]
    """``proposed`` says which open proposal of its person there was when it was opened."""

    proposed = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    replaced_by = EntryField(
        required=False,
        offers="successors",
        help_text="The published entry that readers meet instead, once this one is retired: its name or its code.",
    )

    class Meta:
        model = Pattern
        fields = ("code", *PLAIN_FIELDS, "category", *TABLE_FIELDS)
        field_classes = {"category": ShelfField}
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "cols": 80})}
        help_texts = {key: about.help for key, about in keys_of(Entry).items()} | {
            f"{key}_{name}": about.help for key in COLUMNS_OF for name, about in keys_of(CHILDREN[key]).items()
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "replaced_by" in self.fields:
            cast(EntryField, self.fields["replaced_by"]).names = names_of([self.initial.get("replaced_by", "")])
        if self.instance.code == "":  # a new entry begins as a draft
            self.instance.status = Pattern.Status.DRAFT
        if self.instance.code == "" and "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = f"{self.fields['code'].help_text} {NUMBERED}"

    @property
    def transition(self) -> Transition | None:
        """What the button that was pressed means, beside saving."""
        return pressed(self.data)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        transition = self.transition
        if transition and transition.asks_why and not self.cleaned_data.get("comment"):
            self.add_error("comment", f"Say why: {transition.button_label!r} needs a reason.")
        return cleaned


def problems_typed(current: Entry | None, form: Any, formsets: Sequence[Any]) -> list[Problem]:
    """All that is wrong with what was typed as far as it can be read; only what depends on the rest stays unsaid."""
    if len(formsets) != len(INLINES):
        raise PermissionDenied
    code = form.instance.code
    part = read_partly(typed_document(form, formsets), code=code)
    before = {key: getattr(current, key) for key in part.refused_keys if key in Entry.model_fields} if current else {}
    between = problems_of_edit(Edit("entry", code, current, with_values(part.entry, before)))
    unread = {"code", "category", *part.refused_keys} if current is None else part.refused_keys
    said = [part.as_said(problem) for problem in between if problem.path and problem.path[0] not in unread]
    return [*part.problems, *said]


def entry_typed(current: Entry | None, form: Any, formsets: Sequence[Any]) -> Entry:
    """Raises InvalidCatalog."""
    if len(formsets) != len(INLINES):
        raise PermissionDenied
    row, typed = form.instance, form.cleaned_data
    raw = {key: typed.get(key, getattr(row, key)) for key in PLAIN_FIELDS} | part_lists([*formsets])
    # A new entry without a code is looked at with the one that it would get now.
    raw |= {"code": row.code or next_code(), "category": typed["category"].name}
    for key, columns in COLUMNS_OF.items():
        table = {column.removeprefix(f"{key}_"): typed[column] for column in columns}
        raw[key] = table if any(table.values()) else {}
    raw["status"] = form.transition.state_after(row.status, code=row.code) if form.transition else row.status
    return typed_over(current, Entry, raw, code=row.code)
