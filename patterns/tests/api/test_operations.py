from typing import Any

import pytest
from django.test import Client

from patterns.document.entry import Entry
from patterns.store.reading import load_entries
from patterns.tests.factories import (
    AT,
    authorship,
    change_header,
    change_pattern,
    make_category,
    make_pattern,
    make_patterns,
    make_rich_pattern,
)

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def got(client: Client, address: str) -> Any:
    response = client.get(f"/api/v1/{address.removeprefix(f'{SITE}/api/v1/')}")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return response.json()


def codes(page: Any) -> list[str]:
    return [one["code"] for one in page["items"]]


def test_it_begins_with_where_everything_is(client: Client):
    places = got(client, "")

    assert set(places) == {"docs", "openapi", "catalog", "categories", "patterns"}
    assert all(client.get(address).status_code == 200 for address in places.values())


def test_the_catalogue_says_what_it_is(client: Client):
    said = {"title": "Architectures", "description": "Of systems.", "keywords": ["sagas"]}
    change_header(**said)

    catalog = got(client, "catalog")

    assert {key: catalog[key] for key in said} == said
    assert all(client.get(address).status_code == 200 for address in catalog["links"].values())


def test_categories_come_in_their_order_with_what_readers_see_in_them(client: Client):
    make_category("Empty")
    make_pattern("01", category="Data")
    make_pattern("02", category="Flow")
    make_pattern("03", category="Data", status="draft")

    found = got(client, "categories")["items"]

    assert [(one["slug"], one["pattern_count"]) for one in found] == [("data", 1), ("flow", 1)]


def test_a_category_leads_to_its_entries(client: Client):
    make_pattern("01", category="Data")
    make_pattern("02", category="Flow")

    (data, _) = got(client, "categories")["items"]

    assert codes(got(client, data["links"]["patterns"])) == ["01"]


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_the_list_holds_published_entries_only(client: Client, status: str):
    make_pattern("01")
    make_pattern("02", status=status)

    page = got(client, "patterns")

    assert (codes(page), page["total"], page["next"]) == (["01"], 1, None)


def test_an_entry_of_the_list_names_itself_and_leads_on(client: Client):
    make_pattern("01", name="Saga", category="Data")

    (saga,) = got(client, "patterns")["items"]

    assert saga == {
        "code": "01",
        "slug": "saga",
        "name": "Saga",
        "description": "What Saga is.",
        "kind": "pattern",
        "category": "Data",
        "links": {"api": f"{SITE}/api/v1/patterns/saga", "page": f"{SITE}/patterns/saga/"},
    }


@pytest.mark.parametrize("query", ["", "?sort=name", "?q=pattern"])
def test_following_next_finds_every_entry_once(client: Client, query: str):
    make_patterns(120)

    pages = [got(client, f"patterns{query}")]
    while following := pages[-1]["next"]:
        pages.append(got(client, following))

    found = [code for page in pages for code in codes(page)]
    assert sorted(found, key=int) == [f"{number:02}" for number in range(1, 121)]
    assert len(pages) == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=saga", ["01", "02"]),
        ("category=data", ["01", "02"]),
        ("category=data&category=flow", ["01", "02", "03"]),
        ("not_category=data", ["03"]),
        ("-category=data", ["03"]),
        ("-category=data&not_category=flow", []),
        ("kind=style", ["02"]),
        ("not_kind=style", ["01", "03"]),
        ("-kind=style", ["01", "03"]),
        ("gains=availability", ["02"]),
        ("costs=consistency", ["02"]),
        ("not_gains=availability", ["01", "03"]),
        ("not_costs=consistency", ["01", "03"]),
        ("sort=name", ["03", "02", "01"]),
        ("after=02", ["03"]),
    ],
)
def test_the_list_takes_the_parameters_of_its_page(client: Client, query: str, expected: list[str]):
    make_pattern("01", name="Saga", category="Data")
    make_rich_pattern("02", name="Broker", category="Data")
    make_pattern("03", name="Anchor", category="Flow")

    assert codes(got(client, f"patterns?{query}")) == expected


@pytest.mark.parametrize("name", ["not_category", "-category"])
def test_next_has_the_parameters_as_they_are_told(client: Client, name: str):
    make_patterns(80)

    page = got(client, f"patterns?{name}=shelf-1")

    assert "?not_category=shelf-1&after=" in page["next"]
    assert client.get(page["next"].removeprefix(SITE)).status_code == 200


def test_the_list_counts_what_it_can_be_narrowed_by(client: Client):
    make_patterns(3, category="Data")

    facets = {facet["name"]: facet["options"] for facet in got(client, "patterns")["facets"]}

    assert {"value": "data", "label": "Data", "count": 3} in facets["category"]


def test_words_that_nobody_wrote_bring_a_suggestion(client: Client):
    make_pattern("01", name="Circuit Breaker")

    page = got(client, "patterns?q=cirkut")

    assert (codes(page), page["did_you_mean"]) == ([], f"{SITE}/api/v1/patterns?q=circuit")


def test_an_entry_is_the_document_of_its_file(client: Client):
    make_rich_pattern("01", name="Saga")

    found = got(client, "patterns/saga")

    assert Entry.model_validate(found["document"]) == load_entries()["01"]
    assert found["changed_at"] == AT.isoformat().replace("+00:00", "Z")


