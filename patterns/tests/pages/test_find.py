"""The finder: everything stands in the address, and each reason is a sentence of an entry."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Pattern
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import change_pattern, make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed
from patterns.views import find

pytestmark = pytest.mark.django_db


def rows() -> None:
    make_pattern(
        "16", name="Idempotence", consequences=[{"quality": "cost", "sign": "cost", "text": "It stores keys."}]
    )
    make_pattern(
        "06",
        name="Saga",
        category="Transactions",
        symptoms=["Half a trip is booked.", "Nobody undoes it."],
        avoid_when=["One database holds it all."],
        consequences=[
            {"quality": "availability", "sign": "gain", "text": "No lock is held."},
            {"quality": "latency", "sign": "cost", "text": "The log takes time.", "evidence": ["a-paper"]},
        ],
        relations=[{"type": "requires", "target": "16", "why": "Steps come twice."}],
        references=[{"key": "a-paper", "title": "A paper", "url": "https://example.org/paper"}],
    )
    make_pattern(
        "24",
        name="Two phases",
        category="Transactions",
        symptoms=["Two databases disagree."],
        relations=[{"type": "alternative to", "target": "06", "why": "Both end in one state."}],
    )


@pytest.fixture(scope="module", autouse=True)
def _catalogue(shared_rows: SharedRows) -> None:
    with shared_rows():
        rows()


def text_of(client: Client, address: str) -> str:
    return " ".join("".join(parsed(client.get(address)).find(".//main").itertext()).split())


def names(client: Client, address: str, place: str) -> list[str]:
    return ["".join(one.itertext()).strip() for one in parsed(client.get(address)).findall(place)]


CANDIDATES = ".//article/header/h3/a"
EXCLUDED = ".//li[@class='exclusion']/h3/a"


def test_it_works(client: Client):
    page = client.get("/find/?symptom=06.1")

    assert page.status_code == 200
    assert names(client, "/find/?symptom=06.1", CANDIDATES) == ["Saga", "Two phases"]


def test_with_nothing_ticked_every_symptom_can_be(client: Client):
    page = parsed(client.get("/find/"))

    ticks = {one.get("value") for one in page.iter("input") if one.get("name") == "symptom"}
    assert ticks == {"06.1", "06.2", "24.1"}
    assert names(client, "/find/", CANDIDATES) == []


def test_what_was_ticked_stays_ticked(client: Client):
    page = parsed(client.get("/find/?symptom=06.2&limit=latency"))

    ticked = [(one.get("name"), one.get("value")) for one in page.iter("input") if one.get("checked") is not None]
    assert ticked == [("symptom", "06.2"), ("limit", "latency")]


def test_each_tick_can_be_taken_back(client: Client):
    found = {*links(parsed(client.get("/find/?symptom=06.1&limit=latency&have=16")))}

    assert {"/find/?limit=latency&have=16", "/find/?symptom=06.1&have=16", "/find/?symptom=06.1&limit=latency"} <= found


def test_reasons_for_and_against_stand_with_what_backs_them(client: Client):
    text = text_of(client, "/find/?symptom=06.1")

    for reason in (
        "It answers: Half a trip is booked.",
        "Gains: availability availability No lock is held. Editor\u2019s judgement",
        "Costs: latency latency The log takes time. Source: A paper",
        "One database holds it all. This holds for us",
        "Idempotence Steps come twice. We have this",
        "Two phases is an alternative to Saga: Both end in one state. One or the other: both answer the same need",
    ):
        assert reason in text


def test_a_limit_leaves_out_and_says_why(client: Client):
    address = "/find/?symptom=06.1&limit=latency"

    assert names(client, address, EXCLUDED) == ["Saga"]
    assert names(client, address, CANDIDATES) == ["Two phases"]
    assert "It costs latency: The log takes time. Source: A paper" in text_of(client, address)


def test_a_cost_that_can_be_borne_leaves_nobody_out(client: Client):
    borne = "/find/?symptom=06.1&limit=latency&bears=06.2"
    assert borne in links(parsed(client.get("/find/?symptom=06.1&limit=latency")))

    assert names(client, borne, CANDIDATES) == ["Saga", "Two phases"]
    assert "We can bear: The log takes time." in text_of(client, borne)
    assert 'name="bears" value="06.2"' in client.get(borne).content.decode()


def test_who_only_stands_in_for_another_says_so(client: Client):
    text = text_of(client, "/find/?symptom=06.1&holds=06.1")

    assert "Nothing that answers these symptoms is left" in text
    assert "It has none of these symptoms itself, and meets the need in another way" in text
    assert "Nothing that answers" not in text_of(client, "/find/?symptom=06.1")


def test_who_stands_in_for_what_it_owes_is_left_out_too(client: Client):
    change_pattern(
        Pattern.objects.get(code="24"),
        relations=[{"type": "alternative to", "target": "06"}, {"type": "requires", "target": "06", "why": "Both."}],
    )

    address = "/find/?symptom=06.1&holds=06.1"

    assert names(client, address, CANDIDATES) == []
    assert "obliges you to build Saga, which is left out" in text_of(client, address)


def test_qualities_that_the_words_name_come_first(client: Client):
    page = parsed(client.get("/find/?q=we+cannot+pay+with+consistency"))

    assert page.findall(".//input[@name='limit']")[0].get("value") == "consistency"
    assert "Those that your words name come first" in "".join(page.itertext())
    assert parsed(client.get("/find/")).findall(".//input[@name='limit']")[0].get("value") == "availability"


def test_a_condition_that_holds_leaves_out_and_can_be_taken_back(client: Client):
    address = "/find/?symptom=06.1&holds=06.1"

    assert names(client, address, EXCLUDED) == ["Saga"]
    text = text_of(client, address)
    assert "It is to be avoided when this holds: One database holds it all." in text
    assert "Holds for us: One database holds it all." in text


def test_what_is_owed_speaks_against_where_it_costs_what_cannot_be_paid(client: Client):
    text = text_of(client, "/find/?symptom=06.1&limit=cost")

    assert "Idempotence costs cost, which you cannot pay: It stores keys." in text


def test_what_is_in_place_is_not_owed(client: Client):
    text = text_of(client, "/find/?symptom=06.1&have=16")

    assert "We have Idempotence" in text
    assert "you also owe" not in text


def test_nobody_left_says_so_and_leads_on(client: Client):
    address = "/find/?symptom=06.1&have=06&have=24"

    assert "Nothing is left" in text_of(client, address)
    assert names(client, address, EXCLUDED) == ["Saga", "Two phases"]
    assert "You have it already." in text_of(client, address)


def test_it_leads_to_a_decision_and_a_comparison(client: Client):
    found = {*links(parsed(client.get("/find/?symptom=06.1&have=16")))}

    assert "/decide/?choose=06&considered=24&symptom=06.1&have=16" in found
    assert "/compare/?pattern=saga&pattern=two-phases" in found


def test_limits_alone_ask_for_a_symptom(client: Client):
    assert "Tick a symptom as well" in text_of(client, "/find/?limit=latency")


def test_a_symptom_that_is_gone_says_so(client: Client):
    text = text_of(client, "/find/?symptom=06.9&symptom=99.1")

    assert "Symptom 06.9, which is not there any more" in text
    assert "No entry has these symptoms any more." in text


def test_words_choose_whose_symptoms_are_offered(client: Client):
    page = parsed(client.get("/find/?q=saga&symptom=24.1"))

    ticks = [one.get("value") for one in page.iter("input") if one.get("name") == "symptom"]
    assert ticks == ["06.1", "06.2", "24.1"]


def test_sentences_that_have_the_words_come_first(client: Client):
    page = parsed(client.get("/find/?q=nobody+can+undo+the+trip"))

    fieldset = page.find(".//fieldset[legend='Symptoms that fit these words']")
    assert fieldset is not None
    assert [one.get("value") for one in fieldset.iter("input")] == ["06.2", "06.1"]


def test_a_slip_is_corrected_and_said(client: Client):
    text = text_of(client, "/find/?q=sagga")

    assert "The catalogue does not have “sagga”. These symptoms fit “saga”." in text
    assert "Half a trip is booked." in text


def test_words_that_nothing_fits_say_so(client: Client):
    assert "No symptom fits “zebra”." in text_of(client, "/find/?q=zebra")


def test_the_words_go_along_to_the_record(client: Client):
    found = {*links(parsed(client.get("/find/?symptom=06.1&q=half+booked")))}

    assert "/decide/?choose=06&considered=24&q=half+booked&symptom=06.1" in found


def test_only_rivals_are_options_beside_a_choice(client: Client):
    make_pattern(
        "30", name="Companion", symptoms=["It is lonely."], relations=[{"type": "complements", "target": "06"}]
    )

    address = "/find/?symptom=06.1&symptom=30.1"

    assert "/decide/?choose=06&considered=24&symptom=06.1&symptom=30.1" in {*links(parsed(client.get(address)))}
    assert "Companion complements Saga. You may well take both" in text_of(client, address)


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_only_published_entries_are_candidates_or_owed(client: Client, status: str):
    rival = {"relations": [{"type": "variant of", "target": "06"}]}
    change_pattern(make_pattern("30", name="Covert", symptoms=["It is covert."], **rival), status=status)
    change_pattern(Pattern.objects.get(code="16"), status=status)

    assert "Covert" not in text_of(client, "/find/?symptom=06.1&symptom=30.1")
    assert "Idempotence" not in text_of(client, "/find/?symptom=06.1&limit=cost&have=16")


def test_of_a_long_catalogue_words_choose(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(find, "TICKED_ENTRIES", 1)

    assert "The catalogue has more entries: say it in your words above." in text_of(client, "/find/")


def test_more_entries_take_no_more_queries(client: Client):
    address = "/find/?symptom=06.1&limit=cost&have=16&q=saga"
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    make_patterns(20, first=50, symptoms=["It hurts."], relations=[{"type": "variant of", "target": "06"}])
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(few) == len(many) <= 10


def test_its_address_in_other_words_is_the_same_page(client: Client):
    response = client.get("/find/?limit=latency&symptom=06.1&symptom=06.1&limit=beauty&x=1")

    assert (
        'rel="canonical" href="http://127.0.0.1:8000/find/?symptom=06.1&amp;limit=latency"' in response.content.decode()
    )


def test_the_name_of_an_entry_offers_its_symptoms_first(client: Client):
    fieldset = parsed(client.get("/find/?q=saga")).find(".//fieldset[legend='Symptoms that fit these words']")

    assert fieldset is not None
    assert [one.get("value") for one in fieldset.iter("input")] == ["06.1", "06.2"]


def test_who_takes_all_ticks_away_keeps_the_words(client: Client):
    assert "/find/?q=half+booked" in links(parsed(client.get("/find/?q=half+booked&symptom=06.1&limit=latency")))
