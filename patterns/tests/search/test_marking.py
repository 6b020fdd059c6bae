import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.prose import folded
from patterns.search.marking import SNIPPET_LENGTH, mark_words, numbers_in, snippet, spans
from patterns.search.result import TextPiece
from patterns.search.terms import question_of
from patterns.tests.factories import make_pattern
from patterns.tests.search.shelf import ask, marks


def snippet_of(text: str, words: str) -> tuple[TextPiece, ...]:
    terms = question_of(words).terms
    return snippet(text, terms, wanted=terms)


def text_of(pieces: tuple[TextPiece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Saga, sagas and SAGA.", "saga", ["Saga", "sagas", "SAGA"]),
        ("Events are lost; an event!", "lost events", ["Events", "lost", "event"]),
        ("Éléphant éléphants", "elephant", ["Éléphant", "éléphants"]),
        ("pretext text", "text", ["text"]),
        ("نمط الملحمة", "الملحمة", ["الملحمة"]),
        ("<b>saga</b>", "b", ["b", "b"]),
        ("nothing", "saga", []),
        ("", "saga", []),
    ],
)
def test_words_are_marked_and_nothing_is_lost(text: str, words: str, found: list[str]):
    pieces = mark_words(text, question_of(words).terms)

    assert marks(pieces) == found
    assert text_of(pieces) == text


def test_a_snippet_is_the_line_with_most_of_the_words():
    text = "One event.\nAn event was lost.\nLost."

    assert text_of(snippet_of(text, "lost events")) == "An event was lost."


def test_a_snippet_of_a_long_line_is_cut_around_the_first_match_between_words():
    text = "word " * 100 + "saga " + "word " * 100

    pieces = snippet_of(text, "saga")

    assert marks(pieces) == ["saga"]
    assert len(text_of(pieces)) <= SNIPPET_LENGTH + 2
    assert text_of(pieces).startswith("…word ")
    assert text_of(pieces).endswith(" word…")


@pytest.mark.parametrize("text", ["x" * 5_000, "saga" + "x" * 5_000, "x" * 100 + " saga" + "y" * 5_000])
def test_a_snippet_is_short_even_of_one_long_word(text: str):
    assert len(text_of(snippet_of(text, "x saga"))) <= SNIPPET_LENGTH + 2


def test_a_snippet_shows_what_is_wanted_and_marks_every_term():
    text = "A saga.\nA saga is undone.\nUndone."

    assert marks(snippet(text, question_of("saga undone").terms, wanted=question_of("undone").terms)) == [
        "saga",
        "undone",
    ]


def test_without_a_match_there_is_no_snippet():
    assert snippet_of("Nothing here.", "saga") == ()


@pytest.mark.usefixtures("shelf")
def test_a_hit_shows_where_its_words_were_found():
    by_name, by_text = ask("q=saga").hits

    assert (marks(by_name.name), by_name.snippet) == (["Saga"], ())
    assert marks(by_text.snippet)[0] == "saga"


@pytest.mark.usefixtures("shelf")
def test_a_hit_names_the_alias_that_was_found():
    (hit,) = ask("q=fuse").hits

    assert [text_of(alias) for alias in hit.aliases] == ["Fuse"]


@pytest.mark.usefixtures("shelf")
def test_a_hit_names_few_aliases_however_many_were_found():
    make_pattern("90", name="Other", aliases=[f"Zebra {number}" for number in range(60)])

    (hit,) = ask("q=zebra").hits

    assert [text_of(alias) for alias in hit.aliases] == ["Zebra 0", "Zebra 1", "Zebra 2"]


@pytest.mark.usefixtures("shelf")
def test_a_snippet_has_no_markup():
    (hit,) = ask("q=idempotent").hits

    assert text_of(hit.snippet) == "Every step has a compensation that is idempotent."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Release It! (2007)", "release it 2007"),
        ("back-end_API/v1.2", "back end api v1 2"),
        ("Ærø \N{EN DASH} naïve café", "ærø naive cafe"),
        ("STRASSE straße", "strasse strasse"),
        ("\u202esaga\u0301", "saga"),
    ],
)
def test_texts_fold_to_plain_words(text: str, words: str):
    assert folded(text).split() == words.split()


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Retries and retry, not retired.", "retries now", ["Retries", "retry"]),
        ("He lost it; they lose it.", "losing it all", ["lost", "lose"]),
        ("資料庫分片很難", "分片", ["分片"]),
        ("私たちのデータベースは遅い。", "データベース", ["データベース"]),
        ("ระบบที่ล่มบ่อย", "ล่ม", ["ล่ม"]),
        ("Requests hang.", "stuck again", ["hang"]),
    ],
)
def test_other_forms_runs_and_words_of_the_same_meaning_are_marked(text: str, words: str, found: list[str]):
    terms = question_of(words).terms[:1]

    assert marks(mark_words(text, terms)) == found


@given(st.text("aA1 eE_-sKk.", max_size=30), st.lists(st.sampled_from(["a", "a1", "k", "ss", "e"]), min_size=1))
def test_texts_without_accents_are_marked_like_all_others(text: str, words: list[str]):
    terms = question_of(" ".join(words)).terms
    # With a dash before it, the same text is read word by word.
    other = [(start - 2, end - 2) for start, end in spans(f"— {text}", terms)]

    assert [*spans(text, terms)] == other


@given(
    st.text("aA1 eé—_-sKk.分片", max_size=30),
    st.lists(st.sampled_from(["a", "a1", "ke", "ss", "éa", "分片", "片"]), min_size=1, unique=True),
)
def test_a_text_has_the_terms_that_are_marked_in_it(text: str, words: list[str]):
    terms = question_of(" ".join(words)).terms

    there = numbers_in(text, terms)

    assert there == {number for number, term in enumerate(terms) if [*spans(text, (term,))]}
