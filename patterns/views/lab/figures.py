"""What a page shows of runs: a table of figures with all runs as dots, charts over time, and what happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from patterns.drawing.chart import NARROW, AxisNames, ChartLine, Point, Span, chart, series_sample
from patterns.drawing.dots import DotRow, dot_rows
from patterns.drawing.lanes import sequence_layouts
from patterns.drawing.sequence import SequenceMessage
from patterns.drawing.svg import Layouts, Svg
from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Side
from patterns.lab.simulation import DAY_US, MILLISECOND_US, MINUTE_US, SECOND_US
from patterns.lab.sweep import Sweep, TracedRun
from patterns.lab.trace import Clock, Failure, Message, Series
from patterns.lab.verdict import SUFFIXES, Stance, figure_text, range_of, scaled, stance_of, worded_figure

RATE = "a second"  # the unit of what was counted from each sample to the next, as ``per_second`` counts


@dataclass(frozen=True)
class FigureColumn:
    """A side with a sample of its lines in the charts."""

    side: Side
    sample: Svg


@dataclass(frozen=True)
class FigureCell:
    """The mean of all runs, the ends between which they lie, and what the one run gave that is shown."""

    column: FigureColumn
    mean: str
    low: str
    high: str
    run: str

    @property
    def is_constant(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class FigureRow:
    """``difference`` is that of the pattern's side, run by run; ``dots`` is nothing where there is nothing to see."""

    metric: Metric
    cells: list[FigureCell]
    difference: str
    stance: Stance
    dots: Layouts | None


@dataclass(frozen=True)
class FigureTable:
    """All figures of all sides: of ``count`` runs, and of the one that is shown, if one is."""

    columns: list[FigureColumn]
    rows: list[FigureRow]
    ours: Side
    against: Side
    count: int
    has_run: bool


def figure_table(experiment: Experiment, preset: Preset, sweep: Sweep, shown: Sweep | None) -> FigureTable:
    """``shown`` begins with the run that is shown, if one is."""
    columns = [FigureColumn(side, series_sample(style)) for style, side in enumerate(experiment.sides)]
    rows = []
    for metric in experiment.metrics:
        cells = [figure_cell(metric, column, sweep, shown) for column in columns]
        difference = range_of(metric, sweep.difference(metric.key, against=preset.against))
        stance = stance_of(metric, sweep, against=preset.against)
        rows.append(FigureRow(metric, cells, difference, stance, dots_of(metric, experiment, sweep)))
    sides = experiment.side(WITH), experiment.side(preset.against)
    return FigureTable(columns, rows, *sides, sweep.run_count, shown is not None)


def figure_cell(metric: Metric, column: FigureColumn, sweep: Sweep, shown: Sweep | None) -> FigureCell:
    side = column.side.key
    spread = sweep.spread(side, metric.key)
    found = (spread.mean, spread.low, spread.high) if spread else (None, None, None)
    mean, low, high = (worded_figure(value, metric) for value in found)
    run = worded_figure(shown.figures[side][metric.key][0], metric) if shown else ""
    return FigureCell(column, mean, low, high, run)


def dots_of(metric: Metric, experiment: Experiment, sweep: Sweep) -> Layouts | None:
    """None where all runs of every side agree: that is a line of text."""
    measured = {side.key: sweep.measured(side.key, metric.key) for side in experiment.sides}
    if all(len({*values}) < 2 for values in measured.values()):
        return None
    rows = []
    for style, side in enumerate(experiment.sides):
        values = [scaled(value, metric.unit) for value in measured[side.key]]
        rows.append(DotRow(side.name, style, values, fmean(values) if values else None))
    unit = SUFFIXES[metric.unit].strip() or metric.name
    drawn = partial(
        dot_rows,
        rows,
        unit=unit,
        title=f"{metric.name}: all runs",
        description="Dots on one axis, a row for each side. The table above holds their mean and both ends.",
    )
    wide = drawn(name=f"dots-{metric.key}")
    return Layouts(wide, drawn(name=f"dots-narrow-{metric.key}", format=NARROW))


@dataclass(frozen=True)
class TimelineEvent:
    """``at`` is the simulated instant, to the thousandth of a second."""

    at: str
    message: Message


@dataclass(frozen=True)
class Timeline:
    """What happened around the fault on one side: a diagram, and the same as a list with its times."""

    side: Side
    drawing: Layouts | None
    events: list[TimelineEvent]


def instant(at_us: int, in_days: bool, *, decimals: int) -> str:
    """ "20.014 s"; in a story of days "day 56 00:00:10.715", as nobody reads millions of seconds."""
    if not in_days:
        return f"{at_us / SECOND_US:,.{decimals}f} s"
    day, rest_us = divmod(at_us, DAY_US)
    hours, rest_us = divmod(rest_us, 60 * MINUTE_US)
    minutes, rest_us = divmod(rest_us, MINUTE_US)
    # Cut, not rounded: no minute has sixty seconds.
    thousandths = f".{rest_us % SECOND_US // MILLISECOND_US:03}" if decimals else ""
    return f"day {day} {hours:02}:{minutes:02}:{rest_us // SECOND_US:02}{thousandths}"


