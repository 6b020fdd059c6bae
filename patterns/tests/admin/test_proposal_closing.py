"""Declined proposals, and readers' words that led to a change or to none."""

import pytest
from django.test import Client

from patterns.models import Change, Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import client_of, messages_of
from patterns.tests.admin.proposals import (
    client_as,
    decide,
    opened,
    page,
    propose,
    state,
    suggestion,
    unchanged,
)
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pattern(db) -> Pattern:
    return make_pattern(description="It undoes each step.", problem="Money leaves one bank.")


@pytest.fixture
def publisher(db) -> Client:
    return client_as("publisher")


def test_to_decline_takes_a_reason(publisher: Client):
    proposal = propose(description="Better.")

    response = unchanged(publisher, proposal, "decline", opened(publisher, proposal, "decline"))

    assert response.status_code == 200
    assert "This field is required." in response.content.decode()


@pytest.mark.parametrize("reason", ["x" * 1001, "\0"])
def test_a_reason_that_cannot_be_kept_is_refused(publisher: Client, reason: str):
    proposal = propose(description="Better.")

    for name in ("accept", "decline"):
        form = opened(publisher, proposal, name) | {f"{name}-reason": reason}
        assert unchanged(publisher, proposal, name, form).status_code == 200


def test_a_declined_proposal_changes_nothing_and_says_why(publisher: Client):
    author = person("editor")
    proposal = propose(description="Better.", author=author)

    decide(publisher, proposal, "decline", **{"decline-reason": "It is not."})

    assert load_entries()["01"].description == "It undoes each step."
    assert not Change.objects.filter(origin="proposal").exists()
    assert "It is not." in page(client_of(author), proposal)


def test_authors_take_back_their_own():
    author = person("editor")
    client, proposal = client_of(author), propose(description="Better.", author=author)

    response = decide(client, proposal, "decline", **{"decline-reason": "A mistake."})

    assert messages_of(client.get(response["Location"])) == [f"{proposal} was taken back."]
    assert (state(proposal), proposal.decided_by, proposal.decision) == ("declined", author, "A mistake.")


def test_a_readers_words_stand_beside_what_they_are_about(publisher: Client):
    shown = page(publisher, suggestion(part="problem", comment="<b>Two</b> banks."))

    assert "&lt;b&gt;Two&lt;/b&gt; banks." in shown
    assert "<h3>Problem</h3>" in shown
    assert "Money leaves one bank." in shown
    assert "Grace (a reader)" in shown


@pytest.mark.parametrize("part", ["", "no-such-part", "aliases"])
def test_words_about_anything_can_be_read(publisher: Client, part: str):
    assert "It undoes each step." in page(publisher, suggestion(part=part))


def test_words_are_done_by_the_change_that_they_led_to(publisher: Client, pattern: Pattern):
    words = suggestion()
    change_pattern(pattern, problem="Money leaves two banks.")
    number = str(Change.objects.latest("number").pk)

    decide(publisher, words, "settle", **{"done-change": number, "done-reason": "Thanks."})

    assert (state(words), str(words.change_id), words.decision) == ("accepted", number, "Thanks.")


def test_words_are_done_without_a_change(publisher: Client):
    words = suggestion()

    decide(publisher, words, "settle")

    assert (state(words), words.change) == ("accepted", None)


def test_only_a_change_of_that_entry_can_be_named(publisher: Client):
    words = suggestion()
    make_pattern("02")
    number = str(Change.objects.latest("number").pk)

    response = unchanged(publisher, words, "settle", {"done-change": number})

    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()


def test_words_about_a_deleted_entry_can_still_be_closed(publisher: Client, pattern: Pattern):
    words = suggestion()
    pattern.delete()

    assert "The entry was deleted." in page(publisher, words)
    decide(publisher, words, "settle")
    assert state(words) == "accepted"


def test_words_cannot_be_accepted_as_a_document_nor_a_document_be_done(publisher: Client):
    for proposal, name in ((suggestion(), "accept"), (propose(description="Better."), "settle")):
        assert unchanged(publisher, proposal, name, {}).status_code == 404
