import pytest

from patterns.tests.factories import import_entries
from patterns.tests.search.shelf import catalogue


@pytest.fixture
def shelf(db) -> None:
    import_entries(catalogue())
