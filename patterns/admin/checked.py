"""What the editorial checks say of an entry, for its form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patterns.document.entry import Entry
from patterns.lint.finding import Finding
from patterns.store.findings import lint_entry

WHOLE = "The entry"
FIELDS = ("name", "category", "description", "kind", "aliases", "problem", "solution")
ROWS = ("consequences", "relations", "steps", "references", "known_as")
ANCHORS = {
    **{key: f"id_{key}" for key in FIELDS},
    **{key: f"{key}-group" for key in ROWS},
    **dict.fromkeys(("use_when", "avoid_when"), "applicability-group"),
    "origin": "id_origin_who",
}


@dataclass(frozen=True)
class Shown:
    """A finding below the heading of its field; ``place`` says which row of it, if it has any."""

    rule: str
    severity: str
    place: str
    message: str
    hint: str


@dataclass(frozen=True)
class Group:
    key: str
    label: str
    findings: list[Shown]

    @property
    def anchor(self) -> str:
        """Where the form has it; empty if nothing there can be edited."""
        return ANCHORS.get(self.key, "")


@dataclass(frozen=True)
class Checked:
    groups: list[Group]
    is_whole: bool


def checked(code: str, *, today: date) -> Checked:
    """The findings of a saved entry by field, in the order of its keys."""
    report = lint_entry(code, today=today)
    return Checked(grouped(report.findings), report.is_whole)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    groups: dict[str, list[Shown]] = {key: [] for key in ("", *Entry.model_fields)}
    for one in findings:
        key, place = split(one.key)
        groups[key].append(Shown(one.rule, one.severity, place, one.message, one.hint))
    return [Group(key, label(key), shown) for key, shown in groups.items() if shown]


def split(key: str) -> tuple[str, str]:
    """``consequences[2]`` → the field's key, and "2: " as people read it."""
    field = key.partition("[")[0].partition(".")[0]
    place = key[len(field) :].replace("[", "").replace("]", "").replace(".", " ").strip()
    return field, f"{place}: " if place else ""


def label(key: str) -> str:
    return key.replace("_", " ").capitalize() if key else WHOLE
