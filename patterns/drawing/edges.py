"""Lines between boxes: each leaves and arrives at a side of its own place, level, with a curve between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patterns.drawing.boxes import Box
from patterns.drawing.strokes import HEAD, closed_head
from patterns.drawing.svg import Svg, mark, path, together

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
    short = HEAD if edge.is_directed else 0
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
