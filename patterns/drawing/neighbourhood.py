"""One node and those around it, in two layouts.

On wide screens the node is in the middle, what leads to it on the left, what it leads to on the right. On narrow ones
it is above all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from patterns.drawing import arcs
from patterns.drawing.graph import CAPTION, Box, Edge, Node, drawn_box, drawn_edges, ports
from patterns.drawing.lettering import text_lines
from patterns.drawing.network import BoxColumn
from patterns.drawing.svg import Layouts, Svg, frame

Way = Literal["out", "in", "both"]
GAP, EDGE = 10.0, 5.0  # between boxes above each other, and around all of them


@dataclass(frozen=True)
class NodeTie:
    """How another node is related, as seen from the middle; ``style`` names the class of the line."""

    label: str
    style: str
    way: Way


@dataclass(frozen=True)
class Neighbour:
    """Another node with at least one tie; the first one decides on which side it stands."""

    node: Node
    ties: tuple[NodeTie, ...]


@dataclass(frozen=True)
class Measures:
    """Widths of the boxes and of the space between them, and how many neighbours are drawn."""

    side: float = 212.0
    centre: float = 172.0
    between: float = 80.0
    most: int = 12


PORT = 9.0  # units of a side for each line that meets it


def neighbourhood(
    centre: Node, neighbours: Sequence[Neighbour], *, name: str, title: str, description: str, measures: Measures
) -> Layouts:
    """The drawing of at least one neighbour."""
    near, left_out = neighbours[: measures.most], len(neighbours) - measures.most
    left = [one for one in near if one.ties[0].way == "in"]
    right = [one for one in near if one.ties[0].way == "out"]
    for one in near:
        if one.ties[0].way == "both":
            (left if len(left) < len(right) else right).append(one)
    edges = edges_of(centre, [*left, *right])
    below = f"and {left_out} more in the list" if left_out > 0 else ""
    about = {"title": title, "description": description}
    wide = spread(placed_boxes(centre, left, right, measures), edges, **about, name=name, below=below)
    first = Box(centre, 0, 0, arcs.COLUMN, is_centre=True, least=PORT * (len(edges) + 1))
    others = [
        replace(box, y=box.y + first.height + 3 * GAP) for box in box_pile([*left, *right], x=0, width=arcs.COLUMN)
    ]
    column = BoxColumn((first, *others), (), others[-1].y + others[-1].height)
    return Layouts(wide, arcs.arcs(column, edges, **about, name=f"{name}-narrow", below=below))


def edges_of(centre: Node, neighbours: Sequence[Neighbour]) -> list[Edge]:
    """Several lines to one box may look alike: only these bear their words, since the caption tells a single one."""
    edges = []
    for one in neighbours:
        for tie in one.ties:
            source, target = (one.node.key, centre.key) if tie.way == "in" else (centre.key, one.node.key)
            label = f"{centre.name} {tie.label} {one.node.name}"
            word = tie.label if len(one.ties) > 1 else ""
            edges.append(Edge(source, target, label, tie.style, is_directed=tie.way != "both", word=word))
    return edges


def spread(boxes: Sequence[Box], edges: Sequence[Edge], *, name: str, title: str, description: str, below: str) -> Svg:
    """The layout for wide screens."""
    height = max(box.y + box.height for box in boxes) + EDGE
    breadth = max(box.right for box in boxes) + EDGE
    ends = ports(edges, {box.node.key: box for box in boxes}, middle=breadth / 2)
    drawn = [drawn_edges(edges, ends, name=name), *map(drawn_box, boxes)]
    if below:
        drawn.append(text_lines([below], CAPTION, x=breadth / 2, y=height + 14))
        height += 24
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=breadth, height=height, class_="drawing neighbourhood", role="group")


def placed_boxes(centre: Node, left: Sequence[Neighbour], right: Sequence[Neighbour], measures: Measures) -> list[Box]:
    """All boxes, from left to right and from top to bottom, as the keyboard meets them."""
    line_count = max(sum(len(one.ties) for one in side) for side in (left, right))
    middle_x = EDGE + (measures.side + measures.between if left else 0)
    right_x = middle_x + measures.centre + measures.between
    columns = [
        box_pile(left, x=EDGE, width=measures.side),
        [Box(centre, middle_x, 0, measures.centre, is_centre=True, least=PORT * (line_count + 1))],
        [replace(box, is_mirrored=True) for box in box_pile(right, x=right_x, width=measures.side)],
    ]
    heights = [column[-1].y + column[-1].height if column else 0.0 for column in columns]
    tops = [EDGE + (max(heights) - height) / 2 for height in heights]  # each column around the same middle
    return [replace(box, y=box.y + top) for column, top in zip(columns, tops, strict=True) for box in column]


def box_pile(neighbours: Sequence[Neighbour], *, x: float, width: float) -> list[Box]:
    """Boxes below each other, from 0 downwards; the caption of each says how it is related."""
    boxes: list[Box] = []
    for one in neighbours:
        y = boxes[-1].y + boxes[-1].height + GAP if boxes else 0.0
        boxes.append(Box(one.node, x, y, width, " · ".join(tie.label for tie in one.ties)))
    return boxes
