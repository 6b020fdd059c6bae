"""Each sentence and each item is put down to the change since which it has been there without a break."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from patterns.document.blame import BlamePiece, State, blamed, marked_words, pieces_of, sentences
from patterns.document.diff import value_text
from patterns.document.entry import Entry
from patterns.tests.factories import RICH, entry
from patterns.tests.strategies import ENTRIES


def of_texts(*texts: str | None) -> list[tuple[str, int]]:
    """The pieces of a problem that had these texts, oldest first, after the changes 1, 2, …"""
    states = [
        State(number, None if text is None else entry(problem=text)) for number, text in enumerate(texts, start=1)
    ]
    return [(piece.text, piece.number) for piece in blamed(reversed(states)).get("problem", [])]


def test_a_sentence_belongs_to_the_change_that_brought_it():
    assert of_texts("One.", "One. Two.", "One. Two. Three.") == [("One. ", 1), ("Two. ", 2), ("Three.", 3)]


def test_a_changed_sentence_is_new_and_its_neighbours_are_not():
    assert of_texts("One. Two. Three.", "One. Zwei. Three.") == [("One. ", 1), ("Zwei. ", 2), ("Three.", 1)]


def test_a_sentence_that_was_away_is_as_new_as_its_return():
    assert of_texts("One. Two.", "One.", "One. Two.") == [("One. ", 1), ("Two.", 3)]


def test_a_moved_sentence_is_as_old_as_it_was():
    assert of_texts("One. Two.", "Two. One.") == [("Two. ", 1), ("One.", 1)]


def test_a_sentence_said_twice_has_two_beginnings():
    assert of_texts("Yes.", "Yes. Yes.") == [("Yes. ", 1), ("Yes.", 2)]


def test_after_a_deletion_everything_is_new():
    assert of_texts("One.", None, "One.") == [("One.", 3)]


def test_a_document_that_is_gone_has_no_pieces():
    assert of_texts("One.", None) == []
    assert blamed([]) == {}


def test_an_item_belongs_to_the_change_that_brought_it():
    first, second = entry(aliases=["A", "B"]), entry(aliases=["B", "C"])

    assert blamed([State(2, second), State(1, first)])["aliases"] == [BlamePiece("B\n", 1), BlamePiece("C", 2)]


def test_a_table_in_a_list_is_one_item():
    found = blamed([State(7, entry(**RICH))])["consequences"]

    assert [piece.text.partition(";")[0] for piece in found] == ["quality: availability", "quality: consistency"]


def test_sentences_end_where_people_say_so():
    text = "It “fails.” Then **why?** See 3.14 first!\n\n- one\n- two"

    assert sentences(text) == ["It “fails.” ", "Then **why?** ", "See 3.14 first!\n\n", "- one\n", "- two"]


@given(st.text("ab.!? \n\t\"'*", max_size=60))
def test_the_sentences_of_a_text_are_the_text(text: str):
    assert "".join(sentences(text)) == text


@given(ENTRIES)
def test_the_pieces_of_every_key_are_its_text(one: Entry):
    for key in Entry.model_fields:
        assert "".join(pieces_of(getattr(one, key))) == value_text(getattr(one, key) or None)


FEW_WORDS = st.lists(st.sampled_from(["A.", "B!", "C?", "A."]), max_size=4).map(" ".join)
TEXTS = st.lists(st.none() | FEW_WORDS, min_size=1, max_size=7)


@given(TEXTS)
def test_every_piece_is_there_since_its_change_and_was_not_before(texts: list[str | None]):
    states = [State(number, None if text is None else entry(problem=text)) for number, text in enumerate(texts)]
    says = [{mark for mark, _ in marked_words(state.document).get("problem", [])} for state in states]

    found = blamed(reversed(states)).get("problem", [])

    assert "".join(piece.text for piece in found) == (texts[-1] or "")
    for (mark, _), piece in zip(marked_words(states[-1].document).get("problem", []), found, strict=True):
        assert all(mark in said for said in says[piece.number :])
        assert piece.number == 0 or mark not in says[piece.number - 1]


def test_only_so_many_states_are_looked_at():
    read = 0

    def told() -> Iterator[State]:
        nonlocal read
        for number in range(10_000, 0, -1):
            read += 1
            yield State(number, entry(problem=f"It stays. Number {number}.", aliases=["Old"]))

    found = blamed(told(), most=20)

    assert read == 22
    assert found["problem"] == [BlamePiece("It stays. ", 9_980, is_older=True), BlamePiece("Number 10000.", 10_000)]
    assert found["aliases"] == [BlamePiece("Old", 9_980, is_older=True)]


def test_what_began_with_the_last_state_of_all_is_no_older():
    states = [State(number, entry(problem="It stays.")) for number in range(21, 0, -1)]

    assert blamed(states, most=20)["problem"] == [BlamePiece("It stays.", 1)]
