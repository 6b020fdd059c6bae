import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.document.diff import Piece, changed_keys, key_diff, rows_diff, word_diff
from patterns.document.entry import ENTRY_KEYS
from patterns.tests.document.documents import RICH, entry
from patterns.tests.strategies import texts


def test_equal_documents_have_no_changed_keys():
    assert changed_keys(entry(**RICH), entry(**RICH)) == ()


def test_changed_keys_come_in_the_order_of_the_file():
    after = entry(name="Other", **RICH)

    assert changed_keys(entry(), after) == ("name", *(key for key in ENTRY_KEYS if key in RICH))


def test_a_document_that_appears_or_goes_changes_the_keys_that_hold_a_value():
    expected = ("code", "slug", "name", "description", "category", "kind", "status", "aliases")

    assert changed_keys(None, entry(aliases=["Undo"])) == expected
    assert changed_keys(entry(aliases=["Undo"]), None) == expected


def test_nothing_before_and_nothing_after_is_no_change():
    assert changed_keys(None, None) == ()


def test_an_explicit_empty_value_is_no_change_of_an_absent_one():
    assert changed_keys(entry(), entry(aliases=[], problem="", origin={})) == ()


def test_a_word_that_was_replaced_is_removed_and_added():
    assert word_diff("keeps all data", "keeps no data") == [
        Piece("same", "keeps "),
        Piece("removed", "all"),
        Piece("added", "no"),
        Piece("same", " data"),
    ]


def test_punctuation_is_a_word_of_its_own():
    assert word_diff("Yes.", "Yes!") == [Piece("same", "Yes"), Piece("removed", "."), Piece("added", "!")]


def test_equal_texts_are_one_piece():
    assert word_diff("a b", "a b") == [Piece("same", "a b")]
    assert word_diff("", "") == []


def test_a_text_that_appears_is_added_whole():
    assert word_diff("", "a b") == [Piece("added", "a b")]


def test_a_long_text_keeps_what_it_begins_and_ends_with():
    long = "word " * 3_000

    assert word_diff(f"{long}old {long}", f"{long}new {long}") == [
        Piece("same", long),
        Piece("removed", "old"),
        Piece("added", "new"),
        Piece("same", f" {long}"),
    ]


def test_a_word_that_is_said_twice_is_added_once():
    pieces = word_diff("very old", "very very old")

    assert "".join(piece.text for piece in pieces if piece.kind == "added").split() == ["very"]
    assert "".join(piece.text for piece in pieces if piece.kind == "same") == "very old"


def test_texts_that_repeat_themselves_take_no_time():
    before, after = "a b " * 740, "b a a " * 490
    start = time.process_time()

    pieces = word_diff(before, after)

    assert time.process_time() - start < 2
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before


@settings(max_examples=100, deadline=None)
@given(texts(300, has_lines=True), texts(300, has_lines=True) | st.just(""))
def test_the_pieces_spell_both_texts(before: str, after: str):
    pieces = word_diff(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_the_change_of_a_list_is_shown_line_by_line():
    pieces = key_diff(entry(aliases=["Undo", "Retry"]), entry(aliases=["Undo", "Repeat"]), "aliases")

    assert pieces == [
        Piece("same", "Undo\n"),
        Piece("added", "Repeat"),
        Piece("same", "\n"),
        Piece("removed", "Retry"),
    ]


def reference(title: str, author: str) -> dict[str, str]:
    return {"title": title, "author": author}


def test_rows_that_were_swapped_and_edited_are_not_mixed():
    first, second = reference("Sagas in the large", "Garcia-Molina"), reference("Life beyond transactions", "Helland")
    edited = {**first, "title": "Sagas in the small"}

    pieces = key_diff(entry(references=[first, second]), entry(references=[second, edited]), "references")

    assert pieces == [
        Piece("moved", "moved from row 2: "),
        Piece("same", "title: Life beyond transactions; author: Helland\ntitle: Sagas in the "),
        Piece("removed", "large"),
        Piece("added", "small"),
        Piece("same", "; author: Garcia-Molina"),
    ]


def test_a_row_that_is_gone_stands_where_it_was():
    pieces = key_diff(entry(aliases=["Undo", "Retry", "Redo"]), entry(aliases=["Undo", "Redo"]), "aliases")

    assert pieces == [Piece("same", "Undo\n"), Piece("removed", "Retry"), Piece("same", "\nRedo")]


def test_a_new_row_leaves_the_others_as_they_are():
    pieces = key_diff(entry(aliases=["Undo"]), entry(aliases=["Redo", "Undo"]), "aliases")

    assert pieces == [Piece("added", "Redo"), Piece("same", "\nUndo")]


@given(st.lists(st.text("ab ")), st.lists(st.text("ab ")))
def test_every_row_of_either_list_is_shown_once(old: list[str], new: list[str]):
    pieces = rows_diff((*old,), (*new,), None)

    lines = Counter("".join(one.text for one in pieces if one.kind in ("same", "added")).split("\n"))
    assert lines >= Counter(line for row in new for line in row.split("\n") if line)


def test_the_change_of_a_table_names_its_keys():
    pieces = key_diff(entry(), entry(origin={"who": "Pat Helland", "year": 2007}), "origin")

    assert pieces == [Piece("added", "who: Pat Helland; year: 2007")]


def test_a_key_of_no_document_was_empty():
    assert key_diff(None, entry(), "kind") == [Piece("added", "pattern")]
