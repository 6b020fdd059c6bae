"""Repeated failure and repair: which instants are down, and how they are drawn."""

from statistics import fmean

import pytest

from patterns.lab.simulation import Stream
from patterns.lab.systems.outages import LEAD, Downtime, all_down, downtime, faults_us
from patterns.lab.systems.station import Outage


def spans(found: Downtime) -> list[tuple[int, int]]:
    return [(one.from_us, one.until_us) for one in found.outages]


def down(*pairs: tuple[int, int]) -> Downtime:
    return Downtime(Outage(*pair) for pair in pairs)


def test_each_fault_stops_it_for_one_repair():
    assert spans(downtime([[10, 50]], 30)) == [(10, 40), (50, 80)]


def test_faults_come_from_several_sources():
    assert spans(downtime([[50], [10, 90]], 30)) == [(10, 40), (50, 80), (90, 120)]


def test_what_is_down_is_not_stopped_again():
    assert spans(downtime([[10, 20], [39]], 30)) == [(10, 40)]


def test_it_can_be_stopped_at_the_instant_in_which_it_is_back():
    assert spans(downtime([[10, 40]], 30)) == [(10, 40), (40, 70)]


@pytest.mark.parametrize(("at_us", "is_down"), [(9, False), (10, True), (39, True), (40, False), (55, True)])
def test_an_outage_ends_just_before_its_last_instant(at_us: int, is_down: bool):
    assert down((10, 40), (50, 60)).is_down(at_us) is is_down


@pytest.mark.parametrize(
    ("from_us", "until_us", "is_hit"),
    [(0, 9, False), (0, 10, True), (39, 45, True), (40, 49, False), (40, 50, True), (0, 99, True), (60, 99, False)],
)
def test_a_time_is_hit_by_an_outage_that_begins_or_lasts_in_it(from_us: int, until_us: int, is_hit: bool):
    assert down((10, 40), (50, 60)).is_hit(from_us, until_us) is is_hit


def test_nothing_is_never_down():
    assert not down().is_hit(-100, 100)


def test_a_window_cuts_outages_off():
    found = down((-10, 5), (10, 40), (95, 120))

    assert spans(Downtime(found.within(0, 100))) == [(0, 5), (10, 40), (95, 100)]
    assert found.share_of(0, 100) == 0.4


def test_all_are_down_where_their_outages_overlap():
    assert spans(all_down([down((0, 30), (50, 60)), down((20, 55)), down((25, 100))])) == [(25, 30), (50, 55)]
    assert spans(all_down([down((0, 30))])) == [(0, 30)]


def test_faults_begin_long_before_time_zero():
    instants = faults_us(Stream(0, "faults"), every_us=50, repair_us=30, until_us=10_000)

    assert -LEAD * 30 < instants[0] < -LEAD * 30 + 500
    assert instants == sorted(instants)
    assert instants[-1] < 10_000


def test_there_are_none_of_a_thing_that_never_fails():
    assert faults_us(Stream(0, "faults"), every_us=0, repair_us=30, until_us=10_000) == []


def test_time_zero_is_like_any_other_instant():
    """Up for 60 on average, then down for 30: one third is down, at the start of 3,000 runs as well."""
    found = [
        downtime([faults_us(Stream(seed, "faults"), every_us=60, repair_us=30, until_us=1)], 30).is_down(0)
        for seed in range(3000)
    ]

    assert fmean(found) == pytest.approx(1 / 3, abs=0.028)
