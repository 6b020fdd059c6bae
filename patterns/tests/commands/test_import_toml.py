"""The options of ``import_toml``, and what it says."""

import io
import json
import sys
from pathlib import Path

import pytest

from patterns.document.entry import ENTRY_KEYS
from patterns.files.sheet import entry_cells
from patterns.models import Catalog, Category, Change, Pattern
from patterns.store.reading import load_document, load_entries
from patterns.tests.commands.terminal import GIVEN, edited, refused, said, written
from patterns.tests.factories import RICH, change_pattern, entry, make_pattern, make_rich_pattern
from patterns.tests.files.workbooks import saved
from patterns.tests.store.scratch import rows_of_all_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path / "catalog.toml", entry("01"), entry("02"))


def test_it_works(path: Path):
    text = said("import_toml", path)

    assert text.splitlines()[-4:-1] == ["+ category Data Pattern", "+ [01] Pattern 01", "+ [02] Pattern 02"]
    assert text.splitlines()[-1].startswith("Change 1: ")
    assert load_entries() == {"01": entry("01"), "02": entry("02")}


def test_a_changed_text_is_shown_word_by_word(path: Path):
    said("import_toml", path)

    text = said("import_toml", edited(path, "What Pattern 02 is.", "What Pattern 02 was, once."))

    assert "~ [02] Pattern 02\n    description: What Pattern 02 [-is-]{+was, once+}." in text


def test_it_is_an_import_with_its_comment(path: Path):
    said("import_toml", path, comment="From the wiki.")

    change = Change.objects.get()
    assert (change.origin, change.comment, change.author) == ("import", "From the wiki.", None)


def test_what_readers_are_told_is_kept_apart_from_the_comment(path: Path):
    said("import_toml", path, comment="From the wiki.", reason=" It was out of date. ")

    change = Change.objects.get()
    assert (change.comment, change.public_reason) == ("From the wiki.", "It was out of date.")


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_reason_that_is_too_long_is_refused_and_nothing_written(path: Path, dry_run: bool):
    assert "501 characters; at most 500 are allowed" in refused("import_toml", path, reason="x" * 501, dry_run=dry_run)
    assert not Change.objects.exists()


def test_a_dry_run_writes_nothing(path: Path):
    before = rows_of_all_tables()

    text = said("import_toml", path, dry_run=True)

    assert text.splitlines()[-1].startswith("Would be: ")
    assert rows_of_all_tables() == before


def test_a_dry_run_shows_the_plan_that_the_real_run_carries_out(path: Path):
    make_pattern("02", description="Ours.")
    planned = said("import_toml", path, dry_run=True, on_conflict="take")

    done = said("import_toml", path, on_conflict="take")

    assert planned.splitlines()[:-1] == done.splitlines()[:-1]
    assert planned.splitlines()[-1].removeprefix("Would be") == done.splitlines()[-1].removeprefix("Change 3")


def test_a_dry_run_of_a_conflict_is_refused_like_the_real_run(path: Path):
    make_pattern("01", description="Ours.")

    assert refused("import_toml", path, dry_run=True) == refused("import_toml", path)


def test_json_is_the_plan_and_the_change(path: Path):
    planned = json.loads(said("import_toml", path, dry_run=True, json=True))

    done = json.loads(said("import_toml", path, json=True))

    assert (planned["change"], done["change"]) == (None, 1)
    assert {**planned, "change": 1} == done
    assert [(edit["what"], edit["identity"]) for edit in done["edits"]][-2:] == [("entry", "01"), ("entry", "02")]


def test_json_of_a_conflict_has_all_three_sides(path: Path):
    said("import_toml", path)
    change_pattern(Pattern(code="01"), description="Ours.")

    text = refused("import_toml", edited(path, "What Pattern 01 is.", "Theirs."), json=True)

    plan, _ = json.JSONDecoder().raw_decode(text)
    assert plan["refused"] is True
    assert plan["conflicts"] == [
        {
            **{"what": "entry", "identity": "01", "key": "description"},
            **{"base": "What Pattern 01 is.", "ours": "Ours.", "theirs": "Theirs."},
        }
    ]


def test_json_of_a_refusal_has_the_place_and_what_to_do(path: Path):
    text = refused("import_toml", edited(path, 'name = "Pattern 02"', 'nmae = "Pattern 02"'), json=True)

    problems = json.JSONDecoder().raw_decode(text)[0]["problems"]
    assert {"file": str(path), "code": "02"}.items() <= problems[0].items()
    assert any(one["place"] == "line 11" and one["hint"] == "did you mean 'name'?" for one in problems)


def test_standard_input_is_a_file(path: Path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))

    said("import_toml", "-")

    assert [*load_entries()] == ["01", "02"]


