"""Sequence diagrams, as numbers."""

from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.lettering import width
from patterns.drawing.sequence import HEAD, TEXT, SequenceMessage, sequence
from patterns.tests.drawing.elements import NASTY, classed, lines, number, parsed

KINDS = ["call", "reply", "event", "store", "crash", "silence", "refusal", "fail"]
SAGA = [
    SequenceMessage("Orders", "Payments", "charge the card", "call"),
    SequenceMessage("Payments", "Orders", "declined", "fail"),
    SequenceMessage("Orders", "Log", "cancelled", "store"),
]
messages = st.lists(
    st.builds(
        SequenceMessage, *[st.sampled_from(["A", "B", *NASTY])] * 2, st.sampled_from(NASTY), st.sampled_from(KINDS)
    ),
    min_size=1,
    max_size=8,
)


def drawn(messages: Sequence[SequenceMessage]) -> str:
    return sequence(messages, name="steps", title="Saga step by step", description="In words below.")


def diagram(*messages: SequenceMessage) -> Element:
    return parsed(drawn(messages))


def one(kind: Any, sender: str = "A", receiver: str = "B") -> Element:
    [message] = classed(diagram(SequenceMessage(sender, receiver, "text", kind)), f"message-{kind}")[:1]
    return message


def test_it_says_who_takes_part_and_what_is_sent():
    said = lines(diagram(*SAGA))

    assert [word for word in ("Orders", "Payments", "Log", "charge the card", "declined") if word not in said] == []


def test_parties_stand_in_the_order_in_which_they_first_take_part():
    heads = classed(diagram(*SAGA), "letters-head")

    places = {head.text: number(head, "x") for head in heads}
    assert places["Orders"] < places["Payments"] < places["Log"]


def test_messages_run_downwards_with_their_numbers():
    numbers = classed(diagram(*SAGA), "letters-number")

    assert [one.text for one in numbers] == ["1", "2", "3"]
    assert sorted(numbers, key=lambda one: number(one, "y")) == numbers


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("call", "head-closed"),
        ("reply", "head-open"),
        ("event", "head-open"),
        ("store", "head-store"),
        ("crash", "head-open"),
        ("silence", "head-lost"),
        ("refusal", "head-bar"),
        ("fail", "head-open"),
    ],
)
def test_each_kind_has_its_class_and_its_end(kind: Any, end: str):
    assert classed(one(kind), end)


@pytest.mark.parametrize("kind", KINDS)
def test_only_who_dies_is_crossed_out(kind: Any):
    assert bool(classed(one(kind), "cross")) == (kind in ("crash", "fail"))


def test_silence_ends_on_the_way():
    lines = {kind: classed(one(kind), "line")[0].get("d").split()[-1] for kind in ("silence", "refusal")}

    assert float(lines["silence"]) < float(lines["refusal"])


def test_the_legend_names_the_kinds_that_are_there():
    assert [word.text for word in classed(diagram(*SAGA), "letters-legend")] == ["call", "store", "failure"]


def test_who_stores_is_drawn_as_a_store():
    assert len(classed(diagram(*SAGA), "box-store")) == 2  # the outline and the lid of one


def test_a_message_to_oneself_runs_around():
    loop = one("call", "A", "A")

    assert len(classed(loop, "line")) == 2
    assert classed(loop, "head-closed")


def test_there_are_no_colours_in_it():
    assert not {"style", "fill", "stroke"} & {name for one in diagram(*SAGA).iter() for name in one.attrib}


def test_the_same_messages_give_the_same_bytes():
    assert drawn(SAGA) == drawn([*SAGA])


@given(messages)
def test_whatever_is_sent_the_drawing_is_well_formed_and_holds_its_text(messages: list[SequenceMessage]):
    drawing = parsed(drawn(messages))

    left, top, right, bottom = map(float, drawing.attrib["viewBox"].split())
    assert [one for one in drawing.iter() if one.tag in ("script", "img")] == []
    assert all(left <= start and end <= right for start, end in map(span, drawing.iter("text")))
    assert all(top <= number(one, "y") <= bottom for one in drawing.iter("text"))


def span(text: Element) -> tuple[float, float]:
    """From where to where a line reaches."""
    face = HEAD if "letters-head" in text.attrib["class"] else TEXT
    room, x = width(text.text or "", face), number(text, "x")
    if "letters-number" in text.attrib["class"]:
        return x, x
    is_around = text.attrib["text-anchor"] == "middle"
    return (x - room / 2, x + room / 2) if is_around else (x, x + room)


def test_texts_of_neighbours_push_them_apart():
    short, long = (
        diagram(*SAGA[:2], SequenceMessage("Orders", "Payments", text, "call")) for text in ("a", "word " * 30)
    )

    assert distance(short) <= distance(long)


def distance(drawing: Element) -> float:
    xs = sorted(number(head, "x") for head in classed(drawing, "letters-head"))
    return xs[-1] - xs[0]
