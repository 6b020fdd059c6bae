"""Real processes and a real mail server: the command for a timer, and gunicorn, which sends by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.utils import timezone

from patterns.models import Mail
from patterns.tests.commands.terminal import refused_by, said
from patterns.tests.mail import Postbox, free_port, postbox, reachable, sends_to
from patterns.tests.store.scratch import KEY, Scratch, scratch

__all__ = ["postbox", "scratch"]
pytestmark = pytest.mark.database
COUNT = 45


def write(count: int = COUNT) -> None:
    ada, now = reachable("editor", "Ada"), timezone.now()
    Mail.objects.bulk_create(
        Mail(kind="decided", person=ada, subject=f"Number {one}", text="A text.", created_at=now, due_at=now)
        for one in range(count)
    )


def url(port: int) -> str:
    return f"smtp://127.0.0.1:{port}"


@pytest.mark.django_db
def test_all_that_is_due_is_sent(postbox: Postbox):
    write()

    assert said("send_mail") == f"Sent: {COUNT}.\n"
    assert said("send_mail") == "Nothing was sent.\n"

    assert len({*postbox.subjects}) == len(postbox.subjects) == COUNT


@pytest.mark.django_db
def test_a_server_that_is_down_ends_with_1_and_why(settings):
    write(1)
    sends_to(settings, free_port())

    text = refused_by("send_mail")

    assert "The mail server took nothing, and is tried again later: ConnectionRefusedError" in text


@pytest.mark.django_db
def test_what_was_refused_ends_with_1(postbox: Postbox):
    write(2)
    postbox.refused["ada@people.example"] = "550 No such person"

    assert "Not sent: 2." in refused_by("send_mail")


@pytest.mark.django_db
def test_without_a_server_it_says_what_to_set():
    assert "EMAIL_URL is not set" in refused_by("send_mail")


def test_of_two_processes_at_once_nothing_is_sent_twice(scratch: Scratch, postbox: Postbox, monkeypatch):
    write()
    monkeypatch.setenv("EMAIL_URL", url(postbox.port))

    processes = [scratch.start("send_mail") for _ in range(2)]
    ends = [(one.communicate(), one.returncode) for one in processes]

    assert [code for _, code in ends] == [0, 0], ends
    assert len({*postbox.subjects}) == len(postbox.subjects) == COUNT


@contextmanager
def serving(program: Path, scratch: Scratch, folder: Path, port: int, mail_port: int) -> Iterator[None]:
    environment = {**os.environ, "DATABASE_URL": scratch.url, "SECRET_KEY": KEY, "PORT": str(port)}
    environment["EMAIL_URL"] = url(mail_port)
    command = [str(Path(sys.executable).with_name("gunicorn")), "--config", "python:archsite.gunicorn"]
    with (folder / "log").open("w") as log:
        master = subprocess.Popen(command, cwd=program, env=environment, stderr=log, stdout=log)
        try:
            yield
        finally:
            master.send_signal(signal.SIGTERM)
            assert master.wait(60) == 0


def wait_until(postbox: Postbox, count: int, *, seconds: float) -> None:
    end = monotonic() + seconds
    while len(postbox.messages) < count and monotonic() < end:
        sleep(0.1)


def test_gunicorn_sends_by_itself_and_each_message_once(
    program: Path, scratch: Scratch, postbox: Postbox, tmp_path: Path
):
    write()
    with serving(program, scratch, tmp_path, free_port(), postbox.port):
        wait_until(postbox, COUNT, seconds=90)
        sleep(1)

    assert len({*postbox.subjects}) == len(postbox.subjects) == COUNT
    assert "Traceback" not in (tmp_path / "log").read_text()
