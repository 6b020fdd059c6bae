"""Spans of time: from an instant until just before another, as models note them and charts and figures read them."""

from collections.abc import Iterable

from patterns.lab.trace import Sample

Span = tuple[int, int]  # from, until; in microseconds


def total_us(spans: Iterable[Span]) -> int:
    return sum(until_us - from_us for from_us, until_us in spans)


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that overlap or touch as one, none without duration."""
    found: list[Span] = []
    for from_us, until_us in sorted(spans):
        if found and from_us <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until_us))
        elif from_us < until_us:
            found.append((from_us, until_us))
    return found


def mean_open(spans: Iterable[Span], *, until_us: int, step_us: int) -> tuple[Sample, ...]:
    """How many spans are open, on average over each step of time, from 0 to ``until_us``."""
    # The mean and not the number at an instant: a short span would be missed between two of them.
    open_us = [0] * -(-until_us // step_us)
    for from_us, ends_us in spans:
        for step in range(from_us // step_us, min(len(open_us), -(-ends_us // step_us))):
            begins_us = step * step_us
            open_us[step] += min(ends_us, begins_us + step_us) - max(from_us, begins_us)
    return tuple(Sample(step * step_us, total / step_us) for step, total in enumerate(open_us))
