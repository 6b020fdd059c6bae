"""Addresses that no published entry has: moved, gone, or not found."""

import pytest
from django.test import Client

from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts

pytestmark = pytest.mark.django_db
TWINS = pytest.mark.parametrize("end", ["/", ".toml", ".json", ".md"])


@TWINS
def test_a_former_slug_redirects_to_the_present_address(client: Client, end: str):
    pattern = make_pattern("01", slug="old")
    change_pattern(pattern, slug="new")

    response = client.get(f"/patterns/old{end}")

    assert (response.status_code, response["Location"]) == (301, f"/patterns/new{end}")


@pytest.mark.parametrize("address", ["/patterns/old/", "/patterns/old.json", "/api/v1/patterns/old"])
def test_no_browser_keeps_a_redirect_that_may_turn_round(client: Client, address: str):
    change_pattern(make_pattern("01", slug="old"), slug="new")

    assert client.get(address)["Cache-Control"] == "no-cache"


def test_the_first_of_several_former_slugs_leads_straight_to_the_present_one(client: Client):
    pattern = change_pattern(make_pattern("01", slug="first"), slug="second")
    change_pattern(pattern, slug="third")

    assert client.get("/patterns/first/")["Location"] == "/patterns/third/"


def test_a_live_slug_beats_a_former_one(client: Client):
    pattern = change_pattern(make_pattern("01", slug="saga"), slug="other")
    change_pattern(pattern, slug="saga")

    assert client.get("/patterns/saga/").status_code == 200


@pytest.mark.parametrize("status", ["draft", "review"])
def test_a_former_slug_of_an_entry_that_was_withdrawn_is_not_found(client: Client, status: str):
    pattern = change_pattern(make_pattern("01", slug="old"), slug="new")
    change_pattern(pattern, status=status)

    assert client.get("/patterns/old/").status_code == 404


@TWINS
def test_a_retired_entry_is_gone(client: Client, end: str):
    change_pattern(make_pattern("01", slug="saga"), status="retired")

    response = client.get(f"/patterns/saga{end}")

    assert response.status_code == 410
    assert texts(parsed(response), "h1") == ["Pattern 01 was retired"]


def test_a_former_slug_of_a_retired_entry_is_gone_too(client: Client):
    pattern = change_pattern(make_pattern("01", slug="old"), slug="new")
    change_pattern(pattern, status="retired")

    assert client.get("/patterns/old/").status_code == 410


def test_a_retired_entry_points_to_its_successor(client: Client):
    make_pattern("02", name="Saga")
    change_pattern(make_pattern("01", slug="old"), status="retired", replaced_by="02")

    page = parsed(client.get("/patterns/old/"))

    assert links(page)["/patterns/saga/"] == "Saga"


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_successor_that_is_not_public_is_not_named(client: Client, status: str):
    make_pattern("02", name="Saga", status=status)
    change_pattern(make_pattern("01", slug="old"), status="retired", replaced_by="02")

    page = parsed(client.get("/patterns/old/"))

    assert "Saga" not in text(page)
    assert "No other entry has taken its place" in text(page)


@TWINS
@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_was_never_public_looks_like_what_does_not_exist(client: Client, status: str, end: str):
    make_pattern("01", slug="secret", status=status)

    hidden, unknown = client.get(f"/patterns/secret{end}"), client.get(f"/patterns/nothing{end}")

    assert (hidden.status_code, hidden.headers, hidden.content) == (404, unknown.headers, unknown.content)


@pytest.mark.parametrize("slug", ["sa_ga", "a" * 5000, "saga%00", "..", "saga%2F", "sagä"])
def test_strange_slugs_are_not_found(client: Client, slug: str):
    make_pattern("01", slug="saga")

    assert client.get(f"/patterns/{slug}/").status_code == 404
