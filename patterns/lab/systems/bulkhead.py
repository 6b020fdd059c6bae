"""Bulkhead: calls to a slow dependency hold the workers that requests to the others need.

A service has a fixed number of workers and a short queue, and each request calls one of three dependencies. For a while
something goes wrong: the first of them is slow, or what all three share is, or nothing is and one just gets more
requests. The workers are one pool for all, or as many in compartments, one for each dependency; a third side keeps the
one pool and gives up earlier.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.lab.experiment import WITH
from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work, World

TROUBLE_US, WELL_US, END_US = 5 * SECOND_US, 15 * SECOND_US, 20 * SECOND_US
FIRST, SECOND, COUNT = 0, 1, 3  # dependencies
SHORT = "short"
Fate = Literal["answered", "late", "timeout", "waited too long", "full"]


@dataclass(frozen=True)
class BulkheadSettings(Parameters):
    workers: int = integer(18, 3, 60, name="Workers", about="In all, on every side.")
    first: int = integer(
        6,
        1,
        58,
        name="Workers for the first",
        about="In compartments; the other two share the rest, at least one each.",
    )
    queue: int = integer(6, 0, 60, step=3, name="Places to wait", about="In all; each compartment has a third.")
    rate: int = integer(30, 1, 40, name="Requests to each dependency", unit="a second")
    service_ms: int = integer(80, 10, 200, step=10, name="Time of a call", unit="ms", about="On average.")
    timeout_ms: int = integer(1000, 100, 5000, step=100, name="Timeout of a call", unit="ms")
    short_ms: int = integer(300, 50, 1000, step=50, name="Shorter timeout", unit="ms", about="Third side.")
    deadline_ms: int = integer(1000, 200, 5000, step=100, name="Deadline", unit="ms", about="Later is too late.")
    trouble: Literal["first", "all", "burst"] = choice(
        "first",
        name="What goes wrong",
        first="The first dependency is slow",
        all="What all of them share is slow",
        burst="The second gets more requests",
    )
    slow: int = integer(10, 1, 100, name="Slow calls take", unit="times as long", about="One hundred is a hang.")
    burst: int = integer(3, 1, 5, name="A burst is", unit="times as many")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Workers of each compartment."""
        rest = self.workers - min(self.first, self.workers - COUNT + 1)
        return self.workers - rest, rest - rest // 2, rest // 2

    @property
    def is_wrong(self) -> bool:
        """Whether anything is: a call that takes once as long does not."""
        return (self.burst if self.trouble == "burst" else self.slow) > 1

    def is_slow(self, dependency: int, at_us: int) -> bool:
        is_meant = self.trouble == "all" or (self.trouble == "first" and dependency == FIRST)
        return is_meant and TROUBLE_US <= at_us < WELL_US


@dataclass(frozen=True, slots=True)
class DependentRequest:
    at_us: int
    service_us: int  # of its call, when nothing is slow
    dependency: int


class Pool:
    """Workers, and a short queue for them: whoever finds both full is refused at once."""

    def __init__(self, world: World, workers: int, places: int, call: Callable[[DependentRequest], Work[None]]) -> None:
        self.world, self.workers, self.places, self.call = world, workers, places, call
        self.busy = 0
        self.waiting = deque[DependentRequest]()

    def take(self, request: DependentRequest) -> bool:
        """False if it is refused."""
        if self.busy < self.workers:
            self.busy += 1
            self.world.process(self.work(request))
        elif len(self.waiting) < self.places:
            self.waiting.append(request)
        else:
            return False
        return True

    def work(self, request: DependentRequest) -> Work[None]:
        """One worker, until nobody waits any more."""
        yield from self.call(request)
        while self.waiting:
            yield from self.call(self.waiting.popleft())
        self.busy -= 1


class Bulkhead:
    """The same workers in compartments, one for each dependency: a slow one fills its own and no other.

    Nothing is lent. A compartment refuses when it is full, even if workers of others are idle.
    """

    def __init__(self, world: World, p: BulkheadSettings, call: Callable[[DependentRequest], Work[None]]) -> None:
        self.pools = [Pool(world, workers, p.queue // COUNT, call) for workers in p.sizes]

    def of(self, request: DependentRequest) -> Pool:
        return self.pools[request.dependency]


class OnePool:
    """Each worker takes whatever comes next."""

    def __init__(self, world: World, p: BulkheadSettings, call: Callable[[DependentRequest], Work[None]]) -> None:
        self.pools = [Pool(world, p.workers, p.queue, call)]

    def of(self, request: DependentRequest) -> Pool:
        return self.pools[0]


@dataclass(frozen=True, slots=True)
class CallEnd:
    """What became of a request, and when; ``idle`` counts the workers that had nothing to do meanwhile."""

    request: DependentRequest
    fate: Fate
    at_us: int
    began_us: int | None = None  # its call, if there was one
    idle: int = 0  # at a refusal


class DividedService(System[BulkheadSettings, list[DependentRequest]]):
    """The workers of one side, and the dependencies that they call."""

    def __init__(
        self, p: BulkheadSettings, load: list[DependentRequest], side: str, *, is_traced: bool = False
    ) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.timeout_us = (p.short_ms if side == SHORT else p.timeout_ms) * MILLISECOND_US
        self.workers = (Bulkhead if side == WITH else OnePool)(self.world, p, self.call)
        self.ends: list[CallEnd] = []

    @classmethod
    def draw(cls, p: BulkheadSettings, seed: int) -> list[DependentRequest]:
        arrivals = [
            (at_us, dependency)
            for dependency in range(COUNT)
            for at_us in Stream(seed, f"dependency {dependency}").arrivals_us(per_second=p.rate, until_us=END_US)
        ]
        more = p.rate * (p.burst - 1) if p.trouble == "burst" else 0
        burst = Stream(seed, "burst").arrivals_us(per_second=more, until_us=WELL_US - TROUBLE_US)
        arrivals += [(TROUBLE_US + at_us, SECOND) for at_us in burst]
        service = Stream(seed, "service")
        return [
            DependentRequest(at_us, service.exponential_us(p.service_ms * MILLISECOND_US), dependency)
            for at_us, dependency in sorted(arrivals)
        ]

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()

    def arrivals(self) -> Work[None]:
        for request in self.load:
            yield self.world.timeout(request.at_us - self.world.now_us)
            if not self.workers.of(request).take(request):
                idle = sum(pool.workers - pool.busy for pool in self.workers.pools)
                self.ends.append(CallEnd(request, "full", self.world.now_us, idle=idle))

    def call(self, request: DependentRequest) -> Work[None]:
        began_us, deadline_us = self.world.now_us, request.at_us + self.p.deadline_ms * MILLISECOND_US
        if began_us > deadline_us:  # nobody would be there for the answer
            self.ends.append(CallEnd(request, "waited too long", began_us))
            return
        takes_us = request.service_us * (self.p.slow if self.p.is_slow(request.dependency, began_us) else 1)
        yield self.world.timeout(min(takes_us, self.timeout_us))
        is_late = self.world.now_us > deadline_us
        fate: Fate = "timeout" if takes_us > self.timeout_us else "late" if is_late else "answered"
        self.ends.append(CallEnd(request, fate, self.world.now_us, began_us))
