"""What backs a gain or a cost, and what an entry shows of ways and code."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from patterns.store.findings import lint_catalogue
from patterns.tests.factories import AT, change_pattern, make_pattern
from patterns.tests.pages.trees import as_read, links, parsed, texts
from patterns.views.highlighting import MARKED_LENGTH

pytestmark = pytest.mark.django_db

SAGA, OUTBOX = "saga-pattern", "outbox-pattern"


def consequence(*evidence: str, sign: str = "gain") -> dict[str, Any]:
    return {"quality": "latency", "sign": sign, "text": "It answers.", "evidence": [*evidence]}


def page(client: Client, slug: str = SAGA) -> Element:
    return parsed(client.get(f"/patterns/{slug}/"))


def said(element: Element) -> str:
    return as_read("".join(element.itertext())).strip()


def backings(client: Client, slug: str = SAGA) -> list[str]:
    section = ".//section[@aria-labelledby='consequences']"
    return [said(one) for one in page(client, slug).findall(f"{section}//span[@class='backings']")]


def test_a_source_leads_to_its_reference(client: Client):
    reference = {"key": "sagas-1987", "title": "Sagas", "year": 1987}
    make_pattern("06", slug=SAGA, consequences=[consequence("sagas-1987")], references=[reference])

    shown = page(client)

    assert backings(client) == ["Source: Sagas, 1987"]
    assert links(shown)["#source-sagas-1987"] == "Sagas"
    assert shown.find(".//li[@id='source-sagas-1987']") is not None


def test_a_figure_of_the_lab_leads_to_its_run(client: Client):
    make_pattern("06", slug=SAGA, consequences=[consequence("lab:late/half_done")])

    assert backings(client) == ["Shown in the lab: 17.3 → 0 (bookings left half done; Requests that come late)"]
    assert links(page(client))["/patterns/saga-pattern/lab/?preset=late"] == "17.3 → 0"


def test_without_evidence_it_is_the_editors_judgement(client: Client):
    make_pattern("06", slug=SAGA, consequences=[consequence()])

    assert backings(client) == ["Editor’s judgement"]  # noqa: RUF001
    assert "/about/#evidence" in links(page(client))


@pytest.mark.parametrize(
    "evidence", ["nobody-2001", "lab:default/nothing", "lab:other", "lab:default/log_writes", "<b>"]
)
def test_what_leads_nowhere_is_shown_as_it_is(client: Client, evidence: str):
    make_pattern("06", slug=SAGA, consequences=[consequence(evidence)])

    assert backings(client) == [f"{evidence} Editor’s judgement"]  # noqa: RUF001


@pytest.mark.parametrize(("status", "is_linked"), [("published", True), ("draft", False)])
def test_a_figure_of_another_entry_is_linked_if_readers_can_go_there(client: Client, status: str, is_linked: bool):
    make_pattern("07", slug=OUTBOX, status=status)
    make_pattern("16", slug="inbox", consequences=[consequence("lab:outbox-pattern/default/lost")])

    assert backings(client, "inbox") == ["Shown in the lab: 47.9 → 0 (events lost; Crashes and a broker outage)"]
    assert ("/patterns/outbox-pattern/lab/" in links(page(client, "inbox"))) == is_linked


def test_an_entry_that_was_renamed_keeps_its_figures(client: Client):
    figure = "lab:default/half_done"
    row = make_pattern("06", slug=SAGA, consequences=[consequence(figure)])
    make_pattern("16", slug="inbox", consequences=[consequence("lab:saga-pattern/default/half_done")])
    change_pattern(row, slug="sagas")

    assert backings(client, "sagas") == ["Shown in the lab: 6.7 → 0 (bookings left half done; The coordinator crashes)"]
    assert "/patterns/sagas/lab/" in links(page(client, "sagas"))
    assert "/patterns/sagas/lab/" in links(page(client, "inbox"))
    assert (
        "shown in the lab: [bookings left half done; The coordinator crashes: 6.7 → 0](<"
        in client.get("/patterns/sagas.md").content.decode()
    )
    assert [one.rule for one in lint_catalogue(today=AT.date()).findings if one.rule == "unresolved-evidence"] == []


def test_each_variant_has_a_diagram_of_its_steps_and_the_common_ones(client: Client):
    def step(message: str, variant: str = "") -> dict[str, str]:
        return {"sender": "A", "receiver": "B", "message": message, "variant": variant}

    make_pattern(
        "06", slug=SAGA, steps=[step("begin"), step("tell", "Choreography"), step("ask", "Orchestration"), step("end")]
    )

    shown = page(client)

    assert [texts(one, "p")[1::2] for one in shown.findall(".//ol[@class='steps']")] == [
        ["begin", "tell", "end"],
        ["begin", "ask", "end"],
    ]
    assert texts(shown, "h3")[:2] == ["Choreography", "Orchestration"]
    ids = [one.get("id") for one in shown.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_diagrams_follow_the_variants_and_bear_their_names(client: Client):
    variants = [{"name": "Push", "text": "It sends."}, {"name": "Pull", "text": "It asks."}]
    steps = [
        {"sender": "A", "receiver": "B", "message": "go", "variant": name} for name in ("other", "pull", "PUSH", "push")
    ]
    make_pattern("06", slug=SAGA, variants=variants, steps=steps)

    assert texts(page(client), "h3")[:3] == ["Push", "Pull", "other"]


def test_code_is_shown_as_it_is_written(client: Client):
    code = "SELECT '<b>' -- & more\nFROM saga_log;"
    make_pattern("06", slug="other", examples=[{"title": "Log", "language": "SQL", "code": code, "note": "Look."}])

    [listing] = page(client, "other").findall(".//details[@class='listing']/pre")

    assert "".join(listing.itertext()).strip() == code
    assert [one.get("class") for one in listing.iter("span")] == ["code-k", "code-s", "code-c", "code-k"]


def test_only_so_much_code_is_marked(client: Client):
    """Sixty examples that are made to take long would hold a page up."""
    code = "SELECT 1 -- " + "x" * (MARKED_LENGTH - 12)
    examples = [{"title": str(number), "language": "sql", "code": code} for number in range(6)]
    make_pattern("06", slug="other", examples=[{"title": "long", "language": "sql", "code": f"{code}xx"}, *examples])

    listings = page(client, "other").findall(".//details[@class='listing']/pre")

    assert [bool([*one.iter("span")]) for one in listings] == [False] + [True] * 4 + [False] * 2


def test_an_unknown_language_stays_plain(client: Client):
    make_pattern("06", slug="other", examples=[{"title": "Log", "language": "../cobol", "code": "MOVE 1 TO A."}])

    assert "".join(page(client, "other").find(".//details[@class='listing']/pre").itertext()).strip() == "MOVE 1 TO A."


def test_an_entry_with_an_experiment_shows_its_mechanism(client: Client):
    make_pattern("10", slug="circuit-breaker-pattern")

    [listing] = page(client, "circuit-breaker-pattern").findall(".//details[@class='listing']")

    assert "class Breaker:" in "".join(listing.itertext())
    assert "patterns/lab/systems/circuit_breaker.py" in said(listing)