def test_several_files_are_one_catalogue_and_one_change(tmp_path: Path):
    first = written(tmp_path / "first.toml", entry("01", replaced_by="02"))
    second = written(tmp_path / "second.toml", entry("02", relations=[{"type": "uses", "target": "01"}]))

    said("import_toml", first, second)

    assert [*load_entries()] == ["01", "02"]
    assert Change.objects.count() == 1


def test_nothing_of_several_files_is_imported_if_one_is_bad(path: Path, tmp_path: Path):
    bad = written(tmp_path / "bad.toml", entry("01", name="Another", slug="another"))

    message = refused("import_toml", path, bad)

    assert f"{bad}, line 2: [01] code: is stated twice" in message
    assert not Pattern.objects.exists()


def test_json_files_have_the_shape_of_the_toml(tmp_path: Path):
    path, document = tmp_path / "catalog.json", entry("01", **RICH)
    path.write_text(json.dumps({"catalog": {"title": "All"}, "items": [document.model_dump(exclude_defaults=True)]}))

    said("import_toml", path)

    assert load_document().header.title == "All"
    assert load_entries() == {"01": document}


def test_csv_files_have_one_row_for_each_entry(tmp_path: Path):
    path, documents = tmp_path / "Catalog.CSV", [entry("01", **RICH), entry("02", description="=1+1")]
    lines = [ENTRY_KEYS, *(entry_cells(document).values() for document in documents)]
    path.write_text("".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in lines))

    said("import_toml", path)

    assert [*load_entries().values()] == documents


@pytest.mark.parametrize("name", ["a.tsv", "a.xlsx", "a.XLSX", "a.csv"])
def test_every_sheet_is_known_by_its_suffix(tmp_path: Path, name: str):
    rows = [["Code", "Slug", "Name", "Description", "Category"], ["01", "saga", "Saga", "It undoes.", "Data"]]
    is_workbook = name.lower().endswith("xlsx")
    path = tmp_path / name
    path.write_bytes(saved(rows) if is_workbook else "\n".join(map("\t".join, rows)).encode())

    said("import_toml", path)

    assert load_entries()["01"].description == "It undoes."


def test_a_name_without_a_suffix_is_toml(tmp_path: Path):
    said("import_toml", written(tmp_path / "catalogue", entry("01")))

    assert [*load_entries()] == ["01"]


@pytest.mark.parametrize("name", ["catalog.yaml", "catalog.md", "catalog.xls", "catalog.toml.bak"])
def test_a_suffix_that_is_no_format_is_refused_with_those_that_are(tmp_path: Path, name: str):
    path = written(tmp_path / name, entry("01"))

    said_so = f"{path}: {path.suffix} is no format of a catalogue; save it as .toml, .json, .csv, .tsv or .xlsx"
    assert said_so in refused("import_toml", path)


def test_if_empty_imports_into_an_empty_catalogue(path: Path):
    said("import_toml", path, if_empty=True)

    assert Pattern.objects.count() == 2


def test_if_empty_leaves_a_catalogue_that_has_any_entry_alone(path: Path):
    make_pattern("09", status="draft")

    assert said("import_toml", path, if_empty=True) == ""
    assert [*load_entries()] == ["09"]


def test_a_category_that_nobody_listed_is_created(path: Path):
    said("import_toml", path)

    assert Category.objects.get().slug == "data-pattern"


def test_entries_that_leave_the_public_catalogue_are_named(path: Path):
    said("import_toml", path)

    text = said("import_toml", edited(path, 'name = "Pattern 02"', 'status = "draft"\nname = "Pattern 02"'))

    assert "Leaving the public catalogue: 02" in text


def test_a_pipe_sees_no_progress_and_no_colours(path: Path, capsys):
    text = said("import_toml", path)

    assert "\x1b" not in text
    assert capsys.readouterr().err == ""


def test_a_rich_entry_is_nothing_to_do_when_it_comes_back(tmp_path: Path):
    make_rich_pattern()
    said("export_toml", tmp_path / "catalog.toml")

    assert "Nothing to do: 1 unchanged." in said("import_toml", tmp_path / "catalog.toml")
    assert Catalog.objects.get().version == 2


def test_the_given_file_arrives_whole():
    said("import_toml", GIVEN)

    assert (Pattern.objects.published().count(), Category.objects.count()) == (12, 8)


def test_a_successor_that_readers_cannot_see_is_said(tmp_path: Path):
    path = written(tmp_path / "a.toml", entry("01", status="retired", replaced_by="02"), entry("02", status="draft"))

    assert "Warning: [01] replaced_by: readers cannot see its successor '02': it is a draft" in said(
        "import_toml", path
    )
