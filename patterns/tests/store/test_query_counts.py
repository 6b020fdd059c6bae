"""What reads or compares the whole catalogue takes as many queries for forty entries as for ten."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.models import Catalog, Pattern
from patterns.store import bulk
from patterns.store.exports import export_all, export_part, export_public, stream
from patterns.store.history import document_at
from patterns.store.reading import load_document
from patterns.tests.factories import RICH, change_pattern, entry, import_entries, make_patterns

pytestmark = pytest.mark.django_db


def count_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def is_the_same_for_more(act: Callable[[int], object]) -> bool:
    """Whether an act takes the same number of queries over 10 and over 40 rich entries."""
    counts = []
    for size in (10, 40):
        make_patterns(size, **RICH)
        counts.append(count_of(partial(act, size)))
    assert counts[0] > 0
    return counts[0] == counts[1]


def change_each(size: int) -> None:
    import_entries(
        entry(f"{number:02}", category=f"Shelf {number % 4}", description=f"One of {size}.")
        for number in range(1, size + 1)
    )


def test_an_import_without_changes():
    assert is_the_same_for_more(lambda size: make_patterns(size, **RICH))


def test_an_import_that_changes_every_entry():
    assert is_the_same_for_more(change_each)


def test_an_export():
    assert is_the_same_for_more(lambda size: export_all().toml)


def test_a_batch_of_a_streamed_export(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "FIRST", bulk.CHUNK)

    assert is_the_same_for_more(lambda size: "".join(stream()))
    assert is_the_same_for_more(lambda size: "".join(stream(published=True)))


def test_a_public_export():
    assert is_the_same_for_more(lambda size: export_public().toml)


def test_an_export_of_a_part():
    assert is_the_same_for_more(lambda size: export_part(Pattern.objects.filter(status="published")).toml)


def test_the_catalogue_of_the_past():
    assert is_the_same_for_more(lambda size: document_at(Catalog.objects.get().version))


def test_an_edit_of_one_entry():
    assert is_the_same_for_more(lambda size: change_pattern(Pattern(code="01"), description=f"One of {size}."))


def test_the_whole_document_takes_one_query_for_each_table():
    make_patterns(10, **RICH)

    assert count_of(load_document) == 15
