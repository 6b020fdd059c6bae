"""``backup``: whole copies of one moment, beside those who write; a name only for what was verified."""

import fcntl
import hashlib
import os
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from patterns.models import Catalog, Pattern
from patterns.operations import sqlite
from patterns.operations.backup import backups_in, manifest_of
from patterns.operations.postgresql import counted, run
from patterns.tests.commands.terminal import refused_by, said
from patterns.tests.factories import change_pattern
from patterns.tests.store.scratch import Scratch, connected_to, disconnected_after, execute

pytestmark = pytest.mark.database
whichever = pytest.mark.skipif(connection.vendor != "sqlite", reason="it is the same for PostgreSQL, and takes longer")


@pytest.fixture
def folder(scratch: Scratch, imported: Path, tmp_path: Path) -> Path:
    """Where backups of a catalogue of two entries go."""
    (path := tmp_path / "backups").mkdir()
    return path


def backed_up(folder: Path, *options: str) -> Path:
    """The backup that the command made and named."""
    path = Path(said("backup", folder, *options).partition(": ")[0])
    assert path.parent == folder
    return path


def change(text: str) -> None:
    change_pattern(Pattern.objects.get(code="01"), description=text)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process or of one that it starts grows beyond so many bytes: a disk that is full."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_it_works(folder: Path):
    change("Changed.")

    path = backed_up(folder)

    manifest = manifest_of(path)
    assert manifest is not None
    assert path.name.startswith("archsite-000002-")
    assert (manifest.contents.change, manifest.contents.entries, manifest.contents.revisions) == (2, 2, 5)
    assert manifest.contents.digest == hashlib.sha256(said("export_toml").encode()).hexdigest()
    assert manifest.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {one.name for one in folder.iterdir()} == {path.name, path.with_suffix(".json").name}
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}


def test_a_backup_does_not_wait_for_a_writer_and_holds_nothing_unfinished(scratch: Scratch, folder: Path):
    with transaction.atomic():
        change("Unfinished.")
        (done,) = scratch.at_once(lambda: said("backup", folder))

    assert ": change 1, entries: 2, revisions: " in done


@whichever
def test_the_newest_are_kept_and_nothing_else_is_removed(folder: Path):
    other = folder / "archsite-000001-20200101T000000Z.sqlite3"
    other.write_text("a file of somebody else, or a backup of which nothing is known")
    first = backed_up(folder)
    change("Second.")
    second = backed_up(folder)
    change("Third.")

    text = said("backup", folder, "--keep=2")

    third = Path(text.partition(": ")[0])
    assert f"Removed {first}." in text
    assert [one.path for one in backups_in(folder)] == [second, third]
    assert {one for one in folder.iterdir() if one.suffix != ".json"} == {other, second, third}


@whichever
def test_backups_of_another_database_are_not_removed(folder: Path):
    first = backed_up(folder)
    Catalog.objects.update(id="another")
    change("Second.")

    second = backed_up(folder, "--keep=1")

    assert [one.path for one in backups_in(folder)] == [first, second]


@whichever
def test_a_new_backup_is_not_removed_for_one_of_the_future(folder: Path):
    path = backed_up(folder)
    future = path.with_name(f"archsite-000001-29991231T235959Z{path.suffix}")
    path.rename(future)
    path.with_suffix(".json").rename(future.with_suffix(".json"))

    new = backed_up(folder, "--keep=1")

    assert [one.path for one in backups_in(folder)] == [new]


@whichever
def test_an_old_one_that_cannot_be_removed_is_told_beside_the_new_one(folder: Path):
    first = backed_up(folder)
    first.unlink()
    first.mkdir()  # root may remove any file
    change("Second.")

    text = refused_by("backup", folder, "--keep=1")

    assert text.startswith(f"{folder}/archsite-000002-")
    assert "The backup was taken, but older ones are still there: " in text
    assert len(backups_in(folder)) == 2


