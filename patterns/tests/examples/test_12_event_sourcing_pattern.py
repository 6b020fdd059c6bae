"""The examples of event sourcing: one of two appends is refused, and a projection survives copies and old forms."""

import pytest
from django.db import IntegrityError, connection, transaction

from patterns.tests.examples.book import example, run_python, run_sql, statements

SCRIPT = example("12", "An append with the expected version")
TABLE, HISTORY, APPEND, STREAM = statements(SCRIPT)
PROJECTION = run_python(example("12", "A projection with an upcaster"))
Event, Balances = PROJECTION["Event"], PROJECTION["Balances"]
HISTORY_OF_5 = [
    Event("account-5", 1, "account opened", {}),
    Event("account-5", 2, "money deposited", {"cents": 10_000}),
    Event("account-5", 3, "money withdrawn", {"units": 60}),
]


@pytest.mark.django_db
def test_the_stream_is_read_in_the_order_of_its_versions():
    rows = run_sql(SCRIPT)

    assert [(version, kind) for version, kind, _ in rows] == [
        (1, "account opened"),
        (2, "money deposited"),
        (3, "money withdrawn"),
    ]


@pytest.mark.django_db
def test_of_two_appends_that_expect_the_same_version_the_second_is_refused():
    run_sql(SCRIPT)

    with pytest.raises(IntegrityError), transaction.atomic():
        run_sql(APPEND.replace("60", "30"))

    assert [body for version, _, body in run_sql(STREAM) if version == 3] == ['{"amount": 60}']


@pytest.mark.django_db
def test_another_stream_has_versions_of_its_own():
    run_sql(SCRIPT)

    run_sql(APPEND.replace("account-5", "account-6"))

    assert len(run_sql(STREAM)) == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_the_same_time_one_is_refused():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    run_sql(TABLE)
    run_sql(HISTORY)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        assert len(run_sql(STREAM)) == 2
        with other.cursor() as cursor:
            cursor.execute(STREAM)
            assert len(cursor.fetchall()) == 2  # both have read version 2
            run_sql(APPEND)
            with pytest.raises(IntegrityError):
                cursor.execute(APPEND.replace("60", "30"))
    finally:
        other.close()
        run_sql("DROP TABLE event")


def test_old_withdrawals_are_read_in_the_present_form():
    balances = Balances()

    balances.project(HISTORY_OF_5)

    assert balances.cents == {"account-5": 4_000}


def test_an_event_that_is_delivered_again_changes_nothing():
    balances = Balances()

    balances.project([*HISTORY_OF_5, HISTORY_OF_5[1], HISTORY_OF_5[2]])

    assert balances.cents == {"account-5": 4_000}


def test_a_replay_gives_the_same_read_model():
    bit_by_bit, at_once = Balances(), Balances()

    for event in HISTORY_OF_5:
        bit_by_bit.project([event])
    at_once.project(HISTORY_OF_5)

    assert bit_by_bit == at_once
