"""Reviews as stored state: what a reviewer asked for stays open until its entry is submitted or somebody says so.

Of a proposal likewise: until its author proposes it again, somebody decides about it, or a reviewer says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values
from patterns.document.text import KEPT
from patterns.models import Pattern, Proposal, Request
from patterns.store.reading import writing
from patterns.store.writing import Authorship
from patterns.workflow.notices import tell_asked, tell_moved
from patterns.workflow.rules import Actor, NotAllowed, Operation, Standing, is_own
from patterns.workflow.rules import answer as answer_of
from patterns.workflow.standing import actor_of, standing_of

UNSAID = "It was sent back without a reason."
LISTED = 20  # requests about one entry
LENGTH = 1000  # of what is asked and answered, as the table holds it


def open_requests() -> QuerySet[Request]:
    """Those about entries; what is asked about a proposal is the proposal's."""
    return Request.objects.filter(proposal=None, resolved_at=None)


def asked_of_proposals() -> QuerySet[Request]:
    """For a subquery beside proposals: what is asked about each and not resolved."""
    return Request.objects.filter(proposal=OuterRef("pk"), resolved_at=None)


def waits_for_author() -> Exists:
    """The condition that a proposal was sent back; what its author has answered waits for a publisher again."""
    return Exists(asked_of_proposals().filter(answer=""))


PEOPLE = ("asked_by", "answered_by", "resolved_by")


def requests_about(row: Pattern, *, proposer: int | None = None) -> list[Request]:
    """All that was asked about an entry since it was made, newest first; not what was asked of another by its code.

    With what is asked about the open proposal of the proposer, if one is named.
    """
    whose = Q(proposal=None)
    if proposer is not None:
        whose |= Q(proposal__author=proposer, proposal__state=Proposal.State.OPEN)
    about = Request.objects.filter(whose, code=row.code, asked_at__gte=row.created_at)
    return [*about.select_related(*PEOPLE)[:LISTED]]


def requests_of(proposal: Proposal) -> list[Request]:
    """All that was asked about a proposal, newest first."""
    return [*Request.objects.filter(proposal=proposal).select_related("proposal", *PEOPLE)[:LISTED]]


@dataclass(frozen=True)
class Round:
    """What was asked before an entry was submitted, or proposed, again; ``seen`` is it as it was sent back."""

    requests: list[Request]
    seen: Entry


def last_round(row: Pattern, now: Entry, requests: list[Request]) -> Round | None:
    """Of an entry that waits for its review; None if it was never sent back, or was public since."""
    found = newest_round(requests) if now.status == "review" else None
    resolved = found.requests[0].resolved_at if found else None
    if found is None or (row.published_at and resolved and resolved <= row.published_at):
        return None
    return Round(found.requests, with_values(found.seen, {"status": now.status}))


def last_round_of(proposal: Proposal, requests: list[Request]) -> Round | None:
    """Of a proposal that its author changed since it was sent back; None while something is asked still."""
    if proposal.state != Proposal.State.OPEN or any(one.is_open for one in requests):
        return None
    return newest_round([one for one in requests if one.resolved_by_id == proposal.author_id])


def newest_round(requests: list[Request]) -> Round | None:
    # What was resolved together was asked before the same submission.
    resolved = max((one.resolved_at for one in requests if one.resolved_at), default=None)
    asked = [one for one in requests if resolved is not None and one.resolved_at == resolved]
    return Round(asked, Entry.model_validate(asked[-1].seen, context=KEPT)) if asked else None


def follow(edits: Iterable[Edit], *, by: Authorship) -> None:
    """Ask what a reviewer asks with these edits, resolve what they end, and tell whom they concern.

    Inside the transaction that wrote them.
    """
    edits, ended = [*edits], []
    for edit in edits:
        before, after = edit.before, edit.after
        if not isinstance(before, Entry):
            continue
        if not isinstance(after, Entry) or after.status not in (before.status, "draft"):
            ended.append(before.code)
        elif (before.status, after.status) == ("review", "draft") and is_of_another(after.code, by):
            tell_asked(ask(after, by.comment or UNSAID, by=by), "sent back to you")
    if ended:
        resolve(open_requests().filter(code__in=ended), by=by)
    tell_moved(edits, by=by)


def is_of_another(code: str, by: Authorship) -> bool:
    """Whoever takes their own entry back asks nobody for anything."""
    return by.author is None or standing_of(code).owner != by.author.pk


def ask(seen: Entry, text: str, *, by: Authorship, field: str = "", proposal: Proposal | None = None) -> Request:
    """Ask whoever wrote the entry, or proposed it, for something.

    ``field`` is the key that it is about, empty for the whole.
    """
    document = seen.model_dump(mode="json")
    about = {"code": seen.code, "field": field, "proposal": proposal}
    return Request.objects.create(**about, text=text[:LENGTH], seen=document, asked_by=by.author, asked_at=by.at)


def resolve(requests: QuerySet[Request], *, by: Authorship) -> int:
    """How many of them were open until now."""
    return requests.filter(resolved_at=None).update(resolved_by=by.author, resolved_at=by.at)


# What is asked and answered beside the buttons. Each raises NotAllowed or InvalidCatalog, and then nothing is written.


def may_ask(actor: Actor) -> bool:
    """Whoever decides for others may ask, and say that what was asked is settled."""
    return answer_of(Operation.DECIDE, actor) != "no"


def may_answer(actor: Actor, standing: Standing) -> bool:
    return actor.id is not None and standing.owner == actor.id


def ask_about(entry: Entry, text: str, *, field: str = "", by: Authorship) -> Request:
    """Ask about an entry, or one key of it, and leave its state alone."""
    refuse_unless(may_ask(actor_of(by.author)), entry.code, "only a publisher may ask about it")
    with writing():  # of a second click the same is asked, and one request is enough
        same = open_requests().filter(code=entry.code, field=field, text=text[:LENGTH], asked_by=by.author)
        if earlier := same.first():
            return earlier
        request = ask(entry, text, field=field, by=by)
        tell_asked(request, "something is asked of you")
        return request


def give_answer(request: Request, text: str, *, by: Authorship) -> None:
    """The one answer to an open request, by whoever began the entry or proposed the change."""
    actor = actor_of(by.author)
    if request.proposal is None:
        is_owner, who = may_answer(actor, standing_of(request.code)), "whoever began the entry"
    else:
        is_owner, who = is_own(request.proposal.author_id, actor), "whoever proposed it"
    refuse_unless(is_owner, request.code, f"only {who} may answer")
    unanswered = Request.objects.filter(pk=request.pk, resolved_at=None, answer="")
    # In one statement: of two answers at once, the second finds none that is unanswered. Its own counts as given.
    is_given = unanswered.update(answer=text[:LENGTH], answered_by=by.author, answered_at=by.at) or (
        Request.objects.filter(pk=request.pk, answer=text[:LENGTH], answered_by=by.author).exists()
    )
    if not is_given:
        message, hint = "it was answered or resolved already", "what is left to say, say when you submit it"
        raise InvalidCatalog([Problem(code=request.code, message=message, hint=hint)])


def mark_resolved(request: Request, *, by: Authorship) -> None:
    refuse_unless(may_ask(actor_of(by.author)), request.code, "only a publisher may mark it as resolved")
    asked = Request.objects.filter(pk=request.pk)
    if not (resolve(asked, by=by) or asked.filter(resolved_by=by.author).exists()):
        raise InvalidCatalog([Problem(code=request.code, message="it is resolved already")])


def refuse_unless(is_allowed: bool, code: str, message: str) -> None:
    if not is_allowed:
        raise NotAllowed([Problem(code=code, message=message)])
