"""What programs do to a sheet: files that LibreOffice saved, and files as Excel saves them (data/sheets/README.md)."""

from dataclasses import replace
from pathlib import Path

import pytest

from patterns.document.catalog import CatalogFile, Document
from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.files.reader import Upload, read_files
from patterns.store.imports import losses
from patterns.tests.document.documents import DATA, document, entry

SHEETS = DATA / "sheets"
ZEROS = "the codes 1, 2, 3, 4, 5, 6, 7, 8, 9 have lost their zeros: a spreadsheet took them for numbers"
CHANGED = "Changed in a spreadsheet."


def read_sheet(path: Path) -> CatalogFile:
    return read_files([Upload(path.name, "xlsx" if path.suffix == ".xlsx" else "csv", path.read_bytes())])


def rows(*lines: str, encoding: str = "utf-8") -> CatalogFile:
    return read_files([Upload("a.csv", "csv", "\n".join(lines).encode(encoding))])


@pytest.fixture(scope="module")
def ours() -> Document:
    return read_sheet(SHEETS / "exported.csv").document


@pytest.mark.parametrize(
    "name",
    [
        *("libreoffice-text.csv", "libreoffice-western.csv", "libreoffice.xlsx"),
        *("excel-utf-8.csv", "excel-western.csv", "excel-sep.csv", "excel-few.csv"),
    ],
)
def test_a_sheet_that_was_saved_by_a_program_states_its_one_change(name: str, ours: Document):
    file = read_sheet(SHEETS / name)

    differing = {
        (code, key): getattr(one, key)
        for code, one in file.document.entries.items()
        for key in one.model_fields_set
        if getattr(one, key) != getattr(ours.entries[code], key)
    }
    assert differing == {("06", "description"): CHANGED}
    assert losses(file, ours) == []


@pytest.mark.parametrize(
    "name",
    ["libreoffice-text.csv", "libreoffice-western.csv", "libreoffice.xlsx", "libreoffice.csv", "excel-western.csv"],
)
def test_a_sheet_that_was_saved_by_a_program_is_a_whole_export_still(name: str):
    file = read_sheet(SHEETS / name)

    assert (file.base, file.partial) == ("pw9nnv64:1:bce70a62", False)


@pytest.mark.parametrize("name", ["libreoffice.csv", "excel-zeros.csv"])
def test_zeros_that_a_program_took_are_one_problem(name: str, ours: Document):
    (problem,) = losses(read_sheet(SHEETS / name), ours)

    assert (problem.file, problem.place, problem.message) == (name, "row 2", ZEROS)
    assert problem.hint == "format the column as text and write 01 again, or edit the XLSX, which keeps them"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("libreoffice-wrong.csv", "libreoffice-wrong.csv, row 3, column 'references': 8 cells hold text that was dec"),
        ("excel-wrong.csv", "excel-wrong.csv, row 3, column 'references': 3 cells hold text that was decoded wrongly"),
        ("excel-unicode.txt", "excel-unicode.txt, line 1: is not UTF-8 (byte 0xFF); save it as UTF-8 (in Excel: CSV"),
    ],
)
def test_a_wrong_encoding_is_one_problem(name: str, said: str):
    with pytest.raises(InvalidCatalog) as caught:
        read_sheet(SHEETS / name)

    assert str(caught.value).startswith(said)
    assert len(caught.value.problems) == 1


# zeros

CATALOGUE = document(entry("01", slug="saga", name="Saga"), entry("10"), entry("007"), entry("07"))


@pytest.mark.parametrize("row", ["code\n1", "code,slug\n1,saga", "code,name\n1,SAGA", "code,slug,name\n1,new,Saga"])
def test_a_code_without_its_zeros_is_named(row: str):
    (problem,) = losses(rows(row), CATALOGUE)

    assert problem.message == "the code 1 has lost its zeros: a spreadsheet took it for a number"
    assert problem.place == "row 2"


@pytest.mark.parametrize("row", ["code\n10", "code\n2", "code,slug\n1,new", "code,slug,name\n1,new,New", "code\n7"])
def test_a_code_that_may_be_meant_is_left_alone(row: str):
    assert losses(rows(row), CATALOGUE) == []


def test_other_formats_lose_no_zeros():
    data = b'{"items": [{"code": "1", "slug": "saga", "name": "N", "description": "D", "category": "Data"}]}'

    assert losses(read_files([Upload("a.json", "json", data)]), CATALOGUE) == []


# characters


def arrows(text: str = "a → b") -> Document:
    return document(entry("01", problem=text, aliases=["x ≥ y"]), entry("02", problem=text))


def test_texts_that_the_code_page_cannot_hold_are_counted_and_the_first_is_named():
    file = rows("code;problem;aliases", "01;ça ? b;x ? y", "02;a ? b;x", encoding="cp1252")

    (problem,) = losses(file, arrows())

    assert (problem.code, problem.key, problem.place) == ("01", "aliases", "row 2")
    assert problem.message == "3 texts have, this one first, lost characters on the way through a spreadsheet, like '≥'"
    assert "save it as CSV UTF-8 or XLSX" in problem.hint


def test_a_text_that_is_not_stated_loses_nothing():
    assert losses(rows("code;description", "01;ça", encoding="cp1252"), arrows()) == []


def test_a_text_with_only_question_marks_left_was_lost_whatever_the_encoding():
    (problem,) = losses(rows("code,problem", "01,a ? b", "02,quite another text"), arrows())

    assert problem.message == "1 text has lost characters on the way through a spreadsheet, like '→'"


@pytest.mark.parametrize("text", ["One ? two.", "One ? two, edited."])
def test_what_the_code_page_could_not_hold_is_named_whether_the_text_was_edited_or_not(ours: Document, text: str):
    changed = with_problem(ours, "One → two.")

    (problem,) = losses(western(f"code;problem\n06;{text} Façade.\n"), changed)

    assert (problem.code, problem.key) == ("06", "problem")


@pytest.mark.parametrize("text", ["One to two. Façade.", "What it was before. Façade."])
def test_a_text_of_the_code_page_that_lost_nothing_is_not_accused(ours: Document, text: str):
    assert losses(western(f"code;problem\n06;{text}\n"), with_problem(ours, "One → two.")) == []


def with_problem(ours: Document, text: str) -> Document:
    return replace(ours, entries={**ours.entries, "06": with_values(ours.entries["06"], {"problem": text})})


def western(text: str) -> CatalogFile:
    return read_files([Upload("western.csv", "csv", text.encode("cp1252"))])
