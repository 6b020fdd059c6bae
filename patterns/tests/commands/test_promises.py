"""Drills that keep promises: one that does not hold is told."""

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from patterns.bench import wal
from patterns.bench.browser import Answer
from patterns.bench.editing import OVERTAKEN, SAVED, Edits, compare, outcome
from patterns.bench.imports import sqlite_state, state_of
from patterns.bench.promises import Promise, Promises
from patterns.bench.site import Site
from patterns.bench.wal import Log, state_of_held
from patterns.models import Pattern, Revision
from patterns.tests.commands.terminal import refused_by, said
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.store.scratch import Scratch


def answer(status: int, **headers: str) -> Answer:
    return Answer("/admin/patterns/pattern/1/change/", status, headers, b"")


def test_a_promise_that_is_broken_or_never_tried_is_a_failure():
    promises = Promises()
    promises.promise("It holds.").keep(True, "")
    promises.promise("It breaks.").keep(False, "It broke.")
    promises.promise("It waits.")

    assert promises.failures == ["It waits. This was never tried.", "It breaks. It broke."]
    assert [row.tried for row in promises.rows] == [1, 1, 0]
    assert Promises().failures == ["Nothing was promised, so nothing was tried."]


def test_what_cannot_be_tried_here_is_no_failure_and_is_told():
    promises = Promises()
    promises.leave_out("It floats.", "there is no water")

    assert promises.failures == ["Nothing was promised, so nothing was tried."]
    promises.promise("It holds.").keep(True, "")
    assert promises.failures == []
    assert [(row.tried, row.found) for row in promises.rows] == [(0, "not tried: there is no water"), (1, "")]


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (answer(302, location="/admin/patterns/pattern/"), SAVED),
        (answer(302, location="/admin/working-copy/7/"), OVERTAKEN),
        (answer(302, location="/admin/login/?next=/admin/"), "302"),
        (answer(200), "200"),
        (answer(503), "503"),
    ],
)
def test_only_what_leads_back_to_the_list_is_saved(found: Answer, what: str):
    edits = Edits()
    edits.add("/a/", "Text.", outcome(found))

    assert edits.answers == Counter([what])
    assert edits.saved == [("/a/", "Text.")] * (what == SAVED)


@pytest.mark.database
def test_an_edit_that_is_nowhere_and_a_table_that_says_something_else_are_found(scratch: Scratch, tmp_path: Path):
    pattern = make_pattern("01")
    change_pattern(pattern, description="It is saved.")
    page = f"/admin/patterns/pattern/{pattern.pk}/change/"
    site = Site(tmp_path, scratch.url)

    def found(*texts: str) -> list[str]:
        lost, torn = Promise("Kept."), Promise("Whole.")
        compare(site, [(page, text) for text in texts], nothing_lost=lost, nothing_torn=torn)
        return [*lost.broken, *torn.broken]

    assert found("It is saved.") == []

    Pattern.objects.update(description="It was torn.")
    assert found("It was lost.") == ["It was lost: It was lost.", "Torn: ['01']."]
    Revision.objects.all().delete()
    assert found()[-1] == "3 changes are empty, or numbers are missing."  # with the one that made the database ready


def test_a_log_that_ends_in_another_state_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE patterns_one (text)")
        first = sqlite_state(database.execute)
        database.execute("INSERT INTO patterns_one VALUES ('two')")
        second = sqlite_state(database.execute)
        wal_file = tmp_path / "a.sqlite3-wal"
        (tmp_path / "held.sqlite3").write_bytes((tmp_path / "a.sqlite3").read_bytes())
        (tmp_path / "held.sqlite3-wal").write_bytes(wal_file.read_bytes())
        length = wal_file.stat().st_size
    held = Log(tmp_path / "held.sqlite3", tmp_path / "held.sqlite3-wal", frozenset({first, second}))
    monkeypatch.setattr(wal, "HELD", [held])

    assert state_of_held(length, False) == second != first
    assert state_of_held(length - 1, True) == first
    assert state_of_held(10, False) not in held.states  # not even the table is there


@pytest.mark.database
def test_the_state_of_a_site_tells_any_change_of_a_row(scratch: Scratch, tmp_path: Path):
    make_pattern("01")
    site = Site(tmp_path, scratch.url)
    before = state_of(site)

    assert state_of(site) == before
    Pattern.objects.update(name="Another")
    assert state_of(site) != before


def test_a_drill_that_fails_ends_with_1(monkeypatch: pytest.MonkeyPatch):
    from patterns.management.commands.drill import DRILLS, Drill

    def figures(*, cuts: int, progress: object) -> Promises:
        promises = Promises()
        promises.promise("No cut hurts.").keep(cuts < 5, f"{cuts} did.")
        return promises

    monkeypatch.setitem(DRILLS, "wal", Drill(figures, {"cuts": 9}, {"cuts": 1}))

    assert "No cut hurts." in said("drill", "wal", short=True)
    assert "What was promised did not hold:\n  No cut hurts. 9 did." in refused_by("drill", "wal")
