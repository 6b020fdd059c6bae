"""All experiments, and how to read them."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored_verdict
from patterns.lab.sweep import SWEEP_SEEDS
from patterns.lab.verdict import Stance, Verdict
from patterns.models import FormerSlug, Pattern
from patterns.views.conditional import public
from patterns.views.lab.request import Asked
from patterns.views.related import place
from patterns.views.rendering import render_page

# Which entry an experiment is of: the one that has its slug, or had it in public before an editor renamed it.


@dataclass(frozen=True)
class Examined:
    """A published entry and the experiment on it."""

    pattern: Pattern
    experiment: Experiment


def experiment_on(pattern: Pattern) -> Experiment | None:
    """No query for an entry that still has the slug that its experiment knows."""
    if pattern.slug in BY_SLUG:
        return BY_SLUG[pattern.slug]
    former = pattern.former_slugs.filter(slug__in=BY_SLUG).order_by("slug").values_list("slug", flat=True).first()
    return BY_SLUG.get(former) if former else None


def examined() -> list[Examined]:
    """Every published entry with an experiment, in code order."""
    found = {one.slug: one for one in Pattern.objects.published().filter(slug__in=BY_SLUG).for_cards().order_by()}
    if missing := BY_SLUG.keys() - found.keys():
        public = Pattern.objects.published()
        former = FormerSlug.objects.filter(slug__in=missing, pattern__in=public).select_related("pattern__category")
        found |= {one.slug: one.pattern for one in former}
    every = [Examined(pattern, BY_SLUG[slug]) for slug, pattern in found.items()]
    return sorted(every, key=lambda one: place(one.pattern))


def examined_at(slug: str) -> Examined | None:
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
    return Examined(pattern, experiment)


# The presets of an experiment as links, each with what its sweep showed.


@dataclass(frozen=True)
class PresetLink:
    """``query`` stands behind the address of the experiment's page."""

    preset: Preset
    told: Verdict
    query: str


def preset_links(experiment: Experiment) -> list[PresetLink]:
    return [link_to(experiment, preset) for preset in experiment.presets]


def link_to(experiment: Experiment, preset: Preset) -> PresetLink:
    return PresetLink(preset, stored_verdict(experiment, preset), Asked(experiment, preset, preset.parameters).query)


def without_help(experiment: Experiment) -> list[PresetLink]:
    """Those in which the pattern does not help, or hurts."""
    return [one for one in preset_links(experiment) if one.told.stance is not Stance.HELPS]


@dataclass(frozen=True)
class Listed:
    """``told`` is about the default preset; ``unhelped`` are the presets in which the pattern does not help."""

    examined: Examined
    told: Verdict
    unhelped: list[PresetLink]


@public
def index(request: HttpRequest) -> HttpResponse:
    listed = [listed_of(one) for one in examined()]
    return render_page(
        request, "patterns/lab_index.html", path=reverse("patterns:lab"), listed=listed, run_count=len(SWEEP_SEEDS)
    )


def listed_of(one: Examined) -> Listed:
    experiment = one.experiment
    return Listed(one, stored_verdict(experiment, experiment.default), without_help(experiment))


# What an entry's own page says of the experiment on it.


@dataclass(frozen=True)
class Trial:
    """``told`` is the verdict on the default preset, and ``address`` the page of the experiment."""

    experiment: Experiment
    told: Verdict
    address: str


def trial_of(pattern: Pattern) -> Trial | None:
    """None if there is no experiment on the entry."""
    experiment = experiment_on(pattern)
    if experiment is None:
        return None
    address = reverse("patterns:pattern_lab", args=[pattern.slug])
    return Trial(experiment, stored_verdict(experiment, experiment.default), address)
