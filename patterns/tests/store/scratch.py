"""Real databases of a test's own: other processes, threads and crashes meet there, beyond any test transaction."""

import atexit
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections

from patterns.store.reading import writing

KEY = "a key of the tests, and of nothing else, long enough"
ARRIVAL_S = 1.5  # until a form that was sent is read and waits to be written
ROOT = Path(__file__).resolve().parent.parent.parent.parent
Rows = dict[str, list[tuple[Any, ...]]]


def rows_of_all_tables() -> Rows:
    """Everything that the connected database holds, by table."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: sorted(model._base_manager.values_list(), key=repr) for model in models}


@dataclass(frozen=True)
class Scratch:
    """A database of one test; while the test runs, this process is connected to it as well."""

    url: str

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Start a real ``manage.py`` on it."""
        environment = {**os.environ, "DATABASE_URL": self.url, "SECRET_KEY": KEY}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **{**streams, **options})

    def run(self, *arguments: str, given: str | None = None, **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run ``manage.py`` to its end; ``given`` is its standard input."""
        with self.start(*arguments, **{"stdin": subprocess.PIPE, **options}) as process:
            out, err = process.communicate(given)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def at_once(self, *acts: Callable[[], Any]) -> list[Any]:
        """Run the acts in threads with connections of their own; returns their results or exceptions, in order."""
        with ThreadPoolExecutor(len(acts)) as pool:
            waiting = [pool.submit(disconnected_after, act) for act in acts]
        return [one.exception() or one.result() for one in waiting]

    def at_the_lock(self, *acts: Callable[[], Any]) -> list[Any]:
        """The same, where none is let through the catalogue's lock before all have come to it."""
        with ThreadPoolExecutor(len(acts)) as pool, writing():
            waiting = [pool.submit(disconnected_after, act) for act in acts]
            sleep(ARRIVAL_S)
        return [one.exception() or one.result() for one in waiting]


def disconnected_after(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


@pytest.fixture
def scratch(tmp_path: Path, django_db_setup, django_db_blocker) -> Iterator[Scratch]:
    """A migrated, empty catalogue of the engine that the tests run on."""
    with django_db_blocker.unblock(), migrated_copy(tmp_path) as (name, url), connected_to(name):
        yield Scratch(url)


@pytest.fixture
def unmigrated(tmp_path: Path, django_db_setup, django_db_blocker) -> Iterator[Scratch]:
    """A database without any table."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            yield Scratch(sqlite_url(tmp_path / "empty.sqlite3"))
        else:
            with postgresql_copy(tmp_path, template="template0") as (_, url):
                yield Scratch(url)


@contextmanager
def connected_to(name: str, **more: Any) -> Iterator[None]:
    """Let this process, threads included, use another database of the same engine, or with other settings."""
    usual, settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**settings, "NAME": name, **more}
    del connections["default"]
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = settings, usual
        # Django remembers the keys of content types by alias, and each database has its own.
        ContentType.objects.clear_cache()


# Copies of one migrated database for each engine


def migrated_copy(folder: Path) -> AbstractContextManager[tuple[str, str]]:
    """Its name and its address."""
    make = sqlite_copy if connection.vendor == "sqlite" else postgresql_copy
    return make(folder)


@contextmanager
def sqlite_copy(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / "scratch.sqlite3"
    path.write_bytes(migrated_file())
    yield str(path), sqlite_url(path)


@cache
def migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite3"
        with connected_to(str(path)):
            call_command("migrate", verbosity=0)
        return path.read_bytes()


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{quote(str(path))}"


@contextmanager
def postgresql_copy(folder: Path, *, template: str = "") -> Iterator[tuple[str, str]]:
    name = f"archsite_{os.getpid()}_{secrets.token_hex(4)}"
    execute(f"CREATE DATABASE {name} TEMPLATE {template or migrated_template()}")
    try:
        yield name, postgresql_url(name)
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def migrated_template() -> str:
    name = f"archsite_{os.getpid()}_template"
    execute(f"DROP DATABASE IF EXISTS {name}")
    execute(f"CREATE DATABASE {name}")
    atexit.register(execute, f"DROP DATABASE {name} WITH (FORCE)")
    with connected_to(name):
        call_command("migrate", verbosity=0)
    return name


def execute(statement: str) -> None:
    with psycopg.connect(postgresql_url("postgres"), autocommit=True) as server_connection:
        server_connection.execute(statement)


def postgresql_url(name: str) -> str:
    settings = connections.settings["default"]
    user = ":".join(quote(settings[key], safe="") for key in ("USER", "PASSWORD") if settings[key])
    return f"postgres://{user}@{settings['HOST']}:{settings['PORT'] or 5432}/{name}"
