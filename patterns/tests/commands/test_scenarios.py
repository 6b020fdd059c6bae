"""What people do with the file and the admin, from beginning to end."""

from pathlib import Path

import pytest

from patterns.models import Catalog, Pattern
from patterns.store.reading import load_document, load_entries
from patterns.tests.commands.terminal import GIVEN, edited, refused, said, with_entry, written
from patterns.tests.factories import RICH, change_pattern, entry, make_patterns, make_rich_pattern
from patterns.tests.store.fingerprints import entries_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The given entries are imported and exported."""
    path = tmp_path / "catalog.toml"
    said("import_toml", GIVEN)
    said("export_toml", path)
    return path


def saga() -> Pattern:
    return Pattern.objects.get(code="06")


def with_another(path: Path) -> Path:
    """The file with a new name of an entry, and with a new entry."""
    edited(path, '"Saga Pattern"', '"Sagas"')
    return with_entry(path, entry("13"))


def test_the_admin_and_the_file_both_get_their_changes_once(exported: Path):
    change_pattern(saga(), description="Ours.")

    said("import_toml", with_another(exported))
    after = load_document()

    assert (after.entries["06"].description, after.entries["06"].name) == ("Ours.", "Sagas")
    assert after.entries["13"] == entry("13")
    assert "Nothing is written: 1 kept as newer here, 12 unchanged." in said("import_toml", exported)
    assert load_document() == after


def test_both_then_change_the_same_and_nothing_is_written_until_someone_decides(exported: Path):
    old = saga().description
    change_pattern(saga(), description="Ours.")

    message = refused("import_toml", edited(with_another(exported), old, "Theirs."))

    assert f"base    {old}" in message
    assert "ours    Ours." in message
    assert "theirs  Theirs." in message
    assert "13" not in load_entries()


def test_a_file_of_the_five_keys_empties_nothing(tmp_path: Path):
    make_rich_pattern("01")
    before = load_entries()["01"]
    five = entry("01").model_copy(update={"description": "Said anew."})

    said("import_toml", written(tmp_path / "five.toml", five), on_conflict="take")

    assert load_entries()["01"] == before.model_copy(update={"description": "Said anew."})
    assert load_entries()["01"].steps


def test_an_old_export_after_newer_edits_reverts_nothing(exported: Path):
    change_pattern(saga(), description="Newer.", **RICH)
    newest = load_document()

    assert "Nothing is written: 1 kept as newer here, 11 unchanged." in said("import_toml", exported)
    assert load_document() == newest


def test_an_old_export_whose_base_line_was_removed_reverts_nothing_either(exported: Path):
    edited(exported, f'base = "{Catalog.objects.get().base}"\n', "")
    change_pattern(saga(), description="Newer.")
    newest = load_document()

    said("import_toml", exported)

    assert load_document() == newest


def test_swapped_slugs_arrive_swapped(exported: Path):
    edited(exported, '"saga-pattern"', '"…"')
    edited(exported, '"outbox-pattern"', '"saga-pattern"')

    said("import_toml", edited(exported, '"…"', '"outbox-pattern"'))

    slugs = entries_by("slug")
    assert (slugs["06"], slugs["07"]) == ("outbox-pattern", "saga-pattern")


def test_an_export_of_one_entry_imported_again_retires_nobody(exported: Path):
    said("export_toml", exported, code=["06"])

    said("import_toml", edited(exported, '"Saga Pattern"', '"Sagas"'))

    assert entries_by("name")["06"] == "Sagas"
    assert set(entries_by("status").values()) == {"published"}


def test_the_given_entries_imported_again_are_nothing_to_do(exported: Path):
    version = Catalog.objects.get().version

    assert said("import_toml", GIVEN).splitlines()[-1] == "Nothing to do: 12 unchanged."
    assert Catalog.objects.get().version == version == 1


def test_a_file_edited_in_git_while_editors_work_never_loses_anything(tmp_path: Path):
    make_patterns(3)
    path = tmp_path / "catalog.toml"
    for number in range(5):
        said("export_toml", path)
        change_pattern(Pattern(code="01"), description=f"Editor {number}.")
        edited(path, entries_by("description")["02"], f"File {number}.")
        said("import_toml", path)

    assert entries_by("description") == {"01": "Editor 4.", "02": "File 4.", "03": "What Pattern 03 is."}
