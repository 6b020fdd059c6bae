"""What a traced run of the saga shows: charts over time, and the story of one booking."""

from collections import Counter
from collections.abc import Iterable, Iterator

from patterns.lab.experiment import WITHOUT
from patterns.lab.simulation import SECOND_US
from patterns.lab.systems.saga import TIMEOUT_US, BookingEnd, Coordinator, simulate
from patterns.lab.systems.travel import UNTIL_US, Booking, Call, SagaLoad, SagaSettings
from patterns.lab.trace import Kind, Message, Sample, Series, Trace, per_second

SERVICES = ("flights", "hotels", "payments")
DO, UNDO = ("reserve seat", "reserve room", "charge card"), ("cancel seat", "cancel room", "cancel charge")
DONE, LEFT = ("seat reserved", "room reserved", "card charged"), ("seat stays", "room stays", "charge stays")
ENDS: dict[str, tuple[str, Kind]] = {
    "confirmed": ("trip booked", "reply"),
    "refused": ("no trip", "reply"),
    "stuck": ("no trip, not all undone", "fail"),
}


def series(p: SagaSettings, coordinator: Coordinator) -> tuple[Series, ...]:
    until_us = UNTIL_US + p.down_s * SECOND_US
    settled = [end.at_us for end in coordinator.ends if end.fate in ENDS]
    return (
        Series("partly", "Bookings partly done", "bookings", (*partly_done(coordinator.calls, until_us=until_us),)),
        Series("settled", "Bookings settled", "a second", per_second(settled, until_us=until_us)),
    )


def partly_done(calls: Iterable[Call], *, until_us: int) -> Iterator[Sample]:
    """At each second, how many bookings hold something, but not all: on any side some are under way."""
    changes = sorted((call.acts_us, call.booking.number, call.change) for call in calls if call.change)
    held: Counter[int] = Counter()
    for at_us in range(0, until_us, SECOND_US):
        while changes and changes[0][0] <= at_us:
            _, number, change = changes.pop(0)
            held[number] += change
        yield Sample(at_us, sum(0 < count < len(SERVICES) for count in held.values()))


def shown(p: SagaSettings, load: SagaLoad) -> Booking:
    """The booking whose story every side tells: without a log it stays half done, and early or while given up."""
    without = simulate(p, load, WITHOUT)
    calls = Counter(call.booking.number for call in without.calls)
    given_up = {call.booking.number for call in without.calls if call.is_given_up}

    def rank(end: BookingEnd) -> tuple[bool, bool, bool, bool, int]:
        number, is_whole = end.booking.number, without.is_whole(end.booking)
        return is_whole, end.fate != "forgotten", end.fate != "refused", number not in given_up, abs(calls[number] - 2)

    return min(without.ends, key=rank).booking


def tell(trace: Trace, coordinator: Coordinator, booking: Booking) -> None:
    for one in sorted(messages(coordinator, booking), key=lambda message: message.at_us):
        trace.tell(one.at_us, one.sender, one.receiver, one.text, one.kind)


def messages(coordinator: Coordinator, booking: Booking) -> Iterator[Message]:
    end = next(end for end in coordinator.ends if end.booking.number == booking.number)
    crashes_us = [at_us for at_us in coordinator.load.crashes_us if booking.at_us < at_us <= end.at_us]
    calls = [call for call in coordinator.calls if call.booking.number == booking.number]
    yield Message(booking.at_us, "client", "coordinator", "book a trip")
    for at_us in crashes_us:
        yield from crash(at_us, at_us + coordinator.down_us, end)
    yield from written(coordinator, booking)
    for call in calls:
        yield from exchange(call, is_heard=not any(call.sent_us < at_us <= call.answered_us for at_us in crashes_us))
    if end.fate in ENDS:
        yield Message(end.at_us, "coordinator", "client", *ENDS[end.fate])
    yield from left(coordinator, booking, max((call.answered_us for call in calls), default=end.at_us))


def crash(at_us: int, up_us: int, end: BookingEnd) -> Iterator[Message]:
    yield Message(at_us, "coordinator", "coordinator", "crash", "fail")
    if end.fate == "forgotten":
        yield Message(up_us, "coordinator", "coordinator", "back, knows nothing", "event")
        yield Message(up_us, "coordinator", "client", "no answer, ever", "fail")
    else:
        yield Message(up_us, "coordinator", "saga log", "back, read", "store")


def written(coordinator: Coordinator, booking: Booking) -> Iterator[Message]:
    """What goes to the log; the end is left out, since the client is told."""
    texts = {"begin": "begin", "compensate": "decided: undo"}
    for record in coordinator.log.records if coordinator.log else ():
        if record.booking.number == booking.number and record.kind != "end":
            text = texts.get(record.kind) or DONE[coordinator.steps[record.steps - 1].index]
            yield Message(record.at_us, "coordinator", "saga log", text, "store")


def exchange(call: Call, *, is_heard: bool) -> Iterator[Message]:
    """A call, and its answer unless what follows says it."""
    name, text = SERVICES[call.service], (DO if call.action == "do" else UNDO)[call.service]
    yield Message(call.sent_us, "coordinator", name, f"{text}, again" if call.attempt else text)
    if call.is_given_up:
        yield Message(call.sent_us + TIMEOUT_US, name, "coordinator", "no answer in time", "fail")
    if call.answer != "done" or (not is_heard and call.action == "do"):
        missed = ", too late" if call.is_given_up else "" if is_heard else ", nobody listens"
        yield Message(call.answered_us, name, "coordinator", call.answer + missed, "fail")


def left(coordinator: Coordinator, booking: Booking, at_us: int) -> Iterator[Message]:
    """What is still held in the end, unless it is a whole trip."""
    for service in coordinator.steps:
        if service.held[booking.number] and not coordinator.is_whole(booking):
            yield Message(at_us, SERVICES[service.index], SERVICES[service.index], LEFT[service.index], "event")
