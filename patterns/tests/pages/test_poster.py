"""The picture of an entry that other sites show beside a link to it."""

import pytest
from django.test import Client

from patterns.drawing.poster import Poster, PosterFigure, poster_png
from patterns.tests.factories import change_header, change_pattern, make_pattern
from patterns.tests.pages.trees import parsed

pytestmark = pytest.mark.django_db
SITE = "https://catalog.example"


def picture(client: Client, slug: str = "saga") -> bytes:
    response = client.get(f"/patterns/{slug}.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content.startswith(b"\x89PNG")
    return response.content


def metas(client: Client, address: str) -> dict[str, str]:
    page = parsed(client.get(address))
    return {one.get("property") or one.get("name", ""): one.get("content", "") for one in page.iter("meta")}


def test_an_entry_has_a_picture_and_its_page_names_it(client: Client, settings):
    settings.SITE_URL = SITE
    make_pattern("01", name="Saga", description="Undoes step by step.")

    found = metas(client, "/patterns/saga/")

    assert found["og:image"] == f"{SITE}/patterns/saga.png"
    assert found["og:image:alt"] == "Saga: Undoes step by step."
    assert found["twitter:card"] == "summary_large_image"
    assert picture(client)


def test_other_pages_have_none(client: Client):
    found = metas(client, "/about/")

    assert "og:image" not in found
    assert found["twitter:card"] == "summary"


def test_it_follows_the_entry_and_the_catalogue(client: Client):
    pattern = make_pattern("01", name="Saga")
    first = picture(client)

    second = picture(client) if change_pattern(pattern, description="New words.") else b""
    change_header(title="Systems")

    assert len({first, second, picture(client)}) == 3


def test_an_entry_with_an_experiment_shows_its_figure(client: Client):
    change_header(title="Systems")
    make_pattern("06", slug="saga-pattern", name="Saga", description="Undoes step by step.", category="Data")

    drawn = picture(client, "saga-pattern")

    figure = PosterFigure("bookings left half done", "6.7", "0")
    about = ("06", "saga-pattern", "Saga", "Undoes step by step.", "Data", 0, "Systems")
    assert drawn == poster_png(Poster(*about, figure=figure))


@pytest.mark.parametrize("name", ["サーガ", "<script>alert(1)</script>", "W" * 120, "Événements & « files »"])
def test_any_name_makes_one(client: Client, name: str):
    make_pattern("01", name=name, slug="saga", description=name * 3)

    assert picture(client)


def test_a_copy_is_good_until_the_catalogue_changes(client: Client):
    make_pattern("01", name="Saga")
    etag = client.get("/patterns/saga.png")["ETag"]

    before = client.get("/patterns/saga.png", headers={"If-None-Match": etag}).status_code
    make_pattern("02")

    assert (before, client.get("/patterns/saga.png", headers={"If-None-Match": etag}).status_code) == (304, 200)


def test_an_entry_that_moved_is_followed(client: Client):
    change_pattern(make_pattern("01", name="Saga"), slug="sagas")

    assert client.get("/patterns/saga.png")["Location"] == "/patterns/sagas.png"


def test_a_retired_entry_has_none(client: Client):
    change_pattern(make_pattern("01", name="Saga"), status="retired")

    assert client.get("/patterns/saga.png").status_code == 410


@pytest.mark.parametrize("status", ["draft", "review"])
def test_what_is_not_public_has_none(client: Client, status: str):
    make_pattern("01", name="Saga", status=status)

    assert client.get("/patterns/saga.png").status_code == 404
