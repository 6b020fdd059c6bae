"""What backs a consequence, ready to be shown: a reference of the entry, or a figure of the failure lab."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.urls import reverse

from patterns.document.entry import Entry
from patterns.document.tables import LAB_PREFIX, Consequence, Reference
from patterns.lab.evidence import cited_figure
from patterns.lab.experiment import Experiment
from patterns.views.lab.request import RunRequest

Ground = Literal["lab", "source", "judgement"]
GROUNDS: Final[tuple[Ground, ...]] = ("lab", "source", "judgement")  # the firmest first


@dataclass(frozen=True)
class Backing:
    """``text`` is a title, or the two means; ``about`` says of a figure what it counts; no address means no link."""

    kind: Literal["lab", "source", "unknown"]
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
    def ground(self) -> Ground:
        """The firmest thing that it stands on."""
        if self.is_judgement:
            return "judgement"
        return "lab" if any(one.kind == "lab" for one in self.backings) else "source"

    @property
    def rank(self) -> int:
        """How firm that is, 0 best."""
        return GROUNDS.index(self.ground)

    @property
    def best(self) -> tuple[Backing, ...]:
        """The first of its firmest backings, where there is room for one; none if it is a judgement."""
        return tuple(one for one in self.backings if one.kind == self.ground)[:1]


def backed(
    entry: Entry, *, experiment: Experiment | None, lab_slugs: Mapping[str, str] | None = None, page: str = ""
) -> tuple[BackedConsequence, ...]:
    """``experiment`` is the one on the entry; ``lab_slugs`` are, by experiment, of public entries that have one.

    ``page`` is the address of the page that shows the entry's references, if it is another one.
    """
    return backed_by(entry.consequences, entry.references, experiment=experiment, lab_slugs=lab_slugs or {}, page=page)


def backed_by(
    consequences: Iterable[Consequence],
    references: Iterable[Reference],
    *,
    experiment: Experiment | None,
    lab_slugs: Mapping[str, str],
    page: str = "",
) -> tuple[BackedConsequence, ...]:
    """The same of the parts of an entry alone."""
    sources = {one.key: one for one in references if one.key}
    found = []
    for one in consequences:
        backings = (backing_of(name, one.sign, sources, experiment, lab_slugs, page) for name in one.evidence)
        found.append(BackedConsequence(one, tuple(backings)))
    return tuple(found)


def backing_of(
    name: str,
    sign: str,
    sources: Mapping[str, Reference],
    experiment: Experiment | None,
    lab_slugs: Mapping[str, str],
    page: str,
) -> Backing:
    if name in sources:
        source = sources[name]
        return Backing("source", source.title, str(source.year or ""), f"{page}#{source_anchor(name)}")
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
