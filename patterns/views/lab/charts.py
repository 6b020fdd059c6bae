"""What one run measured over simulated time: charts, and tables of the same numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patterns.drawing.chart import Line, Names, Point, Span, chart
from patterns.drawing.svg import Svg
from patterns.lab.experiment import Experiment, Outcome, Side
from patterns.lab.trace import Failure, Series
from patterns.lab.wording import number
from patterns.views.lab.clocks import Clock, clock_of

RATE = "a second"  # the unit of what was counted from each sample to the next, as ``per_second`` counts


@dataclass(frozen=True)
class Curve:
    """What one side measured; ``style`` is its place among all sides, and so how its line looks."""

    side: Side
    style: int
    series: Series


@dataclass(frozen=True)
class Row:
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
    rows: list[Row]


def charts(experiment: Experiment, outcomes: Mapping[str, Outcome]) -> list[Chart]:
    """One for each series, with the curves of all sides that have it."""
    failures = failures_of(outcomes)
    keys = dict.fromkeys(series.key for outcome in outcomes.values() for series in outcome.series if series.samples)
    return [chart_of([*curves(key, experiment, outcomes)], failures) for key in keys]


def failures_of(outcomes: Mapping[str, Outcome]) -> list[Failure]:
    """Those of all sides, which they mostly share, each once."""
    found = dict.fromkeys(failure for outcome in outcomes.values() for failure in outcome.failures)
    return sorted(found, key=lambda one: (one.from_us, one.until_us, one.what))


def curves(key: str, experiment: Experiment, outcomes: Mapping[str, Outcome]) -> Iterator[Curve]:
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
        names=Names(f"simulated {clock.name}", first.unit),
        spans=[Span(one.what, clock.of(one.from_us), clock.of(one.until_us)) for one in failures],
        name=f"chart-{first.key}",
        title=f"{first.name}, {first.unit}",
        description="A line chart. The table below it holds the same numbers.",
    )
    sides = [curve.side for curve in curves]
    return Chart(first.name, first.unit, clock.name, drawing, sides, [*rows(curves, failures, clock)])


def line_of(curve: Curve, clock: Clock) -> Line:
    return Line(curve.side.name, curve.style, [Point(clock.of(at_us), value) for at_us, value in places(curve.series)])


def places(series: Series) -> Iterator[tuple[int, float]]:
    """A count holds from its sample to the next: drawn as a slope, it would begin before the fault that it is of."""
    instants = [one.at_us for one in series.samples]
    last = instants[-1] + (instants[-1] - instants[-2] if len(instants) > 1 else 0)
    for one, until_us in zip(series.samples, [*instants[1:], last], strict=True):
        yield one.at_us, one.value
        if series.unit == RATE:
            yield until_us, one.value


def rows(curves: Sequence[Curve], failures: Sequence[Failure], clock: Clock) -> Iterator[Row]:
    values = [{sample.at_us: number(sample.value) for sample in curve.series.samples} for curve in curves]
    for at_us in sorted({at_us for found in values for at_us in found}):
        broken = dict.fromkeys(one.what for one in failures if one.from_us <= at_us < one.until_us)
        yield Row(number(clock.of(at_us)), ", ".join(broken), [found.get(at_us, "") for found in values])
