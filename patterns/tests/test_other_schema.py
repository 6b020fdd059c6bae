"""Where the tables are not those of the program, whoever asks is told so, and nothing is called a fault of ours."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from patterns.tests.factories import make_pattern
from patterns.tests.store.scratch import Scratch, scratch

__all__ = ["scratch"]
pytestmark = pytest.mark.database
READ = ("/", "/patterns/", "/patterns/saga/", "/patterns/?q=saga", "/catalog.toml", "/nowhere/")


@pytest.fixture
def reader(scratch: Scratch) -> Client:
    make_pattern(slug="saga")
    return Client(raise_request_exception=False)


def rename_a_column() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patterns_catalog RENAME COLUMN version TO revision")


@pytest.fixture
def older(reader: Client) -> Client:
    """A reader of a database that has a migration to come, without which the catalogue is not found."""
    rename_a_column()
    MigrationRecorder(connection).record_unapplied("patterns", "0020_sendings")
    return reader


@pytest.fixture
def newer(reader: Client) -> Client:
    """A reader of a database where a later release has renamed what this one asks for."""
    rename_a_column()
    MigrationRecorder(connection).record_applied("patterns", "9999_next")
    return reader


@pytest.mark.parametrize("schema", ["older", "newer"])
def test_readers_of_another_schema_are_told_that_it_is_updated(schema: str, request: pytest.FixtureRequest):
    reader = request.getfixturevalue(schema)

    answers = {path: reader.get(path) for path in READ}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(READ, 503)
    assert "The catalogue is being updated" in answers["/"].content.decode()
    assert {answer["Retry-After"] for answer in answers.values()} == {"60"}


def test_programs_are_told_in_their_own_way(newer: Client):
    answer = newer.get("/api/v1/patterns")

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["detail"] == "The catalogue is being updated. Ask again in 60 seconds."


def test_a_table_that_is_missing_for_no_reason_is_a_fault_of_ours_or_the_databases(reader: Client):
    rename_a_column()

    answer = reader.get("/")

    assert answer.status_code == (503 if connection.vendor == "sqlite" else 500)
    assert "being updated" not in answer.content.decode()
