"""JSON and CSV that cannot be read, and the law that no bytes at all bring the reader down."""

import json
import re
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patterns.document.problems import InvalidCatalog
from patterns.files.formats import READABLE
from patterns.files.json import place_of_fault
from patterns.files.reader import Upload, read_files
from patterns.tests.document.documents import GIVEN, refusal

ITEM = {"code": "01", "slug": "saga", "name": "Saga", "description": "D", "category": "Data"}
COLUMNS = "code,slug,name,description,category"
ROW = "01,saga,Saga,D,Data"


def as_json(**values: Any) -> str:
    return json.dumps({"items": [ITEM | values]})


# JSON


def test_what_is_not_json_is_refused_with_line_and_column():
    problem = refusal('{"items":\n [}', format="json")

    assert (problem.file, problem.place) == ("bad.json", "line 2, column 3")
    assert problem.message.startswith("is not JSON: ")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[]", 1, "is not an object"),
        ("  null", 3, "is not an object"),
        ('{"items": [], "items": []}', 15, "states the key 'items' twice in one object"),
        ('{"items": [{"code": "01", "code": "02"}]}', 27, "states the key 'code' twice in one object"),
        (r'{"a\"{": {"b": 1}, "b": [], "c": {"b": ["b"], "\u0062": 2}}', 47, "states the key 'b' twice in one object"),
        ('{"items": ["NaN", NaN]}', 19, "holds NaN, which is not JSON"),
        ('{"items": [-Infinity]}', 12, "holds -Infinity, which is not JSON"),
        ('{"a": ' + "9" * 5_000 + "}", 7, "holds a number with too many digits"),
        ('{"a": "' + "9" * 5_000 + '", "b": -' + "9" * 5_000 + "}", 5016, "holds a number with too many digits"),
        ("[" * 10_000 + "]" * 10_000, 33, "is nested too deeply"),
        ('{"a": ' * 100_000 + "1" + "}" * 100_000, 193, "is nested too deeply"),
    ],
    ids=[
        *("list", "null", "repeated", "repeated inside", "repeated with an escape", "nan", "infinity", "digits"),
        *("negative digits", "lists", "objects"),
    ],
)
def test_hostile_json_is_refused_with_its_place(text: str, place: int, message: str):
    for lines in (0, 2):
        problem = refusal("\n" * lines + text, format="json")

        assert (problem.file, problem.message) == ("bad.json", message)
        assert problem.place == f"line {lines + 1}, column {place}"
        assert problem.hint


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a":NaNN,]]]}', "line 1, column 6"),
        ('{"a":NaN1}', "line 1, column 6"),
        ('{"a": ' + "9" * 5_000 + "e, ]}]", "line 1, column 7"),
        ('{"a": -' + "9" * 5_000 + "x]]]", "line 1, column 7"),
        ('{"a": ' + "9" * 5_000 + '.5, "b": ' + "9" * 5_000 + "}", "line 1, column 5016"),
    ],
    ids=["a longer word", "a word with a number", "digits and a letter", "negative digits and a letter", "a fraction"],
)
def test_what_stands_behind_a_fault_may_be_anything(text: str, place: str):
    assert refusal(text, format="json").place == place


def test_a_wrong_value_in_json_has_a_pointer():
    problem = refusal(as_json(steps=[{"sender": "a", "receiver": "b", "message": 1}]), format="json")

    assert (problem.place, problem.code, problem.key) == ("/items/0/steps/0/message", "01", "steps[1].message")


def test_a_name_in_which_something_hides_is_refused_in_json_too():
    problem = refusal(as_json(name="Sa\u200bga"), format="json")

    assert problem.place == "/items/0/name"
    assert problem.message == "contains the invisible character U+200B (ZERO WIDTH SPACE) at character 3"


def test_a_pointer_escapes_slashes_and_tildes():
    assert refusal('{"a/b~c": 1}', format="json").place == "/a~1b~0c"


@pytest.mark.parametrize(
    "text",
    [
        *(as_json(**{key: "\ud800"}) for key in ("name", "code", "kind", "problem")),
        as_json(**{"\udfff": 1}),
        as_json(origin={"who": "A", "\ud800": 1}),
        '{"\\ud800": 1}',
    ],
)
def test_a_lone_surrogate_is_refused_in_words_that_can_be_printed(text: str):
    problem = refusal(text, format="json")

    assert re.search(r"U\+D800|\\ud800|\\udfff", str(problem))
    assert str(problem).encode("utf-8")


def test_a_repeated_key_is_found_quickly():
    members = ",".join(f'"{number}": 1' for number in range(100_000))
    start = time.process_time()

    problem = refusal(f'{{{members}, "z": 1, "z": 1}}', format="json")

    assert problem.message == "states the key 'z' twice in one object"
    assert problem.place == f"line 1, column {len(members) + 12}"
    assert time.process_time() - start < 2


