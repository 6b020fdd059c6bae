"""A copy of a store that applies each change some time after it was committed, and how far behind it is meanwhile."""

from bisect import bisect_right
from dataclasses import dataclass

from patterns.lab.systems.station import NEVER_OUT, Outage


@dataclass(frozen=True, slots=True)
class Change:
    number: int  # from 0, in the order of the commits
    record: int
    at_us: int  # when it was committed


@dataclass(frozen=True)
class Feed:
    """Brings each change to the copy after a lag, and none while it is stopped: they wait, and come in their order."""

    lag_us: int
    stop: Outage = NEVER_OUT

    def arrives_us(self, change: Change) -> int:
        due_us = change.at_us + self.lag_us
        return self.stop.until_us if self.stop.meets(due_us, due_us) else due_us


class StaleCopy:
    """Knows what was committed and what was applied, both in the same order: so a count says what it has."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.applied_us: list[int] = []  # of the first changes; the others are still missing

    def commit(self, record: int, now_us: int) -> Change:
        self.changes.append(change := Change(len(self.changes), record, now_us))
        return change

    def apply(self, change: Change, now_us: int) -> None:
        """Raises:
        ValueError: if a change before it is missing: the copy would never have been a state of the store.
        """
        if change.number != len(self.applied_us):
            raise ValueError(f"change {change.number} came, and the next is {len(self.applied_us)}")
        self.applied_us.append(now_us)

    def has(self, change: Change) -> bool:
        return change.number < len(self.applied_us)

    def missing(self, record: int, asked_us: int) -> Change | None:
        """The first change of a record that was committed before somebody asked for it and is not applied yet."""
        late = self.changes[len(self.applied_us) :]
        return next((one for one in late if one.record == record and one.at_us < asked_us), None)

    def age_us(self, at_us: int) -> int:
        """How long the copy has not been what the store was: since the first commit that it lacked at an instant."""
        applied = bisect_right(self.applied_us, at_us)
        is_behind = applied < len(self.changes) and self.changes[applied].at_us < at_us
        return at_us - self.changes[applied].at_us if is_behind else 0
