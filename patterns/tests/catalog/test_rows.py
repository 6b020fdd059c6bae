import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.catalog.entry import ENTRY_KEYS, Document, Entry
from patterns.catalog.problems import Unreadable
from patterns.catalog.reader import Upload, read
from patterns.catalog.rows import guarded, raw_row, row, unguarded
from patterns.catalog.writer import write
from patterns.tests.catalog.documents import RICH, document, entry
from patterns.tests.strategies import documents

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''-1", "==1"]
TEXTS = ["", "'", "'quoted'", "x=1", "saga", "1-1", "'x"]


def cells_of(one: Entry) -> dict[str, str]:
    """The row as exports write it."""
    return {key: guarded(cell) for key, cell in row(one).items()}


def as_csv(whole: Document) -> bytes:
    """The file that a spreadsheet would save."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ENTRY_KEYS)
    writer.writeheader()
    writer.writerows(cells_of(one) for one in whole.entries.values())
    return text.getvalue().encode()


@settings(max_examples=30, deadline=None)
@given(documents())
def test_a_row_is_read_back_as_its_entry(whole: Document):
    for one in whole.entries.values():
        assert Entry.model_validate(raw_row(cells_of(one))) == one


@settings(max_examples=20, deadline=None)
@given(documents())
def test_a_csv_file_is_read_back_beside_the_categories(whole: Document):
    shelves = write(replace(whole, entries={})).encode()

    again = read([Upload("a.toml", "toml", shelves), Upload("a.csv", "csv", as_csv(whole))]).document

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
    assert row(entry(problem="=1"))["problem"] == "=1"


@settings(max_examples=200, deadline=None)
@given(st.text("'=+-@\t\rx", max_size=8))
def test_the_apostrophe_is_taken_off_again(text: str):
    assert unguarded(guarded(text)) == text


def test_a_row_has_every_key_in_order():
    assert tuple(row(entry())) == ENTRY_KEYS


def test_lists_are_json_and_empty_ones_are_empty_cells():
    cells = row(entry(aliases=["École", 'a "b"']))

    assert cells["aliases"] == '["École", "a \\"b\\""]'
    assert (cells["steps"], cells["origin"], cells["status"]) == ("", "", "published")


def test_an_empty_cell_states_an_empty_value():
    assert raw_row({"problem": "", "steps": " ", "origin": ""}) == {"problem": "", "steps": [], "origin": {}}


def test_an_empty_kind_or_status_states_nothing():
    assert raw_row({"kind": "", "status": ""}) == {}


def test_a_cell_that_is_not_json_is_refused_by_name():
    with pytest.raises(Unreadable, match="the cell 'steps' is not JSON"):
        raw_row({"steps": "[{"})


def test_a_csv_file_with_every_key_is_read_back():
    whole = document(entry("01", **RICH), entry("99"))

    again = read([Upload("a.csv", "csv", as_csv(whole))]).document

    assert again.entries == whole.entries


def test_the_longest_lists_fit_into_a_cell():
    longest = {"quality": "cost", "sign": "cost", "text": '"' * 1_000, "evidence": "\\" * 1_000}
    whole = document(entry(consequences=[longest] * 60))

    assert read([Upload("a.csv", "csv", as_csv(whole))]).document.entries == whole.entries
