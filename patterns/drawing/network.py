"""Maps of many nodes: two columns of boxes, by group, and the lines between them in the space that they enclose.

Where a box stands depends on the nodes alone, so it stays there whichever lines are shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from patterns.drawing.graph import Box, Edge, Node, drawn_box, drawn_edges, ports
from patterns.drawing.lettering import Face, wrap, written
from patterns.drawing.svg import Svg, frame, mark, together

GROUP = Face("letters letters-group", 12.5, 16, is_bold=True)
COLUMN, BETWEEN, EDGE = 226.0, 500.0, 5.0
GAP, GROUP_GAP, BELOW_GROUP = 10.0, 26.0, 8.0
BREADTH = 2 * (COLUMN + EDGE) + BETWEEN


@dataclass(frozen=True)
class Column:
    boxes: tuple[Box, ...]
    headings: tuple[tuple[float, Node], ...]
    height: float

    def moved(self, x: float, y: float, *, is_mirrored: bool = False) -> "Column":
        boxes = tuple(replace(box, x=x, y=box.y + y, is_mirrored=is_mirrored) for box in self.boxes)
        return Column(boxes, tuple((place + y, node) for place, node in self.headings), self.height)


def network(nodes: Sequence[Node], edges: Sequence[Edge], *, name: str, title: str, description: str) -> Svg:
    """The map of nodes in the order in which they come, those of a group next to each other."""
    first, second = halves(nodes)
    height = max(first.height, second.height) + 2 * EDGE
    columns = [
        first.moved(EDGE, (height - first.height) / 2),
        second.moved(BREADTH - EDGE - COLUMN, (height - second.height) / 2, is_mirrored=True),
    ]
    boxes = {box.node.key: box for column in columns for box in column.boxes}
    drawn = [
        drawn_edges(edges, ports(edges, boxes, middle=BREADTH / 2), name=name),
        *(drawn_headings(column) for column in columns),
        *(star(box, edges, name=name) for box in boxes.values()),
    ]
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=BREADTH, height=height, class_="drawing network", role="group")


def halves(nodes: Sequence[Node]) -> tuple[Column, Column]:
    """Two columns as nearly alike in height as groups allow; a group that is too large for that is parted."""
    starts = [index for index, node in enumerate(nodes) if index and node.group != nodes[index - 1].group]
    whole = best_cut(nodes, starts)
    if whole and uneven(whole) <= max(column.height for column in whole) / 3:
        return whole
    return best_cut(nodes, range(1, len(nodes))) or (stacked(nodes), stacked([]))


def best_cut(nodes: Sequence[Node], cuts: Sequence[int]) -> tuple[Column, Column] | None:
    pairs = ((stacked(nodes[:cut]), stacked(nodes[cut:])) for cut in cuts)
    return min(pairs, key=uneven, default=None)


def uneven(pair: tuple[Column, Column]) -> float:
    return abs(pair[0].height - pair[1].height)


def stacked(nodes: Sequence[Node]) -> Column:
    """Boxes below each other from the top, with a heading above each group."""
    boxes: list[Box] = []
    headings: list[tuple[float, Node]] = []
    y = 0.0
    for _, members in groupby(nodes, key=lambda node: node.group):
        y += GROUP_GAP if boxes else 0
        for index, node in enumerate(members):
            if index == 0:
                headings.append((y, node))
                y += len(heading_lines(node)) * GROUP.leading + BELOW_GROUP
            boxes.append(Box(node, 0, y, COLUMN))
            y = boxes[-1].y + boxes[-1].height + GAP
        y -= GAP
    return Column(tuple(boxes), tuple(headings), y)


def drawn_headings(column: Column) -> Svg:
    return together(drawn_heading(node, x=column.boxes[0].x, y=y) for y, node in column.headings)


def drawn_heading(node: Node, *, x: float, y: float) -> Svg:
    return mark(
        "g", written(heading_lines(node), GROUP, x=x + 2, y=y + 13, start=True), class_=f"group {node.tint}".strip()
    )


def heading_lines(node: Node) -> list[str]:
    return wrap(node.group, GROUP, room=COLUMN - 4, most=2)


def star(box: Box, edges: Sequence[Edge], *, name: str) -> Svg:
    """A box with its lines once more: shown in strong colour while a reader points at it."""
    own = list(touching(box.node.key, edges, name=name))
    echo = mark("g", *own, class_="echo", aria_hidden="true")
    return mark("g", drawn_box(box), *([echo] if own else []), class_="star")


def touching(key: str, edges: Sequence[Edge], *, name: str) -> Iterator[Svg]:
    for index, edge in enumerate(edges):
        if key in (edge.source, edge.target):
            yield mark("use", href=f"#{name}-edge-{index}")
