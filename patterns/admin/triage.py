"""Actions of the queue: first a page that says what will happen and asks why, then each proposal by itself.

What one import proposed is accepted as one change.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import BaseAdmin, admin_page, page_url
from patterns.admin.changes import in_one_line
from patterns.admin.reasons import CommentField, CommentForm, authorship, offer_reason
from patterns.models import Proposal
from patterns.store.reading import consistent_read
from patterns.workflow.proposals import sender_in_words
from patterns.workflow.rules import Actor, NotAllowed
from patterns.workflow.standing import actor_of
from patterns.workflow.triage import Act, decide_all, mark_of, refusals_of

LIMIT = 200  # proposals at once: as many as somebody can look at on one page
SEEN = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})")


@dataclass(frozen=True)
class TriageAction:
    label: str
    done: str
    is_told: bool = False  # whether readers may be told why
    must_say_why: bool = False


ACTIONS: Final[dict[Act, TriageAction]] = {
    "accept": TriageAction("Accept", "accepted", is_told=True),
    "accept_import": TriageAction("Accept all of this import", "accepted, as one change", is_told=True),
    "decline": TriageAction("Decline", "declined", must_say_why=True),
    "spam": TriageAction("Mark as spam", "marked as spam"),
    "erase": TriageAction("Erase what a reader wrote", "erased: name, words and sender are removed"),
}


@dataclass(frozen=True)
class TriageRow:
    """A proposal before it is decided: ``mark`` is of what is shown, ``refusal`` is empty if it can be done."""

    proposal: Proposal
    sent_by: str
    mark: str
    outcome: str
    refusal: str

    @property
    def title(self) -> str:
        return str(self.proposal)

    @property
    def url(self) -> str:
        return page_url(self.proposal.pk, "proposal")

    @property
    def seen(self) -> str:
        return f"{self.proposal.pk} {self.mark}"

    @property
    def cells(self) -> list[str]:
        return [self.sent_by, in_one_line(self.proposal.comment)]


def triage_page(
    name: Act, model_admin: BaseAdmin, request: HttpRequest, chosen: QuerySet[Proposal]
) -> HttpResponse | None:
    """What would become of the chosen proposals; once that page is sent back, do it. None leads back to the list."""
    action, actor = ACTIONS[name], actor_of(request.user)
    # Django calls an action whenever rows of the list are sent; ``seen`` is sent by our own page only.
    is_sent = "seen" in request.POST
    form = CommentForm(request.POST if is_sent else None)
    form.fields["comment"] = CommentField(label="Why", required=action.must_say_why)
    offer_reason(form, request, is_wanted=action.is_told)
    sent = (match for one in request.POST.getlist("seen") if (match := SEEN.fullmatch(one)))
    seen = {int(match[1]): match[2] for match in sent}
    keys = [*seen] if is_sent else chosen_keys(name, chosen)
    if len(keys) > LIMIT:
        messages.error(request, f"Nothing was done: choose at most {LIMIT} proposals at once.")
        return None
    try:
        if is_sent and form.is_valid():
            refusals = decide_all(name, seen, by=authorship(request, **form.why()))
            report(action, refusals, model_admin, request)
            return HttpResponseRedirect(request.get_full_path())  # back to the list as it was filtered
        rows = foreseen_rows(name, keys, actor)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    return admin_page(
        request,
        model_admin,
        "admin/patterns/bulk.html",
        title=action.label,
        action=name,
        chosen=request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
        sent="seen",
        headings=["Proposal", "From", "What it says"],
        rows=rows,
        possible_count=sum(not row.refusal for row in rows),
        form=form,
        back=request.get_full_path(),
    )


def chosen_keys(name: Act, chosen: QuerySet[Proposal]) -> list[int]:
    if name == "accept_import":  # one of them names the import
        batches = {*chosen.filter(batch__isnull=False).order_by().values_list("batch", flat=True)[: LIMIT + 1]}
        if len(batches) == 1:
            chosen = Proposal.objects.filter(batch__in=batches, state=Proposal.State.OPEN).order_by("pk")
    return [*chosen.values_list("pk", flat=True)[: LIMIT + 1]]


def foreseen_rows(name: Act, keys: list[int], actor: Actor) -> list[TriageRow]:
    with consistent_read():
        proposals = [*Proposal.objects.filter(pk__in=keys).select_related("author").order_by("pk")]
        refusals = refusals_of(name, proposals, actor)
    return [TriageRow(one, sender_in_words(one), mark_of(one), ACTIONS[name].done, refusals[one]) for one in proposals]


def report(action: TriageAction, refusals: dict[Proposal, str], model_admin: Any, request: HttpRequest) -> None:
    done = [one for one, why in refusals.items() if not why]
    for one in done:
        model_admin.log_change(request, one, action.done.capitalize())
    if done:
        messages.success(request, f"{len(done)} proposal{'' if len(done) == 1 else 's'} {action.done}.")
    for one, why in refusals.items():
        if why:
            messages.error(request, f"Not done: {one}: {why}.")
