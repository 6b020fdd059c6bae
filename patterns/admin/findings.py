"""What the editorial checks say of an entry, for its form."""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from patterns.document.entry import Entry
from patterns.document.prose import folded
from patterns.document.register import Layout, keys_of
from patterns.lint.manuscript import GENERIC
from patterns.lint.sections import WORDS, word_count
from patterns.models import Pattern
from patterns.store.findings import lint_entry
from patterns.store.reading import VERDICT_KEYS

# The names that are so much like that of a new entry.


ALIKE = 0.84
SHOWN = 3


def similar_entries(name: str, *, code: str) -> list[tuple[str, str]]:
    """Code and name of the other entries whose name is nearly this one; the order of the words does not matter."""
    mine, others = name_core(name), dict[str, tuple[str, str]]()
    if not mine:
        return []
    for other, written in Pattern.objects.exclude(code=code).in_code_order().values_list("code", "name"):
        others.setdefault(name_core(written), (other, written))
    return [others[one] for one in get_close_matches(mine, others, n=SHOWN, cutoff=ALIKE)]


def name_core(name: str) -> str:
    """The words that tell a name from others, in one order."""
    words = folded(name).split()
    return " ".join(sorted(word for word in words if word not in GENERIC) or sorted(words))


WHOLE = "The entry"
IN_ROWS = (Layout.LINES, Layout.TABLES)
ANCHORS = {
    key: f"{'applicability' if key in VERDICT_KEYS else key}-rows" if about.layout in IN_ROWS else f"id_{key}"
    for key, about in keys_of(Entry).items()
}
ANCHORS["origin"] = "id_origin_who"


@dataclass(frozen=True)
class ShownFinding:
    """A finding below the heading of its field; ``place`` says which row of it, if it has any."""

    rule: str
    severity: str
    place: str
    message: str
    hint: str


@dataclass(frozen=True)
class FindingGroup:
    key: str
    label: str
    findings: list[ShownFinding]

    @property
    def anchor(self) -> str:
        """Where the form has it; empty if nothing there can be edited."""
        return ANCHORS.get(self.key, "")


@dataclass(frozen=True)
class FormFindings:
    groups: list[FindingGroup]
    is_whole: bool

    @property
    def count(self) -> int:
        return sum(len(group.findings) for group in self.groups)


def form_findings(code: str, *, today: date) -> FormFindings:
    """The findings of a saved entry by field, in the order of its keys."""
    report = lint_entry(code, today=today)
    groups: dict[str, list[ShownFinding]] = {key: [] for key in ("", *Entry.model_fields)}
    for one in report.findings:
        key = one.key.partition("[")[0].partition(".")[0]
        # ``consequences[2]`` is the second row of its field: "2: " as people read it.
        row = one.key[len(key) :].replace("[", "").replace("]", "").replace(".", " ").strip()
        groups[key].append(ShownFinding(one.rule, one.severity, f"{row}: " if row else "", one.message, one.hint))
    shown = [FindingGroup(key, label(key), found) for key, found in groups.items() if found]
    return FormFindings(shown, report.is_whole)


def label(key: str) -> str:
    return key.replace("_", " ").capitalize() if key else WHOLE


# What stands beside a field of an entry's form: its help, how many words it has, what the checks find in it.


TEMPLATE = "admin/patterns/pattern/_beside.html"


def add_notes(form: Any, findings: FormFindings | None) -> None:
    """Put it into the help of every field that is shown to be edited."""
    found = {group.key: group.findings for group in findings.groups} if findings else {}
    for key in form.fields.keys() & (WORDS.keys() | found.keys()):
        field, words = form[key], WORDS.get(key)
        count = word_count(str(field.value() or "")) if words else 0
        about = {"words": words, "count": count, "fits": words is None or words.holds(count)}
        context = {"help": field.help_text, "id": field.id_for_label, "findings": found.get(key, ()), **about}
        field.help_text = render_to_string(TEMPLATE, context)
    if "name" in form.fields and form.instance.published_at is None:  # later it is too late to ask, and not cheap
        name = form["name"]
        if near := similar_entries(str(name.value() or ""), code=form.instance.code):
            name.help_text = format_html("{} <strong>{}</strong>", name.help_text, similarity_warning(near))


def similarity_warning(near: list[tuple[str, str]]) -> str:
    names = format_html_join(", ", "[{}] {}", near)
    return format_html("Is it the same as {}? The names are much alike.", names)
