"""Migrations are complete, go both ways, and leave the rows that every database has."""

import pytest
from django.core.management import call_command
from django.db import connection

from patterns.models import Catalog
from patterns.tests.factories import make_pattern
from patterns.tests.sync.scratch import Scratch

pytestmark = pytest.mark.database


def own_tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name.startswith("patterns_")]


def test_the_models_need_no_other_migration(scratch: Scratch):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_migrations_go_back_to_nothing_and_forth_again(scratch: Scratch):
    make_pattern()
    tables = own_tables()

    call_command("migrate", "patterns", "zero", verbosity=0)
    assert own_tables() == []
    call_command("migrate", "patterns", verbosity=0)

    assert own_tables() == tables
    assert make_pattern().code == "01"


def test_every_database_has_one_catalogue_of_its_own(scratch: Scratch):
    before = Catalog.objects.get()

    call_command("migrate", verbosity=0)

    assert Catalog.objects.get() == before
    assert len(before.id) == 8
    assert before.version == 0


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_its_catalogue_again():
    call_command("flush", interactive=False, verbosity=0)

    assert Catalog.objects.count() == 1
