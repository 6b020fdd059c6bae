"""Sheets through the import: what they state is merged, what they leave out stays, what they lost is named."""

from collections.abc import Iterable
from csv import DictReader, DictWriter
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from patterns.files.csv import write_csv
from patterns.files.formats import FORMATS
from patterns.files.sheet import COLUMNS
from patterns.models import Pattern
from patterns.store.edits import delete_entry
from patterns.store.exports import export_all, export_public
from patterns.store.reading import load_document, load_entries
from patterns.tests.commands.terminal import refused, said, written
from patterns.tests.factories import AN_EDITOR, RICH, change_header, change_pattern, entry, import_entries, make_pattern
from patterns.tests.store.fingerprints import entries_by, fingerprint_of_entry

pytestmark = pytest.mark.django_db

FLOW = '[[categories]]\nname = "Flow"\n'
Rows = list[dict[str, str]]


def exported_rows() -> Rows:
    export = export_all()
    text = write_csv(export.document, base=export.base)
    return [*DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))]


def sheet(path: Path, rows: Rows, columns: Iterable[str] = COLUMNS, **how: str) -> Path:
    """The rows as a spreadsheet saves them, with these columns only."""
    text = StringIO(newline="")
    writer = DictWriter(text, [*columns], extrasaction="ignore", **how)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.csv"


@pytest.fixture
def catalogue(db) -> None:
    """Two entries that were born in the admin: no file ever said anything of them."""
    make_pattern("02")
    make_pattern("01", **{**RICH, "relations": [{"type": "uses", "target": "02"}]})
    change_header(title="Mine")


@pytest.mark.usefixtures("catalogue")
def test_an_export_that_comes_back_is_nothing_to_do(path: Path):
    assert said("import_toml", sheet(path, exported_rows())).endswith("Nothing to do: 2 unchanged.\n")


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("how", [{}, {"delimiter": ";"}, {"delimiter": "\t", "lineterminator": "\r\n"}])
def test_one_changed_cell_of_an_entry_born_in_the_admin_is_that_change(path: Path, how: dict[str, str]):
    rows, before = exported_rows(), load_document()
    rows[1]["description"] = "Changed in a sheet."

    text = said("import_toml", sheet(path, rows, **how))

    changed = before.entries["02"].model_copy(update={"description": "Changed in a sheet."})
    assert load_document().entries == {**before.entries, "02": changed}
    assert load_document().header == before.header
    assert text.endswith("1 entry updated; 1 unchanged.\n")


@pytest.mark.usefixtures("catalogue")
def test_the_code_and_the_changed_column_are_enough(path: Path):
    before = load_document()
    path.write_text("Code;Description\n02;Changed in a sheet.\n")

    text = said("import_toml", path, on_conflict="take")

    changed = before.entries["02"].model_copy(update={"description": "Changed in a sheet."})
    assert load_document().entries == {**before.entries, "02": changed}
    assert text.endswith("1 entry updated; 0 unchanged.\n")


@pytest.mark.usefixtures("catalogue")
def test_what_a_sheet_of_few_columns_said_is_the_base_of_the_next_file(path: Path):
    path.write_text("code,description\n02,First.\n")
    said("import_toml", path, on_conflict="take")
    change_pattern(Pattern(code="02"), problem="Ours.")
    path.write_text("code,description\n02,Second.\n")

    said("import_toml", path)

    assert (load_entries()["02"].description, load_entries()["02"].problem) == ("Second.", "Ours.")


@pytest.mark.usefixtures("catalogue")
def test_with_the_base_the_changed_column_is_no_conflict(path: Path):
    rows = exported_rows()
    rows[1]["description"] = "Changed in a sheet."

    said("import_toml", sheet(path, rows, ["code", "slug", "description", "base"]))

    assert entries_by("description")["02"] == "Changed in a sheet."
    assert load_entries()["01"].steps


@pytest.mark.usefixtures("catalogue")
def test_what_an_editor_changed_meanwhile_is_kept_beside_the_sheets_change(path: Path):
    rows = exported_rows()
    change_pattern(Pattern(code="02"), problem="Newer.")
    rows[1]["description"] = "Changed in a sheet."

    text = said("import_toml", sheet(path, rows))

    assert "= [02] Pattern 02: newer here\n    problem: [-Newer.-]" in text
    assert (load_entries()["02"].description, load_entries()["02"].problem) == ("Changed in a sheet.", "Newer.")


@pytest.mark.usefixtures("catalogue")
def test_an_emptied_cell_empties_and_an_absent_column_does_not(path: Path):
    rows = exported_rows()
    rows[0]["aliases"] = ""

    said("import_toml", sheet(path, rows, [one for one in COLUMNS if one != "problem"]))

    now = load_entries()["01"]
    assert (now.aliases, now.problem) == ((), RICH["problem"])


@pytest.mark.usefixtures("catalogue")
def test_a_row_that_was_deleted_is_seen_and_retires_nobody(path: Path):
    first, _, end = exported_rows()

    assert "end.entries: says 2, and the file holds 1" in refused("import_toml", sheet(path, [first, end]))
    assert "1 left out by the file and staying" in said("import_toml", sheet(path, [first, {**end, "slug": "1"}]))
    said("import_toml", path, retire=True)

    assert entries_by("status")["02"] == "retired"


