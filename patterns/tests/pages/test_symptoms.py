"""What hurts, by concern, and the way from each sentence to its entry."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.document.vocabulary import CONCERN_MEANINGS
from patterns.tests.factories import make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import symptoms

pytestmark = pytest.mark.django_db
ADDRESS = "/symptoms/"


def test_it_works(client: Client):
    make_pattern("06", name="Saga", concern="data", symptoms=["The customer was charged, the room never booked."])

    page = parsed(client.get(ADDRESS))

    assert texts(page, "h2") == ["Data"]
    assert texts(page, "h3") == ["Saga"]
    assert CONCERN_MEANINGS["data"] in text(page)
    [sentence] = page.findall(".//li[@class='symptom']/a")
    assert (sentence.text, sentence.get("href")) == (
        "The customer was charged, the room never booked.",
        "/patterns/saga/",
    )


def test_each_symptom_leads_into_the_finder_by_its_place(client: Client):
    make_pattern("06", name="Saga", concern="data", symptoms=["It is gone.", "It is late."])

    page = parsed(client.get(ADDRESS))

    assert links(page)["/find/?symptom=06.1"] == "what may help: It is gone."
    assert links(page)["/find/?symptom=06.2"] == "what may help: It is late."
    assert "It is late." in text(parsed(client.get("/find/?symptom=06.2")))


def test_the_concerns_have_their_order_and_what_has_none_comes_last(client: Client):
    for number, concern in enumerate(("", "people", "load", "change", "calls", "data"), 1):
        make_pattern(f"0{number}", concern=concern, symptoms=[f"It hurts {number}."])

    page = parsed(client.get(ADDRESS))

    assert texts(page, "h2") == ["Data", "Calls", "Change", "Load", "People", "Other"]
    contents = page.findall(".//nav[@aria-label='On this page']//a")
    assert [one.get("href") for one in contents] == ["#data", "#calls", "#change", "#load", "#people", "#other"]


def test_entries_of_a_concern_stand_in_code_order_with_their_symptoms_in_theirs(client: Client):
    for code in ("10", "9", "A1"):
        make_pattern(code, concern="load", symptoms=[f"Worse at {code}.", f"Also at {code}."])

    page = parsed(client.get(ADDRESS))

    assert texts(page, "h3") == ["Pattern 9", "Pattern 10", "Pattern A1"]
    sentences = ["".join(one.itertext()) for one in page.findall(".//li[@class='symptom']/a")]
    assert sentences == [f"{word} at {code}." for code in ("9", "10", "A1") for word in ("Worse", "Also")]


def test_a_group_that_nobody_is_in_is_not_there(client: Client):
    make_pattern("01", concern="people", symptoms=["Nobody owns it."])

    page = parsed(client.get(ADDRESS))

    assert texts(page, "h2") == ["People"]
    assert page.find(".//nav[@aria-label='On this page']") is None


def test_entries_without_symptoms_are_left_out(client: Client):
    make_pattern("01", concern="data")

    page = parsed(client.get(ADDRESS))

    assert texts(page, "h3") == []
    assert "No entry says yet what hurts without it." in text(page)


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_readers_see_published_entries_only(client: Client, status: str):
    make_pattern("01", name="Secret", concern="data", symptoms=["A secret complaint."], status=status)

    for address in (ADDRESS, f"{ADDRESS}?concern=data", f"{ADDRESS}?concern=data&after=00"):
        assert "secret" not in client.get(address).content.decode().lower(), address


def test_an_empty_catalogue_has_a_page(client: Client):
    assert "No entry says yet" in text(parsed(client.get(ADDRESS)))


def test_a_long_group_is_cut_and_goes_on_elsewhere(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(symptoms, "GROUP_SIZE", 2)
    symptoms.first_of_each._written.clear()  # its statement has the size in it
    make_patterns(5, concern="calls", symptoms=["It waits."])
    make_pattern("77", concern="data", symptoms=["It is gone."])

    first = parsed(client.get(ADDRESS))
    second = parsed(client.get("/symptoms/?after=02&concern=calls"))
    last = parsed(client.get("/symptoms/?after=04&concern=calls"))
    symptoms.first_of_each._written.clear()

    assert texts(first, "h3") == ["Pattern 77", "Pattern 01", "Pattern 02"]
    assert links(first)["/symptoms/?after=02&concern=calls"] == "More of this"
    assert texts(second, "h3") == ["Pattern 03", "Pattern 04"]
    assert texts(last, "h3") == ["Pattern 05"]
    assert "More of this" not in text(last)


def test_an_entry_shows_the_first_of_many_symptoms(client: Client):
    make_pattern("01", concern="data", symptoms=[f"Complaint {number}." for number in range(1, 30)])

    shown = text(parsed(client.get(ADDRESS)))

    assert "Complaint 8." in shown
    assert "Complaint 9." not in shown


def test_entries_of_no_concern_can_be_read_by_themselves(client: Client):
    make_pattern("01", symptoms=["It just hurts."])
    make_pattern("02", concern="data", symptoms=["It is gone."])

    page = parsed(client.get("/symptoms/?concern=other"))

    assert texts(page, "h2") == ["Other"]
    assert texts(page, "h3") == ["Pattern 01"]
    assert page.find(".//link[@rel='canonical']").get("href").endswith("/symptoms/?concern=other")


@pytest.mark.parametrize("query", ["concern=taste", "concern=%00", "concern=data&after=%00", "after=02"])
def test_what_is_no_concern_or_no_code_is_ignored(client: Client, query: str):
    make_pattern("01", concern="data", symptoms=["It is gone."])

    response = client.get(f"{ADDRESS}?{query}")

    assert response.status_code == 200
    assert texts(parsed(response), "h3") == ["Pattern 01"]


@pytest.mark.parametrize("address", [ADDRESS, "/symptoms/?concern=data&after=01"])
def test_many_entries_take_no_more_queries_than_a_few(client: Client, address: str):
    make_patterns(3, concern="data", symptoms=["It hurts."])
    few = queries(client, address)
    make_patterns(80, first=10, concern="data", symptoms=["It hurts."])
    make_patterns(80, first=100, symptoms=["It hurts."])

    assert queries(client, address) <= few <= 4


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def test_an_entry_says_where_it_hurts(client: Client):
    make_pattern("01", name="Saga", concern="data")

    assert links(parsed(client.get("/patterns/saga/")))["/symptoms/#data"] == "Where it hurts: data"
