"""Categories: added, renamed with their entries, put in order, deleted only when empty."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from patterns.models import Catalog, Category, Change, Proposal, Revision
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.forms import address, catalogue_rows, client_of, errors_of, make_staff, opened, refused, save
from patterns.tests.factories import make_category, make_pattern, make_patterns

pytestmark = pytest.mark.django_db

ADD = address("add", model="category")


def page_of(category: Category) -> str:
    return address("change", category.pk, model="category")


def slugs() -> list[str]:
    return [*load_document().categories]


@pytest.fixture
def shelves(db) -> list[Category]:
    return [make_category(name) for name in ("Ark", "Bar", "Cod")]


def test_a_new_category_comes_last_as_one_change(desk: Client, editor: User, shelves: list[Category]):
    save(desk, ADD, {**opened(desk, ADD), "name": "Dog", "slug": "dog", "description": "Barks.", "comment": "New."})

    change = Change.objects.first()
    assert slugs() == ["ark", "bar", "cod", "dog"]
    assert (change.author, change.comment, change.origin) == (editor, "New.", "admin")
    assert {(one.what, one.identity) for one in change.revisions.all()} == {("header", ""), ("category", "dog")}


@pytest.mark.parametrize(("position", "expected"), [("1", "dabc"), ("2", "adbc"), ("4", "abcd"), ("9999", "abcd")])
def test_a_new_category_is_put_where_it_was_wanted(desk: Client, shelves: list[Category], position: str, expected: str):
    save(desk, ADD, {**opened(desk, ADD), "name": "Dog", "slug": "dog", "position": position})

    assert "".join(slug[0] for slug in slugs()) == expected


@pytest.mark.parametrize(
    ("position", "expected"), [("1", "cab"), ("2", "acb"), ("3", "abc"), ("", "abc"), ("50", "abc")]
)
def test_a_category_is_moved(desk: Client, shelves: list[Category], position: str, expected: str):
    page = page_of(shelves[2])

    save(desk, page, {**opened(desk, page), "position": position})

    assert "".join(slug[0] for slug in slugs()) == expected


@pytest.mark.parametrize("name", ["Cold  Store", "Cold\u00a0Store", "Ｃｏｌｄ Ｓｔｏｒｅ"])  # noqa: RUF001
def test_anothers_name_is_refused_however_it_is_typed(desk: Client, name: str):
    make_category("Cold Store")

    response = refused(desk, ADD, {**opened(desk, ADD), "name": name, "slug": "other"})

    assert "names both the category 'cold-store' and 'other'" in str(errors_of(response))


def test_a_name_in_which_something_hides_is_refused(desk: Client):
    response = refused(desk, ADD, {**opened(desk, ADD), "name": "Cold\u200b Store", "slug": "other"})

    assert "U+200B (ZERO WIDTH SPACE) at character 5; remove it" in str(errors_of(response))


def test_the_form_shows_the_present_place(desk: Client, shelves: list[Category]):
    assert [opened(desk, page_of(one))["position"] for one in shelves] == ["1", "2", "3"]


def test_saving_unchanged_makes_no_change(desk: Client, shelves: list[Category]):
    version = Catalog.objects.get().version

    save(desk, page_of(shelves[1]), opened(desk, page_of(shelves[1])))

    assert Catalog.objects.get().version == version


def test_entries_follow_a_renamed_category_and_each_has_its_revision(desk: Client):
    make_pattern("01", category="Ark")
    make_pattern("02", category="Ark", status="draft")
    make_pattern("03", category="Bar")
    page = page_of(Category.objects.get(slug="ark"))

    save(desk, page, {**opened(desk, page), "name": "Boat"})

    revised = Revision.objects.filter(change=Change.objects.first()).values_list("identity", flat=True)
    assert {code: one.category for code, one in load_entries().items()} == {"01": "Boat", "02": "Boat", "03": "Bar"}
    assert {*revised} == {"ark", "01", "02"}


def test_the_slug_of_a_category_stays(desk: Client, shelves: list[Category]):
    save(desk, page_of(shelves[0]), {**opened(desk, page_of(shelves[0])), "slug": "other", "name": "Boat"})

    assert slugs() == ["ark", "bar", "cod"]
    assert Category.objects.get(slug="ark").name == "Boat"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "ark"}, "slug"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"name": ""}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"name": "bell\x07"}, "name"),
        ({"description": "d" * 1_001}, "description"),
        ({"position": "0"}, "position"),
        ({"position": "9" * 30}, "position"),
        ({"position": "top"}, "position"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(desk: Client, shelves: list[Category], values: dict, field: str):
    form = {**opened(desk, ADD), "name": "Dog", "slug": "dog", **values}

    assert [*errors_of(refused(desk, ADD, form))] == [field]


@pytest.mark.parametrize("name", ["ARK", "ark", "Ark "])
def test_a_name_that_differs_in_case_only_is_refused(desk: Client, shelves: list[Category], name: str):
    response = refused(desk, ADD, {**opened(desk, ADD), "name": name, "slug": "dog"})

    assert "names both the category" in str(errors_of(response))


def test_a_non_ascii_name_that_differs_in_case_only_is_refused(desk: Client):
    make_category("École")

    assert errors_of(refused(desk, ADD, {**opened(desk, ADD), "name": "éCOLE", "slug": "dog"}))


def test_an_empty_category_is_deleted_in_one_change(desk: Client, shelves: list[Category]):
    desk.post(address("delete", shelves[1].pk, model="category"), {"post": "yes"})

    assert slugs() == ["ark", "cod"]
    assert Revision.objects.get(what="category", document__isnull=True).identity == "bar"


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_category_with_an_entry_is_kept(desk: Client, status: str):
    pattern = make_pattern(status=status)
    before = catalogue_rows()

    response = desk.post(address("delete", pattern.category_id, model="category"), {"post": "yes"}, follow=True)

    assert "Cannot delete category" in response.content.decode()
    assert catalogue_rows() == before


def test_the_list_counts_the_entries(desk: Client):
    make_patterns(5)

    listed = desk.get(address("changelist", model="category")).context["cl"].queryset

    assert {one.name: one.pattern_count for one in listed} == {"Shelf 0": 1, "Shelf 1": 2, "Shelf 2": 1, "Shelf 3": 1}


@pytest.mark.parametrize("name", ["add", "change", "delete"])
def test_who_may_only_look_can_write_nothing(name: str):
    category = make_category()
    client = client_of(make_staff("view_category"))
    arguments = () if name == "add" else (category.pk,)
    before = catalogue_rows()

    response = client.post(address(name, *arguments, model="category"), {"post": "yes", "name": "X", "slug": "x"})

    assert response.status_code == 403
    assert catalogue_rows() == before


def test_what_was_proposed_for_a_category_of_another_name_is_still_proposed(desk: Client):
    make_pattern("01", category="Ark")
    make_category("Bar")
    base = load_entries()["01"].model_dump(mode="json")
    proposed = {"code": "01", "base": base, "document": {**base, "category": "Bar"}, "keys": ["category"]}
    proposal = Proposal.objects.create(**proposed, author=make_staff(name="ada"), created_at=timezone.now())
    for slug, name in (("bar", "Boats"), ("ark", "Arks")):
        page = page_of(Category.objects.get(slug=slug))
        save(desk, page, {**opened(desk, page), "name": name})

    review = desk.get(address("change", proposal.pk, model="proposal")).context["review"]
    accepted = address("accept", proposal.pk, model="proposal")
    desk.post(accepted, {"opened": review.opened, "seen": review.proposal.seen, "accept-reason": ""})

    assert load_entries()["01"].category == "Boats"