def timelines(run: TracedRun) -> list[Timeline]:
    """One for each side; without a drawing if nothing happened that is worth one."""
    found = []
    # On all sides alike, so that they can be compared.
    in_days = any(one.at_us >= DAY_US for outcome in run.outcomes.values() for one in outcome.story)
    for side in run.experiment.sides:
        story = run.outcomes[side.key].story
        arrows = [
            SequenceMessage(one.sender, one.receiver, f"{at}: {one.text}", one.kind)
            for one, at in ((one, instant(one.at_us, in_days, decimals=0 if in_days else 2)) for one in story)
        ]
        count = len(story)
        about = {
            "name": f"story-{side.key}",
            "title": f"{side.name}: what happens",
            "description": f"A sequence diagram. The list of {count} events below says the same, with their times.",
        }
        events = [TimelineEvent(instant(one.at_us, in_days, decimals=3), one) for one in story]
        found.append(Timeline(side, sequence_layouts(arrows, **about) if arrows else None, events))
    return found


@dataclass(frozen=True)
class Curve:
    """What one side measured; ``style`` is its place among all sides, and so how its line looks."""

    side: Side
    style: int
    series: Series


@dataclass(frozen=True)
class ChartRow:
    """All curves at one instant; one without a sample there has an empty value."""

    at: str
    broken: str
    values: list[str]


@dataclass(frozen=True)
class Chart:
    """What one run measured over simulated time, and ``rows`` with the same numbers."""

    name: str
    unit: str
    clock: str
    drawing: Layouts
    sides: list[Side]
    rows: list[ChartRow]


def charts(run: TracedRun) -> list[Chart]:
    """One for each series, with the curves of all sides that have it."""
    outcomes = run.outcomes.values()
    broken = [failure for outcome in outcomes for failure in outcome.failures]
    curves: dict[str, list[Curve]] = {one.key: [] for outcome in outcomes for one in outcome.series if one.samples}
    for style, side in enumerate(run.experiment.sides):
        for series in run.outcomes[side.key].series:
            if series.samples:
                curves[series.key].append(Curve(side, style, series))
    return [chart_of(of_key, broken) for of_key in curves.values()]


def chart_of(curves: Sequence[Curve], broken: Sequence[Failure]) -> Chart:
    """``curves`` is at least one, and all have the same key; ``broken`` counts for a series that states no other."""
    first = curves[0].series
    clock = first.clock
    own = [failure for curve in curves for failure in curve.series.failures or ()]
    every = dict.fromkeys(broken if first.failures is None else own)  # sides share most of them
    failures = sorted(every, key=lambda one: (one.from_us, one.until_us, one.what))
    drawn = partial(
        chart,
        [
            ChartLine(
                curve.side.name,
                curve.style,
                [Point(clock.of(at_us), value) for at_us, value in series_points(curve.series)],
            )
            for curve in curves
        ],
        names=AxisNames(f"simulated {clock.name}", first.unit),
        spans=[Span(one.what, clock.of(one.from_us), clock.of(one.until_us)) for one in failures],
        title=f"{first.name}, {first.unit}",
        description="A line chart. The table below it holds the same numbers.",
    )
    return Chart(
        first.name,
        first.unit,
        clock.name,
        Layouts(drawn(name=f"chart-{first.key}"), drawn(name=f"chart-narrow-{first.key}", format=NARROW)),
        [curve.side for curve in curves],
        [*chart_rows(curves, failures, clock)],
    )


def series_points(series: Series) -> Iterator[tuple[int, float]]:
    """Instants and values of a line.

    A count holds from its sample to the next: drawn as a slope, it would begin before the fault that it is of.
    """
    instants = [one.at_us for one in series.samples]
    last = instants[-1] + (instants[-1] - instants[-2] if len(instants) > 1 else 0)
    for one, until_us in zip(series.samples, [*instants[1:], last], strict=True):
        yield one.at_us, one.value
        if series.unit == RATE:
            yield until_us, one.value


def chart_rows(curves: Sequence[Curve], failures: Sequence[Failure], clock: Clock) -> Iterator[ChartRow]:
    values = [{sample.at_us: figure_text(sample.value) for sample in curve.series.samples} for curve in curves]
    for at_us in sorted({at_us for found in values for at_us in found}):
        broken = dict.fromkeys(one.what for one in failures if one.from_us <= at_us < one.until_us)
        yield ChartRow(figure_text(clock.of(at_us)), ", ".join(broken), [found.get(at_us, "") for found in values])
