import time

import pytest

from patterns.document.problems import InvalidCatalog
from patterns.files.limits import Limits
from patterns.files.reader import Upload, read_files
from patterns.tests.document.documents import DATA, GIVEN, OTHER, given_with, refusal

# TOML


def test_what_is_not_toml_is_refused_with_line_and_column():
    problem = refusal(GIVEN + 'problem = "never closed\n')

    assert (problem.file, problem.place) == ("bad.toml", "line 7, column 24")
    assert problem.message.startswith("is not TOML: ")
    assert problem.hint == "mend 'problem = \"never closed'"


def test_prose_before_the_tables_is_pointed_at():
    pasted = (DATA / "header.txt").read_text() + (DATA / "items.toml").read_text()

    problem = refusal(pasted)

    assert (problem.place, problem.message.partition(":")[0]) == ("line 1, column 5", "is not TOML")
    line = pasted.splitlines().index("[[items]]") + 1
    assert problem.hint == f"the TOML begins at line {line}: remove what stands before it"


@pytest.mark.parametrize(
    ("hostile", "message"),
    [
        (".".join(["a"] * 20_000) + " = 1", "is nested too deeply"),
        (f"[[items]]\n{'.'.join(['a'] * 20_000)} = 1", "is nested too deeply"),
        ("a = " + "[" * 10_000 + "]" * 10_000, "is nested too deeply"),
        ("a = " + "{a = " * 10_000 + "1" + "}" * 10_000, "is nested too deeply"),
        ("a = " + "9" * 5_000, "holds a number with too many digits"),
        (given_with("code", "0x" + "F" * 5_000), "is a huge number"),
        (f"{'a' * 40_000} = 1", f"unknown key '{'a' * 59}…'"),
        ("[catalog]\n" + "".join(f"k{number} = 1\n" for number in range(9_000)), "has 9,000 keys"),
    ],
    ids=["dotted", "dotted item", "lists", "tables", "digits", "hexadecimal digits", "long key", "many keys"],
)
def test_hostile_toml_is_refused_quickly_and_briefly(hostile: str, message: str):
    start = time.process_time()

    problem = refusal(hostile)

    assert problem.message == message
    assert problem.hint
    assert len(str(problem)) < 600
    assert time.process_time() - start < 2


def test_bytes_that_are_not_utf_8_are_refused_with_their_line():
    problem = refusal(b'[[items]]\ncode = "\xff"\n')

    assert (problem.place, problem.message) == ("line 2", "is not UTF-8 (byte 0xFF)")
    assert problem.hint == "save the file as UTF-8"


def test_a_file_over_the_limit_is_refused():
    problem = refusal(GIVEN, limits=Limits(size=100))

    assert (problem.message, problem.hint) == (f"has {len(GIVEN)} bytes", "at most 100 are allowed: export it in parts")


def test_more_entries_than_the_limit_are_refused():
    problem = refusal(GIVEN + OTHER, limits=Limits(entries=1))

    assert (problem.message, problem.hint) == ("has 2 entries", "at most 1 are allowed")
    assert problem.place == "line 1"


def test_the_limit_of_entries_counts_over_all_files():
    with pytest.raises(InvalidCatalog, match="at most 1 are allowed"):
        read_files([Upload("a.toml", "toml", text.encode()) for text in (GIVEN, OTHER)], limits=Limits(entries=1))


# keys and values


def test_a_missing_key_is_named():
    problem = refusal(GIVEN.replace('slug = "saga"\n', ""))

    assert (problem.file, problem.place, problem.code, problem.key) == ("bad.toml", "line 1", "01", "slug")
    assert str(problem) == "bad.toml, line 1: [01] slug: is missing; add it"


def test_a_misspelt_key_gets_a_suggestion():
    problem = refusal(f'{GIVEN}\n# note\nproblen = "x"\n')

    assert str(problem) == "bad.toml, line 9: [01] problen: unknown key 'problen'; did you mean 'problem'?"


def test_an_unknown_key_gets_the_list_of_known_ones():
    problem = refusal(f"{GIVEN}zzz = 1\n")

    assert problem.message == "unknown key 'zzz'"
    assert problem.hint.startswith("known keys are code, slug, name, ")


def test_a_misspelt_key_of_a_child_gets_a_suggestion_from_the_child():
    problem = refusal(f'{GIVEN}[[items.steps]]\nsendr = "a"\nsender = "a"\nreceiver = "b"\nmessage = "c"\n')

    assert (problem.place, problem.key) == ("line 8", "steps[1].sendr")
    assert problem.hint == "did you mean 'sender'?"


