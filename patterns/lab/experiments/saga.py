"""Saga: how many bookings stay half done when the process that books them crashes between two steps."""

from patterns.lab.experiment import WITH, WITHOUT, Experiment, Law, Metric, Outcome, Preset, Role, Side, Unit
from patterns.lab.experiments.saga_story import series, shown, tell
from patterns.lab.measure import median, share
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.saga import Coordinator, simulate
from patterns.lab.systems.travel import SagaSettings, workload
from patterns.lab.trace import Failure, Trace


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


def run(p: SagaSettings, seed: int, side: str, trace: Trace | None = None) -> Outcome:
    load = workload(p, seed)
    coordinator = simulate(p, load, side)
    measured = figures(coordinator)
    if trace is None:
        return Outcome(measured)
    tell(trace, coordinator, shown(p, load))
    down_us = p.down_s * SECOND_US
    failures = tuple(Failure("the coordinator is down", at_us, at_us + down_us) for at_us in load.crashes_us)
    return Outcome(measured, failures, series(p, coordinator), trace.story())


def figures(coordinator: Coordinator) -> dict[str, float]:
    halves = [booking for booking in coordinator.load.bookings if not coordinator.is_whole(booking)]
    settled = [end for end in coordinator.ends if end.fate not in ("forgotten", "turned away")]
    waits_us = [end.at_us - end.booking.at_us for end in settled]
    return {
        "half_done": len(halves),
        "held": sum(sum(coordinator.held(booking)) for booking in halves),
        "unanswered": sum(end.fate == "forgotten" for end in coordinator.ends),
        "log_writes": share(len(coordinator.log.records) if coordinator.log else 0, len(settled)),
        "settle_ms": median(waits_us) / MILLISECOND_US,
        "longest_s": max(waits_us, default=0) / SECOND_US,
        "repeated": sum(call.attempt > 0 for call in coordinator.calls),
    }


EXPERIMENT = Experiment(
    slug="saga-pattern",
    title="The process that books a trip crashes",
    question=(
        "A trip takes a seat, a room and a charge in three services, and the process that books it crashes. "
        "How many bookings stay half done?"
    ),
    parameters=SagaSettings,
    sides=(
        Side(WITHOUT, "Undo from memory", "when undoing from memory"),
        Side(WITH, "Saga with a log", "with a saga log"),
    ),
    metrics=(
        Metric(
            "half_done",
            "bookings left half done",
            Unit.COUNT,
            Role.PRIMARY,
            "In the end some of seat, room and charge is there, but not all.",
            smallest=0.5,
        ),
        Metric("held", "seats, rooms and charges of half-done bookings", Unit.COUNT, Role.GAIN, "Held for no trip."),
        Metric("unanswered", "clients who never get an answer", Unit.COUNT, Role.GAIN, "Their booking is forgotten."),
        Metric("log_writes", "log writes per booking", Unit.COUNT, Role.PRICE, "Of those confirmed or called off."),
        Metric("settle_ms", "median time to an answer", Unit.MILLISECONDS, Role.PRICE, "Confirmed, or called off."),
        Metric("longest_s", "longest wait for an answer", Unit.SECONDS, Role.PRICE, "Of the clients who get one."),
        Metric("repeated", "calls sent again", Unit.COUNT, Role.PRICE, "The services have to recognise them."),
    ),
    presets=(
        Preset(
            "default",
            "The coordinator crashes",
            "Three times in a minute, for three seconds each; some six hundred bookings.",
            SagaSettings(),
        ),
        Preset(
            "late",
            "Requests that come late",
            "One reservation in ten. It is cancelled after two seconds, and the cancellation arrives first.",
            SagaSettings(late=10),
        ),
        Preset(
            "slow-log",
            "A slow log",
            "Fifty milliseconds for each write: safe, and every booking pays for it.",
            SagaSettings(log_ms=50),
        ),
        Preset(
            "no-crash",
            "Nobody crashes",
            "Memory is enough to undo what a refused card leaves behind, and the log only costs.",
            SagaSettings(crashes=0),
        ),
        Preset(
            "stuck",
            "Cancellations that fail for good",
            "One reservation in five cannot be cancelled. No log mends that; people have to.",
            SagaSettings(crashes=0, stuck=20),
        ),
        Preset(
            "charge-first",
            "The step that cannot be undone comes first",
            "The card is charged before seat and room are sure. A saga does not repair a wrong order.",
            SagaSettings(crashes=0, charge="first"),
        ),
    ),
    laws=(OCCUPANCY,),
    assumptions=(
        "Clients come at random and do not come less often after a failure (an open Poisson process).",
        "Both sides make the same calls. When a step is refused, both cancel what came before it; when a reservation "
        "is not answered within two seconds, both cancel it as well.",
        "The services never crash, go on while the coordinator is down, and recognise what they are told twice.",
        "A charge cannot be undone. Therefore it comes last, unless the settings say otherwise.",
        "What was refused may be granted when it is asked again: a room has become free.",
        "A record is in the log once its write has ended.",
        "Clients who come while the coordinator is down are sent away, on both sides.",
    ),
    limits=(
        "Half-done bookings are seen by others for a while on both sides: a saga does not isolate.",
        "One coordinator, and a log that is never lost. A saga can also be choreographed, without a coordinator.",
        "No reservation expires, nobody compares the books later, and no client asks again; in practice such "
        "means mend part of what is half done.",
        "No service is ever busy: a step takes as long under a high load as under a low one.",
    ),
    run=run,
)
