"""The figures of one run as a table."""

from dataclasses import dataclass

from patterns.drawing.chart import sample
from patterns.drawing.svg import Svg
from patterns.lab.experiment import Metric, Side
from patterns.lab.shown import Shown
from patterns.lab.wording import worded


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
class Row:
    metric: Metric
    cells: list[Cell]


@dataclass(frozen=True)
class Figures:
    columns: list[Column]
    rows: list[Row]


def figures_of(run: Shown) -> Figures:
    columns = [Column(side, sample(style)) for style, side in enumerate(run.experiment.sides)]
    rows = [Row(metric, [cell(run, metric, column) for column in columns]) for metric in run.experiment.metrics]
    return Figures(columns, rows)


def cell(run: Shown, metric: Metric, column: Column) -> Cell:
    return Cell(column, worded(run.figure(column.side.key, metric.key), metric.unit))
