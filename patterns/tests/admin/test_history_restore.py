"""Restoring at the desk: shown first, with a reason, and a change like any other."""

import pytest
from django.test import Client

from patterns.admin import versions
from patterns.document.catalog import Category
from patterns.models import Catalog, Change, Pattern, Revision
from patterns.store.edits import save_category
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, form_in, messages_of, opened, refused
from patterns.tests.factories import AN_EDITOR, change_header, change_pattern, make_category, make_pattern
from patterns.tests.store.fingerprints import fingerprint_of_category
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db

WHY = {"comment": "It was better."}


def way_back(number: int, model: str = "pattern") -> str:
    """The page that restores what a change left of the one document that it touched."""
    what = {"pattern": "entry", "category": "category", "catalog": "header"}[model]
    return address("restore", Revision.objects.get(change=number, what=what).pk, model=model)


@pytest.fixture
def publisher(db) -> Client:
    return client_of(person("publisher"))


@pytest.fixture
def page(db) -> str:
    """The way back to the first words of an entry that was changed once."""
    change_pattern(make_pattern(description="First words."), description="Second words.")
    return way_back(2)


def description() -> str:
    return load_entries()["01"].description


def test_the_page_shows_what_would_change(publisher: Client, page: str):
    response = publisher.get(page)

    assert "<del>Second</del><ins>First</ins> words." in response.content.decode()
    assert "Restore Pattern 01 as of change 2" in text_of(response)
    assert description() == "Second words."


def test_a_restore_is_a_change_with_its_author_reason_and_origin(publisher: Client, page: str):
    response = publisher.post(page, {**opened(publisher, page), **WHY}, follow=True)

    change = Change.objects.first()
    assert (change.author.username, change.comment, change.origin) == ("publisher", "It was better.", "restore")
    assert description() == "First words."
    assert change.revisions.count() == 1
    assert messages_of(response) == ["Change 4 brought back change 2."]
    assert response.redirect_chain[0][0] == address("history", Pattern.objects.get().pk)


def test_a_restore_needs_a_reason(publisher: Client, page: str):
    response = refused(publisher, page, opened(publisher, page))

    assert "This field is required." in text_of(response)


def test_a_restored_entry_keeps_its_state(publisher: Client, page: str):
    change_pattern(Pattern.objects.get(), status="draft")

    publisher.post(page, {**opened(publisher, page), **WHY})

    assert (description(), Pattern.objects.get().status) == ("First words.", "draft")


def test_what_changed_since_the_page_was_opened_is_not_replaced(publisher: Client, page: str):
    form = opened(publisher, page)
    change_pattern(Pattern.objects.get(), description="Third words.")

    response = refused(publisher, page, {**form, **WHY})

    assert "it changed since you looked" in text_of(response)
    assert "<del>Third</del><ins>First</ins>" in response.content.decode()
    assert form_in(response)["comment"] == "It was better."
    publisher.post(page, form_in(response))
    assert description() == "First words."


@pytest.mark.parametrize("opened_as", ["", "x", "0" * 64, "\x00", "9" * 10_000])
def test_a_made_up_fingerprint_restores_nothing(publisher: Client, page: str, opened_as: str):
    refused(publisher, page, {**WHY, "opened": opened_as})

    assert description() == "Second words."


def test_what_no_longer_fits_is_refused_with_its_reason(publisher: Client):
    change_pattern(make_pattern("01", name="Saga", slug="saga", status="draft"), name="Other", slug="other")
    make_pattern("02", name="Saga", slug="saga")
    page = way_back(2)

    response = refused(publisher, page, {**opened(publisher, page), **WHY})

    assert "'Saga' is the name of [02] Saga" in text_of(response)


def test_restoring_what_is_there_is_no_change(publisher: Client, page: str):
    here = way_back(3)

    response = publisher.post(here, {**opened(publisher, here), **WHY}, follow=True)

    assert messages_of(response) == ["Nothing differed."]
    assert Catalog.objects.get().version == 3


def test_a_category_is_restored(publisher: Client):
    make_category("Data")
    save_category(Category(name="Storage", slug="data"), opened=fingerprint_of_category("data"), by=AN_EDITOR)
    page = way_back(1, "category")

    publisher.post(page, {**opened(publisher, page), **WHY})

    assert [*load_document().category_slugs()] == ["Data"]


