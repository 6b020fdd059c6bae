"""What pages say to machines: addresses, what to show of a link, linked data, and how to search here."""

import json
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client

from patterns.tests.factories import change_header, make_category, make_pattern, make_patterns, make_rich_pattern
from patterns.tests.pages.trees import parsed

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script><!-- \"'&amp; \u2028"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
PAGES = ["/", "/patterns/", "/patterns/saga/", "/patterns/saga/history/", "/categories/data/", "/map/", "/about/"]
SITE = "https://catalog.example"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def saga():
    change_header(title="Systems")
    return make_rich_pattern("06", name="Saga", category="Data", description="Undoes step by step.")


def metas(client: Client, address: str) -> dict[str, str]:
    """Property or name → content."""
    page = parsed(client.get(address))
    return {one.get("property") or one.get("name", ""): one.get("content", "") for one in page.iter("meta")}


def linked_data(client: Client, address: str) -> Any:
    (script,) = parsed(client.get(address)).findall(".//script[@type='application/ld+json']")
    return json.loads(script.text or "")


def nodes(client: Client, address: str) -> dict[str, Any]:
    """Type → node of an entry's page."""
    return {node["@type"]: node for node in linked_data(client, address)["@graph"]}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.usefixtures("saga")
def test_every_page_names_its_one_address(client: Client, address: str):
    page = parsed(client.get(f"{address}?utm=x", headers={"host": "localhost"}))

    canonical = [one.attrib["href"] for one in page.iter("link") if one.get("rel") == "canonical"]

    assert canonical == [f"{SITE}{address}"] == [metas(client, address)["og:url"]]


@pytest.mark.usefixtures("saga")
def test_a_link_to_an_entry_shows_its_name_and_description(client: Client):
    found = metas(client, "/patterns/saga/")

    assert found["og:title"] == "Saga"
    assert found["og:description"] == "Undoes step by step."
    assert (found["og:type"], found["og:site_name"]) == ("article", "Systems")


@pytest.mark.parametrize(
    ("address", "title"),
    [
        *(("/", "Systems"), ("/categories/data/", "Data"), ("/patterns/saga/history/", "History of Saga")),
        *(("/about/", "About this catalogue"), ("/compare/", "Compare entries"), ("/map/", "Map of relations")),
        ("/patterns/", "All entries"),
    ],
)
@pytest.mark.usefixtures("saga")
def test_a_link_shows_what_the_page_is_called(client: Client, address: str, title: str):
    assert metas(client, address)["og:title"] == title


def test_a_page_that_is_not_there_has_no_address(client: Client):
    assert "og:url" not in metas(client, "/patterns/nothing/")


@pytest.mark.usefixtures("saga")
def test_the_catalogue_is_a_set_of_terms(client: Client):
    found = linked_data(client, "/")

    assert (found["@type"], found["name"], found["url"]) == ("DefinedTermSet", "Systems", f"{SITE}/")
    assert [term["name"] for term in found["hasDefinedTerm"]] == ["Saga"]


@pytest.mark.usefixtures("saga")
def test_an_entry_is_an_article_on_a_term_of_the_set(client: Client):
    found = nodes(client, "/patterns/saga/")

    article, term = found["TechArticle"], found["DefinedTerm"]
    assert article["mainEntity"]["@id"] == term["@id"]
    assert (term["termCode"], term["alternateName"]) == ("06", ["Long Running Action", "Process Manager"])
    assert term["inDefinedTermSet"]["@id"] == linked_data(client, "/")["@id"]


@pytest.mark.usefixtures("saga")
def test_an_article_is_dated_and_licensed(client: Client):
    article = nodes(client, "/patterns/saga/")["TechArticle"]

    assert article["datePublished"] == article["dateModified"] == "2025-03-14T09:26:00+00:00"
    assert article["license"] == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.usefixtures("saga")
def test_the_way_to_an_entry_leads_through_its_category(client: Client):
    steps = nodes(client, "/patterns/saga/")["BreadcrumbList"]["itemListElement"]

    assert [step["item"] for step in steps] == [f"{SITE}/", f"{SITE}/categories/data/", f"{SITE}/patterns/saga/"]


@pytest.mark.usefixtures("saga")
def test_an_article_has_a_picture_and_other_formats(client: Client):
    article = nodes(client, "/patterns/saga/")["TechArticle"]

    twins = {one["encodingFormat"]: one["contentUrl"] for one in article["encoding"]}
    assert article["image"] == f"{SITE}/patterns/saga.png"
    assert twins == {"text/markdown": f"{SITE}/patterns/saga.md", "application/json": f"{SITE}/patterns/saga.json"}


def test_a_list_names_its_entries_in_their_order_and_how_many_there_are_in_all(client: Client):
    make_patterns(60)

    found = linked_data(client, "/patterns/")

    assert (found["@type"], found["name"], found["numberOfItems"]) == ("ItemList", "All entries", 60)
    assert [one["position"] for one in found["itemListElement"]] == [*range(1, 51)]
    assert found["itemListElement"][0]["url"] == f"{SITE}/patterns/pattern-01/"


