"""Retry: whether a service that hung for a moment comes back, or is kept down by those who try again."""

from collections import Counter
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
    Statistic,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import mean, percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.retry import (
    HANG_US,
    ONCE,
    RequestFate,
    RetryBudget,
    RetryingCallers,
    RetrySettings,
    backoff_us,
)
from patterns.lab.trace import Failure, Sample, Series, Trace, per_second

NORMAL = 0.9  # of the requests of a window are answered at the first try
WINDOW_S = 3
DOWN_FOR_GOOD_S = 100  # longer than any run
TENTH_US = SECOND_US // 10

ERRORS = RetrySettings(
    outage_s=0, rate=20, workers=8, service_ms=20, errors=500, budget="off", base_ms=1000, horizon_s=20
)
FAILING = Law(
    name="Failures after n tries",
    formula="F = pⁿ, for calls that fail independently with probability p, and n tries",
    assumptions="Errors are independent, no call waits too long, and nothing limits the retries but their number.",
    source="Independence; for retries: M. Brooker, Fixing Retries with Token Buckets and Circuit Breakers, 2022",
    parameters=ERRORS,
    side=WITH,
    figure="failed",
    expected=0.5**3,
)
CALLS = Law(
    name="Calls for each request",
    formula="C = 1 + p + … + pⁿ⁻¹ = (1 - pⁿ) / (1 - p)",
    assumptions="As for the failures after n tries.",
    source="The mean of a geometric distribution that is cut off after n tries",
    parameters=ERRORS,
    side=WITH,
    figure="calls",
    expected=(1 - 0.5**3) / (1 - 0.5),
)
JITTER = Law(
    name="The pause with full jitter",
    formula="W = L / 2, for a pause drawn evenly between nothing and its limit L",
    assumptions="The first pause of each request, whose limit is one second.",
    source="M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015: its published simulator",
    parameters=ERRORS,
    side=WITH,
    figure="pause_ms",
    expected=500.0,
)
BUDGET = Law(
    name="The budget holds",
    formula="R ≤ b·S + k·B in every run, for R retries, S successes, the share b, and k buckets of B tokens: "
    "what goes beyond it is 0",
    assumptions="None.",
    source="The token bucket of M. Brooker, Fixing Retries with Token Buckets and Circuit Breakers, 2022",
    parameters=RetrySettings(errors=300, outage_s=5, horizon_s=25),
    side=WITH,
    figure="beyond_budget",
    expected=0.0,
    statistic=Statistic.EXACT,
)


@dataclass(frozen=True)
class YourService(Parameters):
    your_rate: int = integer(70, 1, 9999, name="Your requests", unit="a second")
    your_capacity: int = integer(100, 1, 9999, name="Your service can answer", unit="calls a second")
    your_tries: int = integer(3, 2, 9, name="Tries")


def storm(yours: YourService) -> str:
    rate, tries, capacity = yours.your_rate, yours.your_tries, yours.your_capacity
    first = f"When all fails, {tries} tries make {rate * tries:,} calls a second of {rate:,} requests"
    if rate >= capacity:
        return f"{first}, but {rate:,} alone are too many: no policy of retries can help."
    if rate * tries <= capacity:
        return f"{first}, which the service can answer: a storm dies down by itself."
    return (
        f"{first}, more than the service can answer: a storm may keep it down after its cause has gone. A budget of "
        f"10 % makes at most {rate * 1.1:,.0f} calls a second of them, which "
        f"{'it can answer' if rate * 1.1 <= capacity else 'is too many as well'}."
    )


