import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.document.register import with_values
from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import change_pattern, make_pattern, make_patterns
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.rules import NotAllowed, Ruling, Standing
from patterns.workflow.saves import delete, present
from patterns.workflow.standing import LOOKED_AT, actor_of, foresee, standing_of, standings_of

pytestmark = pytest.mark.django_db


def make_varied_entries() -> list[str]:
    """Drafts, submitted, published and retired ones, by several people, and one whose code was used before."""
    one, two = person("editor", "one"), person("publisher", "two")
    make_pattern("01", status="draft", by=by(one))
    change_pattern(make_pattern("02", status="draft", by=by(one)), description="Other.", by=by(two))
    move("02", "review", by=by(one))
    make_pattern("03", by=by(two))
    change_pattern(make_pattern("04", by=by(one)), status="retired", by=by(two))
    make_pattern("05", status="draft", by=by(one))
    delete("05", opened=fingerprint_of(present("05")), by=by(one))
    make_pattern("05", status="draft", by=by(two))
    make_pattern("06", status="draft")
    return ["01", "02", "03", "04", "05", "06"]


def test_many_standings_are_what_each_would_be_alone():
    codes = make_varied_entries()

    assert standings_of(codes) == {code: standing_of(code) for code in codes}


def test_an_entry_that_is_not_there_has_no_standing():
    assert standings_of(["99"]) == {"99": Standing()}


@pytest.mark.parametrize("count", [LOOKED_AT - 2, LOOKED_AT + 3])
def test_moves_to_and_fro_do_not_hide_who_wrote(count: int):
    writer, mover = person("editor"), person("publisher")
    make_pattern(status="draft", by=by(writer))
    for number in range(count):
        move("01", "draft" if number % 2 else "review", by=by(mover))

    assert standings_of(["01"])["01"].last_author == standing_of("01").last_author == writer.pk


def test_who_began_is_known_however_long_ago():
    row = make_pattern(status="draft", by=by(person("editor")))
    publisher = person("publisher")
    for number in range(LOOKED_AT + 2):
        row = change_pattern(row, description=f"Number {number}.", by=by(publisher))

    assert standings_of(["01"])["01"] == standing_of("01")


def test_each_entry_has_its_own_answer():
    publisher = person("publisher")
    make_pattern("01", status="review", by=by(publisher))
    make_pattern("02", status="review", by=by(person("editor")))
    edits = [(one, with_values(one, {"status": "published"})) for one in load_entries().values()]

    answers = foresee(edits, actor_of(publisher))

    assert isinstance(answers["01"], NotAllowed)
    assert answers["02"] == Ruling()


def test_it_is_one_query_for_any_number():
    make_patterns(40)
    codes = [*Pattern.objects.values_list("code", flat=True)]

    with CaptureQueriesContext(connection) as found:
        standings_of(codes)

    assert len(found) == 1
