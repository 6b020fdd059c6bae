"""One node and those around it."""

from xml.etree.ElementTree import Element

import pytest

from patterns.drawing.graph import Node
from patterns.drawing.neighbourhood import PORT, Measures, Neighbour, NodeTie, neighbourhood
from patterns.tests.drawing.elements import NASTY, classed, lines, number, parsed

CENTRE = Node("06", "Saga")
USES, USED_BY = NodeTie("uses", "uses", "out"), NodeTie("used by", "uses", "in")
BESIDE = NodeTie("complements", "complements", "both")


LAYOUTS = pytest.mark.parametrize("layout", ["wide", "narrow"])


def other(code: str, *ties: NodeTie, name: str = "") -> Neighbour:
    return Neighbour(Node(code, name or f"Pattern {code}", f"/patterns/{code}/", "hue-1"), ties)


def drawing(*neighbours: Neighbour, centre: Node = CENTRE, most: int = 12, layout: str = "wide") -> Element:
    about = {"name": "near", "title": "Saga and its neighbours", "description": "In words above."}
    return parsed(getattr(neighbourhood(centre, neighbours, **about, measures=Measures(most=most)), layout))


def side(drawing: Element, name: str) -> float:
    """How far a box is to the right of the middle."""
    [middle] = classed(classed(drawing, "node-centre")[0], "box")
    [link] = [link for link in classed(drawing, "node") if (link.get("aria-label") or "").endswith(name)]
    return number(classed(link, "box")[0], "x") - number(middle, "x")


def test_what_points_to_it_is_on_the_left_and_what_it_points_to_on_the_right():
    near = drawing(other("01", USES), other("02", USED_BY))

    assert side(near, "02") < 0 < side(near, "01")


def test_those_related_both_ways_fill_the_shorter_side():
    near = drawing(other("01", USES), other("02", BESIDE), other("03", BESIDE))

    assert side(near, "02") < 0 < side(near, "03")


@LAYOUTS
def test_a_box_says_how_it_is_related(layout: str):
    links = classed(drawing(other("01", USES, BESIDE), layout=layout), "node")

    assert [link.get("aria-label") for link in links if link.tag == "a"] == ["uses · complements Pattern 01"]


def test_each_tie_is_a_line_with_a_head_at_the_end_it_points_to():
    edges = classed(drawing(other("01", USES, BESIDE), other("02", USED_BY)), "edge")

    assert sorted((one.findtext("title"), len(classed(one, "head"))) for one in edges) == [
        ("Saga complements Pattern 01", 0),
        ("Saga used by Pattern 02", 1),
        ("Saga uses Pattern 01", 1),
    ]


def test_a_centre_without_address_is_no_link():
    [centre] = classed(drawing(other("01", USES)), "node-centre")

    assert centre.tag == "g"


def test_a_centre_with_an_address_is_a_link():
    [centre] = classed(drawing(other("01", USES), centre=Node("06", "Saga", "/patterns/saga/")), "node-centre")

    assert (centre.tag, centre.get("href")) == ("a", "/patterns/saga/")


@LAYOUTS
def test_of_many_neighbours_the_first_are_drawn_and_the_rest_counted(layout: str):
    near = drawing(*(other(f"{number:02}", USES) for number in range(10)), most=4, layout=layout)

    assert len([link for link in classed(near, "node") if link.tag == "a"]) == 4
    assert "and 6 more in the list" in lines(near)


@LAYOUTS
@pytest.mark.parametrize("name", [name for name in NASTY if name.strip()])
def test_whatever_the_names_say_the_drawing_is_well_formed(name: str, layout: str):
    near = drawing(other("01", USES, name=name), centre=Node("06", name), layout=layout)

    assert {one.tag for one in near.iter()} <= {"svg", "title", "desc", "g", "a", "rect", "text", "path"}


def test_only_lines_that_share_a_box_bear_words():
    near = drawing(other("01", USES, BESIDE), other("02", USED_BY))

    assert [one.text for one in classed(near, "edge-word")] == ["uses", "complements"]


def test_on_narrow_screens_the_node_is_above_the_others():
    near = drawing(other("01", USES), other("02", USED_BY), layout="narrow")

    [centre] = classed(classed(near, "node-centre")[0], "box")
    others = [classed(one, "box")[0] for one in classed(near, "node") if one.tag == "a"]
    bottom = number(centre, "y") + number(centre, "height")
    assert all(bottom < number(box, "y") for box in others)
    assert {number(box, "x") for box in others} == {number(centre, "x")}


@LAYOUTS
def test_many_lines_make_room_for_themselves(layout: str):
    near = drawing(*(other(f"{count:02}", USES) for count in range(12)), layout=layout)

    [centre] = classed(classed(near, "node-centre")[0], "box")
    assert number(centre, "height") >= 12 * PORT
