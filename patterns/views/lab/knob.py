"""The chart of one setting: the primary metric of all sides at each of its values, from stored runs."""

from dataclasses import dataclass
from functools import cache, partial

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.drawing.chart import NARROW, AxisNames, ChartLine, Point, chart
from patterns.drawing.svg import Layouts
from patterns.lab.experiment import Experiment, Side
from patterns.lab.golden import KNOB_SEEDS, stored_file
from patterns.lab.parameters import Whole, settings_of
from patterns.lab.verdict import SUFFIXES, scaled, worded_figure


@dataclass(frozen=True)
class KnobRow:
    value: str
    figures: list[str]


@dataclass(frozen=True)
class KnobChart:
    setting: Whole
    usual: str
    drawing: Layouts
    sides: tuple[Side, ...]
    rows: list[KnobRow]
    count: int = len(KNOB_SEEDS)


@cache
def knob_part(experiment: Experiment) -> SafeString:
    """The same on each page of an experiment."""
    context = {"knob": knob_chart(experiment), "metric": experiment.primary, "experiment": experiment}
    return render_to_string("patterns/lab/_knob.html", context)


def knob_chart(experiment: Experiment) -> KnobChart:
    knob, metric, means = experiment.knob, experiment.primary, stored_file(experiment.slug).knob
    setting = settings_of(experiment.parameters)[knob.setting]
    if not isinstance(setting, Whole):
        raise TypeError(f"The knob of {experiment.slug} has to be a number.")
    lines = [
        ChartLine(
            side.name,
            style,
            [
                Point(float(value), scaled(mean, metric.unit))
                for value, mean in zip(knob.values, means[side.key], strict=True)
                if mean is not None
            ],
        )
        for style, side in enumerate(experiment.sides)
    ]
    drawn = partial(
        chart,
        [line for line in lines if line.points],
        names=AxisNames(f"{setting.name}, {setting.unit}".rstrip(", "), SUFFIXES[metric.unit].strip() or metric.name),
        title=f"{metric.name}, by {setting.name}",
        description="A line chart. The table below it holds the same numbers.",
    )
    rows = [
        KnobRow(
            f"{value:,} {setting.unit}".strip(),
            [worded_figure(means[side.key][index], metric) for side in experiment.sides],
        )
        for index, value in enumerate(knob.values)
    ]
    usual = f"{getattr(experiment.default.parameters, knob.setting):,} {setting.unit}".strip()
    drawing = Layouts(drawn(name="chart-knob"), drawn(name="chart-narrow-knob", format=NARROW))
    return KnobChart(setting, usual, drawing, experiment.sides, rows)
