"""Saga: a trip takes a seat, a room and a charge in three services, and the process that books it crashes.

How far a booking has come is known to the coordinator's memory alone, or also to a log that outlives it. Nothing else
differs between the sides: both make the same calls, and both cancel what they have reserved when a later step is
refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import simpy

from patterns.lab.experiment import WITH
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.travel import (
    FLIGHTS,
    HOTELS,
    PAYMENTS,
    SERVICES,
    UNTIL_US,
    Action,
    Answer,
    Booking,
    Call,
    SagaLoad,
    SagaSettings,
    TravelService,
)

TIMEOUT_US = 2 * SECOND_US  # of a reservation; of nothing else, since the outcome of the rest has to be known
UNDO_TRIES = 3  # then people have to mend it
ORDERS = {"last": (FLIGHTS, HOTELS, PAYMENTS), "first": (PAYMENTS, FLIGHTS, HOTELS)}

Fate = Literal["confirmed", "refused", "stuck", "forgotten", "turned away"]
Kind = Literal["begin", "done", "compensate", "end"]


@dataclass(frozen=True, slots=True)
class Record:
    at_us: int
    booking: Booking
    kind: Kind
    steps: int  # that are done, or that are to be undone


class Log:
    """Survives its coordinator."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.latest: dict[int, Record] = {}

    def write(self, record: Record) -> None:
        self.records.append(record)
        self.latest[record.booking.number] = record

    def unsettled(self) -> list[Record]:
        """The latest of each booking that has not ended, in the order in which they began."""
        return [record for record in self.latest.values() if record.kind != "end"]


@dataclass(frozen=True, slots=True)
class BookingEnd:
    """What the client was told, and when; a booking that is forgotten has no answer."""

    booking: Booking
    fate: Fate
    at_us: int


