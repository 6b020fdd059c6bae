"""The same done to many entries at once: each is judged by itself, and all that may be done is one change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from patterns.document.entry import Entry
from patterns.document.plan import Edit, Plan
from patterns.document.problems import InvalidCatalog, Problem
from patterns.models import Catalog, Pattern
from patterns.store.edits import StaleEdit, edit_of_entry, problems_between
from patterns.store.reading import consistent_read, load_entries, writing
from patterns.store.writing import Authorship, apply
from patterns.workflow.proposals import keep_proposals, new_proposal
from patterns.workflow.reviews import follow
from patterns.workflow.rules import decide
from patterns.workflow.standing import actor_of, standings_of
from patterns.workflow.successors import successor_problems

Outcome = Literal["done", "proposed", "unchanged", "gone"] | InvalidCatalog | StaleEdit
Act = Callable[[Entry], Entry]


@dataclass
class Batch:
    """What would become of each entry, judged at a version of the catalogue.

    ``entries`` are those that are there. The edits are in the groups in which they are written: an override of the rule
    of four eyes marks the change that it is in.
    """

    version: int
    entries: dict[str, Entry]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    written: dict[str, Edit] = field(default_factory=dict)
    overrides: dict[str, Edit] = field(default_factory=dict)
    proposed: dict[str, Edit] = field(default_factory=dict)

    def add(self, edit: Edit, *, is_proposal: bool, is_override: bool) -> None:
        group = self.proposed if is_proposal else self.overrides if is_override else self.written
        group[edit.identity] = edit
        self.outcomes[edit.identity] = "proposed" if is_proposal else "done"

    def problems(self) -> list[Problem]:
        edits = {**self.written, **self.overrides, **self.proposed}.values()
        return successor_problems(edits) or problems_between(edits)

    def leave_what_does_not_fit(self) -> None:
        """What breaks a rule is refused, and the others are looked at again without it."""
        while problems := self.problems():
            for code in {problem.code for problem in problems}:
                self.outcomes[code] = InvalidCatalog(problem for problem in problems if problem.code == code)
                for group in (self.written, self.overrides, self.proposed):
                    group.pop(code, None)


def save_batch(act: Act, opened: Mapping[str, str], *, by: Authorship) -> Batch:
    """Do it to each entry as the author's role allows; ``opened`` maps codes to fingerprints of what was seen."""
    batch = judged(act, opened, by=by)
    with writing() as catalog:
        if catalog.version != batch.version:  # somebody was faster: once more, where nobody can be
            batch = judged(act, opened, by=by)
        write(batch, catalog, by=by)
    return batch


def judged(act: Act, opened: Mapping[str, str], *, by: Authorship) -> Batch:
    actor = actor_of(by.author)
    with consistent_read():
        version = Catalog.objects.values_list("version", flat=True).get()
        batch = Batch(version, load_entries(Pattern.objects.filter(code__in=opened)))
        standings = standings_of(batch.entries)
        for code, fingerprint in opened.items():
            before = batch.entries.get(code)
            if before is None:
                batch.outcomes[code] = "gone"
                continue
            try:
                after = act(before)
                edit = edit_of_entry(before, after, opened=fingerprint)
                if after == before:  # whoever may not edit it has not tried to
                    batch.outcomes[code] = "unchanged"
                    continue
                ruling = decide(before, after, actor, standings[code])
            except (InvalidCatalog, StaleEdit) as refusal:
                batch.outcomes[code] = refusal
            else:
                batch.add(edit, is_proposal=ruling.is_proposal, is_override=ruling.is_override)
        batch.leave_what_does_not_fit()
    return batch


def write(batch: Batch, catalog: Catalog, *, by: Authorship) -> None:
    for edits, is_override in ((batch.written, False), (batch.overrides, True)):
        apply(Plan(edits=(*edits.values(),)), catalog, by=replace(by, is_override=is_override))
        follow(edits.values(), by=by)
    proposed = [
        new_proposal(edit.after, edit.before, by)
        for edit in batch.proposed.values()
        if isinstance(edit.after, Entry) and isinstance(edit.before, Entry)
    ]
    keep_proposals(proposed, by=by)
