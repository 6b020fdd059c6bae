"""What crawlers are told: the sitemap, in parts if it is long, and robots.txt."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.test import Client

from patterns.tests.factories import authorship, change_pattern, make_pattern, make_patterns
from patterns.views import sitemaps

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://catalog.example"


def places(client: Client, address: str = "/sitemap.xml") -> dict[str, str]:
    """Path → date of everything that a sitemap or a list of sitemaps names."""
    found = ElementTree.fromstring(client.get(address, headers={"host": "localhost"}).content)
    every = [(one.findtext(f"{SITEMAP}loc"), one.findtext(f"{SITEMAP}lastmod", "")) for one in found]
    assert all(place.startswith("https://catalog.example/") for place, _ in every)
    return {place.removeprefix("https://catalog.example"): at for place, at in every}


def entries(client: Client, address: str) -> list[str]:
    return [path for path in places(client, address) if path.startswith("/patterns/pattern-")]


def test_it_works(client: Client):
    make_pattern("06", name="Saga", category="Data", by=authorship(at=datetime(2025, 6, 2, 8, tzinfo=UTC)))

    found = places(client)

    assert found["/patterns/saga/"] == found["/categories/data/"] == "2025-06-02T08:00:00+00:00"
    assert {"/", "/patterns/", "/map/", "/about/"} <= found.keys()


def test_all_that_it_names_is_there(client: Client):
    make_patterns(3)

    assert {client.get(path).status_code for path in places(client)} == {200}


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_is_not_public_is_not_named(client: Client, status: str):
    change_pattern(make_pattern("06", name="Saga", category="Data"), status=status)

    assert not {"/patterns/saga/", "/categories/data/"} & places(client).keys()


def test_the_date_of_a_category_is_that_of_its_published_entries(client: Client):
    make_pattern("06", category="Data", by=authorship(at=datetime(2025, 5, 1, tzinfo=UTC)))
    make_pattern("07", category="Data", status="draft", by=authorship(at=datetime(2025, 6, 1, tzinfo=UTC)))

    assert places(client)["/categories/data/"] == "2025-05-01T00:00:00+00:00"


def test_a_long_sitemap_is_a_list_of_parts_without_gap_or_overlap(client: Client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART_SIZE", 2)
    for code in ("100", "9", "B1", "10", "A1"):
        make_pattern(code)

    parts = [*places(client)]

    assert parts == ["/sitemap-part.xml", "/sitemap-part.xml?after=10", "/sitemap-part.xml?after=B1"]
    assert [[path[18:-1] for path in entries(client, part)] for part in parts] == [["9", "10"], ["a1", "b1"], ["100"]]


def test_pages_and_categories_stand_in_the_first_part_only(client: Client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART_SIZE", 2)
    make_patterns(3)

    first, second = (places(client, part) for part in places(client))

    assert "/categories/shelf-1/" in first
    assert [*second] == ["/patterns/pattern-03/"]


def test_no_part_is_longer_than_the_protocol_allows():
    assert sitemaps.PART_SIZE + sitemaps.SHELF_LIMIT + len(sitemaps.PAGES) <= sitemaps.LIMIT == 50_000


def test_a_sitemap_that_just_fits_is_one_file(client: Client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART_SIZE", 3)
    make_patterns(3)

    assert len(entries(client, "/sitemap.xml")) == 3


@pytest.mark.parametrize("after", ["", "é", "\x00", "x" * 5000, "'--"])
def test_a_part_behind_what_is_not_a_code_is_the_first(client: Client, after: str):
    make_patterns(2)

    response = client.get("/sitemap-part.xml", {"after": after})

    assert response.content.count(b"/patterns/pattern-") == 2


@pytest.mark.parametrize("address", ["/sitemap.xml", "/opensearch.xml", "/robots.txt"])
def test_a_copy_that_is_still_good_is_not_sent_again(client: Client, address: str):
    make_pattern("01")

    response = client.get(address, headers={"If-None-Match": client.get(address)["ETag"]})

    assert (response.status_code, response.content) == (304, b"")


def test_crawlers_are_told_where_the_sitemap_is_and_what_is_endless(client: Client):
    response = client.get("/robots.txt")

    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: https://catalog.example/sitemap.xml" in lines
    assert {"Disallow: /admin/", "Disallow: /patterns/?", "Disallow: /compare/?", "Allow: /patterns/?after="} <= {
        *lines
    }
