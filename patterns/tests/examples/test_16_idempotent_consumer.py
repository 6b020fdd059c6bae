"""The examples of the idempotent consumer: a copy changes nothing, and a crash leaves neither effect nor id."""

import sqlite3

import pytest
from django.db import IntegrityError, connection

from patterns.tests.examples.book import example, run_python, statements

SQL = "Inbox table and one delivery"
PYTHON = "A consumer that tells copies apart"


def parts() -> tuple[list[str], list[str]]:
    """What is done once, and what is done for each delivery."""
    everything = statements(example("16", SQL))
    begin = next(number for number, statement in enumerate(everything) if statement.endswith("BEGIN"))
    return everything[:begin], everything[begin:]


def execute(*script: str) -> None:
    with connection.cursor() as cursor:
        for statement in script:
            cursor.execute(statement)


def balance() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT balance FROM account WHERE number = 7")
        return cursor.fetchone()[0]


# The example begins and ends its own transactions, so that the test must not be inside of one.
@pytest.fixture
def delivery(transactional_db: None):
    once, delivery = parts()
    execute(*once)
    yield delivery
    execute("DROP TABLE inbox", "DROP TABLE account")


def test_a_message_delivered_twice_takes_effect_once(delivery: list[str]):
    execute(*delivery)
    with pytest.raises(IntegrityError):
        execute(*delivery)
    execute("ROLLBACK")

    assert balance() == 70


def test_a_crash_before_the_commit_leaves_the_work_to_the_next_delivery(delivery: list[str]):
    execute(*delivery[:-1], "ROLLBACK")
    assert balance() == 100

    execute(*delivery)
    assert balance() == 70


def test_another_consumer_of_the_same_database_handles_the_message_too(delivery: list[str]):
    execute(*delivery)
    execute(*(statement.replace("'billing'", "'loyalty points'") for statement in delivery))

    assert balance() == 40


@pytest.fixture
def database():
    database = sqlite3.connect(":memory:")
    database.executescript(";".join(parts()[0]))
    yield database
    database.close()


def debit(database: sqlite3.Connection) -> None:
    database.execute("UPDATE account SET balance = balance - 30 WHERE number = 7")


def spoil(database: sqlite3.Connection) -> None:
    debit(database)
    database.execute("INSERT INTO account (number, balance) VALUES (7, 0)")


def left(database: sqlite3.Connection) -> tuple[int, int]:
    return database.execute("SELECT balance, (SELECT count(*) FROM inbox) FROM account").fetchone()


def test_a_copy_is_acknowledged_and_does_nothing(database: sqlite3.Connection):
    handle = run_python(example("16", PYTHON))["handle"]
    acknowledged: list[str] = []

    assert [handle("41", debit, acknowledged.append, database) for _ in range(2)] == [True, False]
    assert (acknowledged, left(database)) == (["41", "41"], (70, 1))


def test_a_broken_constraint_of_the_effect_is_not_taken_for_a_copy(database: sqlite3.Connection):
    handle = run_python(example("16", PYTHON))["handle"]
    acknowledged: list[str] = []

    with pytest.raises(sqlite3.IntegrityError):
        handle("41", spoil, acknowledged.append, database)
    assert (acknowledged, left(database)) == ([], (100, 0))


def test_an_acknowledgement_that_fails_leaves_the_effect_and_its_id(database: sqlite3.Connection):
    handle = run_python(example("16", PYTHON))["handle"]

    with pytest.raises(ZeroDivisionError):
        handle("41", debit, lambda _: 1 / 0, database)
    assert (database.in_transaction, left(database)) == (False, (70, 1))
