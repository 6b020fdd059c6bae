"""Readers' suggestions: words about an entry, kept beside the editors' proposals; only so many an hour.

Nobody's address is kept. A sender is a keyed hash of it, under a key that changes every day, and even that is removed
once it has served its purpose: to count what one sender sends, to refuse for the rest of the day whose words were
marked as spam, and to let through whose words were followed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac

from patterns.client import home_of
from patterns.models import Proposal
from patterns.store.reading import writing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SENDER_LIMIT = 5  # an hour
LIMIT = 100  # an hour, of all senders together, beside the first of each
FIRST_LIMIT = 1_000  # an hour, of first ones: a crowd of spammers must not lock out who writes once


@dataclass(frozen=True)
class Suggestion:
    """``part`` is a key of the entry, or empty for the whole; ``reader`` is a name, if one was given."""

    code: str
    words: str
    part: str = ""
    reader: str = ""


@dataclass
class TooMany(Exception):
    """The sender, or all together, have sent as many as an hour allows; or the sender has sent spam today."""

    wait_s: int


def keep_suggestion(suggestion: Suggestion, *, address: str, at: datetime) -> Proposal:
    """Put it into the queue of proposals; raises TooMany. ``address`` is the sender's, empty if unknown."""
    refuse_if_too_many(address, at)  # before the lock: whoever sends thousands must not keep editors waiting
    with writing():
        refuse_if_too_many(address, at)
        # No timer has to run: each suggestion makes the old ones forget their senders.
        Proposal.objects.filter(sender__gt="", created_at__lt=at - DAY).update(sender="")
        return Proposal.objects.create(
            code=suggestion.code,
            part=suggestion.part,
            keys=[suggestion.part] if suggestion.part else [],
            comment=suggestion.words,
            reader=suggestion.reader,
            sender=sender_hash(address, at),
            created_at=at,
        )


def refuse_if_too_many(address: str, at: datetime) -> None:
    today, before = sender_hash(address, at), sender_hash(address, at - HOUR)  # midnight may lie between
    of_sender = Proposal.objects.filter(sender__in={today, before}).order_by("-created_at")
    rows = [*of_sender.values_list("created_at", "state", "sender")]
    if any(state == Proposal.State.SPAM and sender == today for _, state, sender in rows):
        raise TooMany(int((midnight_after(at) - at).total_seconds()) + 1)
    mine = [sent_at for sent_at, _, _ in rows if sent_at > at - HOUR]
    wait = wait_of(mine[SENDER_LIMIT - 1 : SENDER_LIMIT], at)
    if all(state != Proposal.State.ACCEPTED for _, state, _ in rows):
        wait = max(wait, wait_of(last_of_all(at, is_first=not mine), at))
    if wait:
        raise TooMany(wait)


def last_of_all(at: datetime, *, is_first: bool) -> QuerySet[Proposal, datetime]:
    """When the one was sent that has to leave the hour before one more fits; nothing if one fits now."""
    lately, limit = Proposal.objects.filter(created_at__gt=at - HOUR), FIRST_LIMIT if is_first else LIMIT
    earlier = Exists(lately.filter(sender=OuterRef("sender"), pk__lt=OuterRef("pk")))
    of_all = lately.filter(~earlier if is_first else earlier, sender__gt="").order_by("-created_at")
    return of_all.values_list("created_at", flat=True)[limit - 1 : limit]


def midnight_after(at: datetime) -> datetime:
    """When the key of the hashes changes."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def wait_of(times: Iterable[datetime], at: datetime) -> int:
    """Seconds until the hour of the last of these is over; 0 if there are none."""
    return max((int((sent_at + HOUR - at).total_seconds()) + 1 for sent_at in times), default=0)


def sender_hash(address: str, at: datetime) -> str:
    return salted_hmac("patterns.suggestion", f"{at.date()} {home_of(address)}", algorithm="sha256").hexdigest()
