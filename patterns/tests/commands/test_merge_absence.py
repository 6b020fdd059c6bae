"""Every row of the merge table, through ``import_toml``: what a file leaves out, old files, header and categories."""

from pathlib import Path
from typing import Any

import pytest

from patterns.document.catalog import Category as CategoryDocument
from patterns.models import Catalog, Category, Pattern
from patterns.store.edits import delete_entry, save_category
from patterns.store.reading import load_document
from patterns.tests.commands.terminal import edited, refused, said, without, written
from patterns.tests.factories import AN_EDITOR, change_header, change_pattern, entry, make_pattern
from patterns.tests.store.fingerprints import entries_by, fingerprint_of_category, fingerprint_of_entry

pytestmark = pytest.mark.django_db
IT = "What Pattern 01 is."
CATEGORY = '[[categories]]\nname = "Data Pattern"\n'
PROBLEM = 'problem = """\nIt hurts."""\n'


def change(**values: Any) -> None:
    change_pattern(Pattern(code="01"), **values)


def test_an_entry_that_a_whole_file_no_longer_has_is_listed_and_stays(exported: Path):
    text = said("import_toml", without(exported, "02"))

    assert "Left out by the file, and staying; --retire retires them: [02] Pattern 02" in text
    assert text.endswith("Nothing is written: 1 left out by the file and staying, 1 unchanged.\n")
    assert entries_by("status") == {"01": "published", "02": "published"}


def test_an_entry_that_a_whole_file_no_longer_has_is_retired_if_that_is_chosen(exported: Path):
    text = said("import_toml", without(exported, "02"), retire=True)

    assert "- [02] Pattern 02 (retired)" in text
    assert "Leaving the public catalogue: 02" in text
    assert entries_by("status") == {"01": "published", "02": "retired"}


def test_an_entry_that_the_file_removed_and_the_catalogue_changed_is_a_conflict(exported: Path):
    change(description="Ours.")

    message = refused("import_toml", without(exported, "01"), retire=True)

    assert "! [01] the entry itself: changed on both sides" in message
    assert entries_by("status")["01"] == "published"


@pytest.mark.parametrize(("decision", "status"), [("keep", "published"), ("take", "retired")])
def test_a_conflict_about_a_removed_entry_can_be_decided(exported: Path, decision: str, status: str):
    change(description="Ours.")

    said("import_toml", without(exported, "01"), on_conflict=decision, retire=True)

    assert (entries_by("status")["01"], entries_by("description")["01"]) == (status, "Ours.")


def test_an_entry_that_a_partial_file_leaves_out_is_left_as_it_is(exported: Path):
    edited(exported, "[catalog]\n", "[catalog]\npartial = true\n")

    assert "Nothing to do" in said("import_toml", without(exported, "02"), retire=True)
    assert entries_by("status")["02"] == "published"


def test_without_a_base_an_absent_entry_is_left_as_it_is(imported: Path):
    assert "Nothing to do" in said("import_toml", without(imported, "02"), retire=True)
    assert entries_by("status")["02"] == "published"


def test_an_entry_made_since_the_base_is_left_as_it_is(exported: Path):
    make_pattern("03")

    assert "Nothing to do" in said("import_toml", exported)
    assert entries_by("status")["03"] == "published"


def test_with_a_base_an_absent_key_is_cleared(exported: Path):
    said("import_toml", edited(exported, PROBLEM, ""))

    assert entries_by("problem")["01"] == ""


def test_without_a_base_an_absent_key_is_left_as_it_is(imported: Path):
    assert "Nothing to do" in said("import_toml", edited(imported, PROBLEM, ""))
    assert entries_by("problem")["01"] == "It hurts."


def test_an_explicit_empty_value_clears(file: Path):
    said("import_toml", edited(file, PROBLEM, 'problem = ""\n'))

    assert entries_by("problem")["01"] == ""


def test_a_draft_that_was_deleted_here_stays_deleted_unless_the_file_changed_it(tmp_path: Path):
    path = tmp_path / "catalog.toml"
    make_pattern("01", status="draft")
    said("export_toml", path)
    delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)

    assert "= [01] Pattern 01: deleted here" in said("import_toml", path)
    assert not Pattern.objects.exists()
    assert "! [01] the entry itself" in refused("import_toml", edited(path, IT, "Theirs."))
    assert not Pattern.objects.exists()


# old files


def test_without_a_base_a_file_that_says_what_the_catalogue_left_behind_is_stale(imported: Path):
    old = written(imported.with_name("old.toml"), entry("01", problem="It hurts."), entry("02"))
    said("import_toml", edited(imported, IT, "Newer."))

    text = said("import_toml", old)

    assert "= [01] Pattern 01: newer here" in text
    assert "--restore makes it say what the file says" in text
    assert entries_by("description")["01"] == "Newer."


@pytest.mark.parametrize("decision", ["keep", "take"])
def test_a_stale_file_is_no_conflict_that_could_be_decided(imported: Path, decision: str):
    old = written(imported.with_name("old.toml"), entry("01", problem="It hurts."), entry("02"))
    said("import_toml", edited(imported, IT, "Newer."))

    said("import_toml", old, on_conflict=decision)

    assert entries_by("description")["01"] == "Newer."


def test_a_stale_file_is_applied_if_it_is_to_be_restored(imported: Path):
    old = written(imported.with_name("old.toml"), entry("01", problem="It hurts."), entry("02"))
    said("import_toml", edited(imported, IT, "Newer."))

    said("import_toml", old, restore=True)

    assert entries_by("description")["01"] == IT


def test_with_a_base_a_file_may_return_to_what_was(exported: Path):
    change(description="Newer.")
    said("export_toml", exported)

    said("import_toml", edited(exported, "Newer.", IT))

    assert entries_by("description")["01"] == IT


def test_a_base_of_another_database_counts_as_none_and_the_plan_says_so(exported: Path):
    edited(exported, f'base = "{Catalog.objects.get().base}"', 'base = "elsewhere:7"')

    text = said("import_toml", without(exported, "02"))

    assert "elsewhere:7 is not of this database" in text
    assert entries_by("status")["02"] == "published"


# header and categories merge alike


def test_the_header_that_only_the_file_changed_is_taken(exported: Path):
    said("import_toml", edited(exported, "[catalog]\n", '[catalog]\ntitle = "Theirs"\n'))

    assert load_document().header.title == "Theirs"


def test_the_header_that_both_changed_differently_is_a_conflict(exported: Path):
    change_header(title="Ours")

    message = refused("import_toml", edited(exported, "[catalog]\n", '[catalog]\ntitle = "Theirs"\n'))

    assert "! header title: changed on both sides" in message


def test_a_category_that_both_changed_differently_is_a_conflict(exported: Path):
    ours = CategoryDocument(name="Data Pattern", slug="data-pattern", description="Ours.")
    save_category(ours, opened=fingerprint_of_category("data-pattern"), by=AN_EDITOR)
    edited(exported, CATEGORY, f'{CATEGORY}description = "Theirs."\n')

    assert "! category data-pattern description" in refused("import_toml", exported)
    said("import_toml", exported, on_conflict="take")
    assert Category.objects.get().description == "Theirs."


def test_an_import_deletes_no_category(exported: Path):
    text = exported.read_text().replace(CATEGORY, "").replace('"Data Pattern"', '"Flow"')
    exported.write_text(text)

    said("import_toml", exported)

    assert {one.name for one in Category.objects.all()} == {"Data Pattern", "Flow"}
    assert set(entries_by("category").values()) == {"Flow"}
