import pytest

from patterns.tests.conftest import SharedRows
from patterns.tests.factories import import_entries
from patterns.tests.search.shelf import catalogue


@pytest.fixture(scope="module")
def filled_shelf(shared_rows: SharedRows) -> None:
    with shared_rows():
        import_entries(catalogue())


@pytest.fixture
def shelf(filled_shelf: None, db: None) -> None:
    """The small catalogue, made once for all tests of a module."""
