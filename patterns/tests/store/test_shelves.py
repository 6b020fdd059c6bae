"""Edits of categories and of the header."""

import pytest

from patterns.document.catalog import Category, Header
from patterns.document.problems import InvalidCatalog
from patterns.models import Category as CategoryRow
from patterns.models import Revision
from patterns.store.edits import StaleEdit, delete_category, save_category, save_entry, save_header
from patterns.store.reading import load_document
from patterns.tests.factories import AN_EDITOR, change_header, make_category, make_pattern
from patterns.tests.store.fingerprints import (
    entries_by,
    fingerprint_of_category,
    fingerprint_of_entry,
    fingerprint_of_header,
)

pytestmark = pytest.mark.django_db


def revised(number: int) -> set[tuple[str, str]]:
    return set(Revision.objects.filter(change=number).values_list("what", "identity"))


def renamed(slug: str, name: str) -> int:
    """Give a category another name; returns the number of the change."""
    document = load_document().categories[slug].model_copy(update={"name": name})
    change = save_category(document, opened=fingerprint_of_category(slug), by=AN_EDITOR)
    assert change is not None
    return change.number


def moved(slug: str, position: int) -> tuple[str, ...]:
    """Move a category; returns the order of all."""
    document = load_document().categories[slug]
    save_category(document, opened=fingerprint_of_category(slug), by=AN_EDITOR, position=position)
    return tuple(load_document().categories)


def test_a_new_name_of_a_category_is_a_revision_of_each_entry_in_it():
    make_pattern("01", category="Data")
    make_pattern("02", category="Data", status="draft")
    make_pattern("03", category="Flow")

    number = renamed("data", "Storage")

    assert revised(number) == {("category", "data"), ("entry", "01"), ("entry", "02")}
    assert entries_by("category") == {"01": "Storage", "02": "Storage", "03": "Flow"}


def test_a_new_description_of_a_category_is_a_revision_of_it_alone():
    make_pattern(category="Data")
    document = Category(name="Data", slug="data", description="Where it is kept.")

    change = save_category(document, opened=fingerprint_of_category("data"), by=AN_EDITOR)

    assert revised(change.number) == {("category", "data")}


def test_an_entry_that_was_opened_before_its_category_was_renamed_is_stale():
    make_pattern(category="Data")
    document, opened = load_document().entries["01"], fingerprint_of_entry("01")
    renamed("data", "Storage")

    with pytest.raises(StaleEdit):
        save_entry(document.model_copy(update={"description": "New."}), opened=opened, by=AN_EDITOR)


def test_a_category_is_saved_only_if_it_is_as_it_was_opened():
    make_category("Data")
    opened = fingerprint_of_category("data")
    renamed("data", "Storage")

    with pytest.raises(StaleEdit) as refused:
        save_category(Category(name="Mine", slug="data"), opened=opened, by=AN_EDITOR)

    assert refused.value.current.name == "Storage"


@pytest.mark.parametrize(
    ("category", "message"),
    [
        (Category(name="Other", slug="data"), "slug: 'data' is the slug of 'Data'"),
        (Category(name="DATA", slug="other"), "'DATA' names both the category 'data' and 'other'"),
    ],
)
def test_a_new_category_must_not_take_what_another_holds(category: Category, message: str):
    make_category("Data")

    with pytest.raises(InvalidCatalog, match=message):
        save_category(category, opened="", by=AN_EDITOR)


def test_a_new_category_comes_last_and_the_header_is_revised_with_it():
    make_category("Data")

    make_category("Flow")

    assert load_document().header.categories == ("data", "flow")
    assert revised(2) == {("category", "flow"), ("header", "")}


@pytest.mark.parametrize(
    ("position", "order"), [(0, ("c", "a", "b")), (1, ("a", "c", "b")), (2, ("a", "b", "c")), (99, ("a", "b", "c"))]
)
def test_a_category_moves_to_a_position(position: int, order: tuple[str, ...]):
    for name in "ABC":
        make_category(name)

    assert moved("c", position) == order
    assert [*CategoryRow.objects.in_order().values_list("slug", flat=True)] == [*order]


def test_a_move_is_a_revision_of_the_header_alone():
    for name in "AB":
        make_category(name)

    moved("b", 0)

    assert revised(3) == {("header", "")}


def test_an_empty_category_is_deleted():
    for name in "AB":
        make_category(name)

    change = delete_category("a", opened=fingerprint_of_category("a"), by=AN_EDITOR)

    assert tuple(load_document().categories) == load_document().header.categories == ("b",)
    assert revised(change.number) == {("category", "a"), ("header", "")}


@pytest.mark.parametrize("status", ["published", "draft", "retired"])
def test_a_category_that_holds_an_entry_is_not_deleted(status: str):
    make_pattern(category="Data", status=status)

    with pytest.raises(InvalidCatalog, match=r"\[01\]: is in this category; move it first"):
        delete_category("data", opened=fingerprint_of_category("data"), by=AN_EDITOR)


def test_the_header_is_one_revision():
    change_header(title="Systems", description="All of them.", keywords=("b", "a"))

    assert revised(1) == {("header", "")}
    assert load_document().header == Header(title="Systems", description="All of them.", keywords=("b", "a"))


def test_a_header_that_changed_since_it_was_opened_is_refused():
    opened = fingerprint_of_header()
    change_header(title="Theirs")

    with pytest.raises(StaleEdit):
        save_header(Header(title="Mine"), opened=opened, by=AN_EDITOR)

    assert load_document().header.title == "Theirs"


def test_a_header_puts_the_categories_into_its_order():
    for name in "ABC":
        make_category(name)

    save_header(Header(categories=("c", "unknown", "a")), opened=fingerprint_of_header(), by=AN_EDITOR)

    assert tuple(load_document().categories) == ("c", "a", "b")