class Coordinator(System[SagaSettings, SagaLoad]):
    """Books trips step by step; after a crash it takes up what its log, if it has one, says has not ended."""

    def __init__(self, p: SagaSettings, load: SagaLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.log = Log() if side == WITH else None
        self.down_us, self.log_us = p.down_s * SECOND_US, p.log_ms * MILLISECOND_US
        self.steps = [TravelService(self.world, p, index) for index in ORDERS[p.charge]]
        self.is_up = True
        self.running: dict[int, simpy.Process] = {}
        self.calls: list[Call] = []
        self.ends: list[BookingEnd] = []

    @classmethod
    def draw(cls, p: SagaSettings, seed: int) -> SagaLoad:
        do, undo, late, stuck = (Stream(seed, purpose) for purpose in ("do", "undo", "late", "stuck"))
        refusals, mean_us = (Stream(seed, "refusal"), Stream(seed, "second refusal")), p.service_ms * MILLISECOND_US
        shares = (p.flights / 100, p.hotels / 100, p.payments / 100)
        bookings = []
        for number, at_us in enumerate(Stream(seed, "bookings").arrivals_us(per_second=p.rate, until_us=UNTIL_US)):
            takes_us: dict[Action, tuple[int, ...]] = {
                "do": tuple(do.exponential_us(mean_us) for _ in SERVICES),
                "undo": tuple(undo.exponential_us(mean_us) for _ in SERVICES),
            }
            is_refused = tuple(tuple(refusal.chance(share) for share in shares) for refusal in refusals)
            is_late = tuple(late.chance(p.late / 100) for _ in SERVICES)
            is_stuck = tuple(stuck.chance(p.stuck / 100) for _ in SERVICES)
            bookings.append(Booking(number, at_us, takes_us, is_refused, is_late, is_stuck))
        return SagaLoad(bookings, [UNTIL_US * count // (p.crashes + 1) for count in range(1, p.crashes + 1)])

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()
        yield self.crashes()

    def arrivals(self) -> Work[None]:
        for booking in self.load.bookings:
            yield self.world.timeout(booking.at_us - self.world.now_us)
            if self.is_up:
                self.start(booking, self.book(booking))
            else:
                self.end(booking, "turned away")

    def crashes(self) -> Work[None]:
        for crash_us in self.load.crashes_us:
            yield self.world.timeout(crash_us - self.world.now_us)
            self.is_up = False
            # Their calls stay under way: a service does not notice that its caller has died.
            for process in self.running.values():
                process.interrupt()
            yield self.world.timeout(self.down_us)
            self.is_up = True
            for record in self.log.unsettled() if self.log else ():
                self.start(record.booking, self.resume(record))

    def start(self, booking: Booking, saga: Work[Fate]) -> None:
        self.running[booking.number] = self.world.process(self.work(booking, saga))

    def work(self, booking: Booking, saga: Work[Fate]) -> Work[None]:
        try:
            self.end(booking, (yield from saga))
        except simpy.Interrupt:
            # One that the log knows has no end yet: it is taken up when the coordinator is back.
            if self.log is None or booking.number not in self.log.latest:
                self.end(booking, "forgotten")
        del self.running[booking.number]

    def end(self, booking: Booking, fate: Fate) -> None:
        self.ends.append(BookingEnd(booking, fate, self.world.now_us))

    def book(self, booking: Booking) -> Work[Fate]:
        yield from self.note(booking, "begin", 0)
        return (yield from self.forward(booking, 0))

    def resume(self, record: Record) -> Work[Fate]:
        if record.kind == "compensate":
            return (yield from self.compensate(record.booking, record.steps))
        return (yield from self.forward(record.booking, record.steps, is_resumed=True))

    def forward(self, booking: Booking, done: int, *, is_resumed: bool = False) -> Work[Fate]:
        for step in range(done, len(self.steps)):
            answer = yield from self.call(booking, self.steps[step], "do")
            if answer != "done":
                # An earlier request may still be on its way: then this step, too, has to be undone.
                is_doubtful = self.steps[step].can_undo and (answer == "unknown" or (is_resumed and step == done))
                return (yield from self.turn_back(booking, step + is_doubtful))
            yield from self.note(booking, "done" if step + 1 < len(self.steps) else "end", step + 1)
        return "confirmed"

    def turn_back(self, booking: Booking, steps: int) -> Work[Fate]:
        """The decision stands in the log before the first step is undone, or a restart would go forward again."""
        yield from self.note(booking, "compensate", steps)
        return (yield from self.compensate(booking, steps))

    def compensate(self, booking: Booking, steps: int) -> Work[Fate]:
        undone = []
        for service in reversed(self.steps[:steps]):
            undone.append((yield from self.undo(booking, service)))
        yield from self.note(booking, "end", 0)
        return "refused" if all(undone) else "stuck"

    def undo(self, booking: Booking, service: TravelService) -> Work[bool]:
        for _ in range(UNDO_TRIES if service.can_undo else 0):
            if (yield from self.call(booking, service, "undo")) == "done":
                return True
        return False

    def call(self, booking: Booking, service: TravelService, action: Action) -> Work[Answer]:
        call = service.receive(booking, action)
        self.calls.append(call)
        takes_us = call.answered_us - call.sent_us
        waits_us = min(takes_us, TIMEOUT_US) if action == "do" and service.can_undo else takes_us
        yield self.world.timeout(waits_us)
        call.is_given_up = waits_us < takes_us
        return "unknown" if call.is_given_up else call.answer

    def note(self, booking: Booking, kind: Kind, steps: int) -> Work[None]:
        if self.log is not None:
            yield self.world.timeout(self.log_us)
            self.log.write(Record(self.world.now_us, booking, kind, steps))

    def held(self, booking: Booking) -> list[int]:
        """How many seats, rooms and charges, in the order of the steps."""
        return [service.held[booking.number] for service in self.steps]

    def is_whole(self, booking: Booking) -> bool:
        """One of each, or nothing."""
        return self.held(booking) in ([1, 1, 1], [0, 0, 0])
