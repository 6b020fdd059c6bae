"""Uniqueness is judged on the final state: what one change moves around may pass through each other."""

import pytest

from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.models import Category, Pattern
from patterns.store.imports import import_file
from patterns.store.reading import load_document
from patterns.tests.document.documents import category, document
from patterns.tests.factories import A_FILE, entry, import_entries
from patterns.tests.store.fingerprints import entries_by

pytestmark = pytest.mark.django_db


def arrives(slugs_or_names: str, before: list[str], after: list[str]) -> None:
    """Import entries with the values of a key, then the same with others; assert that those are there."""
    codes = [f"{number:02}" for number in range(1, len(after) + 1)]
    for values in (before, after):
        import_entries(
            entry(code, **given(slugs_or_names, code, value)) for code, value in zip(codes, values, strict=False)
        )

    assert entries_by(slugs_or_names) == dict(zip(codes, after, strict=True))


def given(key: str, code: str, value: str) -> dict[str, str]:
    return {"slug": f"entry-{code}", "name": f"Entry {code}", key: value}


@pytest.mark.parametrize("key", ["slug", "name"])
def test_two_swap(key: str):
    arrives(key, ["a", "b"], ["b", "a"])


@pytest.mark.parametrize("key", ["slug", "name"])
def test_three_change_places_in_a_circle(key: str):
    arrives(key, ["a", "b", "c"], ["b", "c", "a"])


@pytest.mark.parametrize("key", ["slug", "name"])
def test_a_chain_moves_up(key: str):
    arrives(key, ["a", "b", "c"], ["b", "c", "d"])


@pytest.mark.parametrize("key", ["slug", "name"])
def test_a_chain_moves_down(key: str):
    arrives(key, ["b", "c", "d"], ["a", "b", "c"])


@pytest.mark.parametrize("key", ["slug", "name"])
def test_a_new_entry_takes_what_another_leaves(key: str):
    arrives(key, ["a"], ["b", "a"])


def test_names_that_differ_in_case_only_swap():
    arrives("name", ["École", "Straße"], ["STRASSE", "ÉCOLE"])


def test_swaps_work_beyond_one_statement():
    count = 1_200
    slugs = [f"slug-{number}" for number in range(count)]

    arrives("slug", slugs, slugs[::-1])


def test_two_categories_swap_their_names_and_their_entries_follow():
    shelves = {"data": "Data", "flow": "Flow"}
    swapped = {"data": "Flow", "flow": "Data"}

    for names in (shelves, swapped):
        shelf = [category(name, slug=slug) for slug, name in names.items()]
        entries = [entry("01", category=names["data"]), entry("02", category=names["flow"])]
        import_file(read_one(write_toml(document(*entries, categories=shelf)).encode()), by=A_FILE)

    assert {slug: one.name for slug, one in load_document().categories.items()} == swapped
    assert entries_by("category") == {"01": "Flow", "02": "Data"}
    assert Pattern.objects.get(code="01").category == Category.objects.get(slug="data")


def test_a_chain_of_category_names_moves_up():
    for names in (("A", "B"), ("B", "C")):
        shelf = [category(name, slug=slug) for slug, name in zip(("one", "two"), names, strict=True)]
        import_file(read_one(write_toml(document(categories=shelf)).encode()), by=A_FILE)

    assert [one.name for one in Category.objects.in_order()] == ["B", "C"]
