"""Imports from the desk: the role decides whether a plan is carried out as it is, or as far as an editor may."""

from dataclasses import dataclass
from functools import cached_property

from patterns.catalog.entry import Entry
from patterns.catalog.plan import NO_CHOICES, Choices, Conflict, Edit, Kept, Plan
from patterns.catalog.reader import CatalogFile
from patterns.models import Catalog, Change, Proposal
from patterns.sync import importing
from patterns.sync.apply import Authorship, Imported, apply
from patterns.sync.importing import Planned, planned
from patterns.sync.statements import statements
from patterns.workflow.contribution import Contribution, contribution_of
from patterns.workflow.proposals import new_proposal
from patterns.workflow.rules import Actor, Answer, NotAllowed, Operation, answer, refusal


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


def carry_out(foreseen: Foreseen, catalog: Catalog, *, by: Authorship) -> Done:
    """Do what was foreseen inside the same ``writing()``; nothing while a conflict is undecided."""
    if foreseen.undecided:
        return Done(foreseen)
    if foreseen.contribution is None:
        return Done(foreseen, importing.carry_out(foreseen.planned, catalog, by=by).change)
    return Done(foreseen, contribute(foreseen.planned, foreseen.contribution, catalog, by=by))


def contribute(planned: Planned, part: Contribution, catalog: Catalog, *, by: Authorship) -> Change | None:
    """What becomes a proposal is not remembered as imported: nobody knows yet what will come of it."""
    said = Imported(entries=statements(planned.file.document, catalog, stale=planned.stale).entries)
    Proposal.objects.bulk_create(new_proposal(*versions(edit), by) for edit in part.proposed)
    return apply(Plan(edits=part.written), catalog, by=by, imported=said)


def versions(edit: Edit) -> tuple[Entry, Entry | None]:
    """An entry as it should be, and as it is."""
    assert isinstance(edit.after, Entry)
    return edit.after, edit.before if isinstance(edit.before, Entry) else None
