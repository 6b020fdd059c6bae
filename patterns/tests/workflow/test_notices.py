"""Who is told what: authors what became of theirs, those who decide what waits, and nobody what they did themselves."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.models import Mail, MailSwitches, Pattern, Proposal
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.proposals import propose, suggestion
from patterns.tests.factories import AT, entry, make_pattern, make_patterns
from patterns.tests.mail import Postbox, postbox, reachable
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.batches import save_batch
from patterns.workflow.outbox import send_due
from patterns.workflow.proposals import accept, decline, keep_proposals, new_proposal, versions_of
from patterns.workflow.reviews import ask_about
from patterns.workflow.rules import NotAllowed
from patterns.workflow.saves import present, save
from patterns.workflow.triage import decide_all, mark_of

__all__ = ["postbox"]
pytestmark = pytest.mark.django_db
ENTRY = "https://catalog.example/admin/patterns/pattern/{}/change/"


@pytest.fixture(autouse=True)
def _sends(postbox: Postbox) -> None:
    """Into a real server, whenever the test says so."""


@pytest.fixture
def ada(db) -> User:
    return reachable("editor", "Ada")


@pytest.fixture
def petra(db) -> User:
    return reachable("publisher", "Petra")


def told() -> list[tuple[str, str]]:
    """Whom and of what, since it was last asked."""
    found = [*Mail.objects.filter(state="waiting").order_by("pk").values_list("person__username", "subject")]
    Mail.objects.update(state="sent")
    return found


def now(code: str = "01") -> Entry:
    found = present(code)
    assert found is not None
    return found


# drafts and their reviews


def test_a_draft_that_is_sent_back_is_told_to_its_author_with_what_was_asked(postbox, ada: User, petra: User):
    pattern = make_pattern("01", name="Saga", status="review", by=by(ada))

    move("01", "draft", by=by(petra, "Say who pays.\r\nAnd when."))

    send_due(AT)
    assert (postbox.addresses, postbox.subjects) == (["ada@people.example"], ["[01] Saga: sent back to you"])
    assert postbox.text().startswith("Petra writes:\n\n> Say who pays.\n> And when.\n\n")
    assert ENTRY.format(pattern.pk) in postbox.text()
    assert postbox.text().endswith("told: https://catalog.example/admin/notifications/\n")


def test_what_is_asked_about_a_part_is_told(postbox, ada: User, petra: User):
    make_pattern("01", name="Saga", status="draft", by=by(ada))

    ask_about(now(), "Which money?", field="use_when", by=by(petra))

    send_due(AT)
    assert postbox.subjects == ["[01] Saga: something is asked of you"]
    assert postbox.text().startswith("Petra writes about use when:\n\n> Which money?\n")


def test_who_takes_back_their_own_is_told_nothing(ada: User):
    make_pattern("01", status="review", by=by(ada))

    move("01", "draft", by=by(ada))

    assert told() == []


def test_a_draft_that_is_submitted_is_told_to_those_who_publish(ada: User, petra: User):
    reachable("superuser", "Sue")
    reachable("viewer", "Vera")
    make_pattern("01", name="Saga", status="draft", by=by(ada))

    move("01", "review", by=by(ada))

    assert told() == [("Petra", "[01] Saga: waits for its review"), ("Sue", "[01] Saga: waits for its review")]


def test_a_new_entry_that_is_submitted_at_once_is_told_too(ada: User, petra: User):
    make_pattern("01")
    save(entry("02", name="Outbox", status="review"), opened="", by=by(ada))

    assert told() == [("Petra", "[02] Outbox: waits for its review")]


def test_who_submits_is_not_told_that_it_waits(ada: User, petra: User):
    make_pattern("01", status="draft", by=by(ada))

    move("01", "review", by=by(petra))

    assert told() == []


def test_saving_what_is_in_review_tells_nobody_again(ada: User, petra: User):
    make_pattern("01", status="review", by=by(ada))

    save(with_values(now(), {"description": "Other."}), opened=fingerprint_of(now()), by=by(ada))

    assert told() == []


def test_a_draft_that_is_published_is_told_to_who_began_it(ada: User, petra: User):
    make_pattern("01", name="Saga", status="review", by=by(ada))

    move("01", "published", by=by(petra))

    assert told() == [("Ada", "[01] Saga: published")]


def test_of_many_that_are_moved_at_once_each_is_told_once(postbox, ada: User, petra: User):
    bob = reachable("editor", "Bob")
    make_patterns(12, status="draft", by=by(ada))
    make_pattern("20", name="Saga", status="draft", by=by(bob))
    opened = {code: fingerprint_of(now(code)) for code in Pattern.objects.values_list("code", flat=True)}

    save_batch(lambda one: with_values(one, {"status": "published"}), opened, by=by(petra))

    send_due(AT)
    assert {*postbox.subjects} == {"12 drafts of yours were published", "[20] Saga: published"}
    (many,) = (one.get_content() for one in postbox.messages if one["To"] == "ada@people.example")
    assert "[10] Pattern 10\nand 2 more\n\nhttps://catalog.example/admin/patterns/pattern/?mine=begun" in many


def test_what_is_refused_tells_nobody(ada: User, petra: User):
    make_pattern("01", status="draft", by=by(ada))

    with pytest.raises(NotAllowed):
        move("01", "published", by=by(ada))

    assert told() == []


# proposals


def test_a_new_proposal_is_told_to_those_who_decide(postbox, ada: User, petra: User):
    make_pattern("01", name="Saga")
    proposal = propose(author=ada, name="Saga", description="It undoes every step.", comment="Half a secret.")

    send_due(AT)

    assert (postbox.addresses, postbox.subjects) == (["petra@people.example"], ["[01] Saga: a proposal waits"])
    assert postbox.text().startswith("Proposed by Ada.\n\nhttps://catalog.example/admin/patterns/proposal/")
    assert f"/proposal/{proposal.pk}/change/" in postbox.text()
    # An open proposal is its author's working copy.
    assert "every step" not in postbox.text()
    assert "secret" not in postbox.text()


def test_a_proposal_that_its_author_rewrites_is_not_told_again(ada: User, petra: User):
    make_pattern("01")
    propose(author=ada, description="Better.")
    told()

    propose(author=ada, description="Best.")

    assert told() == []


def test_two_hundred_proposals_of_one_import_are_one_mail(postbox, ada: User, petra: User):
    make_patterns(200)
    proposals = [new_proposal(entry(f"{one:02}", description="New."), None, by(ada)) for one in range(1, 201)]
    batch = uuid4()
    for one in proposals:
        one.batch = batch

    keep_proposals(proposals, by=by(ada))

    send_due(AT)
    assert postbox.subjects == ["200 proposals wait"]
    assert f"and 190 more\n\nhttps://catalog.example/admin/patterns/proposal/?batch={batch}" in postbox.text()


def decided(how: str, proposal: Proposal, petra: User) -> Any:
    if how == "declined":
        return decline(proposal, by=by(petra, "Too long."))
    three = versions_of(proposal, now())
    return accept(proposal, three.decided({}), opened=fingerprint_of(three.now), by=by(petra, "Too long."))


@pytest.mark.parametrize("how", ["accepted", "declined"])
def test_what_was_decided_is_told_to_its_author_with_the_reason(postbox, ada: User, petra: User, how: str):
    make_pattern("01", name="Saga")
    proposal = propose(author=ada, name="Saga", description="Better.")
    told()

    decided(how, proposal, petra)

    send_due(AT)
    assert (postbox.addresses, postbox.subjects) == (["ada@people.example"], [f"[01] Saga: your proposal was {how}"])
    assert postbox.text().startswith("Petra decided:\n\n> Too long.\n\n")


def test_who_takes_back_their_own_proposal_is_told_nothing(ada: User):
    make_pattern("01")
    proposal = propose(author=ada, description="Better.")

    decline(proposal, by=by(ada))

    assert told() == []


def test_many_that_are_decided_at_once_are_one_mail_for_each_author(ada: User, petra: User):
    bob = reachable("editor", "Bob")
    make_patterns(4)
    keep_proposals(
        [new_proposal(entry(f"{one:02}", description="New."), None, by(ada)) for one in range(1, 4)], by=by(ada)
    )
    keep_proposals([new_proposal(entry("04", description="New."), None, by(bob))], by=by(bob))
    suggestion()
    told()

    decide_all("decline", {one.pk: mark_of(one) for one in Proposal.objects.all()}, by=by(petra))

    assert told() == [
        ("Ada", "3 proposals of yours were declined"),
        ("Bob", "[04] Pattern 04: your proposal was declined"),
    ]


def test_what_readers_suggest_tells_nobody(ada: User, petra: User):
    make_pattern("01")
    one = suggestion()

    decide_all("spam", {one.pk: mark_of(one)}, by=by(petra))

    assert told() == []


# who is not told


@pytest.mark.parametrize("kind", ["sent_back", "published"])
def test_what_an_author_switched_off_is_not_told(ada: User, petra: User, kind: str):
    make_pattern("01", name="Saga", status="review", by=by(ada))
    MailSwitches.objects.create(person=ada, **{kind: False})

    move("01", "draft", by=by(petra))
    move("01", "published", by=by(petra))

    other = {"sent_back": "published", "published": "sent back to you"}[kind]
    assert told() == [("Ada", f"[01] Saga: {other}")]


@pytest.mark.parametrize(("kind", "others"), [("review", ["a proposal waits"]), ("proposal", ["waits for its review"])])
def test_what_a_publisher_switched_off_is_not_told(ada: User, petra: User, kind: str, others: list[str]):
    MailSwitches.objects.create(person=petra, **{kind: False})
    make_pattern("01", name="Saga")
    propose(author=ada, name="Saga", description="Better.")
    make_pattern("02", name="Saga two", status="draft", by=by(ada))
    move("02", "review", by=by(ada))

    assert [subject.partition(": ")[2] for _, subject in told()] == others


def test_who_has_no_address_or_is_gone_is_not_told(ada: User):
    person("publisher", "addressless")
    gone = reachable("publisher", "Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_pattern("01", status="draft", by=by(ada))

    move("01", "review", by=by(ada))

    assert told() == []


def test_without_a_mail_server_nothing_is_written(settings, ada: User, petra: User):
    settings.SENDS_MAIL = False
    make_pattern("01", status="draft", by=by(ada))

    move("01", "review", by=by(ada))
    move("01", "draft", by=by(petra, "No."))

    assert told() == []


# how much it asks


def test_a_publication_of_many_asks_no_more_than_one_of_few(ada: User, petra: User, django_assert_num_queries):
    from patterns.document.plan import Edit
    from patterns.workflow.notices import tell_moved

    def edits(count: int) -> list[Edit]:
        drafts = [entry(f"{one:02}", status="draft") for one in range(1, count + 1)]
        return [Edit("entry", one.code, one, with_values(one, {"status": "published"})) for one in drafts]

    make_patterns(60, status="published", by=by(ada))
    for count in (2, 60):
        with django_assert_num_queries(3):
            tell_moved(edits(count), by=by(petra))
