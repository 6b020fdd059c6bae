"""Uploaded files between their preview and their confirmation, with what was chosen meanwhile."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from patterns.document.plan import Choices, OnConflict, Resolution
from patterns.files.parsers import ADMIN_LIMITS
from patterns.files.reader import CatalogFile, Upload, read
from patterns.models import PendingImport

LIFETIME = timedelta(hours=1)
KEPT = 10  # of one user at once
ALL: Final[Literal["all"]] = "all"
DECISIONS_KEPT = 100_000  # more than a file within the limits can have conflicts


class Unusable(Exception):
    """There is no such upload for this user: never was, expired, used, or altered."""


@dataclass(frozen=True)
class Sent:
    """What one page was sent back with; None where it says nothing.

    ``each`` by the marks of conflicts, ``for_all`` if one choice was for all of them, which is "fail" to forget all
    choices of any kind; ``restored`` by codes of entries, ``restore_all`` if one was for all of those.
    """

    for_all: OnConflict | None = None
    each: Mapping[str, Resolution] = field(default_factory=dict)
    restore_all: bool | None = None
    restored: Mapping[str, bool] = field(default_factory=dict)
    retire: bool | None = None
    comment: str = ""

    @property
    def is_for_many(self) -> bool:
        """Whether a button was pressed that stands for many choices: their plan is shown before it is carried out."""
        return self.for_all is not None or self.restore_all is not None


def keep(upload: Upload, *, user: User, version: int, scope: str, now: datetime) -> PendingImport:
    """Keep an upload for its confirmation, and forget those whose time is over and the oldest of too many."""
    PendingImport.objects.filter(expires_at__lte=now).delete()
    oldest = PendingImport.objects.filter(user=user).order_by("-created_at", "pk").values_list("pk", flat=True)
    PendingImport.objects.filter(pk__in=[*oldest[KEPT - 1 :]]).delete()
    return PendingImport.objects.create(
        user=user,
        file_name=upload.name,
        format=upload.format,
        file=upload.data,
        sha256=hashlib.sha256(upload.data).hexdigest(),
        catalog_version=version,
        scope=scope,
        created_at=now,
        expires_at=now + LIFETIME,
    )


def find(token: UUID, *, user: User, now: datetime, is_locked: bool = False) -> PendingImport:
    """The user's upload; if locked, against a second use until the transaction ends. Raises Unusable."""
    rows = PendingImport.objects.select_for_update() if is_locked else PendingImport.objects.all()
    pending = rows.filter(pk=token, user=user, used_at=None, expires_at__gt=now).first()
    if pending is None or hashlib.sha256(pending.file).hexdigest() != pending.sha256:
        raise Unusable
    return pending


def note(token: UUID, *, user: User, sent: Sent, now: datetime) -> bool:
    """Keep what was chosen and typed; whether the plan is another one by that. Raises Unusable."""
    with transaction.atomic():
        pending = find(token, user=user, now=now, is_locked=True)
        before = choices_of(pending)
        if sent.for_all is not None:
            pending.resolution, pending.decisions = sent.for_all, {}
        elif len(pending.decisions) + len(sent.each) <= DECISIONS_KEPT:
            pending.decisions = {**pending.decisions, **news(sent.each, pending)}
        pending.restore = restore_after(sent, pending)
        pending.retire = pending.retire if sent.retire is None else sent.retire
        if sent.for_all == "fail":  # whatever else the page says
            pending.restore, pending.retire = [], False
        is_other = before != choices_of(pending)
        pending.edition += is_other
        pending.comment = sent.comment
        pending.save(update_fields=["resolution", "decisions", "restore", "retire", "edition", "comment"])
        return is_other


def choices_of(pending: PendingImport) -> Choices:
    """What was chosen so far."""
    restore: frozenset[str] | Literal["all"] = ALL if pending.restore == ALL else frozenset(pending.restore)
    on_conflict = cast("OnConflict", pending.resolution)
    return Choices(on_conflict, dict(pending.decisions), retire=pending.retire, restore=restore)


def restore_after(sent: Sent, pending: PendingImport) -> str | list[str]:
    """What is to be restored, in a form that is stored."""
    if sent.restore_all is not None:
        return ALL if sent.restore_all else []
    if pending.restore == ALL:
        return ALL
    codes = {*pending.restore, *(code for code, chosen in sent.restored.items() if chosen)}
    after = sorted(codes - {code for code, chosen in sent.restored.items() if not chosen})
    return after if len(after) <= DECISIONS_KEPT else pending.restore


def news(each: Mapping[str, Resolution], pending: PendingImport) -> dict[str, Resolution]:
    """The choices that say something else than what holds for the conflict anyway."""
    return {mark: one for mark, one in each.items() if pending.decisions.get(mark, pending.resolution) != one}


def renew(pending: PendingImport, *, version: int, scope: str) -> None:
    """From now on the plan to be shown is the one of another catalogue, or for another role.

    What was chosen for all was chosen for those that were seen: there may be others now.
    """
    pending.catalog_version, pending.scope, pending.edition = version, scope, pending.edition + 1
    pending.resolution = "keep" if pending.resolution == "keep" else "fail"
    pending.restore = [] if pending.restore == ALL else pending.restore
    pending.retire = False
    pending.save(update_fields=["catalog_version", "scope", "edition", "resolution", "restore", "retire"])


def use_up(pending: PendingImport, *, now: datetime) -> None:
    pending.used_at, pending.file, pending.decisions, pending.restore = now, b"", {}, []
    pending.save(update_fields=["used_at", "file", "decisions", "restore"])


def upload_of(pending: PendingImport) -> Upload:
    return Upload(pending.file_name, pending.format, bytes(pending.file))


def read_upload(upload: Upload) -> CatalogFile:
    """Read within the admin's limits; raises InvalidCatalog."""
    return read([upload], limits=ADMIN_LIMITS)
