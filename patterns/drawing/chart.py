"""Line charts: what was measured over time on several sides, and when something was broken; and strips of values.

Lines differ in dash and marks as well as in colour, and are named where they end. The numbers stand beside a drawing,
never in it alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patterns.drawing.axis import LEAST_SPAN, Axis, tick_label, wide_enough
from patterns.drawing.lettering import Face, text_lines, width, wrap
from patterns.drawing.svg import NOT_XML, Svg, frame, mark, path, together

TICK = Face("letters letters-tick", 12, 15)
NAME = Face("letters letters-line", 12.5, 15, is_bold=True)
SPAN = Face("letters letters-span", 12, 15)
HEIGHT = 220.0  # between the axes
MARGIN, BELOW = 4.0, 42.0
NAMES_WIDTH, SAMPLE, NAME_LINES, APART = 160.0, 26.0, 3, 5.0
Y_TICKS = 5
MARKS = 8  # on each line
NARROWEST = 2.0  # shade of something that lasted no time

STRIP_WIDTH, STRIP_HEIGHT, DOT_RADIUS = 176.0, 26.0, 3.0
DOT_ROWS = (0, 1, -1, 2, -2)  # dots step aside in turn, so that equal values can be told from one value


# Charts.


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class ChartLine:
    """``style`` is 0, 1, 2 …: its dash, marks and colour, the same in every chart."""

    name: str
    style: int
    points: Sequence[Point]


@dataclass(frozen=True)
class Span:
    """Something that lasted from ``start`` to ``end`` on the x axis."""

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class AxisNames:
    """What the axes show."""

    x: str
    y: str


@dataclass(frozen=True)
class Format:
    """Its width, what stands above and to the right of the axes, and how many ticks the x axis has at most.

    With room on the right, the names of lines stand beside where the lines end, else above it, on the lines.
    """

    width: float
    above: float
    right: float
    x_ticks: int
    class_: str

    @property
    def has_names_beside(self) -> bool:
        return self.right >= NAMES_WIDTH


WIDE = Format(800.0, above=26.0, right=NAMES_WIDTH + 2 * APART, x_ticks=10, class_="drawing chart")
# For a phone, where it is shown as large as it is drawn.
NARROW = Format(344.0, above=42.0, right=16.0, x_ticks=5, class_="drawing chart chart-narrow")


def chart(
    lines: Sequence[ChartLine],
    *,
    names: AxisNames,
    spans: Sequence[Span] = (),
    format: Format = WIDE,
    name: str,
    title: str,
    description: str,
) -> Svg:
    """The chart of at least one line that has at least one point."""
    x, y = axes(lines, format)
    top, bottom = y.end, y.start
    # Alone in its row, it has all of it.
    unit = wrap(names.y, TICK, room=NAMES_WIDTH if spans else format.width - 2 * MARGIN, most=1)
    # Of what is counted there are no halves.
    least = 1.0 if all(point.x == int(point.x) for line in lines for point in line.points) else 0.0
    # What was broken stands behind the unit, or in a row of its own below it, and what has no room there behind it.
    behind = MARGIN + min(width(names.y, TICK), NAMES_WIDTH) + 12
    rows = [(behind, y.end - 12)] if format.has_names_beside else [(MARGIN, y.end - 12), (behind, y.end - 28)]
    drawn = []
    for span in spans:  # as much of it as is on the axis
        left, right = (x.place(min(max(value, x.low), x.high)) for value in (span.start, span.end))
        shade = max(NARROWEST, right - left)
        drawn.append(mark("rect", class_="span", x=left, y=top, width=shade, height=bottom - top))
    for value in y.ticks(most=Y_TICKS):
        at = y.place(value)
        drawn.append(path("M", x.start, at, "H", x.end, class_="grid"))
        drawn.append(mark("text", tick_label(value), class_=TICK.class_, x=x.start - 8, y=at + 4, text_anchor="end"))
    for value in x.ticks(most=format.x_ticks, least=least):
        at = x.place(value)
        drawn.append(path("M", at, bottom, "v", 5, class_="axis"))
        drawn.append(text_lines([tick_label(value)], TICK, x=at, y=bottom + 18))
    drawn += [
        path("M", x.start, bottom, "H", x.end, class_="axis"),
        text_lines(unit, TICK, x=MARGIN, y=14, start=True),
        mark("text", names.x, class_=TICK.class_, x=x.end, y=bottom + 34, text_anchor="end"),
        *span_labels(spans, x, rows, room=format.width - MARGIN),
        *(drawn_series(line, x, y, count=len(lines)) for line in lines),
    ]
    height = bottom + BELOW
    drawn += line_names(lines, x, y) if format.has_names_beside else names_on_lines(lines, x, y)
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=format.width, height=height, class_=format.class_)


def axes(lines: Sequence[ChartLine], format: Format) -> tuple[Axis, Axis]:
    """Wide enough for all points; the labels of the y axis decide where the x axis begins."""
    points = [point for line in lines for point in line.points]
    low, high = wide_enough(min(one.y for one in points), max(one.y for one in points), most=Y_TICKS)
    first, last = min(one.x for one in points), max(one.x for one in points)
    y = Axis(low, high, start=format.above + HEIGHT, end=format.above)
    left = MARGIN + max(width(tick_label(value), TICK) for value in y.ticks(most=Y_TICKS)) + 8
    last = last if last - first >= LEAST_SPAN else first + 1
    return Axis(first, last, start=left, end=format.width - format.right), y


def span_labels(spans: Sequence[Span], x: Axis, rows: Sequence[tuple[float, float]], *, room: float) -> Iterator[Svg]:
    """Each name once, where it first lasts or behind what is there already, and up to ``room``.

    It stands in the first of the ``rows``, each free from an x on at a y, that has room for all of it, or is cut.
    """
    named, free = set(), dict(enumerate(rows))
    for span in sorted(spans, key=lambda one: one.start):
        start = x.place(max(span.start, x.low))
        if span.name not in named and start <= x.end:
            named.add(span.name)
            whole = width(span.name, SPAN)
            fitting = (row for row, (left, _) in free.items() if max(start, left) + whole <= room)
            row = next(fitting, 0)
            left, at = max(start, free[row][0]), free[row][1]
            if left <= x.end:
                lines = wrap(span.name, SPAN, room=room - left, most=1)
                free[row] = left + sum(width(line, SPAN) for line in lines) + 16, at
                yield text_lines(lines, SPAN, x=left, y=at, start=True)


def drawn_series(line: ChartLine, x: Axis, y: Axis, *, count: int) -> Svg:
    """The line with some marks, which stand elsewhere on each of the ``count`` lines: where two lie on each other,
    both are seen.
    """
    places = [Point(x.place(one.x), y.place(one.y)) for one in line.points]
    pace = max(1, len(places) // MARKS)
    marked = places[line.style * pace // count :: pace]
    return mark(
        "g",
        path("M", *(place for one in places for place in (one.x, one.y)), class_="line"),
        *(series_mark(line.style, one) for one in marked),
        class_=f"series series-{line.style}",
    )


def series_mark(style: int, at: Point) -> Svg:
    """A disc, a square, a triangle, a diamond, and again."""
    shape = style % 4
    if shape == 0:
        return mark("circle", class_="mark", cx=at.x, cy=at.y, r=3.5)
    if shape == 1:
        return mark("rect", class_="mark", x=at.x - 3.5, y=at.y - 3.5, width=7, height=7)
    if shape == 2:
        return path("M", at.x, at.y - 4.5, "l", 4.5, 8, "h", -9, "z", class_="mark")
    return path("M", at.x, at.y - 5, "l", 5, 5, "l", -5, 5, "l", -5, -5, "z", class_="mark")


def line_names(lines: Sequence[ChartLine], x: Axis, y: Axis) -> Iterator[Svg]:
    """To the right of where each line ends, or as near as the others allow."""
    left, room = x.end + 2 * APART, NAMES_WIDTH - SAMPLE - MARGIN
    ending = sorted((line for line in lines if line.points), key=lambda line: y.place(line.points[-1].y))
    texts = [wrap(line.name, NAME, room=room, most=NAME_LINES) for line in ending]
    heights = [len(text) * NAME.leading + APART for text in texts]
    wanted = [y.place(line.points[-1].y) - height / 2 for line, height in zip(ending, heights, strict=True)]
    for line, text, top in zip(ending, texts, spread_tops(wanted, heights, low=y.end, high=y.start), strict=True):
        yield line_name(line, text, x=left, y=top)


def names_on_lines(lines: Sequence[ChartLine], x: Axis, y: Axis) -> Iterator[Svg]:
    """Above where each line ends, or as near as the others allow: on a phone there is no room beside them."""
    room = x.end - x.start - SAMPLE
    ending = sorted((line for line in lines if line.points), key=lambda line: y.place(line.points[-1].y))
    wanted = [y.place(line.points[-1].y) - NAME.leading - 3 for line in ending]
    tops = spread_tops(wanted, [NAME.leading + 1] * len(ending), low=y.end, high=y.start - 2)
    for line, top in zip(ending, tops, strict=True):
        [text] = wrap(NOT_XML.sub("\ufffd", line.name), NAME, room=room, most=1) or [""]
        left = x.end - width(text, NAME) - SAMPLE
        yield mark("g", line_name(line, [text], x=left, y=top), class_="on-lines")


def line_name(line: ChartLine, text: Sequence[str], *, x: float, y: float) -> Svg:
    piece = series_piece(line.style, x=x, y=y + NAME.leading / 2 + 1)
    return together([piece, text_lines(text, NAME, x=x + SAMPLE, y=y + NAME.size, start=True)])


def spread_tops(wanted: Sequence[float], heights: Sequence[float], *, low: float, high: float) -> list[float]:
    """Tops as near to the wanted ones as can be, in their order, without overlap, and above ``high`` if they fit."""
    tops: list[float] = []
    for top, height in zip(wanted, heights, strict=True):
        tops.append(max(top, low))
        low = tops[-1] + height
    for index in reversed(range(len(tops))):
        tops[index] = min(tops[index], high - heights[index])
        high = tops[index]
    return tops


def series_piece(style: int, *, x: float, y: float) -> Svg:
    line = path("M", x, y, "h", SAMPLE - 6, class_="line")
    return mark("g", line, series_mark(style, Point(x + (SAMPLE - 6) / 2, y)), class_=f"series series-{style}")


def series_sample(style: int) -> Svg:
    """How lines of a style look; the words stand beside it."""
    return mark(
        "svg", series_piece(style, x=1, y=6), class_="drawing sample", aria_hidden="true", viewBox="0 0 22 12",
        width="1.375rem", height="0.75rem",
    )  # fmt: skip


# Strips.


def strip(values: Sequence[float], *, mean: float, low: float, high: float, style: int) -> Svg:
    """All values that repeated runs gave, as dots on one line from ``low`` to ``high``, with a bar at their mean.

    Strips that are compared have both ends in common.
    """
    axis = Axis(low, high if high > low else low + 1, start=DOT_RADIUS + 1, end=STRIP_WIDTH - DOT_RADIUS - 1)
    middle = STRIP_HEIGHT / 2
    dots = (
        mark(
            "circle",
            class_="dot",
            cx=axis.place(value),
            cy=middle + 3 * DOT_ROWS[index % len(DOT_ROWS)],
            r=DOT_RADIUS,
        )
        for index, value in enumerate(values)
    )
    return mark(
        "svg",
        path("M", axis.start, middle, "H", axis.end, class_="axis"),
        *dots,
        path("M", axis.place(mean), 2, "V", STRIP_HEIGHT - 2, class_="mean"),
        class_=f"drawing sample strip series-{style}",
        aria_hidden="true",
        viewBox=f"0 0 {STRIP_WIDTH:g} {STRIP_HEIGHT:g}",
        width=f"{STRIP_WIDTH / 16:g}rem",
        height=f"{STRIP_HEIGHT / 16:g}rem",
    )