class Retry(SystemExperiment[RetryingCallers]):
    slug = "retry-pattern"
    title = "A service hangs for ten seconds"
    question = "Everybody whose call failed tries again. Does the service come back, or do they keep it down?"
    system = RetryingCallers
    parameters = RetrySettings
    mechanism = (RetryBudget, backoff_us, RetryingCallers.fail, RetryingCallers.may_retry)
    qualities = ("availability", "throughput", "latency")
    sides = (
        Side(WITHOUT, "Fixed retries", "with retries after a fixed pause"),
        Side(WITH, "Backoff, jitter, budget", "with backoff, jitter and a budget"),
        Side(ONCE, "No retries", "without any retries"),
    )
    metrics = (
        Metric(
            "failed",
            "requests that failed",
            Unit.SHARE,
            Role.PRIMARY,
            "After the last try; or carried out more than once, where that does harm.",
            smallest=0.005,
        ),
        Metric(
            "recovery_s",
            "time until the service answered normally again",
            Unit.SECONDS,
            Role.GAIN,
            "From the end of the fault until nine of ten requests are answered at the first try.",
            never=DOWN_FOR_GOOD_S,
        ),
        Metric(
            "wasted",
            "work for callers that had given up",
            Unit.SHARE,
            Role.GAIN,
            "Of all that the workers did.",
        ),
        Metric(
            "wait_ms",
            "time until a user has an answer or an error",
            Unit.MILLISECONDS,
            Role.GAIN,
            "95 % wait no longer.",
        ),
        Metric(
            "peak",
            "most retries in a tenth of a second",
            Unit.COUNT,
            Role.GAIN,
            "They come on top of the requests that are new.",
            smallest=0.05,
        ),
        Metric("extra", "calls on top of the first", Unit.SHARE, Role.PRICE, "For each request: all its retries."),
        Metric(
            "retried_ms",
            "time until a retry had brought the answer",
            Unit.MILLISECONDS,
            Role.PRICE,
            "Of requests that were answered, but not at the first try: 95 % take no longer.",
        ),
        Metric(
            "denied",
            "requests given up for want of budget",
            Unit.COUNT,
            Role.PRICE,
            "Although they had tries left.",
            smallest=0.005,
            of="requests",
        ),
        Metric(
            "twice",
            "requests carried out more than once",
            Unit.COUNT,
            Role.PRICE,
            "Harmless only if the service can tell.",
            smallest=0.005,
            of="requests",
        ),
    )
    presets = (
        Preset(
            "default",
            "A service hangs",
            "For ten seconds, close to its capacity. Both sides that retry make three tries with the same timeout.",
            RetrySettings(),
            Fault.OUTAGE,
        ),
        Preset(
            "no-budget",
            "Without a budget",
            "The same with backoff and jitter alone. New requests keep coming, so their retries come later, but not "
            "fewer.",
            RetrySettings(budget="off"),
            Fault.OUTAGE,
        ),
        Preset(
            "transient",
            "Errors that pass",
            "One call in fifty fails by chance, and nothing hangs. Compared with no retries at all: this is what "
            "retries are for.",
            RetrySettings(outage_s=0, errors=20),
            Fault.MESSAGES,
            against=ONCE,
        ),
        Preset(
            "short",
            "Or no retries at all?",
            "The service hangs for three seconds. Compared with callers that never try again: even a few retries "
            "lengthen the queue.",
            RetrySettings(outage_s=3),
            Fault.OUTAGE,
            against=ONCE,
        ),
        Preset(
            "plenty",
            "Plenty of capacity",
            "Eight workers instead of two. All retries together do not overload them, and a budget only denies some.",
            RetrySettings(workers=8),
            Fault.OUTAGE,
        ),
        Preset(
            "no-jitter",
            "A crowd, and no jitter",
            "A hundred requests come at once, and only a few find a place. With the same pause for all they come back "
            "at once, too; full jitter would let most of them in.",
            RetrySettings(
                rate=6,
                outage_s=0,
                crowd=100,
                queue=4,
                tries=4,
                fixed_ms=1000,
                base_ms=1000,
                jitter="none",
                budget="off",
            ),
            Fault.LOAD,
        ),
        Preset(
            "not-repeatable",
            "What must not be done twice",
            "One answer in fifty is lost after the work was done. Whoever tries again has it done a second time.",
            RetrySettings(outage_s=0, lost=20, repeats="harmful"),
            Fault.MESSAGES,
            against=ONCE,
        ),
    )
    laws = (FAILING, CALLS, JITTER, BUDGET)
    knob = Knob("rate", (3, 5, 7, 9, 11, 13, 15, 17))
    calculator = Calculator(
        "Can your retries keep your service down?",
        YourService,
        storm,
        "All callers use the same number of tries, and the queue is long enough for calls to time out in it.",
    )
    assumptions = (
        "Requests arrive at random and go on arriving, whatever becomes of them (an open Poisson process).",
        "While the service hangs, its queue fills, and what does not fit is refused at once.",
        "The service cannot see that a caller has given up: it works on every call in its queue, unless it is set to "
        "drop those.",
        "All sides have the same timeout, and both that retry the same number of tries. An error passes by itself.",
        "A success earns its caller a tenth of a retry. The buckets are full at the start.",
    )
    limits = (
        "One service and one layer of callers. Where several layers retry, their tries multiply.",
        "The queue is longer than the timeout. A short one, or one that drops what is stale, would prevent the storm.",
        "A retry meets the same service. Behind a load balancer it could reach a healthy instance.",
    )
    fairness = (
        "The other side retries as well: as many tries, the same timeout, a pause of half a second between them, which "
        "is as long as the first limit of the backoff. The service is the same, and so is what chance has in store for "
        "each try. Callers that never try again are a third side, and in an overload they are hard to beat."
    )

    def figures(self, system: RetryingCallers) -> dict[str, float | None]:
        p, fates, service = system.p, system.fates, system.service
        requests = len(system.load.requests)
        retried = [fate.at_us - fate.request.at_us for fate in fates if fate.is_answered and fate.tries > 1]
        waits_us = [fate.at_us - fate.request.at_us for fate in fates]
        tenths = Counter(at_us // TENTH_US for at_us in system.retried_us)
        answered = sum(fate.is_answered for fate in fates)
        allowed = p.share / 100 * answered + p.callers * p.reserve
        return {
            "failed": share(sum(self.is_failed(system, fate) for fate in fates), requests),
            "recovery_s": self.recovery_s(system),
            "wasted": share(service.wasted_us, service.worked_us),
            "wait_ms": in_ms(percentile(waits_us, 95)),
            "peak": max(tenths.values(), default=0),
            "calls": share(len(system.sent_us), requests),
            "extra": share(len(system.retried_us), requests),
            "retried_ms": in_ms(percentile(retried, 95)),
            "denied": system.denied,
            "twice": sum(count > 1 for count in service.carried_out.values()),
            "requests": requests,
            "pause_ms": in_ms(mean(system.pauses_us)),
            "beyond_budget": max(0.0, len(system.retried_us) - allowed),
        }

    @staticmethod
    def is_failed(system: RetryingCallers, fate: RequestFate) -> bool:
        is_harmed = system.p.repeats == "harmful" and system.service.carried_out[fate.request.number] > 1
        return is_harmed or not fate.is_answered

    @staticmethod
    def recovery_s(system: RetryingCallers) -> float | None:
        """In whole seconds, by windows of requests; None where nothing hung and no crowd came."""
        p = system.p
        if not p.outage_s and not p.crowd:
            return None
        came = Counter(request.at_us // SECOND_US for request in system.load.requests)
        good = Counter(request.at_us // SECOND_US for request in system.first_good)
        up_s = p.up_us // SECOND_US
        for from_s in range(up_s, p.horizon_s - WINDOW_S + 1):
            window = range(from_s, from_s + WINDOW_S)
            if sum(good[second] for second in window) >= NORMAL * sum(came[second] for second in window):
                return from_s - up_s
        return DOWN_FOR_GOOD_S

    def failures(self, system: RetryingCallers) -> tuple[Failure, ...]:
        p, found = system.p, []
        if p.outage_s:
            found.append(Failure("the service hangs", HANG_US, p.up_us))
        if p.crowd:
            found.append(Failure("a crowd comes at once", HANG_US, HANG_US + SECOND_US))
        if p.errors:
            found.append(Failure("calls fail by chance", 0, p.horizon_us))
        if p.lost:
            found.append(Failure("answers get lost", 0, p.horizon_us))
        return tuple(found)

    def series(self, system: RetryingCallers) -> tuple[Series, ...]:
        until_us = system.p.horizon_us
        answered = [fate.at_us for fate in system.fates if fate.is_answered]
        failed = [fate.request.at_us for fate in system.fates if self.is_failed(system, fate)]
        waiting = tuple(Sample(at_us, count) for at_us, count in system.queue_lengths)
        return (
            Series("calls", "Calls, retries included", "a second", per_second(system.sent_us, until_us=until_us)),
            Series("answered", "Requests answered", "a second", per_second(answered, until_us=until_us)),
            Series(
                "failed", "Requests that failed, by when they came", "a second", per_second(failed, until_us=until_us)
            ),
            Series("queue", "Calls in the queue", "calls", waiting),
        )

    def narrate(self, trace: Trace, system: RetryingCallers) -> None:
        """The first request since the fault began whose first try failed, and the first of those that came after it."""
        good = {request.number for request in system.first_good}
        bad = [request for request in system.load.requests if request.number not in good]
        since = [request for request in bad if request.at_us >= HANG_US] or system.load.requests
        later = [request for request in since[1:] if request.at_us >= system.p.up_us + SECOND_US]
        for request in since[:1] + later[:1]:
            for one in system.notes[request.number]:
                trace.note(one.at_us, one.sender, one.receiver, one.text, one.kind)

    def structure(self, p: RetrySettings, side: str) -> Structure:
        users = f"{p.rate} a second" + (f", {p.crowd} at once" if p.crowd else "")
        is_slow, is_lossy = p.outage_s > 0, p.errors > 0 or p.lost > 0
        service = f"{p.workers} workers, queue of {p.queue}"
        timeout = f"timeout {p.timeout_ms:,} ms"
        parts = [
            Part("users", "Users", 0, users, "client", is_broken=p.crowd > 0),
            Part("callers", "Callers", 1, "1 process" if p.callers == 1 else f"{p.callers} processes"),
            Part("service", "Service", 3, service, is_broken=is_slow),
        ]
        wires = [Wire("users", "callers")]
        if side == ONCE:
            wires.append(Wire("callers", "service", timeout, is_broken=is_lossy))
            return Structure(tuple(parts), tuple(wires))
        if side == WITHOUT:
            policy = Part("policy", "Fixed retries", 2, f"{p.tries} tries, {p.fixed_ms:,} ms pause")
        else:
            name = "Backoff and budget" if p.budget == "on" else "Backoff"
            limit = f", {p.share} % budget" if p.budget == "on" else f", up to {p.cap_ms:,} ms"
            policy = Part("policy", name, 2, f"{p.tries} tries{limit}", is_new=True)
        wires += [Wire("callers", "policy"), Wire("policy", "service", timeout, is_broken=is_lossy)]
        return Structure((*parts, policy), tuple(wires))


def in_ms(value_us: float | None) -> float | None:
    return None if value_us is None else value_us / MILLISECOND_US
