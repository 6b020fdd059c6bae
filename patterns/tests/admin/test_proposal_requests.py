"""What reviewers ask about a proposal: it goes back to its author, who answers or proposes again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from patterns.document.problems import InvalidCatalog
from patterns.models import Pattern, Proposal, Request
from patterns.store.reading import load_entries
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, client_of, messages_of
from patterns.tests.admin.proposals import client_as, decide, forms_in, page, propose, state, suggestion, where
from patterns.tests.admin.test_query_counts import queries
from patterns.tests.factories import AT, entry, make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import Closed, decline, keep_proposals, new_proposal, send_back
from patterns.workflow.saves import present, save

pytestmark = pytest.mark.django_db

SINCE = "What changed since it was sent back"
ASKED = "Say who undoes it."


@pytest.fixture(autouse=True)
def pattern(db) -> Pattern:
    return make_pattern(description="It undoes each step.")


@pytest.fixture
def author(db) -> User:
    return person("editor", "Ada")


@pytest.fixture
def reviewer(db) -> User:
    return person("publisher", "Rae")


@pytest.fixture
def proposal(author: User) -> Proposal:
    return propose(author=author, description="It undoes every step.")


@pytest.fixture
def sent_back(proposal: Proposal, reviewer: User) -> Proposal:
    send_back(proposal, ASKED, field="description", by=by(reviewer))
    return proposal


def panels(user: User) -> dict[str, Any]:
    return {panel.name: panel for panel in client_of(user).get("/admin/").context["front"].waiting}


def propose_later(author: User, minutes: int, **values: Any) -> None:
    said = by(author, "Clearer.", at=AT + timedelta(minutes=minutes))
    save(entry(**values), opened=fingerprint_of(present("01")), by=said)


def send(user: User, proposal: Proposal, act: str, **sent: Any) -> Any:
    if act != "ask":
        sent = {"number": Request.objects.latest("pk").pk, **sent}
    return client_of(user).post(where(proposal, "requests"), {"act": act, "seen": proposal.seen, **sent}, follow=True)


def test_a_reviewer_sends_it_back_from_its_page(proposal: Proposal, reviewer: User):
    client = client_of(reviewer)
    form = forms_in(client.get(where(proposal)))[where(proposal, "requests")]

    response = client.post(where(proposal, "requests"), {**form, "act": "ask", "text": ASKED}, follow=True)

    asked = Request.objects.get()
    assert (asked.proposal, asked.code, asked.text, asked.asked_by) == (proposal, "01", ASKED, reviewer)
    assert asked.seen == proposal.document
    assert response.redirect_chain == [(where(proposal), 302)]
    assert f"Asked by Rae at {asked.asked_at:%Y-%m-%d %H:%M} UTC: {ASKED}" in text_of(response)
    assert state(proposal) == "open"


def test_its_author_finds_it_on_the_first_page_and_above_the_form(sent_back: Proposal, author: User, pattern: Pattern):
    (item,) = panels(author)["sent-back"].items
    form = client_of(author).get(address("change", pattern.pk))

    assert (item.text, item.url) == ("[01] Pattern 01: your proposal", where(sent_back))
    assert item.note == f"Rae: {ASKED}"
    assert f"about description: {ASKED}" in text_of(form)
    assert "Your proposal was sent back to you." in text_of(form)


def test_nobody_else_finds_it_there(sent_back: Proposal, pattern: Pattern):
    other = person("editor", "Bob")

    assert panels(other)["sent-back"].items == []
    assert ASKED not in text_of(client_of(other).get(address("change", pattern.pk)))


def test_it_waits_for_no_publisher_until_its_author_answers(sent_back: Proposal, author: User):
    publisher = person("publisher", "Pat")
    before = panels(publisher)["to-decide"]

    send(author, sent_back, "answer", text="The saga does.")

    assert (before.items, before.total) == ([], 0)
    assert panels(publisher)["to-decide"].total == 1
    assert "Answered by Ada: The saga does." in text_of(client_of(publisher).get(where(sent_back)))
    assert panels(author)["sent-back"].items  # until it is resolved


def test_the_list_says_for_whom_it_waits(sent_back: Proposal, reviewer: User):
    propose(author=person("editor", "Bob"), description="Other.")
    client, path = client_of(reviewer), address("changelist", model="proposal")

    def names(query: str) -> list[str]:
        return [f"{one.author}: {one.is_sent_back}" for one in client.get(path + query).context["cl"].result_list]

    assert "waits for its author" in client.get(path).content.decode()
    assert names("?waits=author") == ["Ada: True"]
    assert names("?waits=reviewer") == ["Bob: False"]
    assert len(names("?waits=rubbish")) == 2


def test_to_propose_again_resolves_it_and_shows_what_changed_since(sent_back: Proposal, author: User, reviewer: User):
    propose(author=author, description="The saga undoes every step.")

    asked, shown = Request.objects.get(), client_of(reviewer).get(where(sent_back))
    assert (asked.is_open, asked.resolved_by) == (False, author)
    assert SINCE in text_of(shown)
    assert "<ins>The saga</ins>" in shown.content.decode()
    assert "<del>It</del>" in shown.content.decode()
    assert panels(author)["sent-back"].items == []
    assert panels(reviewer)["to-decide"].total == 1


def test_to_import_it_again_resolves_it_too(sent_back: Proposal, author: User):
    now = present("01")
    assert now is not None

    keep_proposals([new_proposal(now.model_copy(update={"description": "Other."}), now, by(author))], by=by(author))

    assert not Request.objects.get().is_open


def test_the_second_round_is_compared_with_the_second_request(sent_back: Proposal, author: User, reviewer: User):
    propose_later(author, 5, description="The saga undoes every step.")
    sent_back.refresh_from_db()
    send(reviewer, sent_back, "ask", text="Each, not every.")
    assert SINCE not in page(client_of(reviewer), sent_back)

    propose_later(author, 9, description="The saga undoes each step.")

    shown = page(client_of(reviewer), sent_back)
    assert "Each, not every." in shown
    assert "<ins>each</ins>" in shown
    assert "<ins>The saga</ins>" not in shown.partition(SINCE)[2].partition("</section>")[0]


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_to_decide_resolves_what_was_asked(sent_back: Proposal, reviewer: User, author: User, name: str):
    decide(client_of(reviewer), sent_back, name, **{f"{name}-reason": "So."})

    assert Request.objects.get().resolved_by == reviewer
    assert panels(author)["sent-back"].items == []


def test_what_is_asked_of_one_stays_when_another_is_decided(sent_back: Proposal, reviewer: User):
    decline(propose(author=person("editor", "Bob"), description="Other."), by=by(reviewer, "No."))

    assert Request.objects.get().is_open


def test_what_its_author_changed_meanwhile_is_not_sent_back(proposal: Proposal, author: User, reviewer: User):
    seen = {"seen": proposal.seen}
    propose_later(author, 5, description="Written anew.")

    said = text_of(send(reviewer, proposal, "ask", text=ASKED, **seen))

    assert "Nothing was done: its author changed it since you opened the page" in said
    assert ASKED in said
    assert not Request.objects.exists()


def test_what_its_author_changed_in_the_moment_before_the_lock_is_not_sent_back(
    proposal: Proposal, author: User, reviewer: User
):
    propose(author=author, description="Written anew.")  # proposal is what the reviewer's request had read

    with pytest.raises(InvalidCatalog, match="its author changed it meanwhile"):
        send_back(proposal, ASKED, by=by(reviewer))

    assert not Request.objects.exists()


def test_what_is_decided_is_not_sent_back(proposal: Proposal, reviewer: User):
    decline(Proposal.objects.get(), by=by(reviewer, "No."))

    said = text_of(send(reviewer, proposal, "ask", text=ASKED))

    assert "Nothing was done: somebody has decided about it already" in said
    with pytest.raises(Closed):
        send_back(proposal, ASKED, by=by(reviewer))


@pytest.mark.parametrize("act", ["ask", "resolve"])
def test_editors_neither_ask_nor_resolve(sent_back: Proposal, author: User, act: str):
    assert "Nothing was done:" in text_of(send(author, sent_back, act, text="Why?"))
    assert [one.text for one in Request.objects.filter(resolved_at=None)] == [ASKED]


def test_nobody_asks_themselves(reviewer: User):
    own = keep_own(reviewer)

    assert "Nothing was done: it is your own" in text_of(send(reviewer, own, "ask", text="Why?"))
    assert where(own, "requests") not in forms_in(client_of(reviewer).get(where(own)))


def keep_own(author: User) -> Proposal:
    now = present("01")
    assert now is not None
    proposal = new_proposal(now.model_copy(update={"description": "Mine."}), now, by(author))
    keep_proposals([proposal], by=by(author))
    return proposal


def test_only_its_author_answers_and_once(sent_back: Proposal, author: User, reviewer: User):
    assert "only whoever proposed it may answer" in text_of(send(reviewer, sent_back, "answer", text="I do."))
    send(author, sent_back, "answer", text="The saga.")
    assert "it was answered or resolved already" in text_of(send(author, sent_back, "answer", text="Or not."))

    assert Request.objects.get().answer == "The saga."


def test_nobody_is_asked_about_words_of_readers(reviewer: User):
    words = suggestion()

    assert "Send it back" not in page(client_of(reviewer), words)
    assert "nobody who could answer wrote it" in text_of(send(reviewer, words, "ask", text="Who?"))


def test_of_an_author_who_is_gone_nothing_is_asked(proposal: Proposal, reviewer: User, author: User):
    author.delete()

    assert "its author is gone" in text_of(send(reviewer, Proposal.objects.get(), "ask", text="Who?"))


def test_a_viewer_reads_what_was_asked_and_is_offered_nothing(sent_back: Proposal):
    response = client_as("viewer").get(where(sent_back, "requests"))

    assert ASKED in text_of(response)
    assert "<button" not in response.content.decode().partition('id="content-main"')[2]


def test_accepting_it_still_works_while_it_waits_for_its_author(sent_back: Proposal, reviewer: User):
    decide(client_of(reviewer), sent_back, "accept")

    assert load_entries()["01"].description == "It undoes every step."


def test_ten_requests_cost_as_many_queries_as_one(sent_back: Proposal, reviewer: User):
    client = client_of(reviewer)
    client.get(where(sent_back))
    few = queries(lambda: client.get(where(sent_back)))
    for number in range(9):
        send_back(Proposal.objects.get(), f"Number {number}.", by=by(reviewer))

    assert queries(lambda: client.get(where(sent_back))) == few


def test_the_answer_is_said_to_be_kept(sent_back: Proposal, author: User):
    assert messages_of(send(author, sent_back, "answer", text="The saga.")) == ["Your answer is kept."]
