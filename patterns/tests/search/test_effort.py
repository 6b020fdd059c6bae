"""How far a search looks: the figures are those of ``manage.py bench search``, these are the reasons for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.search.engine import TIER_COUNT, engine, fetch_rows
from patterns.search.ranking import find
from patterns.search.terms import question_of
from patterns.tests.factories import entry, import_entries

pytestmark = pytest.mark.django_db
HERONS = [entry(f"1{number}", name=f"Heron {number}") for number in range(3)]
MENTIONS = [entry(f"2{number}", description="Also a heron.") for number in range(5)]


@pytest.mark.parametrize(
    ("limit", "looked_at"),
    [
        # No name as a whole; then names, which the tiers of other names and symptoms have too; then descriptions.
        (2, [(2, 2)]),
        (3, [(2, 3)]),
        (4, [(2, 3), (3, 3), (4, 3), (5, 4)]),
        (50, [(2, 3), (3, 3), (4, 3), (5, 8), (6, 8), (7, 8)]),
    ],
)
def test_worse_places_are_left_alone_once_a_better_one_has_enough(limit: int, looked_at: list[tuple[int, int]]):
    import_entries([*HERONS, *MENTIONS])
    search, question = engine(), question_of("heron")
    questions = [search.in_tier(question, tier) for tier in range(TIER_COUNT)]
    counted = f"{search.tiers_until(limit)} SELECT tier, count(*) FROM every GROUP BY tier ORDER BY tier"

    assert fetch_rows(counted, questions) == looked_at


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps rows by their keys")
def test_where_rows_lie_on_the_disk_does_not_decide_what_is_looked_at():
    import_entries(MENTIONS)
    first = [one.code for one in find("heron", 3).found]

    fetch_rows("UPDATE patterns_searchtext SET text = text WHERE mod(pattern_id, 2) = 0 RETURNING 1", [])

    assert [one.code for one in find("heron", 3).found] == first == ["20", "21", "22"]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the plan is that of PostgreSQL")
def test_a_word_that_nobody_has_is_looked_up_and_not_read_for():
    # With so many words that PostgreSQL can only guess how many entries have one of them.
    words = {number: " ".join(f"word{number}x{place}" for place in range(20)) for number in range(1, 3_001)}
    import_entries(entry(str(number), description=f"{text}.") for number, text in words.items())

    with CaptureQueriesContext(connection) as captured:
        assert engine().best_tiers([question_of("heron")]) == [TIER_COUNT]

    plan = "\n".join(step for (step,) in fetch_rows(f"EXPLAIN {captured[0]['sql']}", []))
    assert "Seq Scan on patterns_searchtext" not in plan, plan
