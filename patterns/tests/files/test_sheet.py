"""What a sheet states: its columns by name, past all that a spreadsheet adds, and what it says of itself."""

import pytest

from patterns.document.catalog import CatalogFile
from patterns.files.csv import write_csv
from patterns.files.reader import Upload, read_files
from patterns.files.toml import entry_block, write_toml
from patterns.tests.document.documents import document, entry, refusal, refused
from patterns.tests.files.test_cells import BASE

GIVEN = "code,slug,name,description,category"
ROW = "01,saga,Saga,D,Data"


def read_sheet(*lines: str) -> CatalogFile:
    return read_files([Upload("a.csv", "csv", "\n".join([*lines, ""]).encode())])


def stated(*lines: str) -> dict[str, object]:
    """What the only row of a sheet states."""
    (one,) = read_sheet(*lines).document.entries.values()
    return {key: getattr(one, key) for key in one.model_fields_set}


# columns


@pytest.mark.parametrize("name", ["use_when", "Use when", " USE-WHEN ", "use  when", "Use_When"])
def test_a_column_is_known_by_its_name_whatever_its_case_and_blanks(name: str):
    assert stated(f"Code,{name}", "01,late") == {"code": "01", "use_when": ("late",)}


def test_an_unknown_column_is_one_problem_however_many_rows_there_are():
    problem = refusal("\n".join(["code,descripton", *(f"{row},x" for row in range(1_001))]), format="csv")

    assert str(problem) == "bad.csv, row 1: descripton: unknown key 'descripton'; did you mean 'description'?"


def test_every_problem_of_the_header_is_told_with_those_of_the_rows():
    problems = [str(one) for one in refused("code,foo,bar,code,slug\n01,x,y,01,B B\n", format="csv")]

    assert [one.partition(";")[0] for one in problems] == [
        "bad.csv, row 1: names the column 'code' twice",
        "bad.csv, row 1: foo: unknown key 'foo'",
        "bad.csv, row 1: bar: unknown key 'bar'",
        "bad.csv, row 2: [01] slug: 'B B' is not a slug",
    ]


def test_blank_rows_and_columns_and_delimiters_at_the_end_state_nothing():
    assert stated(",,,,", "code,,problem,,", ",,,,", '01," ",It hurts.,,', "", " ,,,,") == {
        "code": "01",
        "problem": "It hurts.",
    }


def test_a_column_without_a_name_that_holds_something_is_one_problem():
    problem = refusal("code,,problem\n01,,x\n02,note,x\n03,more,x\n", format="csv")

    assert (problem.place, problem.hint) == ("row 3", "name the column in the first row, or empty it")
    assert problem.message == "holds 'note' in a column without a name, and 1 more like it"


def test_cells_beyond_the_header_are_one_problem():
    problem = refusal("code,problem\n01,x,,\n02,x,y\n03,x,y,z\n", format="csv")

    assert (problem.place, problem.message) == ("row 3", "has 3 cells where the header has 2, and 1 more like it")


# rows


def test_the_code_and_the_changed_columns_are_enough():
    file = read_sheet("code,problem", "01,It hurts.")

    assert file.document.entries["01"].model_fields_set == {"code", "problem"}
    assert (file.document.categories, file.sheet_codes) == ({}, frozenset({"01"}))


def test_given_keys_that_are_not_stated_are_blank_and_claimed_by_nobody():
    entries = read_sheet("code,problem", "01,a", "02,b").document.entries

    assert {getattr(one, key) for one in entries.values() for key in ("slug", "name", "description", "category")} == {
        ""
    }


def test_given_keys_that_are_stated_twice_are_refused_as_in_any_file():
    assert refusal("code,slug\n01,a\n02,a\n", format="csv").message == "is that of '01' too"


def test_a_stated_category_is_found_or_made():
    assert [*read_sheet("code,category", "01,Data", "02,Data").document.categories] == ["data"]


def test_every_stated_cell_is_checked_with_its_row_and_key():
    problems = refused("code,slug,status,steps\n01,A,open,[{\n02,b,,7\n,c,,\n", format="csv")

    assert [(one.place, one.key) for one in problems] == [
        ("row 2", ""),
        ("row 2", "slug"),
        ("row 2", "status"),
        ("row 3", "steps"),
        ("row 4", "code"),
    ]


def test_only_what_the_export_itself_states_is_stated_in_full():
    row = Upload("a.csv", "csv", b"code\n01\n")
    export = Upload("b.toml", "toml", write_toml(document(entry("02")), base="k3xq7w:42").encode())
    beside = Upload("c.toml", "toml", entry_block(entry("03")).encode())

    assert read_files([export]).loose == set()
    assert read_files([beside]).loose == set()
    assert read_files([row, export, beside]).loose == {("entry", "01"), ("entry", "03")}


def test_a_whole_sheet_states_neither_the_header_nor_absent_columns_in_full():
    text = write_csv(document(entry("01")), base="k3xq7w:42")

    assert read_files([Upload("a.csv", "csv", text.encode())]).loose == {("header", ""), ("entry", "01")}


