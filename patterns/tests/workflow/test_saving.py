import pytest

from patterns.document.problems import InvalidCatalog
from patterns.models import Change, Pattern, Proposal, Revision
from patterns.store.edits import StaleEdit
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import change_pattern, entry, make_category, make_pattern
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.rules import NotAllowed
from patterns.workflow.saves import delete, present, save
from patterns.workflow.standing import standing_of

pytestmark = pytest.mark.django_db


def opened(code: str = "01") -> str:
    return fingerprint_of(present(code))


def test_an_editor_writes_a_draft_and_submits_it():
    make_category()
    editor = person("editor")

    save(entry(status="draft"), opened="", by=by(editor))
    change = move("01", "review", by=by(editor, "Ready."))

    assert change is not None
    assert (change.author, change.comment) == (editor, "Ready.")
    assert Pattern.objects.get().status == "review"


def test_a_publisher_publishes_what_another_wrote():
    make_pattern(status="review", by=by(person("editor")))

    change = move("01", "published", by=by(person("publisher")))

    assert change is not None
    assert not change.is_override
    assert Pattern.objects.get().status == "published"


def test_submitting_is_not_writing():
    publisher, editor = person("publisher"), person("editor")
    make_pattern(status="draft", by=by(publisher))
    change_pattern(Pattern.objects.get(), status="review", by=by(editor))

    with pytest.raises(NotAllowed, match="the last change to it is yours"):
        move("01", "published", by=by(publisher))

    assert Pattern.objects.get().status == "review"


def test_a_superuser_may_publish_alone_and_the_change_says_so():
    superuser = person("superuser")
    make_pattern(status="review", by=by(superuser))

    change = move("01", "published", by=by(superuser))

    assert change is not None
    assert Change.objects.get(pk=change.pk).is_override


def test_an_editors_change_to_a_published_entry_waits():
    make_pattern()
    editor, before = person("editor"), Change.objects.count()

    saved = save(entry(description="Better."), opened=opened(), by=by(editor, "Clearer."))

    proposal = Proposal.objects.get()
    assert (saved.change, saved.proposal) == (None, proposal)
    assert (proposal.code, proposal.author, proposal.comment, proposal.state) == ("01", editor, "Clearer.", "open")
    assert proposal.document["description"] == "Better."
    assert proposal.base["description"] == Pattern.objects.get().description
    assert Change.objects.count() == before


def test_a_proposal_must_be_valid_too():
    make_pattern("01")
    make_pattern("02", slug="taken")

    with pytest.raises(InvalidCatalog):
        save(entry("01", slug="taken"), opened=opened("01"), by=by(person("editor")))

    assert not Proposal.objects.exists()


def test_nothing_is_written_for_a_stale_edit():
    make_pattern()
    old = opened()
    change_pattern(Pattern.objects.get(), description="Newer.")

    with pytest.raises(StaleEdit):
        save(entry(description="Mine."), opened=old, by=by(person("publisher")))


def test_an_unchanged_entry_is_neither_written_nor_proposed():
    make_pattern()

    saved = save(present("01"), opened=opened(), by=by(person("editor")))

    assert (saved.change, saved.proposal, Proposal.objects.count()) == (None, None, 0)


def test_an_editor_deletes_only_their_own_draft():
    editor = person("editor")
    make_pattern("01", status="draft", by=by(editor))
    make_pattern("02", status="draft", by=by(person("publisher")))

    delete("01", opened=opened("01"), by=by(editor))
    with pytest.raises(NotAllowed):
        delete("02", opened=opened("02"), by=by(editor))

    assert [*Pattern.objects.values_list("code", flat=True)] == ["02"]


def test_a_code_used_again_belongs_to_who_used_it_again():
    first, second = person("editor", "first"), person("editor", "second")
    make_pattern(status="draft", by=by(first))
    delete("01", opened=opened(), by=by(first))
    make_pattern(status="draft", by=by(second))

    standing = standing_of("01")

    assert (standing.owner, standing.last_author, standing.was_public) == (second.pk, second.pk, False)


def test_every_write_leaves_one_revision():
    make_category()
    editor, publisher = person("editor"), person("publisher")
    save(entry(status="draft"), opened="", by=by(editor))
    move("01", "review", by=by(editor))
    move("01", "published", by=by(publisher))
    move("01", "retired", by=by(publisher))

    revisions = Revision.objects.filter(what="entry").order_by("change_id")

    assert [one.status for one in revisions] == ["draft", "review", "published", "retired"]
    assert [one.change.author for one in revisions] == [editor, editor, publisher, publisher]