@pytest.mark.parametrize("filling", ["x", "é", "😀", "\\n", "\\u00e9"])
def test_a_refused_word_is_found_behind_two_megabytes_in_memory_for_the_text_alone(filling: str):
    value = filling * (2 * 1024**2 // len(filling.encode()))
    text = f'{{"long": "{value}", "wrong": NaN}}'
    tracemalloc.start()

    place = place_of_fault(text, ("word", "NaN"))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert place == f"line 1, column {text.index('NaN') + 1}"
    assert peak < 100_000


# CSV


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (f'{COLUMNS}\n01,saga,"Saga,D,Data\n', "line 2", "is not CSV: ", "close every quote"),
        (f'{COLUMNS}\n01,saga,"Saga"x,D,Data\n', "line 2", "is not CSV: ", "double quotes inside a cell"),
        (",".join(f"c{number}" for number in range(10_000)), "row 1", "has 10,000 columns", "keys of an entry"),
        ("", "row 1", "has no column 'code'", "let the first row name the columns"),
        (f"{ROW}\n", "row 1", "has no column 'code'", "let the first row name the columns"),
        (f"{COLUMNS}, code\n{ROW},01\n", "row 1", "names the column 'code' twice", "keep one of the two"),
        (f"{COLUMNS}\n{ROW},x\n", "row 2", "has 6 cells where the header has 5", "quote cells"),
        (
            f"{COLUMNS},steps\n{ROW},[{{\n",
            "row 2",
            "the cell 'steps' is not JSON: Expecting property name enclosed in double quotes (its line 1, column 3)",
            "leave the cell empty",
        ),
        (f"{COLUMNS},steps\n{ROW},{'[' * 10_000}\n", "row 2", "the cell 'steps' is nested too deeply", "leave"),
        (f'{COLUMNS},origin\n{ROW},"{{""who"":1,""who"":2}}"\n', "row 2", "states the key 'who' twice", "keep one"),
        (f'{COLUMNS}\n01,saga,Saga,"D\nE",Data\n02,b,B,,Data\n', "row 3", "is blank", "give it a value"),
        (f"{COLUMNS}\n01,saga,Sa\0ga,D,Data\n", "row 2", "the control character U+0000", "remove it"),
        (f"{COLUMNS},nmae\n{ROW},x\n", "row 1", "unknown key 'nmae'", "did you mean 'name'?"),
        (f"{COLUMNS},steps\n{ROW},7\n", "row 2", "is 7", "write a list"),
    ],
)
def test_bad_csv_is_refused_with_its_row(text: str, place: str, message: str, hint: str):
    problem = refusal(text, format="csv")

    assert (problem.file, problem.place) == ("bad.csv", place)
    assert message in problem.message
    assert hint in problem.hint


def test_a_csv_row_that_breaks_a_rule_is_named_with_its_code():
    problem = refusal(f"{COLUMNS}\n\n{ROW}\n02,B B,B,D,Data\n", format="csv")

    assert (problem.place, problem.code, problem.key) == ("row 4", "02", "slug")


# no bytes at all bring the reader down

plain_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
values = st.recursive(
    plain_values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
KEYS = ["catalog", "categories", "items", *ITEM, "origin", "steps", "relations", "status", "who", "year", "sender"]
keyed = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)
tables = st.fixed_dictionaries(
    {}, optional={"catalog": keyed | values, "categories": st.lists(keyed | values), "items": st.lists(keyed | values)}
)


def read_or_refuse(data: bytes, format: str) -> None:
    error = None
    try:
        read_files([Upload("any", format, data)])
    except InvalidCatalog as refusal:
        error = refusal
    assert error is None or (error.problems and all(problem.message for problem in error.problems))
    assert str(error).encode("utf-8")


@pytest.mark.parametrize("format", sorted(READABLE))
@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes, format: str):
    read_or_refuse(data, format)


@pytest.mark.parametrize("format", sorted(READABLE))
@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200) | st.text("[]{}\"'=.,#\\\n\r\t code01items", max_size=80))
@example(text=GIVEN + "x = 0x" + "f" * 5_000)
@example(text='{"items": {"\\ud800": "\\ud800"}}')
@example(text='code\n"')
def test_any_text_is_read_or_refused(text: str, format: str):
    read_or_refuse(text.encode("utf-8", "surrogatepass"), format)


@settings(max_examples=80, deadline=None)
@given(tables)
def test_any_json_is_read_or_refused(content: dict[str, Any]):
    read_or_refuse(json.dumps(content, default=str).encode(), "json")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=4), st.sampled_from([COLUMNS, "code,steps,origin"])
)
def test_any_rows_are_read_or_refused(rows: list[list[str]], columns: str):
    read_or_refuse("\n".join([columns, *map(",".join, rows)]).encode("utf-8", "surrogatepass"), "csv")
