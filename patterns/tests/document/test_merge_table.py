"""The merge table of the design, row by row, and what goes with it."""

import pytest

from patterns.document.catalog import CatalogFile, Document
from patterns.document.merge import Base, merge
from patterns.document.plan import WHOLE, Choices, Conflict, OnConflict
from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.tests.document.documents import RICH, applied, as_file, document, entry, kept, known, merged

BASE = document(entry("01"), entry("02"))
RETIRE = Choices(retire=True)
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


def test_what_only_we_changed_is_kept_and_listed():
    plan = merge(known(BASE), with_problem("ours"), as_file(BASE))

    assert (plan.edits, plan.conflicts, plan.unchanged) == ((), (), 1)
    assert kept(plan) == {("01", "problem"): ("ours", "")}


def test_what_a_file_without_a_known_base_leaves_out_is_not_said_to_be_older():
    plan = merge(Base(BASE), with_problem("ours"), as_file(BASE))

    assert (plan.edits, plan.conflicts, plan.kept, plan.unchanged) == ((), (), (), 2)


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

    plan = merge(known(BASE), ours, as_file(theirs), choices=Choices(on_conflict=decision))

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


def test_an_entry_that_a_whole_file_removed_is_listed_and_stays():
    plan = merge(known(BASE), BASE, as_file(document(entry("01"))))

    assert (plan.edits, plan.conflicts) == ((), ())
    assert [one.identity for one in plan.staying] == ["02"]
    assert not plan.is_satisfied


def test_an_entry_that_a_whole_file_removed_is_retired_if_that_is_chosen():
    plan = merge(known(BASE), BASE, as_file(document(entry("01"))), choices=RETIRE)

    assert applied(plan, BASE).entries["02"] == entry("02", status="retired")
    assert [one.identity for one in plan.leaving] == ["02"]
    assert plan.count("retire") == 1
    assert plan.staying == ()


def test_an_entry_that_changes_and_stays_public_does_not_leave():
    theirs = as_file(document(entry("01", problem="theirs"), entry("02", status="draft")))

    plan = merge(known(BASE), BASE, theirs)

    assert [one.identity for one in plan.edits] == ["01", "02"]
    assert [one.identity for one in plan.leaving] == ["02"]


@pytest.mark.parametrize("decision", ["fail", "keep", "take"])
def test_an_entry_that_a_whole_file_removed_and_we_changed_stays_whatever_is_decided(decision: OnConflict):
    ours = document(entry("01"), entry("02", problem="ours"))

    plan = merge(known(BASE), ours, as_file(document(entry("01"))), choices=Choices(decision))

    assert (plan.edits, plan.conflicts, [one.identity for one in plan.staying]) == ((), (), ["02"])


def test_an_entry_that_a_whole_file_removed_and_we_changed_is_a_conflict_if_it_is_to_be_retired():
    ours = document(entry("01"), entry("02", problem="ours"))

    plan = merge(known(BASE), ours, as_file(document(entry("01"))), choices=RETIRE)

    assert plan.conflicts == (Conflict("entry", "02", WHOLE, entry("02"), ours.entries["02"], None),)
    assert plan.edits == ()


@pytest.mark.parametrize(("decision", "status"), [("keep", "published"), ("take", "retired")])
def test_a_decision_settles_whether_the_changed_entry_is_retired(decision: str, status: str):
    ours = document(entry("01"), entry("02", problem="ours"))

    result = merged(known(BASE), ours, as_file(document(entry("01"))), on_conflict=decision, retire=True)

    assert result.entries["02"] == entry("02", problem="ours", status=status)


def test_an_entry_that_is_retired_already_is_no_conflict():
    ours = document(entry("01"), entry("02", status="retired", problem="ours"))

    plan = merge(known(BASE), ours, as_file(document(entry("01"))), choices=RETIRE)

    assert (plan.edits, plan.conflicts, plan.left_out) == ((), (), ())


def test_an_entry_that_we_added_since_is_left():
    ours = document(entry("01"), entry("02"), entry("03"))

    plan = merge(known(BASE), ours, as_file(BASE), choices=RETIRE)

    assert (plan.edits, plan.left_out) == ((), ())


@pytest.mark.parametrize("base", [Base(), Base(BASE)], ids=["none", "imported"])
def test_without_a_known_base_an_absent_entry_means_nothing(base: Base):
    plan = merge(base, BASE, five_keys("01"), choices=RETIRE)

    assert (plan.edits, plan.conflicts, plan.left_out) == ((), (), ())


def test_a_partial_file_retires_nobody():
    plan = merge(known(BASE), BASE, as_file(document(entry("01")), partial=True), choices=RETIRE)

    assert (plan.edits, plan.conflicts, plan.left_out) == ((), (), ())


# we lack the entry


