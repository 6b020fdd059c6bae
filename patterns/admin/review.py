"""A proposal on its page: what it would change, what stands beside it, and the forms with which it is decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone

from patterns.admin.decision import DecisionForm, Voices, document_texts
from patterns.admin.findings import label
from patterns.admin.reasons import CommentField, ReasonField
from patterns.admin.versions import key_differences
from patterns.document.diff import Piece, changed_keys, value_of, value_text
from patterns.document.entry import Entry
from patterns.document.problems import Problem
from patterns.document.register import HEAD, keys_of
from patterns.document.text import KEPT, shortened
from patterns.lint.finding import Finding
from patterns.models import Change, Proposal, Request, Revision
from patterns.store.findings import findings_added
from patterns.store.writing import fingerprint_of
from patterns.workflow.proposals import sender_in_words, versions_of
from patterns.workflow.reviews import Round, last_round_of, requests_of
from patterns.workflow.rules import Actor, is_own, may_accept, may_decline, may_send_back

CHANGES_OFFERED = 20
REVIEWERS = Voices(
    mine="Take what is proposed",
    now="Keep what is there now",
    only_mine="proposed",
    only_now="changed since by others",
    alike="proposed, and there already",
)
ONLOOKERS = replace(REVIEWERS, mine="Proposed", now="There now")

# The forms with which a proposal is decided.


class ReasonForm(forms.Form):
    reason = CommentField(help_text="")

    def __init__(self, data: Any = None, *, prefix: str, label: str, required: bool = False) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["reason"].label, self.fields["reason"].required = label, required


class DoneForm(ReasonForm):
    """For a reader's words: the change of the entry that they led to, if they led to one."""

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(data, prefix="done", label="What became of it (may be left out)")
        of_entry = Change.objects.filter(revisions__what=Revision.What.ENTRY, revisions__identity=proposal.code)
        since = of_entry.filter(created_at__gte=proposal.created_at).select_related("author")
        self.changes, choices = {}, [("", "no change")]
        for change in since[:CHANGES_OFFERED]:
            why = f": {shortened(' '.join(change.comment.split()))}" if change.comment else ""
            said = f"{change}, {change.author or change.origin}, {change.created_at:%Y-%m-%d %H:%M} UTC{why}"
            self.changes[str(change.number)] = change
            choices.append((str(change.number), said))
        self.fields["change"] = forms.ChoiceField(required=False, label="It led to", choices=choices)

    @property
    def chosen(self) -> Change | None:
        return self.changes.get(self.cleaned_data["change"])


class AcceptForm(ReasonForm):
    public_reason = ReasonField()


def accept_form(data: Any = None) -> AcceptForm:
    return AcceptForm(data, prefix="accept", label="Why you accept it (may be left out)")


def decline_form(data: Any = None, *, is_own: bool) -> ReasonForm:
    label = "Why you take it back" if is_own else "Why not"
    return ReasonForm(data, prefix="decline", label=label, required=True)


# What the page shows of it.


@dataclass(frozen=True)
class Rival:
    proposal: Proposal
    sent_by: str
    labels: str


def documents_of(proposal: Proposal) -> tuple[Entry | None, Entry | None]:
    """From what to what a proposal would change the entry."""
    stored = (proposal.base, proposal.document)
    base, document = (Entry.model_validate(one, context=KEPT) if one else None for one in stored)
    return base, document


