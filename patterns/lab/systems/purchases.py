"""What comes to the order system: people who buy or only look, with all that is random about them, and the faults."""

from dataclasses import dataclass

from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream
from patterns.lab.systems.station import Outage

HORIZON_US = 40 * SECOND_US  # people come so long
BROKER_US, SLOW_US = 12 * SECOND_US, 18 * SECOND_US  # when the broker goes down, when payment becomes slow
PHASE_US = 1 * SECOND_US  # both begin up to so much later: else every seed would meet the same polls
PAUSE_US = 500 * MILLISECOND_US  # the first pause before a second call is shorter than this, each further one twice
MOST_TRIES = 3


@dataclass(frozen=True)
class OrderSettings(Parameters):
    """The size of the system, and its faults, of which there are none by default."""

    workers: int = integer(10, 1, 60, name="Workers", about="They serve buyers and others alike.")
    orders: int = integer(8, 1, 20, name="Orders", unit="a second")
    lookers: int = integer(20, 0, 60, name="Others", unit="a second", about="They look, and need no payment.")
    look_ms: int = integer(50, 10, 200, name="Time to look", unit="ms", about="On average.")
    charge_ms: int = integer(200, 20, 500, name="Time to charge", unit="ms", about="From half to one and a half of it.")
    timeout_ms: int = integer(1000, 100, 5000, name="Timeout of a call to payment", unit="ms")
    commit_ms: int = integer(20, 1, 100, name="Time to commit", unit="ms")
    publish_ms: int = integer(5, 1, 50, name="Time to publish", unit="ms")
    poll_ms: int = integer(250, 50, 5000, name="The relay polls every", unit="ms")
    crashes: int = integer(0, 0, 1000, name="Crashes before publishing", unit="in 1,000 orders")
    unmarked: int = integer(0, 0, 1000, name="Crashes before the mark", unit="in 1,000 orders")
    broker_s: int = integer(0, 0, 20, name="Broker down", unit="s")
    slow_s: int = integer(0, 0, 20, name="Payment slow", unit="s")
    late: int = integer(0, 0, 1000, name="Requests to payment that come late", unit="in 1,000 orders")
    lost: int = integer(0, 0, 1000, name="Answers of payment that are lost", unit="in 1,000 calls")


@dataclass(frozen=True, slots=True)
class Purchase:
    """Somebody who buys, and what the services will make of it.

    ``has_crash``: its process dies between commit and publishing. ``is_unmarked``: whoever keeps a note of what was
    published dies once before that note. ``is_late``: the first request for the charge. ``lost_answers``: so many
    answers, from the first on, reach nobody.
    """

    number: int
    at_us: int
    charge_us: int
    pauses_us: tuple[int, ...] = ()
    has_crash: bool = False
    is_unmarked: bool = False
    is_late: bool = False
    lost_answers: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who only looks."""

    at_us: int
    takes_us: int


@dataclass(frozen=True)
class OrderLoad:
    """All who come, in order; ``phase_us`` is that of the relay's polls."""

    visits: list[Purchase | Look]
    broker: Outage
    slow: Outage
    phase_us: int

    @property
    def purchases(self) -> list[Purchase]:
        return [one for one in self.visits if isinstance(one, Purchase)]


def drawn_load(p: OrderSettings, seed: int) -> OrderLoad:
    """The same people, and the same dice for each, whatever the faults are: only what the dice mean differs."""
    charge, pause, crash, mark = (Stream(seed, purpose) for purpose in ("charge", "pause", "crash", "mark"))
    late, lost, look, phase = (Stream(seed, purpose) for purpose in ("late", "lost", "look", "phase"))
    visits: list[Purchase | Look] = []
    arrivals = Stream(seed, "orders").arrivals_us(per_second=p.orders, until_us=HORIZON_US)
    for number, at_us in enumerate(arrivals, 1):
        is_lost = [lost.chance(p.lost / 1000) for _ in range(MOST_TRIES)]
        purchase = Purchase(
            number,
            at_us,
            charge_us=(p.charge_ms * MILLISECOND_US) // 2 + charge.uniform_us(p.charge_ms * MILLISECOND_US),
            pauses_us=tuple(pause.uniform_us(PAUSE_US << tried) for tried in range(MOST_TRIES - 1)),
            has_crash=crash.chance(p.crashes / 1000),
            is_unmarked=mark.chance(p.unmarked / 1000),
            is_late=late.chance(p.late / 1000),
            lost_answers=[*is_lost, False].index(False),
        )
        visits.append(purchase)
    for at_us in Stream(seed, "lookers").arrivals_us(per_second=p.lookers, until_us=HORIZON_US):
        visits.append(Look(at_us, look.exponential_us(p.look_ms * MILLISECOND_US)))
    down_us, slow_us = BROKER_US + phase.uniform_us(PHASE_US), SLOW_US + phase.uniform_us(PHASE_US)
    return OrderLoad(
        sorted(visits, key=lambda one: one.at_us),
        Outage(down_us, down_us + p.broker_s * SECOND_US),
        Outage(slow_us, slow_us + p.slow_s * SECOND_US),
        phase.uniform_us(p.poll_ms * MILLISECOND_US),
    )
