"""The sections of an entry's form: what the list of links beside it says of each, and which of them stand open."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from patterns.admin.entry_form import LAST_FIELDSET, keys_in, typed_rows
from patterns.admin.findings import FormFindings, ShownFinding
from patterns.store.reading import COLUMNS_OF

ALWAYS_OPEN = ("Basics", "Text", LAST_FIELDSET)


@dataclass(frozen=True)
class Section:
    """A fieldset or a list of rows; ``beside`` are those of its findings that stand beside no field of their own."""

    title: str
    anchor: str
    finding_count: int
    error_count: int
    row_count: int | None
    is_open: bool
    beside: list[ShownFinding]


def add_sections(
    context: dict[str, Any], *, checked: FormFindings | None, typed_keys: Collection[str], is_open: bool
) -> None:
    """Give each fieldset and each list of a form's page its section, and the page all of them in their order.

    Of an entry that is there, only what has something to mend or holds typed text stands open, unless all of it shall
    be: the form of a full one has hundreds of fields.
    """
    found = {group.key: group.findings for group in checked.groups} if checked else {}
    fieldsets, inlines = [*context["adminform"]], context["inline_admin_formsets"]
    for number, fieldset in enumerate(fieldsets):
        fieldset.section = fieldset_section(fieldset, number, found, typed_keys, is_open=is_open)
    for inline in inlines:
        inline.section = list_section(inline, found, typed_keys, is_open=is_open)
    ahead = [one for one in fieldsets if one.name != LAST_FIELDSET]
    behind = [one for one in fieldsets if one.name == LAST_FIELDSET]
    context |= {"fieldsets": ahead, "last_fieldsets": behind}
    context["sections"] = [one.section for one in (*ahead, *inlines, *behind)]


def fieldset_section(
    fieldset: Any, number: int, found: dict[str, list[ShownFinding]], typed_keys: Collection[str], *, is_open: bool
) -> Section:
    form, names = fieldset.form, [*fieldset.fields]
    keys = key_of_fields(names)
    errors = sum(len(form.errors.get(name, ())) for name in names)
    is_typed = not keys.isdisjoint(typed_keys)
    findings = [*chain.from_iterable(found.get(key, ()) for key in keys)]
    return Section(
        title=fieldset.name,
        anchor=f"section-{number}",
        finding_count=len(findings),
        error_count=errors,
        row_count=None,
        is_open=is_open or fieldset.name in ALWAYS_OPEN or bool(errors or findings) or is_typed,
        beside=[*chain.from_iterable(found.get(key, ()) for key in keys if key not in form.fields)],
    )


def key_of_fields(names: Iterable[str]) -> set[str]:
    """The keys of the document that these fields hold: a table has a field for each of its columns."""
    tables = {column: key for key, columns in COLUMNS_OF.items() for column in columns}
    return {tables.get(name, name) for name in names}


def list_section(
    inline: Any, found: dict[str, list[ShownFinding]], typed_keys: Collection[str], *, is_open: bool
) -> Section:
    formset, title = inline.formset, str(inline.opts.verbose_name_plural)
    keys = keys_in(formset)
    errors = len(formset.non_form_errors()) + sum(
        len(messages) for form in formset.forms for messages in form.errors.values()
    )
    findings = [*chain.from_iterable(found.get(key, ()) for key in keys)]
    is_typed = not {*keys}.isdisjoint(typed_keys)
    return Section(
        title=title[:1].upper() + title[1:],
        anchor=f"{formset.prefix}-rows",
        finding_count=len(findings),
        error_count=errors,
        row_count=len(typed_rows(formset) if formset.is_bound else formset.initial_forms),
        is_open=is_open or bool(errors or findings) or is_typed,
        beside=findings,
    )
