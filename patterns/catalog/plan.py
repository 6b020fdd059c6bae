"""What an import or an edit would do, as a pure value: the dry run, the admin's preview and the real run share it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Literal

from patterns.catalog.diff import changed_keys
from patterns.catalog.entry import Table

OnConflict = Literal["fail", "keep", "take"]
Resolution = Literal["keep", "take"]
What = Literal["header", "category", "entry"]
Action = Literal["create", "update", "retire", "delete"]
WHOLE = ""  # the key of a conflict about an entry's being there at all
NO_DECISIONS: Final[Mapping[str, Resolution]] = MappingProxyType({})


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
class Plan:
    """``stale`` are the codes whose text in the file is an older one; ``unchanged`` counts the file's other equals.

    ``decisions`` decide single conflicts by their marks, ``resolution`` all others.
    """

    edits: tuple[Edit, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    stale: tuple[str, ...] = ()
    unchanged: int = 0
    note: str = ""
    resolution: OnConflict = field(default="fail")
    decisions: Mapping[str, Resolution] = field(default_factory=dict)

    @property
    def undecided(self) -> tuple[Conflict, ...]:
        """The conflicts of which nobody said how to decide them."""
        if self.resolution != "fail":
            return ()
        return tuple(one for one in self.conflicts if one.mark not in self.decisions)

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
            "stale": list(self.stale),
            "leaving": [edit.identity for edit in self.leaving],
            "unchanged": self.unchanged,
        }


DONE = {"create": "created", "update": "updated", "retire": "retired", "delete": "deleted"}
NOUNS = {"header": ("header", "headers"), "category": ("category", "categories"), "entry": ("entry", "entries")}


def summary(plan: Plan, number: int | None = None) -> str:
    """One sentence: what the change with this number did; without a number, what the plan would do."""
    counts = Counter((edit.what, edit.action) for edit in plan.edits)
    done = ", ".join(f"{count} {NOUNS[what][count > 1]} {DONE[action]}" for (what, action), count in counts.items())
    count = len(plan.conflicts)
    rest = f"{plan.unchanged} unchanged" + (f", {count} conflict{'s' * (count > 1)}" if count else "")
    if not done:
        return f"Nothing to do: {rest}."
    return f"{f'Change {number}' if number else 'Would be'}: {done}; {rest}."


def edit_json(edit: Edit) -> dict[str, Any]:
    changes = {key: {"before": plain(edit.before, key), "after": plain(edit.after, key)} for key in edit.keys}
    return {"what": edit.what, "identity": edit.identity, "action": edit.action, "changes": changes}


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    sides = {side: jsonable(getattr(conflict, side)) for side in ("base", "ours", "theirs")}
    return {"what": conflict.what, "identity": conflict.identity, "key": conflict.key, **sides}


def plain(document: Table | None, key: str) -> Any:
    return None if document is None else jsonable(getattr(document, key))


def jsonable(value: Any) -> Any:
    if isinstance(value, Table):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [jsonable(one) for one in value]
    return value
