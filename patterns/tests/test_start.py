"""What cannot be is said in one sentence, by commands and by gunicorn, and ends them with exit code 1."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from archsite import start
from patterns.tests.mail import free_port
from patterns.tests.serving import Served, read_only_mount, serving, told_nothing, wait_until_answered
from patterns.tests.store.scratch import KEY, Scratch, migrated_file, scratch, sqlite_url, unmigrated

__all__ = ["scratch", "unmigrated"]
GUNICORN = (str(Path(sys.executable).with_name("gunicorn")), "--config", "python:archsite.gunicorn")
GONE = "postgres://nobody@127.0.0.1:1/gone"


def end_of(*command: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    environment = {**told_nothing(), "SECRET_KEY": KEY, "LOG_LEVEL": "WARNING", **environment}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False)


def sentence_of(*command: str, cwd: Path, **environment: str) -> str:
    done = end_of(*command, cwd=cwd, **environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    return done.stderr


def test_gunicorn_says_that_a_key_can_be_guessed(program: Path):
    assert sentence_of(*GUNICORN, cwd=program, SECRET_KEY="x", PORT="0").startswith("PORT is '0'")
    assert sentence_of(*GUNICORN, "--bind=127.0.0.1:0", cwd=program, SECRET_KEY="x").startswith("SECRET_KEY can be gue")


def test_gunicorn_says_that_its_port_is_taken(program: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        message = sentence_of(*GUNICORN, cwd=program, PORT=str(port))

    assert message.startswith(f"Port {port} of 127.0.0.1 is taken by another program.")


def test_gunicorn_says_that_the_database_is_away_and_leaves_no_pid(program: Path, tmp_path: Path):
    pid = tmp_path / "pid"

    message = sentence_of(*GUNICORN, "--bind=127.0.0.1:0", f"--pid={pid}", cwd=program, DATABASE_URL=GONE)

    assert message.startswith("The database cannot be reached: connection failed")
    assert message.endswith("Start it, or correct DATABASE_URL.\n")
    assert not pid.exists()


def test_gunicorn_finds_its_configuration_from_everywhere(program: Path, tmp_path: Path):
    command = [GUNICORN[0], "--config", str(program / "archsite" / "gunicorn.py"), "--bind=127.0.0.1:0"]

    assert "cannot be reached" in sentence_of(*command, cwd=tmp_path, DATABASE_URL=GONE)


@pytest.mark.parametrize("command", ["migrate", "clearsessions", "runserver"])
def test_commands_of_django_say_that_the_database_is_away(program: Path, command: str):
    message = sentence_of(sys.executable, "manage.py", command, cwd=program, DATABASE_URL=GONE)

    assert message.startswith("The database cannot be reached")


def test_commands_say_that_a_file_cannot_be_opened(program: Path, tmp_path: Path):
    url = sqlite_url(tmp_path / "missing" / "catalogue.sqlite3")

    message = sentence_of(sys.executable, "manage.py", "migrate", cwd=program, DATABASE_URL=url)

    assert message.startswith(f"The database {tmp_path}/missing/catalogue.sqlite3 cannot be opened")


@pytest.mark.database
def test_commands_say_that_the_schema_is_behind(program: Path, unmigrated: Scratch):
    message = sentence_of(sys.executable, "manage.py", "clearsessions", cwd=program, DATABASE_URL=unmigrated.url)

    assert message.startswith("The schema of the database is behind this program, which needs admin.0001_initial.")
    assert "(The database said: " in message  # for who runs migrate itself


@pytest.mark.database
def test_gunicorn_says_that_the_schema_is_behind(program: Path, unmigrated: Scratch):
    message = sentence_of(*GUNICORN, "--bind=127.0.0.1:0", cwd=program, DATABASE_URL=unmigrated.url)

    assert message.startswith("The schema of the database is behind this program, which needs admin.0001_initial.")


@pytest.mark.database
def test_gunicorn_says_that_the_schema_is_ahead(program: Path, scratch: Scratch):
    MigrationRecorder(connection).record_applied("patterns", "9999_next")

    message = sentence_of(*GUNICORN, "--bind=127.0.0.1:0", cwd=program, DATABASE_URL=scratch.url)

    assert "is ahead of this program, which knows no patterns.9999_next" in message


@pytest.fixture
def uncollected(program: Path, tmp_path: Path) -> Path:
    """The program without static files."""
    return Path(shutil.copytree(program, tmp_path / "clone", ignore=shutil.ignore_patterns("staticfiles.json")))


def test_runserver_says_how_static_files_are_had(uncollected: Path):
    message = sentence_of(sys.executable, "manage.py", "runserver", cwd=uncollected)

    assert message == f"No static files can be read in {uncollected}/var/static. Run make install, or set DEBUG=1.\n"


@pytest.mark.database
def test_with_debug_runserver_takes_static_files_from_their_sources(uncollected: Path, scratch: Scratch):
    port = free_port()
    environment = {
        **told_nothing(),
        "SECRET_KEY": KEY,
        "DATABASE_URL": scratch.url,
        "DEBUG": "1",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
    with subprocess.Popen(command, cwd=uncollected, env=environment, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout.readline() == b"Static files come from their sources, because DEBUG is on.\n"
            served = Served(port)
            wait_until_answered(served, server)
            assert 'href="/static/patterns/css/archsite.css"' in served.get("/").text
            assert "@import" in served.get("/static/patterns/css/archsite.css").text
        finally:
            server.terminate()


def test_everything_but_the_state_directory_may_be_read_only(
    program: Path, tmp_path: Path, django_db_setup, django_db_blocker
):
    if connection.vendor != "sqlite":
        pytest.skip("the state directory holds a database of SQLite")
    state = tmp_path / "state"
    state.mkdir()
    with django_db_blocker.unblock():
        (state / "archsite.sqlite3").write_bytes(migrated_file())
    before, told = read_only_mount(program), {"STATE_DIRECTORY": str(state), "SECRET_KEY": "", "DATABASE_URL": ""}

    done = end_of(*before, sys.executable, "manage.py", "import_toml", "fixtures/patterns.toml", cwd=program, **told)
    with serving(program, before=before, **told) as served:
        answers = [served.get(path).status for path in ("/readyz", "/patterns/saga-pattern/", "/admin/login/")]
        written = {one.name for one in state.iterdir()}

    assert (done.returncode, done.stderr) == (0, "")
    assert answers == [200, 200, 200]
    assert written == {"secret_key", "archsite.sqlite3", "archsite.sqlite3-wal", "archsite.sqlite3-shm"}


@pytest.mark.database
@pytest.mark.parametrize(("proxies", "is_warned"), [("0", True), ("1", False)])
def test_https_without_a_proxy_that_is_trusted_is_warned_of(
    program: Path, scratch: Scratch, tmp_path: Path, proxies: str, is_warned: bool
):
    told = {"SITE_URL": "https://catalog.example", "TRUST_PROXY": proxies, "DATABASE_URL": scratch.url}
    with serving(program, tmp_path / "log", **told):
        assert ("behind a proxy all is redirected without end" in (tmp_path / "log").read_text()) == is_warned


@pytest.mark.database
def test_a_release_that_cannot_start_leaves_the_old_one_serving(program: Path, scratch: Scratch, tmp_path: Path):
    clone, log = Path(shutil.copytree(program, tmp_path / "clone")), tmp_path / "log"
    with serving(clone, log, DATABASE_URL=scratch.url) as served:
        (clone / "archsite" / "urls.py").write_text("raise ZeroDivisionError('of the next release')\n")

        os.kill(served.master, signal.SIGUSR2)
        wait_until_said(log, "This release cannot be loaded: ZeroDivisionError: of the next release.")
        lines = log.read_text().splitlines()
        (line,) = [line for line in lines if '"message": "This release cannot be loaded"' in line]
        assert "/archsite/urls.py" in json.loads(line)["exc_info"]

        assert (served.get("/").status, served.get("/readyz").text) == (200, "ok\n")


def wait_until_said(log: Path, words: str) -> None:
    for _ in range(600):
        if words in log.read_text():
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


@pytest.mark.django_db
def test_migrations_of_an_application_that_left_are_nobodys_business():
    MigrationRecorder(connection).record_applied("left", "0001_initial")

    start.check_database()


def test_missing_static_files_cannot_be_served(settings, tmp_path: Path):
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "archsite.stylesheets.BundlingStorage"}}
    settings.STATIC_ROOT = tmp_path

    with pytest.raises(start.CannotStart, match=f"No static files can be read in {tmp_path}. Run make install"):
        start.check_static_files()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(start.CannotStart, match=r"192\.0\.2\.1:0 is no address of this machine"):
        start.check_address(("192.0.2.1", 0))
