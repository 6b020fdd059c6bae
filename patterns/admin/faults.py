"""What is wrong in a form that was sent: a list of links that stands above it, and the focus on the first of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One message. ``place`` says in words where it is, ``anchor`` leads there; both are empty if it is of no field."""

    place: str
    message: str
    anchor: str = ""
    widget: Any = None  # of the field that it is about

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def faults_of(form: Any, formsets: Sequence[Any], *, last: Iterable[str] = ()) -> list[Fault]:
    """All of them in the order of the page; the fields ``last`` of the form stand behind the rows."""
    behind = [name for name in form.fields if name in {*last}]
    found = [Fault("", str(error)) for error in form.non_field_errors()]
    found += faults_in(form, [name for name in form.fields if name not in behind])
    for formset in formsets:
        title = str(formset.model._meta.verbose_name_plural).capitalize()
        found += [Fault(title, str(error), f"{formset.prefix}-rows") for error in formset.non_form_errors()]
        for index, row in enumerate(formset.forms):
            # The number that it has on the page, which may have been typed.
            about = f"{title}, row {getattr(row, 'cleaned_data', {}).get('place') or index + 1}"
            found += [Fault(about, str(error), f"{formset.prefix}-{index}") for error in row.non_field_errors()]
            found += faults_in(row, row.fields, about=f"{about}: ")
    return [*found, *faults_in(form, behind)]


def faults_in(form: Any, names: Iterable[str], *, about: str = "") -> Iterator[Fault]:
    """Those of some fields of a form; ``about`` begins what they are called where there are several forms."""
    for name in names:
        field = form.fields[name]
        anchor, widget = ("", None) if field.widget.is_hidden else (form[name].id_for_label, field.widget)
        place = f"{about}{field.label or name}"
        yield from (Fault(place, str(error), anchor, widget) for error in form.errors.get(name, ()))


def mark(faults: Sequence[Fault]) -> None:
    """Let the page begin at the first field that is wrong, and let each field be read out with what is wrong in it."""
    for fault in faults:
        attributes = fault.widget.attrs if fault.widget else {}
        # Django names the errors of those fields only that have no description of their own.
        if "aria-describedby" in attributes and not attributes["aria-describedby"].endswith("_error"):
            attributes["aria-describedby"] += f" {fault.anchor}_error"
    if faults and faults[0].widget:
        faults[0].widget.attrs["autofocus"] = True
