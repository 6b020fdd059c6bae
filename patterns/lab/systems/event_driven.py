"""Event-driven architecture: each order concerns several consumers, and one of them is down for a while.

Without events the producer calls all consumers at the same time, waits for their answers, and tries those again that
gave none. With them it hands the event to a broker, which keeps a durable queue for each consumer. The third way keeps
the queues in the producer's own memory. The consumers are the same on all sides: one worker each, which knows what it
has applied already. What breaks, breaks at the same instant: a consumer, the broker, or the producer itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.parameters import Parameters, choice, integer, law_only
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.broker import Notes
from patterns.lab.systems.durable_queue import DurableQueue
from patterns.lab.systems.subscriber import CallInbox, ConcernedOrder, Crash, Habits, ParallelCall, Subscriber

FAULT_US = 20 * SECOND_US  # when all begins that goes wrong
BURST_US = 10 * SECOND_US  # so long does a burst last
RESTART_US = 25 * SECOND_US  # when the producer is deployed anew, if it is
MEMORY = "memory"
UNLIMITED_US = 10**12  # longer than any run
WEAK = 0  # the consumer that breaks, and may be slower than the others


@dataclass(frozen=True)
class EventSettings(Parameters):
    rate: int = integer(10, 1, 20, name="Orders", unit="a second")
    consumers: int = integer(3, 1, 4, name="Consumers", about="Each has to apply each order.")
    speed: int = integer(15, 5, 60, name="A consumer applies", unit="orders a second", about="One at a time.")
    weak: int = integer(15, 5, 60, name="The first consumer applies", unit="orders a second")
    outage_s: int = integer(10, 0, 20, name="The first consumer is down", unit="s", about="From 20 s on.")
    broker_s: int = integer(0, 0, 20, name="The broker is down", unit="s", about="From 20 s on.")
    burst: int = integer(0, 0, 20, name="Burst", unit="more orders a second", about="From 20 to 30 s.")
    restart: Literal["no", "yes"] = choice("no", name="The producer is restarted", no="No", yes="After 25 s")
    timeout_ms: int = integer(1000, 200, 3000, step=100, name="Timeout of a call", unit="ms")
    tries: int = integer(3, 1, 6, name="Tries", about="Of a call, and of a publication.")
    pause_ms: int = integer(500, 100, 2000, step=100, name="First pause", unit="ms", about="Each is twice the last.")
    crashes: int = integer(5, 0, 50, name="Crashes of a consumer", unit="in 1,000 orders", about="It is back at once.")
    needed_ms: int = integer(
        0, 0, 9800, step=200, name="The result is needed within", unit="ms", about="By all consumers; 0: some day."
    )
    late: Literal["keep", "drop"] = choice(
        "keep", name="An event that comes later", keep="Applied all the same", drop="Dropped by the consumer"
    )
    publish_ms: int = integer(5, 1, 40, name="Time to publish", unit="ms", about="Until the broker has confirmed.")
    lease_s: int = integer(5, 2, 20, name="Lease", unit="s", about="Later, an event without an answer comes again.")
    ack: Literal["after", "before"] = choice(
        "after", name="Events are acknowledged", after="After the work", before="Before the work"
    )
    horizon_s: int = law_only(60)  # orders arrive so long

    @property
    def horizon_us(self) -> int:
        return self.horizon_s * SECOND_US

    @property
    def up_us(self) -> int:
        """When the first consumer is back."""
        return FAULT_US + self.outage_s * SECOND_US


@dataclass(frozen=True)
class OrderLoad:
    orders: list[ConcernedOrder]


@dataclass(frozen=True, slots=True)
class ProducerAnswer:
    """Whether the producer took an order on, and when it said so."""

    is_accepted: bool
    at_us: int


class Topic:
    """A durable queue for each subscription; all of them can be reached, or none."""

    def __init__(self, queues: list[DurableQueue[ConcernedOrder]]) -> None:
        self.queues, self.is_up = queues, True

    def publish(self, order: ConcernedOrder) -> bool:
        """A copy into each queue; False if the broker confirmed nothing, and kept nothing."""
        return self.is_up and all(queue.put(order) for queue in self.queues)

    def stop(self) -> None:
        self.is_up = False
        for queue in self.queues:
            queue.pause()

    def start(self) -> None:
        self.is_up = True
        for queue in self.queues:
            queue.resume()


class OrderEvents(System[EventSettings, OrderLoad]):
    """A producer, its consumers, and what stands between them on this side."""

    def __init__(self, p: EventSettings, load: OrderLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.notes = Notes(self.world, are_kept=is_traced)
        # In the producer's memory, an event that was not answered within the timeout of a call is sent again.
        lease_us = p.lease_s * SECOND_US if side == WITH else p.timeout_ms * MILLISECOND_US
        self.inboxes = [CallInbox(self.world, index) for index in range(p.consumers)] if side == WITHOUT else []
        self.queues = [
            DurableQueue[ConcernedOrder](self.world, lease_us) for _ in range(p.consumers - len(self.inboxes))
        ]
        self.broker = Topic(self.queues)
        self.subscribers = [self.subscriber(index) for index in range(p.consumers)]
        self.open: dict[int, ConcernedOrder] = {}  # those whose caller has no answer yet
        self.answers: dict[int, ProducerAnswer] = {}
        self.sent = 0  # calls and publications, with the confirmations of the broker

    def subscriber(self, index: int) -> Subscriber:
        p, drops_us = self.p, self.p.needed_ms * MILLISECOND_US if self.p.late == "drop" and self.p.needed_ms else None
        if self.side == WITHOUT:
            inbox = self.inboxes[index]
            return Subscriber(self.notes, index, inbox, Habits("producer", forget=inbox.forget))
        is_with = self.side == WITH
        habits = Habits("broker" if is_with else "producer", is_with and p.ack == "before", drops_us)
        return Subscriber(self.notes, index, self.queues[index], habits)

    @classmethod
    def draw(cls, p: EventSettings, seed: int) -> OrderLoad:
        usual = Stream(seed, "arrivals").arrivals_us(per_second=p.rate, until_us=p.horizon_us)
        burst = Stream(seed, "burst").arrivals_us(per_second=p.burst, until_us=BURST_US)
        work, crash = Stream(seed, "work"), Stream(seed, "crash")
        speeds = [p.weak, *[p.speed] * (p.consumers - 1)]
        orders = []
        for number, at_us in enumerate(sorted([*usual, *(FAULT_US + at_us for at_us in burst)]), 1):
            work_us = tuple(work.exponential_us(SECOND_US / speed) for speed in speeds)
            orders.append(ConcernedOrder(number, at_us, work_us, tuple(cls.drawn_crash(p, crash) for _ in speeds)))
        return OrderLoad(orders)

    @staticmethod
    def drawn_crash(p: EventSettings, stream: Stream) -> Crash:
        kind, happens = stream.index(2), stream.chance(p.crashes / 1000)
        return "none" if not happens else "after" if kind else "before"

    def processes(self) -> Iterator[Work[None]]:
        for one in self.subscribers:
            one.start()
        yield self.arrivals()
        if self.p.outage_s:
            yield self.outage(self.subscribers[WEAK], self.p.outage_s)
        if self.p.broker_s and self.side == WITH:
            yield self.outage(self.broker, self.p.broker_s)
        if self.p.restart == "yes":
            yield self.restart()

    def outage(self, of: Subscriber | Topic, seconds: int) -> Work[None]:
        yield self.world.timeout(FAULT_US)
        of.stop()
        yield self.world.timeout(seconds * SECOND_US)
        of.start()

    def restart(self) -> Work[None]:
        """Whoever waits for the producer gets an error, and what it has in its memory is gone."""
        yield self.world.timeout(RESTART_US)
        for order in [*self.open.values()]:
            self.answer(order, is_accepted=False)
        if self.side == MEMORY:
            for one, queue in zip(self.subscribers, self.queues, strict=True):
                for order in queue.forget():
                    self.notes.add(order.number, "producer", "producer", f"restarts: {one.name} is forgotten", "fail")

    def arrivals(self) -> Work[None]:
        for order in self.load.orders:
            yield self.world.timeout(order.at_us - self.world.now_us)
            self.open[order.number] = order
            self.notes.add(order.number, "caller", "producer", f"order {order.number}", "call")
            if self.side == MEMORY:
                self.answer(order, is_accepted=self.broker.publish(order))
            else:
                self.world.process(self.publish(order) if self.side == WITH else self.call_all(order))

    def call_all(self, order: ConcernedOrder) -> Work[None]:
        """Call those that have not answered yet, all at the same time."""
        missing = {*range(self.p.consumers)}
        for tried in range(self.p.tries):
            if not (yield from self.may_try(order, tried)):
                break
            timeout_us = min(self.p.timeout_ms * MILLISECOND_US, self.patience_us(order))
            call = ParallelCall(self.world, order, missing, self.world.now_us + timeout_us)
            for index in sorted(missing):
                self.call(call, index)
            yield call.over
            if not missing:
                break
            for index in sorted(missing):
                self.notes.add(order.number, self.subscribers[index].name, "producer", "no answer in time", "fail")
        self.answer(order, is_accepted=not missing)

    def call(self, call: ParallelCall, index: int) -> None:
        self.sent += 1
        number, one = call.message.number, self.subscribers[index]
        self.notes.add(number, "producer", one.name, f"order {number}", "call")
        if one.is_up:
            self.inboxes[index].put(call)

    def publish(self, order: ConcernedOrder) -> Work[None]:
        """Wait for the confirmation of the broker, and for nobody else."""
        is_confirmed = False
        for tried in range(self.p.tries):
            if not (yield from self.may_try(order, tried)):
                break
            self.sent += 1
            self.notes.add(order.number, "producer", "broker", f"order {order.number}", "event")
            until_us = self.world.now_us + self.p.timeout_ms * MILLISECOND_US
            yield self.world.timeout(self.p.publish_ms * MILLISECOND_US)
            if is_confirmed := order.number in self.open and self.broker.publish(order):
                self.sent += 1
                break
            yield self.world.timeout(min(until_us - self.world.now_us, self.patience_us(order)))
            self.notes.add(order.number, "broker", "producer", "no answer in time", "fail")
        self.answer(order, is_accepted=is_confirmed)

    def may_try(self, order: ConcernedOrder, tried: int) -> Work[bool]:
        """After a pause that doubles: whether somebody still waits for the answer."""
        if tried:
            pause_us = self.p.pause_ms * MILLISECOND_US << (tried - 1)
            yield self.world.timeout(min(pause_us, self.patience_us(order)))
        return order.number in self.open and self.patience_us(order) > 0

    def patience_us(self, order: ConcernedOrder) -> int:
        """For how long the caller will still wait for the result."""
        limit_us = self.p.needed_ms * MILLISECOND_US or UNLIMITED_US
        return max(0, order.at_us + limit_us - self.world.now_us)

    def answer(self, order: ConcernedOrder, *, is_accepted: bool) -> None:
        """Tell the caller, unless it was told already."""
        if self.open.pop(order.number, None):
            self.answers[order.number] = ProducerAnswer(is_accepted, self.world.now_us)
            text = "accepted" if is_accepted else "failed"
            self.notes.add(order.number, "producer", "caller", text, "reply" if is_accepted else "fail")

    def done_us(self, order: ConcernedOrder) -> int | None:
        """When the last consumer had applied it; None if one never did."""
        applied = [one.applied_us[order.number] for one in self.subscribers if order.number in one.applied_us]
        return max(applied) if len(applied) == len(self.subscribers) else None

    def result_us(self, order: ConcernedOrder) -> int | None:
        """When the caller could know that all have applied it; None if it never could."""
        answered = [one.answered_us[order.number] for one in self.subscribers if order.number in one.answered_us]
        # From consumers behind a broker the result comes as it came to them: as an event.
        back_us = self.p.publish_ms * MILLISECOND_US if self.side == WITH else 0
        return max(answered) + back_us if len(answered) == len(self.subscribers) else None