def test_an_entry_leads_to_its_twins(client: Client):
    make_rich_pattern("01", name="Saga")

    links = got(client, "patterns/saga")["links"]

    assert set(links) == {"page", "toml", "json", "md", "category", "revisions"}
    assert all(client.get(address).status_code == 200 for address in links.values())


def test_a_gain_comes_with_what_backs_it(client: Client):
    make_rich_pattern("06", name="Saga", slug="saga-pattern")

    gain, cost = got(client, "patterns/saga-pattern")["backed"]

    source, figure = gain["evidence"]
    assert (source["kind"], source["text"], source["url"]) == ("source", "Sagas", "https://example.org/sagas")
    assert (figure["kind"], figure["text"]) == ("lab", "6.7 → 0")
    assert figure["url"] == f"{SITE}/patterns/saga-pattern/lab/"
    assert (cost["sign"], cost["evidence"]) == ("cost", [])


def test_an_entry_comes_with_the_verdict_of_the_lab(client: Client):
    make_pattern("06", name="Saga", slug="saga-pattern")

    lab = got(client, "patterns/saga-pattern")["lab"]

    assert (lab["verdict"], lab["situation"]) == ("helps", "The coordinator crashes")
    assert lab["sentence"].startswith("It helps here: bookings left half done: 0 ")
    assert all(client.get(address).status_code == 200 for address in lab["links"].values())


def test_an_entry_without_an_experiment_has_no_verdict(client: Client):
    make_pattern("01", name="Saga")

    assert got(client, "patterns/saga")["lab"] is None


def test_a_relation_is_seen_from_both_ends(client: Client):
    make_pattern("01", name="Outbox")
    make_pattern("02", name="Saga", relations=[{"type": "requires", "target": "01", "why": "To send."}])

    (forward,), (backward,) = (got(client, f"patterns/{slug}")["related"] for slug in ("saga", "outbox"))

    assert (forward["label"], forward["pattern"]["slug"], forward["why"]) == ("requires", "outbox", "To send.")
    assert (backward["label"], backward["pattern"]["slug"], backward["why"]) == ("required by", "saga", "To send.")


def test_relations_to_what_is_not_public_are_left_out(client: Client):
    make_pattern("01", status="draft")
    make_pattern("02", name="Saga", replaced_by="01", relations=[{"type": "uses", "target": "01"}])

    found = got(client, "patterns/saga")

    assert (found["related"], found["document"]["relations"], found["document"]["replaced_by"]) == ([], [], "")


def test_revisions_are_the_public_past_newest_first(client: Client):
    draft = make_pattern("01", name="Saga", status="draft", problem="Not yet.")
    first = change_pattern(draft, status="published", problem="First.")
    change_pattern(first, problem="Second.", by=authorship(comment="Nobody's business"))

    found = got(client, "patterns/saga/revisions")

    assert [one["document"]["problem"] for one in found["items"]] == ["Second.", "First."]
    assert found["next"] is None


def test_a_change_of_which_readers_saw_nothing_is_no_revision(client: Client):
    make_pattern("02", name="Outbox", status="draft")
    saga = make_pattern("01", name="Saga", problem="First.")
    change_pattern(saga, relations=[{"type": "uses", "target": "02"}])

    found = got(client, "patterns/saga/revisions")

    assert [one["document"]["problem"] for one in found["items"]] == ["First."]


def test_following_next_finds_every_revision_once(client: Client):
    pattern = make_pattern("01", name="Saga")
    for number in range(24):
        change_pattern(pattern, problem=f"Text {number}.")

    first = got(client, "patterns/saga/revisions")
    second = got(client, first["next"])

    numbers = [one["number"] for page in (first, second) for one in page["items"]]
    assert (len(numbers), sorted(numbers, reverse=True), second["next"]) == (25, numbers, None)


@pytest.mark.parametrize(
    "address", ["catalog", "categories", "patterns", "patterns/saga", "patterns/saga/revisions", "openapi.json"]
)
def test_a_copy_is_good_until_the_catalogue_changes(client: Client, address: str):
    saga = make_pattern("01", name="Saga")
    response = client.get(f"/api/v1/{address}")
    headers = {"If-None-Match": response["ETag"]}

    before = client.get(f"/api/v1/{address}", headers=headers).status_code
    change_pattern(saga, problem="New.")

    assert (before, client.get(f"/api/v1/{address}", headers=headers).status_code) == (304, 200)
    assert response["Last-Modified"] == "Fri, 14 Mar 2025 09:26:00 GMT"


@pytest.mark.parametrize("header", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_what_the_program_says_of_itself_is_not_sent_again(client: Client, header: tuple[str, str]):
    given, asked = header
    value = client.get("/api/v1/")[given]

    response = client.get("/api/v1/", headers={asked: value})

    assert (response.status_code, response.content) == (304, b"")


def test_addresses_begin_with_the_sites_own_whatever_host_was_asked(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"
    make_pattern("01", name="Saga")

    (saga,) = client.get("/api/v1/patterns", headers={"Host": "localhost"}).json()["items"]

    assert saga["links"]["page"] == "https://catalog.example/patterns/saga/"
