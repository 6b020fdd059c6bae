"""Statements: the rows that the same queryset has, from SQL that is written once."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Expression, QuerySet
from django.test.utils import CaptureQueriesContext

from patterns.models import Pattern
from patterns.models.statement import Slot, statement
from patterns.tests.factories import make_pattern

pytestmark = pytest.mark.django_db


@statement
def named(slug: str) -> QuerySet[Pattern]:
    return Pattern.objects.published().filter(slug=slug).for_links()


@statement
def names_of(codes: tuple[str, ...], slug: str) -> QuerySet[Pattern, Any]:
    return Pattern.objects.filter(code__in=codes).exclude(slug=slug).in_code_order().values_list("name", flat=True)


def test_each_value_finds_its_own_rows():
    first, second = make_pattern("01"), make_pattern("02")

    assert [named(first.slug), named(slug=second.slug), named("nobody")] == [[first], [second], []]


def test_a_row_is_an_object_with_all_that_its_queryset_selects():
    pattern = make_pattern("01", name="Saga")

    (found,) = named(pattern.slug)

    assert (found.name, found.category) == ("Saga", pattern.category)
    assert "problem" in found.get_deferred_fields()


def test_a_row_changes_with_the_table():
    pattern = make_pattern("01")
    named(pattern.slug)

    Pattern.objects.filter(pk=pattern.pk).update(name="Another name")

    assert named(pattern.slug)[0].name == "Another name"


@pytest.mark.parametrize("count", range(6))
def test_a_tuple_finds_its_members_however_many_they_are(count: int):
    codes = tuple(make_pattern(f"0{number}").code for number in range(1, 6))

    assert names_of(codes[:count], "none") == [f"Pattern {code}" for code in codes[:count]]


def test_a_text_is_never_read_as_sql():
    make_pattern("01")

    assert names_of(("01", "') OR 1=1 --"), "%s' OR 'a'='a") == ["Pattern 01"]


def test_one_query_is_asked_for_one_call():
    with CaptureQueriesContext(connection) as captured:
        named("any")

    assert len(captured) == 1


def test_sql_is_written_once():
    written: list[Expression] = []

    @statement
    def counted(slug: str) -> QuerySet[Pattern]:
        assert isinstance(slug, Slot)
        written.append(slug)
        return Pattern.objects.filter(slug=slug)

    for slug in ("one", "two", "three"):
        counted(slug)

    assert len(written) == 1


@pytest.mark.parametrize("code", ["03", "3", "003", "zz", "9999"])
@pytest.mark.parametrize("way", ["behind", "before"])
def test_code_order_is_that_of_a_query_that_is_written_anew(way: str, code: str):
    for one in ("01", "03", "05", "1", "9", "007", "a"):
        make_pattern(one, slug=f"slug-{one}")

    @statement
    def of_its_length(code: str) -> QuerySet[Pattern]:
        return getattr(Pattern.objects, way)(code)[0]  # type: ignore[no-any-return]

    @statement
    def of_another(code: str) -> QuerySet[Pattern]:
        return getattr(Pattern.objects, way)(code)[1]  # type: ignore[no-any-return]

    expected = [[*each] for each in getattr(Pattern.objects, way)(code)]
    assert [of_its_length(code), of_another(code)] == expected
