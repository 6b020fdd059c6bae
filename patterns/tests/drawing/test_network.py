"""Maps of many nodes."""

from itertools import pairwise

import pytest

from patterns.drawing.graph import Edge, Node
from patterns.drawing.network import network
from patterns.tests.drawing.elements import NASTY, classed, lines, number, parsed


def nodes(count: int, *, groups: int = 4) -> list[Node]:
    """In the order of their groups."""
    return [
        Node(f"{index:02}", f"Pattern {index:02}", f"/patterns/{index:02}/", f"hue-{group}", f"Shelf {group}")
        for group in range(groups)
        for index in range(group, count, groups)
    ]


def edge(source: str, target: str, *, is_directed: bool = True) -> Edge:
    return Edge(source, target, f"{source} uses {target}", "uses", is_directed)


EDGES = [edge("00", "01"), edge("01", "02"), edge("00", "03", is_directed=False)]


def drawn(nodes: list[Node], edges: list[Edge]) -> str:
    return network(nodes, edges, name="map", title="Map", description="In words below.")


def boxes(drawing: str) -> dict[str, tuple[float, float, float, float]]:
    """Name → left, top, width and height."""
    links = classed(parsed(drawing), "node")
    rects = {link.attrib["aria-label"]: classed(link, "box")[0] for link in links}
    return {name: tuple(number(box, side) for side in ("x", "y", "width", "height")) for name, box in rects.items()}


def test_every_node_is_a_link_to_its_page():
    links = classed(parsed(drawn(nodes(12), EDGES)), "node")

    assert {link.attrib["href"] for link in links} == {f"/patterns/{index:02}/" for index in range(12)}


def test_every_edge_says_what_it_is():
    edges = classed(parsed(drawn(nodes(12), EDGES)), "edge")

    assert [one.findtext("title") for one in edges] == ["00 uses 01", "01 uses 02", "00 uses 03"]


def test_only_directed_edges_have_heads():
    edges = classed(parsed(drawn(nodes(12), EDGES)), "edge")

    assert [len(classed(one, "head")) for one in edges] == [1, 1, 0]


def test_groups_have_headings_and_stand_together():
    said = [line for line in lines(parsed(drawn(nodes(8, groups=2), []))) if line]

    assert said.index("Shelf 0") < said.index("Shelf 1")
    assert len([line for line in said if line.startswith("Shelf")]) == 2


@pytest.mark.parametrize("count", [1, 2, 12, 60])
def test_boxes_do_not_touch_each_other(count: int):
    placed = sorted(boxes(drawn(nodes(count), [])).values())

    assert len(placed) == count
    assert all(one[0] != other[0] or one[1] + one[3] < other[1] for one, other in pairwise(placed))


@pytest.mark.parametrize("groups", [1, 2, 9])
def test_columns_are_nearly_alike_in_height(groups: int):
    placed = boxes(drawn(nodes(60, groups=groups), [])).values()

    left = sum(box[0] < 100 for box in placed)
    assert 20 <= left <= 40


def test_a_node_stands_in_the_same_place_whichever_lines_are_shown():
    assert boxes(drawn(nodes(12), EDGES)) == boxes(drawn(nodes(12), EDGES[:1]))


def test_the_same_nodes_and_edges_give_the_same_bytes():
    assert drawn(nodes(60), EDGES) == drawn(nodes(60), [*EDGES])


def test_a_node_shows_its_own_lines_once_more():
    drawing = parsed(drawn(nodes(4), EDGES))

    targets = [one.attrib["href"] for one in classed(drawing, "star")[0].iter("use")]
    assert targets == ["#map-edge-0", "#map-edge-2"]
    assert {one.get("id") for one in classed(drawing, "edge")} >= {target[1:] for target in targets}


@pytest.mark.parametrize("name", [name for name in NASTY if name.strip()])
def test_whatever_the_names_say_the_map_is_well_formed(name: str):
    drawing = parsed(drawn([Node("01", name, "/a/", "hue-1", name), *nodes(2)], EDGES[:1]))

    assert {one.tag for one in drawing.iter()} <= {"svg", "title", "desc", "g", "a", "rect", "text", "path", "use"}
    assert max(number(one, "height") for one in classed(drawing, "box")) < 100
