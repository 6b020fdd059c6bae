"""Backups and restores of SQLite: copies that SQLite makes, and the lock that everybody who has the file open holds."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from django.db import connection

from patterns.files.disk import sync
from patterns.operations.contents import Contents, Refusal, connected_to, contents

SUFFIX: Final = ".sqlite3"
SIGNATURE: Final = b"SQLite format 3\0"
BESIDE: Final = ("-journal", "-wal", "-shm")
WAIT_S: Final = 1.0
# Where SQLite's locks are: whoever has a database open that is in WAL mode shares the last 510 of these bytes.
LOCKS_AT: Final = 0x40000000
LOCKS: Final = 512  # bytes
BROKEN: Final = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
FOUND: Final = 3  # problems of a file that are named


def database() -> Path:
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or name.startswith("file:"):
        raise Refusal(f"{name}: DATABASE_URL names no file")
    return Path(name).absolute()


def copy(path: Path) -> None:
    """Copy the connected database, as the transaction sees it that is open, into an empty file."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        connection.connection.backup(target)
        # The copy is one file: to read it nothing has to be made beside it, and nothing beside it counts.
        target.execute("PRAGMA journal_mode=DELETE")


def read_back(path: Path) -> Contents:
    """What a copy holds; raises Refusal if it is damaged."""
    check(path)
    with connected_to(str(path), init_command="PRAGMA query_only=ON"):
        return contents()


def check(path: Path) -> None:
    """Raises Refusal, and sqlite3.Error for what is no database at all."""
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        found = [text for (text,) in opened.execute("PRAGMA integrity_check") if text != "ok"]
        found += [f"{table} names what is not there" for table, *_ in opened.execute("PRAGMA foreign_key_check")]
    if found:
        raise Refusal(f"{path.name} is damaged: {'; '.join(found[:FOUND])}")


@contextmanager
def replacement(file: Path, *, aside: str) -> Iterator[str]:
    """Connected to a copy of the file, which replaces the database at the end, unless something is raised.

    Yields where the present one is kept then, if there is one. Raises Refusal while anybody has it open.
    """
    path = database()
    if path.exists() and file.samefile(path):  # to close it would take the lock from whoever has it open here
        raise Refusal(f"{file} is the database itself")
    if any(one.exists() and one.stat().st_size for one in neighbours(file)):
        raise Refusal(
            f"{file} has a journal beside it, so it was in use when it was copied and is not all of it; "
            f'make one file of both first: sqlite3 {file} "PRAGMA journal_mode=DELETE"'
        )
    draft, kept = path.with_name(f".{path.name}.restoring"), path.with_name(f"{path.name}.{aside}")
    with opened_alone(path) as present, draft_at(draft):
        shutil.copyfile(file, draft)
        check(draft)
        is_there = path.exists() and path.stat().st_size > 0
        with connected_to(str(draft), init_command=""):
            yield str(kept) if is_there else ""
        if present is None:
            put_in_place(draft, path, kept)
            return
        if is_there:
            keep(present, kept, draft=path.with_name(f".{path.name}.keeping"))
        try:
            with closing(sqlite3.connect(draft)) as source:
                # One transaction into the same file: no moment without a database, no journal that is of another one.
                source.backup(present)
        except sqlite3.Error:  # of what interrupts us nobody knows whether it came before the commit
            kept.unlink(missing_ok=True)
            raise


@contextmanager
def opened_alone(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The database, which nobody else can open until the end; None if there is no file, or it is no database."""
    connection.close()
    if not path.exists():
        yield None
        return
    with closing(sqlite3.connect(path, isolation_level=None, timeout=WAIT_S)) as present:
        try:
            present.execute("PRAGMA locking_mode=EXCLUSIVE")
            # It takes the last reader to be gone, reads the WAL of whoever was killed, and leaves one file.
            present.execute("PRAGMA journal_mode=DELETE")
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in BROKEN:
                raise in_use(path) if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else error from None
        else:
            yield present
            return
    refuse_if_open(path)
    yield None


def in_use(path: Path) -> Refusal:
    return Refusal(f"{path} is in use: stop the server, and whatever else has it open, and try again")


def refuse_if_open(path: Path) -> None:
    """What is no database any more may be open all the same."""
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKS, LOCKS_AT)
        except BlockingIOError:
            raise in_use(path) from None


@contextmanager
def draft_at(path: Path) -> Iterator[None]:
    """An empty file of its owner's alone, which is gone afterwards, as is what one left that was killed."""
    remove(path)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield
    finally:
        remove(path)


def remove(path: Path) -> None:
    for one in (path, *neighbours(path)):
        one.unlink(missing_ok=True)


def neighbours(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}{suffix}") for suffix in BESIDE]


def keep(present: sqlite3.Connection, path: Path, *, draft: Path) -> None:
    """Copy the present database into a new file, by way of a draft."""
    with draft_at(draft):
        with closing(sqlite3.connect(draft)) as target:
            present.backup(target)
        draft.rename(path)
        sync(path.parent)


def put_in_place(draft: Path, path: Path, kept: Path) -> None:
    """Give the draft the name of a database that is not there, or is none."""
    # SQLite would replay a journal over whatever has the name that it belongs to.
    for one, suffix in zip(neighbours(path), BESIDE, strict=True):
        with suppress(FileNotFoundError):
            one.rename(f"{kept}{suffix}")
    sync(draft)
    if path.exists():
        kept.hardlink_to(path)
        draft.replace(path)
    else:
        path.hardlink_to(draft)  # unlike a rename it never replaces what somebody made meanwhile
    sync(path.parent)
