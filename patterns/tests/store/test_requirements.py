"""Requirements that lead on from an entry, read in one query."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patterns.document.debts import Requirement
from patterns.models import Pattern
from patterns.store.requirements import REACHED_COUNT, requirements_from
from patterns.tests.factories import change_pattern, make_pattern

pytestmark = pytest.mark.django_db


def requires(*codes: str) -> list[dict[str, str]]:
    return [{"type": "requires", "target": code, "why": f"{code} it is."} for code in codes]


def make_chain(count: int) -> None:
    """Each requires the next one."""
    for number in range(count, 0, -1):
        following = requires(f"{number + 1:02}") if number < count else ()
        make_pattern(f"{number:02}", relations=following)


def edges(*codes: str) -> set[tuple[str, str]]:
    return {(one.source, one.target) for one in requirements_from(codes)}


def test_all_that_follows_is_read_in_one_query():
    make_chain(4)

    with CaptureQueriesContext(connection) as captured:
        found = requirements_from(["02"])

    assert sorted(found, key=lambda one: one.source) == [
        Requirement("02", "03", "03 it is."),
        Requirement("03", "04", "04 it is."),
    ]
    assert len(captured) == 1


def test_other_relations_lead_nowhere():
    make_pattern("02")
    make_pattern("01", relations=[{"type": "uses", "target": "02"}])

    assert edges("01") == set()


def test_what_is_not_public_is_not_passed():
    make_chain(4)
    make_pattern("05", status="draft", relations=requires("01"))
    make_pattern("06", relations=requires("05"))

    assert edges("05") == edges("06") == set()


def test_what_leaves_the_public_is_not_passed_any_more():
    make_chain(4)
    change_pattern(Pattern.objects.get(code="03"), status="retired")

    assert edges("01") == {("01", "02")}


def test_circles_end():
    make_pattern("01")
    make_pattern("02", relations=requires("01"))
    change_pattern(Pattern.objects.get(code="01"), relations=requires("02"))

    assert edges("01") == {("01", "02"), ("02", "01")}


def test_a_chain_is_followed_to_its_end():
    make_chain(12)

    assert len(edges("01")) == 11


def test_no_more_are_reached_than_anybody_could_act_on():
    make_chain(REACHED_COUNT + 4)

    assert len(edges("01")) == REACHED_COUNT
