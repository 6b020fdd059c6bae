"""One column of boxes with its lines on one side."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.arcs import BREADTH, arc_column, arcs
from patterns.drawing.graph import Edge, Node
from patterns.drawing.network import BoxColumn
from patterns.tests.drawing.elements import NASTY, classed, number, parsed

COUNT = 9
NODES = [Node(str(index), f"Pattern {index}", f"/{index}/", "hue-1", f"Shelf {index // 3}") for index in range(COUNT)]
PAIRS = st.lists(
    st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)).filter(lambda one: one[0] != one[1]), max_size=30
)


def edges(*pairs: tuple[int, int]) -> list[Edge]:
    return [Edge(str(one), str(other), "", "uses", is_directed=True, word="uses") for one, other in pairs]


def drawn(column: BoxColumn, edges: list[Edge]) -> str:
    return arcs(column, edges, name="map", title="Map", description="In words below.")


def middle_of(line: str) -> tuple[float, float]:
    """How far out a curve comes in the middle, and where it begins."""
    start_x, start_y, first, _, second, _, end_x, _ = map(float, line.replace("M", "").replace("C", "").split())
    return (start_x + 3 * first + 3 * second + end_x) / 8, start_y


@given(PAIRS)
def test_boxes_stand_below_each_other_and_no_line_leaves_the_drawing(pairs: list[tuple[int, int]]):
    texts = [(str(one), str(other)) for one, other in pairs]
    drawing = parsed(drawn(arc_column(NODES, texts), edges(*pairs)))

    boxes = [classed(one, "box")[0] for one in classed(drawing, "node")]
    assert len(boxes) == COUNT
    assert all(number(one, "y") + number(one, "height") < number(other, "y") for one, other in pairwise(boxes))
    assert all(middle_of(line.attrib["d"])[0] < BREADTH for line in classed(drawing, "line"))


def test_a_longer_line_swings_out_further():
    drawing = parsed(drawn(arc_column(NODES, []), edges((0, 1), (0, 4), (0, 8))))

    near, further, far = (middle_of(line.attrib["d"]) for line in classed(drawing, "line"))
    assert near[0] < further[0] < far[0]
    assert near[1] > further[1] > far[1]  # and leaves its box outside the shorter ones


def test_the_column_is_opened_where_lines_become_shortest():
    column = arc_column(NODES, [("0", "8"), ("1", "7")])  # of the first group and the last one

    groups = [box.node.group for box in column.boxes[::3]]
    assert abs(groups.index("Shelf 0") - groups.index("Shelf 2")) == 1


def test_nothing_is_there_to_be_pointed_at():
    drawing = parsed(drawn(arc_column(NODES, []), edges((0, 1))))

    assert not [*classed(drawing, "edge-reach"), *classed(drawing, "edge-word"), *drawing.findall(".//g/title")]


def test_a_line_of_text_may_stand_below():
    column = arc_column(NODES, [])

    said = arcs(column, [], name="map", title="Map", description="", below="and 6 more in the list")

    assert "and 6 more in the list" in said
    assert float(parsed(said).attrib["viewBox"].split()[3]) > column.height + 20


@pytest.mark.parametrize("name", [name for name in NASTY if name.strip()])
def test_whatever_the_names_say_it_is_well_formed(name: str):
    drawing = parsed(drawn(arc_column([Node("0", name, "/a/", "hue-1", name), *NODES[1:]], []), edges((0, 1))))

    assert {one.tag for one in drawing.iter()} <= {"svg", "title", "desc", "g", "a", "rect", "text", "path"}
