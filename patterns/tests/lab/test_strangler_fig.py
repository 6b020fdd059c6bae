"""The three ways to a new system: whom a defect harms, what is taken back, and how long two systems run.

In these examples the big bang harms one request a second: ten requests a second, of which a defect harms a tenth. A
slice of an eighth harms one in eight seconds.
"""

from itertools import pairwise

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.strangler_fig import (
    CutOver,
    StranglerFig,
    harm_of_slices,
    horizon_days,
    moved_by,
    told,
)
from patterns.lab.simulation import DAY_US, SECOND_US
from patterns.lab.systems.strangler_fig import (
    CANARY,
    FEATURES,
    NEVER,
    BadRequest,
    Defect,
    Facade,
    Migration,
    MigrationLoad,
    MigrationSettings,
    Turn,
)
from patterns.lab.trace import Trace

EXPERIMENT = StranglerFig()
SIDES = [WITHOUT, WITH, CANARY]
EACH_SIDE = pytest.mark.parametrize("side", SIDES)
SMALL = {"rate": 10, "failing": 10, "errors": 2, "rollback_s": 10, "build_days": 1, "slices": "equal", "canary": 50}
COMMON = Defect("common defect", (*FEATURES,), 0.1)
THIRD, FOURTH = Defect("third", (2,), 0.1), Defect("fourth", (3,), 0.1)
LATE = BadRequest(NEVER, 0.0)


def small(**settings: int | str) -> MigrationSettings:
    return MigrationSettings(**{**SMALL, **settings})


def load(*bad: tuple[float, float], defects: tuple[Defect, ...] = (COMMON,), down: tuple[int, int] = (0, 0)):
    """Bad requests by the seconds after the one before at a rate of one a second, and marks; the façade down."""
    requests = [BadRequest(round(wait_s * SECOND_US), mark) for wait_s, mark in bad]
    at_us, count = down
    return MigrationLoad(defects, [*requests, LATE], at_us, [one * SECOND_US for one in range(count)])


def migrated(side: str, given: MigrationLoad, **settings: int | str) -> Migration:
    return Migration.simulate(small(**settings), given, side)


def harmed_s(migration: Migration) -> list[float]:
    """In seconds after the first switch."""
    return [(harm.at_us - migration.turns[0].at_us) / SECOND_US for harm in migration.harms]


def what_of(migration: Migration) -> list[str]:
    return [turn.what for turn in migration.turns]


THREE = load((3, 0), (4, 0), (5, 0))


# The façade


def test_a_facade_begins_with_the_old_system_alone():
    assert Facade(small()).moved() == 0


def test_a_facade_routes_each_feature_by_itself():
    facade = Facade(MigrationSettings())

    facade.route([0, 7], 100)
    facade.route([1], 50)

    assert facade.moved() == pytest.approx(0.30 + 0.04 + 0.10)
    assert facade.moved((1, 2)) == pytest.approx(0.10)


def test_features_are_all_requests_together():
    for slices in ("uneven", "equal"):
        assert sum(MigrationSettings(slices=slices).weight(one) for one in FEATURES) == pytest.approx(1)


def test_the_smallest_slice_is_the_first_unless_the_largest_is_wanted():
    assert MigrationSettings().in_order == [7, 6, 5, 4, 3, 2, 1, 0]
    assert MigrationSettings(order="largest").in_order == [0, 1, 2, 3, 4, 5, 6, 7]


# The three ways, for three bad requests


def test_a_big_bang_harms_until_all_routes_are_restored():
    migration = migrated(WITHOUT, THREE)

    assert harmed_s(migration) == [3, 7, 12]
    assert [turn.at_us - 8 * DAY_US for turn in migration.turns] == [
        0,
        7 * SECOND_US,
        17 * SECOND_US,
        17 * SECOND_US + 2 * DAY_US,
        17 * SECOND_US + 2 * DAY_US,
        10 * SECOND_US + 9 * DAY_US,
    ]


def test_a_slice_of_an_eighth_meets_the_same_requests_eight_times_as_slowly():
    migration = migrated(WITH, THREE)

    assert harmed_s(migration) == [24, 56]
    assert what_of(migration) == ["route", "alarm", "back", "repaired", *["route"] * 8, "end"]


