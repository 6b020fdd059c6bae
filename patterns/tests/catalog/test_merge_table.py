"""The merge table of the design, row by row, and what goes with it."""

import pytest

from patterns.catalog.entry import Document
from patterns.catalog.merge import Base, merge
from patterns.catalog.plan import WHOLE, Conflict, OnConflict
from patterns.catalog.reader import CatalogFile, read_one
from patterns.tests.catalog.documents import RICH, applied, as_file, document, entry, known, merged

BASE = document(entry("01"), entry("02"))
BASES = pytest.mark.parametrize("base", [known(BASE), Base(BASE)], ids=["known", "imported"])


def with_problem(text: str) -> Document:
    return document(entry("01", problem=text), entry("02"))


def five_keys(*codes: str, more: str = "") -> CatalogFile:
    """A file of the given keys alone, as somebody wrote it who never saw the catalogue."""
    item = '[[items]]\ncode = "{0}"\nslug = "entry-{0}"\nname = "Entry {0}"\n'
    rest = f'description = "What it is."\ncategory = "Data"\n{more}'
    return read_one("".join(item.format(code) + rest for code in codes).encode())


# both sides have the entry


@BASES
def test_what_only_the_file_changed_is_taken(base: Base):
    result = merged(base, BASE, as_file(with_problem("theirs")))

    assert result.entries["01"].problem == "theirs"


@BASES
def test_what_only_we_changed_is_kept(base: Base):
    plan = merge(base, with_problem("ours"), as_file(BASE))

    assert (plan.edits, plan.conflicts, plan.unchanged) == ((), (), 2)


@BASES
def test_what_both_changed_alike_is_kept(base: Base):
    plan = merge(base, with_problem("same"), as_file(with_problem("same")))

    assert (plan.edits, plan.conflicts) == ((), ())


def test_what_both_changed_differently_is_a_conflict():
    plan = merge(known(with_problem("base")), with_problem("ours"), as_file(with_problem("theirs")))

    assert plan.conflicts == (Conflict("entry", "01", "problem", "base", "ours", "theirs"),)
    assert plan.is_refused


def test_a_conflict_leaves_our_value_in_the_plan_that_is_refused():
    plan = merge(known(BASE), with_problem("ours"), as_file(with_problem("theirs")))

    assert applied(plan, with_problem("ours")) == with_problem("ours")


@pytest.mark.parametrize(("decision", "problem"), [("keep", "ours"), ("take", "theirs")])
def test_a_decision_settles_the_conflicting_keys_only(decision: OnConflict, problem: str):
    ours = document(entry("01", problem="ours", solution="ours"), entry("02"))
    theirs = document(entry("01", problem="theirs", name="Theirs"), entry("02"))

    plan = merge(known(BASE), ours, as_file(theirs), on_conflict=decision)

    result = applied(plan, ours).entries["01"]
    assert (result.problem, result.solution, result.name) == (problem, "ours", "Theirs")
    assert not plan.is_refused
    assert len(plan.conflicts) == 1


def test_a_list_is_one_value():
    ours, theirs = document(entry(aliases=["a", "ours"])), document(entry(aliases=["a", "theirs"]))

    plan = merge(known(document(entry(aliases=["a"]))), ours, as_file(theirs))

    assert [one.key for one in plan.conflicts] == ["aliases"]


def test_different_keys_of_one_entry_are_merged():
    ours, theirs = document(entry(problem="ours")), document(entry(solution="theirs"))

    result = merged(known(document(entry())), ours, as_file(theirs)).entries["01"]

    assert (result.problem, result.solution) == ("ours", "theirs")


def test_importing_the_same_file_again_changes_nothing():
    theirs = as_file(with_problem("theirs"))

    assert merge(known(BASE), merged(known(BASE), BASE, theirs), theirs).edits == ()


# the file lacks the entry


def test_an_entry_that_a_whole_file_removed_is_retired():
    plan = merge(known(BASE), BASE, as_file(document(entry("01"))))

    assert applied(plan, BASE).entries["02"] == entry("02", status="retired")
    assert [one.identity for one in plan.leaving] == ["02"]
    assert plan.count("retire") == 1


def test_an_entry_that_a_whole_file_removed_and_we_changed_is_a_conflict():
    ours = document(entry("01"), entry("02", problem="ours"))

    plan = merge(known(BASE), ours, as_file(document(entry("01"))))

    assert plan.conflicts == (Conflict("entry", "02", WHOLE, entry("02"), ours.entries["02"], None),)
    assert plan.edits == ()


@pytest.mark.parametrize(("decision", "status"), [("keep", "published"), ("take", "retired")])
def test_a_decision_settles_whether_the_changed_entry_is_retired(decision: str, status: str):
    ours = document(entry("01"), entry("02", problem="ours"))

    result = merged(known(BASE), ours, as_file(document(entry("01"))), on_conflict=decision)

    assert result.entries["02"] == entry("02", problem="ours", status=status)


