"""Many proposals decided at once: each is judged by itself under lock, and what was refused says why."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from pydantic import ValidationError

from patterns.document.entry import Entry
from patterns.document.plan import Edit, Plan
from patterns.document.problems import InvalidCatalog, problems_of
from patterns.models import Catalog, Pattern, Proposal
from patterns.store.edits import problems_between
from patterns.store.reading import load_entries, writing
from patterns.store.writing import Authorship, apply
from patterns.workflow.notices import tell_decided
from patterns.workflow.proposals import close, signed, versions_of
from patterns.workflow.rules import Actor, NotAllowed, Operation, answer, may_accept, refusal
from patterns.workflow.standing import actor_of

Act = Literal["accept", "accept_import", "decline", "spam", "erase"]
CLOSED, ERASED_ALREADY = "somebody has decided about it already", "it is erased already"
OTHERS, OWN = "only what readers wrote", "it is your own: somebody else has to accept it"
CHANGED, GONE = "it changed after you saw this list; look at it again", "its entry was deleted"
CONFLICT, NO_IMPORT = "somebody changed the same since: open it to choose", "no import proposed it"
ERASED: Final = "Erased."


def mark_of(proposal: Proposal) -> str:
    """Changes with what a proposal says, so that what is decided is what was seen."""
    said = json.dumps([proposal.code, proposal.document, proposal.comment], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def decide_all(act: Act, seen: Mapping[int, str], *, by: Authorship) -> dict[Proposal, str]:
    """Do it to the proposals, named by key with the mark of what was seen; returns why not, empty if it was done."""
    with writing() as catalog:
        rows = Proposal.objects.select_for_update(of=("self",)).filter(pk__in=seen).order_by("pk")
        proposals = [*rows]
        refusals = refusals_of(act, proposals, actor_of(by.author))
        refusals |= {one: CHANGED for one in proposals if mark_of(one) != seen[one.pk]}
        possible = [one for one in proposals if not refusals[one]]
        imports: dict[object, list[Proposal]] = defaultdict(list)  # each is signed by its own author
        for one in possible if act == "accept_import" else ():
            imports[one.batch, one.author_id].append(one)
        for together in imports.values():
            refusals |= accept_together(together, catalog, by=by)
        for one in possible if act != "accept_import" else ():
            if act == "accept" and one.document is not None:
                refusals |= accept_together([one], catalog, by=by)
            else:
                carry_out(act, one, by=by)
        tell_decided((one for one in possible if one.author_id and not refusals[one]), by=by)
    return refusals


def carry_out(act: Act, proposal: Proposal, *, by: Authorship) -> None:
    if act == "erase":
        erase(proposal, by=by)
    else:
        states = {"accept": Proposal.State.ACCEPTED, "decline": Proposal.State.DECLINED, "spam": Proposal.State.SPAM}
        close(proposal, states[act], by=by)


def erase(proposal: Proposal, *, by: Authorship) -> None:
    """Remove who wrote and what; what became of it stays, and what is still open is declined."""
    if proposal.state == Proposal.State.OPEN:
        close(proposal, Proposal.State.DECLINED, by=replace(by, comment=ERASED))
    proposal.reader, proposal.sender, proposal.comment, proposal.erased_at = "", "", "", by.at
    proposal.save(update_fields=["reader", "sender", "comment", "erased_at"])


def accept_together(proposals: list[Proposal], catalog: Catalog, *, by: Authorship) -> dict[Proposal, str]:
    """Write documents of one author as one change, inside ``writing()``; returns why some were not."""
    refusals: dict[Proposal, str] = {}
    entries = load_entries(Pattern.objects.filter(code__in=[one.code for one in proposals]))
    edits: dict[str, tuple[Proposal, Edit]] = {}
    for one in proposals:
        edit = edit_of(one, entries[one.code])
        if isinstance(edit, Edit):
            edits[one.code] = one, edit
        else:
            refusals[one] = edit
    while problems := problems_between(edit for _, edit in edits.values()):
        found = InvalidCatalog(problems)
        named = {problem.code for problem in problems} & {*edits} or {*edits}
        for code in named:
            refusals[edits.pop(code)[0]] = found.sentence
    done = [one for one, _ in edits.values()]
    if not done:
        return refusals
    changed = tuple(edit for _, edit in edits.values() if edit.before != edit.after)
    change = apply(Plan(edits=changed), catalog, by=signed(done, by))
    for one in done:
        close(one, Proposal.State.ACCEPTED, by=by, change=change)
    return refusals


def edit_of(proposal: Proposal, now: Entry) -> Edit | str:
    """What it makes of the entry, or why nothing: the rules may be others since, or another was accepted just now."""
    three = versions_of(proposal, now)
    if three.merged.conflicts:
        return CONFLICT
    try:
        after = Entry.model_validate(three.decided({}).model_dump())
    except ValidationError as error:
        return InvalidCatalog(problems_of(error, Entry, code=proposal.code)).sentence
    return Edit("entry", proposal.code, now, after)


def refusals_of(act: Act, proposals: list[Proposal], actor: Actor) -> dict[Proposal, str]:
    """Why each cannot be done, as things are now; empty if it can."""
    if answer(Operation.DECIDE, actor) == "no":
        raise NotAllowed([refusal(Operation.DECIDE)])
    documents = [one.code for one in proposals if one.document is not None]
    entries = load_entries(Pattern.objects.filter(code__in=documents)) if act in ("accept", "accept_import") else {}
    return {one: refusal_of(act, one, entries.get(one.code), actor) for one in proposals}


def refusal_of(act: Act, proposal: Proposal, now: Entry | None, actor: Actor) -> str:
    if act in ("spam", "erase") and proposal.document is not None:
        return OTHERS
    if act == "erase":
        return ERASED_ALREADY if proposal.erased_at else ""
    if proposal.state != Proposal.State.OPEN:
        return CLOSED
    if act == "accept_import" and proposal.batch is None:
        return NO_IMPORT
    if act in ("accept", "accept_import"):
        return refusal_to_accept(proposal, now, actor)
    return ""


def refusal_to_accept(proposal: Proposal, now: Entry | None, actor: Actor) -> str:
    if not may_accept(proposal.author_id, actor):
        return OWN
    if proposal.document is None:
        return ""
    if now is None:
        return GONE
    return CONFLICT if versions_of(proposal, now).merged.conflicts else ""
