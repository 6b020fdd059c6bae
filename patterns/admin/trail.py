"""Every write, newest first, whatever table remembers it: changes, proposals, accounts, and who came in and went.

Where a write came from is its way (the admin, a file, a proposal, a restore): the network address of every edit would
be a record of people's whereabouts that nobody needs. Logins keep it, so that a stolen account can be traced.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from axes.models import AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.urls import reverse

from patterns.admin.panels import page_url
from patterns.models import Change, Proposal
from patterns.workflow.proposals import sender_of

PAGE = 100


@dataclass(frozen=True)
class Event:
    who: str
    what: str
    where: str
    url: str = ""


@dataclass(frozen=True)
class Place:
    """Where an event stands: by its time, then by its source, then by its number there; the newest come first."""

    at: datetime
    source: int
    pk: int

    @property
    def order(self) -> tuple[float, int, int]:
        return -self.at.timestamp(), self.source, -self.pk

    def older_in(self, source: int, column: str) -> Q:
        """The rows of a source that stand behind this place."""
        same_time = Q(**{column: self.at})
        if source == self.source:
            same_time &= Q(pk__lt=self.pk)
        earlier = Q(**{f"{column}__lt": self.at})
        return earlier | same_time if source >= self.source else earlier


@dataclass(frozen=True)
class Source:
    """``at`` and ``who`` name the columns that say when and who; ``event`` says what a row means."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    at: str
    who: str
    event: Callable[[Any], Event]
    is_private: bool = False  # about accounts: for superusers


@dataclass(frozen=True)
class Entry:
    place: Place
    event: Event


def change_event(change: Any) -> Event:
    who = str(change.author or "a command")
    override = ", override of four eyes" if change.is_override else ""
    what = f"{change}: {change.comment}".rstrip(": ")
    return Event(who, what, f"{change.origin}{override}", page_url(change.pk, "change"))


def sent_event(proposal: Any) -> Event:
    where = "a reader's suggestion" if proposal.document is None else "admin"
    return Event(sender_of(proposal), f"{proposal}: sent", where, page_url(proposal.pk, "proposal"))


def decided_event(proposal: Any) -> Event:
    what = f"{proposal}: {proposal.state}: {proposal.decision}".rstrip(": ")
    return Event(str(proposal.decided_by or "a command"), what, "admin", page_url(proposal.pk, "proposal"))


def logged_event(entry: Any) -> Event:
    verb = {1: "added", 2: "changed", 3: "deleted"}.get(entry.action_flag, "did")
    kind = entry.content_type.name if entry.content_type else "something"
    detail = entry.get_change_message()
    what = f"{verb} {kind} {entry.object_repr}: {detail}".rstrip(": ")
    return Event(str(entry.user), what, "admin", reverse("admin:admin_logentry_change", args=[entry.pk]))


def came_event(row: Any) -> Event:
    return Event(row.username or "", "signed in", address_of(row))


def went_event(row: Any) -> Event:
    return Event(row.username or "", "signed out", address_of(row))


def failed_event(row: Any) -> Event:
    what = "wrong password; has to wait" if row.locked_out else "wrong password"
    return Event(row.username or "", what, address_of(row))


def address_of(row: Any) -> str:
    return str(row.ip_address or "no address")


def proposals() -> QuerySet[Any]:
    return Proposal.objects.select_related("author", "decided_by")


SOURCES = (
    Source("changes", lambda: Change.objects.select_related("author"), "created_at", "author__username", change_event),
    Source("proposals", proposals, "created_at", "author__username", sent_event),
    Source("proposals", proposals, "decided_at", "decided_by__username", decided_event),
    # What is said of the catalogue there, a change says better.
    Source(
        "accounts",
        lambda: LogEntry.objects.exclude(content_type__app_label="patterns").select_related("user", "content_type"),
        "action_time",
        "user__username",
        logged_event,
        is_private=True,
    ),
    Source("logins", AccessLog.objects.all, "attempt_time", "username", came_event, is_private=True),
    Source("logins", AccessLog.objects.all, "logout_time", "username", went_event, is_private=True),
    Source("logins", AccessFailureLog.objects.all, "attempt_time", "username", failed_event, is_private=True),
)


def trail(*, is_whole: bool, name: str = "", who: str = "", behind: Place | None = None) -> list[Entry]:
    """At most PAGE entries and one more, in a query for each source; the whole one has what is about accounts too."""
    parts = [
        entries_of(index, source, who, behind)
        for index, source in enumerate(SOURCES)
        if (is_whole or not source.is_private) and name in ("", source.name)
    ]
    return [*islice(merge(*parts, key=lambda one: one.place.order), PAGE + 1)]


def entries_of(index: int, source: Source, who: str, behind: Place | None) -> Iterator[Entry]:
    rows = source.rows().filter(**{f"{source.at}__isnull": False}).order_by(f"-{source.at}", "-pk")
    if who:
        rows = rows.filter(**{source.who: who})
    if behind is not None:
        rows = rows.filter(behind.older_in(index, source.at))
    for row in rows[: PAGE + 1]:
        yield Entry(Place(getattr(row, source.at), index, row.pk), source.event(row))