def test_a_canary_of_half_the_users_meets_them_half_as_fast():
    migration = migrated(CANARY, THREE)

    assert harmed_s(migration) == [6, 14]
    assert [turn.moved for turn in migration.turns] == [0.5, 0.5, 0, 0, 0.5, 1, 1]


def test_the_wait_for_a_bad_request_goes_on_where_it_stopped():
    given = load((3, 0), (4, 0), (40, 0), (1, 0), defects=(THIRD, FOURTH))

    # 4 and 12 s at two eighths a second; 10 s of the rollback leave 37.5 of 40, which pass at one eighth.
    migration = migrated(WITHOUT, given, finds="one")

    restored = migration.turns[4].at_us
    assert [harm.at_us - restored for harm in migration.harms[2:]] == [300 * SECOND_US, 308 * SECOND_US]


@EACH_SIDE
def test_a_new_system_without_a_defect_harms_nobody(side: str):
    migration = migrated(side, load((1, 0), defects=()))

    assert migration.harms == []
    assert {*what_of(migration)} == {"route", "end"}


def test_figures_of_a_big_bang():
    found = EXPERIMENT.figures(migrated(WITHOUT, THREE))

    back_s, end_days = 17 / 86_400, 17 + 10 / 86_400
    assert found == {
        "harmed": 3,
        "requests": 10 * 86_400 * 33,
        "exposed": 1,
        "most_back": 1,
        "first_days": pytest.approx(10 + back_s),
        "waiting_days": pytest.approx(2),
        "last_days": pytest.approx(10 + back_s),
        "rollbacks": 1,
        "joined_days": pytest.approx(end_days - 8),
        "hop_days": 0,
        # Ten a second, a fifth of them writes, five seconds late, for seven days and the rollback.
        "one_sided": pytest.approx(10 * (7 + 10 / 86_400) / end_days),
    }


def test_figures_of_a_migration_by_features():
    found = EXPERIMENT.figures(migrated(WITH, THREE))

    first, last, end = 4 + 66 / 86_400, 18 + 10 / 86_400, 25 + 10 / 86_400
    # The first slice for 66 s, then one slice more every two days: 2 days less 56 s, six times 2 days, a week.
    moved = (66 / 86_400 + 2 - 56 / 86_400 + 2 * (2 + 3 + 4 + 5 + 6 + 7) + 8 * 7) / 8
    assert found == {
        "harmed": 2,
        "requests": 10 * 86_400 * 33,
        "exposed": 0.125,
        "most_back": 0.125,
        "first_days": pytest.approx(first),
        "waiting_days": pytest.approx(2),
        "last_days": pytest.approx(last),
        "rollbacks": 1,
        "joined_days": pytest.approx(end - 2),
        "hop_days": pytest.approx(10 * (end - 2) * 0.002),
        "one_sided": pytest.approx(10 * moved / end),
    }


def test_figures_of_a_canary():
    found = EXPERIMENT.figures(migrated(CANARY, THREE))

    assert (found["harmed"], found["exposed"], found["most_back"]) == (2, 0.5, 0.5)
    # A canary is not all users: in use for good is what follows a week later, 14 s less that it had watched before.
    assert found["first_days"] == found["last_days"] == pytest.approx(8 + 2 + 7 + 10 / 86_400)
    assert found["hop_days"] == pytest.approx(10 * found["joined_days"] * 0.002)


def test_extra_work_for_slices_delays_the_pattern_alone():
    last = {side: EXPERIMENT.figures(migrated(side, load(), seam_days=3))["last_days"] for side in SIDES}

    assert last == {WITHOUT: 8, WITH: 32, CANARY: 15}


# Defects, alarms and repairs


LOCAL = load((1, 0.2), (1, 0.7), (1, 0.2), defects=(THIRD, FOURTH))


def test_a_mark_says_which_defect_a_request_meets():
    assert [harm.defect for harm in migrated(WITHOUT, LOCAL, errors=3).harms] == [THIRD, FOURTH, THIRD]


def test_a_common_defect_is_met_in_each_feature_as_often_as_it_is_used():
    given = load((1, 0.29), (1, 0.31), (1, 0.95), (1, 0.97))

    assert [harm.feature for harm in migrated(WITHOUT, given, slices="uneven", errors=4).harms] == [0, 1, 6, 7]


