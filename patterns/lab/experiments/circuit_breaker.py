"""Circuit breaker: how many requests fail for the sake of a dependency that they do not need."""

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
from patterns.lab.measure import percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.circuit_breaker import (
    BROKEN,
    BULKHEAD,
    DOWN_US,
    NONE,
    SETTLED_US,
    Breaker,
    BreakerLoad,
    BreakerSettings,
    CallingService,
    RequestEnd,
)
from patterns.lab.trace import Failure, Sample, Series, Trace, per_second


def erlang_b(servers: int, load: float) -> float:
    """The share of requests that find all servers busy; ``load`` is arrivals in the mean time that one is served."""
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


ERLANG_B = Law(
    name="Erlang's loss formula",
    formula=(
        "B(c, a) = (aᶜ / c!) / Σ (aᵏ / k!) over k = 0 … c, for c workers and the load a = λ₁·s + λ₂·T: "
        "other requests at rate λ₁ that take s, and calls at rate λ₂ that wait for the timeout T"
    ),
    assumptions=(
        "Requests arrive as a Poisson process, none waits for a worker, and the outage has lasted four seconds; "
        "how long a worker is held matters by its mean only, and every kind of request is refused alike."
    ),
    source="A. K. Erlang, 1917; that arrivals see time averages: R. W. Wolff, 1982",
    parameters=BreakerSettings(),
    side=WITHOUT,
    figure="settled_refused",
    expected=erlang_b(20, 25 * 0.050 + 40 * 1.0),
)


@dataclass(frozen=True)
class HeldWorkers(Parameters):
    """A reader's own calls to something that may stop answering."""

    your_calls: int = integer(40, 1, 100_000, name="Calls to the dependency", unit="a second")
    your_timeout_ms: int = integer(1000, 1, 600_000, name="Timeout of a call", unit="ms")
    your_workers: int = integer(20, 1, 10_000, name="Workers", about="Threads, connections or processes.")


def held_workers(own: HeldWorkers) -> str:
    held = own.your_calls * own.your_timeout_ms / 1000
    left = max(0.0, 1 - erlang_b(own.your_workers, held))
    return (
        f"While the dependency does not answer, its calls would hold {held:,.0f} workers at once, and you have "
        f"{own.your_workers:,}: about {left * 100:.0f} % of all requests would still find one."
    )


