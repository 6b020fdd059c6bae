"""The lab's own page, and what other pages say of it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.lab.experiment import Fault
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import stored_verdict
from patterns.tests.factories import change_pattern, make_pattern, make_patterns
from patterns.tests.pages.trees import as_read, links, parsed, text, texts, words

pytestmark = pytest.mark.django_db
BREAKER = next(one for one in EXPERIMENTS if one.slug == "circuit-breaker-pattern")
PRESETS = [pytest.param(one, preset, id=f"{one.slug} {preset.key}") for one in EXPERIMENTS for preset in one.presets]


@pytest.fixture
def breaker():
    return make_pattern("10", name="Circuit Breaker Pattern", category="Resilience")


def sentence(preset: Any = BREAKER.default) -> str:
    return as_read(stored_verdict(BREAKER, preset).sentence)


@pytest.mark.usefixtures("breaker")
def test_it_works(client: Client):
    page = parsed(client.get("/lab/"))

    assert texts(page, "h1") == ["The lab"]
    assert links(page)["/patterns/circuit-breaker-pattern/"] == "Circuit Breaker Pattern"
    assert BREAKER.title in text(page)
    assert as_read(stored_verdict(BREAKER, BREAKER.default).besides) in text(page)


def situations(client: Client, query: str = "") -> list[str]:
    """The names of those that are shown, in their order."""
    return [words(link) for link in parsed(client.get(f"/lab/{query}")).findall(".//th[@scope='row']/a")]


@pytest.mark.usefixtures("breaker")
def test_every_situation_is_there_with_what_it_showed(client: Client):
    assert situations(client) == [one.name for one in BREAKER.presets]


@pytest.mark.usefixtures("breaker")
def test_situations_can_be_chosen_by_fault_and_by_quality(client: Client):
    make_pattern("11", slug="sharding-pattern")
    sharding = next(one for one in EXPERIMENTS if one.slug == "sharding-pattern")

    of_load = [one.name for one in sharding.presets if one.fault is Fault.LOAD]
    assert situations(client, "?fault=load") == of_load
    assert situations(client, "?quality=latency") == [one.name for one in BREAKER.presets]
    assert situations(client, "?fault=load&quality=latency") == []
    assert situations(client, "?fault=nothing&quality=&x=1") == situations(client)


@pytest.mark.usefixtures("breaker")
def test_each_choice_says_how_many_situations_it_leaves(client: Client):
    found = links(parsed(client.get("/lab/?quality=availability")).find(".//nav[@aria-label='Situations to show']"))

    count = len(BREAKER.presets)
    assert found["/lab/?quality=availability"] == f"Availability {count}"  # the last of two links that lead there
    assert found["/lab/?fault=outage&quality=availability"] == f"Something that others need is down {count}"
    assert found["/lab/"] == f"Any quality {count}"
    assert "/lab/?fault=load&quality=availability" not in found


@pytest.mark.usefixtures("breaker")
def test_a_choice_that_leaves_nothing_says_so_and_leads_back(client: Client):
    page = parsed(client.get("/lab/?fault=load"))

    assert "No situation is of this fault and this quality. Show all" in text(page)


def test_it_explains_the_words_of_a_verdict(client: Client):
    shown = text(parsed(client.get("/lab/")))

    assert "No entry of the catalogue has an experiment yet." in shown
    assert [
        word for word in ("Seeds.", "Means.", "interval", "points", "The price, and rivals.") if word not in shown
    ] == []


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_an_experiment_whose_entry_is_not_public_is_not_listed(client: Client, breaker, status: str):
    change_pattern(breaker, status=status)

    assert BREAKER.title not in text(parsed(client.get("/lab/")))


def test_an_experiment_follows_its_entry_to_another_address(client: Client, breaker):
    change_pattern(breaker, slug="breaker")

    assert links(parsed(client.get("/lab/")))["/patterns/breaker/lab/"] == BREAKER.default.name


def test_experiments_stand_in_the_order_of_their_entries(client: Client):
    for code, experiment in enumerate(reversed(EXPERIMENTS), start=9):
        make_pattern(str(code), slug=experiment.slug)

    shelves = parsed(client.get("/lab/")).findall(".//th[@scope='rowgroup']/a[@class='matrix-question']")
    assert [words(one) for one in shelves] == [one.title for one in reversed(EXPERIMENTS)]


@pytest.mark.parametrize("address", ["/lab/", "/patterns/circuit-breaker-pattern/lab/"])
@pytest.mark.usefixtures("breaker")
def test_a_larger_catalogue_takes_no_more_queries(client: Client, address: str):
    make_patterns(10, first=20)
    few = queries(client, address)
    make_patterns(10, first=40)

    assert queries(client, address) == few <= 3


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("breaker")
def test_an_entry_says_what_the_lab_found_out_and_leads_there(client: Client):
    page = parsed(client.get("/patterns/circuit-breaker-pattern/"))

    assert sentence() in text(page)
    assert links(page)["/patterns/circuit-breaker-pattern/lab/"] == f"See it run: {BREAKER.title}"
    assert "In the lab" in texts(page, "h2")


def test_an_entry_that_was_renamed_still_leads_to_its_experiment(client: Client, breaker):
    change_pattern(breaker, slug="breaker")

    assert "/patterns/breaker/lab/" in links(parsed(client.get("/patterns/breaker/")))


def test_an_entry_without_an_experiment_says_nothing_of_the_lab(client: Client):
    make_pattern("01", name="Saga")

    assert "In the lab" not in texts(parsed(client.get("/patterns/saga/")), "h2")


@pytest.mark.usefixtures("breaker")
def test_crawlers_are_told_of_experiments_but_not_of_all_their_runs(client: Client):
    assert b"/patterns/circuit-breaker-pattern/lab/</loc>" in client.get("/sitemap.xml").content
    assert b"Disallow: /patterns/*/lab/?" in client.get("/robots.txt").content


def test_every_page_leads_to_the_lab(client: Client):
    assert links(parsed(client.get("/about/")))["/lab/"] == "Lab"


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.slug)
def test_no_setting_is_called_like_what_every_experiment_has(experiment: Any):
    assert not {"preset", "seed"} & {*experiment.default.parameters.__dataclass_fields__}
