from subprocess import CalledProcessError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from patterns.bench.lab import lab_figures
from patterns.bench.runs import export_figures, import_figures
from patterns.management.command import console

COUNTS = {"import": 10_000, "export": 10_000, "lab": 100}


class Command(BaseCommand):
    help = (
        "Measure import or export against raw SQLite and a plain django-import-export resource, or the lab against "
        "an entry's page, on scratch databases."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=COUNTS)
        parser.add_argument(
            "--count", type=positive, metavar="N", help="entries (default: 10000); of the lab, runs (default: 100)"
        )
        parser.add_argument(
            "--repeat", type=positive, default=3, metavar="N", help="runs of each quick part; their median counts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        what, repeat = options["what"], options["repeat"]
        count = options["count"] or COUNTS[what]
        try:
            with console(self.stderr).status(f"Measuring: {what}"):
                if what == "lab":
                    table = lab_figures(count=count).table()
                else:
                    figures = {"import": import_figures, "export": export_figures}[what]
                    table = figures(count=count, repeat=repeat).table()
        except CalledProcessError as error:
            raise CommandError(f"A measured part failed: {' '.join(map(str, error.cmd[1:]))}") from error
        except (TimeoutError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        console(self.stdout).print(table)


def positive(text: str) -> int:
    """Raises ValueError, which the parser explains."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)
