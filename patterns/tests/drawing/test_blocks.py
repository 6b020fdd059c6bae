"""How a system is built, drawn: every part in its row, every line between its ends, nothing outside."""

from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.blocks import BREADTH, NAME, NOTE, Block, Flow, blocks_and_flows
from patterns.drawing.lettering import width
from patterns.tests.drawing.elements import NASTY, classed, number, parsed

USER, SERVICE, STORE = (
    Block("user", "User", 0),
    Block("service", "Service", 1),
    Block("store", "Store", 2, shape="store"),
)


def drawing(blocks: list[Block], flows: list[Flow]) -> Element:
    return parsed(blocks_and_flows(blocks, flows, name="one", title="One", description="All that it says."))


def middle(element: Element) -> float:
    return number(element, "x") + number(element, "width") / 2


def boxes(drawn: Element) -> list[Element]:
    return [one for one in classed(drawn, "box") if one.tag.endswith("rect")]


def d_of(drawn: Element) -> list[list[str]]:
    return [one.attrib["d"].split() for one in classed(drawn, "line")]


def test_parts_of_one_column_stand_beside_each_other_and_the_next_below():
    user, service, other = boxes(drawing([USER, SERVICE, Block("other", "Other", 1)], [Flow("user", "service")]))

    assert number(user, "y") + number(user, "height") < number(service, "y") == number(other, "y")
    assert number(service, "x") + number(service, "width") < number(other, "x")
    assert middle(user) == pytest.approx(BREADTH / 2)


def test_a_line_runs_straight_down_where_its_ends_stand_above_each_other():
    [line] = d_of(drawing([USER, SERVICE], [Flow("user", "service")]))

    assert line[0] == "M"
    assert line[1] == line[-2] == f"{BREADTH / 2:g}"
    assert float(line[2]) < float(line[-1])


def test_a_line_goes_round_a_part_that_stands_between_its_ends():
    [_, _, line] = d_of(
        drawing([USER, SERVICE, STORE], [Flow("user", "service"), Flow("service", "store"), Flow("user", "store")])
    )

    service = boxes(drawing([USER, SERVICE, STORE], [Flow("user", "store")]))[1]
    assert {"H", "V", "Q"} <= {*line}
    assert float(line[line.index("V") - 2]) < number(service, "x")


@pytest.mark.parametrize(("target", "side"), [("old", "left"), ("new", "right")])
def test_it_goes_round_on_the_side_where_no_neighbour_stands_in_its_way(target: str, side: str):
    versions = [Block("old", "Old", 2), Block("new", "New", 2)]

    drawn = drawing([USER, SERVICE, *versions], [Flow("user", target)])

    [line], old, new = d_of(drawn), *boxes(drawn)[2:]
    edge = float(line[line.index("V") - 2])
    assert edge < number(old, "x") if side == "left" else edge > number(new, "x") + number(new, "width")


def test_lines_of_a_text_are_about_as_long_as_each_other():
    drawn = drawing([Block(str(key), "Consumers 2 to 3", 0, "6 modules, 1 process") for key in range(2)], [])

    assert [one.text for one in classed(drawn, "letters")][:4] == ["Consumers", "2 to 3", "6 modules,", "1 process"]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("3 tries, 500 ms pause", ["3 tries, 500 ms", "pause"]),
        ("crashes 3 times a minute", ["crashes 3 times", "a minute"]),
    ],
)
def test_no_line_ends_between_a_number_and_its_unit(note: str, expected: list[str]):
    drawn = drawing([Block("one", "One", 0, note)], [])

    assert [one.text for one in classed(drawn, "letters-note")] == expected


def test_neighbours_are_joined_by_a_level_line_with_room_for_its_words():
    log = Block("log", "Log", 1)

    drawn = drawing([SERVICE, log], [Flow("service", "log", "reads, marks")])

    first, second = boxes(drawn)
    gap = number(second, "x") - number(first, "x") - number(first, "width")
    assert gap >= width("reads, marks", NOTE)
    assert d_of(drawn)[0][3] == "H"


@pytest.mark.parametrize(
    ("block", "sign_broken", "sign_new"),
    [
        (Block("one", "One", 0, is_broken=True), 1, 0),
        (Block("one", "One", 0, is_new=True), 0, 1),
        (Block("one", "One", 0, is_broken=True, is_new=True), 1, 1),
        (USER, 0, 0),
    ],
)
def test_what_breaks_and_what_is_new_has_a_sign_and_not_only_a_colour(block: Block, sign_broken: int, sign_new: int):
    drawn = drawing([block], [])

    assert len(classed(drawn, "sign-broken")) == sign_broken
    assert len(classed(drawn, "sign-new")) == sign_new


SHAPES = {"client": "rect", "process": "rect", "queue": "rect", "store": "ellipse", "log": "ellipse"}


@pytest.mark.parametrize(("shape", "tag"), SHAPES.items())
def test_a_part_is_drawn_as_engineers_draw_it(shape: str, tag: str):
    drawn = drawing([Block("one", "One", 0, shape=shape)], [])

    assert {one.tag.split("}")[-1] for one in classed(drawn, "box")} >= {tag}
    assert len(classed(drawn, "box-line")) == (2 if shape == "queue" else 0)


def test_lines_of_a_part_leave_it_in_the_order_of_their_other_ends():
    others = [Block(key, key, 2) for key in "abc"]

    lines = d_of(drawing([SERVICE, *others], [Flow("service", key) for key in "cab"]))

    starts = {key: float(line[1]) for key, line in zip("cab", lines, strict=True)}
    assert starts["a"] < starts["b"] < starts["c"]


@given(
    names=st.lists(st.sampled_from(NASTY), min_size=1, max_size=4),
    note=st.sampled_from(NASTY),
    rows=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_nothing_leaves_the_drawing(names: list[str], note: str, rows: list[int]):
    blocks = [Block(str(key), name, row, note) for key, (name, row) in enumerate(zip(names, rows, strict=False))]
    flows = [Flow("0", block.key, note) for block in blocks[1:]]

    drawn = drawing(blocks, flows)

    high = float(drawn.attrib["viewBox"].split()[3])
    for box in boxes(drawn):
        assert 0 <= number(box, "x") <= BREADTH - number(box, "width")
        assert number(box, "y") + number(box, "height") <= high


def test_the_names_of_the_lab_fit_where_three_stand_beside_each_other():
    """The longest that an experiment may give a part: eighteen letters."""
    drawn = drawing([Block(str(key), "Accounting service", 0, "20 requests a second") for key in range(3)], [])

    assert "…" not in "".join(drawn.itertext())
    assert {one.text for one in classed(drawn, NAME.class_.split()[-1])} == {"Accounting", "service"}
