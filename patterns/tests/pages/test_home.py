from datetime import UTC, datetime

import pytest
from django.test import Client

from patterns.tests.factories import (
    authorship,
    change_header,
    change_pattern,
    make_category,
    make_pattern,
    make_patterns,
)
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import site

pytestmark = pytest.mark.django_db


def test_it_works(client: Client):
    change_header(title="Systems & Patterns", description="What this is.")
    make_pattern("06", name="Saga", description="Undoes step by step.", category="Transactions")

    page = parsed(client.get("/"))

    assert texts(page, "h1") == ["Systems & Patterns"]
    assert texts(page, "title") == ["Systems & Patterns"]
    assert "What this is." in text(page)
    assert links(page)["/patterns/saga/"] == "Saga"
    assert "Undoes step by step." in text(page)


def test_categories_stand_in_their_order_with_their_counts(client: Client):
    make_pattern("01", category="Later", name="A")
    make_pattern("02", category="Sooner", name="B")
    make_pattern("03", category="Sooner", name="C")

    shown = text(parsed(client.get("/")))

    assert shown.index("Later 1 entry") < shown.index("Sooner 2 entries")


def test_categories_that_readers_would_find_empty_are_left_out(client: Client):
    make_category("Empty shelf")
    make_pattern("01", category="Drafts only", status="draft")
    make_pattern("02", category="Full shelf")

    assert texts(parsed(client.get("/")), "h3") == ["Full shelf", "Pattern 02"]


def test_entries_are_cards_in_code_order(client: Client):
    for code in ("100", "10", "9", "A1"):
        make_pattern(code)

    names = [name for name in texts(parsed(client.get("/")), "h3") if name.startswith("Pattern")]

    assert names == ["Pattern 9", "Pattern 10", "Pattern A1", "Pattern 100"]


def test_a_long_catalogue_is_cut_and_its_list_named(client: Client, monkeypatch):
    monkeypatch.setattr(site, "CARD_COUNT", 3)
    make_patterns(4)

    page = parsed(client.get("/"))

    assert "Pattern 04" not in texts(page, "h3")
    assert "All entries" in text(page)


def test_what_changed_lately_names_entries_by_day_newest_first(client: Client):
    first = make_pattern("01", name="Saga")
    make_pattern("02", name="Outbox", by=authorship(at=datetime(2025, 5, 1, tzinfo=UTC)))
    change_pattern(first, description="New words.", by=authorship(at=datetime(2025, 6, 2, tzinfo=UTC)))

    page = parsed(client.get("/"))

    assert "Changed lately 2 June 2025 Saga 1 May 2025 Outbox" in text(page)


def test_the_data_can_be_taken_from_here(client: Client):
    assert links(parsed(client.get("/")))["/catalog.toml"]


def test_an_empty_catalogue_says_so(client: Client):
    page = parsed(client.get("/"))

    assert "no entries yet" in text(page)
    assert texts(page, "h1") == ["Archsite"]


def test_the_home_page_has_the_search_field(client: Client):
    form = parsed(client.get("/")).find(".//form[@role='search']")

    assert form.get("action") == "/patterns/"
    assert [one.get("name") for one in form.iter("input")] == ["q"]


def test_one_sentence_says_what_this_is_and_the_rest_stands_below_the_search(client: Client):
    change_header(description="What this is. What it is not, e.g. complete. More.")

    header = parsed(client.get("/")).find(".//main/header/div")

    assert ["".join(one.itertext()).strip() for one in header if one.tag == "p"] == [
        "What this is.",
        "What it is not, e.g. complete. More.",
    ]
    assert [one.tag for one in header] == ["h1", "p", "form", "p"]


def test_a_description_of_one_sentence_is_not_said_twice(client: Client):
    change_header(description="What this is.")

    assert text(parsed(client.get("/"))).count("What this is.") == 1
