"""Differences as readers meet them: short, whole, and true."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.diff import CONTEXT, GAP, Piece, joined, near_diff, readable_diff

SOME_TEXT = st.text("ab .,\n", max_size=60)
LONG = "Each step has a compensation. " * 40


def side(diff: list[Piece], kind: str) -> str:
    """One of the two texts, from the pieces that it is made of."""
    return "".join(piece.text for piece in diff if piece.kind in ("same", kind))


@given(SOME_TEXT, SOME_TEXT)
def test_no_word_of_either_text_is_lost(before: str, after: str):
    diff = joined([*near_diff(before, after)])

    assert (side(diff, "removed"), side(diff, "added")) == (before, after)


@given(SOME_TEXT, SOME_TEXT)
def test_marks_stand_on_words_and_on_one_line(before: str, after: str):
    marked = [piece for piece in readable_diff(before, after) if piece.kind != "same"]

    assert all(piece.text and "\n" not in piece.text for piece in marked)


@given(SOME_TEXT)
def test_equal_texts_have_no_difference(text: str):
    assert all(piece.kind == "same" for piece in readable_diff(text, text))


def test_a_sentence_written_anew_is_read_whole():
    assert readable_diff("It never rolls back.", "It cannot undo back.") == [
        Piece("same", "It "),
        Piece("removed", "never rolls"),
        Piece("added", "cannot undo"),
        Piece("same", " back."),
    ]


def test_every_new_line_is_marked_for_itself():
    assert readable_diff("a", "a\nb\nc") == [
        Piece("same", "a"),
        *(Piece("same", "\n"), Piece("added", "b")),
        *(Piece("same", "\n"), Piece("added", "c")),
    ]


def test_what_both_share_is_cut_to_the_words_around_the_difference():
    first, removed, added, last = readable_diff(f"{LONG}old. {LONG}", f"{LONG}new. {LONG}")

    assert (removed.text, added.text) == ("old", "new")
    assert first.text.startswith(GAP)
    assert first.text.endswith("Each step has a compensation. ")
    assert last.text.startswith(". Each step has a compensation. ")
    assert last.text.endswith(GAP)


def test_between_two_differences_both_ends_are_kept():
    shared = " ".join(f"word{number}" for number in range(100))

    middle = readable_diff(f"old {shared} old", f"new {shared} new")[2]

    assert middle.text.startswith(" word0 word1 ")
    assert middle.text.endswith(" word98 word99 ")
    assert f" {GAP} " in middle.text


def test_what_is_left_behind_a_cut_begins_with_a_word():
    shared = "one. " * 30 + "two "

    middle = readable_diff(f"old {shared}old", f"new {shared}new")[2]

    assert f"{GAP} one" in middle.text


def test_a_short_stretch_is_kept_whole():
    shared = " x" * (CONTEXT // 2)

    assert side(readable_diff(f"a{shared}", f"b{shared}"), "added") == f"b{shared}"


@pytest.mark.parametrize("words", [["a", "b"], [".", ","], ["a"]])
def test_hostile_texts_take_no_time(words: list[str]):
    before = " ".join(words[index % 7 % len(words)] for index in range(10_000))
    after = " ".join(words[index % 11 % len(words)] for index in range(9_000))
    began = time.perf_counter()

    readable_diff(before, after)

    assert time.perf_counter() - began < 1
