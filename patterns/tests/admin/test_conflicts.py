"""Saves that came too late: lists, other keys, drafts of others, and entries that were deleted meanwhile."""

import pytest

from patterns.models import Change, Pattern, Proposal
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.clashes import Editors, editors_of, merge, not_yet, open_keys, overtaken, text_of, texts_now
from patterns.tests.admin.forms import (
    Form,
    address,
    client_of,
    form_in,
    messages_of,
    opened,
    refused,
)
from patterns.tests.factories import change_pattern, make_category, make_pattern
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def editors(db) -> Editors:
    return editors_of()


@pytest.fixture
def page(db) -> str:
    return address("change", make_pattern(aliases=["One"]).pk)


def test_a_key_that_does_not_fit_the_catalogue_is_asked_for(editors: Editors, page: str):
    make_pattern("02", slug="taken")
    form = overtaken(editors, page, description="Ada's.")
    answer = form_in(refused(editors.second, page, {**form, "name": "New"}))
    change_pattern(Pattern.objects.get(code="02"), name="New")

    errors, again = not_yet(editors.second, answer)

    assert errors == ["Choose one.", "'New' is the name of [02] New; give one of them another name"]
    assert again["text-name"] == "New"
    merge(editors.second, again, name="edited", text_name="Newer")
    assert Pattern.objects.get(code="01").name == "Newer"


def test_a_list_is_chosen_as_a_whole(editors: Editors, page: str):
    form = overtaken(editors, page, aliases="One\r\nTwo")

    response = refused(editors.second, page, {**form, "aliases": "One\r\nThree"})
    merge(editors.second, form_in(response), aliases="mine")

    assert "text-aliases" not in form_in(response)
    assert load_entries()["01"].aliases == ("One", "Three")


def test_what_an_editor_merged_into_a_published_entry_waits(page: str):
    editors = editors_of("editor")
    form = opened(editors.second, page)
    change_pattern(Pattern.objects.get(), description="Ada's.")
    answer = form_in(refused(editors.second, page, {**form, "problem": "Barbara's."}))
    before = Change.objects.count()

    response = editors.second.post(address("merge"), {**answer, "comment": "Clearer."}, follow=True)

    proposal = Proposal.objects.get()
    assert (proposal.base["description"], proposal.document["problem"]) == ("Ada's.", "Barbara's.")
    assert (proposal.author.username, proposal.comment) == ("Barbara", "Clearer.")
    assert "waits for a publisher" in messages_of(response)[0]
    assert Change.objects.count() == before


def test_an_editor_merges_nothing_into_the_draft_of_another(editors: Editors):
    path = address("change", make_pattern(status="draft", by=by(person("publisher", "owner"))).pk)
    form = overtaken(editors, path, description="Ada's.")
    answer = form_in(refused(editors.second, path, {**form, "problem": "Barbara's."}))

    response = merge(client_of(person("editor")), answer)

    assert response.status_code == 403
    assert texts_now() == ("Ada's.", "")


# Deleted meanwhile


@pytest.fixture
def draft(db) -> str:
    """An entry that readers never saw; its author had submitted it."""
    return address("change", make_pattern(status="review", by=by(person("publisher", "owner"))).pk)


def deleted_under(editors: Editors, path: str, **values: str) -> Form:
    form = {**opened(editors.second, path), **values}
    client_of(person("superuser")).post(path.replace("/change/", "/delete/"), {"post": "yes"})
    assert not Pattern.objects.exists()
    return form


def test_what_was_typed_into_a_deleted_entry_is_shown(editors: Editors, draft: str):
    form = deleted_under(editors, draft, description="Barbara's.", comment="Why.")

    response = refused(editors.second, draft, form)

    assert "Deleted meanwhile: Pattern 01" in text_of(response)
    assert "superuser deleted this at" in text_of(response)
    assert "Barbara's." in text_of(response)


def test_a_deleted_entry_is_created_again_as_a_draft_if_that_is_wanted(editors: Editors, draft: str):
    form = deleted_under(editors, draft, description="Barbara's.", comment="Why.")
    answer = form_in(refused(editors.second, draft, form))

    response = merge(editors.second, {**answer, "_again": "Create it again"})

    assert response.url == address("change", Pattern.objects.get().pk)
    assert texts_now() == ("Barbara's.", "")
    assert Pattern.objects.get().status == "draft"
    assert (Change.objects.first().author.username, Change.objects.first().comment) == ("Barbara", "Why.")


def test_a_deleted_entry_does_not_return_by_itself(editors: Editors, draft: str):
    answer = form_in(refused(editors.second, draft, deleted_under(editors, draft)))

    response = merge(editors.second, {name: value for name, value in answer.items() if name != "_again"})

    assert "Deleted meanwhile" in text_of(response)
    assert not Pattern.objects.exists()


def test_an_entry_that_somebody_made_again_is_merged_with(editors: Editors, draft: str):
    answer = form_in(refused(editors.second, draft, deleted_under(editors, draft, description="Barbara's.")))
    make_pattern(status="draft", description="Ada's.")

    response = merge(editors.second, {**answer, "_again": "Create it again"})

    assert open_keys(response) == ["description"]
    assert texts_now() == ("Ada's.", "")


def test_a_deleted_entry_whose_name_is_taken_by_now_is_not_created(editors: Editors, draft: str):
    answer = form_in(refused(editors.second, draft, deleted_under(editors, draft)))
    make_pattern("02", name="Pattern 01", slug="other")

    response = merge(editors.second, {**answer, "_again": "Create it again"})

    assert "'Pattern 01' is the name of [02]" in text_of(response)
    assert [*load_entries()] == ["02"]


def test_a_form_of_a_deleted_entry_that_is_not_in_order_is_shown_as_it_was_sent(editors: Editors, draft: str):
    form = deleted_under(editors, draft, slug="Not A Slug", problem="An hour's work.")

    response = refused(editors.second, draft, form)

    assert "It was deleted meanwhile; nothing was saved." in text_of(response)
    assert "An hour's work." in text_of(response)


def test_a_category_deleted_meanwhile_is_created_again(editors: Editors):
    path = address("change", make_category("Data", description="Old.").pk, model="category")
    form = {**opened(editors.second, path), "description": "Barbara's."}
    client_of(person("superuser")).post(path.replace("/change/", "/delete/"), {"post": "yes"})
    assert not load_document().categories

    answer = form_in(refused(editors.second, path, form))
    merge(editors.second, {**answer, "_again": "Create it again"}, model="category")

    assert [one.description for one in load_document().categories.values()] == ["Barbara's."]
