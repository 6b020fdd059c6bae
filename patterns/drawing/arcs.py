"""One column of boxes with all lines as arcs on its right: what a narrow screen shows instead of a wide drawing.

An arc swings out further than those that it encloses. No line is there to be pointed at: a finger would not find it,
and what it says is in the captions or in a list beside the drawing.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from patterns.drawing.graph import CAPTION, NEAR, Edge, Node, drawn_box, drawn_edges, ports
from patterns.drawing.lettering import text_lines
from patterns.drawing.network import BoxColumn, box_column, drawn_heading
from patterns.drawing.svg import Svg, frame

BREADTH, COLUMN, EDGE = 340.0, 200.0, 5.0  # so that letters keep their size on the phones that most people have
# A curve comes three quarters as far as its controls.
FAR = (BREADTH - COLUMN - 2 * EDGE) / 0.75


def arcs(column: BoxColumn, edges: Sequence[Edge], *, name: str, title: str, description: str, below: str = "") -> Svg:
    """``below`` is a line of text under the column."""
    moved = column.moved(EDGE, EDGE)
    boxes = {box.node.key: box for box in moved.boxes}

    def swing(length: float) -> float:
        return NEAR + (FAR - NEAR) * (length / column.height) ** 0.8  # the whole breadth, and most of it for short arcs

    drawn = [
        drawn_edges(edges, ports(edges, boxes, middle=BREADTH), name=name, swing=swing, is_for_pointing=False),
        *(drawn_heading(heading) for heading in moved.headings),
        *map(drawn_box, moved.boxes),
    ]
    height = column.height + 2 * EDGE
    if below:
        drawn.append(text_lines([below], CAPTION, x=EDGE + 2, y=height + 14, start=True))
        height += 24
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=BREADTH, height=height, class_="drawing arcs", role="group")


def arc_column(nodes: Sequence[Node], pairs: Iterable[tuple[str, str]]) -> BoxColumn:
    """The circle of nodes, opened between two groups where that makes its lines shortest."""
    groups = [[*members] for _, members in groupby(nodes, key=lambda node: node.group)]
    turns = ([node for group in (*groups[at:], *groups[:at]) for node in group] for at in range(len(groups)))
    lines = [*pairs]

    def length(order: Sequence[Node]) -> int:
        place = {node.key: index for index, node in enumerate(order)}
        return sum(abs(place[one] - place[other]) for one, other in lines)

    return box_column(min(turns, key=length, default=[]), width=COLUMN)
