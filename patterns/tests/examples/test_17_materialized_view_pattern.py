"""The examples of the materialized view: a projection counts each sale once, a refresh replaces the rows."""

import pytest
from django.db import connection

from patterns.tests.examples.book import example, run_sql, statements

pytestmark = pytest.mark.django_db

PROJECTION = "A projection that stores its position"
REFRESH = "A view refreshed in whole"


def create(title: str, *, steps: int) -> list[str]:
    """Run all but the last statements of the example, and return those: they are one run of the projection."""
    script = statements(example("17", title))
    follow(script[:-steps])
    return script[-steps:]


def follow(script: list[str]) -> None:
    for statement in script:
        run_sql(statement)


def sell(*sales: tuple[int, str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO sale VALUES (%s, %s, %s)", sales)


def sold() -> dict[str, int]:
    return dict(run_sql("SELECT product, pieces FROM product_sales;"))


def test_each_run_adds_what_is_new():
    run = create(PROJECTION, steps=3)
    sell((1, "lamp", 3), (2, "chair", 4), (3, "lamp", 1))
    follow(run)
    sell((4, "lamp", 2))

    follow(run)

    assert sold() == {"lamp": 6, "chair": 4}


def test_a_run_that_is_repeated_counts_nothing_twice():
    run = create(PROJECTION, steps=3)
    sell((1, "lamp", 3))
    follow(run)

    follow(run)

    assert sold() == {"lamp": 3}


def test_a_sale_after_the_goal_was_fixed_waits_for_the_next_run():
    goal, add, done = create(PROJECTION, steps=3)
    sell((1, "lamp", 3))
    follow([goal])
    sell((2, "lamp", 5))
    follow([add, done])
    assert sold() == {"lamp": 3}

    follow([goal, add, done])

    assert sold() == {"lamp": 8}


def test_a_view_built_anew_equals_the_maintained_one():
    run = create(PROJECTION, steps=3)
    sell((1, "lamp", 3), (2, "chair", 4))
    follow(run)
    sell((3, "chair", 1))
    follow(run)
    maintained = sold()

    run_sql("DELETE FROM product_sales;")
    run_sql("UPDATE product_sales_position SET done = 0, goal = 0;")
    follow(run)

    assert sold() == maintained == {"lamp": 3, "chair": 5}


@pytest.mark.postgres
def test_a_refreshed_view_shows_the_sales_only_after_the_refresh():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no materialized views")
    refresh = create(REFRESH, steps=1)
    sell((1, "lamp", 3), (2, "lamp", 1))
    assert sold() == {}

    follow(refresh)

    assert sold() == {"lamp": 4}
