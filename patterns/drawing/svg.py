"""Elements of a drawing, escaped, and the ends that its lines have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape

NEEDS_ESCAPE = re.compile("[^ !#-%(-;=?-~]")  # what is not plain ASCII, or means something in markup
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REM = 16  # units of a drawing for each rem of the page
HEAD_LENGTH = 9.0  # of an arrow, in units


class Svg(str):
    """Markup whose text is escaped. Only this package makes it."""

    __slots__ = ()


@dataclass(frozen=True)
class Layouts:
    """One drawing twice: as wide screens show it, and as narrow ones do, unless these have no room for it."""

    wide: Svg
    narrow: Svg | None


def mark(tag: str, *inner: str, **attributes: str | float | None) -> Svg:
    """An element; ``class_`` is written class and ``aria_label`` aria-label, and what is None is left out."""
    stated = "".join(
        f' {attribute_name(name)}="{attribute_value(value)}"' for name, value in attributes.items() if value is not None
    )
    return Svg(f"<{tag}{stated}>{together(inner)}</{tag}>")


@cache
def attribute_name(name: str) -> str:
    # Kept, since a page asks for the same ten names some thousand times.
    return name.rstrip("_").replace("_", "-")


def attribute_value(value: str | float) -> str:
    """Text escaped, and numbers to a tenth of a unit, which is finer than any screen shows."""
    return xml_escaped(value) if isinstance(value, str) else f"{round(value, 1):g}"


def together(pieces: Iterable[str]) -> Svg:
    """Markup as it is, and other text escaped."""
    return Svg("".join(piece if isinstance(piece, Svg) else xml_escaped(piece) for piece in pieces))


def xml_escaped(text: str) -> str:
    """What XML does not allow, such as a control character, becomes a replacement character."""
    if not NEEDS_ESCAPE.search(text):  # the common case, kept fast
        return text
    return escape(NOT_XML.sub("\ufffd", text))


def path(*commands: str | float, class_: str) -> Svg:
    """A line of any shape: letters and numbers, as ``path("M", 0, 0, "H", 9, class_="edge")``."""
    return mark("path", class_=class_, d=" ".join(map(attribute_value, commands)))


def site_link(*inner: str, href: str, class_: str, label: str) -> Svg:
    """A link within the site.

    Raises:
        ValueError: for any other address.
    """
    # Two slashes would begin the name of a host, and letters a scheme, of which some run scripts.
    if not re.match(r"[/?](?!/)", href):
        raise ValueError(f"a drawing links within the site only, not to {href!r}")
    return mark("a", *inner, href=href, class_=class_, aria_label=label)


def frame(
    *inner: str, name: str, title: str, description: str, width: float, height: float, class_: str, role: str = "img"
) -> Svg:
    """The whole drawing. ``name`` begins every id in it; one that holds links has the role "group"."""
    return mark(
        "svg",
        mark("title", title, id=f"{name}-title"),
        mark("desc", description, id=f"{name}-description"),
        *inner,
        class_=class_,
        role=role,
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-description",
        viewBox=f"0 0 {attribute_value(width)} {attribute_value(height)}",
        width=f"{width / REM:.4g}rem",
        height=f"{height / REM:.4g}rem",
    )


def closed_head(x: float, y: float, *, way: float) -> Svg:
    """A filled arrow head with its tip at the point; ``way`` is 1 for a line to the right, -1 for one to the left."""
    return path("M", x, y, "l", -HEAD_LENGTH * way, -HEAD_LENGTH / 2, "v", HEAD_LENGTH, "z", class_="head head-closed")


def cylinder(x: float, y: float, *, width: float, height: float, depth: float, class_: str) -> Svg:
    """A store, as engineers draw it, around ``x`` and below ``y``; ``depth`` is half the height of its lid."""
    left, radii = x - width / 2, (width / 2, depth)
    top, bottom, side = y + depth, y + height - depth, ("a", *radii, 0, 0, 0)
    return together(
        [
            path("M", left, top, "V", bottom, *side, width, 0, "V", top, "z", class_=class_),
            mark("ellipse", class_=class_, cx=x, cy=top, rx=radii[0], ry=depth),
        ]
    )
