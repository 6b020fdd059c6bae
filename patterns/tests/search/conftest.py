import pytest

from patterns.tests.factories import import_entries
from patterns.tests.search.shelf import catalogue
from patterns.tests.sync.scratch import scratch, unmigrated

__all__ = ["scratch", "unmigrated"]


@pytest.fixture
def shelf(db) -> None:
    import_entries(catalogue())
