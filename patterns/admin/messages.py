"""What an editor is told once an entry's form was accepted."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html

from patterns.admin.base import page_url
from patterns.admin.findings import alike, warning
from patterns.document.entry import Entry
from patterns.models import Proposal
from patterns.workflow.saving import Saved
from patterns.workflow.transitions import STATE_WORDS, pressed


def recorded(saved: Saved) -> str:
    """For Django's log."""
    if saved.proposal is not None:
        return f"Proposal {saved.proposal.pk}"
    return f"Change {saved.change.number}" if saved.change else "Nothing changed"


def tell(request: HttpRequest, saved: Saved, entry: Entry) -> None:
    """All that Django's own message does not say."""
    if saved.proposal is not None:
        messages.success(request, waits(saved.proposal))
    elif saved.change is None:
        messages.info(request, "Nothing differed, so nothing was saved.")
    elif pressed(request.POST):
        override = " This is marked as an override, since you wrote it last." if saved.change.is_override else ""
        messages.info(request, f"It is {STATE_WORDS[entry.status]} now.{override}")
    if near := alike(entry.name, code=entry.code):
        messages.warning(request, warning(near))


def waits(proposal: Proposal) -> str:
    link = format_html('<a href="{}">proposal {}</a>', page_url(proposal.pk, "proposal"), proposal.pk)
    return format_html("Your change waits for a publisher as {}; until then readers see the entry as it was.", link)
