"""Reviews as stored state: what a reviewer asked for stays open until its entry is submitted or somebody says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.register import with_values
from patterns.document.text import KEPT
from patterns.models import Pattern, Request
from patterns.store.writing import Authorship
from patterns.workflow.standing import standing_of

UNSAID = "It was sent back without a reason."
LISTED = 20  # requests about one entry
LENGTH = 1000  # of what is asked and answered, as the table holds it


def open_requests() -> QuerySet[Request]:
    """Those about entries; what is asked about a proposal is the proposal's."""
    return Request.objects.filter(proposal=None, resolved_at=None)


def requests_about(row: Pattern) -> list[Request]:
    """All that was asked about an entry since it was made, newest first; not what was asked of another by its code."""
    about = Request.objects.filter(code=row.code, proposal=None, asked_at__gte=row.created_at)
    return [*about.select_related("asked_by", "answered_by")[:LISTED]]


@dataclass(frozen=True)
class Round:
    """What was asked before an entry was submitted again; ``seen`` is the entry as it was sent back."""

    requests: list[Request]
    seen: Entry


def last_round(row: Pattern, now: Entry, requests: list[Request]) -> Round | None:
    """Of an entry that waits for its review; None if it was never sent back, or was public since."""
    # What was resolved together was asked before the same submission.
    resolved = max((one.resolved_at for one in requests if one.resolved_at), default=None)
    asked = [one for one in requests if one.resolved_at == resolved]
    if now.status != "review" or resolved is None or (row.published_at and resolved <= row.published_at):
        return None
    seen = Entry.model_validate(asked[-1].seen, context=KEPT)
    return Round(asked, with_values(seen, {"status": now.status}))


def follow(edits: Iterable[Edit], *, by: Authorship) -> None:
    """Ask what a reviewer asks with these edits, and resolve what they end; inside the transaction that wrote them."""
    ended = []
    for edit in edits:
        before, after = edit.before, edit.after
        if not isinstance(before, Entry):
            continue
        if not isinstance(after, Entry) or after.status not in (before.status, "draft"):
            ended.append(before.code)
        elif (before.status, after.status) == ("review", "draft") and is_of_another(after.code, by):
            ask(after, by.comment or UNSAID, by=by)
    if ended:
        resolve(open_requests().filter(code__in=ended), by=by)


def is_of_another(code: str, by: Authorship) -> bool:
    """Whoever takes their own entry back asks nobody for anything."""
    return by.author is None or standing_of(code).owner != by.author.pk


def ask(seen: Entry, text: str, *, by: Authorship, field: str = "") -> Request:
    """Ask whoever wrote the entry for something; ``field`` is the key that it is about, empty for the whole."""
    document = seen.model_dump(mode="json")
    return Request.objects.create(
        code=seen.code, field=field, text=text[:LENGTH], seen=document, asked_by=by.author, asked_at=by.at
    )


def resolve(requests: QuerySet[Request], *, by: Authorship) -> int:
    """How many of them were open until now."""
    return requests.filter(resolved_at=None).update(resolved_by=by.author, resolved_at=by.at)
