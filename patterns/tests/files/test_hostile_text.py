"""What a file says is quoted in its refusals, and rules no terminal, no log and no page."""

import json

import pytest

from patterns.document.problems import InvalidCatalog
from patterns.document.text import printable
from patterns.files.reader import Upload, read_files
from patterns.tests.document.documents import GIVEN, given_with, refused

EVIL = "\x1b]0;x\x07\x1b[2J\r\n\x00\x9b1m\u202eevil\u2066\u2028\u200b\u3164"
IN_TOML = json.dumps(EVIL)  # whose escapes TOML has, too
HEADER, ROW = "code,slug,name,description,category", "01,saga,Saga,D,Data"
ITEM = {"code": "01", "slug": "saga", "name": "Saga", "description": "D", "category": "Data"}
FILES = {
    "unknown table": ("toml", f"[{IN_TOML}]\n"),
    "unknown key": ("toml", f"{GIVEN}{IN_TOML} = 1\n"),
    "unknown key below": ("toml", f'{GIVEN}origin = {{ who = "A", {IN_TOML} = 1 }}\n'),
    "code": ("toml", given_with("code", IN_TOML)),
    "slug": ("toml", given_with("slug", IN_TOML)),
    "choice": ("toml", f"{GIVEN}status = {IN_TOML}\n"),
    "address": ("toml", f'{GIVEN}references = [{{ title = "T", url = {IN_TOML} }}]\n'),
    "no TOML": ("toml", f"\x1b[31m{EVIL}\n"),
    "no TOML behind it": ("toml", f'[[items]]\nname = "\u202e" {EVIL}\n'),
    "bytes": ("toml", b"\x1b[31m\xff"),
    "base": ("toml", f"[catalog]\nbase = {IN_TOML}\n"),
    "unknown JSON key": ("json", json.dumps({EVIL: 1})),
    "JSON key below": ("json", json.dumps({"items": [{**ITEM, "origin": {EVIL: 1}}]})),
    "repeated JSON key": ("json", f"{{{IN_TOML}: 1, {IN_TOML}: 1}}"),
    "no JSON": ("json", f'{{"{EVIL}": 1}}'),
    "JSON code": ("json", json.dumps({"items": [{**ITEM, "code": EVIL}]})),
    "header": ("csv", f'{HEADER},"{EVIL}"\n{ROW},1\n'),
    "header twice": ("csv", f'{HEADER},"{EVIL}","{EVIL}"\n{ROW},1,1\n'),
    "nameless column": ("csv", f'{HEADER},,slug\n{ROW},"{EVIL}",\n'),
    "CSV code": ("csv", f'{HEADER}\n"{EVIL}",saga,Saga,D,Data\n'),
    "two bases": ("csv", f'{HEADER},base\n{ROW},"{EVIL}"\n02,b,B,D,Data,x\n'),
}


@pytest.mark.parametrize(("format", "data"), FILES.values(), ids=FILES)
def test_a_refusal_is_of_printable_characters_alone(format: str, data: str | bytes):
    problems = refused(data, format=format)

    assert all(str(problem).isprintable() for problem in problems)


@pytest.mark.parametrize(("format", "data"), [FILES["unknown key"], FILES["unknown JSON key"], FILES["header"]])
def test_what_is_quoted_can_still_be_recognised(format: str, data: str):
    assert all("\\x1b" in problem.key for problem in refused(data, format=format))


def test_the_name_of_a_file_is_printable_too():
    with pytest.raises(InvalidCatalog) as refusal:
        read_files([Upload(f"{EVIL}.toml", "toml", b"x")])

    (problem,) = refusal.value.problems
    assert problem.file.startswith("\\x1b]0;x\\x07\\x1b[2J\\r\\n\\x00\\x9b1m\\u202eevil\\u2066\\u2028\\u200b\\u3164")
    assert str(refusal.value).isprintable()


def test_letters_of_all_writings_stand_as_they_are():
    assert printable("Größe, 日本, مرحبا, 😀") == "Größe, 日本, مرحبا, 😀"
