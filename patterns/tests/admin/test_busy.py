"""Where the database keeps everybody waiting, whoever asks is told so soon, and nothing typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from archsite import environment
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import address, form_in, opened
from patterns.tests.factories import make_pattern
from patterns.tests.pages.test_public import EVERY
from patterns.tests.store.scratch import Scratch
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.database
TYPED = "A text that took <an hour> to write."


@pytest.fixture
def page(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the form of an entry, in a database for which a request waits a second."""
    monkeypatch.setattr(environment, "LOCK_WAIT_S", 1)
    path = address("change", make_pattern(slug="saga").pk)
    settings = connections.settings["default"]
    settings["OPTIONS"] = {**settings["OPTIONS"]}  # the database of the other tests has them too
    environment.limit_waiting(settings)
    connection.close()
    return path


@pytest.fixture
def editor(page: str) -> Client:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(person("superuser"))
    return client


@contextmanager
def locked() -> Iterator[None]:
    """Somebody else writes and does not end: on SQLite the whole database, on PostgreSQL the catalogue's table."""
    other = connections.create_connection("default")
    other.inc_thread_sharing()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if other.vendor == "sqlite" else "BEGIN")
            if other.vendor == "postgresql":
                cursor.execute("LOCK TABLE patterns_catalog IN ACCESS EXCLUSIVE MODE")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def test_a_save_is_answered_in_time_and_keeps_what_was_typed(editor: Client, page: str):
    form = {**opened(editor, page), "description": TYPED}
    began = monotonic()

    with locked():
        response = editor.post(page, form)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "no-store" in response["Cache-Control"]
    assert "Nothing was saved" in response.content.decode()
    assert "A text that took &lt;an hour&gt; to write." in response.content.decode()
    assert monotonic() - began < 10
    assert load_entries()["01"].description != TYPED


def test_what_the_page_kept_can_be_sent_again(editor: Client, page: str):
    form = {**opened(editor, page), "description": TYPED}
    with locked():
        kept = form_in(editor.post(page, form))

    response = editor.post(page, kept)

    assert response.status_code == 302
    assert load_entries()["01"].description == TYPED


def test_a_form_that_is_refused_waits_for_nobody(editor: Client, page: str):
    if connection.vendor != "sqlite":
        pytest.skip("the lock of the test is on what is read, too")
    form = {**opened(editor, page), "description": ""}

    with locked():
        response = editor.post(page, form)

    assert response.status_code == 200
    assert "This field is required." in response.content.decode()


def test_a_session_that_cannot_be_renewed_takes_no_page_away(editor: Client, page: str):
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=7))
    if connection.vendor == "postgresql":
        pytest.skip("a lock of the catalogue's table is none of the sessions")

    with locked():
        response = editor.get(page)

    assert response.status_code == 200


def test_a_readers_words_are_kept(page: str):
    reader = Client(raise_request_exception=False)

    with locked():
        response = reader.post("/patterns/saga/suggest/", {"words": TYPED})

    assert response.status_code == 503
    assert form_in(response) == {"words": TYPED}
    assert not response.cookies


@pytest.mark.parametrize(
    "path", ["/", "/patterns/", "/patterns/saga/", "/api/v1/catalog", "/catalog.toml", "/nowhere/"]
)
def test_a_page_without_a_database_says_so(page: str, path: str, settings):
    broken = connections.settings["default"]
    broken["NAME"] = "/nowhere/at.all" if connection.vendor == "sqlite" else "nowhere_at_all"
    connection.close()
    del connections["default"]

    response = Client(raise_request_exception=False).get(path)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert not response.cookies
    assert "no-" in response["Cache-Control"]


def test_without_a_database_nothing_is_called_a_fault_of_ours(editor: Client, page: str):
    form = opened(editor, page)
    forms = {
        page: form,
        "/patterns/saga/suggest/": {"words": TYPED},
    }
    broken = connections.settings["default"]
    broken["NAME"] = "/nowhere/at.all" if connection.vendor == "sqlite" else "nowhere_at_all"
    connection.close()
    del connections["default"]

    answers = {path: editor.get(path) for path in [*EVERY, *forms]}
    answers |= {f"POST {path}": editor.post(path, form) for path, form in forms.items()}

    assert {path for path, answer in answers.items() if answer.status_code not in (200, 503)} == set()
    assert {one for one in answers.values() if one.status_code == 503 and "Retry-After" not in one} == set()
    assert {answers[f"POST {path}"].status_code for path in forms} == {503}


def test_whatever_else_goes_wrong_is_still_our_fault(page: str, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("patterns.views.errors.guesses_for", broken)

    assert Client(raise_request_exception=False).get("/nowhere/").status_code == 500
