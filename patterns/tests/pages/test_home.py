from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.lab.experiment import WITH
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored
from patterns.lab.sweep import SWEEP_SEEDS
from patterns.lab.verdict import worded_figure
from patterns.tests.factories import (
    RICH,
    authorship,
    change_header,
    change_pattern,
    make_category,
    make_pattern,
    make_patterns,
)
from patterns.tests.pages.trees import as_read, links, parsed, text, texts, words
from patterns.views import site

pytestmark = pytest.mark.django_db


def test_it_works(client: Client):
    change_header(title="Systems & Patterns", description="What this is.")
    make_pattern("06", name="Saga", description="Undoes step by step.", category="Transactions")

    page = parsed(client.get("/"))

    assert texts(page, "h1") == ["Systems & Patterns"]
    assert texts(page, "title") == ["Systems & Patterns"]
    assert "What this is." in text(page)
    assert links(page)["/patterns/saga/"] == "Saga"
    assert "Undoes step by step." in text(page)


def test_categories_stand_in_their_order_with_their_counts(client: Client):
    make_pattern("01", category="Later", name="A")
    make_pattern("02", category="Sooner", name="B")
    make_pattern("03", category="Sooner", name="C")

    shown = text(parsed(client.get("/")))

    assert shown.index("Later 1 entry") < shown.index("Sooner 2 entries")


def test_categories_that_readers_would_find_empty_are_left_out(client: Client):
    make_category("Empty shelf")
    make_pattern("01", category="Drafts only", status="draft")
    make_pattern("02", category="Full shelf")

    assert texts(parsed(client.get("/")), "h3") == ["Full shelf", "Pattern 02"]


def test_entries_are_cards_in_code_order(client: Client):
    for code in ("100", "10", "9", "A1"):
        make_pattern(code)

    names = [name for name in texts(parsed(client.get("/")), "h3") if name.startswith("Pattern")]

    assert names == ["Pattern 9", "Pattern 10", "Pattern A1", "Pattern 100"]


def test_a_long_catalogue_is_cut_and_its_list_named(client: Client, monkeypatch):
    monkeypatch.setattr(site, "CARD_COUNT", 3)
    make_patterns(4)

    page = parsed(client.get("/"))

    assert "Pattern 04" not in texts(page, "h3")
    assert "All entries" in text(page)


def test_what_changed_lately_names_entries_by_day_newest_first(client: Client):
    first = make_pattern("01", name="Saga")
    make_pattern("02", name="Outbox", by=authorship(at=datetime(2025, 5, 1, tzinfo=UTC)))
    change_pattern(first, description="New words.", by=authorship(at=datetime(2025, 6, 2, tzinfo=UTC)))

    page = parsed(client.get("/"))

    assert "Changed lately 2 June 2025 Saga 1 May 2025 Outbox" in text(page)


def test_the_data_can_be_taken_from_here(client: Client):
    assert links(parsed(client.get("/")))["/catalog.toml"]


def test_an_empty_catalogue_says_so(client: Client):
    page = parsed(client.get("/"))

    assert "no entries yet" in text(page)
    assert texts(page, "h1") == ["Archsite"]


def test_the_home_page_has_the_search_field(client: Client):
    form = parsed(client.get("/")).find(".//form[@role='search']")

    assert form.get("action") == "/patterns/"
    assert [one.get("name") for one in form.iter("input")] == ["q"]


def test_one_sentence_says_what_this_is_and_the_rest_stands_below_the_search(client: Client):
    change_header(description="What this is. What it is not, e.g. complete. More.")

    header = parsed(client.get("/")).find(".//main/header/div")

    assert ["".join(one.itertext()).strip() for one in header if one.tag == "p"] == [
        "What this is.",
        "What it is not, e.g. complete. More.",
    ]
    assert [one.tag for one in header] == ["h1", "p", "form", "p"]


def test_a_description_of_one_sentence_is_not_said_twice(client: Client):
    change_header(description="What this is.")

    assert text(parsed(client.get("/"))).count("What this is.") == 1


# The verdict of the lab.


def demonstration(client: Client) -> Element | None:
    return parsed(client.get("/")).find(".//section[@aria-labelledby='demonstration']")


