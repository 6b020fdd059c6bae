"""The page of the order system, and its figures for programs."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.lab import interplay, survival
from patterns.lab.composition import ALL_FAULTS, COMBINATIONS, PATTERNS, PRICES, SCENARIOS, stored_runs
from patterns.lab.verdict import worded_figure
from patterns.tests.factories import change_pattern, make_pattern, make_patterns
from patterns.tests.pages.trees import as_read, links, parsed, text, texts, words

pytestmark = pytest.mark.django_db
ADDRESS = "/lab/order-system/"
DATA = "/lab/order-system.json"
BOTH = "?with=outbox&with=retry"
CODES = {"outbox": "07", "saga": "06", "breaker": "10", "retry": "13", "idempotent": "16"}


@pytest.fixture
def entries(db) -> dict[str, Any]:
    return {one.key: make_pattern(CODES[one.key], slug=one.slug, name=one.name) for one in PATTERNS}


def page_of(client: Client, query: str = "", *, status: int = 200) -> Element:
    response = client.get(f"{ADDRESS}{query}")
    assert response.status_code == status
    return parsed(response)


def ticked(page: Element) -> list[str]:
    return [one.attrib["value"] for one in page.findall(".//input[@type='checkbox'][@checked]")]


def rows(page: Element, label: str) -> list[list[str]]:
    [table] = page.findall(f".//table[@aria-label='{label}']")
    return [[words(cell) for cell in row] for row in table.findall("./tbody/tr")]


def test_it_works(client: Client):
    page = page_of(client)

    assert texts(page, "h1") == ["An order system"]
    assert as_read(interplay.verdict_sentence()) in text(page)
    assert "With all off, the system survives none of the 4 faults." in text(page)
    assert ticked(page) == []


def test_a_combination_is_ticked_and_says_what_it_survives(client: Client):
    page = page_of(client, BOTH)

    assert ticked(page) == ["outbox", "retry"]
    assert "With outbox + retry, the system survives 1 of 4 faults: broker outage." in text(page)
    assert texts(page, "title")[0].startswith("An order system: outbox + retry")


def test_each_fault_has_a_word_and_its_figures(client: Client):
    fates = [words(one) for one in page_of(client, BOTH).findall(".//li[@class='fate']")]

    told = survival.results("outbox+retry")
    assert [one.is_survived for one in told] == ["Not survived" not in fate for fate in fates]
    for one, fate in zip(told, fates, strict=True):
        assert fate.startswith(one.scenario.name)
        assert all(as_read(reason)[1:] in fate for reason in one.reasons)


def test_prices_stand_beside_those_of_none(client: Client):
    told = rows(page_of(client, BOTH), "Prices")

    for row, metric in zip(told, PRICES, strict=True):
        sides = [stored_runs(one, key) for key in ("none", "all") for one in ("", "outbox+retry")]
        of = ("No fault, all off", "No fault, this one", "All together, all off", "All together, this one")
        figures = [as_read(worded_figure(one.price(metric), metric)) for one in sides]
        assert row[1:] == [f"{name} {figure}" for name, figure in zip(of, figures, strict=True)]


def test_each_switch_says_what_it_would_change_and_leads_there(client: Client):
    page = page_of(client, BOTH)

    found = links(page.find(".//dl[@class='toggles']"))
    assert found == {
        f"{ADDRESS}?with=retry#result": "Take off: Outbox",
        f"{ADDRESS}?with=outbox&with=saga&with=retry#result": "Put on: Saga",
        f"{ADDRESS}?with=outbox&with=breaker&with=retry#result": "Put on: Circuit breaker",
        f"{ADDRESS}?with=outbox#result": "Take off: Retry",
        f"{ADDRESS}?with=outbox&with=retry&with=idempotent#result": "Put on: Idempotent consumer",
    }
    assert "It adds: crash between commit and publish; late charge." in text(page)


def test_pairs_are_told_in_sentences_with_their_figures(client: Client):
    told = text(page_of(client))

    sentences = [one.sentence for one in (*interplay.needs(), *interplay.both(), *interplay.spoilers())]
    assert len(sentences) > 6
    assert [one for one in sentences if as_read(one) not in told] == []


def test_the_table_has_every_combination_under_every_fault(client: Client):
    page = page_of(client, BOTH)

    told = rows(page, "Combinations")
    assert len(told) == 32
    for row, combination in zip(told, COMBINATIONS, strict=True):
        short = [as_read(f"{one.scenario.short} {one.short}") for one in survival.results(combination)]
        assert row[1:] == short
    [current] = page.findall(".//a[@aria-current='page']")
    assert words(current) == "Outbox + retry"


def test_each_row_leads_to_its_own_address(client: Client):
    [table] = page_of(client).findall(".//table[@aria-label='Combinations']")

    for address in [*links(table)][::9]:  # each takes a while to parse
        page = page_of(client, address.removeprefix(ADDRESS).removesuffix("#result"))
        assert [words(one) for one in page.findall(".//a[@aria-current='page']")] == [links(table)[address]]


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("?with=outbox&with=retry", "?with=outbox&amp;with=retry"),
        ("?with=retry&with=outbox&with=retry", "?with=outbox&amp;with=retry"),
    ],
)
def test_a_combination_has_one_address(client: Client, query: str, canonical: str):
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{ADDRESS}{canonical}"' in (
        client.get(f"{ADDRESS}{query}").content.decode()
    )


# What cannot be.


@pytest.mark.parametrize("value", ["nothing", "", "OUTBOX", "outbox+retry", "%00", "a" * 10_000, "<b>"])
def test_a_switch_that_there_is_not_is_refused(client: Client, value: str):
    page = page_of(client, f"?with={value}", status=400)

    alert = words(page.find(".//*[@role='alert']"))
    assert "is no switch; give one of: outbox, saga, breaker, retry, idempotent." in alert
    assert page.find(".//li[@class='fate']") is None


def test_what_means_nothing_is_refused_and_the_rest_stays(client: Client):
    page = page_of(client, "?with=saga&with=x&colour=red", status=400)

    assert "2 things that cannot be" in text(page)
    assert "Nothing here is called “colour”; what can be set: with." in text(page)
    assert ticked(page) == ["saga"]


def test_a_refusal_is_not_kept(client: Client):
    assert client.get(f"{ADDRESS}?with=x")["Cache-Control"] == "no-cache"


# Entries, and the way to a decision.


@pytest.mark.usefixtures("entries")
def test_each_switch_leads_to_its_entry(client: Client):
    found = links(page_of(client).find(".//form[@action='/lab/order-system/#result']"))

    assert {address: name for address, name in found.items() if address.startswith("/patterns/")} == {
        f"/patterns/{one.slug}/": one.name for one in PATTERNS
    }


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_an_entry_that_is_not_public_gets_no_link(client: Client, entries, status: str):
    change_pattern(entries["saga"], status=status)

    page = page_of(client, "?with=saga&with=retry")
    assert "/patterns/saga-pattern/" not in links(page)
    assert "/decide/?choose=13" in links(page)


def test_an_entry_that_was_renamed_is_still_found(client: Client, entries):
    change_pattern(entries["outbox"], slug="transactional-outbox")

    assert "/patterns/transactional-outbox/" in links(page_of(client))


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "/decide/"),
        (BOTH, "/decide/?choose=07&with=13"),
        ("?with=saga&with=idempotent", "/decide/?choose=06&with=16"),
    ],
)
def test_it_ends_in_a_decision(client: Client, query: str, address: str):
    page = page_of(client, query)

    last = [*links(page.find(".//main"))][-1]
    assert last == address
    assert client.get(last).status_code == 200


@pytest.mark.usefixtures("entries")
def test_a_record_has_room_for_four_and_the_page_says_who_is_left_out(client: Client):
    page = page_of(client, "?" + "&".join(f"with={one.key}" for one in PATTERNS))

    assert "/decide/?choose=07&with=06&with=10&with=13" in links(page)
    assert "A record has room for no more: Idempotent consumer has to be added to it by hand." in text(page)


def test_without_entries_it_works_and_leads_to_an_empty_decision(client: Client):
    page = page_of(client, BOTH)

    assert "/decide/" in links(page)
    assert not [one for one in links(page) if one.startswith("/patterns/") and "pattern" in one.split("/")[2]]


@pytest.mark.usefixtures("entries")
def test_a_larger_catalogue_takes_no_more_queries(client: Client):
    few = queries(client)
    make_patterns(20, first=40)

    assert queries(client) == few <= 3


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{ADDRESS}{BOTH}").status_code == 200
    return len(captured)


def test_the_program_can_be_read(client: Client):
    found = texts(page_of(client), "summary")

    assert found[:3] == [f"patterns/lab/{name}.py" for name in ("composition", "survival", "interplay")]
    assert {f"patterns/lab/systems/{name}.py" for name in ("order_system", "card_payments", "purchases")} <= {*found}


def test_the_drawing_says_in_words_what_it_shows(client: Client):
    [drawing] = page_of(client, BOTH).findall(".//figure[@class='lab-structure combination-system']")

    assert "Outbox (same transaction, new on this side)" in words(drawing)
    assert "Relay to Broker" in words(drawing)


# Elsewhere.


def test_the_lab_leads_there(client: Client):
    assert ADDRESS in links(parsed(client.get("/lab/")))


def test_crawlers_are_told_of_the_page_and_not_of_every_combination(client: Client):
    assert f"{ADDRESS}</loc>".encode() in client.get("/sitemap.xml").content
    assert f"Disallow: {ADDRESS}?".encode() in client.get("/robots.txt").content


# For programs.


def test_programs_get_the_numbers_of_the_page(client: Client):
    response = client.get(DATA)

    found = response.json()
    assert response["Content-Type"] == "application/json"
    assert [tuple(one["with"]) for one in found["combinations"]] == [survival.on_in(one) for one in COMBINATIONS]
    for told, combination in zip(found["combinations"], COMBINATIONS, strict=True):
        for scenario in SCENARIOS:
            result = survival.result(combination, scenario)
            answer = told["scenarios"][scenario.key]
            assert (answer["survives"], answer["figures"]["wrong"]) == (result.is_survived, result.wrong)
            assert answer["figures"]["told_no"] == result.runs.price(PRICES[0])
            assert answer["runs"]["orders"] == [*result.runs.figures["orders"]]


def test_programs_get_the_pairs_and_the_rule(client: Client):
    found = client.get(DATA).json()

    assert found["rule"]["text"] == survival.RULE
    assert [one["text"] for one in found["needs"]] == [one.sentence for one in interplay.needs()]
    assert {"switches": ["saga", "breaker"], "scenario": "slow"}.items() <= found["only_together"][-1].items()
    assert [one["key"] for one in found["scenarios"]][-1] == ALL_FAULTS.key


def test_a_copy_that_is_still_good_is_not_sent_again(client: Client):
    response = client.get(DATA, headers={"If-None-Match": client.get(DATA)["ETag"]})

    assert (response.status_code, response.content) == (304, b"")