def test_the_header_is_restored(publisher: Client):
    change_header(title="Old")
    change_header(title="New")
    page = way_back(1, "catalog")

    publisher.post(page, {**opened(publisher, page), **WHY})

    assert load_document().header.title == "Old"


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_who_may_not_restore_sees_no_page_and_changes_nothing(page: str, role: str):
    client = client_of(person(role))
    before = catalogue_rows()

    statuses = {client.get(page).status_code, client.post(page, WHY).status_code}

    assert statuses == {403}
    assert catalogue_rows() == before


def test_visitors_are_sent_to_the_login_page(client: Client, page: str):
    before = catalogue_rows()

    assert client.get(page).url.startswith("/admin/login/")
    assert client.post(page, WHY).url.startswith("/admin/login/")
    assert catalogue_rows() == before


def test_a_superuser_restores(page: str):
    client = client_of(person("superuser"))

    client.post(page, {**opened(client, page), **WHY})

    assert description() == "First words."


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(publisher: Client, page: str, method: str):
    assert getattr(publisher, method)(page).status_code == 405


def test_there_is_no_way_back_to_nothing(publisher: Client, page: str):
    numbers = [Revision.objects.get(change=1, what="category").pk, 10**6, 10**30]

    found = {publisher.get(address("restore", number)).status_code for number in numbers}

    assert found == {404}


# Deleted drafts


@pytest.fixture
def deleted(db) -> str:
    """The page of deleted drafts; 01 was deleted by its author."""
    author = person("editor", "Ada")
    make_pattern(status="review", description="Gone words.", by=by(author))
    client_of(author).post(address("delete", Pattern.objects.get().pk), {"post": "yes"})
    assert not Pattern.objects.exists()
    return address("deleted")


def test_a_deleted_draft_is_listed(publisher: Client, deleted: str):
    said = text_of(publisher.get(deleted))

    assert "01 Pattern 01 Ada" in said


def test_a_deleted_draft_returns_as_a_draft(publisher: Client, deleted: str):
    page = way_back(2)
    response = publisher.get(page)

    publisher.post(page, {**form_in(response), **WHY})

    assert "<ins>Gone words.</ins>" in response.content.decode()
    assert (description(), Pattern.objects.get().status) == ("Gone words.", "draft")
    assert Change.objects.first().origin == "restore"
    assert "No draft was ever deleted" in text_of(publisher.get(deleted))


def test_a_deletion_is_nothing_to_restore(publisher: Client, deleted: str):
    assert publisher.get(way_back(Catalog.objects.get().version)).status_code == 404


def test_a_code_that_is_used_again_is_not_listed(publisher: Client, deleted: str):
    make_pattern(status="draft")

    assert publisher.get(deleted).context["deleted"] == []


def test_many_deleted_drafts_have_pages(publisher: Client, deleted: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "PAGE_SIZE", 1)
    superuser = client_of(person("superuser"))
    superuser.post(address("delete", make_pattern("02", status="draft").pk), {"post": "yes"})

    first = publisher.get(deleted)
    second = publisher.get(f"{deleted}?before={first.context['next']}")

    assert [one.name for page in (first, second) for one in page.context["deleted"]] == ["Pattern 02", "Pattern 01"]
    assert second.context["next"] is None


@pytest.mark.parametrize(("role", "links"), [("viewer", 0), ("editor", 0), ("publisher", 1), ("superuser", 1)])
def test_everybody_at_the_desk_sees_them_and_publishers_the_way_back(deleted: str, role: str, links: int):
    content = client_of(person(role)).get(deleted).content.decode()

    assert "Pattern 01" in content
    assert content.count(">Restore</a>") == links


def test_the_list_of_entries_links_to_them(publisher: Client, deleted: str):
    assert f'href="{deleted}"' in publisher.get(address("changelist")).content.decode()


def test_the_page_of_deleted_drafts_is_only_read_and_by_staff(client: Client, publisher: Client, deleted: str):
    assert publisher.post(deleted).status_code == 405
    assert client.get(deleted).url.startswith("/admin/login/")
