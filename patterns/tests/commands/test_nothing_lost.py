"""What goes wrong with files, from beginning to end: what is listed, what stays, and what each choice does."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from patterns.document.catalog import Category
from patterns.models import Catalog, Pattern
from patterns.store.edits import delete_category, save_category
from patterns.store.exports import export_all
from patterns.store.reading import load_document
from patterns.tests.commands.terminal import edited, refused, said, without, written
from patterns.tests.ends import counted
from patterns.tests.factories import AN_EDITOR, RICH, change_pattern, entry, import_entries
from patterns.tests.store.fingerprints import entries_by, fingerprint_of_category

pytestmark = pytest.mark.django_db

CODES = [f"{number:02}" for number in range(1, 7)]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Six entries, exported: the backup that something happens to."""
    import_entries([entry("01", **RICH), *(entry(code, problem="It hurts.") for code in CODES[1:])])
    said("export_toml", tmp_path / "catalog.toml")
    return tmp_path / "catalog.toml"


def other(path: Path, name: str = "other.toml") -> Path:
    """A copy to be spoilt."""
    copy = path.with_name(name)
    copy.write_text(path.read_text())
    return copy


def last_line(text: str) -> str:
    return text.splitlines()[-1]


def damage(*codes: str) -> None:
    """What a truncated import did once: the first of these was emptied, the others retired."""
    first, *rest = codes
    change_pattern(Pattern(code=first), problem="", steps=(), consequences=())
    for code in rest:
        change_pattern(Pattern(code=code), status="retired")


# A file that was cut off


@pytest.mark.parametrize("choices", [{}, {"on_conflict": "take"}, {"retire": True}, {"restore": True}])
def test_a_file_that_was_cut_off_is_refused_whatever_is_chosen(export: Path, choices: dict):
    text = export.read_text()
    export.write_text(text[: text.index('category = "Data Pattern"\n', text.index('code = "04"'))])

    message = refused("import_toml", export, **choices)

    assert "end: is missing, as if the file had been cut off; export it again" in message


@pytest.mark.parametrize("choices", [{}, {"on_conflict": "take"}, {"retire": True}, {"restore": True}])
def test_half_of_a_file_that_was_split_is_refused(export: Path, choices: dict):
    text = export.read_text()
    for half in (text[: text.index('[[items]]\ncode = "04"')], text[text.index('[[items]]\ncode = "04"') :]):
        export.write_text(half)
        assert refused("import_toml", export, **choices)


# Many entries taken out of a file


def test_mass_deletion_is_listed_entry_by_entry_and_all_of_them_stay(export: Path):
    for code in CODES[2:]:
        without(export, code)

    text = said("import_toml", export)

    assert f"--retire retires them: {', '.join(f'[{code}] Pattern {code}' for code in CODES[2:])}" in text
    assert last_line(text) == "Nothing is written: 4 left out by the file and staying, 2 unchanged."
    assert set(entries_by("status").values()) == {"published"}


@pytest.mark.parametrize("choices", [{"on_conflict": "take"}, {"on_conflict": "keep"}, {"restore": True}])
def test_mass_deletion_needs_the_word_for_it(export: Path, choices: dict):
    before = load_document()
    change_pattern(Pattern(code="06"), description="Ours.")
    for code in CODES[2:]:
        without(export, code)

    said("import_toml", export, **choices)

    assert load_document().entries.keys() == before.entries.keys()
    assert entries_by("status")["06"] == "published"
    assert entries_by("description")["06"] == "Ours."


def test_mass_deletion_that_is_meant_retires_what_nobody_changed_and_asks_about_the_rest(export: Path):
    change_pattern(Pattern(code="06"), description="Ours.")
    for code in CODES[2:]:
        without(export, code)

    assert "! [06] the entry itself: changed on both sides" in refused("import_toml", export, retire=True)
    said("import_toml", export, retire=True, on_conflict="keep")

    status = entries_by("status")
    assert [code for code in CODES if status[code] == "retired"] == ["03", "04", "05"]