def test_an_empty_cell_clears_and_a_missing_one_states_nothing():
    assert stated("code,problem,solution,aliases", "01,,Do.") == {"code": "01", "problem": "", "solution": "Do."}


def test_an_empty_kind_or_status_states_nothing():
    assert stated("code,kind,status", "01,,") == {"code": "01"}


def test_an_empty_concern_clears_it():
    assert stated("code,concern", "01,") == {"code": "01", "concern": ""}


@pytest.mark.parametrize("key", ["slug", "name", "description", "category"])
def test_an_empty_cell_of_a_given_key_is_refused(key: str):
    assert refusal(f"code,{key}\n01,\n", format="csv").message == "is blank"


def test_a_row_without_its_code_is_refused():
    problem = refusal("slug,code\nsaga\n", format="csv")

    assert (problem.place, problem.key, problem.message) == ("row 2", "code", "is missing")


def test_other_formats_need_the_given_keys_still():
    assert [one.key for one in refused('{"items": [{"code": "01", "slug": "a"}]}', format="json")] == [
        "name",
        "description",
        "category",
    ]


# what a sheet says of itself


def test_the_end_stands_wherever_sorting_took_it():
    file = read_sheet(f"{GIVEN},base", f"[end],1,,,,{BASE}", f"{ROW},{BASE}")

    assert (file.base, [*file.document.entries]) == (BASE, ["01"])


def test_the_end_counts_the_entries():
    problem = refusal(f"{GIVEN},base\n{ROW},{BASE}\n[end],12,,,,{BASE}\n", format="csv")

    assert (problem.place, problem.message) == ("row 3", "says 12, and the file holds 1")


@pytest.mark.parametrize("count", ["many", "", "-1", "1e9", "9" * 5_000])
def test_an_end_that_says_no_number_is_refused(count: str):
    problem = refusal(f"code,slug,base\n[end],{count},{BASE}\n", format="csv")

    assert (problem.place, problem.key, problem.hint) == ("row 2", "entries", "write a whole number")


def test_an_end_without_the_column_of_its_number_is_an_end():
    file = read_sheet("code,problem,base", f"01,x,{BASE}", f"[end],,{BASE}")

    assert (file.base, [*file.document.entries]) == (BASE, ["01"])


def test_rows_that_were_added_need_no_base():
    file = read_sheet(f"{GIVEN},base", f"{ROW},{BASE}", "02,b,B,D,Data,", f"[end],2,,,,{BASE}")

    assert (file.base, len(file.document.entries)) == (BASE, 2)


def test_a_part_needs_its_end_too():
    rows = ("code,problem,base", "01,x,partial", "02,y,")

    file = read_sheet(*rows, "[end],,partial")

    assert (file.partial, file.base, len(file.document.entries)) == (True, "", 2)
    assert "as if the file had been cut off" in str(refusal("\n".join(rows), format="csv"))


def test_two_bases_are_one_problem():
    problem = refusal(f"code,base\n01,{BASE}\n02,partial\n03,partial\n[end],{BASE}\n", format="csv")

    assert (problem.place, problem.message) == ("row 3", f"the column 'base' says both '{BASE}' and 'partial'")


def test_what_is_no_base_is_refused():
    assert "is not a base as exports write it" in str(refusal("code,base\n01,yes\n[end],\n", format="csv"))


@pytest.mark.parametrize("rows", ["", "01,x,\n", f"01,x,{BASE}\n"])
def test_a_column_base_without_an_end_is_refused_as_cut_off(rows: str):
    assert "as if the file had been cut off" in refusal(f"code,problem,base\n{rows}", format="csv").message


@pytest.mark.parametrize("row", ["01", "01,x", "[end]"])
def test_a_row_without_its_end_is_refused_as_cut_off(row: str):
    assert "cells, as if the file had been cut off" in refusal(f"code,problem,base\n{row}\n", format="csv").message


# text decoded wrongly


def test_text_decoded_wrongly_is_one_sentence_with_its_number_first_place_and_mending():
    text = f"{GIVEN},problem\n01,saga,faÃ§ade,D,Data,x\n02,b,B,itâ€™s,Data,Â°C\n"

    assert str(refusal(text, format="csv")) == (
        "bad.csv, row 2, column 'name': 3 cells hold text that was decoded wrongly, like 'faÃ§ade' for 'façade'; "
        "open the file you began with as UTF-8 (in Excel: Data, From Text/CSV) and repeat the change; "
        "a text that is meant like this can be imported as TOML"
    )


@pytest.mark.parametrize(
    "text",
    [
        "façade",
        "“x” \u2013 y → z",
        "C\u2019est l\u2019été à Åre",
        "日本",
        "Ω ≈ π",
        "Ã",
        "10 °C",
        "naïve 🌀",
        "costs 5 ¤¥",
        "see ¬¶§",
    ],
)
def test_text_that_is_right_is_left_alone(text: str):
    assert stated("code,problem", f"01,{text}") == {"code": "01", "problem": text}


def test_toml_may_say_it():
    whole = document(entry(problem="faÃ§ade"))

    assert read_files([Upload("a.toml", "toml", write_toml(whole).encode())]).document.entries == whole.entries
