"""What it takes to decide, first on the page of an entry: from its typed data, in any subset of it."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored_verdict
from patterns.tests.factories import make_pattern
from patterns.tests.pages.trees import as_read, links, parsed, texts
from patterns.views.gist import CONDITIONS_SHOWN, DEBTS_SHOWN

pytestmark = pytest.mark.django_db
SAGA = BY_SLUG["saga-pattern"]
CONDITIONS = [f"condition {number}" for number in range(1, CONDITIONS_SHOWN + 3)]
SOURCE = {"key": "sagas-1987", "title": "Sagas", "year": 1987}


def gain(text: str, *evidence: str, quality: str = "latency", sign: str = "gain") -> dict[str, Any]:
    return {"quality": quality, "sign": sign, "text": text, "evidence": [*evidence]}


def gist(client: Client, slug: str = "saga") -> Element | None:
    return parsed(client.get(f"/patterns/{slug}/")).find(".//section[@class='gist']")


def parts(client: Client, slug: str = "saga") -> dict[str, str]:
    """What stands under each of its words."""
    found = gist(client, slug)
    assert found is not None
    every = found.findall("dl/div")
    return {texts(one, "dt")[0]: as_read(" ".join(texts(one, "dd"))) for one in every}


def test_it_comes_before_the_contents_and_every_section(client: Client):
    make_pattern("06", name="Saga", symptoms=["It hurts."], use_when=["it fits"], problem="Much.")

    article = parsed(client.get("/patterns/saga/")).find(".//article")

    assert [one.get("class") for one in article][1:3] == ["gist", "contents"]


def test_an_entry_with_the_given_keys_has_none(client: Client):
    make_pattern("06", name="Saga", problem="It hurts.", symptoms=["It hurts."])

    assert gist(client) is None


def test_the_first_conditions_stand_there_with_a_link_to_all(client: Client):
    make_pattern("06", name="Saga", use_when=CONDITIONS, avoid_when=["one database holds everything"])

    shown = parts(client)

    assert shown["Use it when"] == "condition 1 condition 2 All 4 conditions under which to use it"
    assert shown["Avoid it when"] == "one database holds everything"
    assert links(gist(client))["#use_when"] == "All 4 conditions under which to use it"


def test_what_is_told_whole_is_not_linked_and_the_decision_can_be_written_down(client: Client):
    make_pattern("06", name="Saga", use_when=CONDITIONS[:CONDITIONS_SHOWN])

    assert links(gist(client)) == {"/decide/?choose=06": "Write this decision down"}


@pytest.mark.parametrize(
    ("slug", "evidence", "top"),
    [
        ("saga-pattern", [["sagas-1987"], ["nobody", "lab:late/half_done"], []], 1),
        ("saga-pattern", [[], ["sagas-1987"], ["sagas-1987"]], 1),
        ("saga", [[], ["lab:late/half_done"], ["sagas-1987"]], 2),  # without an experiment it is a figure of nobody
        ("saga", [["nobody"], [], []], 0),
    ],
)
def test_the_best_backed_gain_is_the_top_one(client: Client, slug: str, evidence: list[list[str]], top: int):
    found = [gain(f"Gain {number}.", *names) for number, names in enumerate(evidence)]
    make_pattern("06", slug=slug, consequences=found, references=[SOURCE])

    assert parts(client, slug)["Top gain"].startswith(f"latency: Gain {top}.")


def test_the_top_cost_has_its_best_evidence_alone(client: Client):
    cost = gain("It waits.", "sagas-1987", "lab:default/log_writes", sign="cost")
    make_pattern("06", slug="saga-pattern", consequences=[cost], references=[SOURCE])

    shown = parts(client, "saga-pattern")

    assert shown["Top cost"] == (
        "latency: It waits. Shown in the lab: 0 → 4.1 (log writes per booking; The coordinator crashes) All costs"
    )
    assert "Top gain" not in shown


def test_a_judgement_is_called_one(client: Client):
    make_pattern("06", name="Saga", consequences=[gain("It is fast.")])

    assert parts(client)["Top gain"] == "latency: It is fast. Editor’s judgement All gains"  # noqa: RUF001


def test_the_verdict_of_the_lab_is_told_with_both_figures(client: Client):
    make_pattern("06", slug="saga-pattern")

    told = stored_verdict(SAGA, SAGA.default)
    assert parts(client, "saga-pattern") == {
        "In the lab": f"Helps: {as_read(told.finding)}. {as_read(told.besides)} See it run"
    }
    assert links(gist(client, "saga-pattern"))["/patterns/saga-pattern/lab/"] == "See it run"


def test_the_first_debts_are_named_and_all_counted(client: Client):
    codes = [f"{number}" for number in range(10, 10 + DEBTS_SHOWN + 2)]
    for code in codes:
        make_pattern(code)
    make_pattern("06", name="Saga", relations=[{"type": "requires", "target": code} for code in codes])

    shown = parts(client)

    names = " ".join(f"Pattern {code}" for code in codes[:DEBTS_SHOWN])
    assert shown == {"You also owe": f"{names} {len(codes)} debts, and why"}
    assert links(gist(client))["#owed"] == f"{len(codes)} debts, and why"


def test_what_the_reader_has_is_not_owed_here_either(client: Client):
    make_pattern("13", name="Retry")
    make_pattern("06", name="Saga", relations=[{"type": "requires", "target": "13"}])

    assert parsed(client.get("/patterns/saga/?have=13")).find(".//section[@class='gist']") is None