def test_mass_deletion_is_undone_by_the_backup(export: Path):
    before, cut = load_document(), other(export)
    for code in CODES[2:]:
        without(cut, code)
    said("import_toml", cut, retire=True)

    text = said("import_toml", export)

    for code in CODES[2:]:
        assert f"= [{code}] Pattern {code}: newer here\n    status: [-retired-]{{+published+}}" in text
    said("import_toml", export, restore=True)
    assert load_document() == before


# The wrong file


def test_the_file_of_another_catalogue_is_refused_where_codes_meet_and_retires_nobody(export: Path):
    change_pattern(Pattern(code="02"), name="Ours")
    foreign = '[catalog]\nbase = "elsewhere:7"\n\n[[items]]\ncode = "02"\nslug = "x"\nname = "X"\n'
    export.write_text(f'{foreign}description = "X."\ncategory = "Data Pattern"\n\n[end]\nentries = 1\n')

    message = refused("import_toml", export, retire=True)

    assert "elsewhere:7 is not of this database" in message
    assert "! [02] name: changed on both sides" in message
    assert "retired" not in message


def test_the_file_of_another_catalogue_can_be_undone_as_one_change(export: Path):
    before = load_document()
    foreign = edited(other(export), f'base = "{Catalog.objects.get().base}"', 'base = "elsewhere:7"')
    foreign.write_text(foreign.read_text().replace("It hurts.", "Foreign."))
    said("import_toml", foreign, on_conflict="take")
    version = Catalog.objects.get().version

    said("import_toml", export, restore=True)

    assert load_document() == before
    assert Catalog.objects.get().version == version + 1


def test_a_file_that_is_no_catalogue_is_refused(export: Path):
    export.write_text('[package]\nname = "not a catalogue"\n')

    assert "unknown key 'package'" in refused("import_toml", export, retire=True, restore=True)


# Last month's export, after edits


def test_an_old_export_after_edits_lists_what_is_newer_key_by_key_and_undoes_nothing(export: Path):
    change_pattern(Pattern(code="02"), description="Newer.", problem="Newer too.")
    change_pattern(Pattern(code="03"), aliases=("New",))
    newest = load_document()

    for decision in ("fail", "keep", "take"):
        text = said("import_toml", export, on_conflict=decision)
        assert "= [02] Pattern 02: newer here\n    description: " in text
        assert "    problem: [-Newer too-]{+It hurts+}." in text
        assert "= [03] Pattern 03: newer here\n    aliases: [-New-]" in text
        assert last_line(text) == "Nothing is written: 2 kept as newer here, 4 unchanged."
        assert load_document() == newest


def test_an_old_export_restores_the_named_entries_only(export: Path):
    change_pattern(Pattern(code="02"), description="Newer.")
    change_pattern(Pattern(code="03"), description="Newer.")

    said("import_toml", export, restore=True, code=["03"])

    now = entries_by("description")
    assert (now["02"], now["03"]) == ("Newer.", "What Pattern 03 is.")


def test_an_old_export_still_brings_what_was_edited_in_it(export: Path):
    change_pattern(Pattern(code="02"), description="Newer.")

    text = said("import_toml", edited(export, '"Pattern 03"', '"Edited"'))

    assert "~ [03] Edited" in text
    assert "= [02] Pattern 02: newer here" in text
    assert (entries_by("description")["02"], entries_by("name")["03"]) == ("Newer.", "Edited")


# A backup that restores


@pytest.mark.parametrize("kind", ["whole", "without its base", "of another database"])
def test_a_backup_says_that_it_is_not_equal_and_restores(export: Path, kind: str):
    before, base = load_document(), f'base = "{Catalog.objects.get().base}"\n'
    if kind != "whole":
        edited(export, base, "" if kind == "without its base" else 'base = "elsewhere:7"\n')
    damage("01", "05", "06")
    damaged = load_document()

    text = said("import_toml", export, on_conflict="take") if kind == "whole" else ""

    assert "Nothing to do" not in text
    assert kind != "whole" or load_document() == damaged
    said("import_toml", export, restore=True)
    assert load_document() == before
    said("export_toml", export, check=True)
    assert "Nothing to do: 6 unchanged." in said("import_toml", export)


