"""What systems are made of: simulated time, chance that is the same everywhere, and one side that runs to its end."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable
from math import log1p
from random import Random
from typing import Any, Generic, Self, TypeVar

import simpy

from patterns.lab.parameters import Parameters

MILLISECOND_US = 1_000
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
DAY_US = 24 * 60 * MINUTE_US
EVENT_LIMIT = 150_000  # a default run takes some 5,000; the worst that was found took 93,000 and half a second

T = TypeVar("T")
Work = Generator[simpy.Event, Any, T]  # what an actor does; it takes simulated time, and ends with a T


class World(simpy.Environment):
    """A simulated world whose clock counts whole microseconds, because all that it waits for is whole."""

    @property
    def now_us(self) -> int:
        return int(self.now)


class TooManyEvents(Exception):
    """The parameters ask for more than one run may compute."""

    def __init__(self) -> None:
        super().__init__(
            f"This would take more than {EVENT_LIMIT:,} events, which is the most that one run may compute: "
            "choose a lower rate, a shorter time or fewer nodes."
        )


def run_to_the_end(world: World) -> int:
    """Let everything that was begun come to its end, so that each request has its outcome; how many events it took.

    Raises:
        TooManyEvents: after ``EVENT_LIMIT`` events.
    """
    # Not world.run(until=…): it would drop what is under way then, and shares would miss the slowest requests.
    try:
        for count in range(EVENT_LIMIT):  # noqa: B007  # returned below
            world.step()
    except simpy.core.EmptySchedule:
        return count
    raise TooManyEvents


class Stream:
    """Draws for one purpose of one seed.

    Only ``Random.random()`` is promised to give the same numbers in every version of Python, and only for a string its
    seed does not depend on the process; hence inverse transforms of our own, rounded to whole microseconds.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._random = Random(f"{seed}/{purpose}").random

    def chance(self, share: float) -> bool:
        """True in this share of all draws."""
        return self._random() < share

    def index(self, count: int) -> int:
        """One of 0 to ``count`` - 1, all alike."""
        return int(self._random() * count)

    def uniform_us(self, most_us: int) -> int:
        """From 0 up to ``most_us``."""
        return int(self._random() * most_us)

    def exponential_us(self, mean_us: float) -> int:
        return round(-log1p(-self._random()) * mean_us)

    def arrivals_us(self, *, per_second: float, until_us: int) -> list[int]:
        """The instants of a Poisson process, in order, before ``until_us``."""
        instants: list[int] = []
        if per_second <= 0:
            return instants
        at = self.exponential_us(SECOND_US / per_second)
        while at < until_us:
            instants.append(at)
            at += self.exponential_us(SECOND_US / per_second)
        return instants


P = TypeVar("P", bound=Parameters)
L = TypeVar("L")  # the workload: all requests with everything that is random about them


class System(ABC, Generic[P, L]):
    """One side of an experiment, in a world of its own, under one workload.

    A subclass builds its actors in ``__init__`` and keeps what became of each request, for an experiment to measure.
    """

    def __init__(self, p: P, load: L, side: str, *, is_traced: bool = False) -> None:
        self.world = World()
        self.p, self.load, self.side, self.is_traced = p, load, side, is_traced
        self.event_count = 0  # what the run has cost, once it is over

    @classmethod
    @abstractmethod
    def draw(cls, p: P, seed: int) -> L:
        """The workload of a seed, a stream for each purpose. It does not know the side: all sides meet the same."""

    @abstractmethod
    def processes(self) -> Iterable[Work[None]]:
        """What happens by itself, in the order in which it begins."""

    @classmethod
    def simulate(cls, p: P, load: L, side: str, *, is_traced: bool = False) -> Self:
        """The system after everything has come to its end.

        Raises:
            TooManyEvents: if the parameters ask for more than one run may compute.
        """
        system = cls(p, load, side, is_traced=is_traced)
        for process in system.processes():
            system.world.process(process)
        system.event_count = run_to_the_end(system.world)
        return system
