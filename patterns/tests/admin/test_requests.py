"""What reviewers ask about an entry, and what changed since, as the form and the page of requests show it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Pattern, Request
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, client_of
from patterns.tests.admin.proposals import propose
from patterns.tests.admin.test_matrix import ADDRESSES, PUBLIC, filled, row_of
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.proposals import send_back
from patterns.workflow.saves import delete, present

pytestmark = pytest.mark.django_db

SINCE = "What changed since it was sent back"


@pytest.fixture
def author(db) -> User:
    return person("editor", "Ada")


@pytest.fixture
def reviewer(db) -> User:
    return person("publisher", "Rae")


@pytest.fixture
def pattern(author: User, reviewer: User) -> Pattern:
    """Sent back, and still a draft."""
    make_pattern("01", status="review", description="Money moves.", by=by(author))
    move("01", "draft", by=by(reviewer, "Say who pays."))
    return Pattern.objects.get(code="01")


def form_of(pattern: Pattern, user: User) -> Any:
    return client_of(user).get(address("change", pattern.pk))


def test_a_reviewer_sees_what_changed_since_it_was_sent_back(pattern: Pattern, author: User, reviewer: User):
    change_pattern(pattern, description="Money of the sender moves.", by=by(author))
    move("01", "review", by=by(author))

    response = form_of(pattern, reviewer)

    assert f"{SINCE} Asked by Rae at" in text_of(response)
    assert "Say who pays." in text_of(response)
    assert "<ins>of the sender " in response.content.decode()
    assert [label for label, _ in response.context["frame"].differences] == ["Description"]


def test_a_reviewer_is_told_that_nothing_changed(pattern: Pattern, author: User, reviewer: User):
    move("01", "review", by=by(author))

    assert "Nothing: it was submitted again as it was." in text_of(form_of(pattern, reviewer))


def test_what_was_never_sent_back_has_nothing_to_compare(author: User, reviewer: User):
    assert SINCE not in text_of(form_of(make_pattern("02", status="review", by=by(author)), reviewer))


def test_what_was_asked_before_readers_saw_it_is_over(pattern: Pattern, author: User, reviewer: User):
    move("01", "published", by=by(person("publisher")))
    move("01", "retired", by=by(reviewer))
    move("01", "draft", by=by(reviewer))
    move("01", "review", by=by(author))

    assert SINCE not in text_of(form_of(pattern, reviewer))


def test_who_uses_the_code_of_a_deleted_entry_is_told_nothing_about_it(pattern: Pattern, author: User, reviewer: User):
    later = Request.objects.get().asked_at.replace(year=2026)
    delete("01", opened=fingerprint_of(present("01")), by=by(author))

    another = make_pattern("01", status="review", by=by(author, at=later))

    assert "Say who pays." not in text_of(form_of(another, reviewer))


def send(pattern: Pattern, user: User, act: str, **sent: Any) -> Any:
    if act != "ask":
        sent = {"number": Request.objects.latest("pk").pk, **sent}
    return client_of(user).post(address("requests", pattern.pk), {"act": act, **sent}, follow=True)


def test_an_author_answers_once_and_the_reviewer_reads_it(pattern: Pattern, author: User, reviewer: User):
    send(pattern, author, "answer", text="The sender pays.")
    again = send(pattern, author, "answer", text="Or nobody.")
    move("01", "review", by=by(author))

    assert "Nothing was done: it was answered or resolved already" in text_of(again)
    assert Request.objects.get().answer == "The sender pays."
    assert "Answered by Ada: The sender pays." in text_of(form_of(pattern, reviewer))


def test_nobody_else_answers(pattern: Pattern, reviewer: User):
    said = text_of(send(pattern, reviewer, "answer", text="I do."))

    assert "Nothing was done: only whoever began the entry may answer" in said
    assert Request.objects.get().answer == ""


def test_a_publisher_marks_a_request_as_resolved_once(pattern: Pattern, reviewer: User):
    send(pattern, reviewer, "resolve")
    again = send(pattern, person("publisher", "Barbara"), "resolve")

    assert Request.objects.get().resolved_by == reviewer
    assert "Nothing was done: it is resolved already" in text_of(again)


def test_a_second_click_does_nothing_more_and_is_no_error(pattern: Pattern, author: User, reviewer: User):
    Request.objects.all().delete()
    for user, act in ((reviewer, "ask"), (author, "answer"), (reviewer, "resolve")):
        first, second = (send(pattern, user, act, text="What if it fails?") for _ in range(2))

        assert "Nothing was done" not in text_of(first) + text_of(second)
        assert Request.objects.count() == 1


def test_a_publisher_asks_about_one_part_and_the_state_stays(author: User, reviewer: User):
    pattern = make_pattern("02", status="review", by=by(author))

    send(pattern, reviewer, "ask", field="description", text="Which money?")

    assert Pattern.objects.get(code="02").status == "review"
    assert "about description: Which money?" in text_of(form_of(pattern, author))


@pytest.mark.parametrize("act", ["ask", "resolve"])
def test_editors_neither_ask_nor_resolve(pattern: Pattern, author: User, act: str):
    said = text_of(send(pattern, author, act, text="Why?"))

    assert "Nothing was done: only a publisher may" in said
    assert Request.objects.get().is_open


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "ask", "text": ""},
        {"act": "ask", "text": "x" * 1001},
        {"act": "ask", "text": "x", "field": "no-such-key"},
        {"act": "ask", "text": "a\0b"},
        {"act": "answer", "number": "9" * 40},
        {"act": "resolve", "number": "x"},
        {"act": "burn"},
        {},
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(pattern: Pattern, reviewer: User, sent: dict[str, str]):
    response = client_of(reviewer).post(address("requests", pattern.pk), sent)

    assert response.status_code == 200
    assert "Nothing was done:" in text_of(response)
    assert Request.objects.count() == 1


def test_words_of_a_request_stand_in_no_public_byte(author: User, reviewer: User):
    """Asked, answered and open, about an entry that readers know: at every public address, feeds and exports too."""
    pattern = make_pattern("01", slug="saga", status="review", by=by(author))
    move("01", "draft", by=by(reviewer, "canaryask"))
    move("01", "review", by=by(author))
    move("01", "published", by=by(person("publisher"), public_reason="Said to readers."))
    send(pattern, reviewer, "ask", field="description", text="canaryask")
    send(pattern, author, "answer", text="canaryanswer")
    proposal = propose(author=author, **{**entry_now(), "description": "canaryproposed"})
    send_back(proposal, "canaryaskproposer", field="description", by=by(reviewer))
    desk = {"user": 0, "working_copy": 0, "revision": 0, "revisions": {}, "content_type_id": 0}
    world = {"slug": pattern.category.slug, **desk}
    public = [filled(name, route, world) for name, route in ADDRESSES if row_of(name) == PUBLIC and "admin" not in name]

    answers = {path: bytes_of(Client().get(path)) for path in public}

    assert [path for path, found in answers.items() if b"canary" in found] == []
    assert sum(b"Said to readers." in found for found in answers.values()) > 3
    assert Request.objects.filter(text="canaryask", answer="canaryanswer", resolved_at=None).exists()
    assert Request.objects.filter(text="canaryaskproposer", proposal=proposal, resolved_at=None).exists()


def entry_now() -> dict[str, Any]:
    entry = present("01")
    assert entry is not None
    return entry.model_dump(mode="json")


def bytes_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content
