"""Bad files: each is refused with its place and what to do, and the database is as it was."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.tests.commands.terminal import GIVEN, refused, said, written
from patterns.tests.factories import change_pattern, entry, make_pattern
from patterns.tests.store.scratch import rows_of_all_tables

pytestmark = pytest.mark.django_db
NOBODY = 65_534
GOOD = """[[items]]
code = "02"
slug = "saga"
name = "Saga"
description = "It undoes."
category = "Data Pattern"
"""
RELATION = '[[items.relations]]\ntype = "uses"\ntarget = "{}"\n'
ANOTHER = GOOD.replace("02", "03").replace("saga", "outbox").replace("Saga", "Outbox")

BAD = {
    "not TOML": (GOOD.replace('"02"', "02x"), "line 2, column 9: is not TOML"),
    "missing key": (GOOD.replace('name = "Saga"\n', ""), "line 1: [02] name: is missing; add it"),
    "misspelt key": (
        GOOD + 'descripton = "x"\n',
        "line 7: [02] descripton: unknown key 'descripton'; did you mean 'description'?",
    ),
    "unknown key": (GOOD + "colour = 1\n", "line 7: [02] colour: unknown key 'colour'; known keys are code, slug"),
    "unknown table": (GOOD + "[[patterns]]\n", "line 7: patterns: unknown key 'patterns'"),
    "wrong type": (GOOD.replace('"Saga"', "7"), "line 4: [02] name: is 7; write a string"),
    "empty name": (GOOD.replace('"Saga"', '""'), "line 4: [02] name: is blank; give it a value"),
    "blank name": (GOOD.replace('"Saga"', '" \\t"'), "line 4: [02] name: is blank"),
    "bad slug": (
        GOOD.replace('"saga"', '"Saga Pattern"'),
        "line 3: [02] slug: 'Saga Pattern' is not a slug; try 'saga-pattern'",
    ),
    "bad code": (GOOD.replace('"02"', '"0/2"'), "line 2: [item 1] code: '0/2' is not a code"),
    "code twice": (GOOD + ANOTHER.replace("03", "02"), "line 8: [02] code: is stated twice"),
    "slug twice": (GOOD + ANOTHER.replace("outbox", "saga"), "line 9: [03] slug: is that of '02' too"),
    "name twice": (GOOD + ANOTHER.replace('"Outbox"', '"SAGA"'), "line 10: [03] name: is that of '02' too"),
    "name of the catalogue's": (
        GOOD.replace('"Saga"', '"PATTERN 01"'),
        "line 4: [02] name: 'PATTERN 01' is the name of [01]",
    ),
    "name beyond ASCII": (
        GOOD.replace('"Saga"', '"École"') + ANOTHER.replace('"Outbox"', '"ÉCOLE"'),
        "line 10: [03] name: is that of '02' too",
    ),
    "name of the catalogue's with a no-break space": (
        GOOD.replace('"Saga"', '"Pattern\u00a001"'),
        "line 4: [02] name: 'Pattern 01' is the name of [01]",
    ),
    "name of the catalogue's with two spaces": (
        GOOD.replace('"Saga"', '"Pattern  01"'),
        "line 4: [02] name: 'Pattern 01' is the name of [01]",
    ),
    "name of the catalogue's in full width": (
        GOOD.replace('"Saga"', '"Ｐａｔｔｅｒｎ ０１"'),  # noqa: RUF001
        "line 4: [02] name: 'Ｐａｔｔｅｒｎ ０１' is the name of [01] Pattern 01",  # noqa: RUF001
    ),
    "name in which something hides": (
        GOOD.replace('"Saga"', '"Pattern\u200b 01"'),
        "line 4: [02] name: contains the invisible character U+200B (ZERO WIDTH SPACE) at character 8; remove it",
    ),
    "name with a soft hyphen": (
        GOOD.replace('"Saga"', '"Pat\u00adtern 01"'),
        "line 4: [02] name: contains the invisible character U+00AD (SOFT HYPHEN) at character 4; remove it",
    ),
    "name that turns around": (
        GOOD.replace('"Saga"', '"\u202ePattern 01"'),
        "line 4: [02] name: contains the invisible character U+202E (RIGHT-TO-LEFT OVERRIDE) at character 1",
    ),
    "name with a mark of direction": (
        GOOD.replace('"Saga"', '"Pattern 01\u200f"'),
        "line 4: [02] name: contains the invisible character U+200F (RIGHT-TO-LEFT MARK) at character 11",
    ),
    "slug of the catalogue's": (
        GOOD.replace('"saga"', '"pattern-01"'),
        "line 3: [02] slug: 'pattern-01' is the slug of [01]",
    ),
    "unknown target": (GOOD + RELATION.format("99"), "line 9: [02] relations[1].target: there is no entry '99'"),
    "itself as target": (
        GOOD + RELATION.format("02"),
        "line 9: [02] relations[1].target: an entry cannot relate to itself",
    ),
    "unknown successor": (GOOD + 'replaced_by = "99"\n', "line 7: [02] replaced_by: there is no entry '99'"),
    "unknown word": (GOOD + 'status = "public"\n', "line 7: [02] status: is 'public'; use one of 'draft', 'review'"),
    "too long": (GOOD.replace("Saga", "x" * 121), "line 4: [02] name: has 121 characters; at most 120 are allowed"),
    "NUL": (
        GOOD.replace("It undoes", "It\\u0000undoes"),
        "line 5: [02] description: contains the control character U+0000",
    ),
    "escape": (
        GOOD.replace("It undoes", "It\\u001bundoes"),
        "line 5: [02] description: contains the control character U+001B",
    ),
    "bad base": ('[catalog]\nbase = "yesterday"\n', "line 2: base: is not a base as exports write it"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A path for a bad file, beside a catalogue that must stay as it is."""
    make_pattern("01")
    return tmp_path / "bad.toml"


