"""The stored sweep of a preset as a table: where the runs of each side lie, and how far two sides are apart."""

from dataclasses import dataclass
from functools import cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.drawing.chart import sample
from patterns.drawing.strip import strip
from patterns.drawing.svg import Svg
from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Side
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored
from patterns.lab.sweep import SEEDS, Sweep
from patterns.lab.verdict import range_of
from patterns.lab.wording import worded


@dataclass(frozen=True)
class SideRow:
    side: Side
    sample: Svg
    strip: Svg
    median: str
    low: str
    high: str


@dataclass(frozen=True)
class MetricRows:
    """``low`` and ``high`` are the ends of all its strips; ``difference`` is that of the pattern's side, run by run."""

    metric: Metric
    low: str
    high: str
    rows: list[SideRow]
    difference: str


def sweep_part(experiment: Experiment, preset: Preset) -> SafeString:
    """The part of the page that the stored sweep decides; the same object at every call."""
    return _shown(experiment.slug, preset.key)


@cache
def _shown(slug: str, key: str) -> SafeString:
    experiment = BY_SLUG[slug]
    preset = experiment.preset(key)
    context = {
        "metrics": sweep_rows(experiment, preset, stored(experiment, preset)),
        "ours": experiment.side(WITH),
        "against": experiment.side(preset.against),
        "count": len(SEEDS),
    }
    return render_to_string("patterns/lab/_sweep.html", context)


def sweep_rows(experiment: Experiment, preset: Preset, sweep: Sweep) -> list[MetricRows]:
    return [metric_rows(metric, experiment, preset, sweep) for metric in experiment.metrics]


def metric_rows(metric: Metric, experiment: Experiment, preset: Preset, sweep: Sweep) -> MetricRows:
    values = [value for figures in sweep.figures.values() for value in figures[metric.key]]
    low, high = min(0.0, *values), max(values)
    rows = [
        side_row(side, metric, sweep, low=low, high=high, style=style) for style, side in enumerate(experiment.sides)
    ]
    difference = range_of(metric, sweep.difference(metric.key, against=preset.against))
    return MetricRows(metric, worded(low, metric.unit), worded(high, metric.unit), rows, difference)


def side_row(side: Side, metric: Metric, sweep: Sweep, *, low: float, high: float, style: int) -> SideRow:
    spread, values = sweep.spread(side.key, metric.key), sweep.figures[side.key][metric.key]
    drawing = strip(values, median=spread.median, low=low, high=high, style=style)
    median, lowest, highest = (worded(one, metric.unit) for one in (spread.median, spread.low, spread.high))
    return SideRow(side, sample(style), drawing, median, lowest, highest)
