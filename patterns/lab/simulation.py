"""One simulated world, run until nothing is left to happen."""

from math import log1p
from random import Random

import simpy

EVENT_LIMIT = 150_000  # a default run takes some 5,000; the worst that was found took 93,000 and half a second


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


def run_to_the_end(world: World) -> None:
    """Let everything that was begun come to its end, so that each request has its outcome.

    Raises:
        TooManyEvents: after ``EVENT_LIMIT`` events.
    """
    try:
        for _ in range(EVENT_LIMIT):
            world.step()
    except simpy.core.EmptySchedule:
        return
    raise TooManyEvents


# Randomness that is the same everywhere: streams named by seed and purpose, in whole microseconds. Only
# ``Random.random()`` is promised to give the same numbers in every version of Python, and only for a string its
# seed does not depend on the process; hence inverse transforms of our own.


SECOND_US = 1_000_000
MILLISECOND_US = 1_000


class Stream:
    """Draws for one purpose of one seed."""

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
