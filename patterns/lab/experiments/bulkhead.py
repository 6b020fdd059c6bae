"""Bulkhead: how many requests fail because calls to a dependency that they do not need hold the workers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp

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
from patterns.lab.measure import share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.bulkhead import (
    COUNT,
    END_US,
    FIRST,
    SHORT,
    TROUBLE_US,
    WELL_US,
    Bulkhead,
    BulkheadSettings,
    CallEnd,
    DividedService,
    Pool,
)
from patterns.lab.trace import Failure, Sample, Series, Trace, per_second

FAILURES = {"full": "refused: full", "timeout": "failed", "late": "too late", "waited too long": "waited too long"}
SETTLED_US = TROUBLE_US + 2 * SECOND_US  # by when as many calls hang as ever will
TROUBLES = {
    "first": "the first dependency is slow",
    "all": "all dependencies are slow",
    "burst": "more requests to the second",
}


def refused(workers: int, places: int, load: float) -> float:
    """The share of requests that find all workers busy and all places taken; ``load`` is calls in progress, unlimited.

    M/M/c/K, and where there are no places, Erlang's loss formula.
    """
    blocked = 1.0
    for present in range(1, workers + places + 1):
        step = load / min(present, workers)
        blocked = step * blocked / (1 + step * blocked)
    return blocked


CALM = BulkheadSettings(workers=6, first=2, queue=0, rate=25, slow=1, timeout_ms=5000, deadline_ms=5000)

POOLED = Law(
    name="Refused by one pool",
    formula=(
        "Erlang's loss formula, B(c, a) = (aᶜ / c!) / Σ (aᵏ / k!) over k = 0 … c: for c workers, and a calls in "
        "progress if none were refused"
    ),
    assumptions="Poisson arrivals, no queue; here 6 workers, and 75 calls a second of 80 ms.",
    source="A. K. Erlang, 1917",
    parameters=CALM,
    side=WITHOUT,
    figure="settled_refused",
    expected=refused(6, 0, 75 * 0.08),
)
SPLIT = replace(
    POOLED,
    name="Refused by compartments",
    formula="B(c/k, a/k), which is more than B(c, a): the same workers and calls, in k compartments that do not lend",
    assumptions="Poisson arrivals, no queue, the same load for each compartment; here 3 compartments of 2 workers.",
    source="A. K. Erlang, 1917; that one group refuses fewer: D. R. Smith and W. Whitt, 1981",
    side=WITH,
    expected=refused(2, 0, 25 * 0.08),
)
QUEUE = replace(
    POOLED,
    name="Refused by one pool with a queue",
    formula="The chance that an M/M/c/K system is full: c work, and K - c wait",
    assumptions="Poisson arrivals, exponential times, nobody gives up waiting; here 6 workers, 3 places, 8.4 calls.",
    source="L. Kleinrock, Queueing Systems, volume 1, 1975: birth and death processes",
    parameters=replace(CALM, queue=3, rate=35),
    expected=refused(6, 3, 105 * 0.08),
)
SLOWED = replace(
    POOLED,
    name="Refused by one pool while a dependency is slow",
    formula="B(c, λ₁·m·(1 - e^(-T/m)) + λ₂·s): calls to the slow one take m on average, and none longer than T",
    assumptions=(
        "As above, two seconds after it became slow; how long a worker is held matters by its mean only, and every "
        "kind of request is refused alike. Here λ₁ = 30 and λ₂ = 60 a second, m = 800 ms, s = 80 ms, T = 1 s, c = 18."
    ),
    source="A. K. Erlang, 1917; that arrivals see time averages: R. W. Wolff, 1982",
    parameters=BulkheadSettings(queue=0),
    expected=refused(18, 0, 30 * 0.8 * (1 - exp(-1 / 0.8)) + 60 * 0.08),
)


@dataclass(frozen=True)
class OwnPool(Parameters):
    """A reader's own workers, and compartments that they could be divided into."""

    your_workers: int = integer(18, 2, 10_000, name="Workers", about="Threads, connections or places.")
    your_busy: int = integer(7, 1, 10_000, name="Busy on average", about="Calls a second times seconds a call.")
    your_parts: int = integer(3, 2, 100, name="Compartments", about="All alike.")


