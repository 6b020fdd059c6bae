"""Circuit breaker: one dependency stops answering, and the workers that wait for it are missed by everybody else.

A service has a fixed number of workers and no accept queue: a request that finds all of them busy is refused. Some
requests need a dependency, whose calls are spread over shards; in the outage the first shard does not answer, and a
call to it holds its worker until the timeout. All sides have the same timeout.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.lab.experiment import WITH
from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work

DOWN_US = 10 * SECOND_US  # when the outage begins: until then everything is in its usual state
AFTER_US = 3 * SECOND_US  # observed after the breaker has found out, however late that is
SETTLED_US = 4 * SECOND_US  # into the outage, by when as many workers wait as ever will
NEVER = 10**12  # longer than any timeout
BROKEN, NONE = 0, -1  # the shard that fails; no shard, since the request calls none
BULKHEAD = "bulkhead"

State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True)
class BreakerSettings(Parameters):
    workers: int = integer(20, 2, 60, name="Workers", about="Requests that the service works on at once.")
    others: int = integer(25, 1, 40, name="Other requests", unit="a second", about="They need no dependency.")
    calls: int = integer(40, 1, 60, name="Dependent requests", unit="a second", about="Each calls the dependency once.")
    service_ms: int = integer(
        50, 10, 200, step=10, name="Time to answer", unit="ms", about="On average: a few take far longer."
    )
    timeout_ms: int = integer(1000, 100, 5000, step=100, name="Timeout of a call", unit="ms")
    outage_s: int = integer(20, 5, 30, name="Outage", unit="s", about="It lasts up to a cycle of the breaker longer.")
    shards: int = integer(1, 1, 8, name="Shards of the dependency", about="One of them fails.")
    scope: Literal["one", "shard"] = choice(
        "one", name="Breakers", one="One for all shards", shard="One for each shard"
    )
    window: int = integer(
        20, 5, 100, name="Window", unit="calls", about="The latest calls, which the breaker judges by."
    )
    minimum: int = integer(10, 1, 100, name="Minimum", unit="calls", about="Fewer cannot open it; at most the window.")
    threshold: int = integer(50, 5, 100, step=5, name="Failure rate that opens", unit="%")
    open_s: int = integer(5, 1, 30, name="Stays open", unit="s", about="Then it lets probes through.")
    probes: int = integer(1, 1, 10, name="Probes", about="Calls that may try again; all must succeed.")
    bulkhead: int = integer(10, 1, 60, name="Bulkhead", unit="workers", about="Third side: how many may call at once.")

    @property
    def cycle_us(self) -> int:
        """Of a breaker that waits, and lets a probe through that fails."""
        return self.open_s * SECOND_US + self.timeout_ms * MILLISECOND_US

    @property
    def end_us(self) -> int:
        """One cycle in which the dependency recovers, and one in which the breaker notices."""
        return DOWN_US + self.outage_s * SECOND_US + 2 * self.cycle_us + AFTER_US


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    at_us: int
    service_us: int
    shard: int  # of the dependency that it calls, or NONE

    @property
    def is_call(self) -> bool:
        return self.shard != NONE


@dataclass(frozen=True)
class BreakerLoad:
    requests: list[ServiceRequest]
    up_us: int  # when the broken shard answers again

    def is_broken(self, shard: int, at_us: int) -> bool:
        return shard == BROKEN and DOWN_US <= at_us < self.up_us


class Breaker:
    """Closed, open, half-open (Nygard, Release It!): judges by a window of calls, lets a few probes try again.

    A call takes a ticket, the number of the state it began in; its result counts only while that state lasts.
    """

    def __init__(self, p: BreakerSettings) -> None:
        self.p, self.state, self.ticket, self.probing = p, "closed", 0, 0
        self.results = deque[bool](maxlen=p.window)
        self.changes: list[tuple[int, State]] = []

    def enter(self, now_us: int) -> int | None:
        """A ticket, or None: the call is refused at once."""
        if self.state == "open" and now_us - self.changes[-1][0] >= self.p.open_s * SECOND_US:
            self.become("half-open", now_us)
        if self.state == "open" or (self.state == "half-open" and self.probing >= self.p.probes):
            return None
        self.probing += 1
        return self.ticket

    def leave(self, ticket: int, is_good: bool, now_us: int) -> None:
        if ticket != self.ticket:  # the call began in an earlier state, and says nothing of this one
            return
        self.results.append(is_good)
        if self.state == "half-open" and not is_good:
            self.become("open", now_us)
        elif self.state == "half-open" and len(self.results) == self.p.probes:
            self.become("closed", now_us)
        elif self.state == "closed" and self.is_tripped():
            self.become("open", now_us)

    def is_tripped(self) -> bool:
        calls, failures = len(self.results), self.results.count(False)
        return calls >= min(self.p.minimum, self.p.window) and failures * 100 >= self.p.threshold * calls

    def become(self, state: State, now_us: int) -> None:
        self.state, self.ticket, self.probing = state, self.ticket + 1, 0
        # A probe that the window forgets could never complete the count that closes it.
        self.results = deque(maxlen=self.p.probes if state == "half-open" else self.p.window)
        self.changes.append((now_us, state))


@dataclass(frozen=True, slots=True)
class RequestEnd:
    """What became of a request, and when."""

    request: ServiceRequest
    fate: Literal["answered", "timeout", "no worker", "bulkhead full", "breaker open"]
    at_us: int


class CallingService(System[BreakerSettings, BreakerLoad]):
    """Workers, and what stands before the dependency on this side."""

    def __init__(self, p: BreakerSettings, load: BreakerLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.busy, self.calling = 0, 0
        self.bulkhead = p.bulkhead if side == BULKHEAD else p.workers
        self.breakers = [Breaker(p) for _ in range(p.shards if p.scope == "shard" else 1)] if side == WITH else []
        self.ends: list[RequestEnd] = []

    @classmethod
    def draw(cls, p: BreakerSettings, seed: int) -> BreakerLoad:
        # Recovery is spread over one cycle of the breaker: at a fixed instant, all seeds would meet the same phase.
        up_us = DOWN_US + p.outage_s * SECOND_US + Stream(seed, "recovery").uniform_us(p.cycle_us)
        service, shard = Stream(seed, "service"), Stream(seed, "shard")
        others = [(at, False) for at in Stream(seed, "others").arrivals_us(per_second=p.others, until_us=p.end_us)]
        calls = [(at, True) for at in Stream(seed, "calls").arrivals_us(per_second=p.calls, until_us=p.end_us)]
        mean_us = p.service_ms * MILLISECOND_US
        drawn = [
            ServiceRequest(at, service.exponential_us(mean_us), shard.index(p.shards) if calling else NONE)
            for at, calling in sorted(others + calls)
        ]
        return BreakerLoad(drawn, up_us)

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()

    def arrivals(self) -> Work[None]:
        for request in self.load.requests:
            yield self.world.timeout(request.at_us - self.world.now_us)
            self.admit(request)

    def admit(self, request: ServiceRequest) -> None:
        breaker = self.breakers[request.shard % len(self.breakers)] if request.is_call and self.breakers else None
        # A worker is looked for first: a breaker whose probe found none would wait for its result for ever.
        if self.busy >= self.p.workers:
            self.ends.append(RequestEnd(request, "no worker", self.world.now_us))
        elif request.is_call and self.calling >= self.bulkhead:
            self.ends.append(RequestEnd(request, "bulkhead full", self.world.now_us))
        elif breaker is None:
            self.world.process(self.work(request))
        elif (ticket := breaker.enter(self.world.now_us)) is not None:
            self.world.process(self.work(request, lambda is_good: breaker.leave(ticket, is_good, self.world.now_us)))
        else:
            self.ends.append(RequestEnd(request, "breaker open", self.world.now_us))

    def work(self, request: ServiceRequest, tell: Callable[[bool], None] = lambda _: None) -> Work[None]:
        is_call, timeout_us = request.is_call, self.p.timeout_ms * MILLISECOND_US
        takes_us = NEVER if self.load.is_broken(request.shard, request.at_us) else request.service_us
        self.busy, self.calling = self.busy + 1, self.calling + is_call
        yield self.world.timeout(min(takes_us, timeout_us) if is_call else takes_us)
        self.busy, self.calling = self.busy - 1, self.calling - is_call
        is_good = not is_call or takes_us <= timeout_us
        tell(is_good)
        self.ends.append(RequestEnd(request, "answered" if is_good else "timeout", self.world.now_us))
