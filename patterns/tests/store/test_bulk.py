"""Many rows reach the database in few statements, and all of them arrive."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.models import FormerSlug, Pattern
from patterns.store.bulk import ROWS, insert, primary_keys
from patterns.tests.factories import make_pattern, make_patterns

pytestmark = pytest.mark.django_db


def insert_slugs(pattern: Pattern, *, count: int) -> None:
    insert(FormerSlug, fields=("slug", "pattern"), rows=((f"old-{number}", pattern.pk) for number in range(count)))


@pytest.mark.parametrize("count", [0, 1, ROWS, ROWS + 1, 25 * ROWS - 1])
def test_every_row_is_inserted_however_many_there_are(count: int):
    insert_slugs(make_pattern("01"), count=count)

    assert FormerSlug.objects.count() == count


def test_many_rows_are_inserted_by_one_statement():
    pattern = make_pattern("01")

    with CaptureQueriesContext(connection) as queries:
        insert_slugs(pattern, count=50)

    assert [one["sql"][:8] for one in queries] == ["1 times:"]


def test_primary_keys_are_those_of_the_rows_that_have_one_of_the_values():
    one, two, _ = make_patterns(3)

    assert primary_keys(Pattern, key="code", values=["01", "02", "99"]) == {"01": one.pk, "02": two.pk}
