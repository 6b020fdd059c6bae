"""The measurements in their order: parts that are compared run by turns, since machines are noisy."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from django.conf import settings
from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.scratch import Scratch, scratch


@dataclass(frozen=True)
class Measured:
    """What a part took; the memory is the peak of its process, Django included."""

    seconds: float
    peak_mib: float


def run_part(name: str, scratch: Scratch, *, database: Path, count: int = 0) -> Measured:
    """Run a part of ``patterns.bench.parts`` in a process and on a SQLite database of its own.

    Raises:
        CalledProcessError: if it fails.
    """
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{quote(str(database))}",
        "DEBUG": "0",  # or Django would keep every query
        "DJANGO_SETTINGS_MODULE": "archsite.settings",
    }
    command = [sys.executable, "-m", "patterns.bench", name, str(scratch.folder), str(count)]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout))


def median_of(runs: Sequence[Measured]) -> Measured:
    return Measured(median(run.seconds for run in runs), median(run.peak_mib for run in runs))


@dataclass(frozen=True)
class MeasuredRow:
    """One line of the table; ``peer`` is the line of the plain resource that does the same."""

    label: str
    measured: Measured
    peer: Measured | None = None


@dataclass(frozen=True)
class PartFigures:
    """The floor first; every other row is compared with it."""

    title: str
    rows: tuple[MeasuredRow, ...]

    def table(self) -> Table:
        table = Table(title=self.title, title_justify="left", box=SIMPLE_HEAD)
        table.add_column("", no_wrap=True)
        for heading in ("seconds", "to floor", "peak MiB", "against plain"):
            table.add_column(heading, justify="right", no_wrap=True)
        floor = self.rows[0].measured.seconds
        for row in self.rows:
            seconds = row.measured.seconds
            faster = f"{row.peer.seconds / seconds:.1f}x faster" if row.peer else ""
            cells = (f"{seconds:.3f}", f"{seconds / floor:.2f}", f"{row.measured.peak_mib:.0f}", faster)
            table.add_row(row.label, *cells)
        return table


def import_figures(*, entries: int, runs: int) -> PartFigures:
    with scratch() as files:
        run_part("prepare", files, database=files.migrated, count=entries)
        database = files.empty_database("plain")
        # The peer is slow, so it runs once for each kind; ours run by turns with the floor, which noise meets alike.
        rounds = [import_round(files)]
        plain_create = run_part("plain_import", files, database=database)
        rounds += [import_round(files) for _ in range(runs - 1)]
        plain_again = run_part("plain_import", files, database=database)
        floor, create, again, change = (median_of(found) for found in zip(*rounds, strict=True))
    rows = (
        MeasuredRow("floor: parse + raw insert", floor),
        MeasuredRow("create", create, plain_create),
        MeasuredRow("unchanged", again, plain_again),
        MeasuredRow("every entry changed", change),
        MeasuredRow("plain resource: create", plain_create),
        MeasuredRow("plain resource: unchanged", plain_again),
    )
    return PartFigures(f"Import of {entries:,} entries", rows)


def import_round(files: Scratch) -> tuple[Measured, Measured, Measured, Measured]:
    """Floor, create, unchanged, changed."""
    floor = run_part("floor_import", files, database=files.empty_database("floor"))
    database = files.empty_database("catalog")
    parts = ("import_catalog", "import_catalog", "import_changed")
    create, again, change = (run_part(part, files, database=database) for part in parts)
    return floor, create, again, change


def export_figures(*, entries: int, runs: int) -> PartFigures:
    with scratch() as files:
        run_part("prepare", files, database=files.migrated, count=entries)
        database = files.empty_database("catalog")
        run_part("import_catalog", files, database=database)
        parts = ("floor_export", "export_catalog", "plain_export")
        rounds = [[run_part(part, files, database=database) for part in parts] for _ in range(runs)]
        floor, export, plain = (median_of(found) for found in zip(*rounds, strict=True))
    rows = (
        MeasuredRow("floor: raw read + write", floor),
        MeasuredRow("TOML", export, plain),
        MeasuredRow("plain resource: CSV", plain),
    )
    return PartFigures(f"Export of {entries:,} entries", rows)
