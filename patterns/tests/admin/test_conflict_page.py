"""The page of a save that came too late: what is chosen there is saved, and nothing typed is lost on the way."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change, Pattern
from patterns.tests.admin.clashes import (
    Editors,
    editors_of,
    merge,
    not_yet,
    open_keys,
    overtaken,
    settled,
    text_of,
    texts_now,
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
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import make_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def page(shared_rows: SharedRows) -> str:
    with shared_rows():
        return address("change", make_pattern(aliases=["One"]).pk)


@pytest.fixture(scope="module")
def asked(shared_rows: SharedRows, page: str) -> Form:
    """The page with one question, about the description, and one answer, the problem."""
    with shared_rows():
        editors = editors_of()
        form = overtaken(editors, page, description="Ada's.")
        return form_in(refused(editors.second, page, {**form, "description": "Barbara's.", "problem": "Hers."}))


@pytest.fixture
def editors(db: None, asked: Form) -> Editors:
    """Those who met, each with a browser of this test's own."""
    return Editors(*(client_of(User.objects.get(username=name)) for name in ("Ada", "Barbara")))


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
    assert texts_now() == (description, "Hers.")


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
    assert form["typed"] == asked["typed"]


def test_a_page_that_is_old_again_comes_again_with_what_was_decided(editors: Editors, page: str, asked: Form):
    save(editors.first, page, {**opened(editors.first, page), "description": "Ada's second.", "name": "Ada's"})

    response = merge(editors.second, asked, description="edited", text_description="Both of ours.")

    assert open_keys(response) == ["description"]
    assert form_in(response)["text-description"] == "Both of ours."
    assert settled(response) == {"Name": "changed by others only", "Problem": "only you changed it"}
    assert texts_now() == ("Ada's second.", "")
    assert merge(editors.second, form_in(response), description="mine").status_code == 302
    assert (*texts_now(), Pattern.objects.get().name) == ("Both of ours.", "Hers.", "Ada's")


def test_what_was_decided_once_is_not_asked_again(editors: Editors, page: str, asked: Form):
    save(editors.first, page, {**opened(editors.first, page), "name": "Ada's"})

    response = merge(editors.second, asked, description="mine")

    assert open_keys(response) == []
    merge(editors.second, form_in(response))
    assert (*texts_now(), Pattern.objects.get().name) == ("Barbara's.", "Hers.", "Ada's")


def test_a_page_that_names_no_state_is_shown_anew(editors: Editors, asked: Form):
    response = merge(editors.second, {**asked, "seen": ""}, description="mine")

    assert response.status_code == 200
    assert {**form_in(response), "csrfmiddlewaretoken": ""} == {**asked, "csrfmiddlewaretoken": ""}


def test_a_reason_that_is_too_long_is_kept_and_shortened_by_its_author(editors: Editors, asked: Form):
    before = catalogue_rows()

    response = merge(editors.second, {**asked, "comment": "c" * 1_001}, description="mine")

    assert "at most 1000 characters" in text_of(response)
    assert form_in(response)["comment"] == "c" * 1_001
    assert catalogue_rows() == before


def test_the_log_has_the_merge(editors: Editors, asked: Form):
    response = editors.second.post(address("merge"), {**asked, "choice-description": "mine"}, follow=True)

    assert messages_of(response) == [f"Saved as change {Change.objects.first().number}."]


# Hostile pages

HOSTILE = [
    *("", "{", "[]", "null", "7", '"text"', "[" * 100_000, "9" * 5_000, '{"code": 1}', "\x00", '{"a": 1, "a": 2}'),
    *('{"code": "01"}', '{"code": "\\ud800"}', '{"name": NaN}', '{"__proto__": {}}', "\ud7ff\ufffe"),
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_no_document_is_refused_and_shown(editors: Editors, asked: Form, typed: str):
    before = catalogue_rows()

    response = merge(editors.second, {**asked, "typed": typed}, description="mine")

    assert response.status_code == 400
    assert "Not saved" in text_of(response)
    assert catalogue_rows() == before


@pytest.mark.parametrize(
    "values",
    [
        {"unknown": 1},
        {"code": "01", "name": ["Not", "text"]},
        {"description": "bell\x07"},
        {"origin": {"who": "A", "year": 10**30}},
        {"relations": [{"type": "uses", "target": "01"}]},
        {"aliases": ["a"] * 61},
        {"slug": "Not A Slug"},
    ],
)
def test_a_document_that_breaks_a_rule_is_refused(editors: Editors, asked: Form, values: dict):
    before = catalogue_rows()
    typed = json.dumps({**json.loads(asked["typed"]), **values})

    response = merge(editors.second, {**asked, "typed": typed}, description="mine")

    assert response.status_code == 400
    assert catalogue_rows() == before


def test_marks_in_what_was_typed_come_back_as_text(editors: Editors, asked: Form):
    response = merge(editors.second, {**asked, "typed": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in response.content.decode()
    assert "<script>alert(1)</script>" in text_of(response)


@pytest.mark.parametrize("values", [{"opened": "x"}, {"seen": "x"}, {"opened": "\x00"}, {"place": "9" * 40}])
def test_other_values_that_were_altered_write_nothing_unseen(editors: Editors, asked: Form, values: dict):
    response = merge(editors.second, {**asked, **values}, description="mine")

    assert response.status_code == 200
    assert texts_now() == ("Ada's.", "")


def test_a_page_made_by_hand_passes_the_same_rules(editors: Editors, asked: Form):
    typed = json.dumps({**json.loads(asked["typed"]), "status": "draft", "category": "Nowhere"})

    errors, _ = not_yet(editors.second, {**asked, "typed": typed}, description="mine")

    assert "there is no category 'Nowhere'" in " ".join(errors)


# Who may


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 302), ("publisher", 302), ("superuser", 302)])
def test_who_may_save_may_merge(asked: Form, role: str, status: int):
    assert merge(client_of(person(role)), asked, description="mine").status_code == status


def test_who_is_not_signed_in_has_to_sign_in_first(client: Client, asked: Form):
    before = catalogue_rows()

    responses = merge(client, asked, description="mine"), client.post(address("merge"))

    assert [one.status_code for one in responses] == [403, 302]
    assert "Log in" in text_of(responses[0])
    assert responses[1].url.startswith("/admin/login/")
    assert catalogue_rows() == before


def test_a_viewer_changes_nothing(asked: Form):
    client = client_of(person("viewer"))
    before = catalogue_rows()

    merge(client, asked, description="mine")

    assert catalogue_rows() == before


@pytest.mark.parametrize("model", ["category", "catalog"])
def test_an_editor_merges_no_category_and_no_header(asked: Form, model: str):
    assert merge(client_of(person("editor")), asked, model=model).status_code == 403


@pytest.mark.parametrize("model", ["pattern", "category", "catalog"])
def test_the_page_is_posted_only(editors: Editors, model: str):
    for method in ("get", "head", "put", "patch", "delete", "options", "trace"):
        assert getattr(editors.first, method)(address("merge", model=model)).status_code == 405, method
