"""A tree from left to right."""

from itertools import combinations
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.graph import Node
from patterns.drawing.tree import LEVELS, MOST, Branch, tree
from patterns.tests.drawing.elements import NASTY, classed, lines, number, parsed

ROOT = Node("0", "Saga")
PARENTS = st.lists(st.integers(0, 20), min_size=1, max_size=20)


def drawing(*parents: int, name: str = "") -> Element:
    """Nodes 1, 2, …, each below the one with the number that is given for it; 0 is where the tree begins."""
    branches = [
        Branch(Node(f"{key}", name or f"Pattern {key}", f"/{key}/"), f"{parent}", f"{parent} to {key}", "requires")
        for key, parent in enumerate(parents, 1)
    ]
    return parsed(tree(ROOT, branches, name="owed", title="What it takes", description="In words below."))


def places(drawing: Element) -> dict[str, tuple[float, float, float, float]]:
    """Edges of each box, on the left and right, above and below, by the address that it leads to."""
    found = {}
    for node in classed(drawing, "node"):
        [box] = classed(node, "box")
        x, y = number(box, "x"), number(box, "y")
        found[node.get("href") or "/0/"] = (x, x + number(box, "width"), y, y + number(box, "height"))
    return found


def test_what_is_led_to_stands_on_the_right():
    found = places(drawing(0, 1))

    assert found["/0/"][1] < found["/1/"][0] < found["/1/"][1] < found["/2/"][0]


def test_each_stands_beside_the_middle_of_those_that_it_leads_to():
    found = places(drawing(0, 0))
    middles = {key: (top + bottom) / 2 for key, (_, _, top, bottom) in found.items()}

    assert middles["/0/"] == pytest.approx((middles["/1/"] + middles["/2/"]) / 2)


def test_each_branch_is_one_line_with_a_head_and_words():
    edges = classed(drawing(0, 1, 0), "edge")

    assert [one.findtext("title") for one in edges] == ["0 to 1", "1 to 2", "0 to 3"]
    assert [len(classed(one, "head")) for one in edges] == [1, 1, 1]


@given(PARENTS)
def test_no_box_lies_on_another_and_all_lie_in_the_drawing(parents: list[int]):
    shown = drawing(*(parent % key for key, parent in enumerate(parents, 1)))
    found = places(shown)

    _, _, width, height = map(float, shown.attrib["viewBox"].split())
    assert all(
        0 <= left < right <= width and 0 <= top < bottom <= height for left, right, top, bottom in found.values()
    )
    for (left, right, top, bottom), other in combinations(found.values(), 2):
        assert right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top


def test_a_long_chain_and_many_branches_are_cut_and_counted():
    chain, broom = drawing(*range(LEVELS + 3)), drawing(*[0] * (MOST + 4))

    assert (len(classed(chain, "node")), "and 3 more in the list" in lines(chain)) == (LEVELS + 1, True)
    assert (len(classed(broom, "node")), "and 4 more in the list" in lines(broom)) == (MOST + 1, True)


@pytest.mark.parametrize("name", [name for name in NASTY if name.strip()])
def test_whatever_the_names_say_the_drawing_is_well_formed(name: str):
    shown = drawing(0, 1, name=name)

    assert {one.tag for one in shown.iter()} <= {"svg", "title", "desc", "g", "a", "rect", "text", "path"}
