"""Repeated failure and repair: when something that breaks now and then is down.

A fault stops what runs, and a repair, which always takes as long, makes it run again; meanwhile nothing can stop it a
second time. Where faults come at random at the rate f and a repair takes R, this is an alternating renewal process:
up for 1/f on average, then down for R. It began long before time zero, so that a run does not start with all in order.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge

from patterns.lab.simulation import Stream
from patterns.lab.systems.station import Outage

LEAD = 20  # repairs before time zero: by then nobody can tell that everything was once up


class Downtime:
    """The outages of one thing, in order and apart from each other."""

    def __init__(self, outages: Iterable[Outage]) -> None:
        self.outages = [*outages]
        self._from_us = [one.from_us for one in self.outages]

    def is_down(self, at_us: int) -> bool:
        return self.is_hit(at_us, at_us)

    def is_hit(self, from_us: int, until_us: int) -> bool:
        """Whether it is down at any instant between the two, both included."""
        # Outages do not overlap: the last that has begun by the end is also the last to be over.
        latest = bisect_right(self._from_us, until_us) - 1
        return latest >= 0 and self.outages[latest].until_us > from_us

    def within(self, from_us: int, until_us: int) -> Iterator[Outage]:
        """The outages from ``from_us`` until just before ``until_us``, cut off at both."""
        cut = (Outage(max(from_us, one.from_us), min(until_us, one.until_us)) for one in self.outages)
        return (one for one in cut if one.from_us < one.until_us)

    def share_of(self, from_us: int, until_us: int) -> float:
        """The share of this time in which it is down."""
        return sum(one.until_us - one.from_us for one in self.within(from_us, until_us)) / (until_us - from_us)


def faults_us(stream: Stream, *, every_us: float, repair_us: int, until_us: int) -> list[int]:
    """Instants at random, ``every_us`` on average, from ``LEAD`` repairs before time zero; none where it is 0."""
    instants: list[int] = []
    at_us = -LEAD * repair_us
    while every_us and (at_us := at_us + stream.exponential_us(every_us)) < until_us:
        instants.append(at_us)
    return instants


def downtime(faults: Iterable[Iterable[int]], repair_us: int) -> Downtime:
    """Of something that each of these faults stops, wherever it comes from; each source is in order."""
    outages: list[Outage] = []
    for at_us in merge(*faults):
        # What is down already cannot be stopped, nor does its repair begin again.
        if not outages or at_us >= outages[-1].until_us:
            outages.append(Outage(at_us, at_us + repair_us))
    return Downtime(outages)


def all_down(copies: Iterable[Downtime]) -> Downtime:
    """When none of some copies is up."""
    first, *others = copies
    outages = first.outages
    for other in others:
        shared = (piece for one in outages for piece in other.within(one.from_us, one.until_us))
        outages = [*shared]
    return Downtime(outages)
