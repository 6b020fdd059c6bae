"""A consumer that applies orders one at a time, wherever they come from: out of a queue, or as calls in its memory."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import simpy

from patterns.lab.simulation import Work, World
from patterns.lab.systems.broker import Notes
from patterns.lab.systems.durable_queue import Lease, Occupancy
from patterns.lab.trace import Kind

Crash = Literal["none", "before", "after"]  # of a consumer, before it applies an order or after that


@dataclass(frozen=True, slots=True)
class ConcernedOrder:
    """With its work and the crash that it meets, consumer by consumer. Those that come later have higher numbers."""

    number: int
    at_us: int
    work_us: tuple[int, ...]
    crashes: tuple[Crash, ...]


class ParallelCall:
    """One try to reach some consumers at the same time; an answer after its end is not heard."""

    def __init__(self, world: World, order: ConcernedOrder, missing: set[int], until_us: int) -> None:
        self.message, self.missing, self.put_us, self.until_us = order, missing, world.now_us, until_us
        self.over = world.event()  # all have answered, or the time is up
        world.timeout(until_us - world.now_us).callbacks.append(lambda _: self.end())

    def answer(self, consumer: int) -> bool:
        """Whether it was heard."""
        if self.over.triggered:
            return False
        self.missing.discard(consumer)
        if not self.missing:
            self.end()
        return True

    def end(self) -> None:
        if not self.over.triggered:
            self.over.succeed()


class CallInbox:
    """The calls that wait in a consumer's memory. Those that nobody waits for any more are dropped unread."""

    def __init__(self, world: World, consumer: int) -> None:
        self.world, self.consumer = world, consumer
        self.calls, self.in_hand = deque[ParallelCall](), list[ParallelCall]()
        self.changed, self.content = world.event(), Occupancy(world)

    def put(self, call: ParallelCall) -> None:
        self.calls.append(call)
        self.content.enter()
        if not self.changed.triggered:
            self.changed.succeed()

    def take(self) -> ParallelCall | None:
        while self.calls:
            call = self.calls.popleft()
            if self.world.now_us < call.until_us:
                self.in_hand.append(call)
                return call
            self.content.leave(call.put_us)
        return None

    def ack(self, call: ParallelCall) -> bool:
        """Whether the caller heard it."""
        self.in_hand.remove(call)
        self.content.leave(call.put_us)
        return call.answer(self.consumer)

    def change(self) -> simpy.Event:
        if self.changed.triggered:
            self.changed = self.world.event()
        return self.changed

    def forget(self) -> None:
        for call in [*self.in_hand, *self.calls]:
            self.content.leave(call.put_us)
        self.in_hand.clear()
        self.calls.clear()


Held = Lease[ConcernedOrder] | ParallelCall


class Source(Protocol):
    """Where a consumer takes its orders from."""

    content: Occupancy

    def take(self) -> Any: ...
    def ack(self, held: Any, /) -> bool: ...
    def change(self) -> simpy.Event: ...


@dataclass(frozen=True)
class Habits:
    """How a consumer treats what it takes. ``forget`` is what is lost with its memory."""

    sender: str
    acks_first: bool = False
    drops_after_us: int | None = None
    forget: Callable[[], None] = lambda: None


class Subscriber:
    """Applies each order once, whatever comes twice: it keeps their numbers together with their effects."""

    def __init__(self, notes: Notes, index: int, source: Source, habits: Habits) -> None:
        self.notes, self.world, self.index = notes, notes.world, index
        self.source, self.habits, self.name = source, habits, f"consumer {index + 1}"
        self.is_up, self.life = True, 0  # of its process: the work of an earlier life is not carried on
        self.applied_us: dict[int, int] = {}  # by the number of the order
        self.answered_us: dict[int, int] = {}  # when others could know of it
        self.crashed = set[int]()  # the orders whose crash has happened
        self.newest, self.repeats, self.overtaken, self.taken, self.acked = 0, 0, 0, 0, 0

    def start(self) -> None:
        self.is_up = True
        self.world.process(self.live(self.life))

    def stop(self) -> None:
        """What it has in memory is gone, its effects are not."""
        self.is_up, self.life = False, self.life + 1
        self.habits.forget()

    def live(self, life: int) -> Work[None]:
        while life == self.life:
            held = self.source.take()
            if held is None:
                yield self.source.change()
            else:
                self.taken += 1
                if isinstance(held, Lease):
                    number = held.message.number
                    self.notes.add(number, self.habits.sender, self.name, f"order {number}", "event")
                yield from self.handle(held, life)

    def handle(self, held: Held, life: int) -> Work[None]:
        """At least once, since it acknowledges after the work; at most once, if it does so before."""
        order = held.message
        if self.habits.acks_first:
            self.ack(held)
        if order.number in self.applied_us:
            self.repeats += 1
            self.tell(order, "knows the order, drops it", "event")
        elif self.is_late(order):
            self.tell(order, "drops the order: too late", "fail")
        else:
            yield self.world.timeout(order.work_us[self.index])
            if life != self.life or self.crashes(order, "before"):
                return
            self.apply(order)
            if self.crashes(order, "after"):
                return
        if (self.habits.acks_first or self.ack(held)) and order.number in self.applied_us:
            self.answered_us.setdefault(order.number, self.world.now_us)

    def is_late(self, order: ConcernedOrder) -> bool:
        limit_us = self.habits.drops_after_us
        return limit_us is not None and self.world.now_us - order.at_us > limit_us

    def ack(self, held: Held) -> bool:
        self.acked += 1
        if is_heard := self.source.ack(held):
            number = held.message.number
            text = "applied" if number in self.applied_us else "acknowledged"
            self.notes.add(number, self.name, self.habits.sender, text, "reply")
        return is_heard

    def apply(self, order: ConcernedOrder) -> None:
        self.overtaken += order.number < self.newest
        self.newest = max(self.newest, order.number)
        self.applied_us[order.number] = self.world.now_us

    def crashes(self, order: ConcernedOrder, when: Crash) -> bool:
        """Once for each order at most; it is back at once, in a new life."""
        if order.crashes[self.index] != when or order.number in self.crashed:
            return False
        self.crashed.add(order.number)
        self.tell(order, "crashes during the work" if when == "before" else "crashes before it answers", "fail")
        self.stop()
        self.start()
        return True

    def tell(self, order: ConcernedOrder, text: str, kind: Kind) -> None:
        self.notes.add(order.number, self.name, self.name, text, kind)