class CircuitBreaker(SystemExperiment[CallingService]):
    slug = "circuit-breaker-pattern"
    title = "One dependency stops answering"
    question = "Some requests need a dependency that no longer answers. How many of the others fail with them?"
    system = CallingService
    parameters = BreakerSettings
    mechanism = (Breaker,)
    sides = (
        Side(WITHOUT, "Timeout alone", "with a timeout alone"),
        Side(WITH, "Circuit breaker", "with a circuit breaker"),
        Side(BULKHEAD, "Timeout and bulkhead", "with a timeout and a bulkhead"),
    )
    metrics = (
        Metric(
            "unrelated_refused",
            "requests failed although nothing they need was broken",
            Unit.SHARE,
            Role.PRIMARY,
            "Refused or too late; of all that come in the outage and do not need the broken part.",
        ),
        Metric(
            "answered", "requests answered", Unit.SHARE, Role.GAIN, "Of all, from start to end.", is_better_high=True
        ),
        Metric(
            "failing_ms",
            "time until a call to the broken part has failed",
            Unit.MILLISECONDS,
            Role.GAIN,
            "95 % take no longer.",
        ),
        Metric(
            "sent",
            "calls sent to the broken part",
            Unit.COUNT,
            Role.GAIN,
            "In the outage; each holds a worker until its timeout, and is work for something that has to recover.",
            of="requests",
            smallest=0.001,
        ),
        Metric(
            "good_refused",
            "calls refused although the dependency had recovered",
            Unit.COUNT,
            Role.PRICE,
            "Until a probe has found out, or until waiting workers are free again.",
            of="requests",
            smallest=0.001,
        ),
    )
    presets = (
        Preset(
            "default",
            "A dependency stops answering",
            "Twenty workers, and a timeout of one second: the calls that wait would hold twice as many.",
            BreakerSettings(),
            Fault.OUTAGE,
        ),
        Preset(
            "long-timeout",
            "A long timeout",
            "Five seconds. Until they have passed for the first calls, the breaker cannot know of the outage.",
            BreakerSettings(timeout_ms=5000, calls=25),
            Fault.OUTAGE,
        ),
        Preset(
            "short-timeout",
            "A timeout short enough",
            "A fifth of a second. Calls that wait hardly ever hold all the workers: there is little left to protect.",
            BreakerSettings(timeout_ms=200),
            Fault.OUTAGE,
        ),
        Preset(
            "one-for-all",
            "One breaker over four shards",
            "One shard of four fails, and with it every fourth call; the breaker opens at every fifth. It cannot tell "
            "the shards apart, and refuses calls to the other three.",
            BreakerSettings(workers=12, shards=4, threshold=20),
            Fault.OUTAGE,
        ),
        Preset(
            "one-for-each",
            "A breaker for each shard",
            "The same failure, but only the broken shard is cut off. No bulkhead before all four could do that.",
            BreakerSettings(workers=12, shards=4, scope="shard", threshold=20),
            Fault.OUTAGE,
        ),
        Preset(
            "bulkhead",
            "A breaker, or a bulkhead?",
            "No more than ten of the twenty workers may call at once. That spares the others better, since nothing has "
            "to be found out first. But calls still wait for their timeout, and the broken part is called all along.",
            BreakerSettings(),
            Fault.OUTAGE,
            against=BULKHEAD,
        ),
    )
    laws = (ERLANG_B,)
    knob = Knob("timeout_ms", (200, 300, 400, 600, 800, 1000, 2000, 5000))
    calculator = Calculator(
        "How many workers would your calls hold?",
        HeldWorkers,
        held_workers,
        "By Erlang's loss formula: nobody waits for a worker, and the other requests hold none for long.",
    )
    qualities = ("availability", "latency")
    fairness = (
        "The side without a breaker has the same timeout, workers and requests, and a call costs it a worker for its "
        "timeout and no longer. A bulkhead, which needs no breaker, runs beside both, and a verdict says where it does "
        "better. What it lacks is measured, too: how soon a call has failed, and how many the broken part is sent."
    )
    assumptions = (
        "Requests arrive at random and do not slow down when they are refused (an open Poisson process).",
        "There is no queue: a request that finds all workers busy is refused at once.",
        "A call is decided when it is sent: one sent to the broken part holds its worker until the timeout.",
        "All sides have the same timeout. Nobody retries, and no fallback answers; a refusal is a failure.",
        "A refusal takes no time and no worker, and to ask a breaker or a bulkhead costs nothing.",
    )
    limits = (
        "The dependency is dead or well. A slow one, the usual case in practice, is between the two.",
        "One service. A whole system has many, and what one refuses, its callers may retry.",
        "The bulkhead has room for five times what calls need while all is well. One that is too small refuses good "
        "calls, and nothing here finds the right size.",
    )

    def figures(self, service: CallingService) -> dict[str, float | None]:
        up_us, ends = service.load.up_us, service.ends
        down = [end for end in ends if DOWN_US <= end.request.at_us < up_us]
        unrelated = [end for end in down if end.request.shard != BROKEN]
        # Erlang's law is about a state that lasts: the first seconds, in which workers begin to wait, are left out.
        settled = [end for end in down if SETTLED_US <= end.request.at_us - DOWN_US < service.p.outage_s * SECOND_US]
        failing_ms = [(end.at_us - end.request.at_us) / MILLISECOND_US for end in down if end.request.shard == BROKEN]
        recovered = [end for end in ends if end.request.is_call and end.request.at_us >= up_us]
        return {
            "unrelated_refused": share(sum(end.fate != "answered" for end in unrelated), len(unrelated)),
            "answered": share(sum(end.fate == "answered" for end in ends), len(ends)),
            "failing_ms": percentile(failing_ms, 95),
            "sent": sum(end.fate == "timeout" for end in down if end.request.shard == BROKEN),
            "requests": len(ends),
            "good_refused": sum(end.fate not in ("answered", "timeout") for end in recovered),
            "settled_refused": share(sum(end.fate == "no worker" for end in settled), len(settled)),
        }

    def structure(self, parameters: BreakerSettings, side: str) -> Structure:
        p, calls = parameters, f"{parameters.calls} calls a second"
        note = f"{p.workers} workers" + (f", {p.bulkhead} for calls" if side == BULKHEAD else "")
        shards = f"{p.shards} shards, one down" if p.shards > 1 else "does not answer"
        parts = [
            Part("others", "Other callers", 0, f"{p.others} requests a second", "client"),
            Part("callers", "Callers", 0, calls, "client"),
            Part("service", "Service", 1, note, is_new=side == BULKHEAD),
            Part("dependency", "Dependency", 3, shards, is_broken=True),
        ]
        ways = [Wire("others", "service"), Wire("callers", "service")]
        timeout = f"timeout {p.timeout_ms:,} ms"
        if side != WITH:
            return Structure((*parts,), (*ways, Wire("service", "dependency", timeout, is_broken=True)))
        breaker = "one a shard" if p.scope == "shard" else f"opens at {p.threshold} %, {p.open_s} s"
        parts.insert(3, Part("breaker", "Circuit breaker", 2, breaker, is_new=True))
        broken = Wire("breaker", "dependency", timeout, is_broken=True)
        return Structure((*parts,), (*ways, Wire("service", "breaker"), broken))

    def failures(self, service: CallingService) -> tuple[Failure, ...]:
        what = "a shard of the dependency" if service.p.shards > 1 else "the dependency"
        return (Failure(f"{what} does not answer", DOWN_US, service.load.up_us),)

    def series(self, service: CallingService) -> tuple[Series, ...]:
        ends, until_us = service.ends, service.p.end_us
        failed = [end.request.at_us for end in ends if end.fate != "answered" and not is_doomed(end, service.load)]
        answered = [end.request.at_us for end in ends if end.fate == "answered"]
        needless = per_second(failed, until_us=until_us)
        waits = [(end.request.at_us, end.at_us) for end in ends if end.fate == "timeout"]
        ticks = range(0, until_us, SECOND_US)
        waiting = tuple(Sample(tick, sum(since <= tick < until for since, until in waits)) for tick in ticks)
        return (
            Series("failed", "Requests failed although nothing they need was broken", "a second", needless),
            Series("answered", "Requests answered", "a second", per_second(answered, until_us=until_us)),
            Series("waiting", "Workers that wait for a timeout", "workers", waiting),
        )

    def narrate(self, trace: Trace, service: CallingService) -> None:
        """From the outage on: the first of each kind of failure, and the first and the last changes of a breaker."""
        kinds = set[tuple[str, str]]()
        for end in service.ends:
            caller, text = (
                "other caller" if end.request.shard == NONE else "caller",
                self.failure_text(end, service.load),
            )
            if end.request.at_us < DOWN_US or end.fate == "answered" or (caller, text) in kinds:
                continue
            kinds.add((caller, text))
            if end.fate == "timeout":
                trace.note(end.request.at_us, "service", "dependency", "call")
                trace.note(end.at_us, "dependency", "service", "no answer in time", "fail")
            trace.note(end.at_us, "service", caller, text, "fail")
        # A breaker tries again every few seconds: how it opened and how it closed in the end is its story.
        for changes in (breaker.changes for breaker in service.breakers):
            for at_us, state in changes[:3] + changes[3:][-2:]:
                trace.note(at_us, "breaker", "breaker", f"becomes {state}", "event")
                if state == "half-open":
                    trace.note(at_us, "service", "dependency", "probe")

    @staticmethod
    def failure_text(end: RequestEnd, load: BreakerLoad) -> str:
        if end.fate == "timeout":
            return "failed"
        is_needless = end.fate != "no worker" and not is_doomed(end, load)
        return f"{'needlessly ' if is_needless else ''}refused: {end.fate}"


def is_doomed(end: RequestEnd, load: BreakerLoad) -> bool:
    """Whether what the request needs was broken when it came."""
    return load.is_broken(end.request.shard, end.request.at_us)
