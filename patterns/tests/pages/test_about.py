import pytest
from django.test import Client

from patterns.models import Catalog
from patterns.tests.factories import change_header, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts

pytestmark = pytest.mark.django_db
HERE = [("/about/", "About"), ("/compare/", "Compare"), ("/patterns/", "Entries"), ("/map/", "Map")]


def test_it_works(client: Client):
    page = parsed(client.get("/about/"))

    assert texts(page, "h1") == ["About this catalogue"]
    assert texts(page, "h2") == [
        "How it is curated",
        "What backs a sentence",
        "What you may do with it",
        "How to cite an entry",
        "Where the data is",
    ]


def test_texts_and_software_have_their_licences(client: Client):
    page = parsed(client.get("/about/"))

    assert "https://creativecommons.org/licenses/by/4.0/" in links(page)
    assert "MIT licence" in text(page)


def test_a_real_entry_shows_how_to_cite(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"
    change_header(title="Systems")
    make_pattern("02", name="Later")
    make_pattern("01", name="Saga")

    version = f"version {Catalog.objects.get().version} of the catalogue"
    cited = f"“Saga”, Systems, entry 01, {version}, 14 March 2025, https://catalog.example/patterns/saga/"
    assert cited in text(parsed(client.get("/about/")))
    assert cited in text(parsed(client.get("/patterns/saga/")))  # as its own page says it


def test_readers_are_told_how_to_suggest_a_correction(client: Client):
    assert "Suggest a correction" in text(parsed(client.get("/about/")))


def test_a_draft_is_no_example(client: Client):
    make_pattern("01", name="Saga", status="draft")

    assert "Saga" not in text(parsed(client.get("/about/")))


@pytest.mark.parametrize("address", ["/catalog.toml", "/catalog.json", "/catalog.csv", "/catalog.schema.json"])
def test_the_data_is_linked(client: Client, address: str):
    assert address in links(parsed(client.get("/about/")))


@pytest.mark.parametrize(
    ("address", "name"), [("/about/", "About"), ("/compare/", "Compare"), ("/patterns/", "Entries")]
)
def test_the_masthead_says_where_the_reader_is(client: Client, address: str, name: str):
    page = parsed(client.get(address))

    here = page.findall(".//header//nav//a[@aria-current='page']")
    assert ["".join(one.itertext()) for one in here] == [name]
