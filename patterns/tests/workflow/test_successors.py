"""A retired entry leads its readers to an entry that they can see, or nowhere."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.models import Pattern
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.forms import address, client_of, errors_of, opened, refused
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.batches import save_batch
from patterns.workflow.saves import present, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(db) -> User:
    return person("publisher")


def replace_by(successor: str, *, by: Any, **values: Any) -> None:
    before = present("01")
    assert before is not None
    save(with_values(before, {"replaced_by": successor, **values}), opened=fingerprint_of(before), by=by)


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_successor_that_readers_cannot_see_is_refused(publisher: User, status: str):
    make_pattern("01")
    make_pattern("02", status=status)

    with pytest.raises(InvalidCatalog, match="readers cannot see its successor '02': it is"):
        replace_by("02", by=by(publisher), status="retired")

    assert Pattern.objects.get(code="01").status == "published"


def test_a_successor_that_is_not_there_is_refused(publisher: User):
    make_pattern("01")

    with pytest.raises(InvalidCatalog, match="there is no such entry"):
        replace_by("99", by=by(publisher), status="retired")


def test_a_retired_entry_is_not_given_such_a_successor_later(publisher: User):
    change_pattern(make_pattern("01"), status="retired")
    make_pattern("02", status="draft")

    with pytest.raises(InvalidCatalog, match="it is a draft"):
        replace_by("02", by=by(publisher))


def test_a_published_successor_is_taken_and_may_be_retired_later(publisher: User):
    make_pattern("01")
    make_pattern("02")

    replace_by("02", by=by(publisher), status="retired")
    move("02", "retired", by=by(publisher))
    replace_by("02", by=by(publisher), description="Other words.")

    assert Pattern.objects.get(code="01").description == "Other words."


def test_the_list_refuses_to_retire_an_entry_together_with_its_successor(publisher: User):
    make_pattern("02")
    make_pattern("01", replaced_by="02")
    seen = {code: fingerprint_of(present(code)) for code in ("01", "02")}

    batch = save_batch(lambda entry: with_values(entry, {"status": "retired"}), seen, by=by(publisher))

    assert "it is retired" in str(batch.outcomes["01"])
    assert batch.outcomes["02"] == "done"


def test_the_form_says_it_beside_the_field(publisher: User):
    make_pattern("02", status="draft")
    client, page = client_of(publisher), address("change", make_pattern("01").pk)

    response = refused(client, page, {**opened(client, page), "replaced_by": "02", "comment": "Old.", "_retire": "1"})

    (error,) = errors_of(response)["replaced_by"]
    assert "eaders cannot see its successor '02': it is a draft" in error
