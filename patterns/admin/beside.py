"""What stands beside a field of an entry's form: its help, how many words it has, what the checks find in it."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from patterns.admin.checked import Checked, Shown
from patterns.admin.naming import alike
from patterns.lint.sections import WORDS, Range, word_count

TEMPLATE = "admin/patterns/pattern/_beside.html"


def note(form: Any, checked: Checked | None) -> None:
    """Put it there, for every field that is shown to be edited."""
    found = {group.key: group.findings for group in checked.groups} if checked else {}
    for key in form.fields.keys() & (WORDS.keys() | found.keys()):
        add(form[key], WORDS.get(key), found.get(key, ()))
    if "name" in form.fields:
        warn(form["name"], code=form.instance.code)


def add(field: Any, words: Range | None, findings: Iterable[Shown]) -> None:
    count = word_count(str(field.value() or "")) if words else 0
    about = {"words": words, "count": count, "fits": words is None or words.holds(count)}
    context = {"help": field.help_text, "id": field.id_for_label, "findings": findings, **about}
    field.help_text = render_to_string(TEMPLATE, context)


def warn(field: Any, *, code: str) -> None:
    if near := alike(str(field.value() or ""), code=code):
        field.help_text = format_html("{} <strong>{}</strong>", field.help_text, warning(near))


def warning(near: list[tuple[str, str]]) -> str:
    names = format_html_join(", ", "[{}] {}", near)
    return format_html("Is it the same as {}? The names are much alike.", names)
