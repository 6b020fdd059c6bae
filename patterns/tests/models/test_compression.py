"""Long texts are kept compressed."""

import json

import pytest
from django.core import serializers
from django.db import connection
from django.db.models import Model
from hypothesis import example, given
from hypothesis import strategies as st

from patterns.models import Pattern, Revision, SearchText
from patterns.models.compression import SHORT, compressed, expanded
from patterns.tests.factories import entry, import_entries

pytestmark = pytest.mark.django_db

LONG = "What hurts, and hurts again: é. " * 300
COLUMNS = [(Revision, "document"), (Pattern, "imported"), (SearchText, "shown")]


@pytest.fixture(autouse=True)
def long_entry() -> None:
    import_entries([entry(problem=LONG)])


@pytest.mark.parametrize(("model", "column"), COLUMNS)
def test_the_database_keeps_fewer_bytes_and_gives_the_whole_text_back(model: type[Model], column: str):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(length({column})) FROM {model._meta.db_table}")
        (kept,) = cursor.fetchone()

    assert kept < 1_000
    assert any(LONG.strip() in text for text in model._default_manager.values_list(column, flat=True))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=3), st.integers(0, 2 * SHORT))
@example("x\x9c", 1)
def test_every_text_comes_back_whatever_its_length(text: str, times: int):
    kept = compressed(text * times)

    assert expanded(kept) == text * times
    assert len(kept) <= max(SHORT, len((text * times).encode()))


def test_a_row_goes_through_a_dump_unchanged():
    revision = Revision.objects.get(what="entry")
    dump = serializers.serialize("json", [revision])

    (one,) = serializers.deserialize("json", dump)
    one.save()

    assert json.loads(dump)[0]["fields"]["document"] == revision.document
    assert Revision.objects.get(what="entry").document == revision.document


def test_a_revision_says_the_state_that_its_document_is_in():
    import_entries([entry("02", status="draft"), entry("03", status="retired")])

    states = dict(Revision.objects.filter(what="entry").values_list("identity", "status"))
    assert states == {"01": "published", "02": "draft", "03": "retired"}
    assert {*Revision.objects.exclude(what="entry").values_list("status", flat=True)} == {""}
