"""Saga: how many bookings stay half done when the process that books them crashes between two steps."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from patterns.lab.experiment import (
    WITH,
    WITHOUT,
    Calculator,
    Fault,
    Knob,
    Law,
    Metric,
    Preset,
    Role,
    Side,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import median, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.saga import TIMEOUT_US, BookingEnd, Coordinator
from patterns.lab.systems.travel import UNTIL_US, Booking, Call, SagaSettings
from patterns.lab.trace import Failure, Kind, Message, Sample, Series, Trace, per_second

SERVICES = ("flights", "hotels", "payments")
DO, UNDO = ("reserve seat", "reserve room", "charge card"), ("cancel seat", "cancel room", "cancel charge")
DONE, LEFT = ("seat reserved", "room reserved", "card charged"), ("seat stays", "room stays", "charge stays")
ENDS: dict[str, tuple[str, Kind]] = {
    "confirmed": ("trip booked", "reply"),
    "refused": ("no trip", "reply"),
    "stuck": ("no trip, not all undone", "fail"),
}


def half_done(p: SagaSettings) -> float:
    """How many bookings the crashes of a minute leave half done where nothing is logged, in the mean."""
    no_seat, no_room, refused = p.flights / 100, p.hotels / 100, p.payments / 100
    trips = (1 - no_seat) * (2 * no_room + (1 - no_room) * (4 * refused + 2 * (1 - refused)))
    return p.crashes * p.rate * trips * (2 * p.net_ms + p.service_ms) / 1000


LAW = SagaSettings(crashes=6, service_ms=200)
OCCUPANCY = Law(
    name="How many are under way in an infinite-server queue (M/G/∞)",
    formula=(
        "half done = crashes · λ · E[V]: those half done at a crash are Poisson with the mean λ · E[V], where V is how "
        "long a booking is half done, from sending its first call to sending the call that makes it whole: two round "
        "trips if it succeeds or finds no room, four if the card is refused, none if there is no seat"
    ),
    assumptions=(
        "Bookings arrive as a Poisson process, none waits for another, crashes come at instants that do not depend on "
        "them, and a call that was sent is carried out even if its sender is down. The distribution of V does not "
        "matter beyond its mean. No request is late, and every cancellation succeeds."
    ),
    source="The infinite-server queue, in L. Kleinrock, Queueing Systems I, 1975, and S. Ross, Stochastic Processes",
    parameters=LAW,
    side=WITHOUT,
    figure="half_done",
    expected=half_done(LAW),
)


def crash_note(p: SagaSettings) -> str:
    often = {0: "never crashes", 1: "crashes once a minute", 2: "crashes twice a minute"}
    return often.get(p.crashes, f"crashes {p.crashes} times a minute")


def service_note(p: SagaSettings, name: str) -> str:
    """What is wrong with a service, or how long it takes if nothing is."""
    if name == "payments":
        return f"{p.service_ms} ms, no way back"
    wrong = ((p.late, "late"), (p.stuck, "not undone"))
    return ", ".join(f"{percent} % {what}" for percent, what in wrong if percent) or f"{p.service_ms} ms a step"


NEVER_S = UNTIL_US / SECOND_US  # what a wait counts as if no answer ever comes: all of the run


@dataclass(frozen=True)
class HalfDone(Parameters):
    """A reader's own process, which several systems take part in."""

    your_rate: int = integer(600, 1, 10_000_000, name="Processes begun", unit="a minute")
    your_steps_ms: int = integer(
        500, 1, 86_400_000, name="From the first step to the last", unit="ms", about="While one of them is half done."
    )
    your_crashes: int = integer(50, 1, 100_000, name="Crashes and deployments", unit="a year")


def half_done_of(own: HalfDone) -> str:
    under_way = own.your_rate / 60 * own.your_steps_ms / 1000
    return (
        f"On average {brief(under_way)} of your processes are half done at any instant. Each crash or hard restart "
        f"would leave as many behind, {brief(under_way * own.your_crashes)} a year, for people to find and to mend."
    )


def brief(value: float) -> str:
    """Two digits behind the point where there are few."""
    if value < 0.01:
        return "fewer than 0.01"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


