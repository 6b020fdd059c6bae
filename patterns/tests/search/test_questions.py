"""Questions of more words than any entry has; the same answers on both databases."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.models import Pattern
from patterns.tests.factories import change_pattern, entry, import_entries, make_patterns
from patterns.tests.search.shelf import ask, names

pytestmark = pytest.mark.usefixtures("shelf")


def test_a_question_finds_the_entry_with_the_words_that_tell_most():
    result = ask("q=why+are+my+events+lost+between+commit+and+zeppelin")

    assert result.is_partial
    assert result.hits[0].pattern.name == "Outbox"


def test_an_entry_with_every_word_makes_it_no_partial_answer():
    result = ask("q=events+lost+between+commit+and+broker")

    assert not result.is_partial
    assert [hit.pattern.name for hit in result.hits] == ["Outbox"]


def test_who_lacks_words_beside_one_that_has_all_makes_a_partial_answer():
    import_entries([entry("90", name="Heron", symptoms=["Events are lost after the commit."])])

    result = ask("q=events+lost+between+commit+and+broker")

    assert result.is_partial
    assert [hit.pattern.name for hit in result.hits] == ["Outbox", "Heron"]


def test_few_words_are_all_meant():
    assert names("q=outbox+compensation+zebra") == []


def test_a_word_in_a_name_weighs_more_than_in_a_text():
    import_entries([entry("91", problem="Giraffe lion."), entry("92", name="Giraffe", problem="Lion.")])

    assert names("q=giraffe+lion+quagga+okapi")[:2] == ["Giraffe", "Pattern 91"]


def test_a_rare_word_weighs_more_than_a_common_one():
    make_patterns(6, first=60, problem="Lion.")
    import_entries([entry("93", problem="Giraffe.")])

    assert names("q=lion+giraffe+quagga+okapi")[0] == "Pattern 93"


def test_a_word_of_everyday_english_weighs_less_than_another_that_is_as_rare():
    import_entries([entry("91", problem="Already."), entry("92", problem="Giraffe.")])

    assert names("q=already+giraffe+quagga+okapi")[:2] == ["Pattern 92", "Pattern 91"]


def test_a_question_of_unknown_words_finds_nothing():
    assert not ask("q=quagga+okapi+dodo+unicorn").is_found


def test_what_is_not_published_answers_no_question():
    import_entries([entry("93", name="Giraffe", problem="Lion zebra.", status="draft")])
    change_pattern(Pattern.objects.get(name="Outbox"), status="retired")

    assert "Giraffe" not in names("q=giraffe+lion+zebra+okapi")
    assert "Outbox" not in names("q=events+lost+between+commit+kafka")


def test_facets_and_pages_work_on_a_partial_answer():
    query = "q=why+are+my+events+lost+between+commit+and+kafka"

    assert names(f"{query}&category=transactions")[0] == "Outbox"
    assert "Outbox" not in names(f"{query}&-category=transactions")


@pytest.mark.parametrize("count", [10, 40])
def test_a_question_costs_as_many_queries_whatever_the_catalogue(count: int):
    make_patterns(count, first=20, problem="Lion and giraffe.")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert ask("q=lion+giraffe+quagga+okapi").is_partial

    assert len(queries) <= 6
