"""Boxes with a name in them, most of which lead to a page, and the lines between them.

Each line leaves and arrives at a side of its own place, level, with a curve between. Where boxes stand is decided by
the drawings that use them. Kinds of lines differ in their strokes, which the style sheet knows, and in their tips.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp

from patterns.drawing.lettering import Face, text_lines, wrap
from patterns.drawing.svg import Svg, mark, path, site_link, together
from patterns.drawing.tips import tip_of

NAME = Face("letters letters-name", 13.5, 17, is_bold=True)
CAPTION = Face("letters letters-caption", 12, 16)
WORD = Face("letters edge-word", 11.5, 14)
PADDING = 11.0
NAME_LINES, CAPTION_LINES = 3, 2
NEAR, FAR, PER_UNIT = 20.0, 320.0, 0.5  # how far a line between boxes above each other swings out
SAMPLE_WIDTH, SAMPLE_HEIGHT = 40.0, 12.0


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
    is_centre: bool = False
    least: float = 0  # height, so that many lines find their places on its side

    # Wrapping measures every letter, and a drawing asks for the height of each box several times.

    @cached_property
    def name_lines(self) -> list[str]:
        return wrap(self.node.name, NAME, room=self.width - 2 * PADDING - 4, most=NAME_LINES)

    @cached_property
    def caption_lines(self) -> list[str]:
        return wrap(self.caption, CAPTION, room=self.width - 2 * PADDING - 4, most=CAPTION_LINES)

    @cached_property
    def height(self) -> float:
        text_height = len(self.name_lines) * NAME.leading + len(self.caption_lines) * CAPTION.leading
        return max(self.least, text_height + 2 * PADDING - 4)

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def drawn_box(box: Box) -> Svg:
    """The box, all of it a link if it leads anywhere."""
    names, captions, x = box.name_lines, box.caption_lines, box.x + PADDING + (0 if box.is_mirrored else 4)
    outside = box.right - 4 if box.is_mirrored else box.x
    inner = [
        mark("rect", class_="box", x=box.x, y=box.y, width=box.width, height=box.height, rx=7),
        mark("rect", class_="box-edge", x=outside, y=box.y + 7, width=4, height=box.height - 14, rx=2),
        text_lines(captions, CAPTION, x=x, y=box.y + PADDING + 9, start=True),
        text_lines(names, NAME, x=x, y=box.y + PADDING + len(captions) * CAPTION.leading + 11, start=True),
    ]
    label = f"{box.caption} {box.node.name}".strip()
    classes = " ".join(filter(None, ["node", box.node.tint, "node-centre" if box.is_centre else ""]))
    if not box.node.href:
        return mark("g", *inner, class_=classes)
    # The text in the box may be shortened: its title and its label say all of it.
    return site_link(mark("title", label), together(inner), href=box.node.href, class_=classes, label=label)


@dataclass(frozen=True)
class Edge:
    """A line from one node's key to another's; ``style`` names its class and its tips.

    ``word`` stands at the middle of the line, where the style sheet shows it at all.
    """

    source: str
    target: str
    label: str
    style: str
    is_directed: bool
    word: str = ""


@dataclass(frozen=True)
class Port:
    """Where a line meets a box; ``way`` is 1 if it leaves to the right, and -1 if to the left."""

    x: float
    y: float
    way: float


def ports(edges: Sequence[Edge], boxes: Mapping[str, Box], *, middle: float) -> list[tuple[Port, Port]]:
    """Both ends of each edge, on the sides that face ``middle`` or else each other.

    They stand in the order of the other ends, seen from the box, so that no two lines of a box cross.
    """
    ends = defaultdict(list)
    for index, edge in enumerate(edges):
        for own, other in ((boxes[edge.source], boxes[edge.target]), (boxes[edge.target], boxes[edge.source])):
            # Of two boxes in one column, both lines leave towards the middle, where there is room for them.
            is_rightward = own.x < other.x if own.x != other.x else own.x + own.width / 2 < middle
            if own.x != other.x:
                rank = (0, other.middle, index)
            elif other.middle < own.middle:  # above it: the nearest one first, inside the arcs to the others
                rank = (-1, -other.middle, -index)
            else:
                rank = (1, -other.middle, index)
            ends[own.node.key, 1.0 if is_rightward else -1.0].append((rank, index))
    places: dict[tuple[int, str], Port] = {}
    for (key, way), others in ends.items():
        box = boxes[key]
        for count, (_, index) in enumerate(sorted(others), start=1):
            y = box.y + 5 + (box.height - 10) * (count / (len(others) + 1))
            places[index, key] = Port(box.right if way > 0 else box.x, y, way)
    return [(places[index, edge.source], places[index, edge.target]) for index, edge in enumerate(edges)]


Swing = Callable[[float], float]  # how far a line of this length swings out, farther the longer it is


def wide_swing(length: float) -> float:
    """It comes near to FAR and never reaches it: of two lines around one place the longer one stays outside."""
    return NEAR + (FAR - NEAR) * (1 - exp(-PER_UNIT * length / (FAR - NEAR)))


def drawn_edges(
    edges: Sequence[Edge],
    ends: Iterable[tuple[Port, Port]],
    *,
    name: str,
    swing: Swing = wide_swing,
    is_for_pointing: bool = True,
) -> Svg:
    """All of them, each with an id that ``name`` begins. Their words are elsewhere on the page: nobody hears them."""
    drawn = (
        drawn_edge(edge, source, target, id=f"{name}-edge-{index}", swing=swing, is_for_pointing=is_for_pointing)
        for index, (edge, (source, target)) in enumerate(zip(edges, ends, strict=True))
    )
    return mark("g", together(drawn), class_="edges", aria_hidden="true")


def drawn_edge(
    edge: Edge, source: Port, target: Port, *, id: str, swing: Swing = wide_swing, is_for_pointing: bool = True
) -> Svg:
    """One line. For pointing it has its words, and is drawn twice: the wider one, not seen, is what a pointer finds."""
    tip = tip_of(edge.style, is_directed=edge.is_directed)
    start = source if edge.is_directed else Port(source.x + source.way * tip.length, source.y, source.way)
    end = Port(target.x + target.way * tip.length, target.y, target.way)
    control = controls(start, end, swing=swing)
    commands = ("M", start.x, start.y, "C", *control, end.x, end.y)
    pieces = [mark("title", edge.label), path(*commands, class_="edge-reach")] if is_for_pointing else []
    pieces.append(path(*commands, class_="line"))
    pieces.append(tip.drawn(target.x, target.y, way=-target.way))
    if not edge.is_directed:
        pieces.append(tip.drawn(source.x, source.y, way=-source.way))
    if edge.word and is_for_pointing:
        x = (start.x + 3 * control[0] + 3 * control[2] + end.x) / 8
        pieces.append(text_lines([edge.word], WORD, x=x, y=(start.y + end.y) / 2 + 4))
    return mark("g", *pieces, id=id, class_=f"edge edge-{edge.style}")


def controls(source: Port, target: Port, *, swing: Swing) -> tuple[float, float, float, float]:
    """Of a curve that runs level for half the way across, or swings out between boxes above each other."""
    level = abs(target.x - source.x) / 2 if source.way != target.way else swing(abs(target.y - source.y))
    return source.x + source.way * level, source.y, target.x + target.way * level, target.y


def line_sample(style: str, *, is_directed: bool) -> Svg:
    """How lines of a style look, for a legend in the page; the words stand beside it."""
    edge, middle = Edge("", "", "", style, is_directed), SAMPLE_HEIGHT / 2
    drawn = drawn_edge(edge, Port(1, middle, 1), Port(SAMPLE_WIDTH - 1, middle, -1), id=f"line-{style}")
    return mark(
        "svg", drawn, class_="drawing sample", aria_hidden="true", viewBox=f"0 0 {SAMPLE_WIDTH:g} {SAMPLE_HEIGHT:g}",
        width="2.5rem", height="0.75rem",
    )  # fmt: skip
