import os

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from patterns.views import health
from patterns.views.freshness import RELEASE


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())


@pytest.fixture
def other_database(monkeypatch, django_db_blocker: DjangoDbBlocker):
    """Let readiness look at another, real database."""

    def use(name: str) -> None:
        settings = {**connections["default"].settings_dict, "ENGINE": "django.db.backends.sqlite3", "NAME": name}
        monkeypatch.setitem(connections.settings, "other", {**settings, "OPTIONS": {}})
        monkeypatch.setattr(health, "connection", connections["other"])

    with django_db_blocker.unblock():
        yield use
        if "other" in connections.settings:
            connections["other"].close()
            del connections["other"]


def test_healthz_says_ok_without_a_database(client: Client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok\n"
    assert response["Content-Type"] == "text/plain"


@pytest.mark.django_db
def test_readyz_says_ok_when_every_migration_is_applied(client: Client):
    response = client.get("/readyz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_refuses_an_empty_database(client: Client, other_database, tmp_path):
    other_database(str(tmp_path / "empty.sqlite3"))

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"migrations pending\n")


def test_readyz_refuses_when_the_database_cannot_be_opened(client: Client, other_database, tmp_path):
    other_database(str(tmp_path / "missing" / "database.sqlite3"))

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"database unreachable\n")


@pytest.mark.django_db
def test_readyz_refuses_without_static_files(client: Client, settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "archsite.stylesheets.BundlingStorage"}}
    settings.STATIC_ROOT = tmp_path

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"static files not collected\n")


@pytest.mark.django_db
def test_readyz_reads_the_migrations_once(client: Client, django_assert_num_queries):
    client.get("/readyz")

    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_probes_are_never_cached(client: Client, path: str):
    assert client.get(path)["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_name_the_release_and_the_process_that_answer(client: Client, path: str):
    response = client.get(path)

    assert response["X-Server"] == str(os.getppid())
    assert RELEASE.startswith(response["X-Release"])
    assert len(response["X-Release"]) == 12


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client: Client, path: str):
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_readyz_says_that_a_newer_release_was_here(client: Client):
    MigrationRecorder(connection).record_applied("patterns", "9999_next")

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"schema is ahead\n")


@pytest.mark.django_db
def test_who_was_ready_stays_ready_while_the_next_release_migrates(client: Client):
    client.get("/readyz")
    MigrationRecorder(connection).record_applied("patterns", "9999_next")

    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("host", ["10.0.0.5:8000", "[2001:db8::5]:8000", "pod-7", ""])
@pytest.mark.django_db
def test_probes_are_answered_whatever_host_they_name(client: Client, host: str):
    answers = [client.get(path, headers={"Host": host}).status_code for path in ("/healthz", "/readyz")]

    assert answers == [200, 200]


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/healthz/", "/readyz/x", "/patterns/", "/static/x"])
@pytest.mark.django_db
def test_nothing_else_is_answered_to_another_host(client: Client, path: str):
    assert client.get(path, headers={"Host": "10.0.0.5:8000"}).status_code == 400
