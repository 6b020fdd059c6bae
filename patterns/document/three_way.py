"""Three versions of one document: what somebody opened, what it is by now, and what they made of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, Self

from patterns.document.plan import Conflict, What
from patterns.document.register import AnyTable, with_values

# The three-way merge of one document, key by key, and of one order.


@dataclass(frozen=True)
class Sides(Generic[AnyTable]):
    """One document as base, ours and theirs.

    Without a base every difference is a conflict. A base that is not known whole states only its ``model_fields_set``:
    of the other keys nothing was ever said, so ours counts as changed if it holds anything but the default.
    """

    what: What
    identity: str
    base: AnyTable | None
    ours: AnyTable
    theirs: AnyTable
    is_known: bool = False

    def conflict(self, key: str) -> Conflict:
        base = getattr(self.base, key) if self.base is not None else None
        return Conflict(self.what, self.identity, key, base, getattr(self.ours, key), getattr(self.theirs, key))

    def changed_by(self, side: AnyTable, key: str) -> bool:
        """Whether a side moved the key away from the base."""
        value = getattr(side, key)
        if self.base is None:
            return True
        if self.is_known or key in self.base.model_fields_set:
            return bool(value != getattr(self.base, key))
        return side is self.theirs or bool(value != type(side).model_fields[key].default)


@dataclass(frozen=True)
class Merged:
    """The values to take from theirs, the conflicts, and what theirs says of keys that are newer in ours.

    A key that differs is in one of the three.
    """

    taken: dict[str, Any] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    older: dict[str, Any] = field(default_factory=dict)

    def with_older(self, conflicts: Collection[Conflict]) -> Self:
        """The same for whoever wants what the file says of these conflicts, whatever happened here since."""
        open_still = tuple(one for one in self.conflicts if one not in conflicts)
        return replace(self, conflicts=open_still, older={**self.older, **{one.key: one.theirs for one in conflicts}})


def merge_keys(sides: Sides[AnyTable], keys: Iterable[str]) -> Merged:
    """Merge the keys that theirs states."""
    ours, theirs = sides.ours, sides.theirs
    taken: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    older: dict[str, Any] = {}
    for key, value in differing(ours, theirs, keys).items():
        if not sides.changed_by(theirs, key):
            older[key] = value
        elif sides.changed_by(ours, key):
            conflicts.append(sides.conflict(key))
        else:
            taken[key] = value
    return Merged(taken, tuple(conflicts), older)


def differing(ours: AnyTable, theirs: AnyTable, keys: Iterable[str]) -> dict[str, Any]:
    """The values of theirs that are not those of ours."""
    new, old = vars(theirs), vars(ours)
    return {key: new[key] for key in keys if new[key] != old[key]}


def merge_order(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], *, is_stated: bool
) -> tuple[tuple[str, ...], bool]:
    """The merged order of all that either side has, and whether both moved the shared ones differently.

    ``is_stated`` says whether theirs means its order; in a conflict ours leads.
    """
    shared = set(ours) & set(theirs)
    known = shared & set(base)
    is_same = ordered_as(ours, shared) == ordered_as(theirs, shared)
    they_moved = is_stated and not is_same and (not known or ordered_as(theirs, known) != ordered_as(base, known))
    we_moved = not known or ordered_as(ours, known) != ordered_as(base, known)
    if they_moved and not we_moved:
        return woven(theirs, ours, is_meant=True), False
    return woven(ours, theirs, is_meant=is_stated), they_moved


def ordered_as(order: Sequence[str], wanted: set[str]) -> list[str]:
    return [one for one in order if one in wanted]


def woven(lead: Sequence[str], other: Sequence[str], *, is_meant: bool) -> tuple[str, ...]:
    """The leading order, with what only the other has put behind what it follows there.

    What follows nothing comes first if the other order is meant as one, else last.
    """
    leading = set(lead)
    followers: dict[str | None, list[str]] = {}
    last: str | None = None
    for one in other:
        if one in leading:
            last = one
        else:
            followers.setdefault(last, []).append(one)
    ordered = [each for one in lead for each in (one, *followers.get(one, ()))]
    loose = followers.get(None, [])
    return (*loose, *ordered) if is_meant and last is not None else (*ordered, *loose)


@dataclass(frozen=True)
class ThreeWay(Generic[AnyTable]):
    """``mine`` was made of ``base`` while the catalogue went on to ``now``; without a base every difference is open.

    ``keys`` are those that mine may change. ``asked`` are to be decided by somebody although the sides fit together.
    """

    what: What
    identity: str
    base: AnyTable | None
    now: AnyTable
    mine: AnyTable
    keys: tuple[str, ...]
    asked: frozenset[str] = frozenset()

    @cached_property
    def merged(self) -> Merged:
        """What only mine changed, and where both did."""
        sides = Sides(self.what, self.identity, self.base, self.now, self.mine, is_known=self.base is not None)
        return merge_keys(sides, self.keys)

    @cached_property
    def open_keys(self) -> tuple[str, ...]:
        """The keys that somebody has to decide."""
        conflicts = {one.key for one in self.merged.conflicts}
        return tuple(key for key in self.keys if key in conflicts or (key in self.asked and self.differs(key)))

    def differs(self, key: str) -> bool:
        return bool(getattr(self.now, key) != getattr(self.mine, key))

    def decided(self, values: Mapping[str, Any]) -> AnyTable:
        """What is there now, with what only mine changed and with these values, which nobody has checked yet."""
        taken = {key: value for key, value in self.merged.taken.items() if key not in self.open_keys}
        return with_values(self.now, {**taken, **values})