def test_an_unknown_table_is_refused():
    problem = refusal("[[item]]\n")

    assert (problem.place, problem.key, problem.hint) == ("line 1", "item", "did you mean 'items'?")


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        ("code", "1", "is 1", "write a string"),
        ("name", "true", "is true", "write a string"),
        ("name", "['x']", "is a list", "write a string"),
        ("name", "2020-01-01", "is a date", "write a string"),
        ("name", "{}", "is a table", "write a string"),
        ("name", '""', "is blank", "give it a value"),
        ("name", '" \\t\\n "', "is blank", "give it a value"),
        ("name", '"a\\nb"', "contains a line break or a tab", "write it on one line, with spaces"),
        ("name", '"a\\u0000b"', "contains the control character U+0000 at character 2", "remove it"),
        ("description", '"\\u001b[31m"', "contains the control character U+001B at character 1", "remove it"),
        ("name", f'"{"x" * 121}"', "has 121 characters", "at most 120 are allowed"),
        ("description", f'"{"x" * 1_001}"', "has 1,001 characters", "at most 1,000 are allowed"),
        ("slug", '"Saga Pattern"', "'Saga Pattern' is not a slug", "try 'saga-pattern'"),
        ("slug", '"日本"', "'日本' is not a slug", "use small letters, digits and single hyphens"),
        ("code", '"0 1"', "'0 1' is not a code", "use 1 to 16 letters, digits, dots or hyphens"),
        ("code", '""', "is blank", "give it a value"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(key: str, value: str, message: str, hint: str):
    problem = refusal(given_with(key, value))

    assert (problem.key, problem.message, problem.hint) == (key, message, hint)
    assert problem.place == f"line {['code', 'slug', 'name', 'description', 'category'].index(key) + 2}"


@pytest.mark.parametrize(
    ("line", "key", "message", "hint"),
    [
        ('status = "public"', "status", "is 'public'", "use one of 'draft', 'review', 'published' or 'retired'"),
        ("kind = 1", "kind", "is 1", "use one of 'pattern' or 'style'"),
        (
            'concern = "taste"',
            "concern",
            "is 'taste'",
            "use one of 'data', 'calls', 'change', 'load', 'people' or ''",
        ),
        ('aliases = "x"', "aliases", "is 'x'", "write a list"),
        ("use_when = [1]", "use_when[1]", "is 1", "write a string"),
        ('avoid_when = ["a", ""]', "avoid_when[2]", "is blank", "give it a value"),
        ('aliases = ["É", "é"]', "aliases[2]", "'é' is there twice", "keep one of the two"),
        ("origin = 1", "origin", "is 1", "write a table"),
        ('origin = { who = "A", year = "1987" }', "origin.year", "is '1987'", "write a whole number"),
        ('origin = { who = "A", url = "x" }', "origin.url", "'x' is not a web address", "https://"),
        ('references = [{ title = "T", primary = 1 }]', "references[1].primary", "is 1", "write true or false"),
        (
            'relations = [{ type = "uses", target = "01" }]',
            "relations[1].target",
            "cannot relate to itself",
            "another entry",
        ),
        ('replaced_by = "01"', "replaced_by", "names the entry itself", "name the entry that replaces it"),
        (f'problem = "{"x" * 20_001}"', "problem", "has 20,001 characters", "at most 20,000 are allowed"),
        (f"aliases = {[str(number) for number in range(61)]}", "aliases", "has 61 items", "at most 60 are allowed"),
    ],
)
def test_a_wrong_optional_value_is_refused(line: str, key: str, message: str, hint: str):
    problem = refusal(f"{GIVEN}{line}\n")

    assert (problem.code, problem.key, problem.place) == ("01", key, "line 7")
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ("items = 1", "items", "is 1"),
        ("items = [1]", "", "is 1"),
        ("catalog = 1", "", "is 1"),
        ('[catalog]\nbase = "nobody"', "base", "is not a base as exports write it"),
        ('[catalog]\npartial = "yes"', "partial", "is 'yes'"),
        ('[catalog]\ntitel = "T"', "titel", "unknown key 'titel'"),
        ('[[categories]]\nname = "日本"', "slug", "'日本' has no letters for a slug"),
        ("[[categories]]", "name", "is missing"),
        (given_with("category", '"日本"'), "category", "'日本' has no letters for a slug"),
    ],
)
def test_a_wrong_table_is_refused(text: str, key: str, message: str):
    problem = refusal(text)

    assert (problem.key, problem.message) == (key, message)
    assert problem.place.startswith("line ")
    assert problem.hint
