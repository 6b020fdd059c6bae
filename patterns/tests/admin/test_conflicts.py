"""The page of a save that came too late: what is chosen there is saved, and nothing typed is lost on the way."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from patterns.models import Catalog, Change, Pattern, Proposal, WorkingCopy
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.clashes import (
    Editors,
    decision_url,
    editors_of,
    merge,
    open_keys,
    overtaken,
    settled,
    text_of,
    too_late,
)
from patterns.tests.admin.forms import (
    Form,
    address,
    catalogue_rows,
    client_of,
    form_in,
    messages_of,
    opened,
    refused,
    save,
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


@pytest.fixture
def asked(editors: Editors, page: str) -> Form:
    """The page with one question, about the description, and one answer, the problem."""
    form = overtaken(editors, page, description="Ada's.")
    return form_in(too_late(editors.second, page, {**form, "description": "Barbara's.", "problem": "Hers."}))


def now() -> tuple[str, str]:
    entry = load_entries()["01"]
    return entry.description, entry.problem


@pytest.mark.parametrize(
    ("choices", "description"),
    [
        ({"description": "mine"}, "Barbara's."),
        ({"description": "now"}, "Ada's."),
        ({"description": "edited", "text_description": "Both of ours."}, "Both of ours."),
        ({"description": "now", "text_description": ""}, "Ada's."),
    ],
)
def test_what_was_chosen_is_saved(editors: Editors, asked: Form, choices: dict, description: str):
    response = merge(editors.second, asked, **choices)

    assert response.status_code == 302
    assert now() == (description, "Hers.")


def not_yet(client: Client, form: Form, **choices: str) -> tuple[list[str], Form]:
    """What the page says about a choice that cannot be saved, and the page as it came back."""
    before = catalogue_rows()
    response = merge(client, form, **choices)
    assert response.status_code == 200
    assert catalogue_rows() == before
    errors = [error for choice in response.context["decision"].choices for error in choice.errors]
    return errors + [str(one) for one in response.context["problems"]], form_in(response)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({}, "Choose one."),
        ({"description": "theirs"}, "Choose one of these."),
        ({"description": "edited", "text_description": " "}, "is blank; give it a value"),
        ({"description": "edited", "text_description": "d" * 1_001}, "has 1,001 characters; at most 1,000 are allowed"),
        ({"description": "edited", "text_description": "bell\x07"}, "contains the control character U+0007"),
        ({"description": "now", "text_description": "Both."}, "You wrote something else below"),
    ],
)
def test_a_choice_that_cannot_be_saved_is_asked_again(editors: Editors, asked: Form, choices: dict, said: str):
    errors, form = not_yet(editors.second, asked, **choices)

    assert said in errors[0]
    assert form["text-description"].strip() == choices.get("text_description", "Barbara's.").strip()
    assert form["kept"] == asked["kept"]


def test_a_page_that_is_old_again_comes_again_with_what_was_decided(editors: Editors, page: str, asked: Form):
    save(editors.first, page, {**opened(editors.first, page), "description": "Ada's second.", "name": "Ada's"})

    response = merge(editors.second, asked, description="edited", text_description="Both of ours.")

    assert open_keys(response) == ["description"]
    assert form_in(response)["text-description"] == "Both of ours."
    assert settled(response) == {"Name": "changed by others only", "Problem": "only you changed it"}
    assert now() == ("Ada's second.", "")
    assert merge(editors.second, form_in(response), description="mine").status_code == 302
    assert (*now(), Pattern.objects.get().name) == ("Both of ours.", "Hers.", "Ada's")


def test_what_was_decided_once_is_not_asked_again(editors: Editors, page: str, asked: Form):
    save(editors.first, page, {**opened(editors.first, page), "name": "Ada's"})

    response = merge(editors.second, asked, description="mine")

    assert open_keys(response) == []
    merge(editors.second, form_in(response))
    assert (*now(), Pattern.objects.get().name) == ("Barbara's.", "Hers.", "Ada's")


def test_a_page_that_names_no_state_is_shown_anew(editors: Editors, asked: Form):
    response = merge(editors.second, {**asked, "seen": ""}, description="mine")

    assert response.status_code == 200
    expected = {**asked, "choice-description": "mine", "csrfmiddlewaretoken": ""}
    assert {**form_in(response), "csrfmiddlewaretoken": ""} == expected


def test_a_key_that_does_not_fit_the_catalogue_is_asked_for(editors: Editors, page: str):
    make_pattern("02", slug="taken")
    form = overtaken(editors, page, description="Ada's.")
    answer = form_in(too_late(editors.second, page, {**form, "name": "New"}))
    change_pattern(Pattern.objects.get(code="02"), name="New")

    errors, again = not_yet(editors.second, answer)

    assert errors == ["Choose one.", "'New' is the name of [02] New; give one of them another name"]
    assert again["text-name"] == "New"
    merge(editors.second, again, name="edited", text_name="Newer")
    assert Pattern.objects.get(code="01").name == "Newer"


def test_a_list_is_chosen_as_a_whole(editors: Editors, page: str):
    form = overtaken(editors, page, aliases="One\r\nTwo")

    response = too_late(editors.second, page, {**form, "aliases": "One\r\nThree"})
    merge(editors.second, form_in(response), aliases="mine")

    assert "text-aliases" not in form_in(response)
    assert load_entries()["01"].aliases == ("One", "Three")


def test_a_reason_that_is_too_long_is_kept_and_shortened_by_its_author(editors: Editors, asked: Form):
    before = catalogue_rows()

    response = merge(editors.second, {**asked, "comment": "c" * 1_001}, description="mine")

    assert "at most 1000 characters" in text_of(response)
    assert form_in(response)["comment"] == "c" * 1_001
    assert catalogue_rows() == before


def test_the_log_has_the_merge(editors: Editors, asked: Form):
    response = editors.second.post(decision_url(editors.second), {**asked, "choice-description": "mine"}, follow=True)

    assert messages_of(response) == [f"Saved as change {Change.objects.first().number}."]


# Hostile pages


def test_marks_in_what_was_typed_come_back_as_text(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")

    response = too_late(editors.second, page, {**form, "description": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in response.content.decode()
    assert "<script>alert(1)</script>" in text_of(response)


@pytest.mark.parametrize(
    "values", [{"seen": "x"}, {"seen": "0" * 64}, {"seen": "\x00"}, {"kept": "x"}, {"kept": "\x00"}]
)
def test_other_values_that_were_altered_write_nothing_unseen(editors: Editors, asked: Form, values: dict):
    response = merge(editors.second, {**asked, **values}, description="mine")

    assert response.status_code == 200
    assert now() == ("Ada's.", "")
    assert merge(editors.second, form_in(response), description="mine").status_code == 302


@pytest.mark.parametrize("place", ["9" * 40, "0", "-1", "x", "\x00"])
def test_a_place_that_there_is_not_is_asked_for_again(editors: Editors, place: str):
    path = address("change", make_category().pk, model="category")
    form = overtaken(editors, path, description="Ada's.")
    asked = form_in(too_late(editors.second, path, {**form, "position": "2"}))

    response = merge(editors.second, {**asked, "place": place})

    assert response.status_code == 200
    assert WorkingCopy.objects.get().place == 2


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft", "category": "Nowhere"},
        {"relations": [{"type": "uses", "target": "77"}]},
        {"name": "Sa\u200bga"},
    ],
)
def test_what_is_kept_passes_the_same_rules_as_what_is_typed(editors: Editors, asked: Form, values: dict):
    copy = WorkingCopy.objects.get()
    WorkingCopy.objects.update(document={**copy.document, **values})

    errors, _ = not_yet(editors.second, asked, description="mine")

    assert errors


# Who may


def become(client: Client, role: str) -> None:
    """The client's user, with the rights of another role."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    user.groups.set(Group.objects.filter(name=role))
    User.objects.filter(pk=user.pk).update(is_superuser=role == "superuser")


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 302), ("publisher", 302), ("superuser", 302)])
def test_who_may_save_may_merge(editors: Editors, asked: Form, role: str, status: int):
    become(editors.second, role)

    assert merge(editors.second, asked, description="mine").status_code == status


