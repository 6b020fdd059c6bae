"""Processes that are really killed, and disks that are really full: old or new, never half."""

import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from patterns.models import Catalog, Pattern
from patterns.tests.commands.terminal import said, written
from patterns.tests.factories import entry, import_entries, make_pattern
from patterns.tests.store.scratch import Scratch, rows_of_all_tables

pytestmark = pytest.mark.database
EXPORT_FOREVER = """
import itertools
from django.core.management import call_command
for number in itertools.count():
    call_command("export_toml", {path!r}, **({{"code": ["0001"]}} if number % 2 else {{}}))
"""


def entries(count: int) -> list:
    return [entry(f"{number:04}", description=f"{number} " + "says a lot. " * 25) for number in range(count)]


def wait_until(holds: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Poll until something holds; fails if the process ends first or nothing happens for long."""
    end = time.monotonic() + 60
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)


def killed(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


# a crash in the middle of an import


def is_writing(database: Path) -> bool:
    """Whether rows of an import that is not finished have reached the disk or the server."""
    if connection.vendor == "sqlite":
        log = database.with_name(f"{database.name}-wal")
        return log.exists() and log.stat().st_size > 500_000
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT%'"
        )
        return cursor.fetchone()[0] > 0


def test_a_crash_in_the_middle_of_an_import_leaves_the_database_as_it_was(scratch: Scratch, tmp_path: Path):
    make_pattern("9999", name="Before", slug="before")
    before = rows_of_all_tables()
    path = written(tmp_path / "many.toml", *entries(5_000))

    process = scratch.start("import_toml", str(path))
    wait_until(lambda: is_writing(tmp_path / "scratch.sqlite3"), process)
    killed(process)

    assert rows_of_all_tables() == before
    assert scratch.run("import_toml", str(written(path, *entries(3)))).returncode == 0
    assert (Pattern.objects.count(), Catalog.objects.get().version) == (4, 3)


# an export that is interrupted


def test_an_export_killed_at_any_moment_leaves_the_old_file_or_the_new_one(scratch: Scratch, tmp_path: Path):
    import_entries(entries(300))
    path = tmp_path / "catalog.toml"
    legal = {said("export_toml"), said("export_toml", code=["0001"])}
    rng = random.Random(7)

    for _ in range(3):
        path.write_text("before")
        process = scratch.start("shell", "-v0", "-c", EXPORT_FOREVER.format(path=str(path)))
        wait_until(lambda: path.read_text() != "before", process)
        time.sleep(rng.random() / 10)
        killed(process)
        assert path.read_text() in legal


def limit_file_size() -> None:
    """As on a full disk: what is written beyond 10,000 bytes fails with an OSError."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))


def test_a_disk_that_is_full_leaves_the_old_file_and_nothing_else(scratch: Scratch, tmp_path: Path):
    import_entries(entries(300))
    path = tmp_path / "export" / "catalog.toml"
    path.parent.mkdir()
    path.write_text("before")

    done = scratch.run("export_toml", str(path), preexec_fn=limit_file_size)

    assert done.returncode == 1
    assert done.stderr == f"CommandError: {path}: file too large; the file is as it was\n"
    assert [*path.parent.iterdir()] == [path]
    assert path.read_text() == "before"
