"""The examples of replication: PostgreSQL knows the lag query's columns and each setting with its value."""

from configparser import ConfigParser

import pytest
from django.db import connection

from patterns.tests.examples.book import example

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def postgresql_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the examples ask PostgreSQL for its own replication")


def settings() -> dict[str, str]:
    parser = ConfigParser(inline_comment_prefixes="#")
    parser.read_string("[leader]\n" + example("23", "Wait for any one of two followers"))
    return dict(parser["leader"])


def test_the_lag_query_names_each_follower_its_mode_and_its_lag():
    with connection.cursor() as cursor:
        cursor.execute(example("23", "How far each follower is behind"))
        columns = [column.name for column in cursor.description]

    assert columns == ["application_name", "sync_state", "bytes_behind", "time_behind"]


def test_every_setting_is_one_of_postgresql_s():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s)", [list(settings())])
        known = {name for (name,) in cursor.fetchall()}

    assert known == set(settings())


def test_the_leader_waits_until_a_write_is_on_a_disk_elsewhere():
    mode = settings()["synchronous_commit"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('synchronous_commit', %s, true)", [mode])
        cursor.execute("SELECT enumvals FROM pg_settings WHERE name = 'synchronous_commit'")
        (modes,) = cursor.fetchone()

    assert mode in modes
    assert mode not in ("off", "local")
