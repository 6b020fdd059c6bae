"""One category is merged into another: entries, addresses, counts and search follow, and old files mean that one."""

import pytest

from patterns.document.problems import InvalidCatalog
from patterns.files.reader import read_one
from patterns.models import Category, Change, FacetCount, FormerCategory, Pattern, Revision
from patterns.store.edits import StaleEdit
from patterns.store.exports import export
from patterns.store.history import document_at
from patterns.store.imports import import_file, plan_import
from patterns.store.reading import load_document
from patterns.store.shelves import merge_category, rename_category
from patterns.tests.factories import A_FILE, AN_EDITOR, change_pattern, make_category, make_pattern, make_patterns
from patterns.tests.search.shelf import names
from patterns.tests.store.fingerprints import entries_by, fingerprint_of_category

pytestmark = pytest.mark.django_db


def merged(slug: str, into: str) -> Change:
    count = Pattern.objects.filter(category__slug=slug).count()
    return merge_category(slug, into, opened=fingerprint_of_category(slug), count=count, by=AN_EDITOR)


def leads_to() -> dict[str, str]:
    return dict(FormerCategory.objects.leading().values_list("slug", "category__slug"))


@pytest.fixture
def shelves(db) -> None:
    """Two entries in Data, of which one is a draft, and one in Storage."""
    make_category("Data", slug="data-shelf", description="Where it is.")
    make_pattern("01", category="Data")
    make_pattern("02", category="Data", status="draft")
    make_pattern("03", category="Storage")
    make_category("Flow")


def test_entries_counts_and_search_follow_in_one_change(shelves: None):
    change = merged("data-shelf", "storage")

    assert entries_by("category") == dict.fromkeys(("01", "02", "03"), "Storage")
    assert [*load_document().categories] == [*load_document().header.categories] == ["storage", "flow"]
    assert {*FacetCount.objects.values_list("category__slug", "count")} == {("storage", 2)}
    assert names("q=storage") == ["Pattern 01", "Pattern 03"]
    assert names("q=data") == []
    assert {*Revision.objects.filter(change=change).values_list("what", "identity")} == {
        *(("entry", "01"), ("entry", "02")),
        *(("header", ""), ("category", "data-shelf")),
    }
    assert change == Change.objects.first()


def test_history_is_of_the_catalogue_as_it_was(shelves: None):
    before = load_document()
    change = merged("data-shelf", "storage")

    assert document_at(change.number - 1) == before
    assert document_at(change.number) == load_document()


def test_all_of_its_addresses_lead_to_the_other_one(shelves: None):
    category = load_document().categories["data-shelf"]
    named = category.model_copy(update={"slug": "moved"})
    rename_category("data-shelf", named, opened=fingerprint_of_category("data-shelf"), by=AN_EDITOR)

    merged("moved", "storage")
    merged("storage", "flow")

    assert leads_to() == {"data-shelf": "flow", "moved": "flow", "storage": "flow"}
    assert {*FormerCategory.objects.values_list("slug", "name")} == {
        *(("data-shelf", "Data"), ("moved", "Data"), ("storage", "Storage"))
    }


def test_an_empty_category_is_merged_too(shelves: None):
    change = merged("flow", "storage")

    assert leads_to() == {"flow": "storage"}
    assert {*change.revisions.values_list("what", flat=True)} == {"header", "category"}


@pytest.mark.parametrize("into", ["data-shelf", "nowhere", ""])
def test_there_has_to_be_another_category(shelves: None, into: str):
    before = load_document()

    with pytest.raises(InvalidCatalog, match="there is no other category"):
        merged("data-shelf", into)

    assert load_document() == before


@pytest.mark.parametrize(("opened", "count"), [("0" * 64, 2), ("", 2), (None, 1), (None, 3)])
def test_only_what_was_seen_is_merged(shelves: None, opened: str | None, count: int):
    opened = fingerprint_of_category("data-shelf") if opened is None else opened
    before = load_document()

    with pytest.raises(StaleEdit):
        merge_category("data-shelf", "storage", opened=opened, count=count, by=AN_EDITOR)

    assert load_document() == before


def test_many_entries_take_few_queries(django_assert_max_num_queries, db):
    make_category("Storage")
    make_patterns(300, category="Data")

    with django_assert_max_num_queries(75):
        merged("data", "storage")

    assert {*entries_by("category").values()} == {"Storage"}


# Files from before.


def without_base(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("base = "))


