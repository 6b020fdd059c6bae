import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.prose import Link, Target, links, opening, paragraphs, teaser, unlinked
from patterns.markup import html_of

NAMES = {"06": "Saga Pattern"}
PIECES = st.sampled_from(
    ["[[06]]", "[[06|a b]]", "[[06|*]]", "[[", "]]", "[", "]", "|", "06", "`", "``", "*", "\\", " ", "x"]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[[06]] and [[a.b-7|more words]]", [Link("06", ""), Link("a.b-7", "more words")]),
        ("[[06| padded ]]", [Link("06", "padded")]),
        ("[[06|Größe 日本]]", [Link("06", "Größe 日本")]),
        ("`[[06]]` ``[[06]] ` `` [[07]]", [Link("07", "")]),
        ("```\n[[06]]\n```\n[[07]]", [Link("07", "")]),
        ("~~~\n[[06]]", []),
        (r"\[[06]] \\[[07]]", [Link("07", "")]),
        ("a ` b\n\n[[06]] ` c", [Link("06", "")]),
    ],
)
def test_links_are_found_outside_code(text: str, found: list[Link]):
    assert [*links(text)] == found


@given(st.lists(PIECES, max_size=20).map("".join))
def test_in_a_paragraph_they_are_those_that_the_page_shows(text: str):
    html = html_of(f"x{text}", targets={"06": Target("Saga", "/saga/")})

    assert sum(link.code == "06" for link in links(f"x{text}")) == html.count("<a ")


def test_without_links_a_text_has_their_words():
    assert unlinked("[[06]], [[06|undoing]], [[07]]", NAMES) == "Saga Pattern, undoing, 07"


def test_without_names_a_link_is_its_code():
    assert unlinked("see [[06]]") == "see 06"


def test_paragraphs_and_items_are_lines_without_marks():
    text = "One *long*\nline with [[06]].\n\n- `a`\n- b \\* c\n  d\n\n```\ncode\n```\n\n2. e"

    assert paragraphs(text, NAMES) == ["One long line with Saga Pattern.", "a", "b * c d", "e"]


@pytest.mark.parametrize(
    "piece",
    ["[[", "[[06|", "[[06|x", "[[06]", "]]", "`", "`a", "`a``b", "\\[", "~~~\n", "\n- [[", "\n ", "\n1", "`a\n[["],
)
def test_hostile_texts_take_no_time(piece: str):
    text = piece * (30_000 // len(piece))
    began = time.process_time()

    assert [*links(text)] == []
    paragraphs(text, NAMES)

    assert time.process_time() - began < 1


def test_runs_of_backticks_that_nothing_closes_take_no_time():
    text = "".join("`" * length + "a" for length in range(1, 240)) + "[[06]]"
    began = time.process_time()

    assert [*links(text)] == [Link("06", "")]

    assert time.process_time() - began < 2


LONG = "Booking a trip takes a seat, a hotel room and a payment, and each has a store of its own."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{LONG} No transaction covers them.", LONG),
        (
            "A queue is for one. Add a second, and each gets half. A third.",
            "A queue is for one. Add a second, and each gets half.",
        ),
        ("One sentence", "One sentence"),
        ("- both *keep* their `books`\n- neither waits", "both keep their books"),
        (f"{LONG}\n\nAnother paragraph.", LONG),
        ("It needs [[06|a saga]] or more.", "It needs a saga or more."),
        ("It needs [[06]] or more.", ""),
        ("", ""),
        ("```\nSELECT 1\n```", ""),
        ("注文は保存された。誰も知らない。次の文。", "注文は保存された。誰も知らない。"),
    ],
)
def test_a_teaser_is_one_sentence_or_two_short_ones_without_marks(text: str, shown: str):
    assert teaser(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It goes on and on, wherever it", "It goes on and on, wherever…"),
        ("It goes on with [[06|a sa", "It goes on with…"),
        ("Unbroken", "Unbroken…"),
        (f"{LONG} And some mo", LONG),
        (f"{LONG}\n\nAnother par", LONG),
    ],
)
def test_a_sentence_that_was_cut_ends_in_an_ellipsis(text: str, shown: str):
    assert teaser(text, is_cut=True) == shown


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What it is. And more. Much.", ["What it is.", "And more. Much."]),
        ("Not complete, e.g. by half.", ["Not complete, e.g. by half."]),
        ("Was heißt das? Ärger! Ja.", ["Was heißt das?", "Ärger! Ja."]),
        ("Über alles. „Zitat“ folgt.", ["Über alles. „Zitat“ folgt."]),
        ("これは何か。もっと。", ["これは何か。", "もっと。"]),
        ("  ", []),
    ],
)
def test_the_first_sentence_stands_before_the_rest(text: str, parts: list[str]):
    assert opening(text) == parts
