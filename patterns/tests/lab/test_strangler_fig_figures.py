"""What is drawn for a façade that fails, and what charts, stories, drawing and calculator say of a migration."""

from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.strangler_fig import CutOver, harm_of_slices, told
from patterns.lab.simulation import DAY_US, SECOND_US
from patterns.lab.systems.strangler_fig import CANARY, Defect, Migration, MigrationSettings
from patterns.tests.lab.test_strangler_fig import EXPERIMENT, load, migrated, small


def test_a_facade_that_is_down_turns_every_request_away():
    loads = [Migration.draw(MigrationSettings(rate=25, facade_down_s=30), seed) for seed in range(10)]

    assert fmean(len(one.turned_away_us) for one in loads) == pytest.approx(25 * 30, rel=0.05)


def test_writes_past_the_facade_are_a_defect_however_few_they_are():
    found = [Migration(small(bypass=5), load(), side).open for side in (WITHOUT, WITH, CANARY)]

    assert [len(one) for one in found] == [1, 1 + 8, 1]
    assert found[1][1].share == pytest.approx(0.05 * 0.2)


def test_what_an_alarm_in_a_repair_had_repaired_is_not_repaired_again():
    eighth, seventh = Defect("eighth", (7,), 0.1), Defect("seventh", (6,), 0.1)
    # The second slice moves after 21,600 of the first wait. In the rollback of the first, the second shows its defect.
    given = load((21_601, 0.2), (1, 0.2), (1, 0.7), (3, 0), (1, 0), defects=(eighth, seventh))

    migration = migrated(WITH, given)

    since_us = migration.turns[1].at_us
    repaired = [turn for turn in migration.turns if turn.what == "repaired"]
    assert [turn.features for turn in repaired] == [(6,), (7,)]
    # The second is repaired first, from 48 s on, which interrupts a repair that began at 18 s from 38 s on.
    assert [turn.at_us - since_us for turn in repaired] == [2 * DAY_US + 48 * SECOND_US, 4 * DAY_US + 28 * SECOND_US]


def harmed_in(side: str, *bad: tuple[float, float], down: tuple[int, int] = (0, 0), **settings: int) -> list[str]:
    messages = told(migrated(side, load(*bad, down=down), **settings))
    return [f"{one.sender}: {one.text}" for one in messages if one.kind == "fail"]


def test_a_story_tells_only_what_harms_within_a_day_of_a_switch():
    # An eighth of a request a second: the one comes a second before the day is over, the other a second after.
    assert harmed_in(WITH, (86_399 / 8, 0)) == ["new system: harmed: common defect"]
    assert harmed_in(WITH, (86_401 / 8, 0)) == []


def test_a_story_says_what_harms():
    assert harmed_in(WITH, down=(2 * DAY_US + SECOND_US, 1)) == ["façade: harmed: the façade is down"]
    assert harmed_in(CANARY, down=(8 * DAY_US + SECOND_US, 1)) == ["switch: harmed: the façade is down"]
    assert harmed_in(WITH, (3, 0.9), bypass=50) == ["old system: harmed: write past the façade"]


def test_the_charts_of_days_show_when_the_facade_is_down():
    moved, harmed, first = EXPERIMENT.series(migrated(WITH, load(down=(3 * DAY_US, 4)), facade_down_s=4))

    for one in (moved, harmed):
        ((what, *span),) = [(failure.what, failure.from_us, failure.until_us) for failure in one.failures or ()]
        assert (what, span) == ("the façade is down", [3 * DAY_US, 3 * DAY_US + 4 * SECOND_US])
    assert first.failures == ()


def notes(side: str, **settings: int | str) -> dict[str, str]:
    return {part.key: part.note for part in EXPERIMENT.structure(small(**settings), side).parts}


def test_the_drawing_tells_when_the_alarm_rings():
    assert notes(WITH)["alarm"] == "at error 2, back in 10 s"
    assert notes(WITHOUT, detection="time", detect_s=30)["alarm"] == "after 30 s, back in 10 s"


@pytest.mark.parametrize(
    ("side", "note"),
    [(WITHOUT, "all features at once"), (WITH, "8 routes, largest first"), (CANARY, "50 % of users, then all")],
)
def test_the_drawing_tells_how_each_side_moves(side: str, note: str):
    assert notes(side, order="largest")["facade"] == note


@pytest.mark.parametrize(
    ("settings", "note"),
    [({}, "one defect"), ({"defect": "local", "faulty": 3}, "3 faulty features"), ({"defect": "none"}, "no defect")],
)
def test_the_drawing_tells_and_marks_the_defects(settings: dict[str, int | str], note: str):
    new = next(part for part in EXPERIMENT.structure(small(**settings), WITHOUT).parts if part.key == "new")

    assert (new.note, new.is_broken) == (note, note != "no defect")


def test_the_calculator_takes_the_numbers_of_its_reader():
    own = CutOver(your_rate=100, your_failing=20, your_rollback_s=30)

    # A fifth of a hundred a second for half a minute is 600.
    assert "harms 610 requests if all is switched at once, 190 with a slice of 30 % and 34 with" in harm_of_slices(own)
