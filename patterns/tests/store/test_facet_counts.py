"""The counts that are kept are those that counting would give, whatever was written."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.document.catalog import CatalogFile, Category, Document, Header
from patterns.document.plan import Choices
from patterns.document.register import with_values
from patterns.document.vocabulary import KINDS, SIGNS, STATUSES
from patterns.models import Category as CategoryRow
from patterns.models import Consequence, FacetCount, Pattern
from patterns.store.edits import delete_category, delete_entry, save_category
from patterns.store.imports import import_file
from patterns.store.reading import load_document
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import (
    A_FILE,
    AN_EDITOR,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
)

pytestmark = pytest.mark.django_db
TWICE = [{"quality": "latency", "sign": "gain", "text": text} for text in ("One.", "Two.")]


def counted() -> Counter[tuple[str, ...]]:
    """By category, kind, sign and quality: asked of the entries."""
    public = Pattern.objects.published().order_by()
    shelves = Counter((*row, "", "") for row in public.values_list("category__slug", "kind"))
    stated = Consequence.objects.filter(pattern__in=public).order_by()
    columns = ("pattern", "pattern__category__slug", "pattern__kind", "sign", "quality")
    return shelves + Counter(row[1:] for row in stated.values_list(*columns).distinct())


def kept() -> dict[tuple[str, ...], int]:
    columns = ("category__slug", "kind", "sign", "quality", "count")
    return {(*key,): count for *key, count in FacetCount.objects.values_list(*columns)}


def some_values(rng: Random) -> dict[str, Any]:
    qualities = [rng.choice(["latency", "security", "cost"]) for _ in range(rng.randrange(4))]
    return {
        "category": rng.choice(["Data", "Flow", "Edge"]),
        "kind": rng.choice(KINDS),
        "status": rng.choice(["published", "published", *STATUSES]),
        "consequences": [{"quality": one, "sign": rng.choice(SIGNS), "text": f"For {one}."} for one in qualities],
    }


@pytest.mark.parametrize("seed", range(6))
def test_random_writes_keep_the_counts(seed: int):
    rng = Random(seed)
    for name in ("Data", "Flow", "Edge"):
        make_category(name)
    for step in range(12):
        code = str(rng.randrange(1, 9))
        row = Pattern.objects.filter(code=code).first()
        if rng.random() < 0.3:
            import_entries([entry(f"{step}-{number}", **some_values(rng)) for number in range(rng.randrange(1, 5))])
        elif row is None:
            make_pattern(code, **some_values(rng))
        else:
            change_pattern(row, **some_values(rng))

        assert kept() == counted()


def test_an_entry_that_gains_a_quality_twice_counts_once():
    make_pattern("01", category="Data", consequences=TWICE)

    assert kept() == {("data", "pattern", "", ""): 1, ("data", "pattern", "gain", "latency"): 1}


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_leaves_the_public_leaves_no_count(status: str):
    change_pattern(make_pattern("01", consequences=TWICE), status=status)

    assert kept() == {}


def test_categories_that_swap_their_names_keep_their_counts():
    make_pattern("01", category="Data")
    make_pattern("02", category="Flow", kind="style")
    make_pattern("03", category="Flow")
    ours = load_document()
    names = {"Data": "Flow", "Flow": "Data"}
    categories = {slug: Category(name=names[one.name], slug=slug) for slug, one in ours.categories.items()}
    entries = {code: with_values(one, {"category": names[one.category]}) for code, one in ours.entries.items()}

    file = CatalogFile(Document(Header(), categories, entries))

    import_file(file, by=A_FILE, choices=Choices(on_conflict="take"))

    assert CategoryRow.objects.get(slug="data").name == "Flow"
    assert kept() == counted()
    assert kept()["data", "pattern", "", ""] == 1


def test_a_renamed_category_keeps_its_counts():
    make_pattern("01", category="Data")
    category = Category(name="Data", slug="data")

    save_category(with_values(category, {"name": "Stores"}), opened=fingerprint_of(category), by=AN_EDITOR)

    assert kept() == counted() == {("data", "pattern", "", ""): 1}


def test_what_is_deleted_is_counted_no_more():
    make_pattern("01", category="Data", status="draft")
    document = load_document().entries["01"]

    delete_entry("01", opened=fingerprint_of(document), by=AN_EDITOR)
    delete_category("data", opened=fingerprint_of(Category(name="Data", slug="data")), by=AN_EDITOR)

    assert kept() == {}


def test_an_edit_that_changes_no_facet_asks_for_no_count():
    pattern = make_pattern("01", consequences=TWICE)

    with CaptureQueriesContext(connection) as captured:
        change_pattern(pattern, description="Other words.")

    assert not [one for one in captured.captured_queries if "facetcount" in one["sql"]]
