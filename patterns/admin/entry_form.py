"""The form of an entry: what stands in its fields, as an Entry."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied

from patterns.admin.buttons import Move, pressed, state_after
from patterns.admin.documents import DocumentForm, typed_over
from patterns.admin.fields import CodeInput, LinesField
from patterns.admin.parts import INLINES, part_lists
from patterns.document.entry import Entry
from patterns.models import Pattern

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
