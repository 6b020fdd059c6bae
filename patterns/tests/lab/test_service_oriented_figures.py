"""What is drawn by chance for providers, consumers and a bus, and how they are shown."""

from itertools import pairwise
from math import exp
from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.service_oriented import YourNotice, late_consumers
from patterns.lab.simulation import DAY_US
from patterns.lab.systems.service_oriented import BUS, Change, ContractSettings, Enterprise
from patterns.tests.lab.test_service_oriented import EXPERIMENT

# What is drawn


def changes(count: int = 30, **settings: int) -> list[Change]:
    p = ContractSettings(**{"density": 100, **settings})
    return [one for seed in range(count) for one in Enterprise.draw(p, seed).changes]


def test_each_consumer_needs_a_time_of_its_own_to_move():
    assert {len({*one.moves_us.values()}) for one in changes(3)} == {12}


def test_moves_take_an_exponential_time():
    days = [us / DAY_US for one in changes(migration_days=20) for us in one.moves_us.values()]

    assert fmean(days) == pytest.approx(20, rel=0.05)
    assert [fmean(one > limit for one in days) for limit in (20, 60)] == pytest.approx([exp(-1), exp(-3)], rel=0.1)


def test_the_team_of_the_bus_needs_as_long_as_it_is_set():
    days = [one.translate_us / DAY_US for one in changes(translate_days=7)]

    assert fmean(days) == pytest.approx(7, rel=0.15)
    assert fmean(one > 7 for one in days) == pytest.approx(exp(-1), rel=0.2)


def test_each_pair_is_linked_by_a_chance_of_its_own():
    consumers = Enterprise.draw(ContractSettings(), 0).consumers

    assert len({*consumers}) == 6
    assert len({sum(one in users for users in consumers) for one in range(12)}) > 1


def test_a_bus_that_fails_while_it_is_down_fails_once():
    for seed in range(5):
        outages = Enterprise.draw(ContractSettings(outages=24, outage_h=72), seed).outages

        assert all(up_us < down_us for (_, up_us), (down_us, _) in pairwise(outages))
        assert max(up_us - down_us for down_us, up_us in outages) > 3 * DAY_US  # two of them, joined


# What is shown


SET = ContractSettings(
    consumers=9, providers=4, density=70, every_days=99, overlap_days=44, migration_days=22, translate_days=8, hop_ms=3
)


@pytest.mark.parametrize(
    ("side", "notes"),
    [
        (WITHOUT, {"old": "replaced after 44 days"}),
        (WITH, {"registry": "who uses which version", "old": "ends after 44 days", "new": "from the first day"}),
        (
            BUS,
            {
                "bus": "2 outages, 4 h each",
                "team": "8 days a change",
                "old": "ends after 44 days",
                "new": "from the first day",
            },
        ),
    ],
)
def test_the_drawing_has_the_numbers_that_are_set(side: str, notes: dict[str, str]):
    parts = {one.key: (one.name, one.note) for one in EXPERIMENT.structure(SET, side).parts}

    assert parts.pop("consumers") == ("9 consumers", "22 days to move")
    assert parts.pop("providers") == ("4 providers", "a change in 99 days")
    assert {key: note for key, (_, note) in parts.items()} == notes


def broken_wires(side: str, **settings: int) -> list[tuple[str, str, str]]:
    wires = EXPERIMENT.structure(ContractSettings(**settings), side).wires
    return [(one.source, one.target, one.note) for one in wires if one.is_broken]


def test_calls_of_the_old_version_are_broken_on_all_sides():
    assert broken_wires(WITHOUT, density=70) == [("consumers", "old", "70 % of all pairs")]
    assert broken_wires(WITH) == [("consumers", "old", "")]
    assert broken_wires(BUS, hop_ms=3) == [("consumers", "bus", "+3 ms a call"), ("bus", "old", "")]


def test_a_bus_that_never_fails_is_not_marked():
    parts = EXPERIMENT.structure(ContractSettings(outages=0), BUS).parts

    assert [one.key for one in parts if one.is_broken] == ["old"]
    assert broken_wires(BUS, outages=0) == [("bus", "old", "")]


def test_without_notice_every_consumer_is_late():
    assert late_consumers(YourNotice(your_notice_days=0)).startswith(
        "When the old version ends, 12.0 of 12 consumers still use it on average (100.0 %)"
    )
