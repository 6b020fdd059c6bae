"""A category gets another address: its row stays, the old address leads to it, and old files mean it."""

import pytest

from patterns.document.catalog import Category
from patterns.document.problems import InvalidCatalog
from patterns.files.reader import read_one
from patterns.models import Catalog, FacetCount, FormerCategory, Revision
from patterns.models import Category as CategoryRow
from patterns.store.edits import StaleEdit, save_category
from patterns.store.exports import export
from patterns.store.history import document_at, versions
from patterns.store.imports import import_file, plan_import
from patterns.store.reading import load_document
from patterns.store.shelves import rename_category
from patterns.tests.factories import A_FILE, AN_EDITOR, make_category, make_pattern
from patterns.tests.store.fingerprints import entries_by, fingerprint_of_category

pytestmark = pytest.mark.django_db


def renamed(slug: str, to: str) -> int:
    """Give a category another address; returns the number of the change."""
    category = load_document().categories[slug].model_copy(update={"slug": to})
    change = rename_category(slug, category, opened=fingerprint_of_category(slug), by=AN_EDITOR)
    assert change is not None
    return change.number


def former() -> dict[str, str]:
    return dict(FormerCategory.objects.leading().values_list("slug", "category__slug"))


def described(slug: str, description: str) -> None:
    category = load_document().categories[slug].model_copy(update={"description": description})
    save_category(category, opened=fingerprint_of_category(slug), by=AN_EDITOR)


@pytest.fixture
def shelves(db) -> None:
    make_category("Data", slug="data-shelf")  # which an export states, since it is not that of the name
    make_pattern("01", category="Data")
    make_pattern("02", category="Flow")


def test_the_row_its_place_and_its_entries_stay(shelves: None):
    rows = {one.pk: one.position for one in CategoryRow.objects.all()}

    number = renamed("data-shelf", "storage")

    assert {one.pk: one.position for one in CategoryRow.objects.all()} == rows
    assert load_document().header.categories == ("storage", "flow")
    assert entries_by("category") == {"01": "Data", "02": "Flow"}
    assert FacetCount.objects.get(category__slug="storage").count == 1
    assert former() == {"data-shelf": "storage"}
    revisions = {(one.what, one.identity): one.document for one in Revision.objects.filter(change=number)}
    assert revisions.keys() == {("header", ""), ("category", "data-shelf"), ("category", "storage")}
    assert [key for key, document in revisions.items() if document is None] == [("category", "data-shelf")]


def test_history_is_of_the_catalogue_as_it_was(shelves: None):
    before = load_document()
    number = renamed("data-shelf", "storage")

    assert document_at(number - 1) == before
    assert document_at(number) == load_document()


def test_the_versions_of_a_category_go_on_across_its_addresses(shelves: None):
    renamed("data-shelf", "storage")
    described("storage", "Where it is kept.")

    found = versions("category", "storage", limit=9)

    assert [(one.did, one.keys) for one in found] == [
        ("changed", ("description",)),
        ("changed", ("slug",)),
        ("created", ()),
    ]


def test_every_address_of_the_past_leads_to_the_category(shelves: None):
    for slug, to in (("data-shelf", "second"), ("second", "third")):
        renamed(slug, to)

    assert former() == {"data-shelf": "third", "second": "third"}


def test_a_category_that_takes_its_address_back_has_it_no_longer_as_a_former_one(shelves: None):
    for slug, to in (("data-shelf", "storage"), ("storage", "data-shelf")):
        renamed(slug, to)

    assert [*FormerCategory.objects.values_list("slug", flat=True)] == ["storage"]
    assert [one.did for one in versions("category", "data-shelf", limit=9)] == ["changed", "changed", "created"]


@pytest.mark.parametrize(
    ("to", "message"),
    [("flow", "'flow' is the address of 'Flow'"), ("once", "'once' is a former address of 'Flow', which still redir")],
)
def test_what_is_anothers_address_or_was_is_refused(shelves: None, to: str, message: str):
    renamed("flow", "once")
    renamed("once", "flow")
    before = load_document()

    with pytest.raises(InvalidCatalog, match=message):
        renamed("data-shelf", to)

    assert load_document() == before


def test_a_new_category_must_not_take_a_former_address(shelves: None):
    renamed("data-shelf", "storage")

    with pytest.raises(InvalidCatalog, match="'data-shelf' is a former address of 'Data', which still redirects"):
        save_category(Category(name="New", slug="data-shelf"), opened="", by=AN_EDITOR)