def test_an_entry_that_is_retired_already_is_no_conflict():
    ours = document(entry("01"), entry("02", status="retired", problem="ours"))

    plan = merge(known(BASE), ours, as_file(document(entry("01"))))

    assert (plan.edits, plan.conflicts) == ((), ())


def test_an_entry_that_we_added_since_is_left():
    ours = document(entry("01"), entry("02"), entry("03"))

    assert merge(known(BASE), ours, as_file(BASE)).edits == ()


@pytest.mark.parametrize("base", [Base(), Base(BASE)], ids=["none", "imported"])
def test_without_a_known_base_an_absent_entry_means_nothing(base: Base):
    plan = merge(base, BASE, five_keys("01"))

    assert (plan.edits, plan.conflicts) == ((), ())


def test_a_partial_file_retires_nobody():
    plan = merge(known(BASE), BASE, as_file(document(entry("01")), partial=True))

    assert (plan.edits, plan.conflicts) == ((), ())


# we lack the entry


@pytest.mark.parametrize("base", [known(BASE), Base(BASE), Base()], ids=["known", "imported", "none"])
def test_a_new_entry_is_added(base: Base):
    plan = merge(base, BASE, as_file(document(entry("01"), entry("02"), entry("03"))))

    assert [(one.action, one.identity) for one in plan.of("entry")] == [("create", "03")]


def test_an_entry_deleted_here_and_unchanged_there_stays_deleted():
    plan = merge(known(BASE), document(entry("01")), as_file(BASE))

    assert (plan.edits, plan.conflicts) == ((), ())


def test_an_entry_deleted_here_and_changed_there_is_a_conflict():
    theirs = document(entry("01"), entry("02", problem="theirs"))

    plan = merge(known(BASE), document(entry("01")), as_file(theirs))

    assert plan.conflicts == (Conflict("entry", "02", WHOLE, entry("02"), None, theirs.entries["02"]),)
    assert plan.edits == ()


@pytest.mark.parametrize(("decision", "codes"), [("keep", {"01"}), ("take", {"01", "02"})])
def test_a_decision_settles_whether_the_deleted_entry_returns(decision: str, codes: set[str]):
    theirs = document(entry("01"), entry("02", problem="theirs"))

    result = merged(known(BASE), document(entry("01")), as_file(theirs), on_conflict=decision)

    assert set(result.entries) == codes


def test_without_a_known_base_an_entry_deleted_here_returns_with_the_file():
    assert set(merged(Base(BASE), document(entry("01")), as_file(BASE)).entries) == {"01", "02"}


# the file lacks the key


@pytest.mark.parametrize("base", [Base(), Base(document(entry(**RICH), entry("99")))], ids=["none", "imported"])
def test_five_keys_over_a_rich_entry_empty_nothing(base: Base):
    rich = document(entry(**RICH), entry("99"))

    plan = merge(base, rich, five_keys("01"))

    assert (plan.edits, plan.conflicts) == ((), ())


def test_an_explicit_empty_value_clears_what_an_import_had_set():
    rich = document(entry(**RICH), entry("99"))

    result = merged(Base(rich), rich, five_keys("01", more='problem = ""\nsteps = []\norigin = {}\n')).entries["01"]

    assert (result.problem, result.steps, result.origin) == ("", (), None)
    assert result.solution == "Compensate."


def test_with_a_known_base_a_key_that_the_file_removed_is_cleared():
    result = merged(known(with_problem("base")), with_problem("base"), as_file(BASE))

    assert result.entries["01"].problem == ""


# no known base


def test_without_any_base_what_differs_is_a_conflict():
    plan = merge(Base(), BASE, as_file(with_problem("theirs")))

    assert plan.conflicts == (Conflict("entry", "01", "problem", None, "", "theirs"),)


def test_without_any_base_what_is_equal_is_unchanged():
    assert merge(Base(), BASE, five_keys("01", "02")).unchanged == 2


def test_a_key_that_was_never_imported_and_that_we_filled_is_a_conflict():
    imported = Base(five_keys("01").document)

    plan = merge(imported, document(entry(problem="ours")), as_file(document(entry(problem="theirs"))))

    assert [(one.key, one.ours, one.theirs) for one in plan.conflicts] == [("problem", "ours", "theirs")]


def test_an_empty_value_for_a_key_that_was_never_imported_and_that_we_filled_is_a_conflict():
    imported = Base(five_keys("01").document)

    plan = merge(imported, document(entry(problem="ours")), five_keys("01", more='problem = ""\n'))

    assert [(one.key, one.ours, one.theirs) for one in plan.conflicts] == [("problem", "ours", "")]


def test_a_key_that_was_never_imported_and_is_empty_here_is_taken():
    imported = Base(five_keys("01").document)

    result = merged(imported, document(entry()), as_file(document(entry(problem="theirs"))))

    assert result.entries["01"].problem == "theirs"
