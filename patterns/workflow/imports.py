"""Imports from the admin: the role decides whether a plan is carried out as it is, or as far as an editor may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import uuid4

from patterns.document.catalog import CatalogFile
from patterns.document.checks import check_entries
from patterns.document.entry import Entry
from patterns.document.plan import NO_CHOICES, Choices, Conflict, Edit, Kept, Plan
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values
from patterns.models import Catalog, Change, Proposal
from patterns.store import imports
from patterns.store.imports import Planned, planned, statements_in
from patterns.store.reading import former_slugs
from patterns.store.writing import Authorship, Imported, apply
from patterns.workflow.proposals import keep_proposals, new_proposal
from patterns.workflow.reviews import follow
from patterns.workflow.rules import Actor, Answer, NotAllowed, Operation, Standing, answer, decide, refusal
from patterns.workflow.standing import standings_of

# What an editor's import comes to: new entries become drafts, changes to what readers see become proposals.
# Whatever the editor may not do is left, with the reason, and the rest is done. Nothing is written here.


ROUNDS = 10  # of leaving what names something that was left; after them the file is refused as a whole


@dataclass(frozen=True)
class Left:
    """What is not done, and why."""

    edit: Edit
    why: str


@dataclass(frozen=True)
class Contribution:
    """``own`` are changes to the editor's drafts; ``waiting`` are proposals that the editor made before."""

    drafts: tuple[Edit, ...] = ()
    own: tuple[Edit, ...] = ()
    proposed: tuple[Edit, ...] = ()
    waiting: tuple[Edit, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def written(self) -> tuple[Edit, ...]:
        return (*self.drafts, *self.own)

    @property
    def is_empty(self) -> bool:
        return not self.written and not self.proposed


def contribution_of(planned: Planned, actor: Actor) -> Contribution:
    """The part of a plan that the actor may carry out; raises InvalidCatalog if no part of it holds together."""
    sorting = Sorting(planned, actor)
    for edit in planned.plan.edits:
        sorting.add(edit)
    sorting.leave_what_does_not_fit()
    proposals = waiting_of(actor)
    proposed = [*sorting.proposed.values()]
    return Contribution(
        drafts=tuple(edit for edit in sorting.written.values() if edit.before is None),
        own=tuple(edit for edit in sorting.written.values() if edit.before is not None),
        proposed=tuple(edit for edit in proposed if not is_among(edit, proposals)),
        waiting=tuple(edit for edit in proposed if is_among(edit, proposals)),
        left=tuple(sorting.left),
    )


def waiting_of(actor: Actor) -> Mapping[str, list[object]]:
    """Code → documents that the actor proposes already."""
    found: dict[str, list[object]] = {}
    mine = Proposal.objects.filter(author_id=actor.id, state=Proposal.State.OPEN, document__isnull=False)
    for code, document in mine.order_by("pk").values_list("code", "document"):
        found.setdefault(code, []).append(document)
    return found


def is_among(edit: Edit, documents: Mapping[str, list[object]]) -> bool:
    return edit.after is not None and edit.after.model_dump(mode="json") in documents.get(edit.identity, ())


@dataclass
class Sorting:
    """The edits of a plan, one by one, into what is written, what is proposed and what is left."""

    planned: Planned
    actor: Actor
    written: dict[str, Edit] = field(default_factory=dict)
    proposed: dict[str, Edit] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        return standings_of([edit.identity for edit in self.planned.plan.of("entry") if edit.before is not None])

    # An editor renames no category, so entries of the file stay under the name that it has here.
    @cached_property
    def old_names(self) -> dict[str, str]:
        """Names that the file gives to categories → the names that they keep."""
        renamed = [edit for edit in self.planned.plan.of("category") if edit.before is not None]
        return {edit.name: getattr(edit.before, "name", "") for edit in renamed}

    @cached_property
    def shelves(self) -> frozenset[str]:
        return frozenset(self.planned.ours.category_slugs())

    def add(self, edit: Edit) -> None:
        if not isinstance(edit.after, Entry):
            self.leave(edit, refusal(Operation.SHELVE))
            return
        entry = with_values(edit.after, {"category": self.old_names.get(edit.after.category, edit.after.category)})
        if entry.category not in self.shelves:
            self.leave(edit, Problem(message=f"there is no category {entry.category!r}", hint="ask a publisher for it"))
        elif isinstance(edit.before, Entry):
            self.add_change(edit.before, entry)
        else:
            self.sort(None, with_values(entry, {"status": "draft"}))

    def add_change(self, before: Entry, after: Entry) -> None:
        """A change of the state that the editor may not make is left alone, without the change of the text."""
        # Decided apart from the state: a text is proposed even where its file says "retired" too.
        text = with_values(after, {"status": before.status})
        if text not in (before, after):
            try:
                decide(before, after, self.actor, self.standings[before.code])
            except NotAllowed as refused:
                self.leave(edit_of(before, with_values(before, {"status": after.status})), *refused.problems)
                after = text
        if before != after:
            self.sort(before, after)

    def sort(self, before: Entry | None, after: Entry) -> None:
        edit = edit_of(before, after)
        standing = self.standings[after.code] if before is not None else Standing()
        try:
            decision = decide(before, after, self.actor, standing)
        except NotAllowed as refused:
            self.leave(edit, *refused.problems)
        else:
            (self.proposed if decision.is_proposal else self.written)[edit.identity] = edit

    def leave(self, edit: Edit, *why: Problem) -> None:
        self.left.append(Left(edit, "; ".join(problem.sentence_with_key for problem in why)))

    def leave_what_does_not_fit(self) -> None:
        """Leave, with its reason, what breaks a rule now that other things are left."""
        former = former_slugs()
        for _ in range(ROUNDS):
            problems = self.problems(former)
            if not problems:
                return
            self.leave_all(problems)
        raise InvalidCatalog(problems)

    def problems(self, former: Mapping[str, str]) -> list[Problem]:
        ours = self.planned.ours.entries
        written = {**ours, **entries_of(self.written)}
        both = {**written, **entries_of(self.proposed)}
        # What is written must fit without the proposals, which may be declined; they have to fit with it.
        return [
            *check_entries(written, changed=self.written, former_slugs=former),
            *check_entries(both, changed=self.proposed, former_slugs=former),
        ]

    def leave_all(self, problems: Iterable[Problem]) -> None:
        why: dict[str, list[Problem]] = {}
        for problem in problems:
            why.setdefault(problem.code, []).append(problem)
        for code, found in why.items():
            edits = self.written if code in self.written else self.proposed
            self.leave(edits.pop(code), *found)


def edit_of(before: Entry | None, after: Entry) -> Edit:
    return Edit("entry", after.code, before, after)


def entries_of(edits: Mapping[str, Edit]) -> dict[str, Entry]:
    return {code: edit.after for code, edit in edits.items() if isinstance(edit.after, Entry)}


@dataclass(frozen=True)
class Foreseen:
    """What a confirmation would do. ``contribution`` is None for those who carry out the plan itself."""

    planned: Planned
    contribution: Contribution | None = None

    @property
    def plan(self) -> Plan:
        return self.planned.plan

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        return self.asked(self.plan.conflicts)

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        """What is newer here, as far as the actor may restore it."""
        is_all = self.contribution is None
        return tuple(one for one in self.plan.kept if is_all or one.edit.what == "entry")

    @cached_property
    def undecided(self) -> tuple[Conflict, ...]:
        return self.asked(self.plan.undecided)

    def asked(self, conflicts: tuple[Conflict, ...]) -> tuple[Conflict, ...]:
        """Those about which a choice is worth asking: an editor changes nothing but entries."""
        is_all = self.contribution is None
        return tuple(one for one in conflicts if is_all or one.what == "entry")


@dataclass(frozen=True)
class Done:
    """What was carried out, and the change that it made, if it made one."""

    foreseen: Foreseen
    change: Change | None = None


def scope_of(actor: Actor) -> Answer:
    """How much of a plan the actor may carry out; raises NotAllowed if nothing."""
    given = answer(Operation.CONFIRM_IMPORT, actor)
    if given == "no":
        raise NotAllowed([refusal(Operation.CONFIRM_IMPORT)])
    return given


def foresee_import(
    file: CatalogFile,
    catalog: Catalog,
    *,
    actor: Actor,
    choices: Choices = NO_CHOICES,
) -> Foreseen:
    """What the actor's confirmation would do, inside ``consistent_read()`` or ``writing()``; raises InvalidCatalog."""
    made = planned(file, catalog, choices=choices)
    return Foreseen(made, contribution_of(made, actor) if scope_of(actor) == "drafts" else None)


def carry_out_import(foreseen: Foreseen, catalog: Catalog, *, by: Authorship, file_name: str = "") -> Done:
    """Do what was foreseen inside the same ``writing()``; nothing while a conflict is undecided.

    What becomes proposals is one batch, which the queue knows by ``file_name``.
    """
    if foreseen.undecided:
        return Done(foreseen)
    if foreseen.contribution is None:
        change = imports.carry_out(foreseen.planned, catalog, by=by).change
        follow(foreseen.planned.plan.edits, by=by)
        return Done(foreseen, change)
    planned, part = foreseen.planned, foreseen.contribution
    # What becomes a proposal is not remembered as imported: nobody knows yet what will come of it.
    said = Imported(entries=statements_in(planned.file.document, catalog, stale=planned.stale).entries)
    pairs = [(edit.before, edit.after) for edit in part.proposed]
    proposals = [
        new_proposal(after, before if isinstance(before, Entry) else None, by)
        for before, after in pairs
        if isinstance(after, Entry)
    ]
    batch = uuid4()
    for one in proposals:
        one.batch, one.batch_name = batch, file_name
    keep_proposals(proposals, by=by)
    change = apply(Plan(edits=part.written), catalog, by=by, imported=said)
    follow(part.written, by=by)
    return Done(foreseen, change)
