"""An order system of three services, in which five patterns can be switched on, each by itself.

The order service takes an order: it has the card charged by a payment service, commits the order to its database,
answers, and tells shipping through a broker. It has a fixed number of workers and no accept queue; a worker is held
from the beginning of a request until the answer. All that a switch adds stands behind its name below, and with none of
them the service does its best within one process: it waits for payment no longer than a timeout, and says no if there
is no answer.
"""

from collections import deque
from collections.abc import Collection, Iterator
from heapq import heappop, heappush
from typing import Literal

from patterns.lab.simulation import MILLISECOND_US, SECOND_US, System, Work
from patterns.lab.systems.broker import Broker, Consumer, Notes
from patterns.lab.systems.card_payments import CardPayments
from patterns.lab.systems.circuit_breaker import Breaker, BreakerSettings
from patterns.lab.systems.purchases import MOST_TRIES, Look, OrderLoad, OrderSettings, Purchase, drawn_load

OUTBOX, SAGA, BREAKER, RETRY, IDEMPOTENT = SWITCHES = ("outbox", "saga", "breaker", "retry", "idempotent")
WINDOW = BreakerSettings(window=10, minimum=5, threshold=50, open_s=4, probes=1)  # what the breaker judges by
LOG_US = 2 * MILLISECOND_US  # to write a record to the saga's log
RESTART_US = 2 * SECOND_US  # after which a process is back that has died
SWEEP_US = 1 * SECOND_US  # how often a saga that must go forward tries again
BATCH = 50  # rows that a poll of the relay reads

End = Literal["right", "told no", "lost", "unpaid", "charged twice", "shipped twice", "half done"]
ENDS: tuple[End, ...] = ("right", "told no", "lost", "unpaid", "charged twice", "shipped twice", "half done")


def side_of(switches: Collection[str]) -> str:
    """The name of a combination, the same in whatever order its switches are given: "outbox+retry", or nothing."""
    return "+".join(one for one in SWITCHES if one in switches)


class Workers:
    """Those who look leave by themselves; those who buy are let go."""

    def __init__(self, count: int) -> None:
        self.count, self.held = count, 0
        self._until_us: list[int] = []  # a heap: when each of those who look leaves

    def are_busy(self, now_us: int) -> bool:
        while self._until_us and self._until_us[0] <= now_us:
            heappop(self._until_us)
        return self.held + len(self._until_us) >= self.count

    def show(self, until_us: int) -> None:
        heappush(self._until_us, until_us)


