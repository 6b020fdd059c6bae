"""API gateway: a page needs several answers of services that are far away from the client.

The answers come in rounds: the calls of a round depend on the answers of the one before, and on nothing in their own.
A client makes its calls over the slow link itself, some at a time, or asks a gateway for the page, which stands beside
the services and makes all calls of a round at once. All sides need all answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from typing import Literal

from patterns.lab.experiment import WITH
from patterns.lab.parameters import Parameters, integer, law_only
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work, World
from patterns.lab.systems.station import Fate as TaskFate
from patterns.lab.systems.station import Outage, Station, Task

HORIZON_US = 60 * SECOND_US  # pages are asked for so long
DOWN_US = 20 * SECOND_US  # when the first gateway goes down
DEADLINE_US = 3 * SECOND_US  # nobody waits longer for a page
PARALLEL = "parallel"


@dataclass(frozen=True)
class PageSettings(Parameters):
    answers: int = integer(6, 1, 12, name="Answers that a page needs", about="Each is a call to a service.")
    rounds: int = integer(
        1, 1, 12, name="Rounds", about="Calls of a round need the answers of the one before; at most one for each call."
    )
    connections: int = integer(
        1, 1, 12, name="Calls of the client at once", about="The parallel client makes them all."
    )
    link_ms: int = integer(120, 1, 500, name="From the client and back", unit="ms", about="The way alone.")
    inside_ms: int = integer(1, 0, 20, name="From the gateway to a service and back", unit="ms")
    service_ms: int = integer(40, 5, 100, step=5, name="Work of a service", unit="ms", about="On average.")
    gateway_ms: int = integer(5, 1, 80, name="Work of the gateway for a page", unit="ms")
    gateways: int = integer(1, 1, 4, name="Gateways", about="Pages take turns among those that are up.")
    outage_s: int = integer(1, 0, 20, name="The first gateway is down for", unit="s")
    rate: int = integer(20, 1, 30, name="Pages", unit="a second")
    work: Literal["random", "constant"] = law_only("random")

    @property
    def sizes(self) -> list[int]:
        """How many calls each round has: as even as can be."""
        rounds = min(self.rounds, self.answers)
        return [self.answers // rounds + (number < self.answers % rounds) for number in range(rounds)]

    @property
    def outage(self) -> Outage:
        return Outage(DOWN_US, DOWN_US + self.outage_s * SECOND_US)


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    at_us: int
    works_us: tuple[tuple[int, ...], ...]  # of the services, by round


@dataclass(frozen=True, slots=True)
class Call:
    """One of a page, from when it is sent until its answer is there."""

    since_us: int
    until_us: int


def calls_of(page: Page, *, since_us: int, way_us: int, at_once: int) -> list[Call]:
    """All of them, in the order in which they are sent: a round begins when the one before has all its answers."""
    calls = list[Call]()
    for works_us in page.works_us:
        free_us = [since_us] * min(at_once, len(works_us))
        for work_us in works_us:
            # The next call begins as soon as any of those under way is answered.
            call = Call(begins_us := heappop(free_us), begins_us + way_us + work_us)
            heappush(free_us, call.until_us)
            calls.append(call)
        since_us = max(free_us)
    return calls


@dataclass(frozen=True, slots=True)
class PageEnd:
    """What became of a page and when, with the calls made for it; ``waited_us`` for the gateway's attention."""

    page: Page
    fate: Literal["shown", "late", "lost", "dropped"]
    at_us: int
    calls: list[Call]
    waited_us: int = 0

    @property
    def took_us(self) -> int:
        """What is not shown in time has taken all the time there was."""
        return self.at_us - self.page.at_us if self.fate == "shown" else DEADLINE_US


class Gateway:
    """Takes a page in, makes the calls of each round all at once, close to the services, and answers in one piece.

    Its own work on a page is done by one processor; while it waits for services, others get their turn. What is in
    there when it goes down is lost.
    """

    def __init__(self, world: World, p: PageSettings, outage: Outage) -> None:
        self.world, self.p, self.outage = world, p, outage
        self.processor = Station(world, 1, outage)
        self.ends: list[PageEnd] = []

    def take(self, page: Page) -> None:
        gives_up_us = page.at_us + DEADLINE_US  # after that, nobody waits for the page
        task = Task(self.p.gateway_ms * MILLISECOND_US, gives_up_us, partial(self.compose, page, self.world.now_us))
        self.processor.take(task)

    def compose(self, page: Page, since_us: int, fate: TaskFate) -> None:
        now_us, half_us = self.world.now_us, self.p.link_ms * MILLISECOND_US // 2
        if fate != "answered":
            self.ends.append(PageEnd(page, "dropped" if fate == "dropped" else "lost", now_us + half_us, []))
            return
        way_us, waited_us = self.p.inside_ms * MILLISECOND_US, now_us - since_us - self.p.gateway_ms * MILLISECOND_US
        calls = calls_of(page, since_us=now_us, way_us=way_us, at_once=self.p.answers)
        ready_us = max(call.until_us for call in calls)
        end = "lost" if self.outage.meets(now_us, ready_us) else shown_or_late(page, ready_us + half_us)
        self.ends.append(PageEnd(page, end, ready_us + half_us, calls, waited_us))


def shown_or_late(page: Page, at_us: int) -> Literal["shown", "late"]:
    return "shown" if at_us <= page.at_us + DEADLINE_US else "late"


class PageSystem(System[PageSettings, list[Page]]):
    """The client of one side, and the gateways if it has any. Services are never short of capacity."""

    def __init__(self, p: PageSettings, load: list[Page], side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        count = p.gateways if side == WITH else 0
        self.gateways = [Gateway(self.world, p, p.outage if number == 0 else Outage()) for number in range(count)]
        self.at_once = p.answers if side == PARALLEL else p.connections
        self._direct: list[PageEnd] = []

    @property
    def ends(self) -> list[PageEnd]:
        found = [*self._direct, *(end for gateway in self.gateways for end in gateway.ends)]
        return sorted(found, key=lambda end: end.page.number)

    @classmethod
    def draw(cls, p: PageSettings, seed: int) -> list[Page]:
        work, mean_us = Stream(seed, "work"), p.service_ms * MILLISECOND_US

        def works_us(count: int) -> tuple[int, ...]:
            return tuple(work.exponential_us(mean_us) if p.work == "random" else mean_us for _ in range(count))

        arrivals = Stream(seed, "arrivals").arrivals_us(per_second=p.rate, until_us=HORIZON_US)
        return [Page(number, at_us, tuple(map(works_us, p.sizes))) for number, at_us in enumerate(arrivals)]

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()

    def arrivals(self) -> Work[None]:
        link_us = self.p.link_ms * MILLISECOND_US
        for page in self.load:
            reaches_us = page.at_us + link_us // 2
            yield self.world.timeout(reaches_us - self.world.now_us)
            if self.gateways:
                self.gateway_for(page).take(page)
            else:
                calls = calls_of(page, since_us=page.at_us, way_us=link_us, at_once=self.at_once)
                at_us = max(call.until_us for call in calls)
                self._direct.append(PageEnd(page, shown_or_late(page, at_us), at_us, calls))

    def gateway_for(self, page: Page) -> Gateway:
        """In turns among those that are up; where none is, the first one answers nothing."""
        now_us = self.world.now_us
        up = [one for one in self.gateways if not one.outage.meets(now_us, now_us)] or self.gateways[:1]
        return up[page.number % len(up)]