def test_all_defects_that_have_shown_are_repaired_one_after_the_other():
    migration = migrated(WITHOUT, LOCAL)

    assert migration.open == []
    found = EXPERIMENT.figures(migration)
    assert (found["waiting_days"], found["rollbacks"]) == (pytest.approx(2 + 4), 1)


def test_a_defect_that_hides_the_others_is_repaired_alone():
    migration = migrated(WITHOUT, LOCAL, finds="one")

    assert migration.open == [FOURTH]
    assert EXPERIMENT.figures(migration)["waiting_days"] == 2


def test_what_has_been_repaired_harms_nobody_any_more():
    given = load((1, 0.2), (1, 0.2), (40, 0.2), (1, 0.2), defects=(THIRD, FOURTH))

    assert [harm.defect for harm in migrated(WITHOUT, given).harms] == [THIRD, THIRD, FOURTH, FOURTH]


def test_a_defect_that_shows_in_the_rollback_is_repaired_as_well():
    given = load((1, 0.2), (1, 0.2), (1, 0.7), defects=(THIRD, FOURTH))

    assert migrated(WITHOUT, given).open == []


def test_slices_take_back_the_faulty_one_alone():
    migration = migrated(WITH, LOCAL, order="largest")

    backs = [turn.features for turn in migration.turns if turn.what == "back"]
    assert backs == [(2,)]
    assert [turn.moved for turn in migration.turns if turn.what == "back"] == [2 / 8]
    assert EXPERIMENT.figures(migration)["most_back"] == 1 / 8


def test_a_big_bang_takes_back_what_was_well_too():
    migration = migrated(WITHOUT, LOCAL)

    found = EXPERIMENT.figures(migration)
    assert (found["exposed"], found["most_back"]) == (2 / 8, 1)


def test_an_alarm_stops_the_building_of_the_next_feature():
    migration = migrated(WITH, THREE)

    second = migration.turns[5]
    assert (second.what, second.features) == ("route", (6,))
    # Two days of work, and two days and ten seconds of alarm.
    assert second.at_us - migration.turns[0].at_us == 4 * DAY_US + 10 * SECOND_US


def test_an_alarm_by_the_clock_rings_at_its_time_after_the_switch():
    given = load((1, 0), (20, 0), (20, 0), (1, 0))

    migration = migrated(WITHOUT, given, detection="time", detect_s=30)

    assert harmed_s(migration) == [1, 21]
    assert (migration.turns[1].at_us - migration.turns[0].at_us) == 30 * SECOND_US


def test_an_alarm_by_the_clock_waits_for_something_to_see():
    migration = migrated(WITHOUT, load((50, 0)), detection="time", detect_s=30)

    assert (migration.turns[1].at_us - migration.turns[0].at_us) == 50 * SECOND_US


def test_errors_are_counted_anew_after_an_alarm():
    migration = migrated(WITHOUT, load((1, 0.2), (1, 0.2), (1, 0.2), (40, 0.2), defects=(THIRD, FOURTH)))

    assert len(migration.harms) == 4
    assert what_of(migration).count("alarm") == 1


def test_errors_of_an_earlier_slice_count_when_the_next_has_moved():
    given = load((1, 0), (86_400 / 4, 0))

    migration = migrated(WITH, given)

    # One in the first slice, the other at twice the rate in the third day: both slices are taken back.
    assert [turn.features for turn in migration.turns if turn.what == "back"] == [(6, 7)]


def test_a_canary_goes_back_to_as_many_users_as_before():
    migration = migrated(CANARY, THREE, canary=20)

    assert [turn.moved for turn in migration.turns if turn.what == "route"] == pytest.approx([0.2, 0.2, 1])


# Calls past the façade


def test_calls_past_the_facade_meet_the_old_system_and_not_the_defect():
    migration = migrated(WITH, load((3, 0), (4, 0)), bypass=50)

    # The defect harms a sixteenth a second, their writes 10 · 1/8 · 0.5 · 0.2 = two sixteenths.
    assert migration.harms[0].defect == COMMON
    assert harmed_s(migration) == [16, pytest.approx(16 + 4 / (3 / 16), abs=1e-5)]


