"""The buttons that move an entry to another state: who sees which, and what they do."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change, Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, errors_of, messages_of, opened, refused, save
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.pages.trees import parsed
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db

TYPED = "A text that took an hour to write."


@pytest.fixture
def author(db) -> User:
    return person("editor", "Ada")


def written(author: User, status: str = "draft") -> str:
    """The address of the form of an entry that the author began and that is in this state."""
    pattern = make_pattern(by=by(author), status="draft" if status == "draft" else "review")
    for step in {"published": ["published"], "retired": ["published", "retired"]}.get(status, []):
        pattern = change_pattern(pattern, status=step, by=by(None))
    return address("change", pattern.pk)


def buttons(client: Client, page: str) -> set[str]:
    response = client.get(page)
    assert response.status_code == 200
    inputs = parsed(response).iter("input")
    return {one.get("name", "") for one in inputs if one.get("type") == "submit" and not one.get("formaction")}


def state() -> str:
    return Pattern.objects.get(code="01").status


SAVING = {"_save", "_continue"}
OFFERED = {
    ("draft", "viewer"): set(),
    ("draft", "editor"): set(),
    ("draft", "publisher"): {*SAVING, "_submit", "_publish", "_retire"},
    ("draft", "superuser"): {*SAVING, "_submit", "_publish", "_retire"},
    ("review", "viewer"): set(),
    ("review", "editor"): set(),
    ("review", "publisher"): {*SAVING, "_publish", "_refuse", "_retire"},
    ("review", "superuser"): {*SAVING, "_publish", "_refuse", "_retire"},
    ("published", "viewer"): set(),
    ("published", "editor"): {"_save"},
    ("published", "publisher"): {*SAVING, "_retire"},
    ("published", "superuser"): {*SAVING, "_retire"},
    ("retired", "viewer"): set(),
    ("retired", "editor"): set(),
    ("retired", "publisher"): {*SAVING, "_publish", "_reopen"},
    ("retired", "superuser"): {*SAVING, "_publish", "_reopen"},
}


@pytest.mark.parametrize(("status", "role"), OFFERED, ids=map("-".join, OFFERED))
def test_others_see_the_buttons_of_their_role(author: User, status: str, role: str):
    page = written(author, status)

    assert buttons(client_of(person(role)), page) == OFFERED[status, role]


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("draft", {*SAVING, "_submit"}),
        ("review", {*SAVING, "_withdraw"}),
        ("published", {"_save"}),
        ("retired", set()),
    ],
)
def test_the_author_sees_the_buttons_of_an_editor(author: User, status: str, offered: set[str]):
    assert buttons(client_of(author), written(author, status)) == offered


@pytest.mark.parametrize(
    ("button", "role", "before", "after"),
    [
        ("_submit", "publisher", "draft", "review"),
        ("_publish", "publisher", "draft", "published"),
        ("_publish", "publisher", "review", "published"),
        ("_refuse", "publisher", "review", "draft"),
        ("_retire", "publisher", "published", "retired"),
        ("_reopen", "publisher", "retired", "draft"),
        ("_publish", "publisher", "retired", "published"),
    ],
)
def test_a_button_moves_the_entry_in_one_change_with_its_reason(
    author: User, button: str, role: str, before: str, after: str
):
    page, user = written(author, before), person(role)
    client, count = client_of(user), Change.objects.count()

    response = client.post(page, {**opened(client, page), "comment": "That is why.", button: "1"}, follow=True)

    change = Change.objects.first()
    assert state() == after
    assert Change.objects.count() == count + 1
    assert (change.author, change.comment, change.is_override) == (user, "That is why.", False)
    assert any(one.startswith("It is ") for one in messages_of(response))


def test_saving_keeps_the_state(author: User):
    page, client = written(author, "review"), client_of(author)

    save(client, page, {**opened(client, page), "description": TYPED, "_save": "1"})

    assert (state(), load_entries()["01"].description) == ("review", TYPED)


def test_an_author_submits_with_the_last_words_and_withdraws(author: User):
    page, client = written(author), client_of(author)

    save(client, page, {**opened(client, page), "description": TYPED, "_submit": "1"})
    submitted = state()
    save(client, page, {**opened(client, page), "_withdraw": "1"})

    assert (submitted, state()) == ("review", "draft")
    assert load_entries()["01"].description == TYPED


@pytest.mark.parametrize(
    ("button", "status"), [("_refuse", "review"), ("_retire", "published"), ("_reopen", "retired")]
)
def test_what_takes_something_away_asks_why_and_keeps_the_text(author: User, button: str, status: str):
    page, client = written(author, status), client_of(person("publisher"))

    response = refused(client, page, {**opened(client, page), "problem": TYPED, "comment": " ", button: "1"})

    assert [*errors_of(response)] == ["comment"]
    assert TYPED in response.content.decode()


def test_who_wrote_it_last_is_told_why_it_cannot_be_published():
    publisher = person("publisher")
    client, page = client_of(publisher), written(publisher, "review")

    shown = buttons(client, page)
    response = refused(client, page, {**opened(client, page), "_publish": "1"})

    assert "_publish" not in shown
    assert "Publish is not possible now: the last change to it is yours; somebody else has to publish it." in text_of(
        client.get(page)
    )
    assert "the last change to it is yours" in errors_of(response)["__all__"][0]


def test_publishing_is_not_editing_and_the_text_is_kept(author: User):
    page, client = written(author, "review"), client_of(person("publisher"))

    response = refused(client, page, {**opened(client, page), "problem": TYPED, "_publish": "1"})

    assert "publishing and editing are two steps" in errors_of(response)["__all__"][0]
    assert TYPED in response.content.decode()


def test_a_superuser_is_warned_of_the_override_which_is_marked():
    user = person("superuser")
    client, page = client_of(user), written(user, "review")

    warned = text_of(client.get(page))
    response = client.post(page, {**opened(client, page), "_publish": "1"}, follow=True)

    assert "Publish would be an override" in warned
    assert (state(), Change.objects.first().is_override) == ("published", True)
    assert any("marked as an override" in one for one in messages_of(response))


def test_retiring_may_name_a_successor(author: User):
    page, client = written(author, "published"), client_of(person("publisher"))
    make_pattern("02")

    save(client, page, {**opened(client, page), "replaced_by": "02", "comment": "Merged.", "_retire": "1"})

    entry = load_entries()["01"]
    assert (entry.status, entry.replaced_by) == ("retired", "02")


@pytest.mark.parametrize("button", ["_submit", "_withdraw", "_refuse", "_reopen"])
def test_a_button_that_does_not_fit_the_state_does_nothing(author: User, button: str):
    page, client = written(author, "published"), client_of(person("publisher"))

    response = refused(client, page, {**opened(client, page), "comment": "Why.", "problem": TYPED, button: "1"})

    assert "it is published now" in errors_of(response)["__all__"][0]
    assert TYPED in response.content.decode()


FORGED = [
    ("viewer", "draft"),
    ("viewer", "published"),
    ("editor", "draft"),
    ("editor", "review"),
    ("editor", "retired"),
]


@pytest.mark.parametrize(("role", "status"), FORGED, ids=map("-".join, FORGED))
def test_who_may_not_edit_it_cannot_press_a_button_either(author: User, role: str, status: str):
    page, client = written(author, status), client_of(person(role))
    before = catalogue_rows()

    for button in ("_save", "_submit", "_publish", "_retire", "_reopen"):
        response = client.post(page, {"name": "Mine", "comment": "Why.", button: "1"})
        assert response.status_code == 403, button
        assert catalogue_rows() == before, button


@pytest.mark.parametrize(
    ("button", "status"), [("_publish", "review"), ("_retire", "review"), ("_retire", "published")]
)
def test_an_author_cannot_do_what_is_a_publishers(author: User, button: str, status: str):
    page, client = written(author, status), client_of(author)

    response = refused(client, page, {**opened(client, page), "problem": TYPED, "comment": "Why.", button: "1"})

    assert "your role does not allow" in errors_of(response)["__all__"][0]
    assert TYPED in response.content.decode()


def test_a_draft_of_somebody_else_says_why_it_is_only_read(author: User):
    page = written(author)

    said = text_of(client_of(person("editor")).get(page))

    assert "You can read this entry, and not change it: it is a draft, and your role does not allow to edit" in said


def test_the_reason_why_a_draft_was_sent_back_stands_above_its_form(author: User):
    page = written(author, "review")
    reviewer = client_of(person("publisher"))
    save(reviewer, page, {**opened(reviewer, page), "comment": "Say what it costs.", "_refuse": "1"})

    said = text_of(client_of(author).get(page))

    assert "It is a draft. Change 3 is its newest, by publisher at" in said
    assert "Asked by publisher at" in said
    assert "UTC: Say what it costs." in said


def test_the_reason_stays_above_the_form_when_the_author_saves(author: User):
    page = written(author, "review")
    reviewer, client = client_of(person("publisher")), client_of(author)
    save(reviewer, page, {**opened(reviewer, page), "comment": "Say what it costs.", "_refuse": "1"})

    save(client, page, {**opened(client, page), "description": TYPED, "_save": "1"})

    assert "UTC: Say what it costs." in text_of(client.get(page))