@dataclass(frozen=True)
class Review:
    """A proposal, the entry as it is now, and what the reader of the page may do."""

    proposal: Proposal
    now: Entry | None
    actor: Actor

    @property
    def is_open(self) -> bool:
        return self.proposal.state == Proposal.State.OPEN

    @property
    def opened(self) -> str:
        """The fingerprint of the entry with which the page compares the proposal."""
        return fingerprint_of(self.now)

    @property
    def is_own(self) -> bool:
        return is_own(self.proposal.author_id, self.actor)

    @property
    def can_accept(self) -> bool:
        is_possible = self.now is not None or self.proposal.document is None
        return self.is_open and is_possible and may_accept(self.proposal.author_id, self.actor)

    @property
    def can_send_back(self) -> bool:
        said = (self.proposal.document, self.proposal.author_id, self.now)  # readers' words are nobody's to answer
        return self.is_open and None not in said and may_send_back(self.proposal.author_id, self.actor)

    @property
    def can_decline(self) -> bool:
        return self.is_open and may_decline(self.proposal.author_id, self.actor)

    @cached_property
    def proposed(self) -> list[tuple[str, list[Piece]]]:
        """What the author changed, whatever came since."""
        return key_differences(*documents_of(self.proposal))

    @cached_property
    def result(self) -> Entry | None:
        """The entry once it is accepted as it is; what was changed on both sides as it was proposed."""
        if self.proposal.document is None or self.now is None or not self.is_open:
            return None
        three = versions_of(self.proposal, self.now)
        return three.decided({one.key: one.theirs for one in three.merged.conflicts})

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """Anchor and title of each section of the page that accepting it would change."""
        changed = changed_keys(self.now, self.result)
        sections = [about.section for key, about in keys_of(Entry).items() if key in changed and about.section]
        return [("main" if one is HEAD else one.name, one.title) for one in dict.fromkeys(sections)]

    @cached_property
    def new_findings(self) -> list[tuple[str, Finding]]:
        """What the checks would find in the result and do not find now, by the field that it is about."""
        found = findings_added(self.result, today=timezone.now().date()) if self.result else []
        return [(label(one.key.partition("[")[0].partition(".")[0]), one) for one in found]

    @cached_property
    def asked(self) -> list[Request]:
        return requests_of(self.proposal) if self.proposal.document is not None else []

    @cached_property
    def requests(self) -> list[Request]:
        """Those that are open."""
        return [one for one in self.asked if one.is_open]

    @cached_property
    def round(self) -> Round | None:
        return last_round_of(self.proposal, self.asked)

    @cached_property
    def differences(self) -> list[tuple[str, list[Piece]]]:
        """What its author changed since it was sent back."""
        return key_differences(self.round.seen, documents_of(self.proposal)[1]) if self.round else []

    @cached_property
    def rivals(self) -> list[Rival]:
        """The other open proposals that would change the same keys."""
        if self.result is None:
            return []
        same = Proposal.objects.filter(code=self.proposal.code, state=Proposal.State.OPEN, document__isnull=False)
        others = same.exclude(pk=self.proposal.pk).select_related("author").order_by("created_at", "pk")
        mine = self.proposal.keys
        shared = [(one, [key for key in one.keys if key in mine]) for one in others.defer("base")]
        return [Rival(one, sender_in_words(one), ", ".join(map(label, keys))) for one, keys in shared if keys]

    @cached_property
    def part_now(self) -> list[tuple[str, str]]:
        """The part of the entry that a reader wrote about."""
        part = self.proposal.part
        is_known = self.now is not None and part in Entry.model_fields
        return [(label(part), value_text(value_of(self.now, part)))] if is_known else []

    @cached_property
    def texts_now(self) -> list[tuple[str, str]]:
        return document_texts(self.now) if self.now is not None else []

    def decision(
        self, data: Mapping[str, Any] | None = None, *, is_edited: bool = False, problems: Iterable[Problem] = ()
    ) -> DecisionForm | None:
        """The proposal over the entry as it is now; to edit it, every key that it changes is asked about."""
        if self.proposal.document is None or self.now is None:
            return None
        three = versions_of(self.proposal, self.now)
        three = replace(three, asked=frozenset(three.merged.taken)) if is_edited else three
        voices = REVIEWERS if self.can_accept else ONLOOKERS
        return DecisionForm(three, data, voices=voices, problems=problems)
