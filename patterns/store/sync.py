"""A work tree of Git and the database are brought together: pull, import, one commit for each change, push.

Interrupted at any moment, the next run finishes: what was pulled is pulled again, an import that was made is known by
its comment, and the branch moves once, to the last of all commits. The clone mends what a killed Git left behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from patterns.document.catalog import CatalogFile
from patterns.document.plan import Choices, Plan
from patterns.document.problems import InvalidCatalog
from patterns.files.clone import Clone, GitRefusal
from patterns.files.comments import comments_above
from patterns.files.disk import read_uploads
from patterns.files.reader import read_files
from patterns.models import Change
from patterns.store.commits import changes_since, contents
from patterns.store.imports import import_file
from patterns.store.writing import Authorship

PUSHES = 3


@dataclass(frozen=True)
class GitSync:
    """``name`` is the catalogue's file in the clone; ``told`` hears of each commit, ``planned`` what an import does."""

    clone: Clone
    name: str
    choices: Choices
    told: Callable[[str], None]
    planned: Callable[[Plan], None]

    def run(self, *, is_pushing: bool) -> None:
        """Raises GitRefusal or InvalidCatalog; then the branch is where it was, or all is committed and not pushed."""
        self.clone.check()
        if is_pushing and self.clone.upstream() is None:
            raise GitRefusal("the branch follows none to push to; git push --set-upstream once by hand")
        with self.clone.held():
            self.finish(is_pushing=is_pushing)

    def finish(self, *, is_pushing: bool) -> None:
        is_done = self.bring_together()
        for _ in range(PUSHES):
            if not is_pushing or not self.clone.is_ahead():
                break
            if not (rejection := self.clone.push()):
                self.told("Pushed.")
                return
            # Somebody else pushed meanwhile: what they did is taken first.
            is_done = self.bring_together() or is_done
        else:
            raise GitRefusal(f"the push was rejected {PUSHES} times ({rejection}); all is committed, run this again")
        if not is_done:
            self.told("Nothing to do.")

    def bring_together(self) -> bool:
        """Pull, import and commit; whether there was anything to import or commit."""
        before = self.clone.head()
        self.clone.pull()
        path = self.clone.folder / self.name
        if path.is_symlink():
            raise GitRefusal(f"{self.name} is a symbolic link; put the file itself there")
        try:
            file = self.imported(path) if path.exists() else None
        except (InvalidCatalog, GitRefusal):
            # Nothing is lost: what was pulled is in the upstream, and is pulled again.
            self.clone.put_back(before)
            raise
        changes = changes_since(file)
        above, commit = comments_above(path), self.clone.head()
        for signed, content in contents(changes):
            commit = self.clone.commit(commit, self.name, above + content, signed)
            self.told(f"Committed change: {signed.message.splitlines()[0]}")
        # The branch moves once, to the last of all: whatever is interrupted before that has not happened.
        if changes:
            self.clone.advance(commit)
        return bool(changes)

    def imported(self, path: Path) -> CatalogFile:
        """The file, merged into the database; raises InvalidCatalog or GitRefusal, and then nothing is written."""
        file = read_files(read_uploads([str(path)]))
        # Interrupted before its commits, the same state would disagree with whatever was changed since its import.
        comment = f"Taken from Git at {self.clone.head()}"
        if Change.objects.filter(origin=Change.Origin.IMPORT, comment=comment).exists():
            return file
        by = Authorship(origin=Change.Origin.IMPORT, at=timezone.now(), comment=comment)
        plan = import_file(file, by=by, choices=self.choices).plan
        self.planned(plan)
        if plan.is_refused:
            raise GitRefusal(
                f"Refused, and nothing was written: the branch is where it was. {len(plan.conflicts)} times the file"
                " and the catalogue disagree; mend the file on a branch, or import_toml it with --on-conflict"
            )
        return file
