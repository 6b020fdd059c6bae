"""Where a file leads the readers of what it retires: said, never refused, since an export must import."""

import pytest

from patterns.document.merge import Base, merge
from patterns.document.plan import Plan
from patterns.tests.document.documents import as_file, document, entry, known

SUCCESSOR = {"status": "retired", "replaced_by": "02"}


def said(plan: Plan) -> list[str]:
    return [str(one) for one in plan.warnings]


@pytest.mark.parametrize(("status", "words"), [("draft", "a draft"), ("review", "in review"), ("retired", "retired")])
def test_a_file_that_leads_readers_to_what_they_cannot_see_is_warned(status: str, words: str):
    ours = document(entry("01"), entry("02", status=status))
    theirs = document(entry("01", **SUCCESSOR), entry("02", status=status))

    plan = merge(known(ours), ours, as_file(theirs))

    message = f"readers cannot see its successor '02': it is {words}; name a published entry, or none"
    assert said(plan) == [f"[01] replaced_by: {message}"]
    assert not plan.is_refused
    assert plan.as_json()["warnings"] == said(plan)


def test_a_successor_that_the_same_file_publishes_is_seen():
    ours = document(entry("01"), entry("02", status="draft"))

    assert said(merge(known(ours), ours, as_file(document(entry("01", **SUCCESSOR), entry("02"))))) == []


def test_a_successor_that_is_in_the_catalogue_only_is_looked_at_too():
    ours = document(entry("01"), entry("02", status="draft"))

    assert len(said(merge(Base(), ours, as_file(document(entry("03", **SUCCESSOR)))))) == 1


def test_an_older_export_imports_into_an_empty_catalogue():
    exported = document(entry("01", **SUCCESSOR), entry("02", status="retired", replaced_by="03"), entry("03"))

    plan = merge(Base(), document(), as_file(exported))

    assert len(plan.edits) >= 3
    assert [one.code for one in plan.warnings] == ["01"]


def test_where_readers_are_led_already_is_not_said_again():
    there = document(entry("01", **SUCCESSOR), entry("02", status="retired"))
    changed = document(entry("01", **SUCCESSOR, description="Other."), entry("02", status="retired"))

    assert said(merge(known(there), there, as_file(changed))) == []
