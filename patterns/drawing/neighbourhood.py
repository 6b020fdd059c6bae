"""One node in the middle and those around it: what leads to it on the left, what it leads to on the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from patterns.drawing.graph import CAPTION, Box, Edge, Node, drawn_box, drawn_edges, ports
from patterns.drawing.lettering import written
from patterns.drawing.svg import Svg, frame

Way = Literal["out", "in", "both"]
GAP, EDGE = 10.0, 5.0


@dataclass(frozen=True)
class Tie:
    """How another node is related, as seen from the middle; ``style`` names the class of the line."""

    label: str
    style: str
    way: Way


@dataclass(frozen=True)
class Neighbour:
    node: Node
    ties: tuple[Tie, ...]


@dataclass(frozen=True)
class Measures:
    """Widths of the boxes and of the space between them, and how many neighbours are drawn."""

    side: float = 212.0
    centre: float = 172.0
    between: float = 80.0
    most: int = 12


def neighbourhood(
    centre: Node, neighbours: Sequence[Neighbour], *, name: str, title: str, description: str, measures: Measures
) -> Svg:
    """The drawing of at least one neighbour."""
    shown, left_out = neighbours[: measures.most], len(neighbours) - measures.most
    left, right = sides(shown)
    boxes = placed(centre, left, right, measures)
    height = max(box.y + box.height for box in boxes) + EDGE
    breadth = max(box.right for box in boxes) + EDGE
    by_key = {box.node.key: box for box in boxes}
    edges = [edge for one in (*left, *right) for edge in edges_of(centre, one)]
    drawn = [
        drawn_edges(edges, ports(edges, by_key, middle=breadth / 2), name=name),
        *(drawn_box(box, class_="node-centre" if box.node == centre else "") for box in boxes),
    ]
    if left_out > 0:
        drawn.append(written([f"and {left_out} more in the list"], CAPTION, x=breadth / 2, y=height + 14))
        height += 24
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=breadth, height=height, class_="drawing neighbourhood", role="group")


def sides(neighbours: Sequence[Neighbour]) -> tuple[list[Neighbour], list[Neighbour]]:
    """Left and right, by the first tie; those tied both ways fill the shorter side."""
    left = [one for one in neighbours if one.ties[0].way == "in"]
    right = [one for one in neighbours if one.ties[0].way == "out"]
    for one in neighbours:
        if one.ties[0].way == "both":
            (left if len(left) < len(right) else right).append(one)
    return left, right


def placed(centre: Node, left: Sequence[Neighbour], right: Sequence[Neighbour], measures: Measures) -> list[Box]:
    """All boxes, from left to right and from top to bottom, as the keyboard meets them."""
    middle_x = EDGE + (measures.side + measures.between if left else 0)
    right_x = middle_x + measures.centre + measures.between
    columns = [
        stacked(left, x=EDGE, width=measures.side),
        [Box(centre, middle_x, 0, measures.centre)],
        [replace(box, is_mirrored=True) for box in stacked(right, x=right_x, width=measures.side)],
    ]
    height = max(map(height_of, columns))
    return [box for column in columns for box in lowered(column, by=EDGE + (height - height_of(column)) / 2)]


def stacked(neighbours: Sequence[Neighbour], *, x: float, width: float) -> list[Box]:
    boxes: list[Box] = []
    for one in neighbours:
        y = boxes[-1].y + boxes[-1].height + GAP if boxes else 0.0
        boxes.append(Box(one.node, x, y, width, " · ".join(tie.label for tie in one.ties)))
    return boxes


def height_of(column: Sequence[Box]) -> float:
    return column[-1].y + column[-1].height if column else 0.0


def lowered(column: Sequence[Box], *, by: float) -> Iterator[Box]:
    return (replace(box, y=box.y + by) for box in column)


def edges_of(centre: Node, neighbour: Neighbour) -> Iterator[Edge]:
    for tie in neighbour.ties:
        own, other = centre, neighbour.node
        label = f"{own.name} {tie.label} {other.name}"
        source, target = (other.key, own.key) if tie.way == "in" else (own.key, other.key)
        yield Edge(source, target, label, tie.style, is_directed=tie.way != "both")
