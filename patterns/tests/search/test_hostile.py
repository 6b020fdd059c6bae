"""Whatever readers type gets results or an empty list."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patterns.search import ListQuery, search
from patterns.tests.search.shelf import names, query_count

pytestmark = pytest.mark.usefixtures("shelf")
HOSTILE = [
    *(
        '"',
        "'",
        "*",
        "-",
        "(",
        ")",
        "^",
        ":",
        "!",
        "&",
        "|",
        "<->",
        "\\",
        "%",
        "_",
        "+",
        "~",
        ";",
        "--",
        "/*",
        "{}",
        "$$",
    ),
    *(
        "NEAR(",
        "NEAR(a b, 3)",
        "a AND",
        "OR",
        "NOT saga",
        "name:saga",
        "{name}: saga",
        '"saga',
        '-"saga',
        'saga -"" -"',
        '-"a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b a-b"',
        "saga*",
        "*saga",
        "saga:*",
    ),
    *(
        "\x00",
        "sa\x00ga",
        "\ud800",
        "\u202esaga",
        "نمط الملحمة",
        "😀",
        "🏳️‍🌈 saga",
        "a" * 10_000,
        "a " * 5_000,
        "é" * 10_000,
    ),
    *(
        "'; DROP TABLE patterns_pattern; --",
        "1e5",
        "0x1F",
        "http://example.org/?a=b",
        "a@b.c",
        "../../etc/passwd",
        "日本語",
        "²½",
    ),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(text: str):
    for sort in ("", "name"):
        parameters = QueryDict(mutable=True)
        parameters.update({"q": text, "sort": sort})

        result = search(ListQuery.parse(parameters))

        assert result.total == len(result.hits), sort


@pytest.mark.parametrize("text", ["NOT saga", "name:saga", '"saga', "saga*", "*saga", "sa\x00ga saga", "🏳️‍🌈 saga"])
def test_operators_and_signs_around_a_word_do_not_hide_it(text: str):
    parameters = QueryDict(mutable=True)
    parameters["q"] = text.replace("NOT", "").replace("name:", "").replace("sa\x00ga", "")

    assert search(ListQuery.parse(parameters)).hits[0].pattern.name == "Saga"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str):
    parameters = QueryDict(mutable=True)
    parameters["q"] = text

    result = search(ListQuery.parse(parameters))

    assert result.total == len(result.hits)


def test_long_questions_are_cut_and_not_refused():
    assert names("q=saga" + "+" * 100) == names("q=saga")


@pytest.mark.parametrize(
    "text", ["", "q=saga", "q=zzzz", "q=cirkut+braker", "category=data&gains=throughput", "q=saga&category=nowhere"]
)
def test_no_question_takes_more_than_five_queries(text: str):
    assert query_count(text) <= 5
