import gc

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as laws

# A shared machine is slow at times: how long an example takes says nothing about a law.
laws.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
laws.load_profile("shared")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Pages are tested without a build: no manifest, nothing collected.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _uses_database(item):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to search it for garbage took a sixth of the CPU that tests of the forms use."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None
