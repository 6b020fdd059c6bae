"""What becomes of an accepted proposal, and what is refused with nothing changed."""

import time
from threading import Event

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from patterns.models import Change, Pattern, Proposal
from patterns.store.reading import load_entries, writing
from patterns.tests.admin.forms import address, client_of, messages_of
from patterns.tests.admin.proposals import (
    client_as,
    decide,
    forms_in,
    opened,
    page,
    propose,
    state,
    suggestion,
    unchanged,
    where,
)
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.store.scratch import Scratch
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pattern(db) -> Pattern:
    return make_pattern(description="It undoes each step.", problem="Money leaves one bank.")


@pytest.fixture
def publisher(db) -> Client:
    return client_as("publisher")


def test_an_accepted_proposal_is_public_as_its_authors_change(publisher: Client):
    proposal = propose(description="It undoes every step.", problem="Money leaves one bank.")

    response = decide(publisher, proposal, "accept", **{"accept-reason": "Right."})

    assert (response.status_code, response["Location"]) == (302, where(proposal))
    change = Change.objects.get(origin="proposal")
    assert (change.author.username, change.is_override) == ("Ada", False)
    assert change.comment == "Clearer.\n\nAccepted by publisher. Right."
    assert load_entries()["01"].description == "It undoes every step."


def shown_of(client: Client, change: Change) -> list[str]:
    """What the list of changes, the change's own page, and history, form and restore of the entry say."""
    pattern = Pattern.objects.get()
    pages = [
        address("changelist", model="change"),
        address("change", change.pk, model="change"),
        address("history", pattern.pk),
        address("change", pattern.pk),
        address("restore", change.revisions.get().pk),
    ]
    return [client.get(one).content.decode() for one in pages]


def test_whoever_accepted_it_stands_beside_its_author(publisher: Client):
    decide(publisher, propose(description="Better."), "accept")

    change = Change.objects.get(origin="proposal")

    assert (change.author.username, change.accepted_by.username, change.is_edited) == ("Ada", "publisher", False)
    for html in shown_of(publisher, change):
        assert "Ada, accepted by publisher" in html


def test_an_edited_one_names_both(publisher: Client):
    proposal = propose(description="Better.")
    form = opened(publisher, proposal, "accept", "?edit=1") | {"text-description": "Best."}

    publisher.post(where(proposal, "accept"), form)

    change = Change.objects.get(origin="proposal")
    assert (change.author.username, change.accepted_by.username, change.is_edited) == ("Ada", "publisher", True)
    for html in shown_of(publisher, change):
        assert "Ada, edited and accepted by publisher" in html


def test_readers_are_told_no_name(publisher: Client):
    decide(publisher, propose(description="Better."), "accept")

    for path in ("/changes/", Pattern.objects.get().get_absolute_url() + "history/"):
        assert "accepted by" not in publisher.get(path).content.decode()


def test_the_author_sees_the_outcome(publisher: Client):
    author = person("editor")
    proposal = propose(description="Better.", author=author)
    decide(publisher, proposal, "accept", **{"accept-reason": "Right."})

    shown = page(client_of(author), proposal)

    assert "accepted by publisher" in shown
    assert "Right." in shown
    assert f"/admin/patterns/change/{Change.objects.get(origin='proposal').pk}/change/" in shown
    assert "<ins>Better</ins>" in shown


def test_every_decision_is_in_the_log(publisher: Client):
    decide(publisher, propose(description="Better."), "accept")
    decide(publisher, suggestion(), "settle")
    decide(publisher, suggestion(), "decline", **{"decline-reason": "No."})

    entries = LogEntry.objects.order_by("pk").values_list("user__username", "change_message")
    assert [*entries] == [("publisher", one) for one in ("Accepted", "Marked as done", "Declined")]


def test_a_stale_proposal_is_merged_with_what_came_since(publisher: Client, pattern: Pattern):
    proposal = propose(description="Better.", problem="Money leaves one bank.")
    change_pattern(pattern, problem="Newer.")

    shown = page(publisher, proposal)
    decide(publisher, proposal, "accept")

    assert "changed since by others" in shown
    after = load_entries()["01"]
    assert (after.description, after.problem) == ("Better.", "Newer.")


