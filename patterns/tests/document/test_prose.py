import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.prose import Link, Target, links, paragraphs, unlinked
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
