from pathlib import Path, PurePosixPath
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from patterns.document.catalog import CatalogFile
from patterns.document.problems import InvalidCatalog
from patterns.files.clone import Clone, GitRefusal
from patterns.files.disk import read_uploads
from patterns.files.reader import read_files
from patterns.management.command import CatalogCommand
from patterns.management.commands.export_toml import comments_above
from patterns.management.commands.import_toml import plan_lines
from patterns.models import Change
from patterns.store.commits import changes_since, contents
from patterns.store.imports import import_file
from patterns.store.writing import Authorship

PUSHES = 3


class Command(CatalogCommand):
    help = "Bring a Git work tree and the database together: pull, import, one commit for each change, push."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clone", metavar="CLONE", help="top folder of a clean work tree, on the database's branch")
        parser.add_argument("--file", default="catalog.toml", metavar="NAME", help="the catalogue's file in it")
        parser.add_argument("--push", action="store_true", help="push what was committed")

    def handle(self, *args: Any, **options: Any) -> None:
        clone, name = Clone(Path(options["clone"])), PurePosixPath(options["file"])
        if name.is_absolute() or ".." in name.parts or ".git" in name.parts or name.suffix != ".toml":
            raise CommandError(f"--file {name}: name a .toml file inside the work tree", returncode=2)
        try:
            clone.check()
            if options["push"] and clone.upstream() is None:
                raise GitRefusal("the branch follows none to push to; git push --set-upstream once by hand")
            self.sync(clone, str(name), is_pushing=options["push"])
        except GitRefusal as error:
            raise CommandError(str(error)) from error

    def sync(self, clone: Clone, name: str, *, is_pushing: bool) -> None:
        is_done = self.bring_together(clone, name)
        for _ in range(PUSHES):
            if not is_pushing or not clone.is_ahead():
                break
            if not (rejection := clone.push()):
                self.stdout.write("Pushed.")
                return
            # Somebody else pushed meanwhile: what they did is taken first.
            is_done = self.bring_together(clone, name) or is_done
        else:
            raise GitRefusal(f"the push was rejected {PUSHES} times ({rejection}); all is committed, run this again")
        if not is_done:
            self.stdout.write("Nothing to do.")

    def bring_together(self, clone: Clone, name: str) -> bool:
        """Pull, import and commit; whether there was anything to import or commit."""
        before = clone.head()
        clone.pull()
        path = clone.folder / name
        if path.is_symlink():
            raise GitRefusal(f"{name} is a symbolic link; put the file itself there")
        try:
            file = self.imported(clone, path) if path.exists() else None
        except (InvalidCatalog, GitRefusal):
            # Nothing is lost: what was pulled is in the upstream, and is pulled again.
            clone.put_back(before)
            raise
        changes = changes_since(file)
        above, commit = comments_above(path), clone.head()
        for signed, content in contents(changes):
            commit = clone.commit(commit, name, above + content, signed)
            self.stdout.write(f"Committed change: {signed.message.splitlines()[0]}")
        # The branch moves once, to the last of all: whatever is interrupted before that has not happened.
        if changes:
            clone.advance(commit)
        return bool(changes)

    def imported(self, clone: Clone, path: Path) -> CatalogFile:
        """The file, merged into the database; raises InvalidCatalog or GitRefusal, and then nothing is written."""
        file = read_files(read_uploads([str(path)]))
        # Interrupted before its commits, the same state would disagree with whatever was changed since its import.
        comment = f"Taken from Git at {clone.head()}"
        if Change.objects.filter(origin=Change.Origin.IMPORT, comment=comment).exists():
            return file
        by = Authorship(origin=Change.Origin.IMPORT, at=timezone.now(), comment=comment)
        plan = import_file(file, by=by).plan
        lines = [*plan_lines(plan)]
        if len(lines) > bool(plan.note):  # with what it was compared is of interest only if that led to something
            self.print_lines(lines)
        if plan.is_refused:
            raise GitRefusal(
                f"Refused, and nothing was written: the branch is where it was. {len(plan.conflicts)} times the file"
                " and the catalogue disagree; mend the file on a branch, or import_toml it with --on-conflict"
            )
        return file
