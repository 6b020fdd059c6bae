"""Simulated time in words."""

from dataclasses import dataclass

from patterns.lab.draws import SECOND_US


@dataclass(frozen=True)
class Clock:
    """The unit in which a run's time is told."""

    name: str
    size_us: int

    def of(self, at_us: int) -> float:
        return at_us / self.size_us


SECONDS = Clock("seconds", SECOND_US)
CLOCKS = (Clock("days", 86_400 * SECOND_US), Clock("hours", 3_600 * SECOND_US), Clock("minutes", 60 * SECOND_US))
LEAST = 15  # of a unit, for a run to be told in it: ten minutes are 600 seconds


def clock_of(last_us: int) -> Clock:
    """In which to tell a run that ends then."""
    return next((clock for clock in CLOCKS if last_us >= LEAST * clock.size_us), SECONDS)
