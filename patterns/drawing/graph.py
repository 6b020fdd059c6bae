"""Lines between boxes: each leaves and arrives at a side of its own place, level, with a curve between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from patterns.drawing.lettering import Face, wrap, written
from patterns.drawing.svg import HEAD_LENGTH, Svg, closed_head, link, mark, path, together

# Boxes with a name in them, most of which lead to a page.


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


NEAR, FAR, PER_UNIT = 34.0, 320.0, 0.5


@dataclass(frozen=True)
class Edge:
    """A line from one node's key to another's; ``style`` names its class, and only a directed one has a head."""

    source: str
    target: str
    label: str
    style: str
    is_directed: bool


@dataclass(frozen=True)
class Port:
    """Where a line meets a box; ``way`` is 1 if it leaves to the right."""

    x: float
    y: float
    way: float


def ports(edges: Sequence[Edge], boxes: Mapping[str, Box], *, middle: float) -> list[tuple[Port, Port]]:
    """Both ends of each edge, on the sides that face ``middle`` or else each other, in the order of the other ends."""
    ends = defaultdict(list)
    for index, edge in enumerate(edges):
        for own, other in ((edge.source, edge.target), (edge.target, edge.source)):
            way = 1.0 if facing(boxes[own], boxes[other], middle=middle) else -1.0
            ends[own, way].append((boxes[other].middle, index))
    places: dict[tuple[int, str], Port] = {}
    for (key, way), others in ends.items():
        for rank, (_, index) in enumerate(sorted(others)):
            places[index, key] = port(boxes[key], way, part=(rank + 1) / (len(others) + 1))
    return [(places[index, edge.source], places[index, edge.target]) for index, edge in enumerate(edges)]


def facing(own: Box, other: Box, *, middle: float) -> bool:
    """Whether the line leaves to the right."""
    if own.x != other.x:
        return own.x < other.x
    return own.x + own.width / 2 < middle


def port(box: Box, way: float, *, part: float) -> Port:
    return Port(box.right if way > 0 else box.x, box.y + 5 + (box.height - 10) * part, way)


def drawn_edges(edges: Sequence[Edge], ends: Iterable[tuple[Port, Port]], *, name: str) -> Svg:
    """All of them, each with an id that ``name`` begins. Their words are elsewhere on the page: nobody hears them."""
    drawn = (
        drawn_edge(edge, source, target, id=f"{name}-edge-{index}")
        for index, (edge, (source, target)) in enumerate(zip(edges, ends, strict=True))
    )
    return mark("g", together(drawn), class_="edges", aria_hidden="true")


def drawn_edge(edge: Edge, source: Port, target: Port, *, id: str) -> Svg:
    short = HEAD_LENGTH if edge.is_directed else 0
    end = Port(target.x + target.way * short, target.y, target.way)
    pieces = [mark("title", edge.label), curve(source, end, class_="edge-reach"), curve(source, end, class_="line")]
    pieces += [closed_head(target.x, target.y, way=-target.way)] * edge.is_directed
    return mark("g", *pieces, id=id, class_=f"edge edge-{edge.style}")


def curve(source: Port, target: Port, *, class_: str) -> Svg:
    bend = bend_of(source, target)
    first, second = source.x + source.way * bend, target.x + target.way * bend
    return path("M", source.x, source.y, "C", first, source.y, second, target.y, target.x, target.y, class_=class_)


def bend_of(source: Port, target: Port) -> float:
    """How far a curve runs level: half the way across, or more the longer it is between boxes above each other."""
    if source.way != target.way:
        return abs(target.x - source.x) / 2
    return min(FAR, NEAR + abs(target.y - source.y) * PER_UNIT)


# Short pieces of line, for legends in the page.


SAMPLE_WIDTH, SAMPLE_HEIGHT = 40.0, 12.0


def line_sample(style: str, *, is_directed: bool) -> Svg:
    """How lines of a style look; the words stand beside it."""
    edge = Edge("", "", "", style, is_directed)
    drawn = drawn_edge(
        edge, Port(0, SAMPLE_HEIGHT / 2, 1), Port(SAMPLE_WIDTH - 1, SAMPLE_HEIGHT / 2, -1), id=f"line-{style}"
    )
    return mark(
        "svg", drawn, class_="drawing sample", aria_hidden="true", viewBox=f"0 0 {SAMPLE_WIDTH:g} {SAMPLE_HEIGHT:g}",
        width="2.5rem", height="0.75rem",
    )  # fmt: skip
