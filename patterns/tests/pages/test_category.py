import pytest
from django.test import Client

from patterns.tests.factories import make_category, make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import category

pytestmark = pytest.mark.django_db


def test_it_works(client: Client):
    make_category("Data Pattern", description="Where data lives.")
    make_pattern("05", name="CQRS", category="Data Pattern")
    make_pattern("06", name="Saga", category="Transactions")

    page = parsed(client.get("/categories/data-pattern/"))

    assert texts(page, "h1") == ["Data Pattern"]
    assert texts(page, "h3") == ["CQRS"]
    assert "Where data lives." in text(page)
    assert links(page)["/categories/transactions/"] == "Transactions"


def test_long_categories_have_pages(client: Client, monkeypatch):
    monkeypatch.setattr(category, "PAGE_SIZE", 2)
    make_patterns(3, category="Data")

    first = parsed(client.get("/categories/data/"))
    second = parsed(client.get("/categories/data/?after=02"))

    assert links(first)["/categories/data/?after=02"] == "Next page"
    assert texts(second, "h3") == ["Pattern 03"]


def test_a_last_page_that_is_full_leads_no_further(client: Client, monkeypatch):
    monkeypatch.setattr(category, "PAGE_SIZE", 2)
    make_patterns(4, category="Data")

    page = parsed(client.get("/categories/data/?after=02"))

    assert texts(page, "h3") == ["Pattern 03", "Pattern 04"]
    assert "Next page" not in links(page).values()


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_category_without_published_entries_is_not_found(client: Client, status: str):
    make_pattern("01", category="Data", status=status)

    assert client.get("/categories/data/").status_code == 404


def test_an_unknown_category_is_not_found(client: Client):
    assert client.get("/categories/nothing/").status_code == 404


def test_a_category_says_how_many_entries_it_has_whatever_their_codes(client: Client, monkeypatch):
    monkeypatch.setattr(category, "PAGE_SIZE", 2)
    for code in ("05", "12", "40"):
        make_pattern(code, category="Data")

    page = parsed(client.get("/categories/data/"))

    assert texts(page, "h2")[0] == "3 entries"
