"""The examples of change data capture: a connector and a publication of the same table, and the log that is kept."""

import json
import os
import re

import pytest
from django.db import connection

from patterns.tests.examples.book import example, run_sql, statements

CONNECTOR = json.loads(example("19", "A connector that follows an outbox table"))["config"]
PUBLICATION, KEPT = statements(example("19", "What is captured, and what is held back"))


@pytest.fixture
def published(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("publications and slots are PostgreSQL's")
    run_sql("CREATE TABLE outbox (id BIGINT PRIMARY KEY)")
    run_sql("CREATE TABLE heartbeat (at TIMESTAMPTZ)")
    run_sql(PUBLICATION)
    yield
    run_sql("DROP PUBLICATION orders_outbox")
    run_sql("DROP TABLE outbox")
    run_sql("DROP TABLE heartbeat")


def test_slot_and_publication_have_names_that_postgresql_accepts():
    for name in (CONNECTOR["slot.name"], CONNECTOR["publication.name"]):
        assert re.fullmatch(r"[a-z0-9_]{1,63}", name)


def test_the_router_gets_the_events_of_the_table_and_no_heartbeats():
    topic = f"{CONNECTOR['topic.prefix']}.{CONNECTOR['table.include.list']}"
    is_outbox = re.compile(CONNECTOR["predicates.isOutbox.pattern"])

    assert CONNECTOR["transforms.outbox.predicate"] == CONNECTOR["predicates"] == "isOutbox"
    assert is_outbox.fullmatch(topic)
    assert not is_outbox.fullmatch(f"__debezium-heartbeat.{CONNECTOR['topic.prefix']}")


def test_the_password_is_not_in_the_file():
    assert re.fullmatch(r"\$\{secrets:.+\}", CONNECTOR["database.password"])


@pytest.mark.postgres
def test_the_connector_finds_the_publication_of_its_table(published):
    tables = run_sql("SELECT pubname, schemaname || '.' || tablename FROM pg_publication_tables ORDER BY 2")

    name = CONNECTOR["publication.name"]
    assert tables == [(name, "public.heartbeat"), (name, CONNECTOR["table.include.list"])]


@pytest.mark.postgres
def test_the_heartbeat_writes_to_a_table_that_is_published(published):
    run_sql(CONNECTOR["heartbeat.action.query"])

    assert run_sql("SELECT count(*) FROM heartbeat") == [(1,)]


@pytest.mark.postgres
def test_clean_up_of_the_outbox_is_not_published(published):
    assert run_sql("SELECT pubinsert, pubupdate, pubdelete FROM pg_publication") == [(True, False, False)]


@pytest.mark.postgres
def test_a_slot_whose_reader_does_not_move_shows_that_the_log_grows(published):
    slot = f"of_a_test_{os.getpid()}"  # its name is unique in the cluster; it is temporary and ends with the session
    run_sql(f"SELECT pg_create_physical_replication_slot('{slot}', true, true)")
    try:
        before = bytes_held_back(slot)
        run_sql("INSERT INTO outbox VALUES (1), (2), (3)")
        after = bytes_held_back(slot)
    finally:
        run_sql(f"SELECT pg_drop_replication_slot('{slot}')")

    assert after > before


def bytes_held_back(slot: str) -> int:
    return next(row[3] for row in run_sql(KEPT) if row[0] == slot)