def test_the_front_page_shows_the_plainest_help_of_the_lab(client: Client):
    make_pattern("06", slug="saga-pattern", name="Saga")
    make_pattern("10", slug="circuit-breaker-pattern", name="Breaker")

    found = demonstration(client)

    assert found is not None
    figures = [words(one) for one in found.iter("dd") if "demonstration-figure" in one.get("class", "")]
    breaker, usual = BY_SLUG["circuit-breaker-pattern"], BY_SLUG["circuit-breaker-pattern"].default
    means = [stored(breaker, usual).mean(side, breaker.primary.key) for side in (usual.against, WITH)]
    assert figures == [as_read(worded_figure(one, breaker.primary)) for one in means]
    assert links(found)["/patterns/circuit-breaker-pattern/lab/"] == "See it run"
    assert len(found.findall(".//{*}circle")) == 2 * len(SWEEP_SEEDS)


def test_only_published_entries_are_shown_in_the_lab(client: Client):
    make_pattern("06", slug="saga-pattern")
    make_pattern("10", slug="circuit-breaker-pattern", status="draft")

    found = demonstration(client)

    assert found is not None
    assert {*links(found)} == {"/patterns/saga-pattern/", "/patterns/saga-pattern/lab/?preset=late"}


def test_a_catalogue_without_experiments_has_no_verdict_and_no_way_to_the_lab(client: Client):
    make_pattern("01")

    page = parsed(client.get("/"))

    assert demonstration(client) is None
    assert "See it fail" not in text(page)


def test_the_first_screen_says_what_can_be_done_here(client: Client):
    make_pattern("06", slug="saga-pattern")

    ways = parsed(client.get("/")).find(".//nav[@aria-label='What you can do here']")

    assert links(ways) == {
        "/symptoms/": "Find it by symptom",
        "/compare/": "Compare",
        "/lab/": "See it fail",
        "/decide/": "Write a decision down",
    }


def test_an_empty_catalogue_offers_nothing_to_do(client: Client):
    assert parsed(client.get("/")).find(".//nav[@aria-label='What you can do here']") is None


# Symptoms.


def asked(client: Client) -> list[str]:
    return [words(one) for one in parsed(client.get("/")).findall(".//ul[@class='asked']/li")]


def test_symptoms_come_from_what_most_others_name(client: Client):
    for code in ("03", "01", "02"):
        make_pattern(code, symptoms=[f"It hurts at {code}.", f"Also at {code}."])
    make_pattern("04", relations=[{"type": "uses", "target": "03"}, {"type": "requires", "target": "03"}])
    make_pattern("05", relations=[{"type": "uses", "target": code} for code in ("02", "03")])
    make_pattern("06", status="draft", relations=[{"type": "uses", "target": "01"}])

    assert asked(client) == [
        f"It hurts at {code}. Pattern {code} what may help: It hurts at {code}." for code in ("03", "02", "01")
    ]


def test_ten_symptoms_stand_on_the_front_page_and_lead_to_all(client: Client):
    make_patterns(14, symptoms=["It hurts."])

    assert len(asked(client)) == 10
    assert {"/symptoms/": "All symptoms"}.items() <= links(parsed(client.get("/")).find(".//main")).items()


def test_a_symptom_leads_to_its_entry(client: Client):
    make_pattern("01", name="Saga", symptoms=["It hurts."])

    [symptom] = parsed(client.get("/")).findall(".//ul[@class='asked']/li")

    assert links(symptom) == {"/patterns/saga/": "It hurts.", "/find/?symptom=01.1": "what may help: It hurts."}


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_symptoms_of_hidden_entries_are_not_shown(client: Client, status: str):
    make_pattern("01", symptoms=["It hurts."])
    make_pattern("02", status=status, symptoms=["A secret."])

    assert asked(client) == ["It hurts. Pattern 01 what may help: It hurts."]


def test_without_symptoms_there_is_no_place_for_them(client: Client):
    make_pattern("01")

    assert "What hurts?" not in texts(parsed(client.get("/")), "h2")


def test_sixty_cards_cost_as_many_queries_as_two(client: Client):
    said = {"symptoms": ["It hurts."], "problem": "It hurts.", "consequences": RICH["consequences"][1:]}
    make_pattern("900", slug="saga-pattern")
    make_patterns(2, **said)
    few = queries(client)
    make_patterns(70, first=3, **said)

    assert queries(client) == few <= 8


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    return len(captured)
