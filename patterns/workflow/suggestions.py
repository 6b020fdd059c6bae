"""Readers' suggestions: words about an entry, kept beside the editors' proposals; only so many an hour.

One sender may send a few. Of all together editors get a hundred, and a flood beyond that does not lock out others: who
had less than an equal share of the hundred is let through still, compared with other senders, then with other sites
and at last with other providers. So a flood from one site stops when it is as large as the first bound, while all who
are elsewhere are let through, and to stop everybody it has to come from thousands of providers.

Nobody's address is kept. A sender is a keyed hash of its networks, under a key that changes every day, and even that is
removed once it has served its purpose: to count what one sender sends, to refuse for the rest of the day whose words
were marked as spam, and to let through whose words were followed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Aggregate, Count, Q, QuerySet
from django.db.models.functions import Left
from django.utils.crypto import salted_hmac

from patterns.client import networks_of
from patterns.models import Proposal
from patterns.store.reading import writing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SENDER_LIMIT = 5  # an hour
LIMIT = 100  # an hour, of all senders together, unless they are let through
# An hour, of all together: until then a sender is let through that had less than its share; a site; a provider.
PROVIDER_BOUND, SITE_BOUND, SENDER_BOUND = 5_000, 1_000, 500
MARK = 20  # hexadecimal digits of each network in the mark of a sender


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
    wait = wait_of([sent_at for sent_at, _, _ in rows if sent_at > at - HOUR][SENDER_LIMIT - 1 : SENDER_LIMIT], at)
    if all(state != Proposal.State.ACCEPTED for _, state, _ in rows) and not has_room({today, before}, at):
        times = lately(at).order_by("-created_at").values_list("created_at", flat=True)
        wait = max(wait, wait_of(times[LIMIT - 1 : LIMIT], at))
    if wait:
        raise TooMany(wait)


def lately(at: datetime) -> QuerySet[Proposal]:
    return Proposal.objects.filter(sender__gt="", created_at__gt=at - HOUR)


def has_room(marks: Collection[str], at: datetime) -> bool:
    """Whether one more of the sender with these marks fits among all that were sent within the hour."""
    bounds = {MARK: PROVIDER_BOUND, 2 * MARK: SITE_BOUND, 3 * MARK: SENDER_BOUND}
    counts: dict[str, Aggregate] = {"total": Count("pk")}
    for length in bounds:
        of_mine = reduce(or_, (Q(sender__startswith=mark[:length]) for mark in marks))
        counts |= {
            f"groups_{length}": Count(Left("sender", length), distinct=True),
            f"mine_{length}": Count("pk", filter=of_mine),
        }
    found = lately(at).aggregate(**counts)
    return found["total"] < LIMIT or any(
        found["total"] < bound and found[f"mine_{length}"] < max(1, LIMIT // found[f"groups_{length}"])
        for length, bound in bounds.items()
    )


def midnight_after(at: datetime) -> datetime:
    """When the key of the hashes changes."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def wait_of(times: Iterable[datetime], at: datetime) -> int:
    """Seconds until the hour of the last of these is over; 0 if there are none."""
    return max((int((sent_at + HOUR - at).total_seconds()) + 1 for sent_at in times), default=0)


def sender_hash(address: str, at: datetime) -> str:
    """The mark of a sender on that day: it begins like the marks of all in the same networks."""

    def hashed(network: str) -> str:
        return salted_hmac("patterns.suggestion", f"{at.date()} {network}", algorithm="sha256").hexdigest()[:MARK]

    return "".join(map(hashed, networks_of(address)))
