"""A work tree of Git, used by a program that nobody watches: no questions, no hooks, and an end to waiting."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TIMEOUT_S = 120
JOURNAL = "archsite-run"
COMMITTER = ("Archsite", "archsite@noreply.invalid")
# Hooks, signatures and rerere belong to people; a program that waits for one of them waits for ever.
QUIETLY = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "rerere.enabled=false")


class GitRefusal(Exception):
    """What Git would not do, in a sentence."""


@dataclass(frozen=True)
class Signed:
    """What a commit says of itself."""

    name: str
    email: str
    date: str
    message: str


@dataclass(frozen=True)
class Clone:
    folder: Path

    def run(self, *arguments: str, text: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        name, email = COMMITTER
        # What a caller's own Git set (a hook, a rebase) would lead elsewhere; how to reach a server stays.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or "SSH" in key}
        said = {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
            "GIT_EDITOR": "true",
            "LC_ALL": "C",
            **{f"GIT_{role}_NAME": name for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": email for role in ("AUTHOR", "COMMITTER")},
        }
        try:
            return subprocess.run(
                ["git", *QUIETLY, *arguments],
                cwd=self.folder,
                env={**said, **kept, **environment},
                input=text,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT_S,
                close_fds=False,  # as long as one of its Gits is at work, a run is not over: see held()
            )
        except subprocess.TimeoutExpired as error:
            raise GitRefusal(f"git {arguments[0]} did not end within {TIMEOUT_S} seconds; try it by hand") from error
        except OSError as error:
            raise GitRefusal(f"{self.folder}: {error.strerror}; is it a folder, and is Git installed?") from error

    def git(self, *arguments: str, text: str = "", **environment: str) -> str:
        """What Git answers; raises GitRefusal with what it complains of."""
        done = self.run(*arguments, text=text, **environment)
        if done.returncode:
            raise GitRefusal(f"git {arguments[0]}: {' '.join((done.stderr or done.stdout).split())}")
        return done.stdout.strip()

    def check(self) -> None:
        """Raises GitRefusal unless this is the top of a work tree, on a branch."""
        if self.git("rev-parse", "--is-inside-work-tree") != "true" or self.git("rev-parse", "--show-prefix"):
            raise GitRefusal(f"{self.folder} is not the top folder of a work tree; name that")
        if self.run("symbolic-ref", "--quiet", "HEAD").returncode:
            raise GitRefusal(f"{self.folder} is on no branch; git switch to the one that the database follows")

    @contextmanager
    def held(self) -> Iterator[None]:
        """For one run alone, which finds the work tree clean; raises GitRefusal.

        The journal is empty unless a run is at work or was killed. Then it says so, and to which commit the work tree
        was on its way: what a killed Git left behind is taken away, before anybody has to do it by hand.
        """
        with self.journal.open("a+") as journal:
            try:
                fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GitRefusal(f"another run is at work in {self.folder}; wait for its end") from None
            os.set_inheritable(journal.fileno(), True)
            journal.seek(0)
            if killed := journal.read().split():
                self.mend(killed[1:])
            if dirty := self.git("status", "--porcelain"):
                names = ", ".join(line.strip() for line in dirty.splitlines()[:10])
                raise GitRefusal(f"{self.folder} has changes without a commit ({names}); commit, stash or remove them")
            self.note("run")
            yield
            self.note("")

    @property
    def journal(self) -> Path:
        return self.git_folder / JOURNAL

    @cached_property
    def git_folder(self) -> Path:
        return Path(self.git("rev-parse", "--absolute-git-dir"))

    def note(self, text: str) -> None:
        self.journal.write_text(text, encoding="ascii")

    def mend(self, targets: list[str]) -> None:
        """Remove the locks of a Git that was killed, and put back a work tree that was on its way to a commit."""
        folders = (self.git_folder, self.folder / self.git("rev-parse", "--git-common-dir"))
        for lock in {*folders[0].glob("*.lock"), *folders[1].glob("*.lock"), *folders[1].glob("refs/**/*.lock")}:
            lock.unlink(missing_ok=True)
        if targets and self.git("status", "--porcelain"):
            head = self.head()
            self.git("reset", "--hard", "--quiet", *targets)  # so that files which are new there are known
            self.git("reset", "--hard", "--quiet", head)

    @contextmanager
    def moving(self, commit: str) -> Iterator[None]:
        """The work tree is on its way there until Git has ended, well or not."""
        self.note(f"run {commit}")
        try:
            yield
        except GitRefusal:
            self.note("run")
            raise
        self.note("run")

    def head(self) -> str:
        return self.git("rev-parse", "--verify", "HEAD")

    def upstream(self) -> tuple[str, str] | None:
        """The remote and the branch there that this branch follows."""
        branch = self.git("symbolic-ref", "--short", "HEAD")
        found = [self.run("config", f"branch.{branch}.{key}").stdout.strip() for key in ("remote", "merge")]
        return (found[0], found[1]) if all(found) else None

    def pull(self) -> None:
        """Fetch and merge the upstream, if there is one; raises GitRefusal, the branch as it was, on a conflict."""
        if (upstream := self.upstream()) is None:
            return
        self.git("fetch", "--quiet", upstream[0])
        if self.run("rev-parse", "--verify", "--quiet", "@{upstream}").returncode:
            return  # nobody has pushed the branch yet
        files: list[str] = []
        with self.moving(self.git("rev-parse", "--verify", "@{upstream}")):
            done = self.run("merge", "--no-edit", "--quiet", "@{upstream}")
            if done.returncode:
                files = self.git("diff", "--name-only", "--diff-filter=U").split("\n")
                self.run("merge", "--abort")
        if done.returncode:
            why = f"both sides changed {', '.join(files)}" if files != [""] else " ".join(done.stderr.split())
            raise GitRefusal(f"Git cannot merge: {why}; merge by hand and run this again. The branch is as it was")

    def commit(self, parent: str, file: str, content: str, signed: Signed) -> str:
        """A commit in which the file has a new content; no branch and no work tree knows of it yet."""
        blob = self.git("hash-object", "-w", "--stdin", f"--path={file}", text=content)
        index = str(self.git_folder / "archsite-index")
        # Git locks an index as it writes it: of one that was interrupted, nothing is needed.
        for left in (index, f"{index}.lock"):
            Path(left).unlink(missing_ok=True)
        self.git("read-tree", parent, GIT_INDEX_FILE=index)
        self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{file}", GIT_INDEX_FILE=index)
        tree = self.git("write-tree", GIT_INDEX_FILE=index)
        Path(index).unlink()
        return self.git(
            "commit-tree",
            tree,
            "-p",
            parent,
            text=signed.message,
            GIT_AUTHOR_NAME=signed.name,
            GIT_AUTHOR_EMAIL=signed.email,
            GIT_AUTHOR_DATE=signed.date,
        )

    def advance(self, commit: str) -> None:
        """Move the branch and the work tree on to a commit that follows; refused if the branch has moved meanwhile."""
        with self.moving(commit):
            self.git("merge", "--ff-only", "--quiet", commit)

    def put_back(self, commit: str) -> None:
        with self.moving(commit):
            self.git("reset", "--hard", "--quiet", commit)

    def is_ahead(self) -> bool:
        return self.run("rev-list", "--count", "@{upstream}..HEAD").stdout.strip() != "0"

    def push(self) -> str:
        """Why the push was rejected; nothing if it was taken."""
        if (upstream := self.upstream()) is None:
            raise GitRefusal("the branch follows none to push to; git push --set-upstream once by hand")
        done = self.run("push", "--quiet", upstream[0], f"HEAD:{upstream[1]}")
        return " ".join(done.stderr.split()) or "no reason given" if done.returncode else ""
