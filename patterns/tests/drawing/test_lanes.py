"""Sequence diagrams on narrow screens."""

from itertools import combinations, pairwise
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.lanes import BREADTH, HEAD, MOST, lanes, sequence_layouts
from patterns.drawing.lettering import width
from patterns.drawing.sequence import EMPHASISED, KIND_NAMES, TEXT, SequenceMessage
from patterns.tests.drawing.elements import NASTY, classed, lines, number, parsed

PARTIES = ["Orders", "Payments", "Coordinator", "Notification Service", "Log", "日本語の名前"]
ABOUT = {"name": "steps", "title": "Step by step", "description": "In words below."}
messages = st.lists(
    st.builds(
        SequenceMessage,
        st.sampled_from(PARTIES),
        st.sampled_from(PARTIES),
        st.sampled_from([*(one for one in NASTY if one.strip()), "charge the card"]),
        st.sampled_from([*KIND_NAMES]),
    ),
    min_size=1,
    max_size=8,
)


def drawn(messages: list[SequenceMessage]) -> Element:
    drawing = lanes(messages, **ABOUT)
    assert drawing is not None
    return parsed(drawing)


def chain(count: int) -> list[SequenceMessage]:
    return [SequenceMessage(f"Party {one}", f"Party {one + 1}", "go on", "call") for one in range(count - 1)]


def heads(drawing: Element) -> list[Element]:
    return [one for one in classed(drawing, "box") if one.tag == "rect"]


def test_each_message_is_there_with_its_number():
    drawing = drawn([SequenceMessage("Orders", "Log", "write", "store"), SequenceMessage("Log", "Log", "sync", "call")])

    assert len(classed(drawing, "message")) == 2 + len(classed(drawing, "legend")[0].findall("g"))
    assert {"Orders", "Log", "write", "sync", "1", "2"} <= {*lines(drawing)}


@given(messages)
def test_whatever_is_said_stays_inside(messages: list[SequenceMessage]):
    drawing = drawn(messages)

    height = float(drawing.attrib["viewBox"].split()[3])
    for text in classed(drawing, "letters-message"):
        face = EMPHASISED if "letters-fail" in text.attrib["class"] else TEXT
        half = width(text.text or "", face) / 2
        assert number(text, "x") - half >= -1
        assert number(text, "x") + half <= BREADTH + 1
    assert all(0 <= number(text, "y") <= height for text in drawing.iter("text"))
    assert all(
        number(one, "x") >= -0.1 and number(one, "x") + number(one, "width") <= BREADTH for one in heads(drawing)
    )


@pytest.mark.parametrize("count", range(2, MOST + 1))
def test_no_head_covers_another_or_its_line(count: int):
    drawing = drawn(chain(count))

    boxes = [[number(one, side) for side in ("x", "y", "width", "height")] for one in heads(drawing)]
    starts = [
        [float(word) for word in one.attrib["d"].split() if word not in "MV"] for one in classed(drawing, "lifeline")
    ]
    assert len(boxes) == len(starts) == count
    for (x, y, breadth, height), (other_x, other_y, other_breadth, other_height) in combinations(boxes, 2):
        is_apart = x + breadth < other_x or other_x + other_breadth < x
        assert is_apart or y + height < other_y or other_y + other_height < y
    for x, top, bottom in starts:
        assert not [box for box in boxes if box[0] < x < box[0] + box[2] and top < box[1] + box[3] - 0.2 < bottom]


def test_usual_names_are_not_cut():
    names = ["Client", "Coordinator", "Saga log", "Flights", "Hotels", "Payments"]
    said = lines(drawn([SequenceMessage(one, other, "go", "call") for one, other in pairwise(names)]))

    assert {"Coordinator", "Payments", "Flights"} <= {*said}


def test_a_party_talking_to_itself_turns_to_where_there_is_room():
    drawing = drawn([SequenceMessage("A", "B", "go", "call"), SequenceMessage("B", "B", "wait", "call")])

    loop = classed(classed(drawing, "message")[1], "line")[0].attrib["d"].split()
    assert float(loop[4]) < float(loop[1])


def test_for_too_many_parties_there_is_no_such_layout():
    assert lanes(chain(MOST + 1), **ABOUT) is None
    assert sequence_layouts(chain(MOST + 1), **ABOUT).narrow is None
    assert sequence_layouts(chain(MOST), **ABOUT).narrow


def test_letters_of_heads_are_as_large_as_letters_have_to_be():
    assert HEAD.size >= 11
