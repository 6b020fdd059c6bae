"""A truncated TOML file is a valid one, so exports end in how much they hold: what is cut off is refused.

Sheets of a part have no end: what is left of one is whole rows, and says nothing of the others.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.document.problems import InvalidCatalog
from patterns.files.csv import write_csv
from patterns.files.json import write_json
from patterns.files.reader import Upload, read_files
from patterns.files.toml import entry_block, write_toml
from patterns.tests.document.documents import DATA, RICH, document, entry, refusal
from patterns.tests.strategies import documents

WHOLE = document(entry("01", **RICH), entry("02", problem="It hurts."), entry("99"))
BASE = "k3xq7w:42"
ABOUT = [{"base": BASE}, {"partial": True}]


def is_refused(data: bytes, format: str) -> bool:
    try:
        read_files([Upload(f"cut.{format}", format, data)])
    except InvalidCatalog:
        return True
    return False


def says_nothing(data: bytes, format: str) -> bool:
    """Whether a file is read, and states no entry: a header is cut before it names what it is from."""
    return not read_files([Upload(f"cut.{format}", format, data)]).document.entries


@pytest.mark.parametrize("about", ABOUT)
def test_an_export_ends_in_the_number_of_its_entries(about):
    assert write_toml(WHOLE, **about).endswith("\n\n[end]\nentries = 3\n")
    assert json.loads(write_json(WHOLE, **about))["end"] == {"entries": 3}


def test_a_file_that_is_no_export_needs_no_end():
    assert "[end]" not in write_toml(WHOLE)
    assert read_files([Upload("a.toml", "toml", write_toml(WHOLE).encode())]).document.entries == WHOLE.entries


@pytest.mark.parametrize("about", ABOUT)
def test_a_cut_at_any_line_end_is_refused(about):
    lines = write_toml(WHOLE, **about).splitlines(keepends=True)

    for count in range(len(lines)):
        cut = "".join(lines[:count]).encode()
        assert is_refused(cut, "toml") or says_nothing(cut, "toml"), cut[-100:]


@settings(max_examples=60, deadline=None)
@given(documents(), st.data())
def test_a_cut_at_any_byte_is_refused(whole, data):
    for format, writer in (("toml", write_toml), ("json", write_json)):
        text = writer(whole, base=BASE).encode().rstrip()
        cut = text[: data.draw(st.integers(0, len(text) - 1))]
        assert is_refused(cut, format) or says_nothing(cut, format), cut[-100:]


def test_a_cut_says_what_is_missing_and_what_to_do():
    text = write_toml(WHOLE, base=BASE)

    problem = str(refusal(text[: text.index('name = "Entry 02"')]))

    assert problem == (
        "bad.toml: end: is missing, as if the file had been cut off; "
        "export it again; if nothing is missing, end the file with [end] and entries = 2"
    )


@pytest.mark.parametrize("number", [0, 2, 4])
def test_another_number_of_entries_than_the_end_says_is_refused(number: int):
    problem = str(refusal(write_toml(WHOLE, base=BASE).replace("entries = 3", f"entries = {number}")))

    assert f"end.entries: says {number}, and the file holds 3; export it again if it was cut off; mend" in problem
    assert problem.startswith("bad.toml, line ")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("[end]\n", "entries: is missing; add it"),
        ('[end]\nentries = "3"\n', "write a whole number"),
        ("[end]\nentries = -1\n", "is -1"),
        ("[end]\nentries = true\n", "is true; write a whole number"),
        ("[end]\nentries = 3\nitems = 3\n", "unknown key 'items'"),
        ("[[end]]\nentries = 3\n", "is a list; write a table"),
    ],
)
def test_an_end_that_says_no_number_is_refused(end: str, said: str):
    text = write_toml(WHOLE, base=BASE)

    assert said in str(refusal(text[: text.index("[end]")] + end))


def test_an_end_is_counted_in_a_file_of_the_given_keys_too():
    given = (DATA / "items.toml").read_text()

    assert not is_refused(f"{given}\n[end]\nentries = 12\n".encode(), "toml")
    assert is_refused(f"{given}\n[end]\nentries = 13\n".encode(), "toml")


def test_each_of_several_files_has_an_end_of_its_own():
    first, second = write_toml(document(entry("01")), base=BASE), entry_block(entry("02"))

    both = read_files([Upload("a.toml", "toml", first.encode()), Upload("b.toml", "toml", second.encode())])

    assert [*both.document.entries] == ["01", "02"]


def test_both_halves_of_a_split_export_are_refused():
    text = write_toml(WHOLE, base=BASE)
    middle = text.index('[[items]]\ncode = "02"')

    assert is_refused(text[:middle].encode(), "toml")
    assert is_refused(text[middle:].encode(), "toml")


# Sheets

MULTILINE = document(
    entry("01", **RICH), entry("02", problem='One "line",\nand another; ç.', use_when=["a\nb"]), entry("99")
)
OURS = MULTILINE.entries


def left_of(cut: bytes) -> dict[str, object] | None:
    """The entries that a cut sheet states, none if it is refused."""
    try:
        return dict(read_files([Upload("cut.csv", "csv", cut)]).document.entries)
    except InvalidCatalog:
        return None


@pytest.mark.parametrize("about", ABOUT)
def test_a_cut_sheet_is_refused_at_any_byte_unless_nothing_is_lost(about):
    data = write_csv(MULTILINE, **about).encode()
    end = data.rindex(b"," * 10)

    left = [left_of(data[:count]) for count in range(len(data))]

    assert all(one in (None, {}) for one in left[:end])
    assert all(one in (None, OURS) for one in left[end:])
    assert left[-1] == OURS


@settings(max_examples=60, deadline=None)
@given(documents(), st.sampled_from(ABOUT), st.data())
def test_a_cut_sheet_states_nothing_that_was_not_there(whole, about, data):
    text = write_csv(whole, **about).encode()
    left = left_of(text[: data.draw(st.integers(0, len(text)))]) or {}

    assert [*left.values()] == [whole.entries[code] for code in left]
    assert len(left) in (0, len(whole.entries))


def test_a_cut_of_the_kept_export_at_any_line_end_is_refused():
    lines = (DATA / "sheets" / "exported.csv").read_bytes().splitlines(keepends=True)

    assert [left_of(b"".join(lines[:count])) for count in range(1, len(lines))] == [None] * (len(lines) - 1)
    assert len(left_of(b"".join(lines)) or ()) == 12


def test_a_cut_sheet_says_what_is_missing_and_what_to_do():
    rows = write_csv(WHOLE, base=BASE).splitlines(keepends=True)

    assert str(refusal("".join(rows[:3]), format="csv")) == (
        "bad.csv: end: is missing, as if the file had been cut off; export it again; if nothing is missing, "
        "add a last row with [end] as its code and 2 as its slug, or delete the column base"
    )
    assert str(refusal(f"{rows[0]}01,saga,Saga\n", format="csv")).startswith(
        "bad.csv, row 2: ends after 3 of 27 cells, as if the file had been cut off; export it again; if nothing"
    )
