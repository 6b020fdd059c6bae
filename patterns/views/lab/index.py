"""Which entries have an experiment, what its presets showed, and the page of all of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.entry import Entry, code_order
from patterns.document.vocabulary import QUALITIES
from patterns.lab.experiment import FAULT_NAMES, Experiment, Fault, Preset
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored_verdict
from patterns.lab.sweep import SWEEP_SEEDS
from patterns.lab.verdict import Verdict
from patterns.models import FormerSlug, Pattern
from patterns.views.freshness import public
from patterns.views.lab.request import RunRequest
from patterns.views.rendering import render_page


@dataclass(frozen=True)
class ExaminedEntry:
    """A published entry and the experiment on it.

    It is of the entry that has its slug, or that had it in public before an editor renamed it.
    """

    pattern: Pattern
    experiment: Experiment


def experiment_on(entry: Pattern | Entry) -> Experiment | None:
    """No query for an entry that still has the slug that its experiment knows."""
    if entry.slug in BY_SLUG:
        return BY_SLUG[entry.slug]
    former = FormerSlug.objects.filter(pattern__code=entry.code, slug__in=BY_SLUG).order_by("slug")
    return BY_SLUG.get(former.values_list("slug", flat=True).first() or "")


def examined_entries() -> list[ExaminedEntry]:
    """Every published entry with an experiment, in code order."""
    every = [ExaminedEntry(pattern, BY_SLUG[slug]) for slug, pattern in published_at(BY_SLUG).items()]
    return sorted(every, key=lambda one: code_order(one.pattern.code))


def published_at(slugs: Collection[str]) -> dict[str, Pattern]:
    """By these slugs, the published entries that have them, or had them before they were renamed."""
    public = Pattern.objects.published()
    found = {one.slug: one for one in public.filter(slug__in=slugs).for_links().order_by()}
    # Asked only for what is missing: mostly nothing, and then it costs no query.
    if missing := {*slugs} - found.keys():
        former = FormerSlug.objects.filter(slug__in=missing, pattern__in=public).select_related("pattern__category")
        found |= {one.slug: one.pattern for one in former}
    return found


def lab_slugs(experiments: Collection[str]) -> dict[str, str]:
    """Of the experiments with these slugs, those on a published entry, with the slug that it has now."""
    if not experiments:
        return {}
    public = Pattern.objects.published()
    live = public.filter(slug__in=experiments).order_by().values_list("slug", "slug")
    former = FormerSlug.objects.filter(slug__in=experiments, pattern__in=public).values_list("slug", "pattern__slug")
    # One query of two halves: with OR between them no index would serve.
    found = [*live.union(former, all=True)]
    # A live slug, which leads to itself, beats a former one.
    return dict(sorted(found, key=lambda one: one[0] == one[1]))


def examined_entry(slug: str) -> ExaminedEntry | None:
    """None if no published entry has the slug.

    Raises:
        Http404: if there is no experiment on the one that has it.
    """
    pattern = Pattern.objects.published().filter(slug=slug).select_related("category").first()
    if pattern is None:
        return None
    experiment = experiment_on(pattern)
    if experiment is None:
        raise Http404
    return ExaminedEntry(pattern, experiment)


@dataclass(frozen=True)
class PresetLink:
    """What the sweep of a preset showed; ``query`` stands behind the address of the experiment's page."""

    preset: Preset
    told: Verdict
    query: str


def preset_links(experiment: Experiment) -> list[PresetLink]:
    links = []
    for preset in experiment.presets:
        query = RunRequest(experiment, preset, preset.parameters).query
        links.append(PresetLink(preset, stored_verdict(experiment, preset), query))
    return links


@dataclass(frozen=True)
class Trials:
    """An entry of the lab, and situations in which it was tried, each with what its stored runs showed."""

    examined: ExaminedEntry
    situations: list[PresetLink]


@dataclass(frozen=True)
class Choice:
    """A filter: how many situations it would leave, beside the other filter that is chosen."""

    key: str
    name: str
    address: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class LabQuery:
    """What an address asks for: situations of one fault and one quality, or all. What means nothing is not said."""

    fault: str
    quality: str

    @classmethod
    def of(cls, request: HttpRequest) -> "LabQuery":
        fault, quality = request.GET.get("fault", ""), request.GET.get("quality", "")
        return cls(fault if fault in [*Fault] else "", quality if quality in QUALITIES else "")

    @property
    def address(self) -> str:
        query = urlencode({key: value for key, value in (("fault", self.fault), ("quality", self.quality)) if value})
        return reverse("patterns:lab") + (f"?{query}" if query else "")

    def of_all(self, examined: Iterable[ExaminedEntry]) -> list[Trials]:
        found = []
        for one in examined:
            if self.quality and self.quality not in one.experiment.qualities:
                continue
            links = preset_links(one.experiment)
            if situations := [link for link in links if self.fault in ("", link.preset.fault)]:
                found.append(Trials(one, situations))
        return found


def choices(query: LabQuery, examined: Collection[ExaminedEntry], names: Mapping[str, str], key: str) -> list[Choice]:
    """Of one filter: each value that leaves anything."""
    found = []
    for value, name in names.items():
        other = replace(query, **{key: value})
        count = sum(len(one.situations) for one in other.of_all(examined))
        if count:
            found.append(Choice(value, name, other.address, count, getattr(query, key) == value))
    return found


@public
def experiment_index(request: HttpRequest) -> HttpResponse:
    """Every situation of every experiment, by fault and by quality, and how to read an experiment."""
    query, examined = LabQuery.of(request), examined_entries()
    faults = {"": "Any fault", **{fault.value: name for fault, name in FAULT_NAMES.items()}}
    qualities = {"": "Any quality", **{quality: quality.capitalize() for quality in QUALITIES}}
    return render_page(
        request,
        "patterns/lab_index.html",
        path=query.address,
        query=query,
        trials=query.of_all(examined),
        examined=examined,
        faults=choices(query, examined, faults, "fault"),
        qualities=choices(query, examined, qualities, "quality"),
        run_count=len(SWEEP_SEEDS),
    )


@dataclass(frozen=True)
class Trial:
    """What an entry's own page says of the experiment on it.

    ``told`` is the verdict on the default preset, and ``address`` the page of the experiment.
    """

    experiment: Experiment
    told: Verdict
    address: str


def trial_of(entry: Pattern | Entry) -> Trial | None:
    """None if there is no experiment on the entry."""
    experiment = experiment_on(entry)
    return trial_on(experiment, entry.slug) if experiment else None


def trial_on(experiment: Experiment, slug: str) -> Trial:
    """The trial of the entry that has the slug."""
    address = reverse("patterns:pattern_lab", args=[slug])
    return Trial(experiment, stored_verdict(experiment, experiment.default), address)
