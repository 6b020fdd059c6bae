"""Plan → database: set-based, in the caller's transaction, with one Change and its Revisions."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User

from patterns.catalog.entry import Header
from patterns.catalog.plan import Edit, Plan
from patterns.history.record import record
from patterns.models import Catalog, Change
from patterns.search.index import keep_index
from patterns.sync.categories import delete_categories, write_categories
from patterns.sync.patterns import Progress, no_progress, write_patterns


@dataclass(frozen=True, kw_only=True)
class Authorship:
    """Who changes the catalogue, by which way, why and when."""

    origin: Change.Origin
    at: datetime
    author: User | None = None
    comment: str = ""
    is_override: bool = False  # of a superuser, against the rule of four eyes


@dataclass(frozen=True)
class Imported:
    """What a file said of each document, as JSON text: the base of the next import."""

    header: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)


NOTHING_IMPORTED = Imported()


def apply(
    plan: Plan,
    catalog: Catalog,
    *,
    by: Authorship,
    imported: Imported = NOTHING_IMPORTED,
    progress: Progress = no_progress,
) -> Change | None:
    """Carry out a plan inside ``writing()``; returns the change, or None if the plan changes nothing.

    ``progress`` is called with the number of entries done since the last call.
    """
    if not plan.edits:
        return None
    change = Change.objects.create(
        number=catalog.version + 1,
        token=secrets.token_hex(4),
        author=by.author,
        origin=by.origin,
        comment=by.comment,
        created_at=by.at,
        is_override=by.is_override,
    )
    write_header([*plan.of("header")], catalog, last=change)
    write_categories(plan, imported=imported.categories)
    patterns = write_patterns([*plan.of("entry")], at=by.at, imported=imported.entries, progress=progress)
    delete_categories(plan)
    record(change, plan.edits, patterns=patterns)
    keep_index([*plan.of("entry")], patterns=patterns)
    return change


def write_header(edits: list[Edit], catalog: Catalog, *, last: Change) -> None:
    catalog.version, catalog.token = last.number, last.token
    for edit in edits:
        assert isinstance(edit.after, Header)
        catalog.title, catalog.description = edit.after.title, edit.after.description
        catalog.keywords = list(edit.after.keywords)
    catalog.save()
