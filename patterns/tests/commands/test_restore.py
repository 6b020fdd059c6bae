"""``restore``: the database is the backup's, or it is untouched; what was there is kept."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from patterns import migrations
from patterns.models import Change, Pattern
from patterns.tests.commands.terminal import refused_by, said
from patterns.tests.commands.test_backup import backed_up, change, files_of_at_most, folder, whichever
from patterns.tests.store.scratch import Scratch, connected_to, execute, postgresql_url

__all__ = ["folder"]

pytestmark = pytest.mark.database

is_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")


SAVED: dict[str, bytes] = {}


@pytest.fixture
def backup(folder: Path) -> Path:
    """The catalogue as it was before the entry said something else, with somebody signed in; made once for all."""
    if not SAVED:
        Session.objects.create(session_key="k", session_data="", expire_date=timezone.now() + timedelta(hours=8))
        backed_up(folder)
        SAVED.update({one.name: one.read_bytes() for one in folder.iterdir()})
    for name, data in SAVED.items():
        (folder / name).write_bytes(data)
    change("Written after the backup.")
    return next(one for one in folder.iterdir() if one.suffix != ".json")


HOLDS = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1])
print(other.execute("SELECT count(*) FROM patterns_pattern").fetchone(), flush=True)
sys.stdin.read()
"""


def database() -> str:
    return str(connection.settings_dict["NAME"])


def description() -> str:
    return Pattern.objects.get(code="01").description


def kept_by(text: str) -> str:
    """Where the former database is, as the command says."""
    return text.rpartition("is kept as ")[2].strip().removesuffix(".")


@contextmanager
def open_elsewhere() -> Iterator[None]:
    """Somebody is connected, as an idle server is."""
    connection.close()
    if connection.vendor == "sqlite":
        # Locks of one process do not keep itself out.
        command = [sys.executable, "-c", HOLDS, database()]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout
            other.stdout.readline()
            yield
            other.communicate()
    else:
        with psycopg.connect(postgresql_url(database())):
            yield


@pytest.fixture
def dropped() -> Iterator[list[str]]:
    """Names of databases of PostgreSQL that are dropped after the test."""
    names: list[str] = []
    yield names
    if connection.vendor == "postgresql":
        connection.close()
        for name in names:
            execute(f'DROP DATABASE IF EXISTS "{name}"')


def test_it_works(backup: Path, dropped: list[str]):
    newer = said("export_toml")

    text = said("restore", backup)

    dropped.append(kept := kept_by(text))
    assert text.startswith("Restored: change 1, entries: 2, ")
    assert description() != "Written after the backup."
    assert said("export_toml") != newer
    assert not Session.objects.exists()
    connection.close()
    with connected_to(kept):
        assert said("export_toml") == newer
    change("Life goes on.")
    assert Change.objects.count() == 2


@is_sqlite
def test_what_was_kept_is_its_owner_s_alone_and_restores_too(backup: Path):
    kept = kept_by(said("restore", backup))

    assert Path(kept).stat().st_mode & 0o777 == 0o600
    assert "Nothing is known of the file" in said("restore", kept)
    assert description() == "Written after the backup."


def test_a_database_in_use_is_left_alone(backup: Path):
    with open_elsewhere():
        text = refused_by("restore", backup)

    assert text.startswith("Nothing was restored: ")
    assert "is in use" in text
    assert "stop" in text
    assert description() == "Written after the backup."


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_and_unknown(path: Path) -> None:
    cut(path)
    path.with_suffix(".json").unlink()


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lose(path: Path) -> None:
    path.unlink()


def become_toml(path: Path) -> None:
    path.write_text('[catalog]\ntitle = "Not a database"\n')


def lose_a_table(path: Path) -> None:
    """Another catalogue than was saved, and a manifest that fits the file otherwise."""
    manifest = path.with_suffix(".json")
    manifest.write_text(manifest.read_text().replace('"entries": 2', '"entries": 3'))


def spoil_the_manifest(path: Path) -> None:
    path.with_suffix(".json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut, "it was not copied whole"),
        (cut_and_unknown, ""),
        (flip_a_bit, "its sha256 is another"),
        (lose, "no such file or directory"),
        (become_toml, "is no backup: neither a database of SQLite nor a dump"),
        (lose_a_table, "holds another catalogue (change 1, entries: 2, "),
        (spoil_the_manifest, "cannot be read as what is known of"),
    ],
)
def test_what_is_not_whole_is_refused(backup: Path, damage, words: str):
    damage(backup)

    text = refused_by("restore", backup)

    assert text.startswith("Nothing was restored: ")
    assert words in text
    assert "\n" not in text
    assert description() == "Written after the backup."


def test_a_backup_of_the_other_engine_is_refused(folder: Path):
    other = folder / "other"
    other.write_bytes(b"PGDMP\1\16\0" if connection.vendor == "sqlite" else b"SQLite format 3\0")

    assert "an export as TOML goes from one to the other" in refused_by("restore", other)


@whichever
def test_a_newer_schema_is_refused(folder: Path):
    MigrationRecorder(connection).record_applied("patterns", "9999_of_the_future")
    backup = backed_up(folder)
    change("Written after the backup.")

    text = refused_by("restore", backup)

    assert "is of a newer release than this one, which does not know patterns.9999_of_the_future" in text
    assert description() == "Written after the backup."