class Saga(SystemExperiment[Coordinator]):
    slug = "saga-pattern"
    title = "The process that books a trip crashes"
    question = (
        "A trip takes a seat, a room and a charge in three services, and the process that books it crashes. "
        "How many bookings stay half done?"
    )
    system = Coordinator
    parameters = SagaSettings
    mechanism = (
        Coordinator.resume,
        Coordinator.forward,
        Coordinator.turn_back,
        Coordinator.compensate,
        Coordinator.undo,
    )
    sides = (
        Side(WITHOUT, "Undo from memory", "when undoing from memory"),
        Side(WITH, "Saga with a log", "with a saga log"),
    )
    metrics = (
        Metric(
            "half_done",
            "bookings left half done",
            Unit.COUNT,
            Role.PRIMARY,
            "In the end some of seat, room and charge is there, but not all.",
            of="bookings",
            smallest=0.001,
        ),
        Metric(
            "held",
            "seats, rooms and charges of half-done bookings",
            Unit.COUNT,
            Role.GAIN,
            "Held for no trip.",
            of="bookings",
        ),
        Metric(
            "unanswered",
            "clients who never get an answer",
            Unit.COUNT,
            Role.GAIN,
            "Their booking is forgotten.",
            of="bookings",
        ),
        Metric("log_writes", "log writes per booking", Unit.COUNT, Role.PRICE, "Of those confirmed or called off."),
        Metric(
            "settle_ms",
            "median time to an answer",
            Unit.MILLISECONDS,
            Role.PRICE,
            "Confirmed, or called off. Who never gets an answer counts as a minute.",
        ),
        Metric(
            "longest_s",
            "longest wait for an answer",
            Unit.SECONDS,
            Role.GAIN,
            "Of all clients who were not sent away. Who never gets an answer counts as a minute.",
            smallest=0.05,  # what the log adds is said by the median; this is about what a crash adds
            never=NEVER_S,
        ),
        Metric(
            "repeated",
            "calls sent again",
            Unit.COUNT,
            Role.PRICE,
            "Services have to recognise them.",
            of="bookings",
        ),
    )
    presets = (
        Preset(
            "default",
            "The coordinator crashes",
            "Three times in a minute, for three seconds each; some six hundred bookings.",
            SagaSettings(),
            Fault.CRASH,
        ),
        Preset(
            "late",
            "Requests that come late",
            "One reservation in ten, and the coordinator crashes as before. It is cancelled after two seconds, and the "
            "cancellation arrives first. Without a crash, memory is enough here, too.",
            SagaSettings(late=10),
            Fault.MESSAGES,
        ),
        Preset(
            "slow-log",
            "A slow log",
            "Fifty milliseconds for each write: no booking stays half done, and each pays for it. Whoever comes just "
            "before a crash is not in the log yet, and never gets an answer.",
            SagaSettings(log_ms=50),
            Fault.SLOW,
        ),
        Preset(
            "no-crash",
            "Nobody crashes",
            "Memory is enough to undo what a refused card leaves behind, and the log only costs.",
            SagaSettings(crashes=0),
            Fault.NONE,
        ),
        Preset(
            "stuck",
            "Cancellations that fail for good",
            "Nothing crashes, but one reservation in five cannot be cancelled. No log mends that; people have to.",
            SagaSettings(crashes=0, stuck=20),
            Fault.OUTAGE,
        ),
        Preset(
            "charge-first",
            "The step that cannot be undone comes first",
            "Nothing crashes, but the card is charged before seat and room are sure. No saga mends a wrong order.",
            SagaSettings(crashes=0, charge="first"),
            Fault.NONE,
        ),
    )
    laws = (OCCUPANCY,)
    knob = Knob("crashes", (0, 1, 2, 3, 4, 5, 6))
    calculator = Calculator(
        "How many processes would a crash leave half done?",
        HalfDone,
        half_done_of,
        "By the infinite-server queue (M/G/∞): processes begin at random, none waits for another, and a crash comes at "
        "any time. With a log the same processes would be taken up again.",
    )
    qualities = ("consistency", "durability")
    fairness = (
        "The other side is what a careful programmer would write: it makes the same calls and undoes what a refused or "
        "unanswered step leaves behind. It lacks one thing, a log that outlives the process. Crashes, services and "
        "clients are the same, the services recognise repeated calls for both, and each write to the log is waited for."
    )
    assumptions = (
        "Clients come at random and do not come less often after a failure (an open Poisson process).",
        "Both sides make the same calls. When a step is refused, both cancel what came before it; when a reservation "
        "is not answered within two seconds, both cancel it as well.",
        "The services never crash, go on while the coordinator is down, and recognise what they are told twice.",
        "A charge cannot be undone. Therefore it comes last, unless the settings say otherwise.",
        "What was refused may be granted when it is asked again: a room has become free.",
        "A record is in the log once its write has ended.",
        "Clients who come while the coordinator is down are sent away, on both sides.",
    )
    limits = (
        "Half-done bookings are seen by others for a while on both sides: a saga does not isolate.",
        "One coordinator, and a log that is never lost. A saga can also be choreographed, without a coordinator.",
        "No reservation expires, nobody compares the books later, and no client asks again; in practice such "
        "means mend part of what is half done.",
        "No service is ever busy: a step takes as long under a high load as under a low one.",
    )

    def figures(self, coordinator: Coordinator) -> dict[str, float | None]:
        halves = [booking for booking in coordinator.load.bookings if not coordinator.is_whole(booking)]
        settled = [end for end in coordinator.ends if end.fate not in ("forgotten", "turned away")]
        waits_ms = [(end.at_us - end.booking.at_us) / MILLISECOND_US for end in settled]
        forgotten = sum(end.fate == "forgotten" for end in coordinator.ends)
        waits_ms += [NEVER_S * 1000] * forgotten
        return {
            "bookings": len(coordinator.load.bookings),
            "half_done": len(halves),
            "held": sum(sum(coordinator.held(booking)) for booking in halves),
            "unanswered": forgotten,
            "log_writes": share(len(coordinator.log.records) if coordinator.log else 0, len(settled)),
            "settle_ms": median(waits_ms),
            "longest_s": min(NEVER_S, max(waits_ms) / 1000) if waits_ms else None,
            "repeated": sum(call.attempt > 0 for call in coordinator.calls),
        }

    def structure(self, parameters: SagaSettings, side: str) -> Structure:
        p, coordinator = (
            parameters,
            Part("coordinator", "Coordinator", 1, crash_note(parameters), is_broken=parameters.crashes > 0),
        )
        steps = {"last": ("1", "2", "3"), "first": ("2", "3", "1")}[p.charge]
        is_odd = p.late > 0 or p.stuck > 0
        services = [
            Part(name, name.capitalize(), 2, service_note(p, name), is_broken=is_odd and name != "payments")
            for name in SERVICES
        ]
        parts = [Part("clients", "Clients", 0, f"{p.rate} bookings a second", "client"), coordinator, *services]
        wires = [Wire("clients", "coordinator")]
        wires += [Wire("coordinator", name, step) for name, step in zip(SERVICES, steps, strict=True)]
        if side == WITH:
            parts.insert(2, Part("log", "Saga log", 1, f"{p.log_ms} ms a write", "log", is_new=True))
            wires.append(Wire("coordinator", "log", "each step"))
        return Structure((*parts,), (*wires,))

    def failures(self, coordinator: Coordinator) -> tuple[Failure, ...]:
        spans = [(at_us, at_us + coordinator.down_us) for at_us in coordinator.load.crashes_us]
        return tuple(Failure("the coordinator is down", from_us, until_us) for from_us, until_us in spans)

    def series(self, coordinator: Coordinator) -> tuple[Series, ...]:
        """How many bookings hold something, but not all, at each second: on any side some are under way."""
        until_us = UNTIL_US + coordinator.down_us
        changes = sorted((call.acts_us, call.booking.number, call.change) for call in coordinator.calls if call.change)
        held: Counter[int] = Counter()
        partly = []
        for at_us in range(0, until_us, SECOND_US):
            while changes and changes[0][0] <= at_us:
                _, number, change = changes.pop(0)
                held[number] += change
            partly.append(Sample(at_us, sum(0 < count < len(SERVICES) for count in held.values())))
        settled = [end.at_us for end in coordinator.ends if end.fate in ENDS]
        return (
            Series("partly", "Bookings partly done", "bookings", tuple(partly)),
            Series("settled", "Bookings settled", "a second", per_second(settled, until_us=until_us)),
        )

    def narrate(self, trace: Trace, coordinator: Coordinator) -> None:
        """The story of one booking, the same one on every side."""
        booking = self.telling_booking(coordinator)
        for one in sorted(self.booking_messages(coordinator, booking), key=lambda message: message.at_us):
            trace.note(one.at_us, one.sender, one.receiver, one.text, one.kind)

    @staticmethod
    def telling_booking(coordinator: Coordinator) -> Booking:
        """The booking that stays half done without a log, early if one does, or while a call is given up."""
        # Which one it is must not depend on the side, so the side without a log runs again on each.
        without = Coordinator.simulate(coordinator.p, coordinator.load, WITHOUT)
        calls = Counter(call.booking.number for call in without.calls)
        given_up = {call.booking.number for call in without.calls if call.is_given_up}

        def rank(end: BookingEnd) -> tuple[bool, bool, bool, bool, int]:
            number, is_whole = end.booking.number, without.is_whole(end.booking)
            return (
                is_whole,
                end.fate != "forgotten",
                end.fate != "refused",
                number not in given_up,
                abs(calls[number] - 2),
            )

        return min(without.ends, key=rank).booking

    @staticmethod
    def booking_messages(coordinator: Coordinator, booking: Booking) -> Iterator[Message]:
        """All that is sent for a booking, in no order."""
        end = next(end for end in coordinator.ends if end.booking.number == booking.number)
        crashes_us = [at_us for at_us in coordinator.load.crashes_us if booking.at_us < at_us <= end.at_us]
        calls = [call for call in coordinator.calls if call.booking.number == booking.number]
        yield Message(booking.at_us, "client", "coordinator", "book a trip")
        for at_us in crashes_us:
            up_us = at_us + coordinator.down_us
            yield Message(at_us, "coordinator", "coordinator", "crash", "fail")
            if end.fate == "forgotten":
                yield Message(up_us, "coordinator", "coordinator", "back, knows nothing", "event")
                yield Message(up_us, "coordinator", "client", "no answer, ever", "fail")
            else:
                yield Message(up_us, "coordinator", "saga log", "back, read", "store")
        yield from Saga.log_messages(coordinator, booking)
        for call in calls:
            yield from Saga.call_messages(
                call, is_heard=not any(call.sent_us < at <= call.answered_us for at in crashes_us)
            )
        if end.fate in ENDS:
            yield Message(end.at_us, "coordinator", "client", *ENDS[end.fate])
        last_us = max((call.answered_us for call in calls), default=end.at_us)
        for service in () if coordinator.is_whole(booking) else coordinator.steps:
            if service.held[booking.number]:
                name = SERVICES[service.index]
                yield Message(last_us, name, name, LEFT[service.index], "event")

    @staticmethod
    def log_messages(coordinator: Coordinator, booking: Booking) -> Iterator[Message]:
        """What goes to the log; the end is left out, since the client is told."""
        texts = {"begin": "begin", "compensate": "decided: undo"}
        for record in coordinator.log.records if coordinator.log else ():
            if record.booking.number == booking.number and record.kind != "end":
                text = texts.get(record.kind) or DONE[coordinator.steps[record.steps - 1].index]
                yield Message(record.at_us, "coordinator", "saga log", text, "store")

    @staticmethod
    def call_messages(call: Call, *, is_heard: bool) -> Iterator[Message]:
        """A call, and its answer unless what follows says it."""
        name, text = SERVICES[call.service], (DO if call.action == "do" else UNDO)[call.service]
        yield Message(call.sent_us, "coordinator", name, f"{text}, again" if call.attempt else text)
        if call.is_given_up:
            yield Message(call.sent_us + TIMEOUT_US, name, "coordinator", "no answer in time", "fail")
        # An answer that is as expected is left out: the next call says that it came.
        if call.answer != "done" or (not is_heard and call.action == "do"):
            missed = ", too late" if call.is_given_up else "" if is_heard else ", nobody listens"
            yield Message(call.answered_us, name, "coordinator", call.answer + missed, "fail")
