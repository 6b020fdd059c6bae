import sys
from argparse import ArgumentTypeError
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from patterns.management.command import CatalogCommand
from patterns.operations.vitals import State, vitals


class Command(CatalogCommand):
    help = (
        "Say how the site is, a line for each check and the worst first. Exit codes are those of Nagios: 0 OK, "
        "1 warning, 2 critical, 3 unknown."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--backups", type=Path, metavar="FOLDER", help="where the newest backup is to be found")
        parser.add_argument(
            "--max-age", type=hours, default=timedelta(hours=26), metavar="HOURS", help="of that backup (default: 26)"
        )
        parser.add_argument("--json", action="store_true", help="print the same as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = vitals(now=timezone.now(), folder=options["backups"], oldest=options["max_age"])
        worst = found[0].state
        if options["json"]:
            checks = [{"check": one.name, "state": one.state.name, "message": one.message} for one in found]
            self.print_json({"state": worst.name, "checks": checks})
        else:
            for one in found:
                self.stdout.write(f"{one.state.name} {one.name}: {one.message}")
        self.stdout.flush()
        if worst is not State.OK:
            sys.exit(worst)


def hours(text: str) -> timedelta:
    """Raises ArgumentTypeError."""
    if not text.isdecimal() or not 0 < int(text) <= 24 * 366:
        raise ArgumentTypeError(f"{text!r} is no number of hours from 1 to {24 * 366:,}")
    return timedelta(hours=int(text))
