"""What a file says, the database holds, and an export says again: for every valid catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from patterns.document.catalog import Document
from patterns.document.plan import Choices
from patterns.document.text import name_key
from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.models import Catalog, Change
from patterns.store.exports import export_all
from patterns.store.imports import import_file
from patterns.store.reading import load_document
from patterns.tests.factories import A_FILE
from patterns.tests.strategies import documents

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that leaves nothing behind for the next example."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@few
@given(documents())
def test_the_database_gives_back_the_document_that_a_file_stated(document: Document):
    with undone():
        import_file(read_one(write_toml(document).encode()), by=A_FILE)

        assert load_document() == document


@pytest.mark.django_db
@few
@given(documents())
def test_an_export_of_an_import_is_the_same_file(document: Document):
    with undone():
        import_file(read_one(write_toml(document).encode()), by=A_FILE)

        assert write_toml(export_all().document) == write_toml(document)


@pytest.mark.django_db
@few
@given(documents(), documents())
def test_a_file_taken_over_any_catalogue_is_in_it_and_nothing_to_do_afterwards(ours: Document, theirs: Document):
    file = read_one(write_toml(theirs, partial=True).encode())
    with undone():
        import_file(read_one(write_toml(ours).encode()), by=A_FILE)
        if not is_compatible(ours, theirs):
            return
        import_file(file, by=A_FILE, choices=Choices(on_conflict="take"))
        version = Catalog.objects.get().version

        assert import_file(file, by=A_FILE).change is None
        assert Catalog.objects.get().version == version == Change.objects.count()


def is_compatible(ours: Document, theirs: Document) -> bool:
    """Whether the two can be one catalogue at all: no two of their entries or categories claim the same."""
    entries = {**ours.entries, **theirs.entries}.values()
    categories = {**ours.categories, **theirs.categories}.values()
    slugs, names = {one.slug for one in entries}, {name_key(one.name) for one in categories}
    return len(slugs) == len(entries) and len(names) == len(categories)
