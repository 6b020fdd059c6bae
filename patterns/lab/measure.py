"""Rates, percentiles, intervals and paired differences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, stdev

T_95 = 2.045  # Student's t, two-sided 95 %, 29 degrees of freedom: for the 30 seeds of a sweep
Z_999 = 3.291  # normal distribution, two-sided 99.9 %: for the 200 seeds of a law


@dataclass(frozen=True)
class Interval:
    """A mean, and how far from it the true one may lie."""

    mean: float
    half: float

    @property
    def low(self) -> float:
        return self.mean - self.half

    @property
    def high(self) -> float:
        return self.mean + self.half

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def share(part: float, whole: float) -> float:
    """Between 0 and 1; nothing of nothing is 0."""
    return part / whole if whole else 0.0


def percentile(values: Iterable[float], percent: float) -> float:
    """By nearest rank: a value that occurred; 0 if there is none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)] if ordered else 0.0


def median(values: Iterable[float]) -> float:
    return percentile(values, 50)


def interval(values: Sequence[float], *, factor: float) -> Interval:
    """Of the mean of independent runs, at least two; ``factor`` is the quantile of the wanted confidence."""
    return Interval(fmean(values), factor * stdev(values) / sqrt(len(values)))


def differences(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours less theirs, run by run: both met the same requests."""
    return [one - other for one, other in zip(ours, theirs, strict=True)]
