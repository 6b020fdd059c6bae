"""Figures as a table."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

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