def test_what_is_not_for_crawlers_has_no_list_for_them(client: Client):
    make_pattern("01", name="Saga")

    assert b"ld+json" not in client.get("/patterns/?q=saga").content


def test_a_category_is_a_list_on_the_way_from_the_catalogue(client: Client):
    make_pattern("01", name="Saga", category="Data")
    make_pattern("02", name="Draft", category="Data", status="draft")

    found = nodes(client, "/categories/data/")

    assert [one["name"] for one in found["ItemList"]["itemListElement"]] == ["Saga"]
    assert found["ItemList"]["numberOfItems"] == 1
    assert [step["item"] for step in found["BreadcrumbList"]["itemListElement"]] == [
        f"{SITE}/",
        f"{SITE}/categories/data/",
    ]


def test_a_comparison_is_a_list_of_terms_without_an_order(client: Client):
    make_pattern("01", name="Saga")
    make_pattern("02", name="Outbox")

    found = linked_data(client, "/compare/?pattern=outbox&pattern=saga")

    assert found["itemListOrder"] == "https://schema.org/ItemListUnordered"
    assert [one["item"]["name"] for one in found["itemListElement"]] == ["Outbox", "Saga"]
    term = nodes(client, "/patterns/saga/")["DefinedTerm"]
    assert found["itemListElement"][1]["item"]["@id"] == term["@id"]


def test_an_experiment_is_a_data_set_about_a_term(client: Client):
    make_pattern("06", slug="saga-pattern", name="Saga")

    found = nodes(client, "/patterns/saga-pattern/lab/")["Dataset"]

    assert found["about"]["@id"] == nodes(client, "/patterns/saga-pattern/")["DefinedTerm"]["@id"]
    assert 50 <= len(found["description"]) <= 5_000
    assert "bookings left half done" in [one["name"] for one in found["variableMeasured"]]
    [file] = found["distribution"]
    response = client.get(file["contentUrl"].removeprefix(SITE))
    assert response["Content-Type"] == file["encodingFormat"]


def test_a_readers_own_run_is_no_data_set(client: Client):
    make_pattern("01", slug="circuit-breaker-pattern")

    assert b"ld+json" not in client.get("/patterns/circuit-breaker-pattern/lab/?workers=30").content


def test_the_lab_is_a_catalogue_of_data_sets(client: Client):
    change_header(title="Systems")
    make_pattern("06", slug="saga-pattern", name="Saga")
    make_pattern("07", slug="outbox-pattern", name="Outbox", status="draft")

    found = linked_data(client, "/lab/")

    assert (found["@type"], found["name"]) == ("DataCatalog", "The lab of Systems")
    assert [one["url"] for one in found["dataset"]] == [f"{SITE}/patterns/saga-pattern/lab/"]


def test_drafts_are_no_terms(client: Client):
    make_patterns(2, status="draft")

    assert "hasDefinedTerm" not in linked_data(client, "/")


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/patterns/hostile/", "/patterns/", "/categories/hostile/", "/lab/", "/patterns/saga-pattern/lab/"),
        "/compare/?pattern=hostile&pattern=saga-pattern",
    ],
)
def test_hostile_text_does_not_leave_the_linked_data(client: Client, address: str):
    change_header(title=HOSTILE.replace("\u2028", ""))
    make_category(HOSTILE.replace("\u2028", ""), slug="hostile")
    about = {"category": HOSTILE.replace("\u2028", ""), "aliases": ["<!--<script>"], "description": HOSTILE}
    make_rich_pattern("01", slug="hostile", name="</script><img>", **about)
    make_pattern("06", slug="saga-pattern", name="</script><img> two", description=HOSTILE)

    response = client.get(address)

    said = json.dumps(linked_data(client, address))
    assert "</script><img>" in said
    assert b"</script><img>" not in response.content
    assert b"<!--<script>" not in response.content


def test_browsers_learn_how_to_search_here(client: Client):
    change_header(title=f"{HOSTILE.strip()[:60]} and a title that is longer than forty-eight characters")

    response = client.get("/opensearch.xml")
    found = ElementTree.fromstring(response.content)

    assert response["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    assert found.find(f"{SEARCH}Url[@type='text/html']").get("template") == f"{SITE}/patterns/?q={{searchTerms}}"
    assert len(found.findtext(f"{SEARCH}ShortName")) <= 16
    assert len(found.findtext(f"{SEARCH}LongName")) <= 48


def test_the_address_to_search_at_finds_entries(client: Client):
    make_pattern("06", name="Saga")
    template = ElementTree.fromstring(client.get("/opensearch.xml").content).find(f"{SEARCH}Url").get("template")

    response = client.get(template.removeprefix(SITE).replace("{searchTerms}", quote("saga & co")))

    assert response.status_code == 200


def test_pages_name_the_way_to_search(client: Client):
    page = parsed(client.get("/"))

    assert page.find(".//link[@rel='search'][@href='/opensearch.xml']") is not None
