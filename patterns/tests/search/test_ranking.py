"""Which entries words find, and in which order; the same on both databases."""

import pytest

from patterns.search import listing
from patterns.tests.factories import entry, import_entries, make_patterns
from patterns.tests.search.shelf import ask, names

pytestmark = pytest.mark.usefixtures("shelf")


def test_a_name_beats_any_number_of_mentions():
    assert names("q=saga") == ["Saga", "Command Query Split"]


def test_places_rank_name_then_aliases_then_description_then_text():
    places = {"name": "Zebra", "aliases": ["zebra"], "description": "A zebra.", "problem": "zebra " * 50}
    import_entries(entry(f"9{len(places) - i}", **{key: places[key]}) for i, key in enumerate(places))

    assert [hit.pattern.code for hit in ask("q=zebra").hits] == ["94", "93", "92", "91"]


def test_a_name_beats_mentions_even_if_the_entry_is_far_longer():
    long = entry("91", name="Zebra Crossing", problem="Something else entirely. " * 400)
    others = [entry(str(number)) for number in range(20, 60)]
    import_entries([*others, long, entry("92", name="Other", problem="zebra " * 50)])

    assert [hit.pattern.code for hit in ask("q=zebra").hits] == ["91", "92"]


def test_words_may_be_spread_over_an_entry_but_all_must_be_there():
    assert names("q=outbox+broker") == ["Outbox"]
    assert names("q=outbox+compensation") == []


def test_words_of_the_text_find_the_entry():
    assert names("q=lost+events") == ["Outbox"]
    assert names("q=idempotent") == ["Saga"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("compens", "Saga"),
        ("fuse", "Circuit Breaker"),
        ("cqrs", "Command Query Split"),
        ("nygard", "Circuit Breaker"),
        ("release it", "Circuit Breaker"),
        ("dependencies", "Circuit Breaker"),
        ("the saga", "Saga"),
    ],
)
def test_beginnings_other_names_references_and_plurals_find_the_entry(words: str, found: str):
    assert names(f"q={words}")[0] == found


@pytest.mark.parametrize(
    "words", ["SAGA", "Sága", "saga!", "“saga”", "\u0053aga", "s\u0061\u0301ga", "\uff53\uff41\uff47\uff41"]
)
def test_case_accents_and_signs_do_not_matter(words: str):
    assert names(f"q={words}")[0] == "Saga"


def test_accents_in_the_entry_do_not_matter():
    import_entries([entry("90", name="Éléphant", description="Straße.")])

    assert names("q=elephant") == names("q=STRASSE") == ["Éléphant"]


def test_stop_words_count_only_where_there_are_no_others():
    import_entries([entry("90", name="What If")])

    assert names("q=what+is+a+saga")[0] == "Saga"
    assert names("q=what+if") == ["What If"]


def test_equals_stand_in_code_order():
    make_patterns(3, first=20, description="A xylophone.", category="Music")

    assert [hit.pattern.code for hit in ask("q=xylophone").hits] == ["20", "21", "22"]


def test_pages_of_ranked_results_follow_without_gap_or_overlap():
    make_patterns(7, first=20, description="A xylophone.", category="Music")

    pages, text = [], "q=xylophone"
    while text:
        page = ask(text, page_size=3)
        pages.append([hit.pattern.code for hit in page.hits])
        text = page.next.to_query_string() if page.next else ""

    assert pages == [["20", "21", "22"], ["23", "24", "25"], ["26"]]


@pytest.mark.parametrize("after", ["05x", "99", "..", "1" * 16])
def test_behind_an_entry_that_was_not_found_is_the_first_page(after: str):
    result = ask(f"q=outbox&after={after}")

    assert [hit.pattern.name for hit in result.hits] == ["Outbox"]
    assert result.query.after == ""


def test_no_more_than_the_candidates_are_ranked_and_the_best_places_are_among_them(monkeypatch):
    monkeypatch.setattr(listing, "CANDIDATE_COUNT", 3)
    make_patterns(6, first=20, description="A xylophone.", category="Music")
    import_entries([entry("99", name="Xylophone", category="Music")])

    result = ask("q=xylophone")

    assert (result.total, result.is_capped, result.hits[0].pattern.code) == (3, True, "99")
