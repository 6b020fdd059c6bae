"""Readers' suggestions: words about an entry, kept beside the editors' proposals; only so many an hour.

Nobody's address is kept. A sender is a keyed hash of it, under a key that changes every day, and even that is removed
once it has served its purpose: to count what one sender sends, to refuse for the rest of the day whose words were
marked as spam, and to let through whose words were followed.
"""

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
    if Proposal.objects.filter(sender=today, state=Proposal.State.SPAM).exists():
        raise TooMany(int((midnight_after(at) - at).total_seconds()) + 1)
    of_sender = Proposal.objects.filter(sender__in={today, before})
    lately = Proposal.objects.filter(created_at__gt=at - HOUR)
    mine = lately.filter(sender__in={today, before})
    wait = wait_of(mine, SENDER_LIMIT, at)
    if not of_sender.filter(state=Proposal.State.ACCEPTED).exists():
        earlier = Exists(lately.filter(sender=OuterRef("sender"), pk__lt=OuterRef("pk")))
        is_first = not mine.exists()
        of_all = lately.filter(~earlier if is_first else earlier, sender__gt="")
        wait = max(wait, wait_of(of_all, FIRST_LIMIT if is_first else LIMIT, at))
    if wait:
        raise TooMany(wait)


def midnight_after(at: datetime) -> datetime:
    """When the key of the hashes changes."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def wait_of(lately: QuerySet[Proposal], limit: int, at: datetime) -> int:
    """Seconds until one more fits under the limit; 0 if it does now."""
    times = lately.order_by("-created_at").values_list("created_at", flat=True)[limit - 1 : limit]
    return max((int((sent_at + HOUR - at).total_seconds()) + 1 for sent_at in times), default=0)


def sender_hash(address: str, at: datetime) -> str:
    return salted_hmac("patterns.suggestion", f"{at.date()} {home_of(address)}", algorithm="sha256").hexdigest()