@pytest.mark.parametrize("base", [known(BASE), Base(BASE), Base()], ids=["known", "imported", "none"])
def test_a_new_entry_is_added(base: Base):
    plan = merge(base, BASE, as_file(document(entry("01"), entry("02"), entry("03"))))

    assert [(one.action, one.identity) for one in plan.of("entry")] == [("create", "03")]


def test_an_entry_deleted_here_and_unchanged_there_stays_deleted_and_is_listed():
    plan = merge(known(BASE), document(entry("01")), as_file(BASE))

    assert (plan.edits, plan.conflicts) == ((), ())
    assert kept(plan) == {("02", ""): (None, entry("02"))}


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


# what is newer here, and is to say what the file says


ALL = Choices(restore="all")


def emptied() -> Document:
    """What became of ``with_problem("text")``: one entry was emptied, the other retired, and a third added."""
    return document(entry("01", description="Cut."), entry("02", status="retired"), entry("03"))


@pytest.mark.parametrize("base", [known(with_problem("text")), Base(with_problem("text"))], ids=["known", "imported"])
def test_an_older_state_is_listed_key_by_key_and_never_called_unchanged(base: Base):
    plan = merge(base, emptied(), as_file(with_problem("text")))

    listed = {place: said for place, said in kept(plan).items() if place[1] != "status"}
    assert plan.edits == ()
    assert listed[("01", "description")] == ("Cut.", "What it is.")
    assert not plan.is_satisfied
    assert "01" in {one.edit.identity for one in plan.kept}


def test_restoring_brings_back_texts_and_retired_entries_and_leaves_new_ones():
    result = merged(known(with_problem("text")), emptied(), as_file(with_problem("text")), restore="all")

    assert result.entries == {**with_problem("text").entries, "03": entry("03")}


@pytest.mark.parametrize("base", [Base(), Base(with_problem("text"))], ids=["none", "imported"])
def test_restoring_needs_no_base(base: Base):
    export = read_one(write_toml(with_problem("text"), base="another:7").encode())

    assert merged(base, emptied(), export, restore="all").entries["01"] == entry("01", problem="text")
    assert merged(base, emptied(), export, restore="all").entries["02"] == entry("02")


def test_restoring_from_a_hand_written_file_empties_nothing_and_brings_nobody_back():
    ours = document(entry("01", **{**RICH, "status": "retired"}), entry("99"))

    plan = merge(Base(), ours, five_keys("01"), choices=ALL)

    assert (plan.edits, plan.kept) == ((), ())


def test_a_retired_entry_returns_from_an_export_whose_base_was_removed():
    ours = document(entry("01", **{**RICH, "status": "retired"}), entry("99"))

    result = merged(Base(), ours, five_keys("01", more="[end]\nentries = 1\n"), restore="all").entries["01"]

    assert (result.status, result.steps, result.problem) == ("published", ours.entries["01"].steps, RICH["problem"])


def test_only_the_named_entries_are_restored():
    ours = document(entry("01", problem="newer"), entry("02", problem="newer"))

    plan = merge(known(BASE), ours, as_file(BASE), choices=Choices(restore=frozenset({"02"})))

    assert [one.problem for one in applied(plan, ours).entries.values()] == ["newer", ""]
    assert [(one.edit.identity, one.is_restored) for one in plan.kept] == [("01", False), ("02", True)]
    assert [one.edit.identity for one in plan.still_kept] == ["01"]


def test_restoring_decides_a_conflict_of_that_entry_for_the_file():
    plan = merge(known(with_problem("base")), with_problem("ours"), as_file(with_problem("theirs")), choices=ALL)

    assert (plan.conflicts, plan.is_refused) == ((), False)
    assert applied(plan, with_problem("ours")) == with_problem("theirs")


def test_restoring_retires_nobody():
    plan = merge(known(BASE), BASE, as_file(document(entry("01"))), choices=ALL)

    assert (plan.edits, [one.identity for one in plan.staying]) == ((), ["02"])


def test_restoring_returns_a_deleted_draft():
    plan = merge(known(BASE), document(entry("01")), as_file(BASE), choices=Choices(restore=frozenset({"02"})))

    assert [(one.action, one.identity) for one in plan.edits] == [("create", "02")]


def test_what_the_file_changed_is_not_said_to_be_newer_here():
    ours = document(entry("01", problem="newer"), entry("02"))

    plan = merge(known(BASE), ours, as_file(document(entry("01", solution="theirs"), entry("02"))), choices=ALL)

    assert [*kept(plan)] == [("01", "problem")]
    assert applied(plan, ours).entries["01"] == entry("01", solution="theirs")


def test_a_restored_state_imported_again_is_nothing_to_do():
    file = as_file(with_problem("text"))
    restored = merged(known(with_problem("text")), emptied(), file, restore="all")

    plan = merge(known(with_problem("text")), restored, file)

    assert (plan.edits, plan.kept, plan.is_satisfied) == ((), (), True)
