"""Where repeated runs lie: a row of dots for each side over one axis, with a bar at their mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from patterns.drawing.axis import Axis, tick_label, wide_enough
from patterns.drawing.chart import MARGIN, NAME, TICK, WIDE, Format, series_piece
from patterns.drawing.lettering import text_lines, width, wrap
from patterns.drawing.svg import Svg, frame, mark, path

ROW, LABEL = 34.0, 18.0
RADIUS = 3.5
ASIDE = (0, 1, -1, 2, -2)  # dots step aside in turn, so that equal values can be told from one value
SAMPLE = 26.0
NAMES = 190.0  # to the left, where there is room
TICKS = 6


@dataclass(frozen=True)
class DotRow:
    """``style`` is that of the side's lines in the charts; no values where there was nothing to measure."""

    name: str
    style: int
    values: Sequence[float]
    mean: float | None


def dot_rows(
    rows: Sequence[DotRow], *, unit: str, format: Format = WIDE, name: str, title: str, description: str
) -> Svg:
    """At least one row with at least one value; from zero, where nothing is below it."""
    values = [value for row in rows for value in row.values]
    low, high = wide_enough(min(values), max(values), most=TICKS)
    is_wide = format.has_names_beside
    start = NAMES if is_wide else MARGIN + RADIUS
    axis = Axis(low, high, start=start, end=format.width - (28 if is_wide else 18))
    drawn, y = [], 4.0
    for row in rows:
        room = (NAMES if is_wide else format.width) - SAMPLE - 16
        text = wrap(row.name, NAME, room=room, most=2 if is_wide else 1)
        label_y = y + ROW / 2 + 4 - (len(text) - 1) * NAME.leading / 2 if is_wide else y + 13
        drawn += [
            series_piece(row.style, x=MARGIN, y=label_y - 4),
            text_lines(text, NAME, x=MARGIN + SAMPLE, y=label_y, start=True),
        ]
        y += 0 if is_wide else LABEL
        drawn.append(drawn_row(row, axis, y + ROW / 2))
        y += ROW
    drawn.append(path("M", axis.start, y + 2, "H", axis.end, class_="axis"))
    for value in axis.ticks(most=TICKS if is_wide else 4):
        drawn.append(path("M", axis.place(value), y + 2, "v", 5, class_="axis"))
        label = tick_label(value)
        at = min(max(axis.place(value), width(label, TICK) / 2), format.width - width(label, TICK) / 2)
        drawn.append(text_lines([label], TICK, x=at, y=y + 20))
    drawn.append(mark("text", unit, class_=TICK.class_, x=axis.end, y=y + 36, text_anchor="end"))
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=format.width, height=y + 42, class_="drawing chart dots")


def drawn_row(row: DotRow, axis: Axis, y: float) -> Svg:
    # One path of points without length, which round ends make dots: a page has a thousand of them.
    points = (
        part
        for index, value in enumerate(row.values)
        for part in ("M", axis.place(value), y + 3.5 * ASIDE[index % len(ASIDE)], "h", 0)
    )
    dots = [path(*points, class_="dots-of")] if row.values else []
    bar = [] if row.mean is None else [path("M", axis.place(row.mean), y - 14, "v", 28, class_="mean")]
    rail = path("M", axis.start, y, "H", axis.end, class_="grid")
    return mark("g", rail, *dots, *bar, class_=f"strip series-{row.style}")
