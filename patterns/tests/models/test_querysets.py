"""The one gate between the entries and the public, and the one order."""

import pytest
from django.core.management import call_command
from django.db import connection

from patterns.models import Category, Pattern, Relation
from patterns.tests.factories import change_pattern, entry, import_entries, make_category, make_pattern
from patterns.tests.store.scratch import connected_to, postgresql_copy

pytestmark = pytest.mark.django_db
IN_ORDER = ["-", ".", "1", "9", "A", "Z", "a", "z", "10", "A1", "Z9", "a1", "100", "1.2-B", "1.2-a"]
STATUSES = ("draft", "review", "published", "retired")


def codes(patterns) -> list[str]:
    return [one.code for one in patterns]


def test_the_public_sees_published_entries_only():
    for status in STATUSES:
        make_pattern(status, status=status)

    assert codes(Pattern.objects.published()) == ["published"]


def test_an_entry_that_was_retired_before_anyone_saw_it_was_never_public():
    make_pattern("01", status="retired")
    change_pattern(make_pattern("02"), status="retired")
    change_pattern(make_pattern("03"), status="draft")

    assert codes(Pattern.objects.once_published()) == ["02"]


def make_in_reverse(ordered: list[str]) -> None:
    numbered = enumerate(reversed(ordered))
    import_entries(entry(code, slug=f"slug-{number}", name=f"Name {number}") for number, code in numbered)


def test_codes_are_ordered_by_length_and_then_by_bytes():
    make_in_reverse(IN_ORDER)

    assert codes(Pattern.objects.in_code_order()) == IN_ORDER
    assert codes(Pattern.objects.all()) == IN_ORDER


def test_entries_of_one_category():
    make_pattern("01", category="Data")
    make_pattern("02", category="Flow")

    assert codes(Pattern.objects.in_category(Category.objects.get(slug="data"))) == ["01"]


def test_readers_see_the_categories_that_hold_published_entries():
    make_category("Empty")
    make_pattern("01", category="Drafts", status="draft")
    make_pattern("02", category="Shown")

    shown = Category.objects.shown()

    assert [(one.name, one.published_count) for one in shown] == [("Shown", 1)]


def test_categories_are_in_the_order_of_the_curator():
    for name in ("C", "A", "B"):
        make_category(name)

    assert [one.name for one in Category.objects.in_order()] == ["C", "A", "B"]


@pytest.mark.postgres
def test_the_order_of_codes_does_not_follow_the_language_of_the_server(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows one order")
    english = "template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"

    with postgresql_copy(tmp_path, template=english) as (name, _), connected_to(name):
        call_command("migrate", verbosity=0)
        make_in_reverse(IN_ORDER)

        assert codes(Pattern.objects.in_code_order()) == IN_ORDER


def test_relations_are_public_with_the_entry_that_states_them():
    relations = [{"type": "uses", "target": "03"}]
    make_pattern("03")
    make_pattern("01", relations=relations)
    make_pattern("02", relations=relations, status="draft")

    assert [one.source_id for one in Relation.objects.public().filter(target="03")] == ["01"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is that of SQLite")
def test_the_relations_to_an_entry_are_read_and_not_all_entries():
    plan = Relation.objects.public().filter(target="03").explain()

    assert "SEARCH patterns_relation USING INDEX relation_target" in plan.splitlines()[0]
    assert "SCAN" not in plan
