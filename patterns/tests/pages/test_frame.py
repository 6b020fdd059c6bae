"""What stands around every page: what the site is called, where it leads, what it offers to look for."""

from collections import Counter
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from patterns.tests.factories import change_header, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views.pages import PAGES

pytestmark = pytest.mark.django_db
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def placeholders(client: Client, address: str = "/") -> list[str | None]:
    return [one.get("placeholder") for one in parsed(client.get(address)).iter("input") if one.get("type") == "search"]


@pytest.mark.parametrize("address", ["/", "/patterns/", "/about/", "/nothing/", "/lab/", "/api/v1/docs"])
def test_the_site_is_called_what_its_catalogue_is_called(client: Client, address: str):
    change_header(title="Bridges of Steel")

    page = parsed(client.get(address))

    assert text(page, "header").startswith("Bridges of Steel")
    assert text(page, "footer").startswith("Bridges of Steel")
    assert text(page, "title").endswith("Bridges of Steel")
    assert page.find(".//link[@rel='search']").get("title") == "Bridges of Steel"
    assert "Archsite" not in "".join(page.itertext())


def test_another_title_is_shown_at_once(client: Client):
    change_header(title="Bridges")
    client.get("/about/")

    change_header(title="Tunnels")

    assert text(parsed(client.get("/about/")), "header").startswith("Tunnels")


def test_a_catalogue_without_a_title_is_called_by_the_software(client: Client):
    page = parsed(client.get("/about/"))

    assert text(page, "header").startswith("Archsite")
    assert text(page, "title") == "About · Archsite"


def test_browsers_search_it_by_its_name(client: Client):
    change_header(title="Bridges of Steel")

    found = ElementTree.fromstring(client.get("/opensearch.xml").content)

    assert found.findtext(f"{SEARCH}ShortName") == "Bridges of Steel"


def test_the_field_offers_words_of_the_catalogue(client: Client):
    make_pattern("01")
    change_header(keywords=["arches", "trusses", "suspension", "cables"])

    for address in ("/", "/patterns/", "/nothing/"):
        assert placeholders(client, address) == ["arches, trusses, suspension…"], address


@pytest.mark.parametrize(
    ("keywords", "shown"),
    [
        ([], None),
        (["x" * 41, "y"], None),
        (["arches", "x" * 41], "arches…"),
        (['"><b>', "橋"], '"><b>, 橋…'),
    ],
)
def test_the_field_offers_what_it_has_room_for(client: Client, keywords: list[str], shown: str | None):
    change_header(keywords=keywords)

    assert placeholders(client) == [shown]


@pytest.mark.parametrize("place", ["menu", "footer"])
def test_the_words_of_the_table_lead_to_their_pages_in_its_order(client: Client, place: str):
    page = parsed(client.get("/about/"))
    tag = {"menu": "header", "footer": "footer"}[place]

    wanted = {getattr(one, place): one for one in PAGES if getattr(one, place)}
    found = {word: href for href, word in links(page.find(f".//body/{tag}")).items() if word in wanted}

    assert list(found) == list(wanted)
    for word, one in wanted.items():
        assert found[word] == (f"/{one.anchor}" if one.anchor else reverse(f"patterns:{one.name}"))


@pytest.mark.parametrize("what", ["name", "path"])
def test_the_table_has_one_row_for_a_page(what: str):
    counts = Counter(getattr(page, what) for page in PAGES)

    assert [one for one, count in counts.items() if count > 1] == []


def test_no_title_breaks_the_frame(client: Client):
    change_header(title="<b>\"' " + "W" * 190)

    page = parsed(client.get("/about/"))

    assert page.findall(".//header//b") == []
    assert texts(page, "bdi")[0].startswith("<b>\"' WWW")


def test_the_editors_pages_are_called_the_same(admin_client: Client, client: Client):
    change_header(title="Bridges of Steel")

    for page in (parsed(client.get("/admin/login/")), parsed(admin_client.get("/admin/"))):
        assert "Bridges of Steel" in text(page, "title")
        assert text(page, "header").startswith("Bridges of Steel")
