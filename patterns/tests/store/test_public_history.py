"""What it takes to read the public past of some entries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.models import Pattern
from patterns.search.engine import fetch_rows
from patterns.store.public_history import latest_revisions, public_revisions
from patterns.tests.factories import make_patterns

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans are those of SQLite"),
]


@pytest.fixture(autouse=True)
def catalogue():
    make_patterns(3)


def first_steps(captured: CaptureQueriesContext) -> list[str]:
    """How SQLite goes about the revisions in each statement that begins with them."""
    statements = [one["sql"] for one in captured if one["sql"].startswith('SELECT "patterns_revision"."id"')]
    plans = [
        [step for *_, step in fetch_rows(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}", [])] for sql in statements
    ]
    return [next(step for step in plan if " patterns_revision " in step) for plan in plans]


def test_the_history_of_an_entry_reads_no_other_entrys_revisions():
    with CaptureQueriesContext(connection) as captured:
        public_revisions(Pattern.objects.filter(code="02"), limit=5)

    (step,) = first_steps(captured)
    assert "USING INDEX patterns_revision_pattern_id" in step


def test_the_latest_revisions_are_found_by_walking_back_through_the_changes():
    with CaptureQueriesContext(connection) as captured:
        latest_revisions(Pattern.objects.all(), limit=5)

    walk, rest = first_steps(captured)
    assert "USING INDEX revision_in_order" in walk
    assert "USING INTEGER PRIMARY KEY" in rest
