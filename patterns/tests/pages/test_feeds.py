"""Atom feeds of what changed, as feed readers meet them."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change
from patterns.tests.factories import (
    authorship,
    change_header,
    change_pattern,
    make_category,
    make_pattern,
    make_patterns,
)
from patterns.views import feeds

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
ALL = "/feeds/changes.atom"
OF_CATEGORY = "/categories/data/feed.atom"
OF_ENTRY = "/patterns/saga/feed.atom"
EVERY = pytest.mark.parametrize("address", [ALL, OF_CATEGORY])
HOSTILE = "</script><script>alert(1)</script>]]>&amp;\"'"
CANARY = "xanadu"


def feed(client: Client, address: str = ALL) -> Element:
    return ElementTree.fromstring(client.get(address).content)


def every(found: Element, tag: str) -> list[str]:
    """The texts of all elements of a kind, in the entries of a feed."""
    return ["".join(one.itertext()) for entry in found.iter(f"{ATOM}entry") for one in entry.iter(f"{ATOM}{tag}")]


def addresses(found: Element, rel: str = "alternate") -> list[str]:
    return [one.attrib["href"] for one in found.iter(f"{ATOM}link") if one.get("rel") == rel]


def test_it_works(client: Client):
    saga = make_pattern("06", name="Saga", description="It never rolls back.", category="Data")
    change_pattern(saga, description="It cannot roll back.", problem="Why.")

    found = feed(client)

    assert every(found, "title") == ["Saga: description, problem", "Saga: first published"]
    assert every(found, "summary") == ["It cannot roll back.", "It never rolls back."]
    assert "<del>never rolls</del><ins>cannot roll</ins> back" in every(found, "content")[0]


@EVERY
def test_a_feed_has_all_that_the_standard_asks_for(client: Client, address: str):
    make_pattern("06", name="Saga", category="Data")

    found = feed(client, address)

    for part in (found, *found.iter(f"{ATOM}entry")):
        assert all(len(part.findall(f"{ATOM}{tag}")) == 1 for tag in ("id", "title", "updated"))
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated")).tzinfo
    assert found.findtext(f"{ATOM}author/{ATOM}name") == "Archsite"


@EVERY
def test_every_address_in_a_feed_is_of_the_site(client: Client, settings, address: str):
    settings.SITE_URL = "https://catalog.example"
    change_pattern(make_pattern("06", name="Saga", category="Data"), description="New.")

    response = client.get(address, headers={"host": "localhost"})
    found = ElementTree.fromstring(response.content)

    assert addresses(found, "self") == [f"https://catalog.example{address}"]
    assert all(one.startswith("https://catalog.example/") for one in addresses(found))
    assert b"localhost" not in response.content


def test_a_change_leads_to_its_place_in_the_history(client: Client):
    change_pattern(make_pattern("06", name="Saga"), description="New.")

    number = Change.objects.order_by("-number").values_list("number", flat=True)[0]

    assert addresses(feed(client))[1].endswith(f"/patterns/saga/history/#change-{number}")


def test_identities_are_for_ever_and_for_one_change_only(client: Client, settings):
    saga = change_pattern(make_pattern("06", name="Saga"), description="New.")
    before = every(feed(client), "id")
    settings.SITE_URL = "https://elsewhere.example"
    change_pattern(saga, slug="other", name="Other")

    after = every(feed(client), "id")

    assert after[1:] == before
    assert len(set(after)) == 3
    assert all(one.startswith("urn:uuid:") for one in after)


def test_feeds_have_different_identities(client: Client):
    make_pattern("06", name="Saga", category="Data")

    assert feed(client, ALL).findtext(f"{ATOM}id") != feed(client, OF_CATEGORY).findtext(f"{ATOM}id")


def test_the_newest_change_comes_first_and_dates_the_feed(client: Client):
    make_pattern("06", name="Saga", by=authorship(at=datetime(2025, 5, 1, tzinfo=UTC)))
    make_pattern("07", name="Outbox", by=authorship(at=datetime(2025, 6, 2, 8, tzinfo=UTC)))

    found = feed(client)

    assert every(found, "title") == ["Outbox: first published", "Saga: first published"]
    assert found.findtext(f"{ATOM}updated") == "2025-06-02T08:00:00+00:00"


def test_a_category_tells_of_its_entries_only(client: Client):
    make_pattern("06", name="Saga", category="Data")
    make_pattern("07", name="Gateway", category="Edge")

    assert every(feed(client, OF_CATEGORY), "title") == ["Saga: first published"]


def test_old_changes_are_left_out(client: Client, monkeypatch):
    monkeypatch.setattr(feeds, "ITEM_COUNT", 3)
    make_patterns(5)

    assert len(every(feed(client), "title")) == 3


@pytest.mark.parametrize("status", ["draft", "review"])
def test_an_entry_that_is_hidden_is_not_told_of(client: Client, status: str):
    known = make_pattern("06", name=CANARY, category="Data")
    make_pattern("07", name="Outbox", category="Data")
    change_pattern(known, status=status)

    assert every(feed(client), "title") == ["Outbox: first published"]


@EVERY
def test_a_departure_is_told_with_its_reason_and_its_successor(client: Client, address: str):
    make_pattern("07", name="Outbox", category="Data")
    known = make_pattern("06", name="Saga", category="Data", description=CANARY)
    leave = authorship(comment=CANARY, public_reason="Outbox says it better.")
    change_pattern(known, status="retired", replaced_by="07", description=f"More {CANARY}", by=leave)

    found = feed(client, address)

    assert every(found, "title") == ["Saga: retired", "Outbox: first published"]
    assert every(found, "summary")[0] == "Outbox says it better."
    assert "/patterns/outbox/" in every(found, "content")[0]
    assert addresses(found)[1].endswith("/patterns/saga/")
    assert CANARY not in "".join(found.itertext())


def test_the_public_reason_of_a_change_is_told(client: Client):
    change_pattern(make_pattern("06", name="Saga"), problem="Why.", by=authorship(public_reason="It <b>was</b> asked."))

    found = feed(client)

    assert every(found, "summary")[0] == "It <b>was</b> asked."
    assert "<p>It &lt;b&gt;was&lt;/b&gt; asked.</p>" in every(found, "content")[0]


def test_one_entry_has_a_feed_of_its_own(client: Client):
    saga = make_pattern("06", name="Saga")
    make_pattern("07", name="Outbox")
    change_pattern(saga, problem="Why.")

    found = feed(client, OF_ENTRY)

    assert every(found, "title") == ["Saga: problem", "Saga: first published"]
    assert found.findtext(f"{ATOM}title") == "Changes in Saga · Archsite"
    assert addresses(found)[0].endswith("/patterns/saga/history/")
    assert every(found, "id") == [every(feed(client), "id")[place] for place in (0, 2)]


def test_the_feed_of_an_entry_follows_it_to_another_address(client: Client):
    change_pattern(make_pattern("06", name="Saga"), slug="long-saga")

    response = client.get(OF_ENTRY)

    assert (response.status_code, response["Location"]) == (301, "/patterns/long-saga/feed.atom")


def test_the_feed_of_a_retired_entry_says_so_and_nothing_else(client: Client):
    saga = change_pattern(make_pattern("06", name="Saga", description=CANARY), problem=CANARY)
    change_pattern(saga, status="retired", name=f"Not {CANARY}")

    found = feed(client, OF_ENTRY)

    assert every(found, "title") == ["Saga: retired"]
    assert CANARY not in "".join(found.itertext())


@pytest.mark.parametrize("status", ["draft", "review"])
def test_what_is_not_public_has_no_feed(client: Client, status: str):
    change_pattern(make_pattern("06", name="Saga"), status=status)

    assert client.get(OF_ENTRY).status_code == client.get("/patterns/nothing/feed.atom").status_code == 404


def test_what_was_said_while_an_entry_was_hidden_is_not_told(client: Client):
    saga = make_pattern("06", name="Saga", status="draft", problem=CANARY)
    change_pattern(saga, status="published", problem="", by=authorship(comment=CANARY))
    change_pattern(saga, status="draft", problem=CANARY)
    change_pattern(saga, status="published", problem="Why.")

    response = client.get(ALL)

    assert CANARY not in response.content.decode()
    assert every(ElementTree.fromstring(response.content), "title") == ["Saga: problem", "Saga: first published"]


def test_neither_who_changed_it_nor_why_is_told(client: Client):
    make_pattern("06", by=authorship(author=User.objects.create_user(CANARY), comment=CANARY))

    assert CANARY not in client.get(ALL).content.decode()


@EVERY
def test_hostile_text_stays_text(client: Client, address: str):
    make_category(HOSTILE, slug="data")
    change_header(title=HOSTILE)
    saga = make_pattern("06", name=HOSTILE, slug="saga", category=HOSTILE, description=HOSTILE)
    change_pattern(saga, description=f"{HOSTILE} \ufffe\uffff \U0001f300 \u202e", aliases=["\ufffe"])

    found = feed(client, address)

    assert every(found, "title")[1] == f"{HOSTILE}: first published"
    assert "<script" not in every(found, "content")[0]
    assert HOSTILE in found.findtext(f"{ATOM}title")


@EVERY
def test_the_feed_comes_with_its_type_and_is_asked_for_again_each_time(client: Client, address: str):
    make_pattern("06", category="Data")

    response = client.get(address)

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response["ETag"] == client.get("/catalog.toml")["ETag"]
    assert "must-revalidate" in response["Cache-Control"]


@EVERY
@pytest.mark.parametrize("header", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_a_copy_that_is_still_good_is_not_sent_again(client: Client, address: str, header: tuple[str, str]):
    make_pattern("06", category="Data")
    given, asked = header

    response: Any = client.get(address, headers={asked: client.get(address)[given]})

    assert (response.status_code, response.content) == (304, b"")


def test_an_unknown_category_has_no_feed(client: Client):
    make_pattern("06", category="Data", status="draft")

    response = client.get(OF_CATEGORY, headers={"If-None-Match": "*"})

    assert response.status_code == 404


def test_an_empty_catalogue_has_a_feed_too(client: Client):
    found = feed(client)

    assert every(found, "title") == []
    assert found.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("page", "address"), [("/", ALL), ("/categories/data/", OF_CATEGORY), ("/patterns/saga/", ALL)]
)
def test_pages_name_their_feed(client: Client, page: str, address: str):
    make_pattern("06", name="Saga", category="Data")

    assert f'<link rel="alternate" type="application/atom+xml" href="{address}"' in client.get(page).content.decode()


def test_changes_that_readers_cannot_see_push_nothing_out_of_the_feed(client: Client):
    saga = make_pattern("01", name="Saga", problem="Old.")
    saga = change_pattern(saga, problem="New.")
    make_pattern("02", status="draft")
    for number in range(feeds.ITEM_COUNT + 5):
        saga = change_pattern(saga, relations=[{"type": "uses", "target": "02", "why": f"Reason {number}."}])

    assert every(feed(client), "title") == ["Saga: problem", "Saga: first published"]
