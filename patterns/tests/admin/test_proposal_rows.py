"""Lists of a proposal row by row: some rows are taken and others left, and the whole is checked as ever."""

import re
from typing import Any

import pytest
from django.test import Client

from patterns.models import Change, Pattern, Proposal
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import editors_of, merge, too_late
from patterns.tests.admin.forms import Form, address, form_in, with_row
from patterns.tests.admin.proposals import client_as, forms_in, opened, page, propose, state, unchanged, where
from patterns.tests.factories import change_pattern, make_pattern

pytestmark = pytest.mark.django_db

CHECKS = ["Kill the relay.", "Count the money.", "Stop the clock."]
PROPOSED = ["Stop the clock.", "Kill the relay twice.", "Cut the cable."]  # moved, changed, added, one removed
COST = {"quality": "latency", "sign": "cost", "text": "It waits."}
GAIN = {"quality": "availability", "sign": "gain", "text": "It answers."}


@pytest.fixture(autouse=True)
def pattern(db) -> Pattern:
    return make_pattern(description="It undoes each step.", checks=CHECKS, consequences=[COST])


@pytest.fixture
def publisher(db) -> Client:
    return client_as("publisher")


def proposed(**values: Any) -> Proposal:
    there = load_entries()["01"].model_dump(mode="json")
    return propose(**{**there, **values})


def boxes(form: Form, key: str = "checks") -> list[str]:
    return [name for name in form if name.startswith(f"row-{key}-")]


def box_of(html: str, words: str) -> str:
    """The name of the box whose label has these words."""
    labels = re.findall(r'<label class="row" for="id_([^"]+)">(.*?)</label>', html, re.DOTALL)
    (name,) = [name for name, inside in labels if words in re.sub(r"<[^>]+>", "", inside)]
    return str(name)


def without(form: Form, *names: str) -> Form:
    return {name: value for name, value in form.items() if name not in names}


def test_every_row_that_differs_can_be_taken_by_itself(publisher: Client):
    proposal = proposed(checks=PROPOSED)
    shown = page(publisher, proposal, "?edit=1")

    assert len(boxes(opened(publisher, proposal, "accept", "?edit=1"))) == 4
    for words in ("moved: to row 1: Stop", "changed: Kill the relay twice.", "added: Cut", "removed: Count the money."):
        assert box_of(shown, words)


def test_some_rows_are_accepted_and_others_are_not(publisher: Client):
    proposal = proposed(checks=PROPOSED)
    shown, form = page(publisher, proposal, "?edit=1"), opened(publisher, proposal, "accept", "?edit=1")

    publisher.post(
        where(proposal, "accept"), without(form, box_of(shown, "removed: Count"), box_of(shown, "moved: to row 1"))
    )

    assert load_entries()["01"].checks == (
        "Kill the relay twice.",
        "Cut the cable.",
        "Count the money.",
        "Stop the clock.",
    )
    change = Change.objects.get(origin="proposal")
    assert change.signed_by() == "Ada, edited and accepted by publisher"
    assert state(proposal) == "accepted"


def test_all_rows_are_what_was_proposed_and_nobody_edited_it(publisher: Client):
    proposal = proposed(checks=PROPOSED, consequences=[GAIN, {**COST, "text": "It waits long."}])

    publisher.post(where(proposal, "accept"), opened(publisher, proposal, "accept", "?edit=1"))

    assert load_entries()["01"].model_dump(mode="json") == proposal.document
    assert not Change.objects.get(origin="proposal").is_edited


def test_a_table_is_taken_row_by_row_as_well(publisher: Client):
    proposal = proposed(consequences=[{**COST, "text": "It waits long."}, GAIN])
    shown, form = page(publisher, proposal, "?edit=1"), opened(publisher, proposal, "accept", "?edit=1")

    publisher.post(where(proposal, "accept"), without(form, box_of(shown, "changed:")))

    assert [one.text for one in load_entries()["01"].consequences] == ["It waits.", "It answers."]


