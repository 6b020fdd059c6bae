import pytest

from patterns.tests.factories import entry
from patterns.workflow.rules import (
    MATRIX,
    ROLES,
    Actor,
    NotAllowed,
    Operation,
    Ruling,
    Standing,
    decide,
    may_accept,
    may_decline,
    operations,
)

PUBLISHER, EDITOR, SUPERUSER = Actor(1, "publisher"), Actor(2, "editor"), Actor(3, "superuser")
DRAFT, REVIEW, PUBLISHED, RETIRED = (entry(status=status) for status in ("draft", "review", "published", "retired"))
OTHER_TEXT = {"description": "Something else."}


@pytest.mark.parametrize(
    ("before", "after", "was_public", "wanted"),
    [
        (None, DRAFT, False, {Operation.CREATE}),
        (None, PUBLISHED, False, {Operation.CREATE, Operation.PUBLISH}),
        (DRAFT, entry(status="draft", **OTHER_TEXT), False, {Operation.EDIT}),
        (DRAFT, REVIEW, False, {Operation.EDIT}),
        (REVIEW, PUBLISHED, False, {Operation.PUBLISH}),
        (REVIEW, entry(**OTHER_TEXT), False, {Operation.EDIT, Operation.PUBLISH}),
        (PUBLISHED, entry(**OTHER_TEXT), True, {Operation.CHANGE_PUBLIC}),
        (PUBLISHED, RETIRED, True, {Operation.RETIRE}),
        (PUBLISHED, DRAFT, True, {Operation.RETIRE}),
        (RETIRED, PUBLISHED, True, {Operation.PUBLISH}),
        (RETIRED, entry(status="retired", **OTHER_TEXT), True, {Operation.RETIRE}),
        (RETIRED, entry(status="retired", slug="other"), True, {Operation.RETIRE, Operation.RENAME}),
        (DRAFT, entry(status="draft", slug="other"), True, {Operation.EDIT, Operation.RENAME}),
        (DRAFT, None, False, {Operation.DELETE}),
    ],
)
def test_an_edit_amounts_to_its_operations(before, after, was_public, wanted):
    assert {*operations(before, after, Standing(was_public=was_public))} == wanted


def test_an_editor_edits_only_what_is_their_own():
    after = entry(status="draft", **OTHER_TEXT)

    assert decide(DRAFT, after, EDITOR, Standing(owner=EDITOR.id)) == Ruling()
    with pytest.raises(NotAllowed, match="does not allow to edit a draft"):
        decide(DRAFT, after, EDITOR, Standing(owner=PUBLISHER.id))


def test_an_editors_change_to_a_published_entry_becomes_a_proposal():
    assert decide(PUBLISHED, entry(**OTHER_TEXT), EDITOR, Standing(was_public=True)) == Ruling(is_proposal=True)


def test_an_editor_cannot_propose_to_retire():
    with pytest.raises(NotAllowed, match="retire"):
        decide(PUBLISHED, entry(status="retired", **OTHER_TEXT), EDITOR, Standing(was_public=True))


def test_nobody_publishes_what_they_wrote_last():
    assert decide(REVIEW, PUBLISHED, PUBLISHER, Standing(owner=1, last_author=EDITOR.id)) == Ruling()
    with pytest.raises(NotAllowed, match="the last change to it is yours"):
        decide(REVIEW, PUBLISHED, PUBLISHER, Standing(last_author=PUBLISHER.id))


def test_publishing_and_editing_are_two_steps():
    with pytest.raises(NotAllowed, match="two steps"):
        decide(REVIEW, entry(**OTHER_TEXT), PUBLISHER, Standing(last_author=EDITOR.id))


def test_a_superuser_overrides_and_is_marked():
    assert decide(REVIEW, PUBLISHED, SUPERUSER, Standing(last_author=3)) == Ruling(is_override=True)
    assert decide(REVIEW, PUBLISHED, SUPERUSER, Standing(last_author=EDITOR.id)) == Ruling()


def test_what_an_editor_begins_is_their_own_from_the_start():
    assert decide(None, REVIEW, EDITOR, Standing()) == Ruling()


def test_an_entry_without_an_author_is_nobodys_own():
    with pytest.raises(NotAllowed):
        decide(DRAFT, None, Actor(None, "editor"), Standing())


def test_every_operation_answers_for_every_role():
    assert MATRIX.keys() == {*Operation}
    assert {len(answers) for answers in MATRIX.values()} == {len(ROLES)}


@pytest.mark.parametrize(
    ("actor", "author", "accepts", "declines"),
    [
        (Actor(None, "anonymous"), None, False, False),
        (Actor(4, "viewer"), None, False, False),
        (Actor(4, "viewer"), 4, False, True),
        (EDITOR, 1, False, False),
        (EDITOR, 2, False, True),
        (PUBLISHER, None, True, True),
        (PUBLISHER, 2, True, True),
        (PUBLISHER, 1, False, True),
        (SUPERUSER, 3, True, True),
        (Actor(None, "superuser"), None, True, True),
    ],
)
def test_who_decides_about_whose_proposal(actor: Actor, author: int | None, accepts: bool, declines: bool):
    assert (may_accept(author, actor), may_decline(author, actor)) == (accepts, declines)
