"""Figures as a table."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.lab import LabFigures
from patterns.bench.runs import Figures, Row


def table_of(figures: Figures) -> Table:
    table = Table(title=figures.title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for heading in ("seconds", "to floor", "peak MiB", "against plain"):
        table.add_column(heading, justify="right", no_wrap=True)
    floor = figures.rows[0].measured.seconds
    for row in figures.rows:
        table.add_row(*cells(row, floor=floor))
    return table


def cells(row: Row, *, floor: float) -> tuple[str, ...]:
    seconds = row.measured.seconds
    faster = f"{row.peer.seconds / seconds:.1f}x faster" if row.peer else ""
    return row.label, f"{seconds:.3f}", f"{seconds / floor:.2f}", f"{row.measured.peak_mib:.0f}", faster


def lab_table_of(figures: LabFigures) -> Table:
    answers = ", ".join(f"{count} times {status}" for status, count in sorted(figures.statuses.items()))
    table = Table(title=f"The lab; its visitors were answered {answers}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for heading in ("milliseconds", "to entry page"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in figures.rows:
        ratio = f"{row.milliseconds / row.against:.2f}" if row.against else ""
        table.add_row(row.label, f"{row.milliseconds:.1f}", ratio)
    return table
