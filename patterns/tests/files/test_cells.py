import json
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from patterns.document.catalog import Document
from patterns.document.entry import ENTRY_KEYS, Entry
from patterns.document.problems import Unreadable
from patterns.files.csv import write_csv
from patterns.files.reader import Upload, read_files
from patterns.files.sheet import COLUMNS, entry_cells, guarded, is_decoded_wrongly, raw_cell, sheet_rows, unguarded
from patterns.files.toml import write_toml
from patterns.tests.document.documents import RICH, document, entry
from patterns.tests.strategies import documents

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''-1", "==1"]
TEXTS = ["", "'", "'quoted'", "x=1", "saga", "1-1", "'x"]
BASE = "k3xq7w:42:1a2b3c4d"


def cells_of(one: Entry) -> dict[str, str]:
    """The row as exports write it."""
    return {key: guarded(cell) for key, cell in entry_cells(one).items()}


def looks_decoded_wrongly(whole: Document) -> bool:
    """Whether a document holds what sheets are refused for; it can be imported as TOML."""
    return any(is_decoded_wrongly(text) for one in whole.entries.values() for text in entry_cells(one).values())


def written(whole: Document, **about: object) -> list[list[str]]:
    return [*sheet_rows(whole, **about)]


def read_back(whole: Document, **about: object) -> Document:
    return read_files([Upload("a.csv", "csv", write_csv(whole, **about).encode())]).document


@settings(max_examples=30, deadline=None)
@given(documents())
def test_a_row_is_read_back_as_its_entry(whole: Document):
    for one in whole.entries.values():
        cells = {key: text for key, text in cells_of(one).items() if text}
        assert Entry.model_validate({key: raw_cell(key, text) for key, text in cells.items()}) == one


@settings(max_examples=20, deadline=None)
@given(documents())
def test_a_csv_file_is_read_back_beside_the_categories(whole: Document):
    assume(not looks_decoded_wrongly(whole))
    shelves = write_toml(replace(whole, entries={})).encode()

    again = read_files([Upload("a.toml", "toml", shelves), Upload("a.csv", "csv", write_csv(whole).encode())]).document

    assert again.entries == whole.entries


@settings(max_examples=30, deadline=None)
@given(documents())
def test_no_cell_is_a_formula(whole: Document):
    for one in whole.entries.values():
        assert not [cell for cell in cells_of(one).values() if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe(text: str):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_left_alone(text: str):
    assert guarded(text) == text


def test_the_apostrophe_is_left_to_what_writes_the_file():
    assert entry_cells(entry(problem="=1"))["problem"] == "=1"


@settings(max_examples=200, deadline=None)
@given(st.text("'=+-@\t\rx", max_size=8))
def test_the_apostrophe_is_taken_off_again(text: str):
    assert unguarded(guarded(text)) == text


def test_a_row_has_every_key_in_order():
    assert tuple(entry_cells(entry())) == ENTRY_KEYS


def test_tables_are_json_and_empty_ones_are_empty_cells():
    cells = entry_cells(entry(origin={"who": "É"}))

    assert json.loads(cells["origin"]) == {"who": "É", "year": None, "url": ""}
    assert (cells["steps"], cells["aliases"], cells["status"]) == ("", "", "published")


@pytest.mark.parametrize(
    ("items", "cell"),
    [
        (["École", 'a "b"'], 'École\na "b"'),
        (["=1", "'x"], '["=1", "\'x"]'),
        (["x", "=1"], "x\n=1"),
        (["[one]"], '["[one]"]'),
        (["one", "[two]"], "one\n[two]"),
        (["two\nlines", "x"], '["two\\nlines", "x"]'),
    ],
)
def test_plain_lists_are_one_item_a_line_unless_that_reads_otherwise(items: list[str], cell: str):
    one = entry(use_when=items)

    assert entry_cells(one)["use_when"] == cell
    assert raw_cell("use_when", guarded(cell)) == items


@pytest.mark.parametrize("text", ["a\n\nb", "a\r\nb\r\n", "\ra\rb", '["a", "b"]', ' ["a",\n"b"]'])
def test_a_list_is_read_past_blank_lines_and_as_json(text: str):
    assert raw_cell("aliases", text) == ["a", "b"]


@pytest.mark.parametrize(("key", "value"), [("problem", ""), ("steps", []), ("origin", {}), ("aliases", [])])
def test_an_empty_cell_states_an_empty_value(key: str, value: object):
    assert raw_cell(key, "") == value


@pytest.mark.parametrize(("key", "hint"), [("steps", "leave the cell empty"), ("aliases", "one item a line")])
def test_a_cell_that_is_not_json_is_refused_by_name(key: str, hint: str):
    with pytest.raises(Unreadable, match=f"the cell '{key}' is not JSON") as caught:
        raw_cell(key, "[{")

    assert hint in caught.value.hint


def test_a_csv_file_with_every_key_is_read_back():
    whole = document(entry("01", **RICH), entry("99"))

    assert read_back(whole).entries == whole.entries


def test_the_longest_lists_fit_into_a_cell():
    longest = {
        "quality": "cost",
        "sign": "cost",
        "text": '"' * 1_000,
        "evidence": [f"{number}" + "\\" * 119 for number in range(8)],
    }
    whole = document(entry(consequences=[longest] * 60))

    assert read_back(whole).entries == whole.entries


def test_a_csv_file_begins_as_excel_knows_utf_8():
    assert write_csv(document()).encode().startswith(b"\xef\xbb\xbfcode,slug,")


def test_a_whole_export_has_its_base_in_each_row_and_ends_in_the_number_of_entries():
    header, *rows, end = written(document(entry("01"), entry("02")), base=BASE)

    assert tuple(header) == COLUMNS
    assert [one[-1] for one in rows] == [BASE, BASE]
    assert (end[:2], {*end[2:-1]}, end[-1]) == (["[end]", "2"], {""}, BASE)


def test_a_part_says_so_in_each_row():
    header, *rows = written(document(entry("01"), entry("02")), partial=True)

    assert tuple(header) == COLUMNS
    assert [(one[0], one[-1]) for one in rows] == [("01", "partial"), ("02", "partial"), ("[end]", "partial")]


def test_what_is_no_export_has_the_keys_only():
    assert [*map(len, written(document(entry())))] == [len(ENTRY_KEYS)] * 2


def test_a_list_that_begins_like_a_formula_is_json_so_that_a_line_may_be_typed_above_it():
    cells = entry_cells(entry(use_when=["- a dash", "another"]))

    assert cells["use_when"] == '["- a dash", "another"]'
    assert raw_cell("use_when", guarded(cells["use_when"])) == ["- a dash", "another"]
