"""A real gunicorn serves, and what it wrote to standard error is read back."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from patterns.tests.store.scratch import KEY, migrated_copy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(request: urllib.request.Request, *, attempts: int = 100) -> int:
    for _ in range(attempts):
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(request.full_url)


@pytest.fixture(scope="module")
def database(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), migrated_copy(tmp_path_factory.mktemp("database")) as (_, url):
        yield url


@pytest.fixture(scope="module")
def lines(program: Path, database: str, tmp_path_factory) -> list[dict]:
    """What gunicorn logged while it answered four requests."""
    port = free_port()
    log = tmp_path_factory.mktemp("log") / "stderr"
    environment = os.environ | {"PORT": str(port), "DATABASE_URL": database, "SECRET_KEY": KEY}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:archsite.gunicorn", "--workers", "1"]
    with log.open("w") as stderr:
        server = subprocess.Popen(command, cwd=program, env=environment, stderr=stderr)
        try:
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/healthz?q=private"))
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/healthz", method="HEAD"))
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/healthz", method="OPTIONS"))
            cookie = {"Cookie": f"csrftoken={'a' * 32}"}  # else the form is refused unread
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/admin/login/", b"a=1&" * 9_000, cookie))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_every_line_says_when_how_bad_and_who(lines: list[dict]):
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)


def test_a_request_is_one_line_with_its_status(lines: list[dict]):
    requests = [line for line in lines if line["logger"] == "gunicorn.access"]

    # Sorted: a line is written after its answer is sent, by which time another thread may serve the next request.
    assert sorted((line["method"], line["path"], line["status"]) for line in requests) == [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("OPTIONS", "/healthz", 405),
        ("POST", "/admin/login/", 400),
    ]


def test_what_readers_search_for_is_not_logged(lines: list[dict]):
    assert "private" not in json.dumps(lines)


def test_a_line_about_a_request_names_it(lines: list[dict]):
    line = next(line for line in lines if line["logger"] == "django.request")

    assert (line["method"], line["path"], line["level"]) == ("OPTIONS", "/healthz", "WARNING")


def test_an_answer_to_head_is_no_warning(lines: list[dict]):
    assert not [line for line in lines if line["logger"] == "gunicorn.http.wsgi"]


def test_what_a_client_did_wrong_is_a_line_and_no_error(lines: list[dict]):
    (line,) = [line for line in lines if line["logger"] == "django.security.TooManyFieldsSent"]

    assert (line["level"], line["method"], line["path"]) == ("WARNING", "POST", "/admin/login/")
    assert not [line for line in lines if line["level"] == "ERROR" or "exc_info" in line]
