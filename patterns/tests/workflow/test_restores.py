"""Any document of the past can be made the present one, as a change of its own."""

from datetime import timedelta
from typing import Any

import pytest

from patterns.admin.lists import first_author
from patterns.document.catalog import Category
from patterns.document.problems import InvalidCatalog
from patterns.models import Catalog, Change, FormerSlug, Pattern, Revision
from patterns.store.edits import StaleEdit, delete_category, delete_entry, save_category
from patterns.store.history import document_at, latest_revision
from patterns.store.reading import load_document
from patterns.tests.factories import (
    AN_EDITOR,
    AT,
    RICH,
    authorship,
    change_header,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
    make_rich_pattern,
)
from patterns.tests.store.fingerprints import fingerprint_of_category, fingerprint_of_entry
from patterns.tests.workflow.staff import person
from patterns.workflow.restores import restore
from patterns.workflow.rules import NotAllowed
from patterns.workflow.standing import standing_of, standings_of

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def restored(number: int, what: str = "entry", **about: Any) -> Change | None:
    """Restore what a change left of the one document of a kind that it touched, over what is there now."""
    revision = Revision.objects.get(change=number, what=what)
    latest = latest_revision(what, revision.identity)
    by = authorship(**{"at": LATER, "origin": Change.Origin.RESTORE, **about})
    return restore(revision, opened=latest.fingerprint, by=by)


def test_an_entry_is_as_it_was_with_every_part():
    pattern = make_rich_pattern()
    before = load_document().entries["01"]
    change_pattern(pattern, **{key: type(before).model_fields[key].default for key in RICH}, description="Poor.")

    restored(2)

    assert load_document().entries["01"] == before


def test_a_restore_is_a_change_with_its_author_comment_and_origin():
    change_pattern(make_pattern(), description="New.")
    author = person("publisher")

    change = restored(2, author=author, comment="It was better.")

    assert (change.author, change.comment, change.origin, change.created_at) == (
        *(author, "It was better.", "restore", LATER),
    )
    assert [*change.revisions.values_list("what", "identity")] == [("entry", "01")]


def test_a_restore_can_be_undone_by_another():
    change_pattern(make_pattern(), description="New.")
    restored(2)

    restored(3)

    assert load_document() == document_at(3)


def test_restoring_what_is_there_already_is_no_change():
    make_pattern()

    assert restored(2) is None
    assert Catalog.objects.get().version == 2


def test_a_deleted_draft_returns_with_its_history():
    make_rich_pattern(status="draft")
    before = load_document()
    delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)

    change = restored(2)

    assert load_document() == before
    assert change.revisions.get().pattern == Pattern.objects.get()
    assert Revision.objects.filter(identity="01").count() == 3


def test_a_deletion_itself_is_nothing_to_restore():
    make_pattern(status="draft")
    delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)

    with pytest.raises(InvalidCatalog, match="records a deletion; restore the one before it"):
        restored(3)


def test_a_restore_that_would_break_a_rule_is_refused():
    pattern = make_pattern("01", name="Saga", slug="saga", status="draft")
    change_pattern(pattern, name="Other", slug="other")
    make_pattern("02", name="Saga", slug="saga")

    with pytest.raises(InvalidCatalog, match=r"'Saga' is the name of \[02\]"):
        restored(2)

    assert load_document().entries["01"].name == "Other"


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_restored_entry_stays_in_the_state_that_it_is_in(status: str):
    pattern = make_pattern()
    change_pattern(pattern, description="New.")
    change_pattern(pattern, status=status)

    restored(2)

    after = load_document().entries["01"]
    assert (after.description, after.status) == ("What Pattern 01 is.", status)


def test_a_deleted_entry_returns_as_a_draft_though_it_was_in_review():
    make_pattern(status="review")
    delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)

    restored(2)

    assert load_document().entries["01"].status == "draft"


@pytest.mark.parametrize("role", ["anonymous", "viewer", "editor"])
def test_who_may_not_restore_changes_nothing(role: str):
    change_pattern(make_pattern(), description="New.")

    with pytest.raises(NotAllowed, match="your role does not allow to restore a revision"):
        restored(2, author=person(role))

    assert load_document().entries["01"].description == "New."


def test_what_changed_since_it_was_looked_at_is_not_replaced():
    pattern = make_pattern()
    opened = fingerprint_of_entry("01")
    change_pattern(pattern, description="New.")

    with pytest.raises(StaleEdit):
        restore(Revision.objects.get(change=2), opened=opened, by=AN_EDITOR)

    assert load_document().entries["01"].description == "New."


def test_a_restored_slug_is_taken_back():
    change_pattern(make_pattern(slug="old"), slug="new")

    restored(2)

    assert [*FormerSlug.objects.values_list("slug", flat=True)] == ["new"]


def test_an_imported_entry_is_restored_as_the_file_had_it():
    import_entries([entry("01")])
    change_pattern(Pattern.objects.get(), description="New.")

    restored(1)

    assert load_document() == document_at(1)


def test_a_category_is_as_it_was_and_its_entries_follow():
    make_pattern(category="Data")
    document = Category(name="Storage", slug="data", description="Where it is kept.")
    save_category(document, opened=fingerprint_of_category("data"), by=AN_EDITOR)

    restored(1, "category")

    assert load_document() == document_at(2)


def test_an_entry_of_before_its_category_was_renamed_returns_into_that_category():
    pattern = make_pattern(category="Data")
    change_pattern(pattern, description="New.")
    save_category(Category(name="Storage", slug="data"), opened=fingerprint_of_category("data"), by=AN_EDITOR)

    restored(2)

    assert load_document().entries["01"].description == "What Pattern 01 is."
    assert load_document().entries["01"].category == "Storage"


def test_a_deleted_category_returns_as_the_last():
    for name in "AB":
        make_category(name)
    delete_category("a", opened=fingerprint_of_category("a"), by=AN_EDITOR)

    restored(1, "category")

    assert tuple(load_document().categories) == ("b", "a")


def test_the_header_is_as_it_was():
    change_header(title="Old", keywords=("a", "b"))
    change_header(title="New", keywords=())

    restored(1, "header")

    assert load_document() == document_at(1)


def test_a_header_returns_with_its_order_and_categories_made_since_stay():
    for name in "AB":
        make_category(name)
    save_category(Category(name="B", slug="b"), opened=fingerprint_of_category("b"), by=AN_EDITOR, position=0)
    make_category("C")

    restored(2, "header")

    assert set(load_document().header.categories) == {"a", "b", "c"}
    assert [slug for slug in load_document().header.categories if slug != "c"] == ["a", "b"]


def deleted_draft(author: Any) -> None:
    make_pattern(status="draft", by=authorship(author=author))
    delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)


def owners_of(code: str) -> set[int | None]:
    """As one entry is asked for, as many are, and as the list is filtered."""
    listed = Pattern.objects.annotate(owner=first_author()).get(code=code).owner
    return {standing_of(code).owner, standings_of([code])[code].owner, listed}


def test_a_deleted_draft_returns_to_its_first_author():
    author, publisher = person("editor"), person("publisher")
    deleted_draft(author)

    restored(2, author=publisher)

    assert owners_of("01") == {author.pk}
    assert standing_of("01").last_author == publisher.pk


def test_who_uses_the_code_of_a_deleted_draft_again_begins_another_entry():
    author, another = person("editor"), person("editor", "another")
    deleted_draft(author)

    make_pattern(status="draft", by=authorship(author=another))

    assert owners_of("01") == {another.pk}
