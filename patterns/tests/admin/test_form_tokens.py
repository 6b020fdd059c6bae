"""A form is saved once: a second click, a reload or a retry is answered as the first was, and does nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from patterns.models import Catalog, Category, Change, FormToken, Pattern, Proposal, WorkingCopy
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import Form, address, client_of, errors_of, messages_of, opened, save
from patterns.tests.factories import change_pattern, make_category, make_pattern
from patterns.tests.store.scratch import Scratch
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db) -> str:
    return address("change", make_pattern("01", name="Saga", slug="saga").pk)


def new_entry(client: Client, **values: str) -> Form:
    category = Category.objects.first() or make_category()
    given = {"slug": "bulkhead", "name": "Bulkhead", "description": "Parts.", "category": str(category.pk)}
    return {**opened(client, address("add")), **given, **values}


def changed_entry(client: Client) -> tuple[str, Form]:
    page = address("change", make_pattern("01").pk)
    return page, {**opened(client, page), "problem": "New."}


def added_entry(client: Client) -> tuple[str, Form]:
    return address("add"), new_entry(client)


def added_category(client: Client) -> tuple[str, Form]:
    page = address("add", model="category")
    return page, {**opened(client, page), "name": "Data", "slug": "data", "description": "It is kept."}


def moved_category(client: Client) -> tuple[str, Form]:
    first, *_ = [make_category(name) for name in ("One", "Two", "Three")]
    page = address("change", first.pk, model="category")
    return page, {**opened(client, page), "position": "3"}


def changed_header(client: Client) -> tuple[str, Form]:
    page = address("change", Catalog.objects.get().pk, model="catalog")
    return page, {**opened(client, page), "title": "Another"}


FORMS = [changed_entry, added_entry, added_category, moved_category, changed_header]


@pytest.mark.parametrize("make_form", FORMS)
def test_the_same_form_sent_twice_is_saved_once(desk: Client, make_form: Callable[[Client], tuple[str, Form]]):
    path, form = make_form(desk)
    first = save(desk, path, form)
    said, changes = messages_of(desk.get(first["Location"])), Change.objects.count()

    second = save(desk, path, form)

    assert second["Location"] == first["Location"]
    assert messages_of(desk.get(second["Location"])) == said
    assert Change.objects.count() == changes
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize("button", ["_continue", "_addanother", "_submit"])
def test_it_leads_to_where_the_button_leads(desk: Client, button: str):
    form = {**new_entry(desk), button: "1"}

    first, second = (save(desk, address("add"), form) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert len(load_entries()) == 1


def test_a_proposal_is_made_once(page: str):
    client = client_of(person("editor"))
    form = {**opened(client, page), "problem": "Mine."}
    save(client, page, form)

    response = client.get(save(client, page, form)["Location"])

    assert Proposal.objects.get().changed_at is None
    assert f"proposal {Proposal.objects.get().pk}" in text_of(response)


def test_what_others_did_since_is_not_undone(desk: Client, page: str):
    form = {**opened(desk, page), "problem": "Mine."}
    save(desk, page, form)
    change_pattern(Pattern.objects.get(), problem="Theirs.")

    save(desk, page, form)

    assert load_entries()["01"].problem == "Theirs."
    assert not WorkingCopy.objects.exists()


def test_another_text_in_the_same_form_is_another_save(desk: Client, page: str):
    """The back button leads to the form as it was: what is typed then is judged by what it was opened with."""
    form = {**opened(desk, page), "problem": "First."}
    save(desk, page, form)

    response = desk.post(page, {**form, "problem": "Second."})

    assert "Somebody was faster" in text_of(desk.get(response["Location"]))
    assert WorkingCopy.objects.get().document["problem"] == "Second."


def test_another_button_is_another_save(desk: Client):
    form = new_entry(desk)
    save(desk, address("add"), form)

    assert {*errors_of(desk.post(address("add"), {**form, "_submit": "1"}))} == {"name", "slug"}


def test_a_refused_form_is_judged_again_when_it_is_mended(desk: Client, page: str):
    form = opened(desk, page)
    assert desk.post(page, {**form, "name": ""}).status_code == 200
    assert not FormToken.objects.exists()

    save(desk, page, {**form, "name": "Sagas"})

    assert load_entries()["01"].name == "Sagas"
    assert FormToken.objects.count() == 1


def test_a_token_is_its_persons_alone(desk: Client, page: str):
    form = {**opened(desk, page), "problem": "Mine."}
    save(desk, page, form)
    other = client_of(person("publisher", "Barbara"))

    response = other.post(page, form)

    assert "/working-copy/" in response["Location"]


@pytest.mark.parametrize("token", ["", "x", "0" * 37, "\x00" * 36])
def test_a_form_without_a_token_of_ours_is_saved_as_ever(desk: Client, page: str, token: str):
    response = desk.post(page, {**opened(desk, page), "problem": "Mine.", "form_token": token})

    assert response.status_code in (200, 302)
    assert not FormToken.objects.exists()


def test_what_was_saved_and_deleted_since_leads_to_the_list():
    client = client_of(person("superuser"))
    form = new_entry(client)
    save(client, address("add"), form)
    client.post(address("delete", Pattern.objects.get().pk), {"post": "yes"})

    response = client.post(address("add"), form)

    assert (response.status_code, response["Location"]) == (302, address("changelist"))
    assert not Pattern.objects.exists()


def test_what_is_typed_after_a_save_outlives_a_late_second_click(desk: Client, page: str):
    form = {**opened(desk, page), "problem": "First."}
    save(desk, page, form)
    desk.post(page.replace("/change/", "/keep/"), {**form, "problem": "Typed since."})

    save(desk, page, form)

    assert WorkingCopy.objects.get().document["problem"] == "Typed since."


def test_tokens_are_forgotten_after_a_week(desk: Client, page: str):
    save(desk, page, {**opened(desk, page), "problem": "First."})
    FormToken.objects.update(saved_at=FormToken.objects.get().saved_at - timedelta(days=8))

    save(desk, page, {**opened(desk, page), "problem": "Second."})

    assert FormToken.objects.get().change == Change.objects.first()


@pytest.mark.parametrize("make_form", FORMS)
def test_two_clicks_at_once_are_one_change(scratch: Scratch, make_form: Callable[[Client], tuple[str, Form]]):
    user = person("publisher")
    first, second = client_of(user), client_of(user)
    path, form = make_form(first)
    changes = Change.objects.count()

    responses = scratch.at_the_lock(lambda: first.post(path, form), lambda: second.post(path, form))

    assert [one.status_code for one in responses] == [302, 302]
    assert responses[0]["Location"] == responses[1]["Location"]
    assert Change.objects.count() == changes + 1
    assert not WorkingCopy.objects.exists()
