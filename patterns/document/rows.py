"""Two lists row by row: what somebody changed in one, and the list with some of these changes and not others."""

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from patterns.document.diff import Piece, longest_rise, paired_rows, value_text, word_diff

RowKind = Literal["added", "removed", "changed", "moved"]
Rows = tuple[Any, ...]


@dataclass(frozen=True)
class RowChange:
    """``now`` is the place of the row in the list as it is, ``mine`` that in the list as proposed; None for no row.

    One that ``is_moved`` goes behind what it follows in the list as proposed.
    """

    kind: RowKind
    now: int | None
    mine: int | None
    is_moved: bool = False


@dataclass(frozen=True)
class RowMerge:
    """What ``mine`` changed in ``base``, to be done to ``now``, each by itself.

    What others did to the list meanwhile stays: only what was changed in mine is there to be taken.
    """

    base: Rows
    now: Rows
    mine: Rows
    identity: Callable[[Any], Hashable] | None = None

    @cached_property
    def origins(self) -> dict[int, int]:
        """Place in mine → place in the base."""
        return paired_rows(self.base, self.mine, self.identity)

    @cached_property
    def places(self) -> dict[int, int]:
        """Place in mine → place now, of all rows that are in both."""
        from_base = paired_rows(self.base, self.now, self.identity)
        by_base = {base: now for now, base in from_base.items()}
        found = {mine: by_base[base] for mine, base in self.origins.items() if base in by_base}
        # What both sides added alike is there already.
        added = [now for now in range(len(self.now)) if now not in from_base]
        for mine, row in enumerate(self.mine):
            alike = next((now for now in added if self.now[now] == row), None) if mine not in self.origins else None
            if alike is not None:
                found[mine] = alike
                added.remove(alike)
        return found

    @cached_property
    def changes(self) -> tuple[RowChange, ...]:
        """Those of the rows that mine has, in its order; then what it removed."""
        return (*self.written(), *self.removed())

    def written(self) -> Iterator[RowChange]:
        stayed = longest_rise([self.origins[mine] for mine in sorted(self.origins)])
        for mine, row in enumerate(self.mine):
            base, now = self.origins.get(mine), self.places.get(mine)
            is_moved = base is not None and base not in stayed
            is_written = base is None or row != self.base[base]
            if now is None:
                if is_written:  # of a row that others removed: what was written in it is not lost
                    yield RowChange("added", None, mine)
            elif is_written and row != self.now[now]:
                yield RowChange("changed", now, mine, is_moved)
            elif is_moved:
                yield RowChange("moved", now, mine, is_moved)

    def removed(self) -> Iterator[RowChange]:
        by_base = {base: now for now, base in paired_rows(self.base, self.now, self.identity).items()}
        gone = [base for base in range(len(self.base)) if base not in self.origins.values() and base in by_base]
        yield from (RowChange("removed", by_base[base], None) for base in gone)

    def with_changes(self, taken: Collection[RowChange]) -> Rows:
        """The list as it is now with these changes: with none it stays, with all of an untouched one it is mine."""
        by_mine = {one.mine: one for one in taken if one.mine is not None}
        lifted = {one.now for one in taken if one.is_moved or one.kind == "removed"}
        moved = {one.mine for one in self.changes if one.is_moved}
        # Rows by where they come from: now, or (below zero) mine.
        order = [place for place in range(len(self.now)) if place not in lifted]
        rows = dict(enumerate(self.now))
        last = None
        for mine, row in enumerate(self.mine):
            change, place = by_mine.get(mine), self.places.get(mine, ~mine)
            if change is not None and change.kind in ("added", "changed"):
                rows[place] = row
            if change is not None and (change.kind == "added" or change.is_moved):
                order.insert(order.index(last) + 1 if last is not None else 0, place)
                last = place
            elif place in order and mine not in moved:
                last = place
        return tuple(rows[place] for place in order)

    def pieces(self, change: RowChange) -> list[Piece]:
        """How the change reads: the words that it would bring and take."""
        now = value_text(self.now[change.now]) if change.now is not None else ""
        mine = value_text(self.mine[change.mine]) if change.mine is not None else ""
        note = [Piece("moved", f"to row {change.mine + 1}: ")] if change.is_moved and change.mine is not None else []
        return [*note, *word_diff(now, mine if change.kind != "moved" else now)]
