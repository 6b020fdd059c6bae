"""``lint_catalog PATH``: files alone, before anybody imports them; whatever touches a database here fails."""

import json
from datetime import date
from pathlib import Path
from time import monotonic

import pytest

from patterns.document.catalog import CatalogFile, Document
from patterns.document.entry import Entry
from patterns.files.json import write_json
from patterns.files.toml import write_toml
from patterns.lab.evidence import what_is_wrong
from patterns.lint.file import lint_file
from patterns.tests.commands.terminal import GIVEN, refused_by, said, written
from patterns.tests.commands.test_lint_catalog import GOOD
from patterns.tests.document.documents import document, entry
from patterns.tests.store.scratch import ROOT, Scratch

FIXTURE = ROOT / "fixtures" / "patterns.toml"
BASE = "k3xq7w:42"
SECONDS = 15  # of a whole process on a busy machine; it takes less than one


def draft(code: str = "01", **values: object) -> Entry:
    """An entry in which nothing is missing yet."""
    return entry(code, **{"description": GOOD, "status": "draft", **values})


def file_of(path: Path, *entries: Entry, **about: object) -> Path:
    path.write_text(write_toml(document(*entries), **about), encoding="utf-8")
    return path


def refused(*paths: Path, **options: object) -> str:
    return refused_by("lint_catalog", *paths, **options)


def test_the_catalogue_that_comes_with_the_site_has_no_error():
    assert said("lint_catalog", FIXTURE).splitlines()[-1].startswith("24 entries: 0 errors, ")


def test_the_given_keys_alone_refuse_nothing():
    assert "12 entries: 0 errors, 120 warnings, 0 hints" in said("lint_catalog", GIVEN)


def test_a_finding_names_its_line(tmp_path: Path):
    path = file_of(tmp_path / "a.toml", draft("01"), draft("02", aliases=["TODO"]))

    line = path.read_text().split("\n").index('aliases = ["TODO"]') + 1
    assert refused(path) == (
        f"{path}, line {line}: [02] error unfinished aliases[1]: says 'TODO'; finish it, or leave it out\n"
        "2 entries: 1 error, 0 warnings, 0 hints"
    )


def test_findings_are_had_as_json_with_file_and_place(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(write_json(document(draft(description="Short."))))

    [finding] = json.loads(said("lint_catalog", path, json=True))["findings"]

    assert finding == {
        "rule": "description-length",
        "severity": "warning",
        "code": "01",
        "key": "description",
        "message": "has 1 word",
        "hint": "say it in 4 to 40 words",
        "file": str(path),
        "place": "/items/0/description",
    }


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path):
    first, second = tmp_path / "a.toml", tmp_path / "b.csv"
    first.write_text("[[items]]\nname = 1\n")
    second.write_text("code,nmae\n01,x\n")

    message = refused(first, second)

    assert f"{first}, line 2: [item 1] name: is 1; write a string" in message
    assert f"{second}, row 1: nmae: unknown key 'nmae'; did you mean 'name'?" in message


def test_problems_are_had_as_json(tmp_path: Path):
    problems = json.loads(refused(tmp_path / "missing.toml", json=True).partition("Refused")[0])["problems"]

    assert [problem["hint"] for problem in problems] == ["check the path"]


def test_a_rule_between_entries_of_two_files_names_the_line_that_breaks_it(tmp_path: Path):
    relation = {"type": "complements", "why": "Both."}
    first = written(tmp_path / "a.toml", draft("01", relations=[{**relation, "target": "02"}]))
    second = written(tmp_path / "b.toml", draft("02", relations=[{**relation, "target": "01"}]))

    message = refused(first, second)
    assert "a.toml, line 9: [01] relations[1]: [02] already states 'complements'" in message
    assert "b.toml, line 9: [02] relations[1]: [01] already states 'complements'" in message


NAMING = {"relations": [{"type": "uses", "target": "99", "why": "To send."}], "replaced_by": "98"}


def test_what_a_whole_file_names_must_be_in_it(tmp_path: Path):
    message = refused(file_of(tmp_path / "a.toml", draft(**NAMING), base=BASE))

    assert "[01] replaced_by: there is no entry '98'" in message
    assert "[01] relations[1].target: there is no entry '99'" in message


def test_what_a_whole_file_links_to_must_be_in_it(tmp_path: Path):
    path = file_of(tmp_path / "a.toml", draft(solution="As [[06]] does."), base=BASE)

    assert "[01] error dangling-link solution: links to '06', which is no entry" in refused(path)


@pytest.mark.parametrize("about", [{}, {"partial": True}])
def test_what_another_file_names_may_be_in_the_catalogue(tmp_path: Path, about: dict[str, object]):
    path = file_of(tmp_path / "a.toml", draft(**NAMING, solution="As [[06]] does."), **about)

    message = said("lint_catalog", path)
    assert "1 entry: 0 errors, " in message
    assert "relations: " not in message


def test_a_file_with_an_end_of_its_own_is_whole(tmp_path: Path):
    path = file_of(tmp_path / "a.toml", draft(**NAMING))
    path.write_text(f"{path.read_text()}\n[end]\nentries = 1\n")

    assert "there is no entry '99'" in refused(path)


def test_rows_that_state_only_what_they_change_are_left_alone():
    row = Entry.model_construct({"code", "problem"}, code="01", problem="TODO")
    file = CatalogFile(Document(entries={"01": row}))

    assert lint_file(file, today=date(2026, 1, 1), cited=what_is_wrong) == []


@pytest.mark.parametrize("url", ["postgres://nobody@127.0.0.1:1/gone", "sqlite:////nowhere/at/all.sqlite3"])
def test_a_process_needs_no_database_and_no_time(url: str):
    began = monotonic()

    done = Scratch(url).run("lint_catalog", str(FIXTURE))

    assert (done.returncode, done.stderr) == (0, "")
    assert monotonic() - began < SECONDS


def test_wrong_usage_ends_with_2():
    assert Scratch("sqlite:////nowhere/at/all.sqlite3").run("lint_catalog", "--jsn", str(GIVEN)).returncode == 2


def test_standard_input_is_a_file():
    done = Scratch("sqlite:////nowhere/at/all.sqlite3").run("lint_catalog", "-", given="[[items]]\nname = 1\n")

    assert done.returncode == 1
    assert "standard input, line 2: [item 1] name: is 1" in done.stderr
