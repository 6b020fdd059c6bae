"""What holds for every list, whatever is asked for: checked against the same question put to plain documents."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patterns.document.entry import Entry, code_order
from patterns.document.text import name_key, slug_of
from patterns.search import FacetChoice, ListQuery, search
from patterns.search.query import FACETS
from patterns.tests.factories import AT, authorship, entry, import_entries

CODES = ["1", "2", "a", "B", "-", ".", "01", "1a", "A1", "a1", "9.", "10", "100", "Z-1", "zz-9", "zz.9"]
NAMES = [
    "Saga",
    "saga two",
    "Éclair",
    "eclair",
    "Zebra",
    "zebra 2",
    "_",
    "Ünder",
    "under",
    "Ä",
    "A",
    "a b",
    "日本",
    "~",
]
QUALITIES = ["latency", "security", "throughput"]
CATEGORIES = ["Data", "Flow", "Résilience"]
VALUES = {"category": ["data", "flow", "resilience", "nowhere"], "kind": ["pattern", "style"]}
VALUES |= {"gains": QUALITIES, "costs": QUALITIES}
SOME = st.sampled_from([(f"{side}{name}", value) for name in FACETS for side in ("", "-") for value in VALUES[name]])
QUERIES = st.tuples(
    st.lists(SOME, max_size=4),
    st.sampled_from(["", "code", "name", "changed"]),
    st.sampled_from(["", "", "saga", "common words", "zebra"]),
)
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def made(rng: Random) -> Iterator[Entry]:
    """Entries that differ in all that lists look at; a third of them are not public."""
    for number, code in enumerate(CODES):
        yield entry(
            code,
            slug=f"entry-{number}",
            name=NAMES[number] if number < len(NAMES) else f"Saga {number}",
            description="Common words." if rng.random() < 0.6 else "Others.",
            category=rng.choice(CATEGORIES),
            kind=rng.choice(["pattern", "style"]),
            status=rng.choice(["published"] * 6 + ["draft", "review", "retired"]),
            consequences=[
                {"quality": rng.choice(QUALITIES), "sign": rng.choice(["gain", "cost"]), "text": f"Text {count}."}
                for count in range(rng.randrange(5))
            ],
        )


ENTRIES = [*made(Random(3))]
LATER = {one.code for one in ENTRIES[::3]}


@pytest.fixture
def catalogue(db) -> None:
    """The entries, in two imports: within each, all were changed at the same moment."""
    import_entries([one for one in ENTRIES if one.code not in LATER])
    import_entries([one for one in ENTRIES if one.code in LATER], by=authorship(at=AT + timedelta(days=1)))


def query_of(asked: tuple[list[tuple[str, str]], str, str]) -> ListQuery:
    pairs, sort, q = asked
    parameters = QueryDict(mutable=True)
    for name, value in [*pairs, ("sort", sort), ("q", q)]:
        parameters.appendlist(name, value)
    return ListQuery.parse(parameters)


def has(one: Entry, query: ListQuery) -> bool:
    """Whether an entry belongs into a list."""
    qualities = {sign: {each.quality for each in one.consequences if each.sign == sign} for sign in ("gain", "cost")}
    words = {*slug_of(f"{one.name} {one.description}").split("-")}
    return (
        one.status == "published"
        and words.issuperset(query.q.split())
        and fits(slug_of(one.category), query.category)
        and fits(one.kind, query.kind)
        and qualities["gain"].issuperset(query.gains.included)
        and qualities["gain"].isdisjoint(query.gains.excluded)
        and qualities["cost"].issuperset(query.costs.included)
        and qualities["cost"].isdisjoint(query.costs.excluded)
    )


def fits(value: str, choice: FacetChoice) -> bool:
    return value not in choice.excluded and (not choice.included or value in choice.included)


ORDERS: dict[str, Any] = {
    "code": lambda one: code_order(one.code),
    "name": lambda one: name_key(one.name),
    "changed": lambda one: one.code not in LATER,
}


def pages(query: ListQuery) -> list[list[str]]:
    """The codes on each page, followed to the last."""
    found, following = [], query
    while following:
        page = search(following, page_size=2)
        found.append([hit.pattern.code for hit in page.hits])
        following = page.next
    return found


@pytest.mark.usefixtures("catalogue")
@OFTEN
@given(QUERIES)
def test_pages_hold_every_entry_once_and_in_order(asked: tuple[list[tuple[str, str]], str, str]):
    query = query_of(asked)

    found = [code for page in pages(query) for code in page]

    wanted = [one for one in ENTRIES if has(one, query)]
    assert sorted(found) == sorted(one.code for one in wanted)
    if query.sort in ORDERS:
        places = {one.code: ORDERS[query.sort](one) for one in wanted}
        assert [places[code] for code in found] == sorted(places.values())


@pytest.mark.usefixtures("catalogue")
@OFTEN
@given(QUERIES)
def test_counts_are_those_of_the_lists_that_they_lead_to(asked: tuple[list[tuple[str, str]], str, str]):
    query = query_of(asked)

    result = search(query)

    assert result.total == sum(has(one, query) for one in ENTRIES)
    for facet in result.facets:
        for option in (one for one in facet.options if not one.is_excluded):
            chosen = only(query, facet.name, option.value)
            assert option.count == sum(has(one, chosen) for one in ENTRIES), (facet.name, option.value)


def only(query: ListQuery, name: str, value: str) -> ListQuery:
    """With a value chosen: an entry has one category and one kind, but many qualities."""
    choice = query.choices[name]
    included = (value,) if name in ("category", "kind") else (*choice.included, value)
    return replace(query, **{name: FacetChoice(included, choice.excluded)})


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("sort", ["name", "changed"])
@pytest.mark.parametrize("after", [next(one.code for one in ENTRIES if one.status == "draft"), "nowhere"])
def test_the_list_begins_again_behind_what_is_not_public(sort: str, after: str):
    result = search(ListQuery(sort=sort, after=after))

    assert result.patterns == search(ListQuery(sort=sort)).patterns