def test_a_restore_is_one_change_that_can_be_undone(export: Path):
    damage("01", "05", "06")
    damaged, version = load_document(), Catalog.objects.get().version
    after = other(export, "after.toml")
    after.write_text(export_all().toml)

    said("import_toml", export, restore=True)

    assert Catalog.objects.get().version == version + 1
    said("import_toml", after, restore=True)
    assert load_document() == damaged


def test_a_restore_leaves_what_came_after_the_backup(export: Path):
    import_entries([entry("09")])

    said("import_toml", export, restore=True, retire=True)

    assert load_document().entries["09"] == entry("09")


def test_a_restore_is_the_base_of_the_next_file(export: Path):
    change_pattern(Pattern(code="02"), description="Newer.")
    said("import_toml", export, restore=True)
    said("export_toml", export)

    said("import_toml", edited(export, "What Pattern 02 is.", "Edited."))

    assert entries_by("description")["02"] == "Edited."


def test_a_dry_run_shows_the_restore_and_writes_nothing(export: Path):
    change_pattern(Pattern(code="02"), description="Newer.")
    newest = load_document()

    text = said("import_toml", export, restore=True, dry_run=True)

    assert "~ [02] Pattern 02\n    description: [-Newer-]" in text
    assert last_line(text) == "Would be: 1 entry updated; 5 unchanged."
    assert load_document() == newest


def test_a_code_to_restore_that_the_file_does_not_hold_is_refused(export: Path):
    assert refused("import_toml", export, restore=True, code=["02", "98", "99"]) == (
        "The file has no such entry to restore: 98, 99"
    )


def test_an_entry_that_was_added_or_taken_out_must_be_counted(export: Path):
    text = export.read_text()
    export.write_text(text[: text.index('[[items]]\ncode = "06"')] + text[text.index("[end]") :])

    assert "end.entries: says 6, and the file holds 5" in refused("import_toml", export)
    export.write_text(counted(export.read_text()))
    assert "1 left out by the file and staying" in said("import_toml", export)


# Categories, and files beside an export


def test_a_file_beside_an_export_empties_nothing(export: Path):
    text = export.read_text()
    start, end = text.index('[[items]]\ncode = "06"'), text.index("[end]")
    beside = written(export.with_name("beside.toml"), entry("06", description="Edited."))
    export.write_text(counted(text[:start] + text[end:]))

    said("import_toml", export, beside)

    now = load_document().entries["06"]
    assert (now.description, now.problem) == ("Edited.", "It hurts.")


def test_an_old_export_means_the_categories_that_had_their_names_then(export: Path):
    before = Category(name="Storage", slug="data-pattern")
    save_category(before, opened=fingerprint_of_category("data-pattern"), by=AN_EDITOR)
    save_category(Category(name="Data Pattern", slug="data-2"), opened="", by=AN_EDITOR)

    text = said("import_toml", export)

    assert "= category Data Pattern: newer here\n    name: [-Storage-]{+Data Pattern+}" in text
    assert set(entries_by("category").values()) == {"Storage"}


def test_a_category_that_was_deleted_here_is_listed_and_stays_away(export: Path):
    save_category(Category(name="Old", slug="old"), opened="", by=AN_EDITOR)
    said("export_toml", export)
    delete_category("old", opened=fingerprint_of_category("old"), by=AN_EDITOR)

    assert "= category Old: deleted here" in said("import_toml", export)
    assert [*load_document().categories] == ["data-pattern"]
    said("import_toml", export, restore=True)
    assert [*load_document().categories] == ["data-pattern", "old"]


def test_an_export_by_another_name_than_its_format_is_not_written(tmp_path: Path, db):
    with pytest.raises(CommandError, match="this writes TOML") as refusal:
        said("export_toml", tmp_path / "catalog.csv")

    assert refusal.value.returncode == 2
    assert not (tmp_path / "catalog.csv").exists()
