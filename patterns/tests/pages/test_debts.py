"""What an entry obliges one to build: a tree, the same as a nested list, and marks in the address that shorten both."""

from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Pattern
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views.relations import OWED_COUNT

pytestmark = pytest.mark.django_db
ADDRESS = "/patterns/saga/"
SVG = "{http://www.w3.org/2000/svg}"
TITLE = "What it obliges you to build"


def requires(*codes: str) -> list[dict[str, str]]:
    return [{"type": "requires", "target": code, "why": f"It needs {code}."} for code in codes]


@pytest.fixture
def saga():
    """Requires a retry, which requires a timeout, and an inbox."""
    make_pattern("14", name="Timeout")
    make_pattern("16", name="Inbox")
    make_pattern("13", name="Retry", relations=requires("14"))
    return make_pattern("06", name="Saga", relations=requires("13", "16"))


def page(client: Client, query: str = "") -> Element:
    return parsed(client.get(ADDRESS + query))


def owed(client: Client, query: str = "") -> list[tuple[int, str]]:
    """Depth and name of each debt, as the nested list has them."""

    def walked(one: Element, depth: int) -> list[tuple[int, str]]:
        found = []
        for item in one.findall("li"):
            found.append((depth, texts(item, "a")[0]))
            found += [debt for inner in item.findall("ol") for debt in walked(inner, depth + 1)]
        return found

    outer = page(client, query).find(".//section[@aria-labelledby='owed']/ol")
    return walked(outer, 1) if outer is not None else []


@pytest.mark.usefixtures("saga")
def test_each_debt_stands_below_what_leads_to_it_with_its_reason(client: Client):
    assert owed(client) == [(1, "Retry"), (2, "Timeout"), (1, "Inbox")]
    reasons = texts(page(client).find(".//section[@aria-labelledby='owed']"), "span")
    assert [one for one in reasons if "needs" in one] == ["It needs 13.", "It needs 14.", "It needs 16."]


@pytest.mark.usefixtures("saga")
def test_the_tree_shows_the_same_as_the_list(client: Client):
    [drawing] = page(client).findall(f".//{SVG}svg[@class='drawing tree']")

    names = ("retry", "inbox", "timeout")
    assert [one.get("href") for one in drawing.iter(f"{SVG}a")] == [f"/patterns/{name}/" for name in names]
    assert {title for title in texts(drawing, f"{SVG}title") if "requires" in title} == {
        "Saga requires Retry",
        "Saga requires Inbox",
        "Retry requires Timeout",
    }


@pytest.mark.usefixtures("saga")
def test_what_readers_have_falls_away_with_what_only_it_leads_to(client: Client):
    assert owed(client, "?have=13") == [(1, "Inbox")]
    assert owed(client, "?have=14") == [(1, "Retry"), (1, "Inbox")]


@pytest.mark.usefixtures("saga")
def test_each_debt_can_be_marked_and_each_mark_taken_away(client: Client):
    found = links(page(client, "?have=16"))

    assert found["/patterns/saga/?have=13&have=16#owed"] == "We have this entry, Retry"
    assert found["/patterns/saga/#owed"] == "Take the mark away from Inbox"


@pytest.mark.usefixtures("saga")
def test_who_has_everything_is_told_so(client: Client):
    assert "With what you have, nothing more is owed." in text(page(client, "?have=13&have=16"))
    assert "Take the mark away" in text(page(client, "?have=13&have=16"))


@pytest.mark.parametrize("query", ["?have=", "?have=99", "?have=06", "?have=%00%22%3E%3Cb%3E", "?have=draft"])
def test_marks_of_what_is_not_owed_change_nothing(client: Client, saga: Pattern, query: str):
    make_pattern("99", slug="draft", status="draft")
    change_pattern(saga, relations=requires("13", "16", "99"))
    before = client.get(ADDRESS).content

    assert client.get(ADDRESS + query).content == before


@pytest.mark.usefixtures("saga")
def test_the_one_address_of_the_page_has_no_marks_and_crawlers_leave_them(client: Client):
    response = client.get(f"{ADDRESS}?have=13")

    assert parsed(response).find(".//link[@rel='canonical']").get("href").endswith("/patterns/saga/")
    marks = [one for one in parsed(response).iter("a") if "have=" in one.get("href", "")]
    assert {one.get("rel") for one in marks} == {"nofollow"}
    assert "Disallow: /patterns/*/?" in client.get("/robots.txt").content.decode().splitlines()


@pytest.mark.usefixtures("saga")
def test_marks_cost_no_query(client: Client):
    counts = []
    for query in ("", "?have=13&have=14&have=16", f"?{'have=13&' * 90}"):
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS + query)
        counts.append(len(captured))

    assert {*counts} == {counts[0]}
    assert counts[0] <= 8


def test_a_long_chain_has_an_end(client: Client):
    make_pattern("01", name="Saga")
    for number in range(OWED_COUNT + 2, 1, -1):
        make_pattern(f"{number:02}", relations=requires(f"{number + 1:02}") if number < OWED_COUNT + 2 else [])
    change_pattern(Pattern.objects.get(code="01"), relations=requires("02"))

    assert [depth for depth, _ in owed(client)] == [*range(1, OWED_COUNT + 1)]
    assert "And more that these require in turn." in texts(page(client), "p")
    assert f"and {OWED_COUNT - 5} more in the list" in texts(page(client), f"{SVG}text")


def test_who_requires_nothing_owes_nothing(client: Client):
    make_pattern("06", name="Saga")
    make_pattern("13", relations=requires("06"))

    assert TITLE not in texts(page(client), "h2")


def test_what_is_not_public_is_not_owed(client: Client, saga: Pattern):
    change_pattern(Pattern.objects.get(code="13"), status="retired")

    assert owed(client) == [(1, "Inbox")]