def refusal(path: Path, data: str | bytes) -> str:
    """What an import of the data says; asserts that no row of any table changed."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    before = rows_of_all_tables()
    message = refused("import_toml", path)
    assert rows_of_all_tables() == before
    return message


@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_it_is_refused_with_its_place_and_what_to_do(path: Path, data: str, message: str):
    assert f"{path}, {message}" in refusal(path, data)


def test_the_good_file_that_the_bad_ones_derive_from_is_taken(path: Path):
    path.write_text(GOOD + RELATION.format("01") + ANOTHER)

    said("import_toml", path)

    assert [*load_entries()] == ["01", "02", "03"]


def test_the_seed_document_with_its_prose_header_is_told_where_its_toml_begins(path: Path):
    header = (GIVEN.parent / "header.txt").read_text(encoding="utf-8")
    first_line = header.count("\n") + 1

    message = refusal(path, header + GIVEN.read_text(encoding="utf-8"))

    assert f"{path}, line 1, column " in message
    assert "is not TOML" in message
    assert f"the TOML begins at line {first_line}: remove what stands before it" in message


def test_bytes_that_are_not_utf_8_are_told_with_their_line(path: Path):
    message = refusal(path, GOOD.encode().replace(b"undoes", b"undo\xe9s"))

    assert f"{path}, line 5: is not UTF-8 (byte 0xE9); save the file as UTF-8" in message


def test_every_problem_is_told_at_once(path: Path):
    bad = GOOD.replace('"Saga"', "7").replace('"saga"', '"S"').replace("code", "cod")

    assert "Refused, and nothing was written: 4 problems\n" in refusal(path, bad)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(path: Path, data: bytes):
    path.write_bytes(data)

    said("import_toml", path)

    assert load_entries()["02"].description == "It undoes."


def test_a_file_over_the_limit_is_refused(path: Path):
    with path.open("wb") as file:
        file.truncate(256 * 1024 * 1024 + 1)

    message = refused("import_toml", path)

    assert "has 268,435,457 bytes; at most 268,435,456 are allowed: export it in parts" in message


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("bad.json", '{"items": [{"code": "02"}]}', ", /items/0/slug: [02] slug: is missing"),
        ("bad.json", "[1]", ', line 1, column 1: is not an object; write {"items": […]}'),
        ("bad.json", '{"items": [}', ", line 1, column 12: is not JSON"),
        ("bad.csv", "code,slug\n02,Saga Pattern\n", ", row 2: [02] slug: 'Saga Pattern' is not a slug"),
        ("bad.csv", "slug\nsaga\n", ", row 1: has no column 'code'"),
        ("bad.csv", "code,aliases\n02,[\n", ", row 2: the cell 'aliases' is not JSON"),
    ],
)
def test_other_formats_are_told_in_their_own_places(path: Path, name: str, data: str, message: str):
    path = path.with_name(name)

    assert f"{path}{message}" in refusal(path, data)


def test_a_missing_file_and_a_directory_are_both_told(path: Path):
    message = refused("import_toml", path, path.parent)

    assert f"{path}: cannot be read: no such file or directory; check the path" in message
    assert f"{path.parent}: cannot be read: is a directory" in message


@pytest.fixture
def unprivileged(path: Path) -> Iterator[Path]:
    """A folder of someone else, and this process with the rights of nobody: root may read and write everything."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        said("export_toml")
        if user := os.geteuid():
            yield Path(name)
        else:
            os.seteuid(NOBODY)
            yield Path(name)
            os.seteuid(user)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, path: Path, request):
    secret = written(path, entry("02"))
    secret.chmod(0)
    request.getfixturevalue("unprivileged")

    assert f"{path}: cannot be read: permission denied; check the path" in refused("import_toml", path)


def test_a_folder_that_may_not_be_written_is_refused(unprivileged: Path):
    path = unprivileged / "catalog.toml"

    assert refused("export_toml", path) == f"{path}: permission denied; the file is as it was"
    assert [*unprivileged.iterdir()] == []


def test_a_rule_that_only_the_whole_catalogue_breaks_is_told_with_its_place(path: Path):
    said("import_toml", written(path, entry("02")))
    change_pattern(Pattern(code="01"), relations=[{"type": "complements", "target": "02"}])
    relation = RELATION.replace("uses", "complements").format("01")

    message = refusal(path, path.read_text() + "\n" + relation)

    assert f"{path}, line 8: [02] relations[1]: [01] already states 'complements' with this entry" in message


def test_a_refused_import_does_not_stop_the_next(path: Path):
    refusal(path, GOOD.replace('"Saga"', "7"))
    path.write_text(GOOD)

    said("import_toml", path)

    assert Pattern.objects.count() == 2


@pytest.mark.parametrize("as_json", [False, True])
def test_names_and_keys_command_no_terminal(path: Path, as_json: bool):
    evil = path.with_name("\x1b[2J\n\u202e.toml")
    evil.write_text(GOOD + r'"\u001b[31m\u202e" = 1')

    message = refused("import_toml", evil, path.with_name("\x1b[31m"), json=as_json)
    other = refused("import_toml", evil, json=as_json)
    diff = refused("export_toml", evil, check=True)
    unknown = refused("export_toml", path, code=["\x1b[31m\n"])

    assert "\\x1b[31m\\u202e" in other
    assert "\\x1b[2J\\n\\u202e.toml" in other
    for text in (message, other, diff, unknown):
        assert not {"\x1b", "\u202e"} & {*text}, text
