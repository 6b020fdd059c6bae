"""The short words of entries follow every change of their names, whatever way it comes."""

import pytest

from patterns.models import ShortSlug
from patterns.store.edits import delete_entry
from patterns.store.short_slugs import short_names
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import AN_EDITOR, change_pattern, entry, import_entries, make_pattern
from patterns.workflow.saves import present

pytestmark = pytest.mark.django_db


def short() -> set[tuple[str, str]]:
    return {*ShortSlug.objects.values_list("slug", "pattern__code")}


@pytest.mark.parametrize(
    ("name", "aliases", "slugs"),
    [
        ("Saga Pattern", ["Process Manager"], ["process-manager", "saga"]),
        ("Saga PATTERN", [], ["saga"]),
        ("Saga", ["SAGA", "saga"], []),
        ("Pattern", [], []),
        ("Patterns of Use", [], []),
        ("\u65e5\u672c Pattern", ["\u65e5\u672c"], []),
        ("Écluse Pattern", ["Ecluse", "écluse!"], ["ecluse"]),
    ],
)
def test_other_names_and_the_name_without_its_ending_are_short(name: str, aliases: list[str], slugs: list[str]):
    assert short_names(name, aliases) == slugs


def test_an_edit_and_an_import_write_the_same():
    make_pattern("06", name="Saga Pattern", aliases=["Undo"])
    import_entries([entry("07", name="Outbox Pattern", aliases=["Relay"])])

    assert short() == {("saga", "06"), ("undo", "06"), ("outbox", "07"), ("relay", "07")}


def test_a_change_of_names_replaces_them():
    saga = make_pattern("06", name="Saga Pattern", aliases=["Undo"])
    make_pattern("07", name="Outbox Pattern")
    change_pattern(saga, aliases=["Redo"])

    assert short() == {("saga", "06"), ("redo", "06"), ("outbox", "07")}


def test_a_change_of_other_keys_writes_none():
    saga = make_pattern("06", name="Saga Pattern")
    before = [*ShortSlug.objects.values_list("pk", flat=True)]
    change_pattern(saga, description="New.")

    assert [*ShortSlug.objects.values_list("pk", flat=True)] == before


def test_two_entries_may_swap_their_names():
    import_entries([entry("06", name="Saga Pattern"), entry("07", name="Outbox Pattern")])
    import_entries([entry("06", name="Outbox Pattern"), entry("07", name="Saga Pattern")])

    assert short() == {("outbox", "06"), ("saga", "07")}


def test_a_deleted_draft_takes_them_along():
    make_pattern("06", name="Saga Pattern", status="draft")
    delete_entry("06", opened=fingerprint_of(present("06")), by=AN_EDITOR)

    assert short() == set()
