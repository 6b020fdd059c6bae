"""An entry as readers would see it: for the desk alone, never kept, never found."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, opened
from patterns.tests.admin.test_pattern_add import rich_form, typed
from patterns.tests.factories import make_pattern, make_rich_pattern
from patterns.tests.pages.trees import parsed, texts
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db

NEW = address("preview_new")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def author(db) -> User:
    return person("editor")


@pytest.fixture
def client(author: User) -> Client:
    return client_of(author)


def draft(author: User) -> int:
    make_pattern("02", name="Outbox")
    return make_rich_pattern(by=by(author), status="draft", relations=[{"type": "uses", "target": "02"}]).pk


def shown(client: Client, pk: int, **values: str) -> HttpResponse:
    """The preview of the form with these values typed into it."""
    form = {**opened(client, address("change", pk)), **values}
    before = catalogue_rows()
    response = client.post(address("preview", pk), form)
    assert response.status_code == 200
    assert catalogue_rows() == before
    return response


def test_what_is_typed_is_shown_as_a_page_and_not_saved(client: Client, author: User):
    response = shown(client, draft(author), name="New Name", problem="Some *words*.", **{"steps-0-message": "pay now"})

    page = parsed(response)
    assert texts(page, "h1") == ["New Name"]
    assert texts(page, "h2")[0] == "In short"
    assert "“New Name”, Archsite, entry 01" in text_of(response)
    assert "<em>words</em>" in response.content.decode()
    assert "pay now" in text_of(response)
    assert "Outbox" in text_of(response)
    assert "Not saved: this is what stands in the form." in text_of(response)


def test_a_new_entry_is_shown_before_it_is_there(client: Client):
    make_pattern("02")
    before = rich_form(client), catalogue_rows()

    response = client.post(NEW, before[0])

    assert texts(parsed(response), "h1") == ["Saga"]
    assert catalogue_rows() == before[1]


def test_a_published_entry_may_be_looked_at_as_it_would_be(client: Client):
    response = shown(client, make_pattern().pk, description="Better words.")

    assert "Better words." in text_of(response)


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_everybody_at_the_desk_sees_the_saved_one(author: User, role: str):
    pk = draft(author)

    response = client_of(person(role, "other")).get(address("preview", pk))

    assert texts(parsed(response), "h1") == ["Pattern 01"]
    assert "The saved entry, as readers see it once it is published." in text_of(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_is_never_kept_and_never_found(client: Client, author: User, method: str):
    pk = draft(author)

    response = shown(client, pk) if method == "post" else client.get(address("preview", pk))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots" content="noindex' in response.content.decode()
    assert 'rel="canonical"' not in response.content.decode()
    assert "application/ld+json" not in response.content.decode()


@pytest.mark.parametrize("key", ["name", "description", "problem", "solution", "aliases", "steps-0-message"])
def test_hostile_text_is_text(client: Client, author: User, key: str):
    response = shown(client, draft(author), **{key: HOSTILE})

    assert "<script>alert" not in response.content.decode()
    assert "<img src=x" not in response.content.decode()
    assert "alert(1)" in text_of(response) or key in ("problem", "solution")


def test_what_is_wrong_is_listed_with_its_place_in_words(client: Client, author: User):
    response = shown(client, draft(author), name="", slug="a_b", **{"steps-0-message": ""})

    said = text_of(response)
    assert "Name: This field is required." in said
    assert "Steps, row 1: Message: This field is required." in said


def test_what_the_document_refuses_is_listed_too(client: Client, author: User):
    assert "is not a slug" in text_of(shown(client, draft(author), slug="a_b"))


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_whose_form_is_read_only_has_nothing_to_send(author: User, role: str):
    pk = draft(author)

    response = client_of(person(role, "other")).post(address("preview", pk), {"name": "Mine"})

    assert response.status_code == 403


def test_a_viewer_previews_no_new_entry(client: Client):
    form = typed(client)

    assert client_of(person("viewer")).post(NEW, form).status_code == 403


def test_visitors_are_sent_to_the_login_page(author: User):
    pk = draft(author)

    assert Client().get(address("preview", pk)).url.startswith("/admin/login/?next=")
    assert "Pattern 01" not in Client().post(address("preview", pk), {"name": "Mine"}).content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client: Client, author: User, method: str):
    pk = draft(author)

    assert getattr(client, method)(address("preview", pk)).status_code == 405
    assert getattr(client, method)(NEW).status_code == 405
    assert client.get(NEW).status_code == 405


def test_what_is_not_there_is_not_found(client: Client):
    assert client.get(address("preview", 77)).status_code == 404


def test_the_form_has_the_button_behind_those_that_save(client: Client, author: User):
    pk = draft(author)

    page = parsed(client.get(address("change", pk)))

    buttons = [one for one in page.iter("input") if one.get("type") == "submit"]
    assert buttons[0].get("name") == "_save"
    assert (buttons[-1].get("formaction"), buttons[-1].get("formtarget")) == (address("preview", pk), "_blank")


def shown_beside(client: Client, path: str, form: dict[str, str]) -> HttpResponse:
    return client.post(f"{path}?beside=1", form)


def test_beside_the_form_it_may_stand_in_a_frame_of_ours_alone(client: Client, author: User):
    pk = draft(author)

    response = shown_beside(client, address("preview", pk), opened(client, address("change", pk)))

    assert "frame-ancestors 'self';" in f"{response['Content-Security-Policy']};"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in response.content.decode()


def test_what_is_wrong_is_said_in_the_frame_too(client: Client):
    response = shown_beside(client, NEW, typed(client, name="", slug="a_b"))

    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "Name: This field is required." in text_of(response)
    assert "is not a slug" in text_of(response)
    assert 'id="header"' not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_on_a_page_of_its_own_it_stands_in_no_frame(client: Client, author: User, method: str):
    pk = draft(author)

    response = shown(client, pk) if method == "post" else client.get(address("preview", pk))

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_the_form_holds_frames_of_ours_and_stands_in_none(client: Client, author: User):
    pk = draft(author)
    response = client.get(address("change", pk))

    page = parsed(response)

    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "frame-src" not in client.get(address("changelist"))["Content-Security-Policy"]
    [frame] = page.iter("iframe")
    [button] = [one for one in page.iter("button") if one.get("formtarget") == frame.get("name")]
    assert (button.get("formaction"), button.get("form")) == (f"{address('preview', pk)}?beside=1", "pattern_form")


def test_who_may_only_look_has_no_preview_beside(author: User):
    page = client_of(person("viewer")).get(address("change", draft(author))).content.decode()

    assert "<iframe" not in page
