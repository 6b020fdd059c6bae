"""Readers suggest a correction: what is taken, what is refused, and what is never stored or shown."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Catalog, Proposal
from patterns.tests.factories import change_pattern, make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed, text, texts

pytestmark = pytest.mark.django_db
ADDRESS = "/patterns/saga/suggest/"
WORDS = "The second step waits for the first."


@pytest.fixture(autouse=True)
def saga(db):
    return make_pattern("06", name="Saga", problem="Money leaves one bank.")


def send(client: Client, address: str = ADDRESS, *, headers: dict[str, str] | None = None, **typed: str) -> Any:
    return client.post(address, {"words": WORDS, **typed}, headers=headers)


def refused(client: Client, status: int = 400, **typed: Any) -> str:
    """What the page says to a form that must be refused with nothing kept."""
    response = send(client, **typed)
    assert response.status_code == status
    assert not Proposal.objects.exists()
    return text(parsed(response))


def test_it_works(client: Client):
    page = parsed(client.get(ADDRESS))

    assert texts(page, "h1") == ["Suggest a correction to Saga"]
    assert [one.get("method") for one in page.iter("form")] == ["post"]


def test_the_entry_leads_to_its_form(client: Client):
    assert links(parsed(client.get("/patterns/saga/")))[ADDRESS] == "Suggest a correction"


def test_what_a_reader_sends_waits_for_review(client: Client):
    response = send(client, part="problem", name="Ada")

    assert (response.status_code, response["Location"]) == (303, f"{ADDRESS}?sent=1")
    kept = Proposal.objects.get()
    assert (kept.code, kept.part, kept.comment, kept.reader, kept.state) == ("06", "problem", WORDS, "Ada", "open")
    assert (kept.document, kept.base, kept.author) == (None, None, None)


def test_the_public_sees_nothing_of_it(client: Client):
    version, before = Catalog.objects.get().version, client.get("/patterns/saga/").content

    send(client, name="Ada")

    assert Catalog.objects.get().version == version
    assert client.get("/patterns/saga/").content == before


def test_the_thanks_say_what_happens_next(client: Client):
    page = parsed(client.get(f"{ADDRESS}?sent=1"))

    assert "An editor will compare it with the entry" in text(page)
    assert {"/patterns/saga/", "/patterns/saga/history/", ADDRESS} <= links(page).keys()
    assert not [*page.iter("form")]


@pytest.mark.parametrize("query", ["", "?sent=1", "?sent=%00&part=%FF"])
def test_nothing_is_cached_indexed_or_remembered(client: Client, query: str):
    response = client.get(ADDRESS + query, headers={"Cookie": f"sessionid={'x' * 32}; csrftoken={'y' * 32}"})

    assert response.status_code == 200
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert b"csrf" not in response.content.lower()


def test_crawlers_are_kept_out(client: Client):
    assert "Disallow: /patterns/*/suggest/" in client.get("/robots.txt").content.decode().splitlines()
    assert b"suggest" not in client.get("/sitemap.xml").content


def test_no_token_is_asked_for():
    assert send(Client(enforce_csrf_checks=True)).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_what_another_site_sends_is_refused(client: Client, headers: dict[str, str]):
    said = refused(client, 403, headers=headers)

    assert "another site sent this form" in said
    assert WORDS in said


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Origin": "https://catalog.example"},
    ],
)
def test_what_the_own_page_sends_is_taken(client: Client, settings, headers: dict[str, str]):
    settings.SITE_URL = "https://catalog.example"

    assert send(client, headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": ""}, "This field is required."),
        ({"words": " \r\n\t "}, "This field is required."),
        ({"words": "Too short"}, "at least 10 characters"),
        ({"words": "x" * 4001}, "at most 4000 characters"),
        ({"words": f"{WORDS}\0"}, "contains the control character U+0000"),
        ({"words": f"{WORDS}\x1b[2J"}, "contains the control character U+001B"),
        ({"words": WORDS + "\u0301" * 40}, "piles more than 30 combining marks"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"name": "Ada\nLovelace"}, "contains a line break"),
        ({"name": "Ada\0"}, "contains the control character U+0000"),
        ({"part": "status"}, "Choose one of these."),
        ({"part": "\0"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(client: Client, typed: dict[str, str], said: str):
    assert said in refused(client, **typed)


def test_who_fills_in_what_only_machines_see_is_refused_and_told_so(client: Client):
    said = refused(client, homepage="https://spam.example")

    assert "Empty it, then send again." in said
    assert WORDS in said


def test_the_field_for_machines_is_hidden_from_everybody_else(client: Client):
    page = parsed(client.get(ADDRESS))

    (hidden,) = page.findall(".//div[@aria-hidden='true']")
    assert "visually-hidden" in hidden.attrib["class"]
    assert [(one.get("name"), one.get("tabindex")) for one in hidden.iter("input")] == [("homepage", "-1")]


def test_every_other_field_has_its_label(client: Client):
    page = parsed(client.get(ADDRESS))

    labelled = {one.get("for") for one in page.iter("label")}
    fields = [one.get("id") for tag in ("input", "select", "textarea") for one in page.iter(tag)]
    assert fields
    assert set(fields) <= labelled


def test_an_error_is_tied_to_its_field(client: Client):
    page = parsed(send(client, words="Short"))

    field = page.find(".//textarea")
    described = [page.find(f".//*[@id='{one}']") for one in field.attrib["aria-describedby"].split()]
    assert "at least 10" in "".join(described[-1].itertext())
    assert field.get("aria-invalid") == "true"


def test_line_ends_are_one_character_and_the_words_are_in_normal_form(client: Client):
    send(client, words="e\u0301" + "\r\n" * 2 + "x" * 3997)

    assert Proposal.objects.get().comment == "é\n\n" + "x" * 3997


def test_markup_is_text(client: Client):
    markup = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"

    page = parsed(send(client, words=markup, name="x" * 121))

    assert not [one for one in page.iter("script") if not one.get("src")]
    assert not page.findall(".//*[@onerror]")
    assert "".join(page.find(".//textarea").itertext()).strip() == markup


def test_the_sixth_within_an_hour_has_to_wait_and_keeps_its_words(client: Client):
    for _ in range(5):
        send(client)

    response = send(client, words="One more thing.")

    assert response.status_code == 429
    assert 3590 <= int(response["Retry-After"]) <= 3601
    assert "send it again in 6" in text(parsed(response))
    assert "One more thing." in text(parsed(response))
    assert Proposal.objects.count() == 5


def test_what_was_refused_does_not_count(client: Client):
    for _ in range(6):
        send(client, words="Short")

    assert send(client).status_code == 303


def test_behind_a_proxy_each_client_is_counted_alone(client: Client, settings):
    settings.TRUST_PROXY = True
    statuses = [send(client, headers={"X-Forwarded-For": f"1.2.3.4, 203.0.113.{n}"}).status_code for n in range(7)]

    assert statuses == [303] * 7


def test_without_a_proxy_nobody_gets_around_the_limit_by_naming_other_addresses(client: Client):
    statuses = [send(client, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(6)]

    assert statuses == [303] * 5 + [429]


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_an_entry_that_was_never_public_looks_like_one_that_does_not_exist(client: Client, method: str, status: str):
    make_pattern("07", slug="secret", status=status)

    hidden, unknown = (getattr(client, method)(f"/patterns/{slug}/suggest/") for slug in ("secret", "nothing"))

    assert (hidden.status_code, hidden.headers) == (404, unknown.headers)
    assert hidden.content.replace(b"secret", b"nothing") == unknown.content
    assert not Proposal.objects.exists()


def test_a_retired_entry_is_gone(client: Client, saga):
    change_pattern(saga, status="retired")

    assert client.get(ADDRESS).status_code == send(client).status_code == 410
    assert not Proposal.objects.exists()


def test_a_former_address_leads_to_the_present_one(client: Client, saga):
    change_pattern(saga, slug="sagas")

    response = client.get(ADDRESS)

    assert (response.status_code, response["Location"]) == (301, "/patterns/sagas/suggest/")
    assert "no-store" in response["Cache-Control"]


def test_words_that_were_sent_to_a_former_address_go_along(client: Client, saga):
    change_pattern(saga, slug="sagas")

    response = client.post(ADDRESS, {"words": WORDS}, follow=True)

    assert response.redirect_chain == [("/patterns/sagas/suggest/", 308), ("/patterns/sagas/suggest/?sent=1", 303)]
    assert Proposal.objects.get().comment == WORDS


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(client: Client, method: str):
    assert getattr(client, method)(ADDRESS).status_code == 405


def test_head_answers_like_get_without_a_body(client: Client):
    response = client.head(ADDRESS)

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("body", ["words=" + "x" * 3_000_000, "&".join(f"a{n}=1" for n in range(6_000))])
def test_a_huge_form_is_refused(client: Client, body: str):
    response = client.post(ADDRESS, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "é/x"])
def test_a_body_that_is_no_form_is_refused(client: Client, kind: str):
    assert client.post(ADDRESS, b"\xff\x00{", content_type=kind).status_code == 400


def test_a_longer_queue_and_a_larger_catalogue_cost_no_more_queries(client: Client):
    few = queries(client)
    make_patterns(30, first=11)
    Proposal.objects.bulk_create(
        Proposal(code="06", comment=WORDS, created_at="2025-01-01T00:00:00Z") for _ in range(40)
    )

    assert queries(client) == few <= 12


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(ADDRESS).status_code == 200
        assert send(client).status_code == 303
    return len(captured)
