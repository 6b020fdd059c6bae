"""Only entries that readers never saw, and that no other names, can be deleted."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change, Pattern, Revision
from patterns.tests.admin.forms import address, catalogue_rows, client_of, make_staff, messages_of
from patterns.tests.factories import change_pattern, make_pattern, make_rich_pattern
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(db) -> User:
    """An editor, who may delete what they began."""
    return person("editor")


@pytest.fixture
def desk(writer: User) -> Client:
    return client_of(writer)


def test_a_draft_is_deleted_with_its_parts_in_one_change(desk: Client, writer: User):
    draft = make_rich_pattern(by=by(writer), status="draft")

    desk.post(address("delete", draft.pk), {"post": "yes"})

    change = Change.objects.first()
    assert not Pattern.objects.exists()
    assert (change.author, change.origin) == (writer, "admin")
    assert [(one.identity, one.document) for one in change.revisions.all()] == [("01", None)]


def test_the_confirmation_page_deletes_nothing(desk: Client, writer: User):
    draft = make_rich_pattern(by=by(writer), status="draft")
    before = catalogue_rows()

    response = desk.get(address("delete", draft.pk))

    assert response.status_code == 200
    assert catalogue_rows() == before


@pytest.mark.parametrize("status", ["published", "retired", "draft"])
def test_what_readers_have_seen_is_not_deleted(desk: Client, writer: User, status: str):
    pattern = change_pattern(make_pattern(by=by(writer)), status=status)
    before = catalogue_rows()

    responses = [desk.get(address("delete", pattern.pk)), desk.post(address("delete", pattern.pk), {"post": "yes"})]

    assert [response.status_code for response in responses] == [403, 403]
    assert catalogue_rows() == before


@pytest.mark.parametrize("naming", [{"relations": [{"type": "uses", "target": "01"}]}, {"replaced_by": "01"}])
def test_what_another_entry_names_is_kept_with_a_message(desk: Client, writer: User, naming: dict):
    draft = make_pattern(by=by(writer), status="draft")
    make_pattern("02", name="Its friend", **naming)
    before = catalogue_rows()

    response = desk.post(address("delete", draft.pk), {"post": "yes"}, follow=True)

    assert response.redirect_chain == [(address("change", draft.pk), 302)]
    assert "'Its friend' names it" in messages_of(response)[0]
    assert catalogue_rows() == before


def test_history_outlives_a_deleted_draft(desk: Client, writer: User):
    draft = make_pattern(by=by(writer), status="draft")

    desk.post(address("delete", draft.pk), {"post": "yes"})

    documents = Revision.objects.filter(identity="01").values_list("document", "pattern")
    assert [(bool(document), pattern) for document, pattern in documents] == [(False, None), (True, None)]


def test_entries_are_not_deleted_in_bulk(desk: Client, writer: User):
    draft = make_pattern(by=by(writer), status="draft")
    action = {"action": "delete_selected", "_selected_action": [draft.pk], "post": "yes"}

    desk.post(address("changelist"), action)

    assert Pattern.objects.exists()
    assert "delete_selected" not in desk.get(address("changelist")).content.decode()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("publisher", 403), ("superuser", 302)])
def test_of_all_others_only_a_superuser_deletes_a_draft(writer: User, role: str, status: int):
    draft = make_pattern(by=by(writer), status="draft")

    response = client_of(person(role, "other")).post(address("delete", draft.pk), {"post": "yes"})

    assert response.status_code == status
    assert Pattern.objects.exists() == (status == 403)


def test_deletion_needs_its_permission(db):
    user = make_staff("view_pattern", "add_pattern", "change_pattern", name="other")
    draft = make_pattern(by=by(user), status="draft")
    client = client_of(user)

    response = client.post(address("delete", draft.pk), {"post": "yes"})

    assert response.status_code == 403
    assert Pattern.objects.exists()
    assert "deletelink" not in client.get(address("change", draft.pk)).content.decode()
