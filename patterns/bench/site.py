"""The site on real servers for a while: gunicorn as it is configured, on a scratch database and free ports."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psutil
import psycopg
from django.conf import settings

from patterns.bench.browser import Browser, browsing

READY_S = 60
MANIFEST = Path("var") / "static" / "staticfiles.json"
SITE = "archsite.wsgi:application"
WITHOUT_STORE = "archsite.wsgi:django"
PASSWORD = "a password of the bench"
# One process for all of it: most of what a command takes is its start.
PREPARATION = f"""
from django.core.management import call_command
from django.contrib.auth.models import Group, User
call_command("migrate", verbosity=0)
for file in FILES:
    call_command("import_toml", file)
User.objects.create_superuser("publisher", password={PASSWORD!r})
User.objects.create_user("editor", password={PASSWORD!r}, is_staff=True).groups.add(Group.objects.get(name="editor"))
"""


@dataclass(frozen=True)
class Site:
    """A database, and what the processes that serve it or write to it are told by their environment."""

    folder: Path
    database: str
    given: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """Where the database is, if it is SQLite's."""
        return Path(unquote(urlsplit(self.database).path[1:]))

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def environment(self) -> dict[str, str]:
        fixed = {"DATABASE_URL": self.database, "DEBUG": "0", "SECRET_KEY": "of the bench, and of nothing else" * 2}
        return {**os.environ, **fixed, **self.given}

    def manage(self, *arguments: str) -> None:
        """Raises CalledProcessError."""
        self.told(*arguments)

    def told(self, *arguments: str) -> str:
        """What a command says; raises CalledProcessError."""
        command = [sys.executable, "manage.py", *arguments]
        pipe = subprocess.PIPE
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=self.environment, stdout=pipe, check=True, text=True)
        return done.stdout

    def prepare(self, *files: str) -> None:
        """Migrate the database, import the files, or else the one that comes with the site, and make two accounts:
        ``publisher``, who may do everything, and ``editor``. Collect static files if there are none.
        """
        names = files or ("fixtures/patterns.toml",)
        self.manage("shell", "--verbosity", "0", "--command", PREPARATION.replace("FILES", repr(names)))
        if not (settings.BASE_DIR / MANIFEST).exists():
            self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that the database answers, if it answers any."""
        if self.is_sqlite:
            with closing(sqlite3.connect(self.file, timeout=20)) as file, file:
                return file.execute(statement).fetchall()
        with psycopg.connect(self.database) as server:
            cursor = server.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def copied(self) -> Iterator["Site"]:
        """Another site whose database is a copy of this one, which nobody writes to."""
        if self.is_sqlite:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                copy = Site(Path(folder), sqlite_url(Path(folder)), self.given)
                copy.file.write_bytes(self.file.read_bytes())
                yield copy
        else:
            with postgresql_database(self.database, template=urlsplit(self.database).path[1:]) as url:
                yield Site(self.folder, url, self.given)


@dataclass
class Server:
    """A server on loopback. What it says is in ``log``; it is ready once it answers ``probe`` with 200."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    probe: str = "/healthz"

    @property
    def pids(self) -> list[int]:
        """Of its processes, the master first."""
        master = psutil.Process(self.process.pid)
        return [one.pid for one in (master, *master.children(recursive=True))]

    @property
    def pidfile(self) -> Path:
        return self.log.with_suffix(".pid")

    def wait_until_ready(self) -> None:
        """Raises:
        TimeoutError: with the end of its log, if nothing answers in time.
        """
        for _ in range(READY_S * 20):
            if self.process.poll() is None and is_answered(self.port, self.probe):
                return
            time.sleep(0.05)
        end = "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-5:])
        raise TimeoutError(f"The server did not answer within {READY_S} seconds.\n{end}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=READY_S)


def is_answered(port: int, path: str) -> bool:
    browser = Browser(port)
    with browsing(browser), suppress(OSError, HTTPException):
        return browser.get(path).status == 200
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def start_server(
    site: Site, application: str = SITE, *, port: int = 0, workers: int = 1, arguments: Sequence[str] = ()
) -> Server:
    """Begin to serve an application with the configuration of the site, in so many processes."""
    port = port or free_port()
    log = site.folder / f"gunicorn-{port}.log"
    # Not python -m gunicorn, which USR2 would start again as a file whose neighbours hide modules of Python.
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    command = [gunicorn, "--config", "python:archsite.gunicorn", "--workers", str(workers)]
    command += ["--pid", str(log.with_suffix(".pid"))]
    with log.open("ab") as file:
        process = subprocess.Popen(
            [*command, *arguments, application],
            cwd=settings.BASE_DIR,
            env={**site.environment, "PORT": str(port)},
            stdout=file,
            stderr=file,
        )
    return Server(port, process, log)


@contextmanager
def serving(site: Site, *applications: str, workers: int = 1) -> Iterator[list[Server]]:
    """A server for each application.

    Raises:
        TimeoutError: if one does not answer in time.
    """
    with ExitStack() as stack:
        servers = [start_server(site, one, workers=workers) for one in applications]
        for server in servers:
            stack.callback(server.stop)
        for server in servers:
            server.wait_until_ready()
        yield servers


@contextmanager
def scratch_site(folder: Path, **given: str) -> Iterator[Site]:
    """A site without a table yet, on the engine of DATABASE_URL: a file in the folder, or a database of that server."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield Site(folder, sqlite_url(folder), given)
        return
    with postgresql_database(url) as database:
        yield Site(folder, database, given)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{quote(str(folder / 'site.sqlite3'))}"


@contextmanager
def postgresql_database(url: str, *, template: str = "template1") -> Iterator[str]:
    """A database of its own on the server of another one, dropped at the end."""
    name, server = f"bench_{token_hex(6)}", urlsplit(url)
    # Not through the template itself, which must have no connection.
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
