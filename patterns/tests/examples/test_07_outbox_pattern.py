"""The examples of the outbox: rows commit with their change, and a poll finds late ones."""

from collections.abc import Iterable

import pytest
from django.db import IntegrityError, connection, transaction

from patterns.tests.examples.book import example, run_sql, statements

pytestmark = pytest.mark.django_db(transaction=True)  # the example commits by itself

SERVICE = statements(example("07", "Two rows, one transaction"))
POLL, MARK = statements(example("07", "The poll and the mark"))
INSERT = "INSERT INTO outbox (id, message_id, message_key, body) VALUES ({id}, 'message {id}', 'key', 'body')"


@pytest.fixture
def tables():
    run_each(one for one in SERVICE if one.startswith("CREATE"))
    yield
    run_each(("DROP TABLE outbox", "DROP TABLE purchase"))


def run_each(queries: Iterable[str]) -> None:
    for query in queries:
        run_sql(query)


def ids(query: str) -> list[int]:
    return [row[0] for row in run_sql(query)]


def place_purchase() -> None:
    run_each(one for one in SERVICE if not one.startswith("CREATE"))


def test_change_and_message_commit_together(tables):
    place_purchase()

    assert run_sql("SELECT p.id, o.id FROM purchase p, outbox o") == [(7, 41)]
    assert [SERVICE[-4][:5], SERVICE[-1][:6]] == ["BEGIN", "COMMIT"]


def test_no_message_is_left_of_a_change_that_was_rolled_back(tables):
    change, message = SERVICE[-3:-1]
    with pytest.raises(IntegrityError), transaction.atomic():
        run_each((message, change, change))  # the database refuses the last one

    assert ids("SELECT id FROM outbox") == []


def test_a_poll_finds_a_row_until_it_is_marked(tables):
    place_purchase()
    assert ids(POLL) == [41]

    run_sql(MARK)

    assert ids(POLL) == []


def test_a_row_of_a_lower_id_that_commits_late_is_found_though_not_by_the_highest_id(tables):
    run_sql(INSERT.format(id=42))
    run_sql(MARK.replace("41", "42"))

    run_sql(INSERT.format(id=41))  # drawn before 42, committed after it was published

    assert ids(POLL) == [41]
    assert ids(POLL.replace("published_at IS NULL", "id > 42")) == []


@pytest.mark.postgres
def test_a_transaction_that_is_open_for_long_is_found_at_its_commit(tables):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: ids are in the order of commits")
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        slow.cursor().execute(INSERT.format(id=41))
        run_sql(INSERT.format(id=42))
        assert ids(POLL) == [42]

        slow.commit()

        assert ids(POLL) == [41, 42]
    finally:
        slow.close()