def own_pool(own: OwnPool) -> str:
    each = own.your_workers // own.your_parts
    if not each:
        return f"{own.your_workers:,} workers are too few for {own.your_parts:,} compartments."
    one, split = refused(own.your_workers, 0, own.your_busy), refused(each, 0, own.your_busy / own.your_parts)
    return (
        f"While nothing is wrong, one pool refuses {100 * one:.2f} % of all requests, and {own.your_parts:,} "
        f"compartments of {each:,} refuse {100 * split:.2f} %. A dependency that hangs can take all "
        f"{own.your_workers:,} workers, or {each:,}."
    )


class Bulkheads(SystemExperiment[DividedService]):
    slug = "bulkhead-pattern"
    title = "One dependency becomes slow"
    question = "Calls to one dependency take ten times as long and hold the workers. How many requests to others fail?"
    system = DividedService
    parameters = BulkheadSettings
    mechanism = (Pool, Bulkhead)
    sides = (
        Side(WITHOUT, "One shared pool", "with one shared pool"),
        Side(WITH, "Compartments", "with compartments"),
        Side(SHORT, "Shared, shorter timeout", "with one pool and a shorter timeout"),
    )
    metrics = (
        Metric(
            "others_failed",
            "requests to the other dependencies failed",
            Unit.SHARE,
            Role.PRIMARY,
            "Refused, timed out or too late; of all that come while something is wrong.",
        ),
        Metric(
            "answered",
            "requests answered in time",
            Unit.SHARE,
            Role.GAIN,
            "Of all, from start to end.",
            is_better_high=True,
        ),
        Metric(
            "first_answered",
            "requests to the first dependency answered",
            Unit.SHARE,
            Role.PRICE,
            "In time, while something is wrong: a slow answer is still one.",
            is_better_high=True,
        ),
        Metric(
            "refused_idle",
            "requests refused while workers were idle",
            Unit.SHARE,
            Role.PRICE,
            "Of all: their compartment was full, and another was not.",
            smallest=0.002,
        ),
        Metric(
            "calm_failed",
            "requests failed while nothing was wrong",
            Unit.SHARE,
            Role.PRICE,
            "Refused by a compartment that was too small, or given up too early.",
            smallest=0.002,
        ),
        Metric("idle", "workers idle in the trouble", Unit.SHARE, Role.PRICE, "Of the time of all workers."),
        Metric("pools", "pools to size", Unit.COUNT, Role.PRICE),
    )
    presets = (
        Preset(
            "default",
            "One of three dependencies is slow",
            "Its calls take ten times as long for ten seconds. Eighteen workers, or three compartments of six: about "
            "as many requests are answered in all, but others.",
            BulkheadSettings(),
            Fault.SLOW,
        ),
        Preset(
            "hang",
            "It hangs",
            "Hardly a call comes back before its timeout of one second.",
            BulkheadSettings(slow=100),
            Fault.OUTAGE,
        ),
        Preset(
            "shorter-timeout",
            "A wall, or a shorter timeout?",
            "Compared with one pool whose calls give up after 0.3 seconds, in good times too.",
            BulkheadSettings(),
            Fault.SLOW,
            SHORT,
        ),
        Preset(
            "short-timeout",
            "The timeout is short already",
            "All sides give up after 0.3 seconds. Slow calls no longer hold enough workers to hurt the others.",
            BulkheadSettings(timeout_ms=300),
            Fault.SLOW,
        ),
        Preset(
            "burst",
            "A burst, and nothing fails",
            "The second dependency gets three times as many requests. One pool lends it workers, a compartment cannot.",
            BulkheadSettings(trouble="burst"),
            Fault.LOAD,
        ),
        Preset(
            "too-small",
            "Compartments of the wrong size",
            "The first dependency was given fourteen of the eighteen workers, so each of the others has two.",
            BulkheadSettings(first=14),
            Fault.SLOW,
        ),
        Preset(
            "shared-below",
            "What is slow lies below all walls",
            "The three dependencies share a database, and it is the database that is slow.",
            BulkheadSettings(trouble="all"),
            Fault.SLOW,
        ),
    )
    laws = (POOLED, SPLIT, QUEUE, SLOWED)
    knob = Knob("slow", (1, 2, 4, 6, 8, 10, 20, 50))
    calculator = Calculator(
        "What would dividing your workers cost?",
        OwnPool,
        own_pool,
        "By Erlang's loss formula: nobody waits for a worker, and each compartment gets the same share of the calls.",
    )
    qualities = ("availability", "throughput", "cost")
    fairness = (
        "All sides have the same number of workers, the same places to wait, the same deadline and the same requests. "
        "The shared pool has a timeout and refuses when it is full, so that nobody waits in vain; a third side shows "
        "how much of the same a shorter timeout gives."
    )
    assumptions = (
        "Requests come at random and at the same rate, answered or not (an open Poisson process); nobody retries.",
        "Each request makes one call. What is slow is decided when the call begins, and it is slow for all alike.",
        "A full pool refuses at once. What has waited beyond its deadline is dropped when its turn comes.",
        "Walls are rigid: a compartment never lends a worker. A limit on the calls to one dependency alone, as in the "
        "experiment on circuit breakers, lends more and protects less.",
    )
    limits = (
        "A worker costs nothing while it is idle, and threads of a compartment cost nothing to change to.",
        "One service with three dependencies alike. Real ones differ in load and in worth.",
        "The dependency does not suffer from the calls it gets: in practice fewer calls may help it to recover.",
    )

    def figures(self, service: DividedService) -> dict[str, float | None]:
        ends = service.ends
        wrong = [end for end in ends if TROUBLE_US <= end.request.at_us < WELL_US]
        # Calls that began in the trouble are slow until they end: the time after it is not calm yet.
        calm = [end for end in ends if end.request.at_us < TROUBLE_US]
        settled = [end for end in wrong if end.request.at_us >= SETTLED_US]
        busy_us = sum(overlap_us(end) for end in ends)
        first, others = (
            [end for end in wrong if (end.request.dependency == FIRST) is wanted] for wanted in (True, False)
        )
        return {
            "others_failed": share(sum(end.fate != "answered" for end in others), len(others)),
            "answered": share(sum(end.fate == "answered" for end in ends), len(ends)),
            "first_answered": share(sum(end.fate == "answered" for end in first), len(first)),
            "refused_idle": share(sum(end.idle > 0 for end in ends), len(ends)),
            "calm_failed": share(sum(end.fate != "answered" for end in calm), len(calm)),
            "idle": 1 - busy_us / ((WELL_US - TROUBLE_US) * service.p.workers),
            "pools": len(service.workers.pools),
            "settled_refused": share(sum(end.fate == "full" for end in settled), len(settled)),
        }

    def structure(self, parameters: BulkheadSettings, side: str) -> Structure:
        p, usual = parameters, f"{parameters.service_ms} ms a call"
        slow, timeout = f"{p.slow} times as long", f"timeout {p.short_ms if side == SHORT else p.timeout_ms:,} ms"
        first, others, burst = (p.is_wrong and p.trouble in wrong for wrong in (("first", "all"), ("all",), ("burst",)))
        often = f"up to {p.rate * (p.burst + 1)} a second" if burst else f"{p.rate * 2} a second"
        parts = [
            Part("to-first", "Requests to it", 0, f"{p.rate} a second", "client"),
            Part("to-others", "To the others", 0, often, "client"),
            Part("first", "First dependency", 3, slow if first else usual, is_broken=first),
            Part("others", "The other two", 3, slow if others else usual, is_broken=others),
        ]
        if side == WITH:
            size, *rest = p.sizes
            into, also = "wall-first", "wall-others"
            parts.append(Part(into, "Compartment 1", 1, f"{size} workers, {p.queue // COUNT} wait", is_new=True))
            parts.append(Part(also, "Compartments 2, 3", 1, f"{rest[0]} and {rest[1]} workers", is_new=True))
        else:
            into = also = "pool"
            parts.append(Part(into, "One pool", 1, f"{p.workers} workers, {p.queue} wait"))
        wires = (
            Wire("to-first", into),
            Wire("to-others", also, is_broken=burst),
            Wire(into, "first", timeout, is_broken=first),
            Wire(also, "others", timeout, is_broken=others),
        )
        return Structure((*parts,), wires)

    def failures(self, service: DividedService) -> tuple[Failure, ...]:
        return (Failure(TROUBLES[service.p.trouble], TROUBLE_US, WELL_US),) if service.p.is_wrong else ()

    def series(self, service: DividedService) -> tuple[Series, ...]:
        ends = service.ends
        failed = [end.request.at_us for end in ends if end.request.dependency != FIRST and end.fate != "answered"]
        answered = [end.request.at_us for end in ends if end.fate == "answered"]
        held = (Sample(at_us, calls_at(ends, at_us)) for at_us in range(0, END_US, SECOND_US))
        return (
            Series("failed", "Requests to the others failed", "a second", per_second(failed, until_us=END_US)),
            Series("held", "Workers that call the first dependency", "workers", (*held,)),
            Series("answered", "Requests answered in time", "a second", per_second(answered, until_us=END_US)),
        )

    def narrate(self, trace: Trace, service: DividedService) -> None:
        """Five requests: one that hangs, one more like it, another that fails, another that does not, and the end."""
        wrong = [end for end in service.ends if end.request.at_us >= TROUBLE_US]
        first, others = (
            [end for end in wrong if (end.request.dependency == FIRST) is is_first] for is_first in (True, False)
        )
        hanging = next((end for end in first if end.fate == "timeout"), None)
        full = next((end for end in first if end.fate == "full"), None)
        failed = next((end for end in others if end.fate != "answered"), None)
        since_us = min(end.request.at_us for end in (full, failed) if end) if full or failed else TROUBLE_US
        fine = next((end for end in others if end.fate == "answered" and end.request.at_us >= since_us), None)
        back = next((end for end in first if end.fate == "answered" and end.request.at_us >= WELL_US), None)
        told = ((hanging, "request"), (full, "the next request"), (failed, "request"), (fine, "another request"))
        for end, text in (*told, (back, "once it is well")):
            if end is not None:
                self.tell(trace, service, end, text)

    @staticmethod
    def tell(trace: Trace, service: DividedService, end: CallEnd, text: str) -> None:
        number = end.request.dependency + 1
        caller, pool = f"caller {number}", f"compartment {number}" if service.side == WITH else "shared pool"
        trace.note(end.request.at_us, caller, pool, text)
        if end.fate == "timeout" and end.began_us is not None:
            trace.note(end.began_us, pool, f"dependency {number}", "call")
            trace.note(end.at_us, f"dependency {number}", pool, "no answer in time", "fail")
        if end.fate == "answered":
            trace.note(end.at_us, pool, caller, f"answer after {took_ms(end):,} ms", "reply")
        else:
            idle = f", with {end.idle} idle elsewhere" if end.idle else ""
            trace.note(end.at_us, pool, caller, FAILURES[end.fate] + idle, "fail")


def took_ms(end: CallEnd) -> int:
    return (end.at_us - end.request.at_us) // MILLISECOND_US


def overlap_us(end: CallEnd) -> int:
    """For how long its call held a worker while something was wrong."""
    return 0 if end.began_us is None else max(0, min(end.at_us, WELL_US) - max(end.began_us, TROUBLE_US))


def calls_at(ends: Iterable[CallEnd], at_us: int) -> int:
    """Workers that are held by the first dependency at an instant."""
    calls = [(end.began_us, end.at_us) for end in ends if end.request.dependency == FIRST and end.began_us is not None]
    return sum(began_us <= at_us < until_us for began_us, until_us in calls)