class OrderSystem(System[OrderSettings, OrderLoad]):
    """The order service with its database; its side is a combination, as ``side_of`` names it."""

    def __init__(self, p: OrderSettings, load: OrderLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        has = {switch: switch in side.split("+") for switch in SWITCHES}
        self.has_outbox, self.has_saga, self.is_idempotent = has[OUTBOX], has[SAGA], has[IDEMPOTENT]
        self.tries = MOST_TRIES if has[RETRY] else 1
        self.breaker = Breaker(WINDOW) if has[BREAKER] else None
        self.workers = Workers(p.workers)
        self.payments = CardPayments(self.world, load.slow, is_idempotent=self.is_idempotent)
        notes = Notes(self.world, are_kept=False)
        self.shipping = Consumer(notes, is_idempotent=self.is_idempotent)
        takes_us = p.publish_ms * MILLISECOND_US
        self.broker = Broker(self.world, notes, self.shipping, takes_us, load.broker.from_us, load.broker.until_us)
        self.outbox = deque[Purchase]()
        self.placed_us: dict[int, int] = {}  # by number of the order: when it was committed
        self.cancelled: set[int] = set()
        self.answers_us: dict[int, int] = {}  # when the buyer heard yes or no; not those who never hear
        self.turned_away, self.undecided = 0, len(load.purchases)
        self.log_writes, self.row_writes, self.order_writes, self.polls = 0, 0, 0, 0

    @classmethod
    def draw(cls, p: OrderSettings, seed: int) -> OrderLoad:
        return drawn_load(p, seed)

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()
        if self.has_outbox:
            yield self.relay()

    def arrivals(self) -> Work[None]:
        for visit in self.load.visits:
            yield self.world.timeout(visit.at_us - self.world.now_us)
            is_full = self.workers.are_busy(visit.at_us)
            if isinstance(visit, Look):
                self.turned_away += is_full
                if not is_full:
                    self.workers.show(visit.at_us + visit.takes_us)
            elif is_full:
                self.answer(visit)
                self.undecided -= 1
            else:
                self.world.process(self.take(visit))

    def take(self, purchase: Purchase) -> Work[None]:
        """From the first request until there is nothing left to do for this order."""
        self.workers.held += 1
        is_placed = yield from self.place(purchase)
        self.workers.held -= 1
        self.undecided -= 1
        if not is_placed:
            self.answer(purchase)
            if self.has_saga and self.payments.asked[purchase.number]:
                self.compensate(purchase)
        elif purchase.has_crash:
            yield from self.crash(purchase)
        else:
            self.answer(purchase)
            if not self.has_outbox:
                yield from self.tell(purchase)

    def place(self, purchase: Purchase) -> Work[bool]:
        """Charge, then commit. With an outbox the message is part of the same transaction."""
        if self.has_saga:
            self.log_writes += 1
            yield self.world.timeout(LOG_US)
        if not (yield from self.pay(purchase)):
            return False
        yield self.world.timeout(self.p.commit_ms * MILLISECOND_US)
        self.placed_us[purchase.number] = self.world.now_us
        self.order_writes += 1
        self.log_writes += self.has_saga  # how far it has come, in the same transaction
        if self.has_outbox:
            self.outbox.append(purchase)
            self.row_writes += 1
        return True

    def pay(self, purchase: Purchase) -> Work[bool]:
        """Whether payment has confirmed in time; if not, nobody here knows whether the card was charged."""
        timeout_us = self.p.timeout_ms * MILLISECOND_US
        for tried in range(self.tries):
            if tried:
                yield self.world.timeout(purchase.pauses_us[tried - 1])
            ticket = self.breaker.enter(self.world.now_us) if self.breaker else 0
            if ticket is None:
                break  # nor does it help to ask an open breaker again
            takes_us = self.payments.charge(purchase) - self.world.now_us
            yield self.world.timeout(min(takes_us, timeout_us))
            is_good = takes_us <= timeout_us
            if self.breaker:
                self.breaker.leave(ticket, is_good, self.world.now_us)
            if is_good:
                return True
        return False

    def crash(self, purchase: Purchase) -> Work[None]:
        """Between commit and publishing. What only memory knew is gone, the answer to the buyer among it."""
        if not self.has_saga:
            return
        yield self.world.timeout(RESTART_US)
        self.answer(purchase)
        if not self.has_outbox:
            yield from self.go_forward(purchase)

    def tell(self, purchase: Purchase) -> Work[None]:
        """Publish from memory. A saga whose last step is refused takes the earlier ones back."""
        is_told = yield from self.broker.insist(purchase.number, "service", tries=self.tries)
        if not self.has_saga:
            return
        if not is_told:
            self.compensate(purchase)
        elif purchase.is_unmarked:
            yield self.world.timeout(RESTART_US)
            yield from self.go_forward(purchase)
        else:
            self.log_writes += 1

    def go_forward(self, purchase: Purchase) -> Work[None]:
        """The log cannot say whether shipping was told, and what may have been shipped must not be refunded."""
        while not (yield from self.broker.publish(purchase.number, "saga")):
            yield self.world.timeout(SWEEP_US)
        self.log_writes += 1

    def compensate(self, purchase: Purchase) -> None:
        """Decide it in the log, cancel the order if there is one, and the charge whether or not it was made."""
        self.log_writes += 2
        if purchase.number in self.placed_us:
            self.cancelled.add(purchase.number)
            self.order_writes += 1
        self.payments.cancel(purchase.number)

    def relay(self) -> Work[None]:
        """Publishes the rows of the outbox, and marks each when the broker has confirmed it: at least once."""
        every_us = self.p.poll_ms * MILLISECOND_US
        yield self.world.timeout(self.load.phase_us)
        while self.undecided or self.outbox:
            self.polls += 1
            for purchase in [*self.outbox][:BATCH]:
                if not (yield from self.publish_row(purchase)):
                    break  # the next poll begins again with this row
            yield self.world.timeout(every_us - (self.world.now_us - self.load.phase_us) % every_us)

    def publish_row(self, purchase: Purchase) -> Work[bool]:
        """False where the broker refuses, and where the relay dies before the mark."""
        if not (yield from self.broker.publish(purchase.number, "relay")):
            return False
        if purchase.is_unmarked and self.broker.copies[purchase.number] == 1:
            return False
        self.outbox.popleft()
        self.row_writes += 2  # the mark, and the clean-up of what is marked
        return True

    def answer(self, purchase: Purchase) -> None:
        self.answers_us[purchase.number] = self.world.now_us

    def end_of(self, number: int) -> End:
        """What became of an order after everything has come to its end: one of ``ENDS``."""
        paid, shipped = self.payments.charged[number], self.shipping.applied[number]
        is_placed = number in self.placed_us and number not in self.cancelled
        if not paid:
            return "unpaid" if is_placed or shipped else "told no"
        if not is_placed:
            return "half done"
        if not shipped:
            return "lost"
        if paid > 1:
            return "charged twice"
        return "shipped twice" if shipped > 1 else "right"
