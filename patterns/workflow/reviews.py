"""Reviews as stored state: what a reviewer asked for stays open until its entry is submitted or somebody says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values
from patterns.document.text import KEPT
from patterns.models import Pattern, Request
from patterns.store.writing import Authorship
from patterns.workflow.rules import Actor, NotAllowed, Operation, Standing
from patterns.workflow.rules import answer as answer_of
from patterns.workflow.standing import actor_of, standing_of

UNSAID = "It was sent back without a reason."
LISTED = 20  # requests about one entry
LENGTH = 1000  # of what is asked and answered, as the table holds it


def open_requests() -> QuerySet[Request]:
    """Those about entries; what is asked about a proposal is the proposal's."""
    return Request.objects.filter(proposal=None, resolved_at=None)


def requests_about(row: Pattern) -> list[Request]:
    """All that was asked about an entry since it was made, newest first; not what was asked of another by its code."""
    about = Request.objects.filter(code=row.code, proposal=None, asked_at__gte=row.created_at)
    return [*about.select_related("asked_by", "answered_by", "resolved_by")[:LISTED]]


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


# What is asked and answered beside the buttons. Each raises NotAllowed or InvalidCatalog, and then nothing is written.


def may_ask(actor: Actor) -> bool:
    """Whoever decides for others may ask, and say that what was asked is settled."""
    return answer_of(Operation.DECIDE, actor) != "no"


def may_answer(actor: Actor, standing: Standing) -> bool:
    return actor.id is not None and standing.owner == actor.id


def ask_about(entry: Entry, text: str, *, field: str = "", by: Authorship) -> Request:
    """Ask about an entry, or one key of it, and leave its state alone."""
    refuse_unless(may_ask(actor_of(by.author)), entry.code, "only a publisher may ask about it")
    return ask(entry, text, field=field, by=by)


def give_answer(request: Request, text: str, *, by: Authorship) -> None:
    """The one answer to an open request, by whoever began the entry."""
    is_owner = may_answer(actor_of(by.author), standing_of(request.code))
    refuse_unless(is_owner, request.code, "only whoever began the entry may answer")
    unanswered = Request.objects.filter(pk=request.pk, resolved_at=None, answer="")
    # In one statement: of two answers at once, the second finds none that is unanswered.
    if not unanswered.update(answer=text[:LENGTH], answered_by=by.author, answered_at=by.at):
        message, hint = "it was answered or resolved already", "what is left to say, say when you submit the entry"
        raise InvalidCatalog([Problem(code=request.code, message=message, hint=hint)])


def mark_resolved(request: Request, *, by: Authorship) -> None:
    refuse_unless(may_ask(actor_of(by.author)), request.code, "only a publisher may mark it as resolved")
    if not resolve(Request.objects.filter(pk=request.pk), by=by):
        raise InvalidCatalog([Problem(code=request.code, message="it is resolved already")])


def refuse_unless(is_allowed: bool, code: str, message: str) -> None:
    if not is_allowed:
        raise NotAllowed([Problem(code=code, message=message)])
