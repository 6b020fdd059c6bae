"""Strips: all values that repeated runs gave, as dots on one line, with their median. The numbers stand beside it."""

from collections.abc import Sequence

from patterns.drawing.axis import Axis
from patterns.drawing.svg import Svg, mark, path

WIDTH, HEIGHT, RADIUS = 176.0, 26.0, 3.0
ROWS = (0, 1, -1, 2, -2)  # dots step aside in turn, so that equal values can be told from one value


def strip(values: Sequence[float], *, median: float, low: float, high: float, style: int) -> Svg:
    """From ``low`` to ``high``, which strips that are compared have in common."""
    axis = Axis(low, high if high > low else low + 1, start=RADIUS + 1, end=WIDTH - RADIUS - 1)
    middle = HEIGHT / 2
    dots = (
        mark("circle", class_="dot", cx=axis.place(value), cy=middle + 3 * ROWS[index % len(ROWS)], r=RADIUS)
        for index, value in enumerate(values)
    )
    return mark(
        "svg",
        path("M", axis.start, middle, "H", axis.end, class_="axis"),
        *dots,
        path("M", axis.place(median), 2, "V", HEIGHT - 2, class_="median"),
        class_=f"drawing sample strip series-{style}",
        aria_hidden="true",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        width=f"{WIDTH / 16:g}rem",
        height=f"{HEIGHT / 16:g}rem",
    )
