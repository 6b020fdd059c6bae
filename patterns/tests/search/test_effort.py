"""How far a search looks: the figures are those of ``manage.py bench search``, these are the reasons for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.search.engine import engine, fetch_rows
from patterns.search.terms import terms_of
from patterns.tests.factories import entry, import_entries

pytestmark = pytest.mark.django_db
HERONS = [entry(f"1{number}", name=f"Heron {number}") for number in range(3)]
MENTIONS = [entry(f"2{number}", description="Also a heron.") for number in range(5)]


@pytest.mark.parametrize(
    ("limit", "looked_at"),
    [
        (2, [(0, 2)]),
        (3, [(0, 3)]),
        # Names are in the tiers of other names and of descriptions too.
        (4, [(0, 3), (1, 3), (2, 4)]),
        (50, [(0, 3), (1, 3), (2, 8), (3, 8)]),
    ],
)
def test_worse_places_are_left_alone_once_a_better_one_has_enough(limit: int, looked_at: list[tuple[int, int]]):
    import_entries([*HERONS, *MENTIONS])
    search, terms = engine(), terms_of("heron")
    questions = [search.question(terms, tier) for tier in range(4) for _ in range(search.tier_part.count("%s"))]
    counted = f"{search.tiers_until(limit)} SELECT tier, count(*) FROM every GROUP BY tier ORDER BY tier"

    assert fetch_rows(counted, questions) == looked_at


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps rows by their keys")
def test_where_rows_lie_on_the_disk_does_not_decide_what_is_looked_at():
    import_entries(MENTIONS)
    first = [one.code for one in engine().ranked(terms_of("heron"), 3)]

    fetch_rows("UPDATE patterns_searchtext SET name = name WHERE mod(pattern_id, 2) = 0 RETURNING 1", [])

    assert [one.code for one in engine().ranked(terms_of("heron"), 3)] == first == ["20", "21", "22"]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the plan is that of PostgreSQL")
def test_a_word_that_nobody_has_is_looked_up_and_not_read_for():
    # With so many words that PostgreSQL can only guess how many entries have one of them.
    words = {number: " ".join(f"word{number}x{place}" for place in range(20)) for number in range(1, 3_001)}
    import_entries(entry(str(number), description=f"{text}.") for number, text in words.items())

    with CaptureQueriesContext(connection) as captured:
        assert engine().best_tiers([terms_of("heron")]) == [4]

    plan = "\n".join(step for (step,) in fetch_rows(f"EXPLAIN {captured[0]['sql']}", []))
    assert plan.count("Bitmap Index Scan on patterns_searchtext") == 4
