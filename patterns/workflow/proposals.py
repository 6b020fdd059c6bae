"""Proposals: changes to published entries that wait until a publisher accepts, edits or declines them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from patterns.document.diff import changed_keys
from patterns.document.entry import ENTRY_KEYS, Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values
from patterns.document.text import KEPT
from patterns.document.three_way import ThreeWay
from patterns.models import Change, Pattern, Proposal, Request
from patterns.store.edits import save_entry
from patterns.store.reading import load_entries, writing
from patterns.store.writing import Authorship
from patterns.workflow.notices import tell_asked, tell_decided, tell_proposed
from patterns.workflow.reviews import ask, resolve
from patterns.workflow.rules import (
    Actor,
    NotAllowed,
    Operation,
    is_own,
    may_accept,
    may_decline,
    may_send_back,
    refusal,
)
from patterns.workflow.standing import actor_of

# The state is moved by transitions, never by accepting a text.
MERGED_KEYS = tuple(key for key in ENTRY_KEYS if key not in ("code", "status"))
KEPT_OF_PROPOSALS = ("document", "base", "keys", "batch", "batch_name", "comment", "changed_at")


class Closed(Exception):
    """Somebody has decided about the proposal already."""


def keep_proposal(entry: Entry, *, base: Entry | None, by: Authorship) -> Proposal:
    """The author's proposal about the entry: the open one, which says this from now on, or else a new one."""
    proposal = new_proposal(entry, base, by)
    keep_proposals([proposal], by=by)
    return proposal


def keep_proposals(made: Iterable[Proposal], *, by: Authorship) -> None:
    """Put several about different entries into the queue; what their author proposed of an entry before makes way.

    To propose again resolves what was asked about it.
    """
    proposals = [*made]
    authors, codes = {one.author for one in proposals if one.author}, {one.code for one in proposals}
    before = Proposal.objects.filter(state=Proposal.State.OPEN, document__isnull=False, author__in=authors)
    open_ones = {
        (one.author_id, one.code): one for one in before.filter(code__in=codes).select_for_update(of=("self",))
    }
    for one in proposals:
        if earlier := open_ones.get((one.author_id, one.code)):
            one.pk, one.created_at, one.changed_at = earlier.pk, earlier.created_at, one.created_at
    again = [one for one in proposals if one.pk]
    Proposal.objects.bulk_update(again, KEPT_OF_PROPOSALS)
    if again:
        resolve(Request.objects.filter(proposal__in=again), by=by)
    tell_proposed(Proposal.objects.bulk_create(one for one in proposals if not one.pk))


def new_proposal(entry: Entry, base: Entry | None, by: Authorship) -> Proposal:
    return Proposal(
        code=entry.code,
        document=entry.model_dump(mode="json"),
        base=base.model_dump(mode="json") if base else None,
        keys=[*changed_keys(base, entry)],
        author=by.author,
        comment=by.comment,
        created_at=by.at,
    )


def sender_in_words(proposal: Proposal) -> str:
    """Who sent it, in words; a reader may give any name, an editor's too."""
    if proposal.document is not None:
        return str(proposal.author or "somebody whose account is gone")
    return f"{proposal.reader} (a reader)" if proposal.reader else "a reader"


def versions_of(proposal: Proposal, now: Entry) -> ThreeWay[Entry]:
    """The versions that a proposal with a document is about: its base, the entry now, what was proposed."""
    stored = (proposal.base or proposal.document, proposal.document)
    base, mine = (Entry.model_validate(one, context=KEPT) for one in stored)
    return ThreeWay("entry", now.code, base, now, mine, MERGED_KEYS)


def accept(proposal: Proposal, entry: Entry, *, opened: str, by: Authorship) -> Change | None:
    """Write ``entry``, what the reviewer made of the proposal over the entry with the fingerprint ``opened``.

    The change is by the proposal's author, if the admin knows one. An edited one of what is not public is the
    reviewer's, since who wrote last may not publish it. Raises NotAllowed, Closed, StaleEdit or InvalidCatalog, and
    then nothing is written.
    """
    with writing():
        claimed = claim_as_seen(proposal, may_accept, by=by)
        now = load_entries(Pattern.objects.filter(code=claimed.code)).get(claimed.code)
        # A proposal is about the text: it must not undo a state into which the entry came since.
        entry = with_values(entry, {"status": now.status}) if now else entry
        is_edited = now is not None and versions_of(claimed, now).decided({}) != entry
        said = replace(
            signed([claimed], by, verb="Edited and accepted" if is_edited else "Accepted"), is_edited=is_edited
        )
        if is_edited and entry.status != "published":
            said = replace(said, author=by.author)
        change = save_entry(entry, opened=opened, by=said)
        close(claimed, Proposal.State.ACCEPTED, by=by, change=change)
        tell_decided([claimed], by=by)
        return change


