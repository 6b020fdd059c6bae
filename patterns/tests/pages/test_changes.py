"""What changed in the catalogue, as readers could see it."""

from datetime import UTC, datetime
from itertools import chain

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change
from patterns.tests.factories import (
    authorship,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
    make_patterns,
)
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import changes

pytestmark = pytest.mark.django_db
CANARY = "xanadu"


def page(client: Client, query: str = ""):
    return parsed(client.get(f"/changes/{query}"))


def news(client: Client, query: str = "") -> list[str]:
    """What each change did, newest first."""
    return [
        one for item in page(client, query).iter("li") if item.get("class") == "news-entry" for one in texts(item, "li")
    ]


def last_number() -> int:
    return Change.objects.order_by("-number").values_list("number", flat=True)[0]


def test_it_works(client: Client):
    saga = make_pattern("06", name="Saga")
    why = authorship(at=datetime(2025, 6, 2, tzinfo=UTC), public_reason="A reader asked what it costs.")
    change_pattern(saga, description="New.", problem="Why.", by=why)

    found = page(client)

    assert texts(found, "h1") == ["What changed"]
    assert texts(found, "h2") == ["2 June 2025", "14 March 2025"]
    assert "A reader asked what it costs. Saga changed description, problem" in text(found)
    assert news(client) == ["Saga changed description, problem", "Saga new"]
    assert f"/patterns/saga/history/#change-{last_number()}" in links(found)


def test_a_rename_says_what_it_was_called(client: Client):
    saga = change_pattern(make_pattern("06", name="Saga Pattern"), name="Saga", slug="saga")
    change_pattern(saga, name="Long Saga")

    assert news(client)[:2] == [
        "Long Saga renamed it was called Saga",
        "Saga renamed it was called Saga Pattern; changed too: address",
    ]


def test_a_departure_names_the_successor(client: Client):
    make_pattern("07", name="Outbox")
    change_pattern(
        make_pattern("06", name="Saga"), status="retired", replaced_by="07", by=authorship(public_reason="Why.")
    )

    found = page(client)

    assert news(client) == ["Saga retired read Outbox in its place", "Outbox new"]
    assert "Why." in text(found)
    assert "/patterns/saga/" not in links(found)


def test_a_successor_that_is_not_public_is_not_named(client: Client):
    make_pattern("07", name=CANARY, status="draft")
    change_pattern(make_pattern("06", name="Saga"), status="retired", replaced_by="07")

    assert news(client) == ["Saga retired"]


def test_a_retired_entry_is_told_of_once_and_by_the_name_that_readers_knew(client: Client):
    saga = change_pattern(make_pattern("06", name="Saga"), status="draft", name=CANARY)
    saga = change_pattern(saga, status="retired")
    saga = change_pattern(saga, description="Other.")
    saga = change_pattern(saga, status="draft")
    change_pattern(saga, status="retired")

    assert news(client) == ["Saga retired"]


def test_an_entry_that_came_back_is_not_told_of_as_gone(client: Client):
    saga = change_pattern(make_pattern("06", name="Saga"), status="retired")
    change_pattern(saga, status="published", problem="Why.")

    assert news(client) == ["Saga changed problem", "Saga new"]


def test_an_entry_that_left_twice_is_told_of_the_last_time(client: Client):
    saga = change_pattern(make_pattern("06", name="Saga"), status="retired")
    saga = change_pattern(saga, status="published")
    change_pattern(saga, status="retired", by=authorship(public_reason="For good."))

    assert news(client) == ["Saga retired"]
    assert "For good." in text(page(client))


@pytest.mark.parametrize("status", ["draft", "review"])
def test_what_is_not_public_is_not_told_of(client: Client, status: str):
    why = authorship(author=User.objects.create_user(CANARY), comment=CANARY, public_reason=f"Why {CANARY}.")
    make_pattern("06", name=CANARY, status=status, by=why)
    change_pattern(make_pattern("07", name=f"Known {CANARY}", by=why), status=status, by=why)

    assert CANARY not in text(page(client))


def test_neither_who_changed_it_nor_the_comment_is_told(client: Client):
    make_pattern("06", by=authorship(author=User.objects.create_user(CANARY), comment=CANARY))

    assert CANARY not in client.get("/changes/").content.decode()


def test_a_change_that_readers_could_not_see_is_left_out(client: Client):
    make_category("Edge", by=authorship(public_reason=CANARY))
    saga = make_pattern("06", name="Saga")
    make_pattern("07", status="draft")
    change_pattern(
        saga, relations=[{"type": "uses", "target": "07", "why": CANARY}], by=authorship(public_reason=CANARY)
    )

    assert news(client) == ["Saga new"]
    assert CANARY not in text(page(client))


def test_the_entries_of_a_change_stand_in_code_order(client: Client):
    import_entries(entry(code) for code in ("100", "9", "A1", "10"))

    assert [one.split()[1] for one in news(client)] == ["9", "10", "A1", "100"]


def test_pages_follow_each_other_without_gap_or_overlap(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(changes, "PAGE_SIZE", 5)
    for first in (1, 4, 7, 10):
        make_patterns(3, first=first)

    seen, query = [], ""
    while query is not None:
        seen.append(news(client, query))
        ahead = [one.get("href") for one in page(client, query).iter("a") if one.get("rel") == "next"]
        query = ahead[0].removeprefix("/changes/") if ahead else None

    assert [len(one) for one in seen] == [3, 3, 3, 3]
    codes = [one.split()[1] for one in chain.from_iterable(seen)]
    assert codes == [f"{number:02}" for first in (10, 7, 4, 1) for number in range(first, first + 3)]


def test_of_a_change_that_fills_a_page_the_first_entries_are_shown(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(changes, "PAGE_SIZE", 5)
    make_pattern("99", name="Old")
    make_patterns(9)

    assert len(news(client)) == 5
    assert "more entries than are listed here" in text(page(client))
    assert news(client, f"?before={last_number()}") == ["Old new"]


def test_an_old_change_leads_to_its_place_in_a_long_history(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(changes, "HISTORY_SIZE", 2)
    saga = make_pattern("06", name="Saga")
    for number in range(3):
        saga = change_pattern(saga, description=f"Text {number}.")

    first = last_number() - 2
    assert f"/patterns/saga/history/?before={first + 1}#change-{first}" in links(page(client))
    assert f"/patterns/saga/history/#change-{first + 2}" in links(page(client))


@pytest.mark.parametrize("before", ["", "0", "x", "-1", "9" * 400, "%00", "\u0661"])
def test_what_is_no_number_means_the_first_page(client: Client, before: str):
    make_pattern("06", name="Saga")

    assert news(client, f"?before={before}") == ["Saga new"]


def test_behind_the_first_change_there_is_nothing(client: Client):
    make_pattern("06", name="Saga")

    assert "There are no earlier changes that readers could see." in text(page(client, "?before=1"))


def test_an_empty_catalogue_has_the_page_too(client: Client):
    assert "There are no changes that readers could see." in text(page(client))
