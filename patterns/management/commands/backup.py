from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.management.command import CatalogCommand, positive
from patterns.operations.backup import Backup, remove_oldest, take
from patterns.operations.contents import Refusal


class Command(CatalogCommand):
    help = (
        "Back up the database beside whoever uses it: catalogue, history, accounts. The copy is opened and compared "
        "with the database before it has its name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", help="where the backup goes; it has to be there")
        parser.add_argument(
            "--keep", type=positive, metavar="N", help="remove the oldest backups of this database until N are left"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        try:
            taken = take(folder)
        except Refusal as error:
            raise CommandError(f"No backup was taken: {error}") from error
        path, manifest = taken.backup.path, taken.backup.manifest
        self.stdout.write(f"{path}: {manifest.contents}, bytes: {manifest.size:,}.")
        if not taken.is_compared:
            self.stdout.write("Its rows were counted; to compare the export the role has to have CREATEDB.")
        if options["keep"]:
            self.remove_oldest(folder, taken.backup, options["keep"])

    def remove_oldest(self, folder: Path, backup: Backup, keep: int) -> None:
        try:
            for path in remove_oldest(folder, but=backup, keep=keep):
                self.stdout.write(f"Removed {path}.")
        except Refusal as error:
            raise CommandError(f"The backup was taken, but older ones are still there: {error}") from error
