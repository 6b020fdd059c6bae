"""``sync_git`` is really killed with the Git that it runs, at every step and at random: the next run finishes."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from patterns.models import Change, Pattern
from patterns.tests.commands.terminal import edited, said
from patterns.tests.commands.test_git import ENVIRONMENT, GIT, Clone, Repository
from patterns.tests.factories import authorship, change_pattern
from patterns.tests.store.scratch import Scratch

pytestmark = [pytest.mark.database, pytest.mark.skipif(GIT is None, reason="git is not installed")]

# A process that has loaded everything, and runs the command in a child with a group of its own for each line it reads.
RUNS = """
import os, sys
from django.core.management import call_command
for line in sys.stdin:
    if not (pid := os.fork()):
        os.setpgid(0, 0)
        try:
            call_command("sync_git", {folder!r}, push=True)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    os.setpgid(pid, pid)
    print("pid", pid, flush=True)
    print("end", os.waitpid(pid, 0)[1], flush=True)
"""
# A Git that ends the whole group with it, a moment after it was called as often as the file says.
DEADLY_GIT = """#!/bin/sh
left=$(($(cat {folder}/left) - 1))
echo $left > {folder}/left
exec 3<&0
if [ $left -eq 0 ]; then
    {git} "$@" <&3 &
    sleep $(cat {folder}/moment)
    kill -KILL 0
fi
exec {git} "$@" <&3
"""
UNCOUNTED = 10_000


@dataclass
class Runs:
    process: "subprocess.Popen[str]"

    def start(self) -> int:
        """The process group of a run that has just begun."""
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return self.said("pid")

    def end(self) -> int:
        """The status with which the run ended."""
        return self.said("end")

    def said(self, word: str) -> int:
        assert self.process.stdout is not None
        while not (line := self.process.stdout.readline()).startswith(word):  # what the command says
            assert line, self.process.communicate()
        return int(line.split()[1])


@pytest.fixture
def repository(scratch: Scratch, tmp_path: Path, imported: Path) -> Repository:
    """Two entries, exported and pushed to a repository that outlives whoever pushes, as on a server."""
    bare = ["init", "--quiet", "--bare", "--initial-branch", "main", "origin.git"]
    subprocess.run([str(GIT), *bare], cwd=tmp_path, env=ENVIRONMENT, check=True)
    found = Repository(tmp_path, (), Clone(tmp_path / "main"))
    main = found.clone("main")
    main.git("config", "remote.origin.receivepack", "setsid git-receive-pack")
    main.git("switch", "--quiet", "--create", "main")
    said("export_toml", main.file)
    main.commit("Export")
    main.git("push", "--quiet", "--set-upstream", "origin", "main")
    return found


def edit(number: int) -> None:
    by = authorship(comment=f"Editor {number}")
    change_pattern(Pattern.objects.get(code="01"), description=f"Said by editor {number}.", by=by)


def push_branch(repository: Repository, number: int) -> None:
    """Somebody with a clone of their own edits the other entry on main."""
    ann = Clone(repository.folder / "ann")
    if not ann.folder.exists():
        repository.clone("ann")
    ann.git("pull", "--quiet")
    [line] = [one for one in ann.file.read_text().splitlines() if one.startswith('name = "Pattern 02')]
    edited(ann.file, line, f'name = "Pattern 02 of branch {number}"')
    ann.commit(f"Branch {number}")
    ann.git("push", "--quiet", "origin", "HEAD:main")


@dataclass
class Killer:
    """Kills one run, at its ``calls``-th call of Git or at a random moment; says whether it did."""

    runs: Runs
    folder: Path
    rng: Random

    def arm(self, calls: int) -> None:
        (self.folder / "left").write_text(str(calls or UNCOUNTED))
        (self.folder / "moment").write_text(f"{self.rng.random() / 50:.4f}")

    def kill(self, calls: int, seconds: float) -> bool:
        self.arm(calls)
        group = self.runs.start()
        if not calls:
            time.sleep(self.rng.random() * seconds)
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        return self.runs.end() == signal.SIGKILL

    def finish(self) -> tuple[int, float]:
        """Let a run end by itself; how often it called Git, and for how long it ran."""
        self.arm(0)
        begun = time.monotonic()
        self.runs.start()
        assert self.runs.end() == 0
        return UNCOUNTED - int((self.folder / "left").read_text()), time.monotonic() - begun


@pytest.fixture
def killer(scratch: Scratch, repository: Repository, tmp_path: Path) -> Iterator[Killer]:
    (folder := tmp_path / "bin").mkdir()
    (folder / "git").write_text(DEADLY_GIT.format(folder=folder, git=GIT))
    (folder / "git").chmod(0o755)
    shell = ["shell", "--verbosity", "0", "--command", RUNS.format(folder=str(repository.main.folder))]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATH", str(folder), prepend=os.pathsep)
        process = scratch.start(*shell, stdin=subprocess.PIPE, stderr=None)
    yield Killer(Runs(process), folder, Random(5))
    process.kill()
    process.communicate()


def subjects(clone: Clone) -> list[str]:
    return clone.git("log", "--no-merges", "--format=%s", "origin/main").splitlines()


def starting(word: str, texts: list[str]) -> list[str]:
    return sorted(one for one in texts if one.startswith(word))


def test_killed_at_every_step_and_at_random_it_is_finished_by_the_next_run(repository: Repository, killer: Killer):
    main, before, kills, number = repository.main, Change.objects.count(), 0, 0

    def meanwhile() -> None:
        edit(number)
        push_branch(repository, number)

    meanwhile()
    calls, seconds = killer.finish()
    # Every call of Git, then random moments: 0.
    plan = [*range(1, calls + 1), *[0] * 8] if connection.vendor == "sqlite" else [*range(2, calls + 1, 4), 0]
    for number, call in enumerate(plan, start=1):
        meanwhile()
        kills += killer.kill(call, seconds)
        killer.finish()
        assert main.git("status", "--porcelain") == "", (number, call)

    found = subjects(main)
    changes = [*Change.objects.filter(number__gt=before).values_list("comment", flat=True)]
    assert starting("Branch", found) == sorted(f"Branch {one}" for one in range(number + 1))
    assert (
        starting("Editor", found) == starting("Editor", changes) == sorted(f"Editor {one}" for one in range(number + 1))
    )
    assert starting("Taken", found) == starting("Taken", changes)
    assert len(found) == 1 + number + 1 + len(changes)  # the first export, the branches, one for each change
    said("export_toml", main.file, check=True)
    assert Pattern.objects.get(code="02").name == f"Pattern 02 of branch {number}"
    for folder in (main.folder, repository.folder / "origin.git"):
        Clone(folder).git("fsck", "--strict", "--no-dangling")
    assert kills >= (20 if connection.vendor == "sqlite" else 4)
