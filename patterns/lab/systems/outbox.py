"""Outbox: a service changes its database and has to tell the world, and can stop between the two.

Each order is one transaction, and if it is committed it has to take effect at the consumer once. The service can crash
between its two writes, the database can refuse the order, the broker and the relay can be down for a while, and the
relay may die just before a mark. Without an outbox the service does both writes itself, in either order, and tries
again from memory.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.broker import Broker, Consumer, Notes

HORIZON_US = 50 * SECOND_US  # orders arrive so long: about a thousand of them
DOWN_US = 20 * SECOND_US  # when the broker goes down
RELAY_DOWN_US = 30 * SECOND_US  # when the relay does: long after, so that each backlog is seen by itself
PUBLISH_FIRST = "publish-first"
Fate = Literal["committed", "refused", "crashed", "no broker"]


@dataclass(frozen=True)
class OutboxSettings(Parameters):
    rate: int = integer(20, 1, 60, name="Orders", unit="a second")
    commit_ms: int = integer(50, 10, 500, step=10, name="Time to commit", unit="ms", about="On average.")
    refusals: int = integer(10, 0, 100, name="Refused by the database", unit="in 1,000 orders", about="Rolled back.")
    crashes: int = integer(
        10, 0, 100, name="Crashes of the service", unit="in 1,000 orders", about="Between two writes."
    )
    outage_s: int = integer(5, 0, 20, name="Broker down", unit="s")
    tries: int = integer(3, 1, 6, name="Tries to publish", about="Without an outbox: waits of 1, 2, 4, … s in memory.")
    publish_ms: int = integer(5, 1, 40, name="Time to publish", unit="ms", about="Until the broker has confirmed.")
    poll_ms: int = integer(500, 100, 5000, step=100, name="The relay polls every", unit="ms")
    batch: int = integer(50, 1, 200, name="Batch", unit="rows", about="A poll reads no more.")
    relay_crashes: int = integer(
        10, 0, 100, name="Crashes of the relay", unit="in 1,000 events", about="Before a mark."
    )
    relay_down_s: int = integer(0, 0, 20, name="Relay down", unit="s", about="It does not run at all, from 30 s on.")
    reads: Literal["unmarked", "higher"] = choice(
        "unmarked", name="The relay reads", unmarked="Rows without a mark", higher="Ids above the highest so far"
    )
    consumer: Literal["idempotent", "naive"] = choice(
        "idempotent", name="The consumer", idempotent="Drops what it knows", naive="Applies all that comes"
    )


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    number: int  # drawn at the start, as the id of a row is: a later order may commit before
    at_us: int
    commit_us: int
    is_refused: bool
    has_crash: bool
    relay_crashes: int  # so often is it published without being marked


@dataclass(frozen=True)
class OutboxLoad:
    orders: list[CustomerOrder]
    phase_us: int  # of the polls: else each seed would meet the outage alike


class OutboxTable:
    """The outbox: a row stays until it is published, marked, and cleaned up."""

    def __init__(self, p: OutboxSettings) -> None:
        self.p = p
        self.unmarked: list[CustomerOrder] = []  # in the order of their ids
        self.marked, self.highest, self.peak, self.writes, self.reads = 0, 0, 0, 0, 0

    def insert(self, order: CustomerOrder) -> None:
        insort(self.unmarked, order, key=attrgetter("number"))
        self.peak = max(self.peak, len(self.unmarked) + self.marked)
        self.writes += 1

    def batch(self) -> list[CustomerOrder]:
        """What a poll reads. Trusting ids is wrong: a row with a lower one that commits late is never seen."""
        trusted = self.highest if self.p.reads == "higher" else 0
        start = bisect_right(self.unmarked, trusted, key=attrgetter("number"))
        return self.unmarked[start : start + self.p.batch]

    def mark(self, order: CustomerOrder) -> None:
        # The highest id is that of the latest mark: a relay that trusts ids passes rows by because of it.
        self.unmarked.remove(order)
        self.marked, self.highest, self.writes = self.marked + 1, order.number, self.writes + 1

    def clean_up(self) -> None:
        self.marked, self.writes = 0, self.writes + self.marked


class OrderService(System[OutboxSettings, OutboxLoad]):
    """Each order is one transaction and one event, and what comes first depends on the side."""

    def __init__(self, p: OutboxSettings, load: OutboxLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        ways = {WITHOUT: self.commit_then_publish, PUBLISH_FIRST: self.publish_then_commit, WITH: self.commit_with_row}
        self.take = ways[side]
        self.notes = Notes(self.world, are_kept=is_traced)
        consumer = Consumer(self.notes, is_idempotent=p.consumer == "idempotent")
        takes_us, up_us = p.publish_ms * MILLISECOND_US, DOWN_US + p.outage_s * SECOND_US
        self.broker = Broker(self.world, self.notes, consumer, takes_us, DOWN_US, up_us)
        self.table = OutboxTable(p)
        self.fates: dict[int, Fate] = {}
        self.committed_us: dict[int, int] = {}

    @classmethod
    def draw(cls, p: OutboxSettings, seed: int) -> OutboxLoad:
        commit, refusal, crash, relay = (Stream(seed, purpose) for purpose in ("commit", "refusal", "crash", "relay"))
        arrivals = Stream(seed, "arrivals").arrivals_us(per_second=p.rate, until_us=HORIZON_US)
        orders = []
        for number, at_us in enumerate(arrivals, 1):
            commit_us = commit.exponential_us(p.commit_ms * MILLISECOND_US)
            is_refused, has_crash = refusal.chance(p.refusals / 1000), crash.chance(p.crashes / 1000)
            relay_crashes = 0
            while relay.chance(p.relay_crashes / 1000):
                relay_crashes += 1
            orders.append(CustomerOrder(number, at_us, commit_us, is_refused, has_crash, relay_crashes))
        return OutboxLoad(orders, Stream(seed, "polls").uniform_us(p.poll_ms * MILLISECOND_US))

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()
        if self.side == WITH:
            yield Relay(self).polls()

    def arrivals(self) -> Work[None]:
        for order in self.load.orders:
            yield self.world.timeout(order.at_us - self.world.now_us)
            self.world.process(self.take(order))

    def commit_then_publish(self, order: CustomerOrder) -> Work[None]:
        if (yield from self.commit(order, f"order {order.number}")) and not self.crashes(order, "event is lost"):
            yield from self.broker.insist(order.number, "service", tries=self.p.tries, at_last="event is lost")

    def publish_then_commit(self, order: CustomerOrder) -> Work[None]:
        if not (yield from self.broker.insist(order.number, "service", tries=self.p.tries, at_last="no order")):
            self.fates[order.number] = "no broker"
        elif self.crashes(order, "no order"):
            self.fates[order.number] = "crashed"
        else:
            yield from self.commit(order, f"order {order.number}")

    def commit_with_row(self, order: CustomerOrder) -> Work[None]:
        """The row is part of the same transaction: a crash after it finds both, a refusal neither."""
        if (yield from self.commit(order, f"order and row {order.number}")):
            self.table.insert(order)
            self.crashes(order, "row is safe")

    def commit(self, order: CustomerOrder, what: str) -> Work[bool]:
        yield self.world.timeout(order.commit_us)
        if order.is_refused:
            is_told = order.number in self.broker.copies
            self.notes.add(order.number, "database", "service", "refuses the order", "fail" if is_told else "reply")
            self.fates[order.number] = "refused"
            return False
        self.notes.add(order.number, "service", "database", what, "store")
        self.fates[order.number], self.committed_us[order.number] = "committed", self.world.now_us
        return True

    def crashes(self, order: CustomerOrder, what: str) -> bool:
        if order.has_crash:
            self.notes.add(order.number, "service", "service", f"crashes: {what}", "fail")
        return order.has_crash


class Relay:
    """Publishes rows, and marks each only when the broker has confirmed it: at least once, then."""

    def __init__(self, service: OrderService) -> None:
        self.service, self.table, self.broker, self.world = service, service.table, service.broker, service.world

    @property
    def is_down(self) -> bool:
        return RELAY_DOWN_US <= self.world.now_us < RELAY_DOWN_US + self.service.p.relay_down_s * SECOND_US

    def polls(self) -> Work[None]:
        every_us = self.service.p.poll_ms * MILLISECOND_US
        yield self.world.timeout(self.service.load.phase_us)
        while len(self.service.fates) < len(self.service.load.orders) or self.table.batch():
            if not self.is_down:
                yield from self.poll()
                self.table.clean_up()
            # At the next fixed instant, however long the poll took; what it missed meanwhile is skipped.
            yield self.world.timeout(every_us - (self.world.now_us - self.service.load.phase_us) % every_us)

    def poll(self) -> Work[None]:
        self.table.reads += 1  # whether it finds anything or not
        for order in self.table.batch():
            if self.is_down or not (yield from self.publish(order)):
                return
            self.table.mark(order)

    def publish(self, order: CustomerOrder) -> Work[bool]:
        """False where the broker refuses or the relay dies: the next poll begins again with this row."""
        if not (yield from self.broker.publish(order.number, "relay")):
            return False
        if has_died := self.broker.copies[order.number] <= order.relay_crashes:
            self.service.notes.add(order.number, "relay", "relay", "crashes before the mark", "fail")
        return not has_died
