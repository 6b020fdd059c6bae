"""What both sides of the saga have in common: trips that take a seat, a room and a charge in three services.

Each service keeps its own books, goes on while its callers are down, recognises what it is told twice, and refuses a
request that comes after its own cancellation.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, World

UNTIL_US = 60 * SECOND_US  # when the last booking arrives; the rest is brought to its end
LATE_US = 3 * SECOND_US  # by so much: the cancellation after a timeout overtakes a late request
FLIGHTS, HOTELS, PAYMENTS = SERVICES = range(3)

Action = Literal["do", "undo"]
Answer = Literal["done", "refused", "unknown"]


@dataclass(frozen=True)
class SagaSettings(Parameters):
    rate: int = integer(10, 1, 20, name="Bookings", unit="a second")
    service_ms: int = integer(
        80, 10, 200, step=10, name="Time of one step", unit="ms", about="On average: a few take far longer."
    )
    net_ms: int = integer(10, 1, 50, name="Network", unit="ms", about="One way.")
    flights: int = integer(0, 0, 50, name="No seat", unit="%", about="Of the requests for a seat.")
    hotels: int = integer(5, 0, 50, name="No room", unit="%", about="Of the requests for a room.")
    payments: int = integer(10, 0, 50, name="Card refused", unit="%", about="Of the charges.")
    charge: Literal["last", "first"] = choice(
        "last", name="The card is charged", last="Last", first="First", about="A charge cannot be undone."
    )
    crashes: int = integer(3, 0, 6, name="Crashes", about="Of the coordinator, evenly spread over a minute.")
    down_s: int = integer(3, 1, 8, name="Down for", unit="s", about="From a crash until the coordinator is back.")
    log_ms: int = integer(2, 1, 50, name="Write to the log", unit="ms", about="The next step waits for it.")
    late: int = integer(0, 0, 20, name="Late requests", unit="%", about="Of the reservations; three seconds late.")
    stuck: int = integer(0, 0, 50, name="Cannot be cancelled", unit="%", about="Of the reservations; no retry helps.")


@dataclass(frozen=True, slots=True)
class Booking:
    """A trip that a client wants, and what each service will make of it (flights, hotels, payments)."""

    number: int
    at_us: int
    takes_us: dict[Action, tuple[int, ...]]
    is_refused: tuple[tuple[bool, ...], ...]  # when asked first, and when asked again
    is_late: tuple[bool, ...]
    is_stuck: tuple[bool, ...]


@dataclass(frozen=True)
class SagaLoad:
    bookings: list[Booking]
    crashes_us: list[int]


@dataclass(slots=True)
class Call:
    """Sent by the coordinator; the service acts on it even if nobody waits for the answer any more."""

    booking: Booking
    service: int
    action: Action
    attempt: int  # 0 at first
    sent_us: int
    acts_us: int
    answered_us: int
    answer: Answer = "unknown"
    change: int = 0  # in what the service holds for the booking
    is_given_up: bool = False  # no answer came in time


class TravelService:
    """Holds seats, rooms or charges by booking, and recognises a booking when it is told something twice."""

    def __init__(self, world: World, p: SagaSettings, index: int) -> None:
        self.world, self.index, self.net_us = world, index, p.net_ms * MILLISECOND_US
        self.can_undo = index != PAYMENTS
        self.asked: Counter[tuple[int, Action]] = Counter()
        self.held: Counter[int] = Counter()
        self.cancelled: set[int] = set()

    def receive(self, booking: Booking, action: Action) -> Call:
        attempt, now_us = self.asked[booking.number, action], self.world.now_us
        self.asked[booking.number, action] += 1
        is_late = self.can_undo and action == "do" and attempt == 0 and booking.is_late[self.index]
        acts_us = now_us + self.net_us + is_late * LATE_US + booking.takes_us[action][self.index]
        call = Call(booking, self.index, action, attempt, now_us, acts_us, acts_us + self.net_us)
        # An event of its own, not a process of the caller: it happens even if the caller is interrupted.
        self.world.timeout(acts_us - now_us).callbacks.append(lambda _: self.act(call))
        return call

    def act(self, call: Call) -> None:
        before = self.held[call.booking.number]
        call.answer = self.do(call) if call.action == "do" else self.undo(call)
        call.change = self.held[call.booking.number] - before

    def do(self, call: Call) -> Answer:
        number = call.booking.number
        if number in self.cancelled:
            return "refused"  # overtaken by its own cancellation
        if self.has_done(number):
            return "done"
        if call.booking.is_refused[min(call.attempt, 1)][self.index]:
            return "refused"
        self.held[number] += 1
        return "done"

    def has_done(self, number: int) -> bool:
        return self.held[number] > 0

    def undo(self, call: Call) -> Answer:
        # What is not held can always be cancelled, and is remembered: the reservation may still be on its way.
        if self.held[call.booking.number] and call.booking.is_stuck[self.index]:
            return "refused"
        self.cancelled.add(call.booking.number)
        self.held[call.booking.number] = 0
        return "done"
