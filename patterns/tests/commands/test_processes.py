"""The commands as real processes: exit codes, streams, and never a traceback."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from patterns.models import Pattern
from patterns.tests.commands.terminal import GIVEN, written
from patterns.tests.factories import entry, make_pattern
from patterns.tests.store.scratch import Scratch, rows_of_all_tables

pytestmark = pytest.mark.database

HOSTILE = {
    "dotted.toml": (b"a." * 20_000 + b"a = 1", "is nested too deeply"),
    "nested.toml": (b"[[items]]\ncode = " + b"[" * 10_000 + b"]" * 10_000, "is nested too deeply"),
    "digits.toml": (b"[[items]]\ncode = " + b"7" * 5_000, "holds a number with too many digits"),
    "bytes.toml": (b'[[items]]\nname = "\xff"', "is not UTF-8"),
    "nested.json": (b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested too deeply"),
    "digits.json": (b'{"items": [' + b"7" * 5_000 + b"]}", "holds a number with too many digits"),
    "nan.json": (b'{"items": [NaN]}', "holds NaN, which is not JSON"),
    "wide.csv": (b"code," * 10_000, "columns"),
    "quote.csv": (b'code\n"02', "is not CSV"),
    "keys.toml": (b"[[items]]\n" + b"".join(b"k%d = 1\n" % n for n in range(5_000)), "has 5,000 keys"),
    "tables.toml": (b"".join(b"[t%d]\n" % n for n in range(5_000)), "unknown key 't0'"),
}


def ended(done: "subprocess.CompletedProcess[str]", code: int) -> str:
    """What a process said that ended with a code, and without a traceback."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_what_is_done_ends_with_0(scratch: Scratch):
    assert "12 " in ended(scratch.run("import_toml", str(GIVEN)), 0)

    exported = ended(scratch.run("export_toml"), 0)

    assert exported.count("[[items]]") == 12
    assert Pattern.objects.count() == 12


def test_what_is_refused_ends_with_1(scratch: Scratch, tmp_path: Path):
    done = scratch.run("import_toml", str(tmp_path / "missing.toml"), "--json")

    assert "cannot be read: no such file or directory" in ended(done, 1)
    assert json.loads(done.stdout)["problems"][0]["hint"] == "check the path"


def test_a_conflict_ends_with_1(scratch: Scratch, tmp_path: Path):
    make_pattern("01")
    before = rows_of_all_tables()

    done = scratch.run("import_toml", str(written(tmp_path / "c.toml", entry("01", description="Theirs."))))

    assert "1 conflict" in ended(done, 1)
    assert rows_of_all_tables() == before


def test_a_file_that_differs_ends_with_1(scratch: Scratch):
    assert "--- " in ended(scratch.run("export_toml", "--check", str(GIVEN)), 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["import_toml"],
        ["import_toml", "--on-conflict", "guess", "x.toml"],
        ["export_toml", "--check"],
    ],
)
def test_wrong_usage_ends_with_2(scratch: Scratch, arguments: list[str]):
    assert ended(scratch.run(*arguments), 2)


def test_hostile_files_are_refused_together_and_in_time(scratch: Scratch, tmp_path: Path):
    make_pattern("01")
    before = rows_of_all_tables()
    for name, (data, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(data)

    text = ended(scratch.run("import_toml", *(str(tmp_path / name) for name in HOSTILE)), 1)

    for name, (_, message) in HOSTILE.items():
        assert any(name in line and message in line for line in text.splitlines()), (name, text[:5_000])
    assert rows_of_all_tables() == before


@pytest.mark.parametrize("arguments", [["import_toml", str(GIVEN)], ["export_toml"]])
def test_a_database_that_was_not_migrated_is_told_so(unmigrated: Scratch, arguments: list[str]):
    assert "migrate" in ended(unmigrated.run(*arguments), 1)


def test_a_database_that_does_not_answer_is_told_so(tmp_path: Path):
    gone = Scratch("postgres://postgres@127.0.0.1:1/gone")

    assert "The database refused" in ended(gone.run("import_toml", str(GIVEN)), 1)


def test_standard_input_is_a_file(scratch: Scratch):
    ended(scratch.run("import_toml", "-", given=GIVEN.read_text(encoding="utf-8")), 0)

    assert Pattern.objects.count() == 12


@pytest.mark.parametrize(
    "arguments", [["import_toml", "--comment", b"\xff", GIVEN], ["export_toml", "--code", b"\xff"]]
)
def test_arguments_that_are_not_utf_8_are_refused(scratch: Scratch, arguments: list):
    before = rows_of_all_tables()

    text = ended(scratch.run(*map(os.fsdecode, arguments)), 1)

    assert "use UTF-8 for arguments" in text
    assert rows_of_all_tables() == before


@pytest.mark.parametrize("arguments", [["export_toml"], ["import_toml", "--json", str(GIVEN)]])
def test_a_full_disk_behind_standard_output_is_told(scratch: Scratch, arguments: list[str]):
    make_pattern("99")

    with Path("/dev/full").open("w") as full:
        done = scratch.run(*arguments, stdout=full)

    assert done.stderr == "CommandError: standard output: no space left on device\n"
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", [["export_toml"], ["import_toml", "--json", str(GIVEN)]])
def test_a_reader_that_went_away_is_told(scratch: Scratch, arguments: list[str]):
    make_pattern("99")
    reader, writer = os.pipe()
    os.close(reader)

    done = scratch.run(*arguments, stdout=writer)

    os.close(writer)
    assert done.stderr == "CommandError: standard output: broken pipe\n"
    assert done.returncode == 1
