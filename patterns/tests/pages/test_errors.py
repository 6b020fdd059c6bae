from datetime import UTC, datetime

import html5lib
import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from archsite import settings as production
from patterns.tests.factories import (
    authorship,
    change_header,
    change_pattern,
    entry,
    import_entries,
    make_pattern,
    make_patterns,
)
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import guesses

pytestmark = pytest.mark.django_db
CANARY = "xanadu"


def offered(client: Client, address: str) -> list[str]:
    """The names of the entries that a page that is not there offers instead."""
    response = client.get(address)
    assert response.status_code == 404
    near = parsed(response).find(".//ul[@aria-labelledby='near']")
    return texts(near, "a") if near is not None else []


@pytest.mark.parametrize("is_https", [False, True])
def test_a_host_that_is_not_ours_reads_what_to_set(client: Client, settings, is_https: bool):
    settings.SECURE_SSL_REDIRECT = is_https

    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "set SITE_URL to its address, or name the host in ALLOWED_HOSTS" in response.content.decode()
    assert b"evil" not in response.content


def test_an_unknown_address_has_a_page_that_leads_on(client: Client):
    response = client.get("/no-such-page")

    assert response.status_code == 404
    assert texts(parsed(response), "h1") == ["There is no page at this address"]
    assert "/patterns/" in links(parsed(response))


def test_the_page_for_our_own_errors_needs_no_database_and_no_manifest(settings):
    settings.STORAGES = production.STORAGES

    response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    html5lib.HTMLParser(strict=True).parse(response.content)


@pytest.mark.parametrize(
    "address",
    [
        *("/patterns/sagga/", "/patterns/saga-patern/", "/patterns/SAGA-Patern/", "/patterns/sage-pattern.toml"),
        *(
            "/saga",
            "/saga-pattern.html",
            "/categories/saga/",
            "/patterns/saga_pattern/history/",
            "/patterns/pattern-saga/",
        ),
    ],
)
def test_a_mistyped_address_is_offered_what_it_may_have_meant(client: Client, address: str):
    make_pattern("06", name="Saga Pattern")
    make_pattern("07", name="Outbox")

    assert offered(client, address)[:1] == ["Saga Pattern"]


def test_entries_that_only_share_a_common_word_are_not_offered_beside_a_good_match(client: Client):
    for code, name in (("05", "CQRS Pattern"), ("06", "Saga Pattern"), ("11", "Sharding Pattern")):
        make_pattern(code, name=name)

    assert offered(client, "/patterns/saga-patern/") == ["Saga Pattern"]


@pytest.mark.parametrize(
    "address", ["/patterns/process-maneger/", "/process-manager", "/pattern/6/", "/patterns/6.toml"]
)
def test_other_names_and_codes_are_offered_too(client: Client, address: str):
    make_pattern("06", name="Saga Pattern", aliases=["Process Manager"])
    make_pattern("07", name="Outbox")

    assert offered(client, address)[:1] == ["Saga Pattern"]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        *(("/compar", "Compare"), ("/compare.html", "Compare"), ("/catalogue", "Data"), ("/entries/", "Entries")),
        *(
            ("/change", "Changes"),
            ("/feed", "Changes (Atom)"),
            ("/categorys/", "Categories"),
            ("/labs", "Lab"),
            ("/ABOUT", "About"),
        ),
    ],
)
def test_a_page_is_offered_by_its_address_or_its_word_in_the_menu(client: Client, address: str, page: str):
    make_pattern("06", name="Saga Pattern")

    assert offered(client, address)[:1] == [page]


def test_a_page_that_is_offered_is_there(client: Client):
    for guess in guesses.page_words().values():
        assert client.get(guess.address).status_code == 200, guess


def test_a_mistyped_folder_leads_to_the_entry_and_to_the_list(client: Client):
    make_pattern("06", name="Saga Pattern")

    assert {"Saga Pattern", "Entries"} == {*offered(client, "/pattern/saga")}


def test_a_category_is_offered_below_the_categories(client: Client):
    make_pattern("06", name="Saga Pattern", category="Transaction Pattern")
    make_pattern("07", name="Outbox", category="Hidden", status="draft")

    assert offered(client, "/categories/transactions-pattern/") == ["Transaction Pattern"]
    assert offered(client, "/categorie/transaction/")[:1] == ["Transaction Pattern"]
    assert offered(client, "/categories/hiden/") == []


def test_in_a_long_catalogue_the_neighbours_are_offered(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guesses, "CANDIDATE_COUNT", 5)
    make_patterns(30)
    make_pattern("zz", name="Transactional Outbox", aliases=["Relay Table"])

    assert offered(client, "/patterns/transactional-outbux/") == ["Transactional Outbox"]
    assert offered(client, "/patterns/transactional-outbo/") == ["Transactional Outbox"]
    assert offered(client, "/patterns/relay-tabel/") == ["Transactional Outbox"]
    assert offered(client, "/patterns/ZZ/") == ["Transactional Outbox"]


