"""An experiment's figures as tables for a terminal."""

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.lab.experiment import Experiment, Metric, Role, Side
from patterns.lab.sweep import Sweep, TracedRun
from patterns.lab.verdict import worded_figure

MARKS = {Role.PRIMARY: " (decides)", Role.GAIN: "", Role.PRICE: " (price)"}


def run_table(run: TracedRun) -> Table:
    """The figures of one run."""
    title = f"{run.experiment.title}: one run, seed {run.seed}"
    return table(
        run.experiment, title, lambda side, metric: worded_figure(run.figure(side.key, metric.key), metric.unit)
    )


def sweep_table(experiment: Experiment, found: Sweep, *, seeds: range) -> Table:
    """Of each figure the median, and the lowest and highest of all runs."""
    title = f"{experiment.title}: {len(seeds)} runs, seeds {seeds[0]} to {seeds[-1]}\nmedian (lowest to highest)"
    return table(experiment, title, lambda side, metric: spread(found, side, metric))


def spread(found: Sweep, side: Side, metric: Metric) -> str:
    of = found.spread(side.key, metric.key)
    median, low, high = (worded_figure(value, metric.unit) for value in (of.median, of.low, of.high))
    return f"{median} ({low} to {high})"


def table(experiment: Experiment, title: str, cell: Callable[[Side, Metric], str]) -> Table:
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    made.add_column("")
    for side in experiment.sides:
        made.add_column(side.name, justify="right")
    for metric in experiment.metrics:
        made.add_row(metric.name + MARKS[metric.role], *(cell(side, metric) for side in experiment.sides))
    return made