def test_an_older_schema_is_migrated(folder: Path, dropped: list[str]):
    newest = max(one.stem for one in Path(migrations.__file__).parent.glob("0*.py"))
    call_command("migrate", "patterns", f"{int(newest[:4]) - 1:04}", verbosity=0)
    backup = backed_up(folder)
    call_command("migrate", verbosity=0)

    text = said("restore", backup)

    dropped.append(kept_by(text))
    assert "It was of an older release; migrations applied: 1." in text
    assert Pattern.objects.count() == 2
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_a_machine_without_a_database_gets_one(backup: Path, tmp_path: Path, dropped: list[str]):
    name = str(tmp_path / "new.sqlite3") if connection.vendor == "sqlite" else f"archsite_new_{os.getpid()}"
    dropped.append(name)

    with connected_to(name):
        text = said("restore", backup)

        assert "is kept as" not in text
        assert description() != "Written after the backup."
    if connection.vendor == "sqlite":
        assert Path(name).stat().st_mode & 0o777 == 0o600


# Files of SQLite


@is_sqlite
def test_a_full_disk_leaves_the_database_as_it_is(backup: Path):
    path = Path(database())

    with files_of_at_most(20_000):
        text = refused_by("restore", backup)

    assert text.startswith("Nothing was restored: ")
    assert description() == "Written after the backup."
    connection.close()
    assert [one for one in path.parent.iterdir() if "restoring" in one.name or "before" in one.name] == []


@is_sqlite
def test_the_wal_of_a_server_that_was_killed_is_kept_and_not_replayed(backup: Path):
    path = Path(database())
    connection.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("PRAGMA journal_mode=WAL")
        server.execute("UPDATE patterns_pattern SET description = 'Only in the WAL.'")
        left = {one: one.read_bytes() for one in (path, Path(f"{path}-wal"))}
    for one, data in left.items():
        one.write_bytes(data)
    assert b"Only in the WAL." not in path.read_bytes()

    kept = kept_by(said("restore", backup))

    assert "Only in the WAL." not in description()
    connection.close()
    with connected_to(kept):
        assert description() == "Only in the WAL."


@is_sqlite
def test_what_is_no_database_any_more_is_kept(backup: Path):
    path = Path(database())
    connection.close()
    path.write_bytes(b"garbage" * 1_000)

    kept = Path(kept_by(said("restore", backup)))

    assert kept.read_bytes() == b"garbage" * 1_000
    assert description() != "Written after the backup."


@is_sqlite
def test_a_wal_without_its_database_is_kept_and_not_replayed(backup: Path):
    path, wal = Path(database()), Path(f"{database()}-wal")
    connection.close()
    path.unlink()
    wal.write_bytes(b"of a database that is gone")

    said("restore", backup)

    assert [one.read_bytes() for one in path.parent.glob("*.before-*-wal")] == [b"of a database that is gone"]
    assert description() != "Written after the backup."


@is_sqlite
def test_what_is_no_database_any_more_is_left_alone_while_it_is_open(backup: Path):
    path = Path(database())
    with open_elsewhere():
        with path.open("r+b") as file:
            file.write(b"garbage" * 1_000)
        text = refused_by("restore", backup)

    assert "is in use" in text
    assert path.read_bytes().startswith(b"garbage")


@is_sqlite
def test_a_copy_of_a_file_in_use_is_refused(backup: Path, tmp_path: Path):
    with open_elsewhere():
        copied = shutil.copy(database(), tmp_path / "copied.sqlite3")
        (tmp_path / "copied.sqlite3-wal").write_bytes(b"what was written last")

        text = refused_by("restore", copied)

    assert "has a journal beside it" in text


@is_sqlite
def test_the_database_is_no_backup_of_itself(backup: Path):
    assert "is the database itself" in refused_by("restore", database())


# Killed


KILLED = """
import os, signal, sys
from django.core.management import call_command

def fatal(left):
    def count(frame, event, argument):
        nonlocal left
        if event.startswith("c_") and "patterns/operations" in frame.f_code.co_filename:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    return count

for line in sys.stdin:
    file, left = line.split()
    if not (pid := os.fork()):
        sys.setprofile(fatal(int(left)))
        call_command("restore", file, verbosity=0)
        sys.setprofile(None)
        os._exit(0)
    print("end", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
STEPS = {"sqlite": 9, "postgresql": 90}  # of the code between two kills
MOST = 2_000


def test_one_that_is_killed_leaves_the_old_database_or_the_new_one(scratch: Scratch, backup: Path, dropped: list[str]):
    """At every so many steps of its own code; each of two backups in turn, so that either would be seen."""
    newer = backed_up(backup.parent)
    states = {backup: exported_in(backup), newer: exported_in(newer)}
    connection.close()
    here, found = newer, []
    with scratch.start("shell", "--verbosity=0", "--command", KILLED, stdin=-1) as process:
        for left in range(1, MOST, STEPS[connection.vendor]):
            file = backup if here == newer else newer
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"{file} {left}\n")
            process.stdin.flush()
            while not (line := process.stdout.readline()).startswith("end "):
                assert line, process.communicate()
            here = next(path for path, text in states.items() if text == export_now())
            found.append((int(line.split()[1]), here == file))
            if found[-1][0] == 0:
                break
        process.stdin.close()

    dropped += leftovers(scratch)
    assert found[-1] == (0, True)
    assert {code for code, _ in found[:-1]} == {-9}
    assert len(found) > 5
    if connection.vendor == "sqlite":
        assert [one for one in Path(database()).parent.iterdir() if one.name.startswith(".")] == []


def exported_in(file: Path) -> str:
    """The digest of the export of a backup."""
    return file.with_suffix(".json").read_text().partition('"digest": "')[2][:64]


def export_now() -> str:
    text = said("export_toml")
    connection.close()
    return hashlib.sha256(text.encode()).hexdigest()


def leftovers(scratch: Scratch) -> list[str]:
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        pattern = f"{database()}%"
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in cursor.fetchall() if name != database()]
