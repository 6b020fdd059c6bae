import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.tests.admin.forms import EVERYTHING, client_of, make_staff
from patterns.tests.admin.logins import PASSWORD
from patterns.tests.store.scratch import scratch

__all__ = ["scratch"]


@pytest.fixture
def editor(db) -> User:
    """Has every permission at the desk, which makes a publisher, and is no superuser."""
    return make_staff(*EVERYTHING)


@pytest.fixture
def desk(editor: User) -> Client:
    return client_of(editor)


@pytest.fixture
def frida(db) -> User:
    """Signs in with her name and a password, and may read the desk."""
    return make_staff("view_pattern", name="frida", password=PASSWORD)
