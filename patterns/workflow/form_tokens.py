"""A form is saved once: sent again by a second click, a reload or a retry, it is answered as it was the first time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from patterns.models import FormToken, Proposal
from patterns.workflow.saves import Saved

KEPT_FOR = timedelta(days=7)  # a browser that was closed with the form open may send it again


@dataclass(frozen=True)
class Sending:
    """A form as it was sent; see the table FormToken."""

    person: User
    token: str
    digest: str


def saved_before(sending: Sending | None) -> Saved | None:
    """What became of the same form when it was sent before; None if it never was.

    To be asked inside ``writing()``: of two at once the second waits there, and finds what the first has saved.
    """
    if sending is None:
        return None
    same = FormToken.objects.filter(person=sending.person, token=sending.token, digest=sending.digest)
    row = same.select_related("change", "proposal").first()
    return Saved(row.change, row.proposal, code=row.code, is_again=True) if row else None


def is_made_by(token: str, proposal: Proposal) -> bool:
    """Whether the form with this token made the proposal what it is."""
    last = FormToken.objects.filter(proposal=proposal).order_by("-saved_at", "-pk").first()
    return last is not None and last.token == token


def remember_saved(sending: Sending | None, saved: Saved, *, at: datetime) -> None:
    """In the same transaction as what was saved: neither is there without the other."""
    if sending is None:
        return
    FormToken.objects.filter(saved_at__lt=at - KEPT_FOR).delete()
    FormToken.objects.create(
        person=sending.person,
        token=sending.token,
        digest=sending.digest,
        code=saved.code,
        change=saved.change,
        proposal=saved.proposal,
        saved_at=at,
    )
