"""A real gunicorn serves, and what it wrote to standard error is read back."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from archsite.entrance import Entrance
from archsite.logging import AccessLine, FaultOfClient, LogLine
from patterns.tests.admin.forms import make_staff
from patterns.tests.admin.logins import PASSWORD, fail, log_in
from patterns.tests.store.scratch import KEY, migrated_copy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(request: urllib.request.Request, *, attempts: int = 600) -> int:
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


GIVEN = "1-67891233-abcdef"


@pytest.fixture(scope="module")
def database(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), migrated_copy(tmp_path_factory.mktemp("database")) as (_, url):
        yield url


@pytest.fixture(scope="module")
def lines(program: Path, database: str, tmp_path_factory) -> list[dict]:
    """What gunicorn logged while it answered five requests, and refused one, behind a proxy."""
    port = free_port()
    log = tmp_path_factory.mktemp("log") / "stderr"
    environment = os.environ | {"PORT": str(port), "DATABASE_URL": database, "SECRET_KEY": KEY}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:archsite.gunicorn", "--workers", "1"]
    with log.open("w") as stderr:
        server = subprocess.Popen(command, cwd=program, env=environment | {"TRUST_PROXY": "1"}, stderr=stderr)
        try:
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/healthz?q=private"))
            given = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9:4001", "X-Request-Id": GIVEN}
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/static/nothing", headers=given))
            fetch(urllib.request.Request(f"http://127.0.0.1:{port}/", b"", {**given, "Content-Length": str(2**30)}))
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
        ("GET", "/static/nothing", 404),
        ("HEAD", "/healthz", 200),
        ("OPTIONS", "/healthz", 405),
        ("POST", "/admin/login/", 400),
    ]


@pytest.mark.parametrize("text", ["a\nb", 'a", "level": "INFO', "a\x1b[2Jb", "a\u2028b\x00"])
def test_nothing_that_is_logged_makes_a_line_of_its_own(text: str):
    record = logging.LogRecord("site", logging.WARNING, "", 0, "said: %s", (text,), None)

    line = LogLine().format(record)

    assert line.isprintable()
    assert (json.loads(line)["message"], json.loads(line)["level"]) == (f"said: {text}", "WARNING")


def test_the_way_to_a_new_password_is_in_no_line():
    path = "/admin/reset/MQ/c9w2vf-5f0e1d/"
    access = {"m": "GET", "U": path, "s": "302", "B": 0, "M": 1, "h": "127.0.0.1"}
    visit = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, "%(m)s %(U)s %(s)s", (access,), None)
    fault = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
    fault.request = RequestFactory().get(path)

    lines = [json.loads(AccessLine().format(visit)), json.loads(LogLine().format(fault))]

    assert [line["path"] for line in lines] == ["/admin/reset/MQ/-/"] * 2
    assert "c9w2vf" not in str(lines)


def test_times_are_those_of_utc():
    record = logging.LogRecord("site", logging.WARNING, "", 0, "said", (), None)

    assert datetime.fromisoformat(json.loads(LogLine().format(record))["time"]).utcoffset() == timedelta()


def test_what_readers_search_for_is_not_logged(lines: list[dict]):
    assert "private" not in json.dumps(lines)


def test_a_line_about_a_request_names_it(lines: list[dict]):
    line = next(line for line in lines if line["logger"] == "django.request" and line["path"] == "/healthz")

    assert (line["method"], line["path"], line["level"]) == ("OPTIONS", "/healthz", "WARNING")


def test_every_line_about_a_request_has_the_number_and_the_client_that_the_proxy_gave(lines: list[dict]):
    found = [line for line in lines if line.get("request_id") == GIVEN]

    assert sorted(line["logger"] for line in found) == ["django.request", "gunicorn.access", "gunicorn.error"]
    assert {line["client"] for line in found} == {"203.0.113.9"}
    assert any("413" in line["message"] for line in found)


def test_without_a_number_each_request_gets_one_of_its_own(lines: list[dict]):
    made = [line["request_id"] for line in lines if line["logger"] == "gunicorn.access" and line["status"] != 404]

    assert len({*made}) == len(made) == 4
    assert {line["client"] for line in lines if line.get("request_id") in made} == {"127.0.0.1"}
    assert not [line for line in lines if "request_id" in line and line["message"].startswith("Booting")]


def test_an_answer_to_head_is_no_warning(lines: list[dict]):
    assert not [line for line in lines if line["logger"] == "gunicorn.http.wsgi"]


def test_what_a_client_did_wrong_is_a_line_and_no_error(lines: list[dict]):
    (line,) = [line for line in lines if line["logger"] == "django.security.TooManyFieldsSent"]

    assert (line["level"], line["method"], line["path"]) == ("WARNING", "POST", "/admin/login/")
    assert not [line for line in lines if line["level"] == "ERROR" or "exc_info" in line]


# What was denied.


def denied(caplog: pytest.LogCaptureFixture) -> list[dict]:
    """The lines of the warnings that were logged, as they are written."""
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    return [json.loads(LogLine().format(record)) for record in warnings if FaultOfClient().filter(record)]


@pytest.mark.django_db
def test_a_line_about_what_an_account_may_not_do_names_it(caplog: pytest.LogCaptureFixture):
    client = Client()
    client.force_login(make_staff(name="frida"))

    assert client.get("/admin/patterns/pattern/add/").status_code == 403

    (line,) = denied(caplog)
    assert (line["user"], line["path"], line["status_code"]) == ("frida", "/admin/patterns/pattern/add/", 403)
    assert line["message"] == "Forbidden (Permission denied): /admin/patterns/pattern/add/"
    assert "exc_info" not in line


@pytest.mark.django_db
def test_a_line_about_a_forged_form_names_whose_browser_sent_it(caplog: pytest.LogCaptureFixture):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff(name="frida"))

    assert client.post("/admin/logout/", headers={"Origin": "https://elsewhere.example"}).status_code == 403

    line = denied(caplog)[0]
    assert (line["user"], line["logger"]) == ("frida", "django.security.csrf")
    assert "Origin checking failed" in line["message"]


@pytest.mark.django_db
def test_refused_sign_ins_are_lines_with_the_name_and_why(caplog: pytest.LogCaptureFixture):
    make_staff(name="frida", password=PASSWORD)
    client = Client()
    fail(client, 5, "frida")

    assert log_in(client).status_code == 429

    refused = [line for line in denied(caplog) if line["logger"] == "patterns.admin.accounts"]
    assert [line["why"] for line in refused] == ["wrong name or password"] * 5 + ["too many wrong passwords"]
    assert {(line["user"], line["path"]) for line in refused} == {("frida", "/admin/login/")}
    assert denied(caplog)[-1]["message"] == "Too Many Requests: /admin/login/"
    assert PASSWORD not in caplog.text


# The answer.


def headers_of(number: str | None = None) -> dict[str, str]:
    sent = {} if number is None else {"X-Request-Id": number}
    answered: dict[str, str] = {}

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    environ = RequestFactory().get("/", headers=sent).environ
    Entrance(application)(environ, lambda status, headers, error: answered.update(headers))
    return answered


def test_the_answer_says_the_number_that_a_trusted_proxy_gave(settings):
    settings.TRUST_PROXY = True

    assert headers_of(GIVEN) == {"Content-Type": "text/plain", "X-Request-Id": GIVEN}


@pytest.mark.parametrize(
    ("number", "is_trusted"), [(GIVEN, False), (None, True), ("", True), ("a b", True), ("x" * 129, True), ("é", True)]
)
def test_any_other_number_is_our_own(settings, number: str | None, is_trusted: bool):
    settings.TRUST_PROXY = is_trusted

    assert re.fullmatch("[0-9a-f]{16}", headers_of(number)["X-Request-Id"])
