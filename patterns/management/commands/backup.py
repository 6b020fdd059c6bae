from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.management.command import CatalogCommand, positive
from patterns.operations.backup import take
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
        try:
            taken = take(Path(options["folder"]), keep=options["keep"])
        except Refusal as error:
            raise CommandError(f"No backup was taken: {error}") from error
        path, manifest = taken.backup.path, taken.backup.manifest
        self.stdout.write(f"{path}: {manifest.contents}, bytes: {manifest.size:,}.")
        if not taken.is_compared:
            self.stdout.write("Its rows were counted; to compare the export the role has to have CREATEDB.")
        for old in taken.removed:
            self.stdout.write(f"Removed {old}.")
