"""The file of the database, as it is opened."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError

from archsite.environment import database_config
from archsite.sqlite.base import DatabaseWrapper
from patterns.tests.store.scratch import sqlite_url

INSERT = "INSERT INTO t VALUES (1)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "one.sqlite3"


@pytest.fixture
def database(file: Path, django_db_blocker) -> Iterator[DatabaseWrapper]:
    """A connection that is not open yet."""
    missing = {"TIME_ZONE": None, "AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False}
    with django_db_blocker.unblock():
        wrapper = DatabaseWrapper({**missing, **database_config(sqlite_url(file))}, alias="other")
        yield wrapper
        wrapper.close()


def write(database: DatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS t (x)")


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


def test_nobody_else_reads_a_new_file_and_what_is_beside_it(file: Path, database: DatabaseWrapper):
    write(database)

    assert modes(file.parent) == dict.fromkeys([file.name, f"{file.name}-wal", f"{file.name}-shm"], 0o600)


@pytest.mark.parametrize(("mode", "kept"), [(0o644, 0o600), (0o666, 0o600), (0o444, 0o400), (0o640, 0o640)])
def test_a_file_that_everybody_may_read_is_taken_from_others(
    file: Path, database: DatabaseWrapper, mode: int, kept: int
):
    file.touch()
    file.chmod(mode)

    database.ensure_connection()

    assert modes(file.parent)[file.name] == kept


def test_what_lies_beside_such_a_file_is_taken_from_others_too(file: Path, database: DatabaseWrapper):
    write(database)
    for one in file.parent.iterdir():
        one.chmod(0o644)

    DatabaseWrapper(database.settings_dict, alias="one more").ensure_connection()

    assert {*modes(file.parent).values()} == {0o600}


def test_a_file_that_can_be_written_again_is_written_without_a_restart(
    file: Path, database: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
):
    write(database)
    database.close()
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda *_: False)  # no mode of a file stops root
        with pytest.raises(DatabaseError, match="readonly"):
            database.cursor().execute(INSERT)

    database.close_if_unusable_or_obsolete()  # as behind each request

    assert database.cursor().execute(INSERT).rowcount == 1


@pytest.mark.parametrize("name", ["file/one.sqlite3", "circle", "missing/one.sqlite3"])
def test_a_path_that_leads_nowhere_is_a_file_that_cannot_be_opened(
    tmp_path: Path, database: DatabaseWrapper, name: str
):
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    database.settings_dict["NAME"] = str(tmp_path / name)

    with pytest.raises(DatabaseError, match="unable to open database file"):
        database.ensure_connection()
