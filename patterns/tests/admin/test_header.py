"""The catalogue's header: one row, edited and never added or deleted."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Catalog, Change
from patterns.store.reading import load_header
from patterns.tests.admin.forms import address, catalogue_rows, errors_of, opened, refused, save
from patterns.tests.factories import change_header, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db) -> str:
    make_category()
    change_header(title="Architectures", keywords=["one", "two"])
    return address("change", Catalog.objects.get().pk, model="catalog")


def test_an_edit_is_one_change_with_author_and_comment(desk: Client, editor: User, page: str):
    save(
        desk, page, {**opened(desk, page), "title": "Better", "keywords": "one\r\n\r\n three, four ", "comment": "Why."}
    )

    change, header = Change.objects.first(), load_header()
    assert (header.title, header.keywords, header.categories) == ("Better", ("one", "three, four"), ("data-pattern",))
    assert (change.author, change.comment, change.origin) == (editor, "Why.", "admin")
    assert [one.what for one in change.revisions.all()] == ["header"]


def test_saving_unchanged_makes_no_change(desk: Client, page: str):
    version = Catalog.objects.get().version

    save(desk, page, opened(desk, page))

    assert Catalog.objects.get().version == version


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "t" * 201}, "title"),
        ({"title": "bell\x07"}, "title"),
        ({"description": "d" * 1_001}, "description"),
        ({"keywords": "Same\r\nsame"}, "keywords"),
        ({"keywords": "k" * 121}, "keywords"),
        ({"keywords": "\r\n".join(map(str, range(61)))}, "keywords"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(desk: Client, page: str, values: dict, field: str):
    response = refused(desk, page, {**opened(desk, page), **values})

    assert [*errors_of(response)] == [field]


def test_number_version_and_statements_cannot_be_posted(desk: Client, page: str):
    before = Catalog.objects.get()

    save(desk, page, {**opened(desk, page), "id": "mine", "version": "99", "imported": "x", "title": "Better"})

    after = Catalog.objects.get()
    assert (after.pk, after.version, after.imported) == (before.pk, before.version + 1, before.imported)


@pytest.mark.parametrize("name", ["add", "delete"])
def test_it_is_neither_added_nor_deleted(admin_client: Client, name: str):
    arguments = () if name == "add" else (Catalog.objects.get().pk,)
    before = catalogue_rows()

    for send in (admin_client.get, admin_client.post):
        assert send(address(name, *arguments, model="catalog"), {"post": "yes"}).status_code == 403
    assert catalogue_rows() == before
