"""A durable queue, which keeps a message until it is acknowledged, and a count of what is in a place over time.

Whoever takes a message leases it. A consumer that dies says nothing: its lease runs out, and the message can be taken
again, before all that are newer. So no message is lost between two processes, and some are delivered twice.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

import simpy

from patterns.lab.simulation import World

M = TypeVar("M")


class Occupancy:
    """How many are in a place, from its beginning on, and how long each stayed that has left."""

    def __init__(self, world: World) -> None:
        self.world, self.count = world, 0
        self.changes: list[tuple[int, int]] = []  # when, and how many there were from then on
        self.stays_us: list[int] = []

    def enter(self) -> None:
        self.count += 1
        self.changes.append((self.world.now_us, self.count))

    def leave(self, entered_us: int) -> None:
        self.count -= 1
        self.changes.append((self.world.now_us, self.count))
        self.stays_us.append(self.world.now_us - entered_us)

    def area_us(self) -> int:
        """The sum of all instants at which somebody was there, up to the last change."""
        spans = zip(self.changes, self.changes[1:], strict=False)
        return sum(count * (until_us - from_us) for (from_us, count), (until_us, _) in spans)

    def at(self, instants_us: list[int]) -> list[int]:
        """How many there were at each of these instants, which are in order; a change at the instant has happened."""
        found, count, changes = [], 0, iter([*self.changes, (-1, 0)])
        at_us, after = next(changes)
        for instant_us in instants_us:
            while 0 <= at_us <= instant_us:
                count = after
                at_us, after = next(changes)
            found.append(count)
        return found

    def empty_us(self, from_us: int) -> int | None:
        """The first instant from ``from_us`` on at which nobody was there; None if there was none."""
        if not self.at([from_us])[0]:
            return from_us
        return next((at_us for at_us, count in self.changes if at_us > from_us and not count), None)


@dataclass(frozen=True, slots=True, eq=False)
class Lease(Generic[M]):
    """A message in somebody's hands. ``number`` is its place in the queue, ``put_us`` when it came there."""

    number: int
    message: M
    put_us: int
    until_us: int


class DurableQueue(Generic[M]):
    """Keeps each message until it is acknowledged; a message not acknowledged within its lease can be taken again."""

    def __init__(self, world: World, lease_us: int) -> None:
        self.world, self.lease_us = world, lease_us
        self.is_paused, self.changed, self.put_count = False, world.event(), 0
        self.ready: list[tuple[int, int, M]] = []  # a heap by number: one that comes back is still the oldest
        self.leased: dict[int, Lease[M]] = {}  # by number; the first runs out first, since all last equally long
        self.content = Occupancy(world)  # with what is leased

    def put(self, message: M) -> bool:
        """Whether it is confirmed; only then will it be delivered."""
        if self.is_paused:
            return False
        self.put_count += 1
        heappush(self.ready, (self.put_count, self.world.now_us, message))
        self.content.enter()
        self.wake()
        return True

    def take(self) -> Lease[M] | None:
        """The oldest message that nobody holds, if there is one and the queue is not paused."""
        if self.is_paused:
            return None
        while self.leased and (first := next(iter(self.leased.values()))).until_us <= self.world.now_us:
            del self.leased[first.number]
            heappush(self.ready, (first.number, first.put_us, first.message))
        if not self.ready:
            return None
        number, put_us, message = heappop(self.ready)
        lease = Lease(number, message, put_us, self.world.now_us + self.lease_us)
        self.leased[number] = lease
        return lease

    def ack(self, lease: Lease[M]) -> bool:
        """The message is done with. False if the lease is over and taken by another, or the queue is paused."""
        if self.is_paused or self.leased.get(lease.number) is not lease:
            return False
        del self.leased[lease.number]
        self.content.leave(lease.put_us)
        return True

    def change(self) -> simpy.Event:
        """Occurs when there may be something to take; whoever waits for it holds nothing, and may die."""
        if self.changed.triggered:
            self.changed = self.world.event()
        if self.leased and not self.is_paused:
            until_us = next(iter(self.leased.values())).until_us
            return self.changed | self.world.timeout(max(0, until_us - self.world.now_us))
        return self.changed

    def wake(self) -> None:
        if not self.changed.triggered:
            self.changed.succeed()

    def pause(self) -> None:
        """From now on nobody can reach it: it confirms, hands out and notes nothing, and keeps what it has."""
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False
        self.wake()

    def forget(self) -> list[M]:
        """Lose everything, as a queue does that was in memory only; what was lost."""
        lost = sorted([*self.ready, *((one.number, one.put_us, one.message) for one in self.leased.values())])
        for _, put_us, _ in lost:
            self.content.leave(put_us)
        self.ready.clear()
        self.leased.clear()
        return [message for _, _, message in lost]
