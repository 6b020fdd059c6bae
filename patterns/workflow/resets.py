"""Forgotten passwords: who asks for a new one, and how often.

Every question is one row of the outbox, whether or not somebody has the address: that is looked up when it is sent, so
that neither words nor time tell anybody who has an account here.
"""

import unicodedata
from datetime import datetime
from typing import Final

from patterns.models import Mail
from patterns.workflow.outbox import put
from patterns.workflow.suggestions import HOUR, SENDER_LIMIT, TooMany, sender_hash, wait_of

ADDRESS_LIMIT: Final = 3  # an hour: nobody fills an inbox of somebody else's
LIMIT: Final = 100  # an hour, of all


def ask_reset(address: str, *, sender: str, at: datetime) -> None:
    """Have a link sent to whoever has the address, ``sender`` being the network address of who asks; raises TooMany.

    An address that was asked about too often gets no more, and whoever asks is not told.
    """
    # As Django compares addresses: no other way to write one is another inbox.
    wanted = unicodedata.normalize("NFKC", address).casefold()[:254]
    lately = Mail.objects.filter(kind=Mail.Kind.RESET, created_at__gt=at - HOUR).order_by("-created_at")
    hashes = {sender_hash(sender, at), sender_hash(sender, at - HOUR)}  # midnight may lie between
    of_sender = lately.filter(sender__in=hashes).values_list("created_at", flat=True)[SENDER_LIMIT - 1 : SENDER_LIMIT]
    of_all = lately.values_list("created_at", flat=True)[LIMIT - 1 : LIMIT]
    if wait := wait_of([*of_sender, *of_all], at):
        raise TooMany(wait)
    # Of those that are too many a row is written too: it costs as much, and is counted.
    told = lately.filter(address=wanted).exclude(state=Mail.State.FAILED)
    is_too_many = told.count() >= ADDRESS_LIMIT
    state = Mail.State.FAILED if is_too_many else Mail.State.WAITING
    why = f"It was asked about {ADDRESS_LIMIT} times within an hour." if is_too_many else ""
    kind, mark = Mail.Kind.RESET, sender_hash(sender, at)
    put([Mail(kind=kind, address=wanted, sender=mark, state=state, error=why, created_at=at, due_at=at)])
