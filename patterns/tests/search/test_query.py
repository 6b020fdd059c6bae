"""The query as a value: parsed leniently, written in one way."""

from urllib.parse import quote

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.vocabulary import KINDS, QUALITIES
from patterns.search import FacetChoice, ListQuery
from patterns.search.query import FACETS, SORTS
from patterns.tests.search.shelf import query

VALUES = {"category": ["data", "a-b", "x1"], "kind": KINDS, "gains": QUALITIES, "costs": QUALITIES}
PAIRS = st.sampled_from([(f"{side}{name}", value) for name in FACETS for side in ("", "-") for value in VALUES[name]])
OTHERS = st.one_of(
    st.tuples(st.just("q"), st.text(max_size=30)),
    st.tuples(st.just("sort"), st.sampled_from([*SORTS, "x"])),
    st.tuples(st.just("after"), st.sampled_from(["01", "é", ""])),
)


def test_nothing_asked_is_the_plain_list():
    assert query("") == ListQuery()
    assert (ListQuery().to_query_string(), ListQuery().suffix, ListQuery().sort) == ("", "", "code")


def test_everything_stands_in_one_order():
    text = "after=07&sort=name&-costs=cost&gains=latency&kind=style&-category=b&category=z&category=a&q=saga"

    assert query(text).to_query_string() == (
        "q=saga&category=a&category=z&-category=b&kind=style&gains=latency&-costs=cost&sort=name&after=07"
    )


@given(st.lists(st.one_of(PAIRS, OTHERS), max_size=12))
def test_what_is_written_is_read_back(pairs: list[tuple[str, str]]):
    parameters = QueryDict(mutable=True)
    for name, value in pairs:
        parameters.appendlist(name, value)

    parsed = ListQuery.parse(parameters)

    assert query(parsed.to_query_string()) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "kind=nonsense",
        "category=Not_A_Slug",
        "category=",
        "gains=availabilit%C3%A9",
        "sort=random",
        "after=%00",
        "page=3",
        "q=%20",
    ],
)
def test_what_cannot_be_meant_is_left_out(text: str):
    assert query(text) == ListQuery()


def test_no_choice_is_endless():
    assert len(query("&".join(f"category=c{number}" for number in range(1_000))).category.included) == 20
    assert len(query(f"q={'x' * 10_000}").q) == 200


def test_a_value_on_both_sides_is_left_out_of_the_list():
    assert query("category=a&-category=a").category == FacetChoice(excluded=("a",))


def test_the_words_are_put_on_one_line():
    assert query("q=%20lost%0A%00%09events%20").q == "lost events"


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ids=ascii)
def test_nothing_that_turns_the_direction_of_text_is_kept(sign: str):
    assert query(f"q={quote(f'{sign}lost {sign} events{sign}')}").q == "lost events"


def test_what_joins_letters_is_kept():
    joined = "\u0645\u06cc\u200c\u0634\u0648\u062f"

    assert query(f"q={quote(joined)}").q == joined


def test_relevance_needs_words():
    assert (query("sort=relevance").sort, query("q=x").sort, query("q=x&sort=code").sort) == (
        "code",
        "relevance",
        "code",
    )


def test_a_choice_can_be_made_turned_and_taken_back():
    chosen = query("after=05").toggled("gains", "latency")
    turned = chosen.toggled("gains", "latency", is_excluded=True)

    assert chosen.to_query_string() == "gains=latency"
    assert turned.to_query_string() == "-gains=latency"
    assert turned.toggled("gains", "latency", is_excluded=True) == ListQuery()


def test_words_come_and_go_with_the_order_that_goes_without_saying():
    assert query("q=x").with_q("").sort == "code"
    assert ListQuery().with_q("x").sort == "relevance"
    assert query("q=x&sort=name").with_q("y").to_query_string() == "q=y&sort=name"
