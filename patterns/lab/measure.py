"""Rates, percentiles, intervals and paired differences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, stdev

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


def share(part: float, whole: float) -> float | None:
    """Between 0 and 1; of nothing there is none."""
    return part / whole if whole else None


def mean(values: Iterable[float]) -> float | None:
    """Of nothing there is none."""
    found = [*values]
    return fmean(found) if found else None


def percentile(values: Iterable[float], percent: float) -> float | None:
    """By nearest rank: a value that occurred; of nothing there is none.

    What never came has to be among the values, as something later than all others: else a side that loses the slow
    ones looks fast.
    """
    # Nothing between two values is made up, and the median of few runs is one of them.
    ordered = sorted(values)
    return ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)] if ordered else None


def median(values: Iterable[float]) -> float | None:
    return percentile(values, 50)


def t_95(count: int) -> float:
    """Student's t for a two-sided 95 % interval of the mean of ``count`` runs, at least five.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5; good to 0.007 from five runs on.
    """
    z, freedom = 1.959964, float(count - 1)
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def interval(values: Sequence[float], *, factor: float) -> Interval:
    """Of the mean of independent runs, at least two; ``factor`` is the quantile of the wanted confidence."""
    return Interval(fmean(values), factor * stdev(values) / sqrt(len(values)))


def spread_interval(values: Sequence[float], *, factor: float) -> Interval:
    """Of the standard deviation of independent runs, at least two.

    From the interval of their mean squared distance from the mean, which needs no normal distribution.
    """
    middle, count = fmean(values), len(values)
    squares = interval([(value - middle) ** 2 * count / (count - 1) for value in values], factor=factor)
    low, high = sqrt(max(0.0, squares.low)), sqrt(squares.high)
    return Interval((low + high) / 2, (high - low) / 2)


def paired_differences(ours: Sequence[float | None], theirs: Sequence[float | None]) -> list[float]:
    """Ours less theirs, run by run, since both met the same requests; a run that lacks either says nothing."""
    pairs = zip(ours, theirs, strict=True)
    return [one - other for one, other in pairs if one is not None and other is not None]
