"""Workbooks are read as the sheet that a person sees."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl.reader.strings import read_string_table

from patterns.document.catalog import CatalogFile
from patterns.document.entry import Entry
from patterns.files.reader import Upload, read_files
from patterns.files.sheet import sheet_rows
from patterns.files.xlsx_child import strings_in
from patterns.tests.document.documents import RICH, document, entry, refusal
from patterns.tests.files.workbooks import saved

BASE = "k3xq7w:42:1a2b3c4d"


def read_workbook(data: bytes) -> CatalogFile:
    return read_files([Upload("a.xlsx", "xlsx", data)])


def only_entry(header: list[str], cells: list[object], **about: dict[str, str]) -> Entry:
    (one,) = read_workbook(saved([header, cells], **about)).document.entries.values()
    return one


def test_a_workbook_is_read_back_as_its_document():
    whole = document(entry("01", **RICH), entry("02", problem="=1\n+1", use_when=["[x]", "a\nb"]), entry("99"))

    file = read_workbook(saved(sheet_rows(whole, base=BASE)))

    assert file.document.entries == whole.entries
    assert (file.base, file.partial, file.sheet_codes) == (BASE, False, frozenset({"01", "02", "99"}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (1.5, "1.5"),
        (-3, "-3"),
        (1e20, "100000000000000000000"),
        (True, "TRUE"),
        (date(2024, 5, 1), "2024-05-01"),
        (datetime(2024, 5, 1, 8, 30), "2024-05-01 08:30:00"),
        ("01", "01"),
        ("  x  ", "x"),
        ("a\nb", "a\nb"),
    ],
)
def test_a_value_is_the_text_that_a_person_sees(value: object, text: str):
    assert only_entry(["code", "problem"], ["01", value]).problem == text


@pytest.mark.parametrize(("format", "code"), [("00", "07"), ("0000", "0007"), ("General", "7"), ("0.00", "7")])
def test_a_number_has_the_zeros_that_its_format_shows(format: str, code: str):
    assert only_entry(["code", "problem"], [7, "x"], formats={"A2": format}).code == code


def test_an_empty_cell_clears_at_the_end_of_a_row_too():
    rows = [["code", "problem", "solution"], ["01", "It hurts.", None], ["02", "It hurts.", "Do."]]

    entries = read_workbook(saved(rows)).document.entries

    assert (entries["01"].solution, entries["02"].solution) == ("", "Do.")
    assert entries["01"].model_fields_set == {"code", "problem", "solution"}


def test_blank_rows_and_columns_are_passed_over_and_rows_are_counted_as_they_stand():
    rows = [[], [None, "Code", None, "Slug"], [], [None, "01", " ", "a"], ["", "02", None, "B B"]]

    assert refusal(saved(rows), format="xlsx").place == "row 5"


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("https://evil.example")', "=B2"])
def test_a_formula_is_refused_by_its_address(formula: str):
    problem = refusal(saved([["code", "problem"], ["01", "x"], ["02", formula]]), format="xlsx")

    assert (problem.message, problem.hint) == ("B3 holds a formula", "paste its value")


def test_many_formulas_are_one_problem():
    problem = refusal(saved([["code", "problem"], *(["01", "=1"] for _ in range(9))]), format="xlsx")

    assert problem.message == "B2 holds a formula, and so do 8 more cells"


def test_text_decoded_wrongly_is_refused_in_a_workbook_too():
    problem = refusal(saved([["code", "problem"], ["01", "faÃ§ade"]]), format="xlsx")

    assert (problem.place, problem.message[:39]) == (
        "row 2, column 'problem'",
        "1 cell holds text that was decoded wron",
    )


def test_every_other_problem_has_its_row():
    problem = refusal(saved([["code", "slug"], ["01", "A"], ["02", "b"]]), format="xlsx")

    assert (problem.file, problem.place, problem.code, problem.key) == ("bad.xlsx", "row 2", "01", "slug")


def test_shared_texts_are_those_that_the_library_reads():
    items = (
        '<si><t xml:space="preserve"> a </t></si><si><t/></si><si/><si><t>_x005F_x000D_</t></si>'
        "<si><r><rPr><b/></rPr><t>x</t></r><r><t>y</t></r></si><si><t>k</t><rPh sb='0' eb='1'><t>said so</t></rPh></si>"
    )
    table = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'.encode()

    assert strings_in(BytesIO(table)) == read_string_table(BytesIO(table)) == [" a ", "", "", "_x000D_", "xy", "k"]
