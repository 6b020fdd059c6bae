import pytest

from patterns.document.entry import Entry
from patterns.document.three_way import ThreeWay
from patterns.models import Change, Pattern, Proposal
from patterns.store.edits import StaleEdit
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import AT, change_pattern, entry, make_pattern
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.proposals import Closed, accept, decline, settle, versions_of
from patterns.workflow.rules import NotAllowed
from patterns.workflow.saves import present, save

pytestmark = pytest.mark.django_db


def now(code: str = "01") -> Entry:
    found = present(code)
    assert found is not None
    return found


def proposed(role: str = "editor", **values: object) -> Proposal:
    save(entry(**values), opened=fingerprint_of(now()), by=by(person(role), "Clearer."))
    return Proposal.objects.get()


def accepted(proposal: Proposal, three: ThreeWay[Entry], who: str = "publisher") -> Change | None:
    return accept(proposal, three.decided({}), opened=fingerprint_of(three.now), by=by(person(who), "Good."))


def test_an_accepted_proposal_is_a_change_by_its_author():
    make_pattern()
    proposal = proposed(description="Better.")

    change = accepted(proposal, versions_of(proposal, now()))

    assert change is not None
    assert (change.author, change.origin) == (proposal.author, "proposal")
    assert change.comment == "Clearer.\n\nAccepted by publisher. Good."
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by.username, proposal.change) == ("accepted", "publisher", change)
    assert Pattern.objects.get().description == "Better."


def test_what_a_reviewer_edited_is_said_to_be_edited():
    make_pattern()
    proposal = proposed(description="Better.")
    edited = entry(description="Best.")

    change = accept(proposal, edited, opened=fingerprint_of(now()), by=by(person("publisher"), "Shorter."))

    assert change is not None
    assert change.comment == "Clearer.\n\nEdited and accepted by publisher. Shorter."


def test_a_stale_proposal_merges_with_what_came_since():
    make_pattern()
    proposal = proposed(description="Better.")
    change_pattern(Pattern.objects.get(), problem="Newer.")

    three = versions_of(proposal, now())

    assert not three.merged.conflicts
    assert (three.decided({}).description, three.decided({}).problem) == ("Better.", "Newer.")


def test_what_both_changed_is_a_conflict_and_stays_as_it_is_now():
    make_pattern()
    proposal = proposed(description="Mine.")
    change_pattern(Pattern.objects.get(), description="Theirs.")

    three = versions_of(proposal, now())

    assert [one.key for one in three.merged.conflicts] == ["description"]
    assert three.decided({}).description == "Theirs."


def test_accepting_over_an_entry_that_changed_meanwhile_is_refused():
    make_pattern()
    proposal = proposed(description="Better.")
    three = versions_of(proposal, now())
    change_pattern(Pattern.objects.get(), problem="Newer.")

    with pytest.raises(StaleEdit):
        accepted(proposal, three)

    assert Proposal.objects.get().state == "open"


def test_accepting_never_moves_the_state():
    make_pattern()
    proposal = proposed(description="Better.")
    three = versions_of(proposal, now())
    change_pattern(Pattern.objects.get(), status="retired")

    accepted(proposal, versions_of(proposal, now()))

    assert three.decided({}).status == "published"
    assert Pattern.objects.get().status == "retired"


def test_a_proposal_is_decided_once():
    make_pattern()
    proposal = proposed(description="Better.")
    decline(proposal, by=by(person("publisher"), "Not clearer."))

    with pytest.raises(Closed):
        decline(proposal, by=by(None))

    assert Proposal.objects.get().decision == "Not clearer."


def test_nobody_accepts_their_own():
    make_pattern()
    proposal = proposed(description="Better.")
    author = proposal.author
    assert author is not None
    author.groups.set(person("publisher").groups.all())

    with pytest.raises(NotAllowed, match="your own"):
        accept(
            proposal,
            entry(description="Better."),
            opened=fingerprint_of(now()),
            by=by(type(author).objects.get(pk=author.pk)),
        )


def test_an_editor_decides_nothing():
    make_pattern()
    proposal = proposed(description="Better.")

    with pytest.raises(NotAllowed, match="decide about a proposal"):
        decline(proposal, by=by(person("editor", "another")))


def test_authors_take_back_their_own():
    make_pattern()
    proposal = proposed(description="Better.")

    decline(proposal, by=by(proposal.author, "A mistake."))

    assert Proposal.objects.get().state == "declined"


def words() -> Proposal:
    return Proposal.objects.create(code="01", comment="It never waits.", created_at=AT)


def test_a_readers_words_are_settled_by_the_change_that_they_led_to():
    make_pattern()
    change = Change.objects.first()

    settle(words(), change=change, by=by(person("publisher"), "Thanks."))

    settled = Proposal.objects.get()
    assert (settled.state, settled.change, settled.decision) == ("accepted", change, "Thanks.")


def test_an_editor_settles_nothing():
    with pytest.raises(NotAllowed, match="decide about a proposal"):
        settle(words(), by=by(person("editor")))

    assert Proposal.objects.get().state == "open"


def test_a_reviewer_does_not_publish_their_own_words_in_an_editors_name():
    make_pattern()
    proposal, reviewer = proposed(description="Better."), person("publisher")
    change_pattern(Pattern.objects.get(), status="draft", by=by(reviewer))
    accept(proposal, entry(description="Mine."), opened=fingerprint_of(now()), by=by(reviewer))

    with pytest.raises(NotAllowed):
        move("01", "published", by=by(reviewer))


def test_a_reviewer_publishes_what_an_editor_proposed():
    make_pattern()
    proposal, reviewer = proposed(description="Better."), person("publisher")
    change_pattern(Pattern.objects.get(), status="draft", by=by(reviewer))
    accept(proposal, versions_of(proposal, now()).decided({}), opened=fingerprint_of(now()), by=by(reviewer))

    move("01", "published", by=by(reviewer))

    assert now().status == "published"