def imported(text: str) -> str:
    outcome = import_file(read_one(text.encode()), by=A_FILE)
    assert not outcome.plan.is_refused, outcome.plan.conflicts
    return outcome.plan.note


def exported(*, is_based: bool) -> str:
    """An export that was imported once, so that without its base it is known what it said."""
    text = export().toml if is_based else without_base(export().toml)
    imported(text)
    return text


@pytest.mark.parametrize("is_based", [True, False])
def test_an_old_export_has_nothing_to_change_after_a_merge(shelves: None, is_based: bool):
    text = exported(is_based=is_based)
    merged("data-shelf", "storage")

    plan = plan_import(read_one(text.encode()))

    assert (plan.edits, plan.conflicts, plan.kept) == ((), (), ())
    assert "'data-shelf' in the file is the category 'storage' by now" in plan.note


@pytest.mark.parametrize("is_based", [True, False])
def test_what_an_old_file_changed_in_its_entries_arrives(shelves: None, is_based: bool):
    text = exported(is_based=is_based)
    merged("data-shelf", "storage")

    imported(text.replace("What Pattern 01 is.", "Said by the file."))

    entry = load_document().entries["01"]
    assert (entry.description, entry.category) == ("Said by the file.", "Storage")
    assert [*load_document().categories] == ["storage", "flow"]


@pytest.mark.parametrize("is_based", [True, False])
def test_an_entry_that_an_old_file_moved_elsewhere_is_moved(shelves: None, is_based: bool):
    text = exported(is_based=is_based)
    merged("data-shelf", "storage")

    imported(text.replace('category = "Data"', 'category = "Flow"', 1))

    assert entries_by("category") == {"01": "Flow", "02": "Storage", "03": "Storage"}


@pytest.mark.parametrize("is_based", [True, False])
def test_an_entry_that_was_moved_here_since_stays(shelves: None, is_based: bool):
    text = exported(is_based=is_based)
    merged("data-shelf", "storage")
    change_pattern(Pattern.objects.get(code="01"), category="Flow")

    imported(text)

    assert entries_by("category")["01"] == "Flow"


@pytest.mark.parametrize("is_based", [True, False])
def test_what_an_old_file_says_of_the_category_itself_is_over(shelves: None, is_based: bool):
    text = exported(is_based=is_based)
    merged("data-shelf", "storage")

    imported(text.replace("Where it is.", "Said too late.").replace('"Data"', '"Kept"'))

    assert [(one.name, one.description) for one in load_document().categories.values()] == [
        *(("Storage", ""), ("Flow", ""))
    ]
    assert {*entries_by("category").values()} == {"Storage"}


def test_the_name_alone_means_the_other_one_too(shelves: None):
    merged("data-shelf", "storage")

    note = imported('[[items]]\ncode = "09"\nslug = "i"\nname = "I"\ndescription = "D."\ncategory = "DATA"\n')

    assert entries_by("category")["09"] == "Storage"
    assert "by now" in note


def test_a_category_that_has_the_name_again_beats_the_former_one(shelves: None):
    merged("data-shelf", "storage")
    make_category("Data", slug="data-anew")

    imported('[[items]]\ncode = "09"\nslug = "i"\nname = "I"\ndescription = "D."\ncategory = "Data"\n')

    assert entries_by("category")["09"] == "Data"


def test_a_stale_text_is_known_as_stale_although_its_category_was_another(shelves: None):
    old = without_base(export().toml)
    change_pattern(Pattern.objects.get(code="01"), description="Newer.")
    merged("data-shelf", "storage")

    plan = plan_import(read_one(old.encode()))

    assert not plan.is_refused
    assert [(one.edit.identity, one.edit.keys) for one in plan.kept] == [("01", ("description",))]


def test_a_sheet_that_names_it_means_the_other_one(shelves: None):
    merged("data-shelf", "storage")

    outcome = import_file(read_one(b"code,category\n01,Data\n02,Data\n", format="csv"), by=A_FILE)

    assert (outcome.plan.edits, outcome.plan.conflicts, outcome.plan.unchanged) == ((), (), 2)


def test_an_export_after_the_merge_is_a_fixed_point(shelves: None):
    merged("data-shelf", "storage")

    plan = plan_import(read_one(export().toml.encode()))

    assert plan.edits == ()
    assert "by now" not in plan.note


def test_the_row_that_was_merged_is_remembered_for_forms_that_were_open(shelves: None):
    row = Category.objects.get(slug="data-shelf").pk

    merged("data-shelf", "storage")

    assert FormerCategory.objects.get(slug="data-shelf").row == row
