"""Migrations are complete, go both ways, and leave the rows that every database has."""

import pytest
from django.core.management import call_command
from django.db import connection

from patterns.document.text import name_key
from patterns.models import Catalog, Category, Pattern
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


def test_names_that_are_there_get_the_key_of_the_present(scratch: Scratch):
    call_command("migrate", "patterns", "0006", verbosity=0)
    pattern = make_pattern()
    Pattern.objects.update(name="Saga\u200b\u00a0Pattern", name_key="saga\u200b\u00a0pattern")
    Category.objects.update(name="Ｄａｔａ", name_key="ｄａｔａ")  # noqa: RUF001

    call_command("migrate", "patterns", verbosity=0)

    assert Pattern.objects.get(pk=pattern.pk).name_key == "saga pattern"
    assert Category.objects.get(pk=pattern.category_id).name_key == "data"


def test_of_two_names_that_became_the_same_the_later_keeps_its_key(scratch: Scratch):
    call_command("migrate", "patterns", "0006", verbosity=0)
    keys = {"01": "saga\u200bpattern", "02": "sagapattern\u00ad", "03": "outbox\u200b", "04": "outbox"}
    for code, key in keys.items():
        make_pattern(code)
        Pattern.objects.filter(code=code).update(name=key, name_key=key)

    call_command("migrate", "patterns", verbosity=0)

    expected = {**keys, "01": "sagapattern"}
    assert dict(Pattern.objects.values_list("code", "name_key")) == expected


def test_a_name_without_anything_to_see_stops_no_migration(scratch: Scratch):
    call_command("migrate", "patterns", "0006", verbosity=0)
    make_pattern()
    Pattern.objects.update(name="\u200b", name_key="\u200b")

    call_command("migrate", "patterns", verbosity=0)

    assert Pattern.objects.get().name_key == "\u200b"


@pytest.mark.django_db
def test_the_longest_key_of_a_name_fits():
    longest = "\ufdfa" * 120

    make_pattern(name=longest)

    assert len(Pattern.objects.get().name_key) == len(name_key(longest)) > 2000


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_its_catalogue_again():
    call_command("flush", interactive=False, verbosity=0)

    assert Catalog.objects.count() == 1
