"""A backup in place of the database, once it is known to be whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from patterns.operations.backup import ENGINES, TIME, Manifest, in_words, manifest_of, manifest_path, sha256_of
from patterns.operations.contents import (
    Contents,
    Refusal,
    contents,
    export_digest,
    newest_migrations,
)
from patterns.store.migrations import schema_gap

NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SHOWN: Final = 3  # migrations that are named


@dataclass(frozen=True)
class Restored:
    """``kept`` is where the former database is, if there was one; ``migrations`` are those that were missing."""

    contents: Contents
    is_compared: bool
    """Whether a manifest stood beside the backup, and says the same."""
    migrations: list[str]
    kept: str


def restore(file: Path) -> Restored:
    """Raises Refusal, and leaves the present database as it is, if anybody uses it or the backup is not whole."""
    with in_words(str(file)):
        require_engine(file)
        manifest = manifest_of(file)
        if manifest:
            require_same_file(file, manifest)
    aside = f"before-{timezone.now():{TIME}}"
    with (
        in_words(f"{file} into {connection.settings_dict['NAME']}"),
        ENGINES[connection.vendor].replacement(file, aside=aside) as kept,
    ):
        found = examined(file, manifest)
        missing = schema_gap(connection).missing
        if missing:
            call_command("migrate", verbosity=0)
            export_digest()  # it can be read by this program
        Session.objects.all().delete()  # whoever was signed in then, and may not be trusted any more
    return Restored(found, manifest is not None, list(missing), kept)


def require_same_file(file: Path, manifest: Manifest) -> None:
    if file.stat().st_size != manifest.size:
        raise Refusal(f"{file} has {file.stat().st_size:,} bytes of {manifest.size:,}: it was not copied whole")
    if sha256_of(file) != manifest.sha256:
        raise Refusal(f"{file} is not what it was when it was verified: its sha256 is another; take another backup")


def examined(file: Path, manifest: Manifest | None) -> Contents:
    """What the connected database holds; raises Refusal if the site could not serve it or it is not what was saved."""
    if "patterns" not in newest_migrations():
        raise Refusal(f"{file} holds no catalogue")
    if newer := schema_gap(connection).unknown:
        names = ", ".join(newer[:SHOWN])
        raise Refusal(f"{file} is of a newer release than this one, which does not know {names}: restore it with that")
    found = contents()
    if manifest and not found.says_the_same(manifest.contents):
        raise Refusal(
            f"{file} holds another catalogue ({found}) than was saved ({manifest.contents}). If the program writes "
            f"exports otherwise since then, move {manifest_path(file).name} away: without it nothing is compared"
        )
    return found


def require_engine(file: Path) -> None:
    with file.open("rb") as opened:
        begin = opened.read(16)
    for vendor, engine in ENGINES.items():
        if begin.startswith(engine.SIGNATURE):
            if vendor != connection.vendor:
                raise Refusal(
                    f"{file} is a backup of {NAMES[vendor]}, and DATABASE_URL names a database of "
                    f"{NAMES[connection.vendor]}; an export as TOML goes from one to the other"
                )
            return
    raise Refusal(f"{file} is no backup: neither a database of SQLite nor a dump of PostgreSQL in its custom format")
