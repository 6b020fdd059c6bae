"""The example of the two-phase commit: a decision log answers those who are in doubt."""

import pytest
from django.db import connection

from patterns.tests.examples.book import example, run_sql

pytestmark = pytest.mark.django_db

TITLE = "A decision log with presumed abort, read after a crash"


def answers() -> list[tuple[str, str, str]]:
    """Ask again, without creating the tables."""
    query = "SELECT" + example("24", TITLE).split("SELECT", 1)[1]
    return [tuple(row) for row in run_sql(query)]


def test_a_logged_decision_is_repeated_and_a_missing_one_means_abort():
    """Transaction 9 had reached its commit point, transaction 10 had not."""
    assert [tuple(row) for row in run_sql(example("24", TITLE))] == [
        ("orders", "tx 10", "abort"),
        ("stock", "tx 10", "abort"),
        ("stock", "tx 9", "commit"),
    ]


def test_everybody_in_doubt_about_one_transaction_hears_the_same():
    """Another participant that asks about transaction 9 is told what Stock was told."""
    run_sql(example("24", TITLE))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO in_doubt (participant, tx) VALUES ('billing', 'tx 9')")
    assert {outcome for _, tx, outcome in answers() if tx == "tx 9"} == {"commit"}


def test_forgetting_a_commit_too_early_gives_the_wrong_answer():
    """That is why an entry stays until every participant has confirmed."""
    run_sql(example("24", TITLE))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM decision WHERE tx = 'tx 9'")
    assert ("stock", "tx 9", "abort") in answers()
