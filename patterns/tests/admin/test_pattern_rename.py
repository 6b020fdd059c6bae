"""Another address for an entry that readers know: on a page of its own, with a reason."""

import pytest
from django.test import Client

from patterns.models import Change, FormerSlug, Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, form_in, messages_of, opened, refused
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

NEW = {"slug": "elsewhere", "comment": "Its name is another one now."}


@pytest.fixture
def publisher(db) -> Client:
    return client_of(person("publisher"))


@pytest.fixture
def page(db) -> str:
    return address("rename", make_pattern().pk)


def test_the_old_address_redirects_to_the_new_one(publisher: Client, page: str, client: Client):
    response = publisher.post(page, {**opened(publisher, page), **NEW}, follow=True)

    change = Change.objects.first()
    assert client.get("/patterns/pattern-01/").url == "/patterns/elsewhere/"
    assert (change.author.username, change.comment) == ("publisher", NEW["comment"])
    assert messages_of(response) == [f"Change {change.number} gave it another address."]


def test_the_page_says_what_becomes_of_the_old_address(publisher: Client, page: str):
    said = text_of(publisher.get(page))

    assert "Its address is /patterns/pattern-01/" in said
    assert "Readers know it, so it will go on answering" in said


def test_the_form_of_a_public_entry_leads_there(publisher: Client, page: str):
    assert page in publisher.get(address("change", Pattern.objects.get().pk)).content.decode()


def test_the_form_of_a_draft_does_not_since_its_address_is_a_field(publisher: Client):
    draft = make_pattern(status="draft")

    assert address("rename", draft.pk) not in publisher.get(address("change", draft.pk)).content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"slug": ""}, "This field is required."),
        ({"comment": ""}, "This field is required."),
        ({"slug": "Not A Slug"}, "is not a slug"),
        ({"slug": "taken"}, "[02]"),
        ({"slug": "once"}, "former address of [03]"),
        ({"slug": "x" * 101}, "at most 100 characters"),
        ({"slug": "<script>alert(1)</script>"}, "is not a slug"),
    ],
)
def test_what_cannot_be_is_refused_and_the_reason_is_kept(publisher: Client, page: str, values: dict, said: str):
    make_pattern("02", slug="taken")
    change_pattern(make_pattern("03", slug="once"), slug="now")

    response = refused(publisher, page, {**opened(publisher, page), **NEW, **values})

    assert said in text_of(response)
    assert form_in(response)["comment"] == values.get("comment", NEW["comment"])
    assert "<script>alert(1)" not in response.content.decode()


@pytest.mark.parametrize("fingerprint", ["", "0" * 64, "x"])
def test_who_did_not_see_the_present_state_is_asked_again(publisher: Client, page: str, fingerprint: str):
    form = {**opened(publisher, page), **NEW, "opened": fingerprint}

    response = refused(publisher, page, form)

    assert "somebody changed it since you looked" in text_of(response)
    assert publisher.post(page, form_in(response)).status_code == 302
    assert load_entries()["01"].slug == "elsewhere"


def test_the_present_address_is_no_change(publisher: Client, page: str):
    response = publisher.post(page, {**opened(publisher, page), **NEW, "slug": "pattern-01"}, follow=True)

    assert messages_of(response) == ["Nothing differed."]
    assert not FormerSlug.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("publisher", 302), ("superuser", 302)])
def test_only_who_may_rename_renames(page: str, role: str, status: int):
    form = opened(client_of(person("publisher", "other")), page)
    client = client_of(person(role))

    response = client.post(page, {**form, **NEW})

    assert response.status_code == status
    assert (client.get(page).status_code == 403) == (status == 403)
    assert (load_entries()["01"].slug == "elsewhere") == (status == 302)


def test_visitors_are_sent_to_the_login_page(client: Client, page: str):
    assert client.get(page).url.startswith("/admin/login/?next=")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(publisher: Client, page: str, method: str):
    before = catalogue_rows()

    assert getattr(publisher, method)(page).status_code == 405
    assert catalogue_rows() == before


def test_what_is_not_there_is_not_found(publisher: Client):
    assert publisher.get(address("rename", 77)).status_code == 404
