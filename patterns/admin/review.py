"""What a reviewer sees of a proposal, and the forms with which it is decided."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django import forms

from patterns.admin.checked import label
from patterns.admin.documents import validated
from patterns.admin.fields import LongTextField
from patterns.admin.three_way import EDITED, MINE, TEXT_KEYS, Decision, Voices, asked_in, choice_name, texts_of
from patterns.document.diff import Piece, changed_keys, key_diff, value_of, value_text
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.text import KEPT, shortened
from patterns.models import Change, Pattern, Proposal, Revision
from patterns.store.writing import fingerprint_of
from patterns.workflow.proposals import MERGED_KEYS, versions_of
from patterns.workflow.rules import Actor, is_own, may_accept, may_decline
from patterns.workflow.saving import present

CHANGES_OFFERED = 20
REVIEWERS = Voices(
    mine="Take what is proposed",
    now="Keep what is there now",
    only_mine="proposed",
    only_now="changed since by others",
    alike="proposed, and there already",
)


class ReasonForm(forms.Form):
    reason = LongTextField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "cols": 80}))

    def __init__(self, data: Any = None, *, prefix: str, label: str, required: bool = False) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["reason"].label, self.fields["reason"].required = label, required


class DoneForm(ReasonForm):
    """For a reader's words: the change that they led to, if they led to one."""

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(data, prefix="done", label="What became of it (may be left out)")
        self.changes = {str(one.number): one for one in changes_since(proposal)}
        choices = [("", "no change"), *((number, in_words(one)) for number, one in self.changes.items())]
        self.fields["change"] = forms.ChoiceField(required=False, label="It led to", choices=choices)

    @property
    def chosen(self) -> Change | None:
        return self.changes.get(self.cleaned_data["change"])


def accept_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, prefix="accept", label="Why you accept it (may be left out)")


def decline_form(data: Any = None, *, is_own: bool = False) -> ReasonForm:
    label = "Why you take it back" if is_own else "Why not"
    return ReasonForm(data, prefix="decline", label=label, required=True)


def changes_since(proposal: Proposal) -> list[Change]:
    """The changes of the entry since the words came, newest first."""
    of_entry = Change.objects.filter(revisions__what=Revision.What.ENTRY, revisions__identity=proposal.code)
    return [*of_entry.filter(created_at__gte=proposal.created_at).select_related("author")[:CHANGES_OFFERED]]


def in_words(change: Change) -> str:
    who = f"{change}, {change.author or change.origin}, {change.created_at:%Y-%m-%d %H:%M} UTC"
    return f"{who}: {shortened(' '.join(change.comment.split()))}" if change.comment else who


@dataclass(frozen=True)
class Review:
    """An open or closed proposal, the entry as it is now, and what the reader of the page may do."""

    proposal: Proposal
    now: Entry | None
    actor: Actor
    is_edited: bool = False

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
    def can_decline(self) -> bool:
        return self.is_open and may_decline(self.proposal.author_id, self.actor)

    @cached_property
    def proposed(self) -> list[tuple[str, list[Piece]]]:
        """What the author changed, whatever came since."""
        stored = (self.proposal.base, self.proposal.document)
        base, document = (Entry.model_validate(one, context=KEPT) if one else None for one in stored)
        return [(label(key), key_diff(base, document, key)) for key in changed_keys(base, document)]

    @cached_property
    def part_now(self) -> list[tuple[str, str]]:
        """The part of the entry that a reader wrote about."""
        part = self.proposal.part
        is_known = self.now is not None and part in Entry.model_fields
        return [(label(part), value_text(value_of(self.now, part)))] if is_known else []

    @cached_property
    def texts_now(self) -> list[tuple[str, str]]:
        return [*texts_of(self.now)] if self.now is not None else []


def review_of(proposal: Proposal, *, actor: Actor, is_edited: bool = False) -> Review:
    return Review(proposal, present(proposal.code), actor, is_edited)


def decision_of(
    review: Review, data: Mapping[str, Any] | None = None, *, problems: Mapping[str, list[str]] | None = None
) -> Decision | None:
    """The proposal over the entry as it is now; to edit it, every key that it changes is asked about."""
    if review.proposal.document is None or review.now is None:
        return None
    three = versions_of(review.proposal, review.now)
    asked = asked_in(data, MERGED_KEYS) if data is not None else three.merged.taken if review.is_edited else ()
    decision = Decision(replace(three, asked=frozenset(asked)), data, voices=REVIEWERS, problems=problems)
    for key in asked:
        decision.initial[choice_name(key)] = EDITED if key in TEXT_KEYS else MINE
    return decision


def decided(decision: Decision) -> Entry:
    """What the reviewer made of it; raises InvalidCatalog."""
    raw = decision.document.model_dump(mode="json")
    return validated(Entry, raw, code=raw["code"])


def by_key(refusal: InvalidCatalog, asked: tuple[str, ...]) -> tuple[dict[str, list[str]], list[str]]:
    """Problems beside the keys that the page asks about, and those that have no place there."""
    beside: dict[str, list[str]] = defaultdict(list)
    elsewhere = []
    for problem in refusal.problems:
        key = str(problem.path[0]) if problem.path else problem.key
        if key in asked:
            beside[key].append(sentence(problem))
        else:
            elsewhere.append(f"{label(key)} {sentence(problem)}" if key else sentence(problem))
    return beside, elsewhere


def sentence(problem: Problem) -> str:
    return f"{problem.message}; {problem.hint}." if problem.hint else f"{problem.message}."


def pattern_of(proposal: Proposal) -> Pattern | None:
    return Pattern.objects.only("pk", "slug", "name", "status").filter(code=proposal.code).first()
