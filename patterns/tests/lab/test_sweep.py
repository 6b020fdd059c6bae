"""Runs over seeds: what is kept of them, how many a reader's own settings get, and which code they depend on."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from patterns.lab import sweep as sweeps
from patterns.lab.experiment import WITH, WITHOUT, SideOutcome
from patterns.lab.experiments import BY_SLUG, EXPERIMENTS
from patterns.lab.sweep import Sweep, modules_behind, own_sweep, seeds_from, sweep, sweep_of, version

BREAKER = BY_SLUG["circuit-breaker-pattern"]
SETTINGS = replace(BREAKER.default.parameters, workers=12, outage_s=5, open_s=2)


def kept(values: Iterable[float | None], others: Iterable[float | None] = (1.0,) * 6) -> Sweep:
    return Sweep({WITH: {"delay": tuple(values)}, WITHOUT: {"delay": tuple(others)}})


def test_the_mean_is_of_the_runs_that_had_something():
    assert kept([1.0, None, 3.0]).mean(WITH, "delay") == 2.0
    assert kept([None, None]).mean(WITH, "delay") is None


def test_a_spread_has_both_ends():
    spread = kept([1.0, None, 3.0]).spread(WITH, "delay")

    assert (spread.mean, spread.low, spread.high) == (2.0, 1.0, 3.0)
    assert kept([None]).spread(WITH, "delay") is None


@pytest.mark.parametrize(
    ("values", "mean"), [([3.0] * 6, 2.0), ([3.0] * 5 + [None], 2.0), ([3.0] * 4 + [None] * 2, None)]
)
def test_a_difference_needs_five_runs_that_have_both(values: list[float | None], mean: float | None):
    found = kept(values).difference("delay", against=WITHOUT)

    assert (found.mean if found else None) == mean


def test_a_sweep_keeps_metrics_and_what_they_are_of_to_six_decimals():
    outcome = SideOutcome(dict.fromkeys(BREAKER.kept, 1 / 3) | {"settled_refused": 0.5}, event_count=1)

    found = sweep_of(BREAKER, {side.key: [outcome] for side in BREAKER.sides})

    assert found.figures[WITH] == dict.fromkeys(BREAKER.kept, (0.333333,))
    assert "requests" in BREAKER.kept
    assert found.run_count == 1


# A reader's own settings


def test_settings_of_ones_own_get_ten_runs_from_their_seed_on():
    assert own_sweep(BREAKER, SETTINGS, 3) == sweep(BREAKER, SETTINGS, seeds=range(3, 13))


def test_large_settings_get_fewer_runs_and_very_large_ones_just_one(monkeypatch: pytest.MonkeyPatch):
    cost = sum(BREAKER.run(SETTINGS, 3, side.key).event_count for side in BREAKER.sides)

    counts = {}
    for count in (4, 5, 7, 11):
        monkeypatch.setattr(sweeps, "OWN_EVENTS", cost * count)
        counts[count] = own_sweep(BREAKER, SETTINGS, 3).run_count

    assert counts == {4: 1, 5: 5, 7: 7, 11: 10}


def test_behind_the_last_seed_comes_the_first():
    assert seeds_from(9_998, 4) == [9_998, 9_999, 0, 1]


# Versions


def test_an_experiment_depends_on_the_modules_that_it_imports_and_on_no_other_experiment():
    behind = {*modules_behind("patterns.lab.experiments.saga")}

    assert {"patterns.lab.systems.saga", "patterns.lab.systems.travel", "patterns.lab.simulation"} <= behind
    assert "patterns.lab.systems.outbox" not in behind
    assert "patterns.lab.verdict" not in behind


def test_each_experiment_has_a_version_of_its_own():
    assert len({version(one) for one in EXPERIMENTS}) == len(EXPERIMENTS)
