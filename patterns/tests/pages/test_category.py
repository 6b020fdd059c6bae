from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.tests.factories import make_category, make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import category
from patterns.views.pages import PAGES

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


# How to choose among the entries.


def choice(page: Element) -> Element | None:
    return page.find(".//section[@aria-labelledby='choice']")


def test_it_tells_its_entries_apart(client: Client):
    gain = {"quality": "latency", "sign": "gain", "text": "It is quick."}
    cost = {"quality": "security", "sign": "cost", "text": "It is open."}
    make_pattern("02", name="Second", slug="second", category="Data", consequences=[cost])
    about = {"consequences": [gain], "use_when": ["one asks often", "one can wait"]}
    rival = {"type": "alternative to", "target": "02", "why": "Both answer."}
    used = {"type": "uses", "target": "02", "why": "It needs one."}
    make_pattern("01", name="First", slug="first", category="Data", relations=[rival, used], **about)

    shown = choice(parsed(client.get("/categories/data/")))

    assert shown is not None
    assert texts(shown, "th") == [
        *("Entry, and when to use it", "latency", "security"),
        *("First one asks often", "Second"),
    ]
    assert "First is an alternative to Second" in texts(shown, "p")
    assert "Both answer." in texts(shown, "p")
    assert "It needs one." not in text(shown, "section")
    found = links(shown)
    assert found["/compare/?pattern=first&pattern=second"].startswith(("Compare these", "Compare the two"))
    assert found["/matrix/?category=data&quality=latency"] == "latency"


@pytest.mark.parametrize(("count", "is_offered"), [(2, True), (4, True), (5, False)])
def test_as_many_as_fit_are_compared_at_once(client: Client, count: int, is_offered: bool):
    make_patterns(count, category="Data", use_when=["it rains"])

    shown = choice(parsed(client.get("/categories/data/")))

    assert shown is not None
    assert ("Compare these" in links(shown).values()) == is_offered


@pytest.mark.parametrize(("count", "about"), [(1, {"use_when": ["it rains"]}), (3, {})])
def test_without_a_choice_or_anything_to_choose_by_nothing_is_said(client: Client, count: int, about: dict[str, Any]):
    make_patterns(count, category="Data", **about)

    assert choice(parsed(client.get("/categories/data/"))) is None


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_entries_that_readers_do_not_see_are_no_choice(client: Client, status: str):
    make_patterns(2, category="Data", use_when=["it rains"])
    rival = {"type": "alternative to", "target": "01", "why": "Hidden, too."}
    make_pattern("07", name="Hidden", category="Data", status=status, use_when=["it snows"], relations=[rival])

    page = text(parsed(client.get("/categories/data/")))

    assert "it rains" in page
    assert [words for words in ("Hidden", "it snows") if words in page] == []


@pytest.mark.parametrize(("slug", "is_tried"), [("saga-pattern", True), ("plain", False)])
def test_it_leads_to_what_the_lab_showed_of_its_entries(client: Client, slug: str, is_tried: bool):
    make_pattern("01", slug=slug, category="Data", use_when=["it rains"])
    make_pattern("02", category="Data")

    assert ("/matrix/?category=data#trials" in links(parsed(client.get("/categories/data/")))) == is_tried


def test_any_page_of_a_long_category_keeps_to_its_queries(client: Client, monkeypatch):
    monkeypatch.setattr(category, "PAGE_SIZE", 4)
    evidence = [
        {"quality": "latency", "sign": "gain", "text": "Quick.", "evidence": ["lab:saga-pattern/default/half_done"]}
    ]
    make_patterns(20, category="Data", use_when=["it rains"], consequences=evidence)
    (budget,) = (one.queries for one in PAGES if one.name == "category")

    with CaptureQueriesContext(connection) as captured:
        assert client.get("/categories/data/?after=07").status_code == 200

    assert len(captured) <= budget
