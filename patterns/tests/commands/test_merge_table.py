"""Every row of the merge table, through ``import_toml``: what both sides say, and what only one of them does."""

from pathlib import Path
from typing import Any

import pytest

from patterns.models import Catalog, Pattern
from patterns.store.reading import load_entries
from patterns.tests.commands.terminal import edited, refused, said, with_entry, written
from patterns.tests.factories import change_pattern, entry, make_pattern
from patterns.tests.store.fingerprints import entries_by

pytestmark = pytest.mark.django_db
IT = "What Pattern 01 is."


def change(**values: Any) -> None:
    change_pattern(Pattern(code="01"), **values)


# one side, or both alike


def test_what_only_the_file_changed_is_taken(file: Path):
    said("import_toml", edited(file, IT, "Theirs."))

    assert entries_by("description") == {"01": "Theirs.", "02": "What Pattern 02 is."}


def test_what_only_the_catalogue_changed_is_kept(file: Path):
    change(description="Ours.")

    text = said("import_toml", file)

    assert "= [01] Pattern 01: newer here\n    description: [-Ours-]{+What Pattern 01 is+}." in text
    assert text.endswith("Nothing is written: 1 kept as newer here, 1 unchanged.\n")
    assert entries_by("description")["01"] == "Ours."


def test_what_both_changed_alike_is_kept(file: Path):
    change(description="Both.")

    assert "Nothing to do" in said("import_toml", edited(file, IT, "Both."))
    assert entries_by("description")["01"] == "Both."


def test_different_keys_that_each_side_changed_are_both_there(file: Path):
    change(description="Ours.")

    said("import_toml", edited(file, '"Pattern 01"', '"Theirs"'))

    assert (entries_by("description")["01"], entries_by("name")["01"]) == ("Ours.", "Theirs")


def test_an_entry_that_only_the_file_has_is_created(file: Path):
    assert "+ [03] Pattern 03" in said("import_toml", with_entry(file, entry("03")))
    assert load_entries()["03"] == entry("03")


# conflicts


def test_what_both_changed_differently_is_a_conflict_and_nothing_at_all_is_written(file: Path):
    change(description="Ours.")
    edited(file, '"Pattern 02"', '"New name"')

    message = refused("import_toml", edited(file, IT, "Theirs."))

    assert "! [01] description: changed on both sides" in message
    for side, value in [("base  ", IT), ("ours  ", "Ours."), ("theirs", "Theirs.")]:
        assert f"{side}  {value}" in message
    assert "1 conflict; decide with --on-conflict keep or take" in message
    assert entries_by("name")["02"] == "Pattern 02"


def test_every_conflict_is_shown(file: Path):
    change(description="Ours.", problem="Ours hurts.")
    edited(file, "It hurts.", "Theirs hurts.")

    message = refused("import_toml", edited(file, IT, "Theirs."))

    assert "! [01] description" in message
    assert "! [01] problem" in message
    assert "2 conflicts" in message


@pytest.mark.parametrize(("decision", "description"), [("keep", "Ours."), ("take", "Theirs.")])
def test_a_decision_decides_the_conflicting_keys_only(file: Path, decision: str, description: str):
    change(description="Ours.", aliases=("Ours",))
    edited(file, '"Pattern 01"', '"Theirs"')

    said("import_toml", edited(file, IT, "Theirs."), on_conflict=decision)

    now = load_entries()["01"]
    assert (now.description, now.aliases, now.name) == (description, ("Ours",), "Theirs")


@pytest.mark.parametrize("decision", ["keep", "take"])
def test_a_decided_conflict_does_not_come_back(imported: Path, decision: str):
    change(description="Ours.")
    said("import_toml", edited(imported, IT, "Theirs."), on_conflict=decision)
    version = Catalog.objects.get().version

    text = said("import_toml", imported)

    assert text.splitlines()[-1].startswith("Nothing to do" if decision == "take" else "Nothing is written: 1 kept")
    assert Catalog.objects.get().version == version


def test_an_entry_of_which_no_file_ever_said_anything_conflicts_where_it_differs(tmp_path: Path):
    make_pattern("01")
    path = written(tmp_path / "new.toml", entry("01", description="Theirs.", slug="pattern-01"))

    message = refused("import_toml", path)

    assert "! [01] description: changed on both sides" in message
    assert "base    (nothing)" in message
    assert "1 conflict;" in message


@pytest.mark.parametrize(("decision", "description"), [("keep", IT), ("take", "Theirs.")])
def test_a_conflict_without_any_base_can_be_decided(tmp_path: Path, decision: str, description: str):
    make_pattern("01")

    said("import_toml", written(tmp_path / "new.toml", entry("01", description="Theirs.")), on_conflict=decision)

    assert entries_by("description") == {"01": description}
