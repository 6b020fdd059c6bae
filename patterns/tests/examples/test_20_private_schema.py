"""The example of a private schema: each service works in its own, and the other's lets nobody in."""

import pytest
from django.db import ProgrammingError, connection, transaction

from patterns.tests.examples.book import example, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def last() -> str:
    """Runs all but the last statement, which comes back."""
    if connection.vendor != "postgresql":
        pytest.skip("roles and schemas with owners are PostgreSQL's")
    *first, last = statements(example("20", "A schema that only its service can enter"))
    for statement in first:
        run(statement)
    return last


def run(statement: str) -> list[tuple]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_service_cannot_read_the_tables_of_another(last: str):
    with pytest.raises(ProgrammingError, match="permission denied for schema customers"):
        run(last)


def test_the_owner_of_the_tables_can_read_them(last: str):
    run("SET ROLE customer_service")

    assert run(last) == [(500,)]


def test_no_foreign_key_crosses_the_border(last: str):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("CREATE TABLE ordering.bad (customer_id integer REFERENCES customers.customer)")


def test_a_service_works_in_its_own_schema(last: str):
    assert run("SELECT customer_id FROM ordering.purchase") == [(5,)]
