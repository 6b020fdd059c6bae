"""The catalogue of any moment can be had back, whatever happened before and after."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from patterns.document.catalog import Category, Document
from patterns.models import Catalog, Pattern, Revision
from patterns.store.edits import delete_category, delete_entry, save_category
from patterns.store.history import document_at, past_fingerprints
from patterns.store.reading import load_document
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import (
    AN_EDITOR,
    RICH,
    change_header,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
)
from patterns.workflow.restores import restore

pytestmark = pytest.mark.django_db
Act = Callable[[random.Random, Document], object]


def create(rng: random.Random, now: Document) -> None:
    code = f"n{len(Revision.objects.all())}"
    rich = RICH if rng.random() < 0.5 else {}
    make_pattern(
        code, category=rng.choice([*now.category_slugs()]), **{**rich, "status": rng.choice(["draft", "published"])}
    )


def change(rng: random.Random, now: Document) -> None:
    number = Catalog.objects.get().version
    values: dict[str, Any] = rng.choice(
        [{"description": f"Said {number}."}, {"slug": f"slug-{number}"}, {"aliases": [f"{number}"]}]
    )
    change_pattern(Pattern(code=rng.choice([*now.entries])), **values)


def delete_draft(rng: random.Random, now: Document) -> None:
    for draft in Pattern.objects.filter(published_at=None)[:1]:
        delete_entry(draft.code, opened=fingerprint_of(now.entries[draft.code]), by=AN_EDITOR)


def rename_category(rng: random.Random, now: Document) -> None:
    slug = rng.choice([*now.categories])
    document = Category(name=f"Shelf {Catalog.objects.get().version}", slug=slug)
    save_category(document, opened=fingerprint_of(now.categories[slug]), by=AN_EDITOR, position=0)


def delete_shelf(rng: random.Random, now: Document) -> None:
    make_category("Short-lived")
    opened = fingerprint_of(load_document().categories["short-lived"])
    delete_category("short-lived", opened=opened, by=AN_EDITOR)


def change_title(rng: random.Random, now: Document) -> None:
    change_header(title=f"Title {Catalog.objects.get().version}")


def import_two(rng: random.Random, now: Document) -> None:
    number = Catalog.objects.get().version
    import_entries([entry(f"i{number}"), entry(f"j{number}", category="B")])


def restore_one(rng: random.Random, now: Document) -> None:
    code = rng.choice([*now.entries])
    oldest = Revision.objects.filter(what="entry", identity=code).order_by("change")[0]
    restore(oldest, opened=fingerprint_of(now.entries[code]), by=AN_EDITOR)


ACTS: list[Act] = [
    *(create, change, change, delete_draft, rename_category),
    *(delete_shelf, change_title, import_two, restore_one),
]


@pytest.mark.parametrize("seed", range(4))
def test_every_version_is_as_it_was_when_it_was_the_present(seed: int):
    rng = random.Random(seed)
    import_entries([entry("01", category="A"), entry("02", category="B")])
    versions = {0: Document(), 1: load_document()}

    for _ in range(25):
        rng.choice(ACTS)(rng, load_document())
        versions[Catalog.objects.get().version] = load_document()

    assert {number: document_at(number) for number in versions} == versions
    assert len(versions) > 15


def test_a_name_that_is_refused_by_now_is_told_as_it_was():
    make_pattern(name="Saga")
    kept = Revision.objects.get(what="entry")
    Revision.objects.filter(pk=kept.pk).update(document=kept.document.replace('"Saga"', '"Sa\u200bga"'))

    assert document_at(Catalog.objects.get().version).entries["01"].name == "Sa\u200bga"


def test_the_order_of_the_categories_is_part_of_the_past():
    for name in "ABC":
        make_category(name)

    assert [*document_at(2).categories] == ["a", "b"]
    assert [*document_at(3).categories] == ["a", "b", "c"]


def test_entries_of_the_past_are_in_code_order():
    for code in ("A1", "10", "9", "100"):
        make_pattern(code)

    assert [*document_at(Catalog.objects.get().version).entries] == ["9", "10", "A1", "100"]


def test_past_fingerprints_are_those_that_the_entries_asked_for_have_left_behind():
    first, other = make_pattern("01"), make_pattern("02")
    old = load_document().entries
    for pattern in (first, other):
        change_pattern(pattern, description="New.")

    assert past_fingerprints(["01"]) == {"01": {fingerprint_of(old["01"])}}


def test_an_entry_that_never_was_anything_else_has_no_past():
    make_pattern("01")

    assert past_fingerprints(["01"]) == {}
