from collections.abc import Callable
from dataclasses import dataclass, replace
from subprocess import CalledProcessError
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.table import Table

from patterns.bench.admin import admin_figures
from patterns.bench.cold import cold_figures
from patterns.bench.growth import GrowthFigures, growth_figures, write_drawing
from patterns.bench.lab import lab_figures
from patterns.bench.lists import list_figures
from patterns.bench.pages import page_figures
from patterns.bench.runs import export_figures, import_figures
from patterns.bench.search import search_figures
from patterns.management.command import console


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
    "pages": Bench(page_figures, 12, 5, "a warm page beside WhiteNoise, a WSGI constant, cache_page, nginx, Datasette"),
    "cold": Bench(cold_figures, 12, 5, "the first request of each kind of page, beside a static file"),
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
        parser.add_argument("--draw", action="store_true", help="write docs/growth.svg anew (growth, all)")

    def handle(self, *args: Any, **options: Any) -> None:
        benches = ALL if options["what"] == "all" else {options["what"]: BENCHES[options["what"]]}
        for what, bench in benches.items():
            entries, runs = options["entries"] or bench.entries, options["runs"] or bench.runs
            try:
                with console(self.stderr).status(f"Measuring: {what}"):
                    figures = bench.figures(entries=entries, runs=runs)
            except CalledProcessError as error:
                raise CommandError(f"A measured part failed: {' '.join(map(str, error.cmd[1:]))}") from error
            except (TimeoutError, RuntimeError) as error:
                raise CommandError(str(error)) from error
            console(self.stdout).print(figures.table())
            if options["draw"] and isinstance(figures, GrowthFigures):
                self.stdout.write(f"Drawn: {write_drawing(figures)}")


def positive(text: str) -> int:
    """Raises ValueError, which the parser explains."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)
