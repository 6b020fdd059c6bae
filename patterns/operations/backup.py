"""Backups in a folder: each verified before it has its name, and older ones removed only then."""

import fcntl
import hashlib
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import django.db
import psycopg
from django.db import connection
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, ValidationError

from patterns.files.disk import reason, sync
from patterns.models import Catalog
from patterns.operations import postgresql, sqlite
from patterns.operations.contents import Contents, Refusal, contents, newest_migrations
from patterns.store.reading import consistent_read

NAME: Final = re.compile(r"archsite-\d{6,}-(\d{8}T\d{6}Z)\.(sqlite3|dump)")
TIME: Final = "%Y%m%dT%H%M%SZ"
DRAFT: Final = ".archsite-"  # what is not verified yet


class Engine(Protocol):
    """The modules that know a database: see there."""

    SUFFIX: str
    SIGNATURE: bytes

    def copy(self, path: Path) -> None: ...
    def read_back(self, path: Path) -> Contents: ...
    def replacement(self, file: Path, *, aside: str) -> AbstractContextManager[str]: ...


ENGINES: Final[dict[str, Engine]] = {"sqlite": sqlite, "postgresql": postgresql}


class Manifest(BaseModel):
    """What is known of a backup; it stands beside it under the same name, ended by ``.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    contents: Contents
    size: int
    """In bytes, as the file was written."""
    sha256: str
    migrations: dict[str, str]
    """App → the newest that it has had."""


@dataclass(frozen=True)
class Backup:
    path: Path
    manifest: Manifest
    made_at: datetime


@dataclass(frozen=True)
class Taken:
    backup: Backup
    is_compared: bool
    """Whether the export of the copy is known to be the database's: PostgreSQL has to let the role make a database."""


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Turn what files and databases fail with into a Refusal."""
    try:
        yield
    except OSError as error:
        raise Refusal(f"{error.filename or what}: {reason(error)}") from error
    except Catalog.DoesNotExist:
        raise Refusal(f"{what}: there is no catalogue in the database") from None
    except (sqlite3.Error, psycopg.Error, django.db.Error) as error:
        raise Refusal(f"{what}: {' '.join(str(error).split())}") from error


def take(folder: Path) -> Taken:
    """Raises Refusal, and leaves nothing behind, if there can be no whole and verified backup."""
    engine = ENGINES[connection.vendor]
    with in_words(str(folder)), alone_in(folder), draft_in(folder) as draft:
        with consistent_read():
            if "patterns" not in (had := newest_migrations()):
                raise Refusal("The database is empty; run: python manage.py migrate")
            held = contents()
            engine.copy(draft)
        found = engine.read_back(draft)
        if not held.says_the_same(found):
            raise Refusal(f"The copy holds another catalogue ({found}) than the database ({held})")
        manifest = Manifest(
            engine=connection.vendor, contents=held, size=draft.stat().st_size, sha256=sha256_of(draft), migrations=had
        )
        return Taken(named(draft, folder, manifest, engine.SUFFIX), bool(found.digest))


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else makes or removes backups there meanwhile; what one left that was killed is gone."""
    if not folder.is_dir():
        raise Refusal(f"{folder}: there is no such folder; make it, or mount what it is on")
    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"{folder}: another backup is being taken there") from None
        for left in folder.glob(f"{DRAFT}*"):
            left.unlink()
        yield
    finally:
        os.close(opened)


@contextmanager
def draft_in(folder: Path) -> Iterator[Path]:
    """An empty file, its owner's alone, which is gone afterwards unless it has got another name."""
    opened, name = tempfile.mkstemp(dir=folder, prefix=DRAFT)
    os.close(opened)
    try:
        yield Path(name)
    finally:
        for left in folder.glob(f"{Path(name).name}*"):
            left.unlink()


def named(draft: Path, folder: Path, manifest: Manifest, suffix: str) -> Backup:
    """Give a verified backup its name; it is on the disk by then, as is what is known of it."""
    while True:
        made_at = timezone.now().astimezone(UTC).replace(microsecond=0)
        path = folder / f"archsite-{manifest.contents.change:06}-{made_at:{TIME}}{suffix}"
        beside = manifest_path(path)
        if not path.exists() and not beside.exists():
            break
        time.sleep(0.1)  # until the next second
    sync(draft)
    with draft_in(folder) as page:
        page.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        sync(page)
        page.rename(beside)
    try:
        draft.rename(path)
    except OSError:
        beside.unlink()
        raise
    sync(folder)
    return Backup(path, manifest, made_at)


def remove_oldest(folder: Path, *, but: Backup, keep: int) -> list[Path]:
    """Remove the oldest backups of the same database until so many are left, and say which; raises Refusal."""
    database = but.manifest.contents.catalog
    with in_words(str(folder)):
        others = [one for one in backups_in(folder) if one.path != but.path]
        others = [one for one in others if one.manifest.contents.catalog == database]
        old = [one.path for one in others[: max(0, len(others) - keep + 1)]]
        for path in old:
            path.unlink(missing_ok=True)  # another one may remove them at the same time
            manifest_path(path).unlink(missing_ok=True)
        return old


def backups_in(folder: Path) -> list[Backup]:
    """Those with a manifest, the oldest first. Any other file is none of ours."""
    found = []
    for path in folder.iterdir():
        if parts := NAME.fullmatch(path.name):
            with suppress(Refusal):
                if manifest := manifest_of(path):
                    made_at = datetime.strptime(parts[1], TIME).replace(tzinfo=UTC)
                    found.append(Backup(path, manifest, made_at))
    return sorted(found, key=lambda one: (one.made_at, one.path.name))


def manifest_path(path: Path) -> Path:
    return path.with_suffix(".json")


def manifest_of(path: Path) -> Manifest | None:
    """What is known of a backup, if anything is; raises Refusal for what nobody can read."""
    beside = manifest_path(path)
    try:
        return Manifest.model_validate_json(beside.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise Refusal(f"{beside} cannot be read as what is known of {path.name}") from None


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