def test_what_is_there_already_is_closed_without_a_change(publisher: Client, pattern: Pattern):
    proposal = propose(description="Better.", problem="Money leaves one bank.")
    change_pattern(pattern, description="Better.")
    before = Change.objects.count()

    decide(publisher, proposal, "accept")

    assert state(proposal) == "accepted"
    assert proposal.change is None
    assert Change.objects.count() == before


@pytest.fixture
def conflict(pattern: Pattern) -> Proposal:
    proposal = propose(description="The editor's.", problem="Money leaves one bank.")
    change_pattern(pattern, description="Meanwhile.")
    return proposal


def test_a_conflict_is_shown_with_both_sides(publisher: Client, conflict: Proposal):
    shown = page(publisher, conflict)

    assert "Changed on both sides" in shown
    assert "The editor&#x27;s" in shown
    assert "<ins>Meanwhile</ins>" in shown


def test_a_conflict_has_to_be_decided(publisher: Client, conflict: Proposal):
    response = unchanged(publisher, conflict, "accept", opened(publisher, conflict, "accept"))

    assert response.status_code == 200
    assert "Choose one." in response.content.decode()


@pytest.mark.parametrize(
    ("chosen", "text"), [("mine", "The editor's."), ("now", "Meanwhile."), ("edited", "Both, together.")]
)
def test_the_choice_is_what_is_written(publisher: Client, conflict: Proposal, chosen: str, text: str):
    typed = {"text-description": "Both, together."} if chosen == "edited" else {}

    decide(publisher, conflict, "accept", **{"choice-description": chosen, **typed})

    assert load_entries()["01"].description == text
    assert state(conflict) == "accepted"


def test_a_reviewer_edits_what_is_proposed(publisher: Client):
    proposal = propose(description="Better.", problem="Worse.")
    form = opened(publisher, proposal, "accept", "?edit=1")

    publisher.post(where(proposal, "accept"), {**form, "text-description": "Best.", "choice-problem": "now"})

    after = load_entries()["01"]
    assert (after.description, after.problem) == ("Best.", "Money leaves one bank.")
    assert state(proposal) == "accepted"


def test_to_edit_and_change_nothing_is_to_accept(publisher: Client):
    proposal = propose(description="Better.", problem="Line one.\n\nLine two.", aliases=["Other"], kind="style")

    publisher.post(where(proposal, "accept"), opened(publisher, proposal, "accept", "?edit=1"))

    assert load_entries()["01"].model_dump(mode="json") == proposal.document


def test_what_breaks_a_rule_is_refused_beside_its_field_and_kept(publisher: Client):
    make_pattern("02", name="Taken")
    proposal = propose(name="Taken soon", slug="pattern-01")
    form = opened(publisher, proposal, "accept", "?edit=1") | {"text-name": "Taken", "accept-reason": "My reason."}

    response = unchanged(publisher, proposal, "accept", form)

    shown = response.content.decode()
    assert response.status_code == 200
    assert "Nothing was accepted." in shown
    assert "Taken</textarea>" in shown
    assert "My reason." in shown


@pytest.mark.parametrize("text", ["", "\0", "x" * 121, "two\nlines"])
def test_an_edited_text_is_checked_like_any_other(publisher: Client, text: str):
    proposal = propose(name="Other", slug="pattern-01")
    form = opened(publisher, proposal, "accept", "?edit=1")

    assert unchanged(publisher, proposal, "accept", {**form, "text-name": text}).status_code == 200


def test_an_entry_that_changed_after_the_page_was_opened_is_compared_anew(publisher: Client, pattern: Pattern):
    proposal = propose(description="Better.", problem="Worse.")
    form = opened(publisher, proposal, "accept", "?edit=1") | {"text-description": "Best.", "accept-reason": "Typed."}
    change_pattern(pattern, problem="Meanwhile.")

    response = unchanged(publisher, proposal, "accept", form)

    shown = response.content.decode()
    assert "The entry changed since you opened this page" in shown
    assert "<ins>Meanwhile</ins>" in shown
    assert "Best.</textarea>" in shown
    assert "Typed." in shown


