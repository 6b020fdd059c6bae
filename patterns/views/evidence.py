"""What backs a consequence, ready to be shown: a reference of the entry, or a figure of the failure lab."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from django.urls import reverse

from patterns.document.entry import Entry
from patterns.document.tables import LAB_PREFIX, Consequence, Reference
from patterns.lab.evidence import cited_figure
from patterns.lab.experiment import Experiment
from patterns.views.lab.request import RunRequest

Strength = Literal["lab", "source", "unknown"]
STRENGTH: tuple[Strength, ...] = get_args(Strength)


@dataclass(frozen=True)
class Backing:
    """``text`` is a title, or the two medians; ``about`` says of a figure what it counts; no address means no link."""

    kind: Strength
    text: str
    about: str = ""
    address: str = ""


@dataclass(frozen=True)
class BackedConsequence:
    """A gain or cost with what backs it; with nothing it is the editor's judgement."""

    consequence: Consequence
    backings: tuple[Backing, ...]

    @property
    def is_judgement(self) -> bool:
        return all(one.kind == "unknown" for one in self.backings)

    @property
    def rank(self) -> int:
        """How well it is backed, 0 best: by a figure of the lab, by a source, by nothing that we could look up."""
        return min((STRENGTH.index(one.kind) for one in self.backings), default=len(STRENGTH) - 1)

    @property
    def best(self) -> tuple[Backing, ...]:
        """The first of its best backings, where there is room for one; none if it is a judgement."""
        known = [one for one in self.backings if one.kind != "unknown"]
        return tuple(sorted(known, key=lambda one: STRENGTH.index(one.kind))[:1])


def backed(
    entry: Entry, *, experiment: Experiment | None, lab_slugs: Mapping[str, str] | None = None, page: str = ""
) -> tuple[BackedConsequence, ...]:
    """``experiment`` is the one on the entry; ``lab_slugs`` are, by experiment, of public entries that have one.

    ``page`` is the address of the page that shows the entry's references, if it is another one.
    """
    sources = {one.key: one for one in entry.references if one.key}
    found = []
    for one in entry.consequences:
        backings = [backing_of(name, one.sign, sources, experiment, lab_slugs or {}) for name in one.evidence]
        whole = (replace(each, address=page + each.address) if each.kind == "source" else each for each in backings)
        found.append(BackedConsequence(one, tuple(whole)))
    return tuple(found)


def backing_of(
    name: str, sign: str, sources: Mapping[str, Reference], experiment: Experiment | None, lab_slugs: Mapping[str, str]
) -> Backing:
    if name in sources:
        source = sources[name]
        return Backing("source", source.title, str(source.year or ""), f"#{source_anchor(name)}")
    if not name.startswith(LAB_PREFIX):
        return Backing("unknown", name)
    try:
        figure = cited_figure(name.removeprefix(LAB_PREFIX), experiment)
    except ValueError:  # the checks tell editors; readers see what it says
        return Backing("unknown", name)
    if figure.sign != sign:
        return Backing("unknown", name)
    slug = lab_slugs.get(figure.experiment.slug)
    query = RunRequest(figure.experiment, figure.preset, figure.preset.parameters).query
    address = reverse("patterns:pattern_lab", args=[slug]) + query if slug else ""
    about = f"{figure.metric.name}; {figure.preset.name}"  # two presets give one figure twice
    return Backing("lab", f"{figure.before} → {figure.after}", about, address)


def cited_experiments(entry: Entry) -> set[str]:
    """Slugs of other entries' experiments that the evidence names."""
    figures = (name.removeprefix(LAB_PREFIX).split("/") for name in lab_evidence(entry))
    return {parts[0] for parts in figures if len(parts) == OF_ANOTHER}


def cites_own_lab(entry: Entry) -> bool:
    return any(name.count("/") < OF_ANOTHER - 1 for name in lab_evidence(entry))


OF_ANOTHER = 3  # parts of the name of a figure, the first of which is the experiment


def lab_evidence(entry: Entry) -> list[str]:
    return [name for one in entry.consequences for name in one.evidence if name.startswith(LAB_PREFIX)]


def source_anchor(key: str) -> str:
    """The id of a reference on the page of its entry."""
    return f"source-{key}"
