"""Merging a category into another: on a page that counts what moves; what others are in the middle of goes on."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from patterns.models import Category, Change, FormerCategory, Pattern, Proposal, Revision, WorkingCopy
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, form_in, messages_of, opened, refused, save
from patterns.tests.factories import change_pattern, make_category, make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.standing import standing_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(db) -> Client:
    return client_of(person("publisher"))


@pytest.fixture
def ada(db) -> User:
    return person("editor")


@pytest.fixture(autouse=True)
def _shelves(ada: User) -> None:
    """Published, draft and retired in Data, one published in Storage; Flow is empty."""
    make_pattern("01", category="Data")
    make_pattern("02", category="Data", status="draft", by=by(ada))
    change_pattern(make_pattern("03", category="Data"), status="retired")
    make_pattern("04", category="Storage")
    make_category("Flow")


def pk_of(slug: str) -> int:
    return Category.objects.get(slug=slug).pk


@pytest.fixture
def page(_shelves) -> str:
    return address("merge", pk_of("data"), model="category")


def sent(client: Client, page: str, **values: str) -> dict[str, str]:
    return {**opened(client, page), "into": str(pk_of("storage")), "comment": "They are one.", **values}


def merge(page: str) -> None:
    client = client_of(person("superuser"))
    assert client.post(page, sent(client, page)).status_code == 302


def test_its_entries_are_in_the_other_one_and_its_address_leads_there(publisher: Client, page: str, client: Client):
    response = publisher.post(page, sent(publisher, page), follow=True)

    change = Change.objects.first()
    assert {one.category for one in load_entries().values()} == {"Storage"}
    assert client.get("/categories/data/").url == "/categories/storage/"
    assert (change.author.username, change.comment) == ("publisher", "They are one.")
    assert messages_of(response) == [f"Change {change.number} merged Data into Storage, with 3 entries."]


def test_the_page_counts_what_moves(publisher: Client, page: str):
    said = text_of(publisher.get(page))

    assert "3 entries move: 1 a draft, 1 published, 1 retired." in said


def test_the_form_leads_there(publisher: Client, page: str):
    assert page in publisher.get(address("change", pk_of("data"), model="category")).content.decode()


def test_a_category_is_not_offered_itself(publisher: Client, page: str):
    options = text_of(publisher.get(page))

    assert "Storage" in options
    assert refused(publisher, page, sent(publisher, page, into=str(pk_of("data"))))


@pytest.mark.parametrize("values", [{"into": ""}, {"into": "77"}, {"into": "x"}, {"comment": ""}, {"count": "x"}])
def test_what_cannot_be_is_refused(publisher: Client, page: str, values: dict[str, str]):
    refused(publisher, page, sent(publisher, page, **values))


@pytest.mark.parametrize("values", [{"opened": ""}, {"opened": "0" * 64}, {"count": "2"}])
def test_who_did_not_see_the_present_state_is_asked_again(publisher: Client, page: str, values: dict[str, str]):
    response = refused(publisher, page, sent(publisher, page, **values))

    assert "changed since you looked" in text_of(response)
    assert publisher.post(page, form_in(response)).status_code == 302


def test_an_entry_that_came_meanwhile_is_counted_anew(publisher: Client, page: str):
    form = sent(publisher, page)
    make_pattern("05", category="Data")

    response = refused(publisher, page, form)

    assert "4 entries move" in text_of(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_pressed_twice_it_says_where_the_category_is(publisher: Client, page: str, method: str):
    form = sent(publisher, page)
    publisher.post(page, form)
    before = catalogue_rows()

    response = getattr(publisher, method)(page, form, follow=True)

    assert "It is part of Storage by now." in messages_of(response)
    assert response.redirect_chain[-1][0] == address("change", pk_of("storage"), model="category")
    assert catalogue_rows() == before


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("publisher", 302), ("superuser", 302)])
def test_only_who_may_keep_categories_merges(publisher: Client, page: str, role: str, status: int, ada: User):
    form = sent(publisher, page)
    client = publisher if role == "publisher" else client_of(ada if role == "editor" else person(role))

    assert client.post(page, form).status_code == status
    assert Category.objects.filter(slug="data").exists() == (status == 403)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(publisher: Client, page: str, method: str):
    before = catalogue_rows()

    assert getattr(publisher, method)(page).status_code == 405
    assert catalogue_rows() == before


@pytest.mark.parametrize("pk", [77, "x", "9" * 30])
def test_what_is_not_there_is_not_found(publisher: Client, pk: object):
    assert publisher.get(address("merge", pk, model="category")).status_code == 404


def test_nobody_counts_as_having_written_the_entries(page: str, ada: User):
    merge(page)

    assert standing_of("02").last_author == standing_of("02").owner == ada.pk


# What others are in the middle of.


def test_a_form_that_was_open_means_the_other_category(publisher: Client, page: str):
    """Its entry was in another category before, so it is no late save."""
    where = address("change", Pattern.objects.get(code="04").pk)
    form = {**opened(publisher, where), "category": str(pk_of("data"))}
    merge(page)

    save(publisher, where, {**form, "description": "Better."})

    assert (load_entries()["04"].category, load_entries()["04"].description) == ("Storage", "Better.")


def test_a_late_save_of_one_of_its_entries_becomes_a_working_copy_that_asks_nothing_about_it(
    publisher: Client, page: str
):
    where = address("change", Pattern.objects.get(code="01").pk)
    form = {**opened(publisher, where), "description": "Better."}
    merge(page)

    copy_page = publisher.post(where, form).url
    publisher.post(copy_page, opened(publisher, copy_page))

    assert (load_entries()["01"].category, load_entries()["01"].description) == ("Storage", "Better.")
    assert not WorkingCopy.objects.exists()


def test_a_form_that_is_refused_shows_what_is_meant(publisher: Client, page: str):
    where = address("change", Pattern.objects.get(code="04").pk)
    form = {**opened(publisher, where), "category": str(pk_of("data")), "description": ""}
    merge(page)

    response = publisher.post(where, form)

    assert form_in(response)["category"] == str(pk_of("storage"))


def test_what_is_kept_from_a_form_that_was_open_is_about_the_other_category(publisher: Client, page: str):
    entry = Pattern.objects.get(code="04")
    form = {**opened(publisher, address("change", entry.pk)), "category": str(pk_of("data"))}
    merge(page)

    publisher.post(address("keep", entry.pk), form)

    assert WorkingCopy.objects.get().document["category"] == "Storage"


def test_a_working_copy_from_before_is_saved_after_it(publisher: Client, page: str):
    entry = Pattern.objects.get(code="04")
    where = address("change", entry.pk)
    form = {**opened(publisher, where), "category": str(pk_of("data")), "description": "Typed before."}
    publisher.post(address("keep", entry.pk), form)
    tab = {**form, "form_token": "0" * 36, "description": "Another tab."}
    publisher.post(address("keep", entry.pk), tab)
    merge(page)

    kept = WorkingCopy.objects.get()
    assert kept.elsewhere["0" * 36]["category"] == "Storage"
    save(publisher, where, opened(publisher, where))
    assert (load_entries()["04"].category, load_entries()["04"].description) == ("Storage", "Typed before.")


@pytest.mark.parametrize("code", ["01", "04"])
def test_an_open_proposal_is_accepted_after_it(publisher: Client, page: str, ada: User, code: str):
    """Of an entry that was in it, and of one that was to be moved there."""
    base = load_entries()[code].model_dump(mode="json")
    document = {**base, "category": "Data", "description": "Better."}
    proposal = Proposal.objects.create(
        code=code, author=ada, base=base, document=document, keys=["description"], created_at=timezone.now()
    )
    merge(page)
    where = address("change", proposal.pk, model="proposal")

    review = publisher.get(where).context["review"]
    form = {"opened": review.opened, "seen": review.proposal.seen, "accept-reason": "Right."}
    response = publisher.post(address("accept", proposal.pk, model="proposal"), form, follow=True)

    assert "accepted" in messages_of(response)[0]
    assert (load_entries()[code].category, load_entries()[code].description) == ("Storage", "Better.")


def test_a_proposal_that_was_decided_says_what_it_said(page: str, ada: User):
    document = {**load_entries()["01"].model_dump(mode="json"), "description": "Better."}
    at = timezone.now()
    Proposal.objects.create(
        code="01", author=ada, base=None, document=document, created_at=at, state="declined", decided_at=at
    )

    merge(page)

    assert Proposal.objects.get().document["category"] == "Data"


def test_an_old_version_of_an_entry_returns_into_the_other_category(publisher: Client, page: str):
    first = Revision.objects.get(what="entry", identity="01")
    change_pattern(Pattern.objects.get(code="01"), description="Later.")
    merge(page)
    restore = address("restore", first.pk)

    publisher.post(restore, {**opened(publisher, restore), "comment": "As it was."})

    entry = load_entries()["01"]
    assert (entry.category, entry.description) == ("Storage", "What Pattern 01 is.")


def test_the_category_itself_does_not_return_by_its_old_address(publisher: Client, page: str):
    old = Revision.objects.get(what="category", identity="data", change__lt=4)
    merge(page)
    restore = address("restore", old.pk, model="category")

    response = refused(publisher, restore, {**opened(publisher, restore), "comment": "As it was."})

    assert "'data' is a former address of 'Storage', which still redirects" in text_of(response)
    assert [*load_document().categories] == ["storage", "flow"]
    assert FormerCategory.objects.count() == 1
