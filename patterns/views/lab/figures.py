"""The figures of one run as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patterns.drawing.chart import AxisNames, ChartLine, Point, Span, chart, series_sample
from patterns.drawing.sequence import SequenceMessage, sequence
from patterns.drawing.svg import Svg
from patterns.lab import trace
from patterns.lab.experiment import Experiment, Metric, Side, SideOutcome
from patterns.lab.simulation import SECOND_US
from patterns.lab.sweep import TracedRun
from patterns.lab.trace import Failure, Series
from patterns.lab.verdict import figure_text, worded_figure


@dataclass(frozen=True)
class Column:
    """A side with a sample of its lines in the charts."""

    side: Side
    sample: Svg


@dataclass(frozen=True)
class Cell:
    column: Column
    value: str


@dataclass(frozen=True)
class FigureRow:
    metric: Metric
    cells: list[Cell]


@dataclass(frozen=True)
class Figures:
    columns: list[Column]
    rows: list[FigureRow]


def figures_of(run: TracedRun) -> Figures:
    columns = [Column(side, series_sample(style)) for style, side in enumerate(run.experiment.sides)]
    rows = [FigureRow(metric, [cell(run, metric, column) for column in columns]) for metric in run.experiment.metrics]
    return Figures(columns, rows)


def cell(run: TracedRun, metric: Metric, column: Column) -> Cell:
    return Cell(column, worded_figure(run.figure(column.side.key, metric.key), metric.unit))


# What happened around the fault in one run: for each side a diagram, and the same as a list with its times.


@dataclass(frozen=True)
class Event:
    """``at`` is the simulated second, to the thousandth."""

    at: str
    message: trace.Message


@dataclass(frozen=True)
class Timeline:
    side: Side
    drawing: Svg | None
    events: list[Event]


def timelines(experiment: Experiment, outcomes: Mapping[str, SideOutcome]) -> list[Timeline]:
    """One for each side; without a drawing if nothing is to be told."""
    return [timeline(side, outcomes[side.key]) for side in experiment.sides]


def timeline(side: Side, outcome: SideOutcome) -> Timeline:
    events = [Event(f"{one.at_us / SECOND_US:,.3f}", one) for one in outcome.story]
    return Timeline(side, drawn(side, events) if events else None, events)


def drawn(side: Side, events: list[Event]) -> Svg:
    return sequence(
        [arrow(one.message) for one in events],
        name=f"story-{side.key}",
        title=f"{side.name}: what happens",
        description=f"A sequence diagram. The list of {len(events)} events below says the same, with their times.",
    )


def arrow(told: trace.Message) -> SequenceMessage:
    return SequenceMessage(told.sender, told.receiver, f"{told.at_us / SECOND_US:,.2f} s: {told.text}", told.kind)


# Simulated time in words.


@dataclass(frozen=True)
class Clock:
    """The unit in which a run's time is told."""

    name: str
    size_us: int

    def of(self, at_us: int) -> float:
        return at_us / self.size_us


SECONDS = Clock("seconds", SECOND_US)
CLOCKS = (Clock("days", 86_400 * SECOND_US), Clock("hours", 3_600 * SECOND_US), Clock("minutes", 60 * SECOND_US))
LEAST = 15  # of a unit, for a run to be told in it: ten minutes are 600 seconds


def clock_of(last_us: int) -> Clock:
    """In which to tell a run that ends then."""
    return next((clock for clock in CLOCKS if last_us >= LEAST * clock.size_us), SECONDS)


# What one run measured over simulated time: charts, and tables of the same numbers.


RATE = "a second"  # the unit of what was counted from each sample to the next, as ``per_second`` counts


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
    name: str
    unit: str
    clock: str
    drawing: Svg
    sides: list[Side]
    rows: list[ChartRow]


def charts(experiment: Experiment, outcomes: Mapping[str, SideOutcome]) -> list[Chart]:
    """One for each series, with the curves of all sides that have it."""
    failures = failures_of(outcomes)
    keys = dict.fromkeys(series.key for outcome in outcomes.values() for series in outcome.series if series.samples)
    return [chart_of([*curves(key, experiment, outcomes)], failures) for key in keys]


def failures_of(outcomes: Mapping[str, SideOutcome]) -> list[Failure]:
    """Those of all sides, which they mostly share, each once."""
    found = dict.fromkeys(failure for outcome in outcomes.values() for failure in outcome.failures)
    return sorted(found, key=lambda one: (one.from_us, one.until_us, one.what))


def curves(key: str, experiment: Experiment, outcomes: Mapping[str, SideOutcome]) -> Iterator[Curve]:
    for style, side in enumerate(experiment.sides):
        for series in outcomes[side.key].series:
            if series.key == key and series.samples:
                yield Curve(side, style, series)


def chart_of(curves: Sequence[Curve], failures: Sequence[Failure]) -> Chart:
    """``curves`` is at least one, and all have the same key."""
    first = curves[0].series
    clock = clock_of(max(curve.series.samples[-1].at_us for curve in curves))
    drawing = chart(
        [line_of(curve, clock) for curve in curves],
        names=AxisNames(f"simulated {clock.name}", first.unit),
        spans=[Span(one.what, clock.of(one.from_us), clock.of(one.until_us)) for one in failures],
        name=f"chart-{first.key}",
        title=f"{first.name}, {first.unit}",
        description="A line chart. The table below it holds the same numbers.",
    )
    sides = [curve.side for curve in curves]
    return Chart(first.name, first.unit, clock.name, drawing, sides, [*rows(curves, failures, clock)])


def line_of(curve: Curve, clock: Clock) -> ChartLine:
    return ChartLine(
        curve.side.name, curve.style, [Point(clock.of(at_us), value) for at_us, value in places(curve.series)]
    )


def places(series: Series) -> Iterator[tuple[int, float]]:
    """A count holds from its sample to the next: drawn as a slope, it would begin before the fault that it is of."""
    instants = [one.at_us for one in series.samples]
    last = instants[-1] + (instants[-1] - instants[-2] if len(instants) > 1 else 0)
    for one, until_us in zip(series.samples, [*instants[1:], last], strict=True):
        yield one.at_us, one.value
        if series.unit == RATE:
            yield until_us, one.value


def rows(curves: Sequence[Curve], failures: Sequence[Failure], clock: Clock) -> Iterator[ChartRow]:
    values = [{sample.at_us: figure_text(sample.value) for sample in curve.series.samples} for curve in curves]
    for at_us in sorted({at_us for found in values for at_us in found}):
        broken = dict.fromkeys(one.what for one in failures if one.from_us <= at_us < one.until_us)
        yield ChartRow(figure_text(clock.of(at_us)), ", ".join(broken), [found.get(at_us, "") for found in values])
