"""What reviewers ask about an entry, and what changed since, as the form and the page of requests show it."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from patterns.models import Pattern, Request
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, client_of
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import by, move, person
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