@pytest.mark.parametrize(
    "address", ["/patterns/sa%00ga/", "/patterns/relay%00/", "/relay%00", "/patterns/\u0130/", "/%ed%a0%80a/"]
)
def test_in_a_long_catalogue_no_address_asks_what_the_database_cannot_hold(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str
):
    monkeypatch.setattr(guesses, "CANDIDATE_COUNT", 5)
    make_patterns(30)

    assert client.get(address).status_code == 404


def test_what_is_not_there_costs_as_much_in_a_longer_catalogue(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries
):
    monkeypatch.setattr(guesses, "CANDIDATE_COUNT", 5)
    make_patterns(30)

    with django_assert_max_num_queries(13):
        client.get("/patterns/not-one-of-ours/")


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_is_not_public_is_not_offered(client: Client, status: str):
    make_pattern("06", name="Saga Pattern", status=status)

    assert offered(client, "/patterns/saga-patern/") == []


def test_the_nearest_is_offered_first_and_few_are(client: Client):
    make_patterns(40)
    make_pattern("99", name="Pattern 0")

    found = offered(client, "/patterns/patern-0/")

    assert found[0] == "Pattern 0"
    assert len(found) == 3


@pytest.mark.parametrize(
    "address",
    ["/patterns/zzzzzz/", f"/patterns/{'a' * 5000}/", "/patterns/%00/", "/a/b/c/d/e", "/patterns/日本/", "/%ff"],
)
def test_what_is_like_nothing_is_offered_nothing(client: Client, address: str):
    make_pattern("06", name="Saga")

    assert offered(client, address) == []


def test_hostile_addresses_and_names_stay_text(client: Client):
    make_pattern("06", name="<script>alert(1)</script>", slug="saga")

    page = parsed(client.get("/patterns/saga%22%3E%3Cscript%3E/"))

    assert not [one for one in page.iter("script") if not one.get("src")]


def test_a_retired_entry_points_past_successors_that_were_retired_too(client: Client):
    make_pattern("03", name="Third")
    change_pattern(make_pattern("02", name="Second"), status="retired", replaced_by="03")
    change_pattern(make_pattern("01", name="First"), status="retired", replaced_by="02")

    assert links(parsed(client.get("/patterns/first/")))["/patterns/third/"] == "Third"


def test_entries_that_replace_each_other_in_a_circle_have_no_successor(client: Client):
    make_pattern("02", name="Second")
    change_pattern(make_pattern("01", name="First"), status="retired", replaced_by="02")
    change_pattern(make_pattern("02b", name="Other"), status="retired", replaced_by="01")

    response = client.get("/patterns/other/")

    assert response.status_code == 410
    assert "Second" in text(parsed(response))


@pytest.mark.parametrize(("address", "title"), [("/nothing/", "Not found"), ("/patterns/first/", "Retired: First")])
def test_a_page_that_is_not_there_still_belongs_to_the_catalogue(client: Client, address: str, title: str):
    change_header(title="Systems")
    change_pattern(make_pattern("01", name="First"), status="retired")

    page = parsed(client.get(address))

    assert texts(page, "title") == [f"{title} · Systems"]
    assert text(page, "footer").startswith("Systems")


def test_what_is_not_there_can_be_searched_for(client: Client):
    page = parsed(client.get("/nothing/"))

    assert page.find(".//main//form[@role='search']").get("action") == "/patterns/"


def test_a_retired_entry_says_what_its_successor_is(client: Client):
    make_pattern("02", name="Second", description="Does it better.")
    change_pattern(make_pattern("01", name="First"), status="retired", replaced_by="02")

    assert "Second Does it better." in text(parsed(client.get("/patterns/first/")))


def test_a_retired_entry_says_what_it_was_when_it_left_and_why(client: Client):
    leave = authorship(at=datetime(2025, 6, 2, tzinfo=UTC), comment=CANARY, public_reason="Nobody builds it any more.")
    first = change_pattern(make_pattern("01", name="First"), status="retired", by=leave)
    change_pattern(first, name=CANARY, replaced_by="", description=CANARY)

    found = text(parsed(client.get("/patterns/first/")))

    assert "First was retired It left the catalogue on 2 June 2025. Nobody builds it any more." in found
    assert CANARY not in found


def test_a_retired_entry_is_gone_from_its_former_addresses_too(client: Client):
    first = change_pattern(make_pattern("01", name="First"), slug="second")
    change_pattern(first, status="retired")

    assert client.get("/patterns/first/").status_code == 410


def test_an_entry_that_a_file_brought_retired_is_not_named(client: Client):
    import_entries([entry("01", name="First", status="retired")])

    response = client.get("/patterns/first/")

    assert response.status_code == 410
    assert texts(parsed(response), "h1") == ["This entry was retired"]
