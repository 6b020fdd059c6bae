"""An entry is found at its code and at the short words for it, as long as they mean no other."""

import pytest
from django.test import Client

from patterns.tests.factories import change_pattern, make_pattern

pytestmark = pytest.mark.django_db


def leads_to(client: Client, address: str) -> str | int:
    """Where an address redirects for good, or its status."""
    response = client.get(address)
    if response.status_code != 301:
        return response.status_code
    assert "no-cache" in response["Cache-Control"]
    return response["Location"]


@pytest.mark.parametrize("word", ["06", "saga", "process-manager", "ecluse"])
@pytest.mark.parametrize("ending", ["/", ".toml", ".json", ".md", "/history/", "/suggest/", "/feed.atom"])
def test_a_code_an_alias_and_a_short_name_lead_to_the_entry(client: Client, word: str, ending: str):
    make_pattern("06", name="Saga Pattern", aliases=["Process Manager", "Écluse"])

    assert leads_to(client, f"/patterns/{word}{ending}") == f"/patterns/saga-pattern{ending}"


@pytest.mark.parametrize("word", ["SAGA-PATTERN", "Saga", "Process-Manager", "Undo", "A6"])
@pytest.mark.parametrize("ending", ["/", ".md", "/history/"])
def test_capital_letters_lead_there_too(client: Client, word: str, ending: str):
    change_pattern(
        make_pattern("A6", slug="undo", name="Saga Pattern", aliases=["Process Manager"]), slug="saga-pattern"
    )

    assert leads_to(client, f"/patterns/{word}{ending}") == f"/patterns/saga-pattern{ending}"


def test_a_live_slug_beats_a_short_word_in_capital_letters(client: Client):
    make_pattern("06", name="Saga Pattern", aliases=["Outbox"])
    make_pattern("07", name="Outbox")

    assert leads_to(client, "/patterns/OUTBOX/") == "/patterns/outbox/"


def test_a_code_in_other_letters_is_another_code(client: Client):
    make_pattern("A6", name="Saga")
    make_pattern("a6", name="Outbox")

    assert (leads_to(client, "/patterns/A6/"), leads_to(client, "/patterns/a6/")) == (
        "/patterns/saga/",
        "/patterns/outbox/",
    )


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_capital_letters_open_nothing_that_is_not_public(client: Client, status: str):
    make_pattern("A6", name="Saga", slug="saga", status=status)

    assert client.get("/patterns/SAGA/").status_code == 404


def test_the_lab_is_found_the_same_way(client: Client):
    make_pattern("14", name="Circuit Breaker Pattern")

    assert leads_to(client, "/patterns/circuit-breaker/lab/") == "/patterns/circuit-breaker-pattern/lab/"


@pytest.mark.parametrize("address", ["/patterns/13.2/", "/patterns/13.2"])
def test_a_code_with_a_dot_leads_there_too(client: Client, address: str):
    make_pattern("13.2", name="Saga")

    assert leads_to(client, address) == "/patterns/saga/"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/patterns/06/?have=16", "/patterns/saga-pattern/?have=16"),
        ("/patterns/saga/?have=07&utm_source=x&have=16", "/patterns/saga-pattern/?have=07&have=16"),
        ("/patterns/saga/?utm_source=x", "/patterns/saga-pattern/"),
        ("/patterns/saga/history/?before=7", "/patterns/saga-pattern/history/?before=7"),
        ("/patterns/saga/history/?have=7", "/patterns/saga-pattern/history/"),
        ("/patterns/saga.json?have=7", "/patterns/saga-pattern.json"),
        ("/patterns/1.6/?have=16&x=1", "/patterns/outbox/?have=16"),
        ("/patterns/1.6?have=16&x=1", "/patterns/outbox/?have=16"),
        ("/map/?entry=saga&have=16", "/patterns/saga-pattern/"),
        ("/patterns/saga/?have=%0d%0aX: 1", "/patterns/saga-pattern/?have=%0D%0AX%3A+1"),
        ("/patterns/saga/?have=" + "x" * 16_000, "/patterns/saga-pattern/"),
    ],
)
def test_what_was_asked_goes_along(client: Client, address: str, target: str):
    make_pattern("06", name="Saga Pattern")
    make_pattern("1.6", name="Outbox")

    assert leads_to(client, address) == target


def test_a_query_that_nobody_can_read_breaks_no_header(client: Client):
    make_pattern("06", name="Saga Pattern")

    response = client.get("/patterns/saga/", QUERY_STRING="a=1&" * 200 + "\r\nSet-Cookie: a=1")

    assert response.status_code == 301
    assert not response.cookies
    assert response["Location"].startswith("/patterns/saga-pattern/")
    assert response["Location"].isprintable()


def test_a_word_that_two_entries_have_leads_to_neither_and_offers_both(client: Client):
    make_pattern("06", name="Saga Pattern")
    make_pattern("07", name="Outbox", aliases=["Saga"])

    response = client.get("/patterns/saga/")

    assert response.status_code == 404
    assert all(f'href="/patterns/{slug}/"' in response.content.decode() for slug in ("saga-pattern", "outbox"))


def test_a_code_that_is_another_entrys_alias_leads_to_neither(client: Client):
    make_pattern("3pc", name="Saga")
    make_pattern("07", name="Three Phases", aliases=["3PC"])

    assert leads_to(client, "/patterns/3pc/") == 404


def test_a_live_slug_beats_a_short_word(client: Client):
    make_pattern("06", name="Saga Pattern", aliases=["Outbox"])
    make_pattern("07", name="Outbox")

    assert leads_to(client, "/patterns/outbox/") == 200
    assert leads_to(client, "/patterns/outbox/lab/") == 404  # it has none, and that is no reason to go elsewhere


def test_an_entry_does_not_lead_to_itself(client: Client):
    make_pattern("saga", name="The Saga", slug="saga", aliases=["Saga"])

    assert leads_to(client, "/patterns/saga/lab/") == 404


def test_a_former_slug_beats_a_short_word(client: Client):
    change_pattern(make_pattern("06", name="Saga", slug="relay"), slug="saga")
    make_pattern("07", name="Outbox", aliases=["Relay"])

    assert leads_to(client, "/patterns/relay/") == "/patterns/saga/"


def test_the_slug_of_a_retired_entry_beats_a_short_word(client: Client):
    change_pattern(make_pattern("06", name="Relay"), status="retired")
    make_pattern("07", name="Outbox", aliases=["Relay"])

    assert leads_to(client, "/patterns/relay/") == 410


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_is_not_public_is_neither_found_nor_in_the_way(client: Client, status: str):
    make_pattern("06", name="Saga Pattern", aliases=["Process Manager"], status=status)
    make_pattern("relay", name="Relay", status=status)
    make_pattern("07", name="Outbox", aliases=["Relay"])

    assert leads_to(client, "/patterns/06/") == leads_to(client, "/patterns/process-manager/") == 404
    assert leads_to(client, "/patterns/relay/") == "/patterns/outbox/"


def test_a_name_that_was_given_up_leads_nowhere(client: Client):
    saga = make_pattern("06", name="Saga Pattern", aliases=["Process Manager"])
    change_pattern(saga, name="Long Saga", aliases=["Undo"])

    assert leads_to(client, "/patterns/undo/") == "/patterns/saga-pattern/"
    assert leads_to(client, "/patterns/process-manager/") == leads_to(client, "/patterns/saga/") == 404


def test_programs_are_led_the_same_way(client: Client):
    make_pattern("06", name="Saga Pattern")

    assert str(leads_to(client, "/api/v1/patterns/06")).endswith("/api/v1/patterns/saga-pattern")