def test_the_whole_field_is_kept_as_it_is_now_whatever_is_ticked(publisher: Client):
    proposal = proposed(checks=PROPOSED, description="Better.")
    form = opened(publisher, proposal, "accept", "?edit=1")

    publisher.post(where(proposal, "accept"), {**form, "choice-checks": "now"})

    assert load_entries()["01"].checks == tuple(CHECKS)
    assert load_entries()["01"].description == "Better."


def test_rows_that_were_left_out_are_not_taken_with_the_whole(publisher: Client):
    proposal = proposed(checks=PROPOSED)
    form = opened(publisher, proposal, "accept", "?edit=1")

    response = unchanged(publisher, proposal, "accept", without({**form, "choice-checks": "mine"}, boxes(form)[0]))

    assert "You left out rows below" in response.content.decode()
    assert boxes(form)[0] not in boxes(forms_of(response, proposal))  # as it was sent


def forms_of(response: Any, proposal: Proposal) -> Form:
    return forms_in(response)[where(proposal, "accept")]


def test_one_row_that_differs_is_no_more_than_its_field(publisher: Client):
    assert not boxes(opened(publisher, proposed(checks=[*CHECKS, "Cut the cable."]), "accept", "?edit=1"))


def test_what_results_is_checked_by_the_rules_of_the_whole(publisher: Client):
    make_pattern("02")
    relations = [{"type": "uses", "target": "02", "why": "For money."}, {"type": "uses", "target": "03"}]
    make_pattern("03")
    proposal = proposed(relations=relations)
    shown, form = page(publisher, proposal, "?edit=1"), opened(publisher, proposal, "accept", "?edit=1")
    Pattern.objects.get(code="03").delete()

    refused = unchanged(publisher, proposal, "accept", form)
    publisher.post(where(proposal, "accept"), without(form, box_of(shown, "target: 03")))

    assert "Nothing was accepted." in refused.content.decode()
    assert [one.target for one in load_entries()["01"].relations] == ["02"]


def test_of_a_list_that_others_changed_too_both_are_taken(publisher: Client, pattern: Pattern):
    proposal = proposed(checks=[*CHECKS, "Cut the cable."])
    change_pattern(pattern, checks=["Kill the relay first.", *CHECKS[1:]])
    form = opened(publisher, proposal, "accept")

    publisher.post(where(proposal, "accept"), {**form, "choice-checks": "rows"})

    assert load_entries()["01"].checks == ("Kill the relay first.", *CHECKS[1:], "Cut the cable.")


def test_a_page_that_came_too_late_keeps_what_was_left_out_and_ticks_what_is_new(publisher: Client, pattern: Pattern):
    proposal = proposed(checks=PROPOSED)
    shown, form = page(publisher, proposal, "?edit=1"), opened(publisher, proposal, "accept", "?edit=1")
    left_out = box_of(shown, "added: Cut")
    change_pattern(pattern, checks=["Kill the relay now.", *CHECKS[1:]])

    again = forms_of(unchanged(publisher, proposal, "accept", without(form, left_out)), proposal)

    assert left_out not in boxes(again)
    assert len(boxes(again)) == 3  # moved, removed, and what is changed otherwise now


def test_two_editors_who_met_in_a_list_take_the_rows_of_both(pattern: Pattern):
    editors, form_page = editors_of(), address("change", pattern.pk)
    form = with_row(form_in(editors.second.get(form_page)), "checks", text="Cut the cable.")
    change_pattern(pattern, checks=["Kill the relay first.", *CHECKS[1:]])

    decision = form_in(too_late(editors.second, form_page, form))
    merge(editors.second, decision, checks="rows")

    assert boxes(decision)
    assert load_entries()["01"].checks == ("Kill the relay first.", *CHECKS[1:], "Cut the cable.")