def test_who_may_not_save_any_more_can_still_read_what_they_typed(editors: Editors, asked: Form):
    become(editors.second, "viewer")

    response = editors.second.get(decision_url(editors.second))

    assert "Barbara's." in text_of(response)
    assert "Save what I chose" not in response.content.decode()


def test_who_is_not_signed_in_has_to_sign_in_first(client: Client, editors: Editors, asked: Form):
    before, url = catalogue_rows(), decision_url(editors.second)

    responses = client.post(url, asked), client.post(url), client.get(url)

    assert [one.status_code for one in responses] == [403, 302, 302]
    assert "Log in" in text_of(responses[0])
    assert responses[1].url.startswith("/admin/login/")
    assert catalogue_rows() == before


def test_a_viewer_changes_nothing(editors: Editors, asked: Form):
    become(editors.second, "viewer")
    before = catalogue_rows()

    merge(editors.second, asked, description="mine")

    assert catalogue_rows() == before


@pytest.mark.parametrize("model", ["category", "catalog"])
def test_an_editor_merges_no_category_and_no_header(editors: Editors, model: str):
    row = make_category() if model == "category" else Catalog.objects.get()
    path = address("change", row.pk, model=model)
    form = overtaken(editors, path, description="Ada's.")
    answer = form_in(too_late(editors.second, path, {**form, "description": "Barbara's."}))
    become(editors.second, "editor")

    assert merge(editors.second, answer, description="mine").status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_the_page_is_read_and_posted_only(editors: Editors, asked: Form, method: str):
    assert getattr(editors.second, method)(decision_url(editors.second)).status_code == 405


