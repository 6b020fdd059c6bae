"""Boxes with a name in them, most of which lead to a page."""

from dataclasses import dataclass
from functools import cached_property

from patterns.drawing.lettering import Face, wrap, written
from patterns.drawing.svg import Svg, link, mark, together

NAME = Face("letters letters-name", 13.5, 17, is_bold=True)
CAPTION = Face("letters letters-caption", 12, 16)
PADDING = 11.0
NAME_LINES, CAPTION_LINES = 3, 2


@dataclass(frozen=True)
class Node:
    """``href`` is its page, if any, ``tint`` the class of its colour; those of one ``group`` stand together."""

    key: str
    name: str
    href: str = ""
    tint: str = ""
    group: str = ""


@dataclass(frozen=True)
class Box:
    """A node at its place; ``x`` and ``y`` are its corner on the upper left, its colour is on the outer side."""

    node: Node
    x: float
    y: float
    width: float
    caption: str = ""
    is_mirrored: bool = False

    @cached_property
    def name_lines(self) -> list[str]:
        return wrap(self.node.name, NAME, room=self.width - 2 * PADDING - 4, most=NAME_LINES)

    @cached_property
    def caption_lines(self) -> list[str]:
        return wrap(self.caption, CAPTION, room=self.width - 2 * PADDING - 4, most=CAPTION_LINES)

    @cached_property
    def height(self) -> float:
        return height_of(len(self.name_lines), len(self.caption_lines))

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def height_of(name_lines: int, caption_lines: int) -> float:
    return name_lines * NAME.leading + caption_lines * CAPTION.leading + 2 * PADDING - 4


def drawn_box(box: Box, *, class_: str = "") -> Svg:
    """The box, all of it a link if it leads anywhere."""
    names, captions, x = box.name_lines, box.caption_lines, box.x + PADDING + (0 if box.is_mirrored else 4)
    outside = box.right - 4 if box.is_mirrored else box.x
    inner = [
        mark("rect", class_="box", x=box.x, y=box.y, width=box.width, height=box.height, rx=7),
        mark("rect", class_="box-edge", x=outside, y=box.y + 7, width=4, height=box.height - 14, rx=2),
        written(captions, CAPTION, x=x, y=box.y + PADDING + 9, start=True),
        written(names, NAME, x=x, y=box.y + PADDING + len(captions) * CAPTION.leading + 11, start=True),
    ]
    label = f"{box.caption} {box.node.name}".strip()
    classes = " ".join(filter(None, ["node", box.node.tint, class_]))
    if not box.node.href:
        return mark("g", *inner, class_=classes)
    return link(mark("title", label), together(inner), href=box.node.href, class_=classes, label=label)
