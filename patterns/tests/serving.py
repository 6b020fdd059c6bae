"""A real gunicorn of the site in a test, on a database of the test's own."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from patterns.tests.mail import free_port
from patterns.tests.store.scratch import KEY

START_S = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Served:
    port: int
    log: Path | None = None
    master: int = 0  # its process

    def get(self, path: str, *, cookies: str = "") -> Answer:
        return self._answer(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": cookies}))

    def post(self, path: str, form: dict[str, str], *, cookies: str = "") -> Answer:
        address = f"http://127.0.0.1:{self.port}{path}"
        return self._answer(urllib.request.Request(address, urlencode(form).encode(), headers={"Cookie": cookies}))

    def _answer(self, request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, dict(response.headers), response.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read().decode(errors="replace"))


def told_nothing() -> dict[str, str]:
    """The environment without what pytest tells its own process about settings."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


@contextmanager
def serving(
    program: Path, log: Path | None = None, *, before: Sequence[str] = (), **environment: str
) -> Iterator[Served]:
    """One process; ``before`` is what the command begins with.

    Raises:
        TimeoutError: with what it wrote, if it does not answer.
    """
    port = free_port()
    command = [*before, str(Path(sys.executable).with_name("gunicorn")), "--config", "python:archsite.gunicorn"]
    environment = {**told_nothing(), "SECRET_KEY": KEY, "PORT": str(port), **environment}
    with (log or Path(os.devnull)).open("w") as file:
        server = subprocess.Popen([*command, "--workers=1"], cwd=program, env=environment, stdout=file, stderr=file)
    try:
        served = Served(port, log, server.pid)
        wait_until_answered(served, server)
        yield served
    finally:
        server.terminate()
        server.wait(START_S)


def wait_until_answered(served: Served, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            served.get("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(served.log.read_text() if served.log else "The server does not answer.")


def read_only_mount(folder: Path) -> list[str]:
    """What a command begins with that finds the folder mounted read-only; root writes past any mode of a file."""
    mount = f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}" && exec "$@"'
    prefix = ["unshare", "--mount", "sh", "-c", mount, "sh"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("Nothing can be mounted here: unshare --mount is missing or not allowed.")
    return prefix