def test_only_what_was_seen_is_renamed(shelves: None):
    opened = fingerprint_of_category("data-shelf")
    described("data-shelf", "Changed meanwhile.")

    with pytest.raises(StaleEdit):
        rename_category("data-shelf", Category(name="Data", slug="storage"), opened=opened, by=AN_EDITOR)

    assert former() == {}


def test_a_category_that_is_gone_is_not_renamed(db):
    with pytest.raises(StaleEdit):
        rename_category("data-shelf", Category(name="Data", slug="storage"), opened="", by=AN_EDITOR)


# Files that name the old address.


def text_of_export() -> str:
    return export().toml


def imported(text: str) -> str:
    """Import a text; returns the note of its plan."""
    outcome = import_file(read_one(text.encode()), by=A_FILE)
    assert not outcome.plan.is_refused, outcome.plan.conflicts
    return outcome.plan.note


def without_base(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("base = "))


@pytest.mark.parametrize("is_based", [True, False])
def test_an_old_export_has_nothing_to_change_after_a_rename(shelves: None, is_based: bool):
    text = text_of_export() if is_based else without_base(text_of_export())
    imported(text)
    renamed("data-shelf", "storage")

    plan = plan_import(read_one(text.encode()))

    assert (plan.edits, plan.conflicts, plan.kept) == ((), (), ())
    assert "'data-shelf' in the file is the category 'storage' by now" in plan.note


@pytest.mark.parametrize("is_based", [True, False])
def test_what_an_old_file_changed_is_merged_into_the_renamed_category(shelves: None, is_based: bool):
    text = text_of_export() if is_based else without_base(text_of_export())
    imported(text)
    renamed("data-shelf", "storage")

    imported(text.replace('slug = "data-shelf"', 'slug = "data-shelf"\ndescription = "Where it is kept."'))

    assert CategoryRow.objects.get(slug="storage").description == "Where it is kept."
    assert [*load_document().categories] == ["storage", "flow"]


def test_a_new_name_and_order_of_an_old_file_arrive_at_the_new_address(shelves: None):
    text = text_of_export()
    renamed("data-shelf", "storage")
    data, flow = (
        f'[[categories]]\nname = "{name}"\n{slug}\n' for name, slug in (("Data", 'slug = "data-shelf"\n'), ("Flow", ""))
    )
    assert data + flow in text

    imported(text.replace(data + flow, flow + data).replace('"Data"', '"Kept"'))

    assert [(one.slug, one.name) for one in load_document().categories.values()] == [
        ("flow", "Flow"),
        ("storage", "Kept"),
    ]
    assert entries_by("category") == {"01": "Kept", "02": "Flow"}


def test_a_file_that_only_names_it_means_the_renamed_category(shelves: None):
    renamed("data-shelf", "storage")
    described("storage", "Kept.")

    imported('[[items]]\ncode = "03"\nslug = "c"\nname = "C"\ndescription = "D."\ncategory = "Data"\n')

    assert entries_by("category")["03"] == "Data"
    assert load_document().categories["storage"].description == "Kept."


def test_the_name_of_before_means_it_too_once_it_has_another(shelves: None):
    renamed("flow", "stream")
    category = load_document().categories["stream"].model_copy(update={"name": "Streams"})
    save_category(category, opened=fingerprint_of_category("stream"), by=AN_EDITOR)

    imported('[[items]]\ncode = "03"\nslug = "c"\nname = "C"\ndescription = "D."\ncategory = "Flow"\n')

    assert entries_by("category")["03"] == "Streams"
    assert [*load_document().categories] == ["data-shelf", "stream"]


def test_a_file_that_lists_both_addresses_means_one_category(shelves: None):
    renamed("data-shelf", "storage")
    listed = '[[categories]]\nname = "Data"\nslug = "storage"\n\n[[categories]]\nname = "Older"\nslug = "data-shelf"\n'

    imported(listed + '[[items]]\ncode = "03"\nslug = "c"\nname = "C"\ndescription = "D."\ncategory = "Older"\n')

    assert entries_by("category")["03"] == "Data"
    assert [*load_document().categories] == ["storage", "flow"]


def test_an_export_after_the_rename_is_a_fixed_point(shelves: None):
    renamed("data-shelf", "storage")
    version = Catalog.objects.get().version

    note = imported(text_of_export())

    assert Catalog.objects.get().version == version
    assert "by now" not in note


def test_nothing_is_left_behind_once_another_category_lives_there(shelves: None):
    """The address of a category that is deleted leads nowhere, and is free."""
    make_category("Empty")
    renamed("empty", "void")

    CategoryRow.objects.get(slug="void").delete()

    assert former() == {}
