"""The page of an experiment: one run of what the address asks for, beside what is known of its preset."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from patterns.drawing.chart import series_sample, strip
from patterns.drawing.svg import Svg
from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Side
from patterns.lab.golden import stored, stored_verdict
from patterns.lab.parameters import BadParameters
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import SWEEP_SEEDS, Sweep
from patterns.lab.verdict import NOTHING, range_of, worded_figure
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public
from patterns.views.lab.index import ExaminedEntry, examined_entry, preset_links
from patterns.views.lab.request import Pairs, RunRequest, SettingForm, form_of, refused_form, run_request
from patterns.views.lab.runs import Busy, computed_run
from patterns.views.lab.source import modules_of
from patterns.views.rendering import render_page

RETRY_AFTER_S = 5


@dataclass(frozen=True)
class SideRow:
    """Where the runs of a side lie, as a strip and in words."""

    side: Side
    sample: Svg
    strip: Svg | None
    mean: str
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


@cache
def sweep_part(experiment: Experiment, preset: Preset) -> SafeString:
    """The part of the page that the stored sweep of a preset decides; the same object at every call."""
    sweep = stored(experiment, preset)
    context = {
        "metrics": [metric_rows(metric, experiment, preset, sweep) for metric in experiment.metrics],
        "ours": experiment.side(WITH),
        "against": experiment.side(preset.against),
        "count": len(SWEEP_SEEDS),
    }
    return render_to_string("patterns/lab/_sweep.html", context)


def metric_rows(metric: Metric, experiment: Experiment, preset: Preset, sweep: Sweep) -> MetricRows:
    # One scale for all sides, from zero where nothing is below it: else a small difference would look large.
    values = [value for side in experiment.sides for value in sweep.measured(side.key, metric.key)]
    low, high = min([0.0, *values]), max(values, default=0.0)
    rows = []
    for style, side in enumerate(experiment.sides):
        if (spread := sweep.spread(side.key, metric.key)) is None:
            rows.append(SideRow(side, series_sample(style), None, NOTHING, NOTHING, NOTHING))
            continue
        of_side = sweep.measured(side.key, metric.key)
        drawing = strip(of_side, mean=spread.mean, low=low, high=high, style=style)
        words = (worded_figure(one, metric) for one in (spread.mean, spread.low, spread.high))
        rows.append(SideRow(side, series_sample(style), drawing, *words))
    difference = range_of(metric, sweep.difference(metric.key, against=preset.against))
    return MetricRows(metric, worded_figure(low, metric), worded_figure(high, metric), rows, difference)


@cache
def about_part(experiment: Experiment) -> SafeString:
    """What it takes for granted, the theory that it meets, and its program; the same object at every call."""
    context = {"experiment": experiment, "modules": modules_of(experiment)}
    return render_to_string("patterns/lab/_about.html", context)


@public
def experiment_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The run that the address asks for, or why there is none."""
    found = examined_entry(slug)
    if found is None:
        return moved_or_gone(request, slug, view="patterns:pattern_lab")
    pairs = pairs_of(request)
    try:
        asked = run_request(found.experiment, pairs)
    except BadParameters as refusal:
        return lab_response(request, found, refused_form(found.experiment, pairs, refusal), status=400)
    form, query = form_of(asked), asked.query
    try:
        run = computed_run(asked)
    except TooManyEvents as refusal:
        return lab_response(request, found, form, query=query, status=400, refusal=str(refusal))
    except Busy:
        known = {"asked": asked, **known_of(asked)}
        return without_copy(lab_response(request, found, form, query=query, status=503, is_busy=True, **known))
    return lab_response(request, found, form, query=query, asked=asked, run=run, **known_of(asked))


def known_of(asked: RunRequest) -> dict[str, Any]:
    """What thirty runs showed, if these are the settings of a preset."""
    if not asked.is_preset:
        return {}
    experiment, preset = asked.experiment, asked.preset
    return {"told": stored_verdict(experiment, preset), "sweep": sweep_part(experiment, preset)}


def lab_response(
    request: HttpRequest, found: ExaminedEntry, form: SettingForm, *, query: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    address = reverse("patterns:pattern_lab", args=[found.pattern.slug])
    shown = {
        "pattern": found.pattern,
        "experiment": found.experiment,
        "form": form,
        "presets": preset_links(found.experiment),
        "about": about_part(found.experiment),
        "address": address,
        "data": reverse("patterns:pattern_lab_json", args=[found.pattern.slug]) + query,
        "run_count": len(SWEEP_SEEDS),
    }
    response = render_page(request, "patterns/lab.html", path=f"{address}{query}", **shown, **context)
    response.status_code = status
    return response


def pairs_of(request: HttpRequest) -> Pairs:
    return [(key, value) for key, values in request.GET.lists() for value in values]


def without_copy(response: HttpResponse) -> HttpResponse:
    """An answer that holds for a moment only."""
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response
