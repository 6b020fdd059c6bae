"""Messages of a sequence diagram: a numbered knot where each begins, a line by its kind, its text above the line."""

from dataclasses import dataclass
from typing import Literal

from patterns.drawing.lettering import Face, written
from patterns.drawing.strokes import HEAD, closed_head, cross, cylinder, open_head
from patterns.drawing.svg import Svg, mark, path, together

Kind = Literal["call", "reply", "event", "store", "fail"]

TEXT = Face("letters letters-message", 13, 16)
EMPHASISED = Face("letters letters-message letters-fail", 13, 16, is_bold=True)
NUMBER = Face("letters letters-number", 11, 11, is_bold=True)
NUMBER_RADIUS = 10.0
LOOP_WIDTH, LOOP_HEIGHT = 34.0, 24.0


@dataclass(frozen=True)
class Arrow:
    """A message at its place; one to oneself begins and ends at the same line, and its text stands on the right."""

    number: int
    kind: Kind
    start: float
    end: float
    top: float
    lines: list[str]
    face: Face
    room: float

    @property
    def is_loop(self) -> bool:
        return self.start == self.end

    @property
    def text_height(self) -> float:
        return len(self.lines) * self.face.leading

    @property
    def y(self) -> float:
        """Of the line, where it begins."""
        return self.top + (NUMBER_RADIUS if self.is_loop else self.text_height + 7)

    @property
    def bottom(self) -> float:
        low = max(self.top + self.text_height, self.y + LOOP_HEIGHT) if self.is_loop else self.y
        return low + NUMBER_RADIUS

    @property
    def right(self) -> float:
        return self.start + LOOP_WIDTH + 12 + self.room if self.is_loop else max(self.start, self.end)


def drawn_arrow(arrow: Arrow) -> Svg:
    line = loop(arrow) if arrow.is_loop else straight(arrow)
    return mark("g", line, knot(arrow), text_of(arrow), class_=f"message message-{arrow.kind}")


def knot(arrow: Arrow) -> Svg:
    circle = mark("circle", class_="knot", cx=arrow.start, cy=arrow.y, r=NUMBER_RADIUS)
    return together([circle, written([str(arrow.number)], NUMBER, x=arrow.start, y=arrow.y + 4)])


def text_of(arrow: Arrow) -> Svg:
    base = arrow.top + arrow.face.size
    if arrow.is_loop:
        return written(arrow.lines, arrow.face, x=arrow.start + LOOP_WIDTH + 12, y=base, start=True)
    way = 1 if arrow.end > arrow.start else -1
    return written(arrow.lines, arrow.face, x=(arrow.start + arrow.end) / 2 + way * NUMBER_RADIUS / 2, y=base)


def straight(arrow: Arrow) -> Svg:
    way = 1 if arrow.end > arrow.start else -1
    begin = arrow.start + way * NUMBER_RADIUS
    return stroke(arrow.kind, begin, arrow.end, y=arrow.y)


def loop(arrow: Arrow) -> Svg:
    """Out to the right, down, and back."""
    begin, right, low = arrow.start + NUMBER_RADIUS, arrow.start + LOOP_WIDTH, arrow.y + LOOP_HEIGHT
    out = path("M", begin, arrow.y, "H", right - 6, "q", 6, 0, 6, 6, "V", low - 6, "q", 0, 6, -6, 6, class_="line")
    return together([out, stroke(arrow.kind, right - 6, arrow.start + 1, y=low)])


def stroke(kind: Kind, start: float, end: float, *, y: float) -> Svg:
    """A line with the end that its kind has; colour is never all that tells kinds apart."""
    way = 1.0 if end > start else -1.0
    stop = end - way * (HEAD if kind in ("call", "store") else 1)
    pieces = [path("M", start, y, "H", stop, class_="line"), end_of(kind, end, y, way=way)]
    pieces += [cross((start + end) / 2, y)] * (kind == "fail")
    return together(pieces)


def end_of(kind: Kind, x: float, y: float, *, way: float) -> Svg:
    if kind == "call":
        return closed_head(x, y, way=way)
    if kind == "store":
        return cylinder(x - way * 5, y - 7, width=11, height=14, depth=2.5, class_="head head-store")
    return open_head(x, y, way=way)


def sample(kind: Kind, *, x: float, y: float, length: float) -> Svg:
    """A line of a kind, for a legend."""
    return mark("g", stroke(kind, x, x + length, y=y), class_=f"message message-{kind}")
