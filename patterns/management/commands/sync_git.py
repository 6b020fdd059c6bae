from pathlib import Path, PurePosixPath
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.document.plan import Choices, Plan
from patterns.files.clone import Clone, GitRefusal
from patterns.management.command import CatalogCommand
from patterns.management.plan_lines import plan_lines
from patterns.store.sync import GitSync


class Command(CatalogCommand):
    help = "Bring a Git work tree and the database together: pull, import, one commit for each change, push."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clone", metavar="CLONE", help="top folder of a clean work tree, on the database's branch")
        parser.add_argument("--file", default="catalog.toml", metavar="NAME", help="the catalogue's file in it")
        parser.add_argument("--retire", action="store_true", help="retire the entries that the file no longer holds")
        parser.add_argument("--push", action="store_true", help="push what was committed")

    def handle(self, *args: Any, **options: Any) -> None:
        clone, name = Clone(Path(options["clone"])), PurePosixPath(options["file"])
        if name.is_absolute() or ".." in name.parts or ".git" in name.parts or name.suffix != ".toml":
            raise CommandError(f"--file {name}: name a .toml file inside the work tree", returncode=2)
        sync = GitSync(clone, str(name), Choices(retire=options["retire"]), told=self.stdout.write, planned=self.show)
        try:
            sync.run(is_pushing=options["push"])
        except GitRefusal as error:
            raise CommandError(str(error)) from error

    def show(self, plan: Plan) -> None:
        lines = [*plan_lines(plan)]
        if len(lines) > bool(plan.note):  # with what it was compared is of interest only if that led to something
            self.print_lines(lines)