def test_what_an_editor_merged_into_a_published_entry_waits(page: str):
    editors = editors_of("editor")
    form = opened(editors.second, page)
    change_pattern(Pattern.objects.get(), description="Ada's.")
    answer = form_in(too_late(editors.second, page, {**form, "problem": "Barbara's."}))
    before = Change.objects.count()

    response = editors.second.post(decision_url(editors.second), {**answer, "comment": "Clearer."}, follow=True)

    proposal = Proposal.objects.get()
    assert (proposal.base["description"], proposal.document["problem"]) == ("Ada's.", "Barbara's.")
    assert (proposal.author.username, proposal.comment) == ("Barbara", "Clearer.")
    assert "waits for a publisher" in messages_of(response)[0]
    assert Change.objects.count() == before


def test_an_editor_merges_nothing_into_the_draft_of_another(editors: Editors):
    path = address("change", make_pattern(status="draft", by=by(person("publisher", "owner"))).pk)
    form = overtaken(editors, path, description="Ada's.")
    answer = form_in(too_late(editors.second, path, {**form, "problem": "Barbara's."}))

    become(editors.second, "editor")

    assert merge(editors.second, answer).status_code == 403
    assert now() == ("Ada's.", "")


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

    response = too_late(editors.second, draft, form)

    assert "Deleted meanwhile: Pattern 01" in text_of(response)
    assert re.search(r"Deleted at \d{4}-\d\d-\d\d \d\d:\d\d UTC by superuser", text_of(response))
    assert "Barbara's." in text_of(response)


def test_a_deleted_entry_is_created_again_as_a_draft_if_that_is_wanted(editors: Editors, draft: str):
    form = deleted_under(editors, draft, description="Barbara's.", comment="Why.")
    answer = form_in(too_late(editors.second, draft, form))

    response = merge(editors.second, {**answer, "_again": "Create it again"})

    assert response.url == address("change", Pattern.objects.get().pk)
    assert now() == ("Barbara's.", "")
    assert Pattern.objects.get().status == "draft"
    assert (Change.objects.first().author.username, Change.objects.first().comment) == ("Barbara", "Why.")


def test_a_deleted_entry_does_not_return_by_itself(editors: Editors, draft: str):
    answer = form_in(too_late(editors.second, draft, deleted_under(editors, draft)))

    response = merge(editors.second, {name: value for name, value in answer.items() if name != "_again"})

    assert "Deleted meanwhile" in text_of(response)
    assert not Pattern.objects.exists()


def test_an_entry_that_somebody_made_again_is_merged_with(editors: Editors, draft: str):
    answer = form_in(too_late(editors.second, draft, deleted_under(editors, draft, description="Barbara's.")))
    make_pattern(status="draft", description="Ada's.")

    response = merge(editors.second, {**answer, "_again": "Create it again"})

    assert open_keys(response) == ["description"]
    assert now() == ("Ada's.", "")


def test_a_deleted_entry_whose_name_is_taken_by_now_is_not_created(editors: Editors, draft: str):
    answer = form_in(too_late(editors.second, draft, deleted_under(editors, draft)))
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

    answer = form_in(too_late(editors.second, path, form))
    merge(editors.second, {**answer, "_again": "Create it again"})

    assert [one.description for one in load_document().categories.values()] == ["Barbara's."]