def test_a_second_knowing_acceptance_goes_through(publisher: Client, pattern: Pattern):
    proposal = propose(description="Better.", problem="Money leaves one bank.")
    form = opened(publisher, proposal, "accept")
    change_pattern(pattern, problem="Meanwhile.")
    again = forms_in(unchanged(publisher, proposal, "accept", form))[where(proposal, "accept")]

    publisher.post(where(proposal, "accept"), again)

    after = load_entries()["01"]
    assert (after.description, after.problem) == ("Better.", "Meanwhile.")


def test_a_page_that_was_overtaken_twice_is_refused_twice(publisher: Client, pattern: Pattern):
    proposal = propose(description="Better.", problem="Money leaves one bank.")
    form = opened(publisher, proposal, "accept")
    change_pattern(pattern, problem="Meanwhile.")
    again = forms_in(unchanged(publisher, proposal, "accept", form))[where(proposal, "accept")]
    change_pattern(pattern, problem="Once more.")

    response = unchanged(publisher, proposal, "accept", again)

    assert "The entry changed since" in response.content.decode()


def test_an_entry_that_changes_while_the_form_arrives_is_compared_anew(scratch: Scratch):
    pattern = make_pattern(description="It undoes each step.")
    proposal, client = propose(description="Better."), client_as("publisher")
    form = opened(client, proposal, "accept")

    def accept() -> str:
        locked.wait()
        return client.post(where(proposal, "accept"), form).content.decode()

    def meanwhile() -> None:
        with writing():
            locked.set()
            time.sleep(1)  # the acceptance has looked at the entry and waits for the lock
            change_pattern(pattern, problem="Meanwhile.")

    locked = Event()
    shown, _ = scratch.at_once(accept, meanwhile)

    assert "The entry changed since you opened this page" in shown
    assert load_entries()["01"].description == "It undoes each step."
    assert state(proposal) == "open"


@pytest.mark.parametrize("status", ["retired", "draft"])
def test_an_entry_that_left_the_public_meanwhile_is_said_to_have(publisher: Client, pattern: Pattern, status: str):
    proposal = propose(description="Better.")
    form = opened(publisher, proposal, "accept")
    change_pattern(pattern, status=status)

    response = unchanged(publisher, proposal, "accept", form)

    assert f"its state is “{status}”" in response.content.decode()


def test_of_a_deleted_entry_nothing_can_be_accepted(publisher: Client, pattern: Pattern):
    proposal = propose(description="Better.")
    form = opened(publisher, proposal, "accept")
    pattern.delete()

    response = unchanged(publisher, proposal, "accept", form)

    assert messages_of(publisher.get(response["Location"])) == [
        "Nothing was accepted. The entry was deleted meanwhile."
    ]
    assert [*forms_in(publisher.get(where(proposal)))] == [where(proposal, "decline")]


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_a_proposal_is_decided_once(publisher: Client, name: str):
    proposal = propose(description="Better.")
    form = opened(publisher, proposal, name) | {"decline-reason": "No."}
    decide(publisher, proposal, "decline", **{"decline-reason": "First."})

    response = unchanged(publisher, proposal, name, form)

    assert "decided about it already" in messages_of(publisher.get(response["Location"]))[-1]
    assert not forms_in(publisher.get(where(proposal)))


@pytest.mark.parametrize(("name", "word"), [("accept", "accepted"), ("decline", "declined")])
def test_a_second_click_is_told_that_it_is_done(publisher: Client, name: str, word: str):
    proposal = propose(description="Better.")
    form = opened(publisher, proposal, name) | {f"{name}-reason": "I know\r\nit."}
    publisher.post(where(proposal, name), form)

    response = unchanged(publisher, proposal, name, form)

    assert (
        messages_of(publisher.get(response["Location"]))[-1]
        == f"{proposal} was {word} by you already; nothing more was done."
    )


def test_of_another_who_decided_the_same_one_is_told(publisher: Client):
    proposal = propose(description="Better.")
    form = opened(publisher, proposal, "decline") | {"decline-reason": "No."}
    client_of(person("publisher", "Barbara")).post(where(proposal, "decline"), form)

    response = unchanged(publisher, proposal, "decline", form)

    assert "Somebody has decided about it already" in messages_of(publisher.get(response["Location"]))[-1]
