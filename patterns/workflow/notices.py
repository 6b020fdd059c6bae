"""What is told by mail, and to whom: to authors what became of theirs, to those who decide what waits.

Readers' suggestions tell nobody: there may be hundreds of them, and the first page counts them. Nothing of what is
typed and not decided stands in a mail.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.http import urlencode

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.models import Mail, Pattern, Proposal, Request
from patterns.store.bulk import chunks
from patterns.store.writing import Authorship
from patterns.workflow.outbox import publishers, put, switched_off
from patterns.workflow.standing import owners, standing_of

LISTED: Final = 10  # names in a mail about many
TEXT_LENGTH, SUBJECT_LENGTH = 4000, 200  # as the table holds them
KIND: Final = Mail.Kind


def tell_asked(request: Request, what: str) -> None:
    """Whoever wrote what is asked about; ``what`` says in the subject what happened to it."""
    if not settings.SENDS_MAIL:
        return
    proposal = request.proposal
    author = proposal.author_id if proposal else standing_of(request.code).owner
    if author == request.asked_by_id:
        return
    url = proposal_url(proposal) if proposal else entry_url(request.code)
    about = f" about {request.field.replace('_', ' ')}" if request.field else ""
    text = f"{request.asked_by or 'A command'} writes{about}:\n\n{quoted(request.text)}\n\n{url}"
    subject = f"{names_of([request.code])[request.code]}: {what}"
    kind = KIND.SENT_BACK
    put(mail(kind, person, subject, text, at=request.asked_at) for person in people(kind, [author]))


def tell_decided(proposals: Iterable[Proposal], *, by: Authorship) -> None:
    """Their authors, each once."""
    if settings.SENDS_MAIL:
        put(told_decided([*proposals], by=by))


def told_decided(proposals: Sequence[Proposal], *, by: Authorship) -> Iterator[Mail]:
    of_author: dict[int | None, list[Proposal]] = defaultdict(list)
    for one in proposals:
        of_author[one.author_id].append(one)
    names = names_of([one.code for one in proposals])
    why = f":\n\n{quoted(by.comment)}" if by.comment else ", without a reason."
    for person in people(KIND.DECIDED, of_author.keys() - {key_of(by.author)}):
        mine = of_author[person.pk]
        first, count = mine[0], len(mine)
        is_one = count == 1
        subject = f"{names[first.code]}: your proposal was" if is_one else f"{count} proposals of yours were"
        url = proposal_url(first) if is_one else site_url("admin:patterns_proposal_changelist", **{"from": "me"})
        text = f"{who_of(by)} decided{why}\n\n{listed([names[one.code] for one in mine])}{url}"
        yield mail(KIND.DECIDED, person, f"{subject} {first.state}", text, at=by.at)


def tell_moved(edits: Iterable[Edit], *, by: Authorship) -> None:
    """Authors of drafts that were published, and those who may publish what is in review now."""
    if not settings.SENDS_MAIL:
        return
    published, waiting = [], []
    for edit in edits:
        before, after = edit.before, edit.after
        if not isinstance(after, Entry):
            continue
        state = before.status if isinstance(before, Entry) else ""
        if after.status == "published" and state in ("draft", "review"):
            published.append(after)
        elif after.status == "review" != state:
            waiting.append(after)
    put(told_published(published, by=by))
    put(told_waiting(waiting, by=by))


def told_published(entries: Sequence[Entry], *, by: Authorship) -> Iterator[Mail]:
    of_owner: dict[int | None, list[str]] = defaultdict(list)
    for some in chunks([one.code for one in entries]):
        rows = Pattern.objects.filter(code__in=some).order_by("pk")
        for code, owner in rows.values_list("code", Subquery(owners(OuterRef("code")))):
            of_owner[owner].append(code)
    names = {one.code: label(one.code, one.name) for one in entries}
    for person in people(KIND.PUBLISHED, of_owner.keys() - {key_of(by.author)}):
        mine = of_owner[person.pk]
        is_one = len(mine) == 1
        subject = f"{names[mine[0]]}: published" if is_one else f"{len(mine)} drafts of yours were published"
        url = entry_url(mine[0]) if is_one else site_url("admin:patterns_pattern_changelist", mine="begun")
        text = f"{who_of(by)} published what you began.\n\n{listed([names[one] for one in mine])}{url}"
        yield mail(KIND.PUBLISHED, person, subject, text, at=by.at)


def told_waiting(entries: Sequence[Entry], *, by: Authorship) -> Iterator[Mail]:
    if not entries:
        return
    first, names = entries[0], [label(one.code, one.name) for one in entries]
    is_one = len(names) == 1
    subject = f"{names[0]}: waits for its review" if is_one else f"{len(names)} drafts wait for their review"
    url = entry_url(first.code) if is_one else site_url("admin:patterns_pattern_changelist", status__exact="review")
    text = f"Submitted by {who_of(by)}.\n\n{listed(names)}{url}"
    for person in publishers(KIND.REVIEW, but=by.author):
        yield mail(KIND.REVIEW, person, subject, text, at=by.at)


def tell_proposed(proposals: Sequence[Proposal]) -> None:
    """Those who decide; once, however many one author proposes at once."""
    if settings.SENDS_MAIL and proposals:
        put(told_proposed(proposals))


def told_proposed(proposals: Sequence[Proposal]) -> Iterator[Mail]:
    first, count = proposals[0], len(proposals)
    names = names_of([one.code for one in proposals])
    subject = f"{names[first.code]}: a proposal waits" if count == 1 else f"{count} proposals wait"
    query = {"batch": str(first.batch)} if first.batch else {"state__exact": "open"}
    url = proposal_url(first) if count == 1 else site_url("admin:patterns_proposal_changelist", **query)
    text = f"Proposed by {first.author or 'a command'}.\n\n{listed([names[one.code] for one in proposals])}{url}"
    for person in publishers(KIND.PROPOSAL, but=first.author):
        yield mail(KIND.PROPOSAL, person, subject, text, at=first.created_at)


# Who.


def people(kind: Mail.Kind, keys: Iterable[int | None]) -> Iterable[User]:
    """Those of them who can be written to and want it; whether they may see it still is asked when it is sent."""
    known = [key for key in keys if key is not None]
    able = User.objects.filter(pk__in=known, is_active=True, is_staff=True).exclude(email="")
    return able.exclude(pk__in=switched_off(kind)).order_by("pk") if known else ()


def key_of(person: User | None) -> int | None:
    return person.pk if person else None


def who_of(by: Authorship) -> str:
    return str(by.author or "A command")


# In words.


def mail(kind: Mail.Kind, person: User, subject: str, text: str, *, at: datetime) -> Mail:
    end = f"\n\n-- \nChoose what you are told: {site_url('admin:notifications')}\n"
    whole = f"{text[: TEXT_LENGTH - len(end)]}{end}"
    return Mail(kind=kind, person=person, subject=subject[:SUBJECT_LENGTH], text=whole, created_at=at, due_at=at)


def label(code: str, name: str) -> str:
    return " ".join(f"[{code}] {name}".split())


def names_of(codes: Sequence[str]) -> dict[str, str]:
    """Code → code and name; of an entry that is gone the code alone."""
    names: dict[str, str] = {}
    for some in chunks(codes):
        names |= dict(Pattern.objects.filter(code__in=some).order_by("pk").values_list("code", "name"))
    return {code: label(code, names.get(code, "")) for code in codes}


def listed(names: Sequence[str]) -> str:
    """The first names, one a line; nothing if the subject has said the only one."""
    if len(names) == 1:
        return ""
    more = [f"and {len(names) - LISTED} more"] if len(names) > LISTED else []
    return "\n".join([*names[:LISTED], *more]) + "\n\n"


def quoted(words: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())


def site_url(name: str, *args: object, **query: str) -> str:
    path = reverse(name, args=args)
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode(query)}" if query else "")


def entry_url(code: str) -> str:
    key = Pattern.objects.filter(code=code).values_list("pk", flat=True).first()
    return site_url("admin:patterns_pattern_change", key) if key else site_url("admin:index")


def proposal_url(proposal: Proposal) -> str:
    return site_url("admin:patterns_proposal_change", proposal.pk)