def test_writes_past_the_facade_are_a_defect_of_each_slice():
    migration = migrated(WITH, load((3, 0.9), (4, 0.9)), bypass=50)

    assert {harm.defect.is_of_seam for harm in migration.harms} == {True}
    assert [turn.features for turn in migration.turns if turn.what == "back"] == [(7,)]
    assert len(migration.open) == 8  # the common defect, and seven slices


@pytest.mark.parametrize("side", [WITHOUT, CANARY])
def test_callers_inside_the_old_system_move_with_it_when_all_moves(side: str):
    assert harmed_s(migrated(side, THREE, bypass=50)) == harmed_s(migrated(side, THREE))


# A façade that fails


def test_a_facade_that_is_down_harms_every_request():
    migration = migrated(WITH, load(down=(3 * DAY_US, 4)))

    assert [harm.at_us - 3 * DAY_US for harm in migration.harms] == [0, SECOND_US, 2 * SECOND_US, 3 * SECOND_US]
    assert {*what_of(migration)} == {"route", "end"}


@pytest.mark.parametrize(("side", "day", "harmed"), [(WITH, 1, 0), (WITH, 24, 0), (CANARY, 3, 0), (CANARY, 9, 4)])
def test_a_facade_is_missed_only_while_there_is_one(side: str, day: int, harmed: int):
    assert len(migrated(side, load(down=(day * DAY_US, 4))).harms) == harmed


def test_a_big_bang_has_no_facade_to_fail():
    assert migrated(WITHOUT, load(down=(9 * DAY_US, 4))).harms == []


def test_a_facade_fails_while_the_slices_move():
    p = small(facade_down_s=10)
    loads = [Migration.draw(p, seed) for seed in range(40)]

    assert all(2 * DAY_US <= one.facade_down_us < (16 + 7) * DAY_US for one in loads)
    assert max(one.facade_down_us for one in loads) > 20 * DAY_US
    assert all(0 <= at_us < 10 * SECOND_US for one in loads for at_us in one.turned_away_us)


# What is drawn, and what holds in every seed


def test_defects_are_drawn_as_they_are_set():
    assert [one.features for one in Migration.draw(MigrationSettings(), 0).defects] == [(*FEATURES,)]
    assert Migration.draw(MigrationSettings(defect="none"), 0).defects == ()
    local = [Migration.draw(MigrationSettings(defect="local", faulty=3), seed).defects for seed in range(20)]
    assert {len({*one}) for one in local} == {3}
    assert {feature for one in local for defect in one for feature in defect.features} == {*FEATURES}


@EACH_SIDE
@pytest.mark.parametrize("preset", EXPERIMENT.presets, ids=lambda preset: preset.key)
def test_in_every_seed_all_moves_in_the_end_and_no_request_is_drawn_twice(side: str, preset):
    for seed in range(10):
        given = Migration.draw(preset.parameters, seed)
        migration = Migration.simulate(preset.parameters, given, side)

        assert migration.facade.percent == [100] * 8
        assert migration.turns[-1].what == "end"
        assert all(one.at_us <= other.at_us for one, other in pairwise(migration.turns))
        assert migration.met <= len(given.bad)


def test_the_seams_of_all_slices_are_found():
    for seed in range(5):
        p = MigrationSettings(bypass=60)
        assert Migration.simulate(p, Migration.draw(p, seed), WITH).open == []


def test_the_unluckiest_setting_needs_no_more_requests_than_are_drawn():
    p = MigrationSettings(defect="local", faulty=8, finds="one", detection="time", rate=30, failing=20, rollback_s=120)

    given = Migration.draw(p, 1)

    assert all(Migration.simulate(p, given, side).met <= len(given.bad) for side in SIDES)


# What is shown


