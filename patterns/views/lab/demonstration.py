"""The experiment on the front page: the one in which a look is enough to see that the pattern helps."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from statistics import fmean

from django.urls import reverse

from patterns.drawing.chart import strip
from patterns.drawing.svg import Svg
from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Side
from patterns.lab.golden import stored, stored_verdict
from patterns.lab.sweep import SWEEP_SEEDS
from patterns.lab.verdict import Stance, Verdict, worded_figure
from patterns.models import Pattern
from patterns.views.lab.index import ExaminedEntry
from patterns.views.lab.request import RunRequest


@dataclass(frozen=True)
class SideRow:
    """Where the runs of a side lie, as a strip and in words."""

    side: Side
    strip: Svg
    mean: str
    low: str
    high: str


@dataclass(frozen=True)
class Demonstration:
    """What the stored runs of a preset showed, without the pattern and with it; ``address`` is its page."""

    pattern: Pattern
    experiment: Experiment
    metric: Metric
    told: Verdict
    rows: tuple[SideRow, ...]
    address: str
    run_count: int = len(SWEEP_SEEDS)


def clearest(examined: Iterable[ExaminedEntry]) -> Demonstration | None:
    """The plainest help of all; of several that are as plain, the first. None if nothing helps anywhere."""
    helping = [
        (one.pattern, one.experiment, preset)
        for one in examined
        for preset in one.experiment.presets
        if stored_verdict(one.experiment, preset).stance is Stance.HELPS
    ]
    if not helping:
        return None
    pattern, experiment, preset = max(helping, key=lambda one: gap(*one[1:]))
    query = RunRequest(experiment, preset, preset.parameters).query
    return Demonstration(
        pattern,
        experiment,
        experiment.primary,
        stored_verdict(experiment, preset),
        compared_rows(experiment, preset),
        reverse("patterns:pattern_lab", args=[pattern.slug]) + query,
    )


@cache
def gap(experiment: Experiment, preset: Preset) -> float:
    """The empty space between the dots of both sides, as a share of the line that all are on; below 0 they mix."""
    sweep, key = stored(experiment, preset), experiment.primary.key
    ours, theirs = sweep.measured(WITH, key), sweep.measured(preset.against, key)
    every = [value for side in experiment.sides for value in sweep.measured(side.key, key)]
    width = max(every) - min(0.0, *every)
    # What nobody sees should not decide: of two that are about as plain, the first is the usual situation.
    return round(max(min(theirs) - max(ours), min(ours) - max(theirs)) / width, 1) if width else 0.0


@cache
def compared_rows(experiment: Experiment, preset: Preset) -> tuple[SideRow, ...]:
    """One scale for both sides, from zero where nothing is below it: else a small difference would look large."""
    metric, sweep, styles = experiment.primary, stored(experiment, preset), [side.key for side in experiment.sides]
    values = [value for side in experiment.sides for value in sweep.measured(side.key, metric.key)]
    rows = []
    for key in (preset.against, WITH):
        of_side = sweep.measured(key, metric.key)
        mean, low, high = fmean(of_side), min(of_side), max(of_side)
        drawing = strip(of_side, mean=mean, low=min([0.0, *values]), high=max(values), style=styles.index(key))
        words = (worded_figure(one, metric) for one in (mean, low, high))
        rows.append(SideRow(experiment.side(key), drawing, *words))
    return tuple(rows)
