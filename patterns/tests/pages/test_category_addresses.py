"""An address that a category had goes on answering, alone and as a choice of every list."""

import pytest
from django.test import Client

from patterns.document.catalog import Category
from patterns.store.reading import load_document
from patterns.store.shelves import rename_category
from patterns.tests.factories import AN_EDITOR, make_category, make_pattern
from patterns.tests.pages.trees import parsed, texts
from patterns.tests.search.shelf import ask
from patterns.tests.store.fingerprints import fingerprint_of_category

pytestmark = pytest.mark.django_db


def renamed(slug: str, to: str) -> None:
    category = Category(name=load_document().categories[slug].name, slug=to)
    rename_category(slug, category, opened=fingerprint_of_category(slug), by=AN_EDITOR)


@pytest.fixture(autouse=True)
def _moved(db) -> None:
    make_pattern("01", name="Saga", category="Data")
    make_pattern("02", name="Outbox", category="Flow")
    renamed("data", "storage")


@pytest.mark.parametrize("path", ["/categories/{}/", "/categories/{}/feed.atom", "/categories/{}/?after=00"])
def test_a_former_address_redirects_for_good(client: Client, path: str):
    response = client.get(path.format("data"))

    assert (response.status_code, response["Location"]) == (301, path.format("storage"))
    assert response["Cache-Control"] == "no-cache"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("path", ["/categories/void/", "/categories/void/feed.atom", "/categories/gone/"])
def test_it_leads_nowhere_where_readers_see_nothing(client: Client, path: str):
    make_category("Void")
    renamed("void", "empty")

    assert client.get(path).status_code == 404


def test_the_list_reads_a_former_slug_as_the_present_one(client: Client):
    page = client.get("/patterns/?category=data")

    assert texts(parsed(page), "h1") == ["Entries in Data"]
    assert "Saga" in page.content.decode()
    assert "/patterns/?category=storage" in page.content.decode()
    assert "category=data" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("category=data", ["Saga"]),
        ("category=data&category=storage", ["Saga"]),
        ("-category=data", ["Outbox"]),
        ("category=data&-category=storage", ["Outbox"]),
        ("category=data&q=saga", ["Saga"]),
    ],
)
def test_every_search_does(query: str, names: list[str]):
    assert [hit.pattern.name for hit in ask(query).hits] == names


def test_the_api_does(client: Client):
    items = client.get("/api/v1/patterns?category=data").json()["items"]

    assert [one["name"] for one in items] == ["Saga"]


def test_the_matrix_does(client: Client):
    old, new = (client.get(f"/matrix/?category={slug}").content for slug in ("data", "storage"))

    assert old == new
    assert client.get("/matrix/?after=data.01").content == client.get("/matrix/?after=storage.01").content
