from subprocess import CalledProcessError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from patterns.bench.report import table_of
from patterns.bench.runs import export_figures, import_figures
from patterns.management.command import console

FIGURES = {"import": import_figures, "export": export_figures}


class Command(BaseCommand):
    help = (
        "Measure import or export against raw SQLite and a plain django-import-export resource, on scratch databases."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=FIGURES)
        parser.add_argument("--count", type=positive, default=10_000, metavar="N", help="entries (default: 10000)")
        parser.add_argument(
            "--repeat", type=positive, default=3, metavar="N", help="runs of each quick part; their median counts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with console(self.stderr).status(f"Measuring {options['what']} of {options['count']:,} entries"):
                figures = FIGURES[options["what"]](count=options["count"], repeat=options["repeat"])
        except CalledProcessError as error:
            raise CommandError(f"A measured part failed: {' '.join(error.cmd[2:])}") from error
        console(self.stdout).print(table_of(figures))


def positive(text: str) -> int:
    """Raises ValueError, which the parser explains."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)
