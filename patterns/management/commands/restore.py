from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.management.command import CatalogCommand
from patterns.operations.contents import Refusal
from patterns.operations.restoration import restore


class Command(CatalogCommand):
    help = (
        "Put a backup in place of the database, which is kept under another name. It is refused while anybody uses "
        "the database, and if the backup is damaged or of a newer release."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="what manage.py backup wrote, with its .json beside it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restore(Path(options["file"]))
        except Refusal as error:
            raise CommandError(f"Nothing was restored: {error}") from error
        self.stdout.write(f"Restored: {done.contents}. Nobody is signed in any more.")
        if not done.is_compared:
            self.stdout.write("Nothing is known of the file, so it was not compared with what was saved.")
        if done.migrations:
            self.stdout.write(f"It was of an older release; migrations applied: {len(done.migrations)}.")
        if done.kept:
            self.stdout.write(f"The former database is kept as {done.kept}.")
