"""The example of the saga: a log finds the sagas that a crash has left unfinished."""

import pytest
from django.db import IntegrityError, connection, transaction

from patterns.tests.examples.book import example, run_sql

pytestmark = pytest.mark.django_db

TITLE = "A saga log, and the query that finds what to resume"


def unfinished() -> str:
    """The query alone, to be asked again after a further entry."""
    return "SELECT" + example("06", TITLE).split("SELECT", 1)[1]


def write(entry: tuple[str, int, str, str]) -> None:
    """Write one more entry, long ago enough to be asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO saga_log (saga, entry, direction, step, written_at)"
            " VALUES (%s, %s, %s, %s, '2026-03-02 09:30:00')",
            entry,
        )


def test_unfinished_sagas_are_found_with_their_direction():
    """Ended sagas and young ones are left alone; the others go on where they were going."""
    assert [tuple(row) for row in run_sql(example("06", TITLE))] == [
        ("trip 2", "forward", "charge card"),
        ("trip 3", "backward", "cancel seat"),
    ]


def test_a_saga_that_has_ended_is_no_longer_found():
    """After the last compensation the saga is closed."""
    run_sql(example("06", TITLE))
    write(("trip 3", 4, "ended", "compensated"))
    assert [row[0] for row in run_sql(unfinished())] == ["trip 2"]


def test_two_coordinators_cannot_write_the_same_entry():
    """Only one of two that resume the same saga gets further."""
    run_sql(example("06", TITLE))
    write(("trip 2", 3, "backward", "cancel seat"))
    with pytest.raises(IntegrityError), transaction.atomic():
        write(("trip 2", 3, "forward", "issue ticket"))
