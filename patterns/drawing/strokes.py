"""Ends of lines. ``way`` is 1 for a line that runs to the right and -1 for one that runs to the left."""

from patterns.drawing.svg import Svg, mark, path, together

HEAD = 9.0


def closed_head(x: float, y: float, *, way: float) -> Svg:
    return path("M", x, y, "l", -HEAD * way, -HEAD / 2, "v", HEAD, "z", class_="head head-closed")


def open_head(x: float, y: float, *, way: float) -> Svg:
    return path("M", x - HEAD * way, y - HEAD / 2, "L", x, y, "l", -HEAD * way, HEAD / 2, class_="head head-open")


def cross(x: float, y: float) -> Svg:
    return path("M", x - 5, y - 5, "l", 10, 10, "m", 0, -10, "l", -10, 10, class_="cross")


def cylinder(x: float, y: float, *, width: float, height: float, depth: float, class_: str) -> Svg:
    """A store, as engineers draw it, around ``x`` and below ``y``."""
    left, radii = x - width / 2, (width / 2, depth)
    top, bottom, side = y + depth, y + height - depth, ("a", *radii, 0, 0, 0)
    return together(
        [
            path("M", left, top, "V", bottom, *side, width, 0, "V", top, "z", class_=class_),
            mark("ellipse", class_=class_, cx=x, cy=top, rx=radii[0], ry=depth),
        ]
    )
