"""Three versions of one document: what somebody opened, what it is by now, and what they made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic

from patterns.catalog.keys import AnyTable, Merged, Sides, merge_keys, with_values
from patterns.catalog.plan import What


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