@pytest.mark.usefixtures("catalogue")
def test_a_sheet_that_was_cut_off_is_refused(path: Path):
    assert "as if the file had been cut off" in refused("import_toml", sheet(path, exported_rows()[:-1]))


@pytest.mark.usefixtures("catalogue")
def test_an_old_sheet_restores_what_it_says_and_nothing_else(path: Path):
    rows, before = exported_rows(), load_document()
    change_pattern(Pattern(code="01"), problem="", steps=())
    change_header(title="Newer")

    assert "= [01]" in said("import_toml", sheet(path, rows))
    said("import_toml", path, restore=True)

    assert load_document().entries == before.entries
    assert load_document().header.title == "Newer"


@pytest.mark.usefixtures("catalogue")
def test_zeros_that_a_spreadsheet_ate_are_named_once(path: Path):
    rows = [{**row, "code": row["code"].lstrip("0")} for row in exported_rows()]

    message = refused("import_toml", sheet(path, rows))

    assert "1 problem\n" in message
    assert "the codes 1, 2 have lost their zeros: a spreadsheet took them for numbers" in message


def test_a_new_entry_must_state_its_five_keys(path: Path):
    path.write_text("code,description\n07,It is new.\n")

    message = refused("import_toml", path)

    assert "row 2: [07] name: is missing, and the entry is new" in message
    assert "3 problems" in message


def test_a_new_row_in_an_exported_sheet_is_a_new_entry(path: Path):
    import_entries([entry("01")])
    rows = exported_rows()
    new = {"code": "02", "slug": "new", "name": "New", "description": "It is new.", "category": "Data Pattern"}

    said("import_toml", sheet(path, [rows[0], new, {**rows[1], "slug": "2"}]))

    assert load_entries()["02"].name == "New"


@pytest.mark.usefixtures("catalogue")
def test_a_workbook_comes_back_with_its_change(tmp_path: Path):
    before = load_document()
    book = load_workbook(BytesIO(export_all().written(FORMATS["xlsx"])))
    book.active["D3"] = "Changed in a workbook."
    book.save(tmp_path / "catalog.xlsx")

    said("import_toml", tmp_path / "catalog.xlsx")

    changed = before.entries["02"].model_copy(update={"description": "Changed in a workbook."})
    assert load_document().entries == {**before.entries, "02": changed}
    assert load_document().header == before.header


@pytest.mark.parametrize("suffix", [".yaml", ".md", ".xls", ".ods", ".txt"])
def test_a_format_that_is_not_read_is_refused_by_its_name(tmp_path: Path, suffix: str):
    path = tmp_path / f"catalog{suffix}"
    path.write_text("code,description\n")

    assert "save it as .toml, .json, .csv, .tsv or .xlsx" in refused("import_toml", path)


def test_a_text_that_looks_like_the_code_of_a_character_survives_a_workbook(tmp_path: Path):
    make_pattern("01", description="Say _x0041_ and _x005F_, not _x000D_ or _xyz_.")
    (tmp_path / "catalog.xlsx").write_bytes(export_all().written(FORMATS["xlsx"]))

    assert "Nothing to do" in said("import_toml", tmp_path / "catalog.xlsx")


def test_a_line_end_that_a_spreadsheet_wrote_as_a_code_is_one(tmp_path: Path):
    make_pattern("01", problem="One.\nTwo.")
    book = load_workbook(BytesIO(export_all().written(FORMATS["xlsx"])))
    column = [cell.value for cell in book.active[1]].index("problem") + 1
    book.active.cell(2, column).value = "One._x000D_\nTwo."
    book.save(tmp_path / "catalog.xlsx")

    assert "Nothing to do" in said("import_toml", tmp_path / "catalog.xlsx")


def test_a_file_beside_a_sheet_empties_nothing(tmp_path: Path, path: Path):
    import_entries([entry("01", problem="It hurts."), entry("02", problem="It hurts.")])
    change_header(title="Mine")
    first, _, end = exported_rows()
    beside = written(tmp_path / "beside.toml", entry("02", description="Edited."), header=FLOW)

    said("import_toml", sheet(path, [first, {**end, "slug": "1"}]), beside)

    now = load_document()
    assert (now.header.title, now.entries["02"].problem) == ("Mine", "It hurts.")
    assert (now.entries["02"].description, {*now.categories}) == ("Edited.", {"data-pattern", "flow"})


@pytest.mark.usefixtures("catalogue")
def test_a_row_of_a_draft_that_was_deleted_here_is_listed(path: Path):
    make_pattern("03", status="draft")
    rows = exported_rows()
    delete_entry("03", opened=fingerprint_of_entry("03"), by=AN_EDITOR)

    text = said("import_toml", sheet(path, rows, ["code", "description", "base", "slug"]))

    assert "= [03] Pattern 03: deleted here" in text


def test_what_a_page_for_readers_cannot_show_is_not_emptied_by_its_sheet(path: Path):
    make_pattern("02", status="draft")
    make_pattern("01", replaced_by="02", relations=[{"type": "uses", "target": "02"}])
    export = export_public()
    path.write_text(write_csv(export.document, partial=True))

    assert "Nothing to do: 1 unchanged." in said("import_toml", path)
