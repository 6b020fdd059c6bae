"""Many proposals decided at once: a page that says what will happen, then each by itself."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Change, Pattern, Proposal
from patterns.store.reading import load_entries
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, form_in, messages_of
from patterns.tests.admin.proposals import client_as, propose, state, suggestion
from patterns.tests.factories import AT, change_pattern, entry, make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.saves import present, save

pytestmark = pytest.mark.django_db
LIST = address("changelist", model="proposal")
ACTS = ("accept", "accept_import", "decline", "spam", "erase")


@pytest.fixture(autouse=True)
def pattern(db) -> Pattern:
    return make_pattern(description="It undoes each step.", problem="Money leaves one bank.")


@pytest.fixture
def publisher(db) -> Client:
    return client_as("publisher")


def choose(client: Client, act: str, *proposals: Proposal) -> HttpResponse:
    return client.post(LIST, {"action": act, "index": "0", "_selected_action": [one.pk for one in proposals]})


def page_of(client: Client, act: str, *proposals: Proposal) -> dict[str, Any]:
    response = choose(client, act, *proposals)
    assert response.status_code == 200, response
    seen = [f"{row.proposal.pk} {row.mark}" for row in response.context["rows"]]
    return {**form_in(response), "seen": seen}


def do(client: Client, act: str, *proposals: Proposal, **typed: Any) -> list[str]:
    """Choose, confirm with a reason; returns what the list says then."""
    form = page_of(client, act, *proposals) | {"comment": "Seen.", **typed}
    return messages_of(client.post(LIST, form, follow=True))


def propose_import(count: int) -> list[Proposal]:
    author, batch = person("editor", "Importer"), uuid4()
    for number in range(10, 10 + count):
        make_pattern(str(number))
        before = present(str(number))
        better = entry(str(number), description="Better.")
        save(better, opened=fingerprint_of(before), by=by(author, "From a file."))
    Proposal.objects.filter(author=author).update(batch=batch, batch_name="mine.toml")
    return [*Proposal.objects.filter(batch=batch).order_by("pk")]


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_who_decides_is_offered_actions(role: str):
    proposal = suggestion()
    client = client_as(role)
    before = catalogue_rows()

    for act in ACTS:
        choose(client, act, proposal)
        client.post(LIST, {"action": act, "_selected_action": proposal.pk, "seen": f"{proposal.pk} {'0' * 64}"})

    assert catalogue_rows() == before
    assert "Mark as spam" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("act", ACTS)
def test_the_page_changes_nothing_yet(publisher: Client, act: str):
    proposals = [suggestion(), propose(description="Better.")]
    before = catalogue_rows()

    assert "What will happen" in choose(publisher, act, *proposals).content.decode()
    assert catalogue_rows() == before


def test_each_is_accepted_by_itself_and_the_rest_is_refused_with_its_reason(pattern: Pattern):
    superior = person("publisher")
    good = propose(description="Better.", problem="Money leaves one bank.")
    stale = propose(description="It undoes each step.", problem="Worse.", author=person("editor", "Bea"))
    change_pattern(pattern, problem="Meanwhile.")
    own, words = Proposal.objects.create(code="01", document={}, author=superior, created_at=AT), suggestion()

    said = do(client_of(superior), "accept", good, stale, own, words)

    assert [state(one) for one in (good, stale, own, words)] == ["accepted", "open", "open", "accepted"]
    assert said[0] == "2 proposals accepted."
    assert f"Not done: {stale}: somebody changed the same since: open it to choose." in said
    assert f"Not done: {own}: it is your own: somebody else has to accept it." in said
    change = Change.objects.get(origin="proposal")
    assert (change.signed_by(), change.comment) == (
        "Ada, accepted by publisher",
        "Clearer.\n\nAccepted by publisher. Seen.",
    )
    assert load_entries()["01"].problem == "Meanwhile."


def test_of_two_that_want_the_same_field_one_is_left(publisher: Client):
    one, other = (propose(description=f"{name}.", author=person("editor", name)) for name in "AB")

    said = do(publisher, "accept", one, other)

    assert [state(one), state(other)] == ["accepted", "open"]
    assert said[1] == f"Not done: {other}: somebody changed the same since: open it to choose."


def test_a_rule_that_one_breaks_stops_only_that_one(publisher: Client):
    proposals = propose_import(2)
    make_pattern("02", name="Taken")
    document = {**proposals[0].document, "name": "Taken"}
    Proposal.objects.filter(pk=proposals[0].pk).update(document=document)

    said = do(publisher, "accept_import", proposals[1])

    assert [state(one) for one in proposals] == ["open", "accepted"]
    assert "Taken" in said[1]


def test_a_longer_page_costs_no_more_queries(publisher: Client):
    proposals = propose_import(20)

    with CaptureQueriesContext(connection) as few:
        choose(publisher, "accept", *proposals[:10])
    with CaptureQueriesContext(connection) as many:
        choose(publisher, "accept", *proposals)

    assert len(many) == len(few)


def test_a_whole_import_is_one_change_of_its_author_and_names_who_accepted(publisher: Client):
    proposals = propose_import(12)
    before = Change.objects.count()

    said = do(publisher, "accept_import", proposals[0])

    assert said == ["12 proposals accepted, as one change."]
    change = Change.objects.latest("number")
    assert Change.objects.count() == before + 1
    assert change.signed_by() == "Importer, accepted by publisher"
    assert {one.change for one in Proposal.objects.all()} == {change}
    assert load_entries()["21"].description == "Better."


def test_two_imports_are_a_change_each_of_its_own_author(publisher: Client):
    of_one, of_other = propose_import(2)
    other = person("editor", "Other")
    Proposal.objects.filter(pk=of_other.pk).update(author=other, batch=uuid4())

    do(publisher, "accept_import", of_one, of_other)

    changes = {one.code: one.change for one in Proposal.objects.select_related("change__author")}
    assert {code: str(change and change.author) for code, change in changes.items()} == {
        of_one.code: "Importer",
        of_other.code: "Other",
    }


def test_what_the_import_cannot_do_is_left(publisher: Client):
    proposals = propose_import(3)
    change_pattern(Pattern.objects.get(code="11"), description="Meanwhile.")

    said = do(publisher, "accept_import", proposals[0])

    assert [state(one) for one in proposals] == ["accepted", "open", "accepted"]
    assert said[0] == "2 proposals accepted, as one change."


def test_to_decline_one_says_why(publisher: Client):
    proposals = [suggestion(), propose(description="Better.")]
    form = page_of(publisher, "decline", *proposals) | {"comment": ""}

    assert publisher.post(LIST, form).status_code == 200
    assert do(publisher, "decline", *proposals, comment="No.") == ["2 proposals declined."]
    assert {(one.state, one.decision) for one in Proposal.objects.all()} == {("declined", "No.")}


def test_only_readers_send_spam(publisher: Client):
    words, document = suggestion(), propose(description="Better.")

    said = do(publisher, "spam", words, document)

    assert [state(words), state(document)] == ["spam", "open"]
    assert said == ["1 proposal marked as spam.", f"Not done: {document}: only what readers wrote."]
    assert LogEntry.objects.get().change_message == "Marked as spam"


def test_what_is_erased_keeps_its_decision_and_nothing_of_the_reader(publisher: Client):
    open_one, done = suggestion(sender="f" * 64), suggestion(state="accepted", decision="Right.", decided_at=AT)

    do(publisher, "erase", open_one, done)

    for one, outcome in ((open_one, ("declined", "Erased.")), (done, ("accepted", "Right."))):
        one.refresh_from_db()
        assert (one.state, one.decision) == outcome
        assert (one.reader, one.sender, one.comment) == ("", "", "")
        assert one.erased_at is not None
    assert "Grace" not in publisher.get(LIST).content.decode()
    assert publisher.get(address("change", open_one.pk, model="proposal")).status_code == 200


def test_what_changed_after_it_was_seen_is_refused(publisher: Client):
    proposal = propose(description="Better.")
    form = page_of(publisher, "accept", proposal)
    Proposal.objects.filter(pk=proposal.pk).update(comment="Another reason.")

    said = messages_of(publisher.post(LIST, form, follow=True))

    assert state(proposal) == "open"
    assert said == [f"Not done: {proposal}: it changed after you saw this list; look at it again."]


def test_what_somebody_decided_meanwhile_is_refused(publisher: Client):
    proposal = suggestion()
    form = page_of(publisher, "spam", proposal)
    do(publisher, "decline", proposal)

    assert messages_of(publisher.post(LIST, form, follow=True)) == [
        f"Not done: {proposal}: somebody has decided about it already."
    ]


@pytest.mark.parametrize("seen", ["", "x", "1", "9" * 18 + " " + "0" * 64, "-1 " + "0" * 64, "\0"])
@pytest.mark.parametrize("chosen", ["1", "x", "9" * 30])
def test_hostile_rows_never_break(publisher: Client, seen: str, chosen: str):
    suggestion()
    before = catalogue_rows()

    answer = publisher.post(LIST, {"action": "spam", "_selected_action": chosen, "seen": seen, "comment": "x"})

    assert answer.status_code in (200, 302, 400)
    assert catalogue_rows() == before


def test_a_wave_of_two_hundred_is_triaged_in_five_actions(publisher: Client):
    wave = [suggestion(comment=f"Buy {number}.") for number in range(200)]

    said = [do(publisher, "spam", *wave[:120]), do(publisher, "erase", *wave[:120])]
    said.append(do(publisher, "decline", *wave[120:160]))
    said.append(do(publisher, "accept", *wave[160:190]))
    said.append(do(publisher, "spam", *wave[190:]))

    assert [one[0].split()[0] for one in said] == ["120", "120", "40", "30", "10"]
    assert not Proposal.objects.filter(state="open").exists()


def test_more_than_two_hundred_are_refused(publisher: Client):
    wave = [suggestion() for _ in range(201)]

    choose(publisher, "spam", *wave)

    assert messages_of(publisher.get(LIST)) == ["Nothing was done: choose at most 200 proposals at once."]
    assert not Proposal.objects.exclude(state="open").exists()
