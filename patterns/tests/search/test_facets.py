from datetime import timedelta

import pytest

from patterns.models import Category, Pattern
from patterns.search import listing
from patterns.tests.factories import AT, RICH, authorship, change_pattern, make_pattern, make_patterns
from patterns.tests.search.shelf import ask, counts, names, query_count

pytestmark = pytest.mark.usefixtures("shelf")


def test_the_whole_list_counts_every_value():
    result = ask("")

    assert counts(result, "category") == {"data": 2, "transactions": 2, "resilience": 1}
    assert counts(result, "kind") == {"pattern": 4, "style": 1}
    assert counts(result, "gains") == {"availability": 3, "throughput": 1, "durability": 1}
    assert counts(result, "costs") == {"latency": 1, "consistency": 2, "operability": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("category=data", ["Command Query Split", "Event Log"]),
        ("category=data&category=resilience", ["Command Query Split", "Circuit Breaker", "Event Log"]),
        ("-category=data", ["Saga", "Outbox", "Circuit Breaker"]),
        ("category=data&kind=style", ["Event Log"]),
        ("-kind=pattern", ["Event Log"]),
        ("gains=availability", ["Saga", "Outbox", "Circuit Breaker"]),
        ("gains=availability&gains=durability", ["Outbox"]),
        ("gains=availability&costs=consistency", ["Saga"]),
        ("gains=availability&-costs=consistency", ["Outbox", "Circuit Breaker"]),
        ("-gains=availability&-gains=throughput", ["Event Log"]),
        ("costs=availability", []),
        ("q=broker&category=transactions", ["Outbox"]),
        ("q=saga&-category=transactions", ["Command Query Split"]),
        ("category=nowhere", []),
    ],
)
def test_choices_narrow_the_list(text: str, found: list[str]):
    assert names(text) == found


def test_categories_are_counted_as_if_none_were_chosen_and_qualities_within_the_choice():
    result = ask("category=transactions")

    assert counts(result, "category") == {"data": 2, "transactions": 2, "resilience": 1}
    assert counts(result, "gains") == {"availability": 2, "durability": 1}
    assert result.total == 2


def test_other_choices_and_words_narrow_the_counts():
    assert counts(ask("kind=style"), "category") == {"data": 1}
    assert counts(ask("gains=availability"), "category") == {"transactions": 2, "resilience": 1}
    assert counts(ask("q=broker"), "category") == {"data": 1, "transactions": 1}


def test_a_count_is_what_choosing_the_value_gives():
    for start in ("", "gains=availability", "q=saga", "-category=data", "kind=pattern&costs=consistency"):
        for facet in ask(start).facets[2:]:
            for option in (one for one in facet.options if one.count and not one.is_included):
                assert ask(option.including.to_query_string()).total == option.count


def test_a_choice_stays_in_sight_when_nothing_is_left():
    result = ask("category=nowhere&-gains=cost&q=saga")

    assert [one.label for one in result.facets[0].options if one.is_included] == ["Nowhere"]
    assert [one.value for one in result.facets[2].options if one.is_excluded] == ["cost"]


def test_a_category_chosen_in_vain_keeps_its_name_and_colour():
    make_pattern("30", category="API Design")

    option = ask("category=api-design&q=zzzz").facets[0].options[0]

    assert (option.label, option.count) == ("API Design", 0)
    assert option.position == Category.objects.get(slug="api-design").position


def test_a_category_that_is_not_public_keeps_its_name_to_itself():
    make_pattern("30", category="API Design", status="draft")

    assert ask("category=api-design").facets[0].options[-1].label == "Api design"


def test_an_entry_that_gains_a_quality_twice_counts_once():
    twice = [{"quality": "security", "sign": "gain", "text": text} for text in ("One.", "Two.")]
    change_pattern(Pattern.objects.get(code="06"), consequences=twice)

    assert counts(ask(""), "gains")["security"] == 1


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_is_not_public_is_not_counted(status: str):
    change_pattern(Pattern.objects.get(code="11"), status=status)

    result = ask("")

    assert (counts(result, "category")["data"], counts(result, "kind"), result.total) == (1, {"pattern": 4}, 4)


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("code", ["Command Query Split", "Saga", "Outbox", "Circuit Breaker", "Event Log"]),
        ("name", ["Circuit Breaker", "Command Query Split", "Event Log", "Outbox", "Saga"]),
    ],
)
def test_every_order_has_pages_without_gap_or_overlap(sort: str, found: list[str]):
    pages, text = [], f"sort={sort}"
    while text:
        page = ask(text, page_size=2)
        pages.append([hit.pattern.name for hit in page.hits])
        text = page.next.to_query_string() if page.next else ""

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in page] == found


def test_the_last_change_comes_first_and_pages_follow():
    by = authorship(at=AT + timedelta(days=1))
    change_pattern(Pattern.objects.get(code="07"), description="New words.", by=by)

    assert names("sort=changed") == ["Outbox", "Command Query Split", "Saga", "Circuit Breaker", "Event Log"]
    assert names("sort=changed&after=06") == ["Circuit Breaker", "Event Log"]


def test_words_can_be_put_into_any_order():
    assert names("q=saga&sort=code") == ["Command Query Split", "Saga"]
    assert names("q=saga&sort=name&after=05") == ["Saga"]


@pytest.mark.parametrize(
    "text", ["", "q=pattern&gains=availability", "sort=name&after=10", "q=pattern&sort=code&after=10"]
)
def test_more_entries_take_no_more_queries(text: str):
    make_patterns(5, first=20, **RICH)
    few = query_count(text)
    make_patterns(30, first=25, **RICH)

    assert query_count(text) == few <= 5


@pytest.fixture
def few_candidates(monkeypatch) -> None:
    monkeypatch.setattr(listing, "CANDIDATE_COUNT", 2)


@pytest.mark.usefixtures("few_candidates")
def test_the_list_goes_on_behind_what_was_looked_at():
    first = ask("gains=availability", page_size=2)

    assert [hit.pattern.name for hit in first.hits] == ["Saga", "Outbox"]
    assert first.next is not None
    assert names(first.next.to_query_string()) == ["Circuit Breaker"]


@pytest.mark.usefixtures("few_candidates")
def test_one_quality_is_counted_whole_and_what_goes_with_it_as_far_as_was_looked():
    result = ask("gains=availability")

    assert (result.total, result.is_capped) == (3, False)
    assert counts(result, "category") == {"transactions": 2, "resilience": 1}
    assert counts(result, "gains") == {"availability": 2, "durability": 1}
    assert [facet.is_capped for facet in result.facets] == [False, False, True, True]


@pytest.mark.usefixtures("few_candidates")
@pytest.mark.parametrize("text", ["-gains=throughput", "-gains=throughput&-gains=security", "-costs=latency"])
def test_a_total_that_nobody_keeps_is_a_least_one(text: str):
    result = ask(text)

    assert (result.total, result.is_capped, len(result.hits)) == (2, True, 4)
    assert all(facet.is_capped for facet in result.facets)


@pytest.mark.usefixtures("few_candidates")
def test_a_list_without_qualities_is_always_counted():
    result = ask("kind=pattern&-category=resilience")

    assert (result.total, result.is_capped) == (3, False)
    assert counts(result, "gains") == {"availability": 2, "throughput": 1, "durability": 1}
    assert not any(facet.is_capped for facet in result.facets)
