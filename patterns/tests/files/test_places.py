"""Every line is proved with the parser alone: before it the key is not there, after its statement it is."""

import time
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import tomli
from hypothesis import given, settings

from patterns.document.problems import InvalidCatalog, Path
from patterns.files.places import lines_of
from patterns.files.reader import read_one
from patterns.files.toml import toml_places, write_toml
from patterns.tests.strategies import documents

MULTI_LINE = """\
[catalog]
description = \"\"\"
[[items]]
key = 1
\\\"\"\" "" still inside, and two quotes at the end: \"\"\"\"\"

[[items]]
code = "01"
problem = '''
[[items.steps]]
solution = "x" # ''
''''
after = 1
[[items.steps]]
sender = ""
"""
NESTED = """\
first = [ # a comment with ] and " and '''
  [1, [2, "]"]], # [[items]]
  { a = "}", b = [
    3] }, '''
]
''',
]
second = { inner = [
  1], other = "{" }   # }
third = "#"
fourth = [[1],
[2],
[[3]]
]
fifth = {
  inner = 1,
}
"""
KEYS = """\
# [[items]]

[ catalog ]   # [items]
"quoted key" = 1
'single "quotes"' = 2
dotted . "part two".'three' = 3
"#" = 4
"a=b" = 5
"[x]" = 6
[[ "items" ]]
  indented = 7
\ttabbed = 8
[[items."of items".deep]]
x = 1
[[items."of items".deep]]
x = 2
[[items]]
[[items."of items".deep]]
x = 3
[items.table]
y=4
"""
EMPTY_STRINGS = r'''
a = ""
b = ''
c = """"""
d = "\\"
e = """""x"""
f = """x"""" # " [
g = ["", '']
h = "\""
'''
LAYOUTS = {"multi-line": MULTI_LINE, "nested": NESTED, "keys": KEYS, "empty strings": EMPTY_STRINGS}


def places_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every key and every item of an array of tables, for a file without inline tables."""
    for key, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            yield (*path, key)
            for index, one in enumerate(inner):
                yield (*path, key, index)
                yield from places_in(one, (*path, key, index))
        else:
            yield (*path, key)
            yield from places_in(inner, (*path, key)) if isinstance(inner, dict) else ()


def holds(value: Any, path: Path) -> bool:
    for part in path:
        if isinstance(part, int):
            if part >= len(value):
                return False
        elif part not in value:
            return False
        value = value[part]
    return True


def assert_true_lines(text: str) -> None:
    """The file up to a key's line parses and lacks it; the file up to the next statement parses and holds it."""
    places = lines_of(text.encode())
    lines = text.split("\n")
    starts = [*sorted(set(places.values())), len(lines) + 1]
    before = {line: tomli.loads("\n".join(lines[: line - 1])) for line in starts}
    following = dict(pairwise(starts))
    for path, line in places.items():
        assert not holds(before[line], path), (path, line)
        assert holds(before[following[line]], path), (path, line)


@settings(max_examples=15, deadline=None)
@given(documents())
def test_every_key_of_a_canonical_file_has_its_true_line(document):
    text = write_toml(document).replace("x" * 100, "")  # the parser reads each file once for every key

    assert set(lines_of(text.encode())) == set(places_in(tomli.loads(text)))
    assert_true_lines(text)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_key_of_an_awkward_file_has_its_true_line(name: str):
    assert lines_of(LAYOUTS[name].encode())
    assert_true_lines(LAYOUTS[name])


@pytest.mark.parametrize("name", LAYOUTS)
def test_line_ends_of_windows_change_nothing(name: str):
    assert lines_of(LAYOUTS[name].replace("\n", "\r\n").encode()) == lines_of(LAYOUTS[name].encode())


def test_text_that_looks_like_keys_is_not_taken_for_them():
    assert lines_of(MULTI_LINE.encode()) == {
        ("catalog",): 1,
        ("catalog", "description"): 2,
        ("items",): 7,
        ("items", 0): 7,
        ("items", 0, "code"): 8,
        ("items", 0, "problem"): 9,
        ("items", 0, "after"): 13,
        ("items", 0, "steps"): 14,
        ("items", 0, "steps", 0): 14,
        ("items", 0, "steps", 0, "sender"): 15,
    }


def test_values_over_several_lines_are_one_statement():
    assert lines_of(NESTED.encode()) == {("first",): 1, ("second",): 8, ("third",): 10, ("fourth",): 11, ("fifth",): 15}


def test_keys_may_be_quoted_dotted_and_indented():
    found = lines_of(KEYS.encode())

    assert found["catalog", "dotted", "part two", "three"] == 6
    assert found["catalog", "[x]"] == 9
    assert found["items", 0, "tabbed"] == 12
    assert found["items", 0, "of items", "deep", 1, "x"] == 16
    assert found["items", 1, "of items", "deep", 0, "x"] == 19
    assert found["items", 1, "table", "y"] == 21


@pytest.mark.parametrize(
    "hostile",
    [
        ".".join(["a"] * 20_000) + " = 1",
        ".".join(['"a"'] * 20_000) + " = 1",
        f'a = "{"x" * 500_000}"',
        "a = " + "[" * 30,
        "#" * 500_000,
        "a = [" + "[],\n" * 50_000 + "]",
        'a = """' + '""\\"' * 50_000 + '"""',
        "[" + "a." * 20_000 + "b]",
    ],
    ids=["dotted", "quoted", "string", "open", "comment", "lists", "quotes", "header"],
)
def test_a_hostile_file_is_scanned_quickly(hostile: str):
    start = time.process_time()

    lines_of(hostile.encode())

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "statement",
    ["a{0} = {0}\n", "[[items]]\n[[items.steps]]\nx = {0}\n", "[table{0}]\n", "# {0}\n", 'a{0} = ["", "",\n""]\n'],
    ids=["keys", "arrays", "tables", "comments", "lists"],
)
def test_a_line_is_found_in_memory_for_the_text_alone(statement: str):
    text = "".join(statement.format(number) for number in range(10_000)) + "[last]\nwrong = 1\n"
    tracemalloc.start()

    places = toml_places(text.encode(), [("last", "wrong"), ("last", "missing")])

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    last = text.count("\n")
    assert places == [f"line {last}", f"line {last - 1}"]
    assert peak < 3 * len(text)


@pytest.mark.parametrize(
    "value",
    ['"{}"', '"""{}"""', "'{}'", "'''{}'''", '{{ "{}" = 1 }}', "[ # {}\n]"],
    ids=["text", "lines", "literal", "literal lines", "key", "comment"],
)
@pytest.mark.parametrize("filling", ["x", "é", "😀"])
def test_a_line_is_found_behind_a_value_of_two_megabytes(value: str, filling: str):
    data = f"long = {value.format(filling * (2 * 1024**2 // len(filling.encode())))}\nwrong = 1\n".encode()
    tracemalloc.start()

    places = toml_places(data, [("wrong",)])

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    last = data.count(b"\n")
    assert places == [f"line {last}"]
    assert peak < 100_000


def test_keys_that_are_written_with_escapes_have_their_line():
    found = lines_of(b'a = 1\n"\\u001b[31m" = 2\n["say \\"x\\""]\nb = 3\n')

    assert found == {("a",): 1, ("\x1b[31m",): 2, ('say "x"',): 3, ('say "x"', "b"): 4}


def test_a_syntax_error_is_shown_in_memory_for_the_text_alone():
    text = "\n" * 1_000_000 + "wrong"
    tracemalloc.start()

    with pytest.raises(InvalidCatalog, match=r"line 1000001, column 6.*mend 'wrong'"):
        read_one(text.encode())

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(text)
