"""Lines of text that stay in the room that they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.lettering import ELLIPSIS, Face, text_lines, width, wrap
from patterns.drawing.svg import mark
from patterns.tests.drawing.elements import NASTY, parsed

FACE = Face("letters", 13, 16)
ROOM = 120.0
texts = st.one_of(st.text(), st.sampled_from(NASTY), st.text("ab 日🌀\u0646\u0301\u200d", min_size=20))


@given(texts, st.integers(1, 5))
def test_no_line_is_wider_than_its_room(text: str, most: int):
    lines = wrap(text, FACE, room=ROOM, most=most)

    assert len(lines) <= most
    assert all(width(line, FACE) <= ROOM for line in lines)


@given(texts)
def test_with_room_enough_no_letter_is_lost(text: str):
    lines = wrap(text, FACE, room=2 * ROOM, most=1_000)

    assert "".join("".join(lines).split()) == "".join(text.split())


def test_lines_break_between_words():
    assert wrap("charge the card again", FACE, room=90, most=3) == ["charge the", "card again"]


def test_a_word_that_never_fits_is_cut():
    assert [len(line) for line in wrap("w" * 20, FACE, room=ROOM, most=9)] == [8, 8, 4]


def test_what_is_left_out_leaves_an_ellipsis():
    lines = wrap("one two three four five six seven eight nine ten", FACE, room=60, most=2)

    assert len(lines) == 2
    assert lines[1].endswith(ELLIPSIS)
    assert width(lines[1], FACE) <= 60


def test_marks_and_joined_pictures_are_not_parted():
    family, accented = "👩\u200d👧", "e\u0301"

    lines = wrap((family + accented) * 20, FACE, room=60, most=99)

    assert not any(line[0] in "\u200d\u0301" or line.endswith("\u200d") for line in lines)


def test_the_words_of_two_lines_are_apart_for_who_hears_them():
    drawn = parsed(mark("g", text_lines(["Microservices", "Architecture"], FACE, x=0, y=0)))

    assert "".join(drawn.itertext()).strip() == "Microservices Architecture"


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_blank_text_has_no_line(text: str):
    assert wrap(text, FACE, room=ROOM, most=3) == []


@pytest.mark.parametrize(("narrow", "wide"), [("i", "n"), ("n", "m"), ("n", "N"), ("N", "日"), ("日", "🌀")])
def test_wide_characters_take_more_room(narrow: str, wide: str):
    assert width(narrow, FACE) < width(wide, FACE)


def test_bold_takes_more_room():
    assert width("saga", Face("", 13, 16, is_bold=True)) > width("saga", FACE)


@pytest.mark.parametrize(("line", "anchor"), [("saga", "start"), ("12: نمط", "end"), ("«»", "start")])
def test_text_from_right_to_left_begins_at_the_other_end(line: str, anchor: str):
    assert parsed(text_lines([line], FACE, x=0, y=0, start=True)).get("text-anchor") == anchor


def test_each_line_is_an_element_of_its_own():
    assert text_lines(["\u202ea", "b"], FACE, x=1, y=2).count("<text ") == 2
