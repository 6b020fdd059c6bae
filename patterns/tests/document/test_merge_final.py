"""Stale files, and what must hold of the state that a merge leads to."""

import pytest

from patterns.document.catalog import Document
from patterns.document.merge import Base, differing_codes, merge
from patterns.document.plan import Choices, OnConflict
from patterns.document.problems import InvalidCatalog
from patterns.tests.document.documents import applied, as_file, document, entry, kept, known, merged

BASE = document(entry("01"), entry("02"))


def with_problem(text: str) -> Document:
    return document(entry("01", problem=text), entry("02"))


# stale files


def test_a_stale_entry_is_kept_and_listed():
    plan = merge(Base(BASE), with_problem("newer"), as_file(with_problem("old")), stale=frozenset({"01"}))

    assert (plan.edits, plan.conflicts, kept(plan)) == ((), (), {("01", "problem"): ("newer", "old")})


def test_a_stale_entry_of_which_every_statement_holds_is_not_listed():
    plan = merge(Base(), with_problem("newer"), as_file(BASE), stale=frozenset({"01"}))

    assert (plan.edits, plan.kept, plan.unchanged) == ((), (), 2)


@pytest.mark.parametrize("decision", ["fail", "keep", "take"])
def test_no_decision_about_conflicts_undoes_what_is_newer(decision: OnConflict):
    choices = Choices(on_conflict=decision)

    plan = merge(
        Base(BASE), with_problem("newer"), as_file(with_problem("old")), stale=frozenset({"01"}), choices=choices
    )

    assert (plan.edits, [*kept(plan)]) == ((), [("01", "problem")])


def test_a_stale_entry_is_restored_if_that_is_chosen():
    choices = Choices(restore=frozenset({"01"}))

    plan = merge(
        Base(BASE), with_problem("newer"), as_file(with_problem("old")), stale=frozenset({"01"}), choices=choices
    )

    assert applied(plan, with_problem("newer")) == with_problem("old")
    assert [one.is_restored for one in plan.kept] == [True]


def test_with_a_known_base_nothing_is_stale():
    plan = merge(known(BASE), BASE, as_file(with_problem("theirs")), stale=frozenset({"01"}))

    assert plan.kept == ()
    assert len(plan.edits) == 1


def test_only_entries_that_differ_can_be_stale():
    theirs = document(entry("01", problem="x"), entry("02"), entry("03"))

    assert differing_codes(BASE, theirs) == ["01"]


# the final state


def test_slugs_of_two_entries_may_be_swapped():
    swapped = document(entry("01", slug="entry-02"), entry("02", slug="entry-01"))

    assert merged(known(BASE), BASE, as_file(swapped)) == swapped


def test_names_of_two_entries_may_be_swapped():
    swapped = document(entry("01", name="Entry 02"), entry("02", name="Entry 01"))

    assert merged(known(BASE), BASE, as_file(swapped)) == swapped


def test_a_chain_of_slugs_may_move_on():
    moved = document(entry("01", slug="entry-02"), entry("02", slug="entry-03"))

    assert merged(known(BASE), BASE, as_file(moved)) == moved


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"relations": [{"type": "uses", "target": "77"}]}, r"relations\[1\].target: there is no entry '77'"),
        ({"replaced_by": "77"}, "replaced_by: there is no entry '77'"),
        ({"slug": "old"}, r"'old' is a former address of \[01\]"),
        ({"slug": "entry-01"}, r"'entry-01' is the slug of \[01\] Entry 01"),
        ({"name": "ENTRY 01"}, r"'ENTRY 01' is the name of \[01\] Entry 01"),
    ],
)
def test_a_final_state_that_breaks_a_rule_is_refused(changes: dict[str, object], message: str):
    theirs = as_file(document(entry("02", **changes)), partial=True)

    with pytest.raises(InvalidCatalog, match=rf"catalog\.toml, line \d+: \[02\] .*{message}"):
        merge(known(BASE), BASE, theirs, former_slugs={"old": "01"})


def test_a_symmetric_relation_from_both_sides_is_refused_across_ours_and_theirs():
    ours = document(entry("01", relations=[{"type": "complements", "target": "02"}]), entry("02"))
    theirs = document(entry("01"), entry("02", relations=[{"type": "complements", "target": "01"}]))

    with pytest.raises(InvalidCatalog, match=r"\[01\] already states 'complements' with this entry"):
        merge(known(BASE), ours, as_file(theirs))


def test_an_entry_may_take_its_own_former_slug_back():
    theirs = as_file(document(entry("01", slug="old"), entry("02")))

    plan = merge(known(BASE), BASE, theirs, former_slugs={"old": "01"})

    assert applied(plan, BASE).entries["01"].slug == "old"


def test_a_relation_may_lead_to_an_entry_that_only_the_catalogue_has():
    theirs = as_file(document(entry("03", relations=[{"type": "uses", "target": "01"}])), partial=True)

    assert "03" in merged(Base(), BASE, theirs).entries


def test_the_note_about_the_base_is_in_the_plan():
    assert merge(Base(note="another catalogue's"), BASE, as_file(BASE)).note == "another catalogue's"


def test_a_plan_with_conflicts_is_not_checked_before_it_is_decided():
    theirs = as_file(document(entry("01", slug="entry-02", problem="theirs")), partial=True)

    assert merge(known(BASE), with_problem("ours"), theirs).is_refused
    with pytest.raises(InvalidCatalog, match="is the slug of"):
        merge(known(BASE), with_problem("ours"), theirs, choices=Choices(on_conflict="keep"))
