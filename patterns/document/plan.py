"""What an import or an edit would do, as a pure value: the dry run, the admin's preview and the real run share it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Literal

from patterns.document.diff import changed_keys
from patterns.document.problems import Problem
from patterns.document.register import Table

OnConflict = Literal["fail", "keep", "take"]
Resolution = Literal["keep", "take"]
What = Literal["header", "category", "entry"]
Action = Literal["create", "update", "retire", "delete"]
WHOLE = ""  # the key of a conflict about an entry's being there at all


@dataclass(frozen=True)
class Edit:
    """One document before and after; ``identity`` is the entry's code, the category's slug, nothing for the header."""

    what: What
    identity: str
    before: Table | None
    after: Table | None

    @property
    def action(self) -> Action:
        if self.before is None:
            return "create"
        if self.after is None:
            return "delete"
        return "retire" if status(self.before) != "retired" == status(self.after) else "update"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return changed_keys(self.before, self.after)

    @property
    def name(self) -> str:
        document = self.after or self.before
        return getattr(document, "name", "") or getattr(document, "title", "")

    @property
    def leaves_public(self) -> bool:
        return self.what == "entry" and status(self.before) == "published" != status(self.after)


def status(document: Table | None) -> str:
    return getattr(document, "status", "")


@dataclass(frozen=True)
class Conflict:
    """One key that both sides changed differently; ``key`` is empty if the entry itself is in question."""

    what: What
    identity: str
    key: str
    base: Any
    ours: Any
    theirs: Any

    @cached_property
    def mark(self) -> str:
        """Names the conflict and what each side says in it, in 32 letters: a decision holds for nothing else."""
        return sha256(json.dumps(conflict_json(self), sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Kept:
    """A document of which the file says something older: it stays as it is here, unless it is restored.

    ``edit`` leads from what is here to what the file says; its keys are those that are newer here.
    """

    edit: Edit
    is_restored: bool = False


@dataclass(frozen=True)
class Choices:
    """What whoever imports chose. Unless it is chosen, nothing newer is undone and no entry is retired.

    ``decisions`` decide single conflicts by their marks, ``on_conflict`` all others. ``restore`` holds the codes of the
    entries that are to say what the file says, whatever happened to them since, or it is "all": the header and the
    categories too.
    """

    on_conflict: OnConflict = "fail"
    decisions: Mapping[str, Resolution] = field(default_factory=dict)
    retire: bool = False
    restore: frozenset[str] | Literal["all"] = frozenset()

    def restores(self, what: What, identity: str) -> bool:
        return self.restore == "all" or (what == "entry" and identity in self.restore)

    def of_conflict(self, conflict: Conflict) -> OnConflict:
        return self.decisions.get(conflict.mark, self.on_conflict) if self.decisions else self.on_conflict


NO_CHOICES: Final = Choices()


@dataclass(frozen=True)
class Plan:
    """What is to be written, and what is not, with the reason.

    ``kept`` is what is newer here than in the file. ``left_out`` are the entries that a whole file holds no more, each
    as the edit that would retire it. ``unchanged`` counts the entries of which every statement of the file holds.
    ``warnings`` are about what will be written and is allowed, since some catalogue may say it: an export must import.
    ``moved`` maps slugs that categories give up to those where their addresses lead from then on: of the same category,
    which gets that one, or of another, which it is merged into.
    """

    edits: tuple[Edit, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    kept: tuple[Kept, ...] = ()
    left_out: tuple[Edit, ...] = ()
    unchanged: int = 0
    note: str = ""
    choices: Choices = NO_CHOICES
    warnings: tuple[Problem, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)

    @property
    def undecided(self) -> tuple[Conflict, ...]:
        """The conflicts of which nobody said how to decide them."""
        return tuple(one for one in self.conflicts if self.choices.of_conflict(one) == "fail")

    @property
    def still_kept(self) -> tuple[Kept, ...]:
        return tuple(one for one in self.kept if not one.is_restored)

    @property
    def staying(self) -> tuple[Edit, ...]:
        """The entries that the file leaves out and that are not retired."""
        retired = {edit.identity for edit in self.edits if edit.action == "retire"}
        return tuple(edit for edit in self.left_out if edit.identity not in retired)

    @property
    def is_satisfied(self) -> bool:
        """Whether the catalogue will say all that the file says."""
        decided_here = any(self.choices.of_conflict(one) != "take" for one in self.conflicts)
        return not (decided_here or self.still_kept or self.staying)

    @property
    def is_refused(self) -> bool:
        return bool(self.undecided)

    @property
    def leaving(self) -> tuple[Edit, ...]:
        """Entries that the plan takes out of the public catalogue."""
        return tuple(edit for edit in self.edits if edit.leaves_public)

    def of(self, what: What) -> Iterator[Edit]:
        return (edit for edit in self.edits if edit.what == what)

    def count(self, action: Action) -> int:
        """Entries that the plan creates, updates, retires or deletes."""
        return sum(edit.action == action for edit in self.of("entry"))

    def as_json(self) -> dict[str, Any]:
        """The plan for machines: what ``import_toml --json`` prints."""
        return {
            "note": self.note,
            "refused": self.is_refused,
            "edits": [edit_json(edit) for edit in self.edits],
            "conflicts": [conflict_json(conflict) for conflict in self.conflicts],
            "kept": [{**edit_json(one.edit), "restored": one.is_restored} for one in self.kept],
            "left_out": [edit.identity for edit in self.left_out],
            "retire": self.choices.retire,
            "leaving": [edit.identity for edit in self.leaving],
            "warnings": [str(one) for one in self.warnings],
            "unchanged": self.unchanged,
        }


DONE = {"create": "created", "update": "updated", "retire": "retired", "delete": "deleted"}
NOUNS = {"header": ("header", "headers"), "category": ("category", "categories"), "entry": ("entry", "entries")}


def plan_summary(plan: Plan, number: int | None = None) -> str:
    """One sentence: what the change with this number did; without a number, what the plan would do."""
    counts = Counter((edit.what, edit.action) for edit in plan.edits)
    done = ", ".join(f"{count} {NOUNS[what][count > 1]} {DONE[action]}" for (what, action), count in counts.items())
    rest = ", ".join([*not_done(plan), f"{plan.unchanged} unchanged"])
    if not done:
        # Where something newer was kept, "nothing to do" would say that the catalogue agrees with the file.
        return f"{'Nothing to do' if plan.is_satisfied else 'Nothing is written'}: {rest}."
    return f"{f'Change {number}' if number else 'Would be'}: {done}; {rest}."


def not_done(plan: Plan) -> Iterator[str]:
    """What the file says and the catalogue does not."""
    kept, staying = len(plan.still_kept), len(plan.staying)
    conflicts = sum(plan.choices.of_conflict(one) != "take" for one in plan.conflicts)
    if kept:
        yield f"{kept} kept as newer here"
    if staying:
        yield f"{staying} left out by the file and staying"
    if conflicts:
        yield f"{conflicts} conflict{'s' * (conflicts > 1)}"


def edit_json(edit: Edit) -> dict[str, Any]:
    changes = {
        key: {"before": plain_value(edit.before, key), "after": plain_value(edit.after, key)} for key in edit.keys
    }
    return {"what": edit.what, "identity": edit.identity, "action": edit.action, "changes": changes}


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    sides = {side: jsonable(getattr(conflict, side)) for side in ("base", "ours", "theirs")}
    return {"what": conflict.what, "identity": conflict.identity, "key": conflict.key, **sides}


def plain_value(document: Table | None, key: str) -> Any:
    return None if document is None else jsonable(getattr(document, key))


def jsonable(value: Any) -> Any:
    if isinstance(value, Table):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [jsonable(one) for one in value]
    return value