def signed(proposals: Sequence[Proposal], by: Authorship, *, verb: str = "Accepted") -> Authorship:
    """The change that these proposals of one author became: theirs, beside whoever accepts it."""
    author = proposals[0].author
    said = dict.fromkeys(one.comment for one in proposals if one.comment)
    accepted = f"{verb} by {by.author or 'a command'}. {by.comment}".strip()
    return replace(
        by,
        author=author or by.author,
        accepted_by=by.author,
        origin=Change.Origin.PROPOSAL,
        comment="\n\n".join([*said, accepted]),
        is_override=is_own(proposals[0].author_id, actor_of(by.author)),
    )


def settle(proposal: Proposal, *, change: Change | None = None, by: Authorship) -> None:
    """Close a reader's suggestion as followed, by ``change`` if it led to one; raises NotAllowed, Closed."""
    with writing():
        close(claim(proposal, may_accept, by=by), Proposal.State.ACCEPTED, by=by, change=change)


def decline(proposal: Proposal, *, by: Authorship) -> None:
    """Close a proposal with the reason in ``by.comment``. Authors may take back their own."""
    with writing():
        claimed = claim(proposal, may_decline, by=by)
        close(claimed, Proposal.State.DECLINED, by=by)
        tell_decided([claimed], by=by)


def send_back(proposal: Proposal, text: str, *, field: str = "", by: Authorship) -> Request:
    """Ask its author for something, about one key or the whole: it waits for them until they answer or change it.

    Raises NotAllowed, Closed or InvalidCatalog, and then nothing is written.
    """
    with writing():
        claimed = claim_as_seen(proposal, may_send_back, by=by)
        if claimed.document is None or claimed.author_id is None:
            message = "nobody who could answer wrote it" if claimed.document is None else "its author is gone"
            hint = "accept it, edited if need be, or decline it"
            raise InvalidCatalog([Problem(code=claimed.code, message=message, hint=hint)])
        seen = Entry.model_validate(claimed.document, context=KEPT)
        request = ask(seen, text, field=field, by=by, proposal=claimed)
        tell_asked(request, "your proposal was sent back")
    return request


def claim_as_seen(proposal: Proposal, rule: Callable[[int | None, Actor], bool], *, by: Authorship) -> Proposal:
    """The proposal, if it says still what it said when it was read; raises InvalidCatalog too."""
    claimed = claim(proposal, rule, by=by)
    if claimed.document != proposal.document:
        hint = "look at it again"
        raise InvalidCatalog([Problem(code=claimed.code, message="its author changed it meanwhile", hint=hint)])
    return claimed


def claim(proposal: Proposal, rule: Callable[[int | None, Actor], bool], *, by: Authorship) -> Proposal:
    """The proposal, if it is open and the rule allows it to the reviewer; raises Closed or NotAllowed."""
    # Locked: of two who decide at once, the second must see what the first has done.
    claimed = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if claimed.state != Proposal.State.OPEN:
        raise Closed
    actor = actor_of(by.author)
    if not rule(claimed.author_id, actor):
        if is_own(claimed.author_id, actor):
            hint = "somebody else has to accept it"
            raise NotAllowed([Problem(code=claimed.code, message="it is your own", hint=hint)])
        raise NotAllowed([refusal(Operation.DECIDE, claimed.code)])
    return claimed


def close(proposal: Proposal, state: Proposal.State, *, by: Authorship, change: Change | None = None) -> None:
    proposal.state, proposal.decision = state, by.comment
    proposal.decided_by, proposal.decided_at, proposal.change = by.author, by.at, change
    proposal.save(update_fields=["state", "decision", "decided_by", "decided_at", "change"])
    if proposal.document is not None:  # nobody asks a reader
        resolve(Request.objects.filter(proposal=proposal), by=by)
