"""Maps of many nodes: two columns of boxes, by group, and the lines between them in the space that they enclose.

The nodes go down the left column and up the right one: neighbours in their order are neighbours in the drawing, and
an order with few crossings keeps them few. Where a box stands depends on the nodes and their order alone, so it stays
there whichever lines are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from patterns.drawing.graph import Box, Edge, Node, drawn_box, drawn_edges, ports
from patterns.drawing.lettering import Face, text_lines, wrap
from patterns.drawing.svg import Svg, frame, mark

GROUP = Face("letters letters-group", 12.5, 16, is_bold=True)
COLUMN, BETWEEN, EDGE = 226.0, 500.0, 5.0
GAP, GROUP_GAP, BELOW_GROUP = 10.0, 26.0, 8.0
BREADTH = 2 * (COLUMN + EDGE) + BETWEEN


@dataclass(frozen=True)
class GroupHeading:
    """The words above a group, at their place, with a node of the group for its colour."""

    node: Node
    lines: list[str]
    x: float
    y: float


@dataclass(frozen=True)
class BoxColumn:
    """Boxes below each other and the headings of their groups, from 0 downwards until it was moved to its place."""

    boxes: tuple[Box, ...]
    headings: tuple[GroupHeading, ...]
    height: float

    def moved(self, x: float, y: float, *, is_mirrored: bool = False) -> "BoxColumn":
        boxes = tuple(replace(box, x=x, y=box.y + y, is_mirrored=is_mirrored) for box in self.boxes)
        headings = tuple(replace(heading, x=x, y=heading.y + y) for heading in self.headings)
        return BoxColumn(boxes, headings, self.height)


def network(nodes: Sequence[Node], edges: Sequence[Edge], *, name: str, title: str, description: str) -> Svg:
    """The map of nodes in the order in which they come, those of a group next to each other."""
    first, second = halves(nodes)
    height = max(first.height, second.height) + 2 * EDGE
    columns = [
        first.moved(EDGE, (height - first.height) / 2),
        second.moved(BREADTH - EDGE - COLUMN, (height - second.height) / 2, is_mirrored=True),
    ]
    boxes = {box.node.key: box for column in columns for box in column.boxes}
    drawn = [drawn_edges(edges, ports(edges, boxes, middle=BREADTH / 2), name=name)]
    drawn += [drawn_heading(heading) for column in columns for heading in column.headings]
    drawn += [starred(box, edges, name=name) for box in boxes.values()]
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=BREADTH, height=height, class_="drawing network", role="group")


def drawn_heading(heading: GroupHeading) -> Svg:
    words = text_lines(heading.lines, GROUP, x=heading.x + 2, y=heading.y + 13, start=True)
    return mark("g", words, class_=f"group {heading.node.tint}".strip())


def starred(box: Box, edges: Sequence[Edge], *, name: str) -> Svg:
    """A box, and its own lines once more, which the style sheet shows in strong colour while a reader points at it."""
    own = [
        mark("use", href=f"#{name}-edge-{index}")
        for index, edge in enumerate(edges)
        if box.node.key in (edge.source, edge.target)
    ]
    echo = [mark("g", *own, class_="echo", aria_hidden="true")] if own else []
    return mark("g", drawn_box(box), *echo, class_="star")


def halves(nodes: Sequence[Node]) -> tuple[BoxColumn, BoxColumn]:
    """Two columns as nearly alike in height as groups allow; a group that is too large for that is parted.

    The circle of nodes may be opened between any two groups.
    """
    groups = [[*members] for _, members in groupby(nodes, key=lambda node: node.group)]
    # Measured once: columns are of the same height however their groups follow each other.
    heights = [box_column(group).height + GROUP_GAP for group in groups]
    cuts = combinations(range(len(groups)), 2)
    start, end = min(cuts, key=lambda cut: abs(2 * sum(heights[slice(*cut)]) - sum(heights)), default=(0, len(groups)))
    turned = [node for group in (*groups[start:], *groups[:start]) for node in group]
    whole = column_pair(turned, cut=sum(map(len, groups[start:end])))
    if height_gap(whole) <= max(column.height for column in whole) / 3:
        return whole
    parted = (column_pair(nodes, cut=cut) for cut in range(1, len(nodes)))
    return min(parted, key=height_gap, default=whole)


def column_pair(nodes: Sequence[Node], *, cut: int) -> tuple[BoxColumn, BoxColumn]:
    return box_column(nodes[:cut]), box_column(nodes[cut:][::-1])


def height_gap(pair: tuple[BoxColumn, BoxColumn]) -> float:
    return abs(pair[0].height - pair[1].height)


def box_column(nodes: Sequence[Node], *, width: float = COLUMN) -> BoxColumn:
    """Boxes below each other from the top, with a heading above each group."""
    boxes: list[Box] = []
    headings: list[GroupHeading] = []
    y = 0.0
    for _, members in groupby(nodes, key=lambda node: node.group):
        y += GROUP_GAP if boxes else 0
        for index, node in enumerate(members):
            if index == 0:
                heading = GroupHeading(node, wrap(node.group, GROUP, room=width - 4, most=2), 0, y)
                headings.append(heading)
                y += len(heading.lines) * GROUP.leading + BELOW_GROUP
            boxes.append(Box(node, 0, y, width))
            y = boxes[-1].y + boxes[-1].height + GAP
        y -= GAP
    return BoxColumn(tuple(boxes), tuple(headings), y)
