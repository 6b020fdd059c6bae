"""What stands at the ends of lines: a shape for each kind, so that no two kinds differ in colour or stroke alone."""

from collections.abc import Callable
from dataclasses import dataclass

from patterns.drawing.svg import HEAD_LENGTH, Svg, closed_head, mark, path


@dataclass(frozen=True)
class Tip:
    """``length`` is how far before the tip the line ends; ``drawn`` takes its place, and the way that it points."""

    length: float
    drawn: Callable[..., Svg]


def open_head(x: float, y: float, *, way: float) -> Svg:
    return path("M", x - 8 * way, y - 4.5, "L", x, y, "L", x - 8 * way, y + 4.5, class_="head tip-open")


def hollow_head(x: float, y: float, *, way: float) -> Svg:
    return path("M", x, y, "l", -10 * way, -5, "v", 10, "z", class_="head tip-hollow")


def bar(x: float, y: float, *, way: float) -> Svg:
    return path("M", x - 2 * way, y - 5.5, "v", 11, class_="head tip-bar")


def dot(x: float, y: float, *, way: float) -> Svg:
    return mark("circle", class_="tip-dot", cx=x - 3 * way, cy=y, r=3)


def ring(x: float, y: float, *, way: float) -> Svg:
    return mark("circle", class_="tip-hollow", cx=x - 3.5 * way, cy=y, r=3.5)


def diamond(x: float, y: float, *, way: float) -> Svg:
    return path("M", x, y, "l", -5 * way, -4, "l", -5 * way, 4, "l", 5 * way, 4, "z", class_="tip-hollow")


def nothing(x: float, y: float, *, way: float) -> Svg:
    return Svg("")


HEAD, BARE = Tip(HEAD_LENGTH, closed_head), Tip(0, nothing)
HEADS = {"uses": Tip(0, open_head), "variant-of": Tip(10, hollow_head), "weakened-by": Tip(2, bar)}
ENDS = {"complements": Tip(3, dot), "alternative-to": Tip(10, diamond), "often-confused-with": Tip(7, ring)}


def tip_of(style: str, *, is_directed: bool) -> Tip:
    """Of a directed line at its end only, a filled head unless the style has another; else at both ends."""
    return HEADS.get(style, HEAD) if is_directed else ENDS.get(style, BARE)
