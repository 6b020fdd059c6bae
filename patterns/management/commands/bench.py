import os
import platform
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any, Protocol

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from patterns.bench.admin import admin_figures
from patterns.bench.cold import cold_figures
from patterns.bench.growth import GrowthFigures, growth_figures, write_drawing
from patterns.bench.lab import lab_figures
from patterns.bench.lists import list_figures
from patterns.bench.pages import page_figures
from patterns.bench.runs import export_figures, import_figures
from patterns.bench.search import search_figures
from patterns.management.command import console, positive


class Figures(Protocol):
    def table(self) -> Table: ...


@dataclass(frozen=True)
class Bench:
    """What is measured, with how many entries and runs it is by default, and what it is measured beside."""

    figures: Callable[..., Figures]
    entries: int
    runs: int
    beside: str


BENCHES = {
    "pages": Bench(page_figures, 24, 5, "a warm page beside WhiteNoise, a WSGI constant, cache_page, nginx, Datasette"),
    "cold": Bench(cold_figures, 24, 5, "the first request of each kind of page, beside a static file"),
    "lists": Bench(list_figures, 10_000, 5, "a list's first and later pages beside a count and an offset"),
    "search": Bench(search_figures, 10_000, 5, "rare and common words and a typo beside LIKE"),
    "admin": Bench(admin_figures, 600, 3, "queries and CPU of a list, a form, a save and a bulk publication"),
    "import": Bench(
        import_figures, 10_000, 3, "beside parse and raw insert, and a plain django-import-export resource"
    ),
    "export": Bench(export_figures, 10_000, 3, "beside raw read and write, and the same resource"),
    "lab": Bench(
        lambda entries, runs: lab_figures(runs=runs),
        12,
        100,
        "pairs of runs, and an entry's page beside visitors of the lab",
    ),
    "growth": Bench(growth_figures, 100_000, 3, "pages, import and export from 12 entries on"),
}
# All of them take less than ten minutes on two cores.
ALL = {**BENCHES, "lab": replace(BENCHES["lab"], runs=20), "growth": replace(BENCHES["growth"], runs=1)}


class Command(BaseCommand):
    help = "Measure something beside what it can be compared with, on scratch databases and servers of its own. " + (
        " ".join(f"{what}: {bench.beside}." for what, bench in BENCHES.items())
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=[*BENCHES, "all"])
        parser.add_argument("--entries", type=positive, metavar="N", help="in the catalogue; of growth, at most")
        parser.add_argument("--runs", type=positive, metavar="N", help="whose median counts")
        parser.add_argument("--write", action="store_true", help="write docs/bench.md, and docs/growth.svg with growth")

    def handle(self, *args: Any, **options: Any) -> None:
        asked, found = options["what"], []
        for what, bench in (ALL if asked == "all" else {asked: BENCHES[asked]}).items():
            entries, runs = options["entries"] or bench.entries, options["runs"] or bench.runs
            try:
                with console(self.stderr).status(f"Measuring: {what}"):
                    figures = bench.figures(entries=entries, runs=runs)
            except CalledProcessError as error:
                raise CommandError(f"A measured part failed: {' '.join(map(str, error.cmd[1:]))}") from error
            except (TimeoutError, RuntimeError) as error:
                raise CommandError(str(error)) from error
            found.append(figures.table())
            console(self.stdout).print(found[-1])
            if options["write"] and isinstance(figures, GrowthFigures):
                self.stdout.write(f"Written: {write_drawing(figures)}")
        if options["write"]:
            path = settings.BASE_DIR / "docs" / "bench.md"
            path.write_text(page_of(found, asked=asked, at=timezone.now()), encoding="utf-8")
            self.stdout.write(f"Written: {path}")


PAGE = """# What it costs

Written by `manage.py bench {asked} --write` on {day:%Y-%m-%d}: {cores} cores, {model}, Python {python}, {database}.
Read the ratios: other machines, and other days on the same one, have other microseconds. *Static* is WhiteNoise serving
the same bytes from the same process, *floor* a constant from bare WSGI. [Scale](scale.md) says what follows.

```text
{tables}
```

![Cost against size](growth.svg)
"""


def page_of(tables: Iterable[Table], *, asked: str, at: datetime) -> str:
    """The tables with the day and the machine."""
    text = StringIO()
    Console(file=text, width=100).print(*tables, sep="\n")
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return PAGE.format(
        asked=asked,
        day=at,
        cores=os.cpu_count(),
        model=model[1] if model else platform.machine(),
        python=platform.python_version(),
        database=connection.display_name,
        tables=re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n"),
    )