def test_charts_of_a_big_bang():
    moved, harmed, first = EXPERIMENT.series(migrated(WITHOUT, THREE))

    by_day = {sample.at_us // DAY_US: sample.value for sample in moved.samples}
    assert [by_day[day] for day in (0, 7, 8, 9, 10, 11, 17)] == [0, 0, 100, 0, 0, 100, 100]
    assert [sample.value for sample in harmed.samples][7:10] == [0, 0, 3]
    assert [sample.value for sample in first.samples][:4] == [0, 2, 3, 3]
    assert first.samples[-1].at_us == 600 * SECOND_US


def test_charts_of_slices_rise_by_an_eighth():
    moved, harmed, first = EXPERIMENT.series(migrated(WITH, THREE))

    assert [sample.value for sample in moved.samples][:8] == [0, 0, 12.5, 0, 0, 12.5, 12.5, 25]
    assert harmed.samples[-1].value == 2
    assert [sample.value for sample in first.samples][2:7] == [0, 1, 1, 1, 2]


def test_what_moved_is_asked_of_the_latest_turn():
    turns = [Turn(5, "route", 0.2), Turn(9, "route", 0.4)]

    assert [moved_by(turns, at_us) for at_us in (4, 5, 8, 9)] == [0, 0.2, 0.2, 0.4]


@EACH_SIDE
def test_the_charts_are_long_enough_for_every_side(side: str):
    for preset in EXPERIMENT.presets:
        migration = Migration.simulate(preset.parameters, Migration.draw(preset.parameters, 3), side)

        assert migration.turns[-1].at_us <= (horizon_days(preset.parameters) + 1) * DAY_US


def test_failures_are_the_defect_and_the_facade():
    both = EXPERIMENT.failures(migrated(WITH, load(down=(3 * DAY_US, 4)), facade_down_s=4))
    none = EXPERIMENT.failures(migrated(WITH, load(defects=())))

    assert [one.what for one in both] == ["the new code has a defect", "the façade is down"]
    assert (both[0].from_us, both[0].until_us) == (0, (16 + 14 + 2 + 1) * DAY_US)
    assert (both[1].from_us, both[1].until_us) == (3 * DAY_US, 3 * DAY_US + 4 * SECOND_US)
    assert none == ()


def test_the_story_of_a_big_bang():
    assert [one.text for one in told(migrated(WITHOUT, THREE))] == [
        "all features: new system, 100 % of all requests",
        "harmed: common defect",
        "all features: take back",
        "all features: old system",
        "repaired",
        "all features: new system, 100 % of all requests",
        "switch off",
    ]


def test_the_story_of_a_slice_names_the_facade_and_the_feature():
    first, bad, alarm, back, *_ = told(migrated(WITH, THREE))

    assert (first.sender, first.receiver, first.text) == (
        "team",
        "façade",
        "feature 8: new system, 12.5 % of all requests",
    )
    assert (bad.kind, alarm.sender, back.text) == ("fail", "alarm", "feature 8: old system")


def test_a_story_can_be_read():
    for side in SIDES:
        migration = migrated(side, THREE)
        trace = Trace()
        EXPERIMENT.narrate(trace, migration)
        assert 5 <= len(trace.story()) <= 14


def test_the_structure_shows_what_is_new_and_what_is_broken():
    with_it = EXPERIMENT.structure(small(bypass=40, facade_down_s=5), WITH)
    without = EXPERIMENT.structure(small(), WITHOUT)

    assert [part.name for part in with_it.parts if part.is_new] == ["Façade"]
    assert [part.name for part in with_it.parts if part.is_broken] == ["Façade", "New system"]
    assert with_it.wires[-1].note == "40 % past the façade"
    assert [part.name for part in without.parts if part.is_new] == []
    assert len(without.wires) == 5


def test_the_calculator_gives_the_numbers_of_the_law():
    assert "harms 70 requests if all is switched at once, 28 with a slice of 30 % and 12 with" in harm_of_slices(
        CutOver()
    )


# Mutations: each makes the figures what they would be without the part that is broken.


def test_a_facade_that_routes_everything_makes_every_slice_a_big_bang(monkeypatch: pytest.MonkeyPatch):
    route = Facade.route
    monkeypatch.setattr(Facade, "route", lambda self, _, percent: route(self, [*FEATURES], percent))

    assert harmed_s(migrated(WITH, THREE)) == [3, 7, 12]


def test_a_rollback_that_takes_nothing_back_goes_on_harming(monkeypatch: pytest.MonkeyPatch):
    given = load((3, 0), (4, 0), (100, 0))
    monkeypatch.setattr(Migration, "to_take_back", lambda self: [])

    assert len(migrated(WITHOUT, given).harms) == 3
