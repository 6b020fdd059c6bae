"""Where the database takes no changes, readers are served and editors are told so."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from patterns.tests.admin.forms import address, client_of, opened
from patterns.tests.factories import make_rich_pattern
from patterns.tests.pages.test_public import EVERY
from patterns.tests.serving import Served, read_only_mount, serving, told_nothing
from patterns.tests.store.scratch import KEY, connected_to, migrated_copy
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.database
TYPED = "A text that took <an hour> to write."
LEFT_OPEN = """
import os, sqlite3, sys

os.umask(0o077)
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("CREATE TABLE t AS SELECT 1")
os._exit(0)
"""
LOOK = "from django.db import connection; c = connection.cursor(); print(c.execute('SELECT * FROM t').fetchall())"
READ = [*EVERY, "/patterns/saga/suggest/", "/admin/login/", "/nowhere/", "/healthz", "/readyz"]


@dataclass(frozen=True)
class ReadOnly:
    """The site on a database that takes no changes, and what was there while it did.

    ``answers`` has the status of each address; ``cookies`` are those of an editor, whose ``form`` was at ``path``.
    """

    served: Served
    answers: dict[str, int]
    cookies: str
    path: str
    form: dict[str, str]


@pytest.fixture(scope="module")
def site(program: Path, tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[ReadOnly]:
    folder, log = tmp_path_factory.mktemp("state"), tmp_path_factory.mktemp("log") / "log"
    with django_db_blocker.unblock(), migrated_copy(folder) as (name, url):
        with connected_to(name):
            path = address("change", make_rich_pattern("01", slug="saga").pk)
            client = client_of(person("superuser"))
            form = opened(client, path)
            # It is time to renew the session, which is a write.
            Session.objects.update(expire_date=timezone.now() + timedelta(hours=7))
            cookies = "; ".join(f"{one.key}={one.value}" for one in client.cookies.values())
            answers = {path: Client().get(path).status_code for path in READ}
        before, option = [], "?options=-c%20default_transaction_read_only%3Don"
        if connection.vendor == "sqlite":
            before, option = read_only_mount(folder), ""
        environment = {"DATABASE_URL": f"{url}{option}", "SECRET_KEY": settings.SECRET_KEY}
        with serving(program, log, before=before, **environment) as served:
            yield ReadOnly(served, answers, cookies, path, form)


def test_readers_are_served_every_page(site: ReadOnly):
    assert {path: site.served.get(path).status for path in READ} == site.answers


def test_an_editor_goes_on_reading(site: ReadOnly):
    paths = [site.path, *("/admin/", address("changelist"), address("add"), address("changelist", model="change"))]

    answers = {path: site.served.get(path, cookies=site.cookies) for path in paths}

    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(paths, 200)
    assert 'name="description"' in answers[site.path].text  # not the page to sign in


def test_an_editor_is_told_what_is_not_saved_and_keeps_it(site: ReadOnly):
    saved = site.served.post(site.path, {**site.form, "description": TYPED}, cookies=site.cookies)

    assert (saved.status, saved.headers.get("Retry-After")) == (503, "60")
    assert "Nothing was saved: the database takes no changes" in saved.text
    assert "A text that took &lt;an hour&gt; to write." in saved.text


def test_who_would_sign_in_is_told_why_they_cannot(site: ReadOnly):
    token = "a" * 32
    form = {"username": "superuser", "password": "wrong wrong wrong", "csrfmiddlewaretoken": token}

    refused = site.served.post("/admin/login/", form, cookies=f"csrftoken={token}")

    assert refused.status == 503
    assert "so nobody can sign in or save anything" in refused.text
    assert "wrong wrong" not in refused.text


def test_a_readers_suggestion_is_kept_in_the_page(site: ReadOnly):
    refused = site.served.post("/patterns/saga/suggest/", {"words": TYPED})

    assert (refused.status, "an hour" in refused.text) == (503, True)


def test_the_log_has_no_traceback(site: ReadOnly):
    site.served.post("/patterns/saga/suggest/", {"words": TYPED})

    assert "Traceback" not in site.served.log.read_text()
    assert "It takes no changes: " in site.served.log.read_text()


@pytest.mark.skipif(os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="says something about SQLite")
@pytest.mark.parametrize("is_index_there", [True, False])
def test_changes_beside_a_file_that_is_only_read_are_read_or_missed_aloud(tmp_path: Path, is_index_there: bool):
    """As of a machine that lost power: the journal is not empty."""
    folder = tmp_path / "state"
    folder.mkdir()
    file = folder / "one.sqlite3"
    subprocess.run([sys.executable, "-c", LEFT_OPEN, str(file)], check=True)
    if not is_index_there:
        (folder / "one.sqlite3-shm").unlink()

    environment = {**told_nothing(), "DATABASE_URL": f"sqlite:///{file}", "SECRET_KEY": KEY}
    command = [*read_only_mount(folder), sys.executable, "manage.py", "shell", "--verbosity=0", "--command", LOOK]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)

    if is_index_there:
        assert (done.stdout, done.stderr) == ("[(1,)]\n", "")
    else:
        assert done.stderr.startswith(f"The database {file} cannot be opened: unable to open database file.")
