import pytest
from django.test import Client

from patterns.tests.factories import make_category, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts

pytestmark = pytest.mark.django_db


def test_it_works(client: Client):
    make_category("Data", description="Where state lives.")
    make_pattern("06", category="Data")
    make_pattern("07", category="Data")
    make_pattern("08", category="Edge")

    page = parsed(client.get("/categories/"))

    assert texts(page, "h2") == ["Data", "Edge"]
    assert "Data Where state lives. 2 entries Edge 1 entry" in text(page)
    assert {"/categories/data/", "/categories/edge/"} <= {*links(page)}


def test_the_menu_leads_here(client: Client):
    assert links(parsed(client.get("/about/")))["/categories/"] == "Categories"


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_category_with_nothing_public_in_it_is_not_named(client: Client, status: str):
    make_pattern("06", category="Data", status=status)

    assert "The catalogue has no entries yet." in text(parsed(client.get("/categories/")))
