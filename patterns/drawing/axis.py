"""Axes of charts: round numbers at even distances, and places for values."""

from dataclasses import dataclass
from math import ceil, floor, log10

ROUND = (1, 2, 5, 10)
LEAST_SPAN = 1e-6  # less is no difference that a drawing shows


@dataclass(frozen=True)
class Axis:
    """Values from ``low`` to ``high``, drawn from ``start`` to ``end``; one that runs upwards starts at the larger."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, *, most: int, least: float = 0.0) -> list[float]:
        """Round numbers on the axis, at most one more than ``most``, and no nearer to each other than ``least``."""
        step = max(round_step(self.high - self.low, most=most), least)
        # Multiples of 0.1 have tails that nobody wants to read.
        return [round(step * index, 9) for index in range(ceil(self.low / step), floor(self.high / step) + 1)]


def round_step(span: float, *, most: int) -> float:
    """The least of 1, 2, 5, 10, 20 … or 0.5, 0.2 … that parts the span into at most so many pieces."""
    power = 10.0 ** floor(log10(span / most))
    return next(power * factor for factor in ROUND if power * factor * most >= span * (1 - 1e-9))


def wide_enough(low: float, high: float, *, most: int) -> tuple[float, float]:
    """Round numbers around both and around zero, apart by a whole number of steps."""
    low, high = min(low, 0.0), max(high, 0.0)
    wide = (low, high) if high - low >= LEAST_SPAN else (low, low + 1)
    while True:  # wider ends may ask for wider steps, a few times at most
        step = round_step(wide[1] - wide[0], most=most)
        wider = floor(wide[0] / step + 1e-9) * step, ceil(wide[1] / step - 1e-9) * step
        if wider == wide:
            return wide
        wide = wider


def tick_label(value: float) -> str:
    """``1500`` is "1,500"."""
    return f"{value:,.9g}".replace("-", "\N{MINUS SIGN}")
