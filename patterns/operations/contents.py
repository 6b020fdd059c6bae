"""What a database holds, for whoever compares it with a copy."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from pydantic import BaseModel, ConfigDict

from patterns.models import Catalog, Pattern, Revision
from patterns.store.exports import stream
from patterns.store.migrations import schema_gap
from patterns.store.reading import consistent_read


class Refusal(RuntimeError):
    """What was asked for is not done, for a reason that whoever runs the site can mend."""


class Contents(BaseModel):
    """``digest`` is the sha256 of the whole export as TOML, empty where it could not be made."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    catalog: str
    change: int
    entries: int
    revisions: int
    users: int
    digest: str

    def without_digest(self) -> "Contents":
        return self.model_copy(update={"digest": ""})

    def says_the_same(self, other: "Contents") -> bool:
        """As far as both say it."""
        is_digest_same = not (self.digest and other.digest) or self.digest == other.digest
        return is_digest_same and self.without_digest() == other.without_digest()

    def __str__(self) -> str:
        return (
            f"change {self.change:,}, entries: {self.entries:,}, revisions: {self.revisions:,}, users: {self.users:,}"
        )


def contents() -> Contents:
    """Of the connected database. An older schema has no export that this program could write."""
    with consistent_read():
        catalog, change = Catalog.objects.values_list("id", "version").get()
        return Contents(
            catalog=catalog,
            change=change,
            entries=Pattern.objects.count(),
            revisions=Revision.objects.count(),
            users=User.objects.count(),
            digest="" if schema_gap(connection).missing else export_digest(),
        )


def export_digest() -> str:
    digest = hashlib.sha256()
    for piece in stream():
        digest.update(piece.encode())
    return digest.hexdigest()


# The schema


def newest_migrations() -> dict[str, str]:
    """The newest migration of each app that the connected database has had."""
    newest: dict[str, str] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        newest[app] = name
    return newest


@contextmanager
def connected_to(name: str, **options: Any) -> Iterator[None]:
    """Let this thread use another database of the same engine, with these options changed."""
    usual = connections["default"]
    other = usual.copy()
    other.settings_dict["NAME"] = name
    other.settings_dict["OPTIONS"] |= options
    connections["default"] = other
    ContentType.objects.clear_cache()  # each database has keys of its own
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual
        ContentType.objects.clear_cache()
