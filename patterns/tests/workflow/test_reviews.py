"""What a reviewer asks is stored, stays until it is resolved, and is of nobody but the entry's author."""

import pytest
from django.contrib.auth.models import User

from patterns.document.register import with_values
from patterns.models import Request
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import make_pattern
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.batches import save_batch
from patterns.workflow.saves import delete, present

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db) -> User:
    return person("editor", "Ada")


@pytest.fixture
def reviewer(db) -> User:
    return person("publisher")


@pytest.fixture
def asked(author: User, reviewer: User) -> Request:
    make_pattern("01", status="review", by=by(author))
    move("01", "draft", by=by(reviewer, "Say who pays."))
    return Request.objects.get()


def test_sending_back_stores_what_was_asked_and_what_was_seen(asked: Request, reviewer: User):
    entry = present("01")

    assert (asked.code, asked.text, asked.asked_by, asked.is_open) == ("01", "Say who pays.", reviewer, True)
    assert entry is not None
    assert asked.seen == entry.model_dump(mode="json")


def test_who_takes_back_their_own_asks_nothing(author: User):
    make_pattern("01", status="review", by=by(author))

    move("01", "draft", by=by(author, "Not yet."))

    assert not Request.objects.exists()


@pytest.mark.parametrize("status", ["review", "published", "retired"])
def test_what_moves_the_entry_on_resolves_what_was_asked(asked: Request, author: User, status: str):
    mover = author if status == "review" else person("publisher", "other")

    move("01", status, by=by(mover))

    asked.refresh_from_db()
    assert (asked.is_open, asked.resolved_by) == (False, mover)


def test_deleting_the_draft_resolves_what_was_asked(asked: Request, author: User):
    delete("01", opened=fingerprint_of(present("01")), by=by(author))

    asked.refresh_from_db()
    assert not asked.is_open


def test_submitting_from_the_list_resolves_what_was_asked(asked: Request, author: User):
    opened = {"01": fingerprint_of(present("01"))}

    save_batch(lambda entry: with_values(entry, {"status": "review"}), opened, by=by(author))

    asked.refresh_from_db()
    assert not asked.is_open


def test_what_is_asked_of_one_entry_stays_when_another_moves_on(asked: Request, author: User):
    make_pattern("02", status="draft", by=by(author))

    move("02", "review", by=by(author))

    asked.refresh_from_db()
    assert asked.is_open
