from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from patterns.management.command import positive
from patterns.operations.contents import Refusal
from patterns.operations.releases import restart


class Command(BaseCommand):
    help = (
        "Replace a running gunicorn by one of the release that is installed now, without a request that fails: new "
        "processes are started beside the old ones, which end when the new ones answer at /readyz. If these do not, "
        "the old ones go on serving, and this ends with 1 and says why."
    )
    requires_system_checks = ()  # the new processes say what is wrong with them
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        here = f"http://127.0.0.1:{settings.PORT}"
        parser.add_argument("pidfile", type=Path, metavar="PIDFILE", help="what gunicorn was given as --pid")
        parser.add_argument("--url", default=here, help=f"where gunicorn itself listens (default: {here})")
        parser.add_argument("--seconds", type=positive, default=60, help="to wait for the new processes (default: 60)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restart(options["pidfile"], url=options["url"], seconds=options["seconds"])
        except Refusal as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Release {done.after} serves in the place of {done.before}.")
