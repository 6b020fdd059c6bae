"""Randomness that is the same everywhere: streams named by seed and purpose, in whole microseconds.

Only ``Random.random()`` is promised to give the same numbers in every version of Python, and only for a string its
seed does not depend on the process; hence inverse transforms of our own.
"""

from math import log1p
from random import Random

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