@whichever
def test_a_copy_that_holds_something_else_is_no_backup(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    earlier = backed_up(folder).rename(tmp_path / "earlier")
    change("Written since.")
    # A disk that gives back what was there before.
    monkeypatch.setattr(sqlite, "copy", lambda path: shutil.copyfile(earlier, path))

    text = refused_by("backup", folder)

    assert "The copy holds another catalogue (change 1, " in text
    assert "than the database (change 2, " in text
    assert not [one for one in folder.iterdir() if one.suffix == ".sqlite3" or one.name.startswith(".")]


@whichever
def test_two_in_one_second_have_two_names(folder: Path):
    assert len({backed_up(folder), backed_up(folder)}) == 2


@whichever
def test_what_was_left_by_one_that_was_killed_is_gone_afterwards(folder: Path):
    left = [folder / name for name in (".archsite-half", ".archsite-half-journal")]
    # The second one is of a backup that somebody has compressed, or moved to another machine.
    names = ("archsite-notes.json", "archsite-000009-20260101T000000Z.json", "archsite-half")
    others = [folder / name for name in names]
    for one in (*left, *others):
        one.touch()

    backed_up(folder)

    assert [one.exists() for one in left] == [False] * 2
    assert [one.exists() for one in others] == [True] * 3


def test_a_full_disk_leaves_the_old_backup_and_nothing_half(folder: Path):
    backed_up(folder)
    before = {*folder.iterdir()}
    change("Second.")

    with files_of_at_most(20_000):
        text = refused_by("backup", folder, "--keep=1")

    assert text.startswith("No backup was taken: ")
    assert {*folder.iterdir()} == before


@whichever
def test_a_folder_that_is_not_there_is_not_made(folder: Path):
    assert "there is no such folder" in refused_by("backup", folder / "unmounted")
    assert not (folder / "unmounted").exists()


@whichever
def test_a_second_backup_in_the_same_folder_is_refused(folder: Path):
    opened = os.open(folder, os.O_RDONLY)
    fcntl.flock(opened, fcntl.LOCK_EX)

    text = refused_by("backup", folder)

    os.close(opened)
    assert "another backup is being taken there" in text
    assert [*folder.iterdir()] == []


def test_a_database_without_tables_is_refused(unmigrated: Scratch, tmp_path: Path):
    done = unmigrated.run("backup", str(tmp_path))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "CommandError: No backup was taken: The database is empty; run: python manage.py migrate\n"


@whichever
@pytest.mark.parametrize("keep", ["0", "-1", "all"])
def test_none_may_not_be_kept(folder: Path, keep: str):
    with pytest.raises(CommandError, match="is no whole number from 1 on"):
        call_command("backup", str(folder), f"--keep={keep}")


def test_a_damaged_database_is_no_backup(folder: Path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks after its files itself")
    name = str(connection.settings_dict["NAME"])
    connection.close()
    with closing(sqlite3.connect(name, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        opened.execute("PRAGMA writable_schema=ON")
        opened.execute("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'patterns_mail'")

    text = refused_by("backup", folder)

    assert "is damaged: " in text
    assert [*folder.iterdir()] == []


def test_a_row_that_names_what_is_not_there_is_no_backup(folder: Path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets nobody write such a row")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("UPDATE patterns_pattern SET category_id = 999")

    assert "is damaged: patterns_pattern names what is not there" in refused_by("backup", folder)


# PostgreSQL's programs


@pytest.fixture
def dump(folder: Path) -> Path:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    return backed_up(folder)


@pytest.mark.postgres
def test_two_machines_that_back_up_at_once_do_not_disturb_each_other(folder: Path, scratch: Scratch, tmp_path: Path):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL makes a database on trial")
    (other := tmp_path / "other").mkdir()

    running = [scratch.start("backup", str(one)) for one in (folder, other)]
    said = [one.communicate()[0] for one in running]

    assert [one.returncode for one in running] == [0, 0], said
    assert [len(backups_in(one)) for one in (folder, other)] == [1, 1]


@pytest.mark.postgres
def test_a_role_that_may_make_no_database_counts_rows(scratch: Scratch, dump: Path):
    role = f"plain_{os.getpid()}"
    execute(f"CREATE ROLE {role} LOGIN IN ROLE pg_read_all_data, pg_write_all_data")
    name = connection.settings_dict["NAME"]
    try:
        with connected_to(name, USER=role):
            text = said("backup", dump.parent)
    finally:
        execute(f"DROP ROLE {role}")

    assert "change 1, entries: 2" in text
    assert "to compare the export the role has to have CREATEDB" in text


@pytest.mark.postgres
def test_rows_of_a_dump_are_counted_without_a_database(dump: Path):
    manifest = manifest_of(dump)
    assert manifest is not None

    assert counted(dump) == manifest.contents.without_digest()


@pytest.mark.postgres
def test_a_password_is_no_argument(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asks = tmp_path / "pg_ask"
    asks.write_text('#!/bin/sh\necho "$PGPASSWORD" "$@"\n')
    asks.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    from patterns.operations.postgresql import address

    with connected_to(connection.settings_dict["NAME"], PASSWORD="s3cret", OPTIONS={"sslmode": "prefer"}):
        text = disconnected_after(lambda: run("pg_ask", address("other")))

    assert text.startswith("s3cret ")
    assert text.count("s3cret") == 1
    assert "dbname=other" in text
    assert "sslmode=prefer" in text


@pytest.mark.postgres
def test_programs_older_than_the_server_are_refused(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from patterns.operations import postgresql

    old = tmp_path / "15" / "bin" / "pg_dump"
    old.parent.mkdir(parents=True)
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    monkeypatch.setattr(postgresql, "DEBIAN", tmp_path)

    text = refused_by("backup", dump.parent)

    assert "the newest pg_dump here is 'pg_dump (PostgreSQL) 9.6.24': install postgresql-client-" in text
