import gc
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import transaction
from django.template import Context, Template
from hypothesis import HealthCheck
from hypothesis import settings as laws
from pytest_django import DjangoDbBlocker

# A shared machine is slow at times: how long an example takes says nothing about a law.
laws.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
laws.load_profile("shared")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
SharedRows = Callable[[], AbstractContextManager[None]]
PROGRAM = ("archsite", "patterns", "templates", "fixtures", "manage.py", "requirements.txt")
WIDGETS = ("django/forms/", "admin/widgets/")


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Pages are tested without a build: no manifest, nothing collected.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = None
    if (database := settings.DATABASES["default"])["ENGINE"] == "archsite.sqlite":
        database.setdefault("TEST", {})["NAME"] = ":memory:"  # for Django's own SQLite pytest-django knows it by itself


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _uses_database(item):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to search it for garbage took a sixth of the CPU that tests of the forms use."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _unwatched_widgets(django_test_environment: None) -> Iterator[None]:
    """Django copies the context of each template for `response.context`: of widgets, hundreds on a form, in vain."""
    watched = Template._render

    def render(template: Template, context: Context) -> str:
        is_widget = (template.name or "").startswith(WIDGETS)
        return template.nodelist.render(context) if is_widget else watched(template, context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SharedRows]:
    """Rows made inside `with shared_rows():` are there for every test of a module, each of which changes its own copy.

    For tests in transactions only: the rows are in one that surrounds theirs.
    """
    with ExitStack() as surrounding:
        with django_db_blocker.unblock():
            surrounding.enter_context(transaction.atomic())
        yield django_db_blocker.unblock
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            surrounding.close()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program that can be served: its static files have names, which takes no time, and no bytes."""
    copy = tmp_path_factory.mktemp("program")
    for name in PROGRAM:
        source = Path(settings.BASE_DIR) / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("tests"))
        else:
            shutil.copy(source, copy / name)
    names = {path: path for finder in get_finders() for path, _ in finder.list([])}
    manifest = copy / "var" / "static" / "staticfiles.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"version": "1.1", "hash": "", "paths": names}))
    return copy


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None
