"""Conflicts that are decided one by one: a decision holds for exactly the conflict that was seen."""

import pytest

from patterns.document.catalog import Document
from patterns.document.merge import Base, merge
from patterns.document.plan import Choices, Conflict, OnConflict, Plan, Resolution
from patterns.document.problems import InvalidCatalog
from patterns.tests.document.documents import applied, as_file, document, entry, known

BASE = document(entry("01"), entry("02"))
OURS = document(entry("01", problem="ours"), entry("02", problem="ours"))
THEIRS = document(entry("01", problem="theirs"), entry("02", problem="theirs"))


def decided(ours: Document = OURS, on_conflict: OnConflict = "fail", **chosen: Resolution) -> Plan:
    """The merge with decisions for the entries ``c01`` and ``c02``, as far as they are given."""
    conflicts = merge(known(BASE), OURS, as_file(THEIRS)).conflicts
    decisions = {one.mark: chosen[f"c{one.identity}"] for one in conflicts if f"c{one.identity}" in chosen}
    return merge(known(BASE), ours, as_file(THEIRS), choices=Choices(on_conflict, decisions))


def problems_after(plan: Plan) -> list[str]:
    return [one.problem for one in applied(plan, OURS).entries.values()]


def test_each_conflict_is_decided_by_its_own_mark():
    plan = decided(c01="take", c02="keep")

    assert not plan.is_refused
    assert problems_after(plan) == ["theirs", "ours"]


def test_one_open_conflict_refuses_the_whole():
    plan = decided(c01="take")

    assert plan.is_refused
    assert [one.identity for one in plan.undecided] == ["02"]


@pytest.mark.parametrize(("on_conflict", "expected"), [("keep", ["theirs", "ours"]), ("take", ["theirs", "theirs"])])
def test_what_is_not_decided_alone_is_decided_like_all(on_conflict: OnConflict, expected: list[str]):
    assert problems_after(decided(on_conflict=on_conflict, c01="take")) == expected


def test_a_single_decision_overrides_the_one_for_all():
    assert problems_after(decided(on_conflict="take", c01="keep")) == ["ours", "theirs"]


def test_a_decision_does_not_hold_for_a_conflict_that_became_another():
    newer = document(entry("01", problem="newer"), entry("02", problem="ours"))

    plan = decided(newer, c01="take", c02="take")

    assert [one.identity for one in plan.undecided] == ["01"]


@pytest.mark.parametrize(
    "other",
    [{"identity": "02"}, {"key": "problem"}, {"base": "b"}, {"ours": "o"}, {"theirs": "t"}, {"what": "category"}],
)
def test_the_mark_is_of_all_that_the_conflict_says(other: dict):
    said = {"what": "entry", "identity": "01", "key": "name", "base": None, "ours": "A", "theirs": "B"}

    assert Conflict(**said).mark == Conflict(**said).mark
    assert Conflict(**said).mark != Conflict(**{**said, **other}).mark


@pytest.mark.parametrize(("chosen", "status"), [("keep", "published"), ("take", "retired")])
def test_whether_an_entry_that_the_file_lacks_is_retired_can_be_decided(chosen: Resolution, status: str):
    ours, theirs = document(entry("01"), entry("02", problem="ours")), as_file(document(entry("01")))
    (conflict,) = merge(known(BASE), ours, theirs, choices=Choices(retire=True)).conflicts

    plan = merge(known(BASE), ours, theirs, choices=Choices(retire=True, decisions={conflict.mark: chosen}))

    assert applied(plan, ours).entries["02"].status == status


def test_decisions_that_break_a_rule_are_refused():
    ours = document(entry("01", name="Ours"), entry("02", name="Taken"))
    theirs = as_file(document(entry("01", name="Taken")))
    (conflict,) = merge(Base(), ours, theirs).conflicts

    with pytest.raises(InvalidCatalog):
        merge(Base(), ours, theirs, choices=Choices(decisions={conflict.mark: "take"}))


def test_marks_of_no_conflict_decide_nothing():
    plan = merge(known(BASE), OURS, as_file(THEIRS), choices=Choices(decisions={"0" * 32: "take"}))

    assert len(plan.undecided) == 2
