"""CQRS and its rivals: what each store has to do, what readers see of it, and what broken ones would show."""

from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.cqrs import (
    READ_STORE,
    REPLICA,
    STALE,
    ReadModel,
    mixed_queue_ms,
)
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.cqrs import (
    CALM_US,
    END_US,
    PEAK_US,
    STOP_US,
    VIEW,
    ReadModelSettings,
    RecordLoad,
    RecordRead,
    RecordStore,
    RecordWrite,
    SeparateModels,
    ViewBesideModel,
)
from patterns.lab.systems.stale_copy import Change, StaleCopy
from patterns.lab.systems.station import NO_DEADLINE, Station, Task

figures, run = ReadModel().figures, ReadModel().run
SIDES = [WITHOUT, WITH, VIEW]
MEAN = MILLISECOND_US  # the size of what takes exactly as long as on average


def write(at_ms: int, record: int = 1, look_after_ms: int = -1) -> RecordWrite:
    """Of average size in all respects; its author looks at it if there is a time for that."""
    after_us = look_after_ms * MILLISECOND_US
    return RecordWrite(at_ms * MILLISECOND_US, record, MEAN, MEAN, MEAN, after_us, look_after_ms >= 0)


def read(at_ms: int, record: int = 1) -> RecordRead:
    return RecordRead(at_ms * MILLISECOND_US, record, MEAN)


def store_of(*load: RecordWrite | RecordRead, side: str = WITH, **settings: int | str) -> RecordStore:
    writes = [one for one in load if isinstance(one, RecordWrite)]
    reads = [one for one in load if isinstance(one, RecordRead)]
    return RecordStore.simulate(ReadModelSettings(**settings), RecordLoad(writes, reads), side, is_traced=True)


def answered_ms(store: RecordStore) -> list[float]:
    return [end.at_us / MILLISECOND_US for end in store.ends]


def committed_ms(store: RecordStore) -> list[float]:
    return [end.change.at_us / MILLISECOND_US for end in store.writes]


def applied_ms(store: RecordStore) -> list[float]:
    return [at_us / MILLISECOND_US for at_us in store.copy.applied_us]


# What each side does


@pytest.mark.parametrize(("side", "answered"), [(WITHOUT, [10, 20]), (WITH, [3, 7]), (VIEW, [3, 7])])
def test_a_read_takes_a_join_or_a_view_and_waits_for_the_one_before(side: str, answered: list[float]):
    assert answered_ms(store_of(read(0), read(4), side=side)) == answered


@pytest.mark.parametrize(("side", "answered"), [(WITHOUT, 2), (WITH, 20), (VIEW, 20)])
def test_a_view_that_is_slower_than_the_join_is_read_all_the_same(side: str, answered: int):
    assert answered_ms(store_of(read(0), side=side, join_ms=2, view_ms=20)) == [answered]


@pytest.mark.parametrize(("side", "committed"), [(WITHOUT, [30, 60]), (WITH, [30, 60]), (VIEW, [35, 70])])
def test_a_view_in_the_same_store_is_part_of_each_write(side: str, committed: list[float]):
    assert committed_ms(store_of(write(0), write(1), side=side)) == committed


@pytest.mark.parametrize(
    ("side", "applied"),
    [
        (WITHOUT, 30 + 20 + 5),
        (WITH, 30 + 200 + 6),
        (VIEW, 36 + 20 + 5 + 3),  # the tables, and a row of the view
    ],
)
def test_every_copy_pays_for_a_change_after_its_lag(side: str, applied: float):
    assert applied_ms(store_of(write(0), side=side, project_ms=6)) == [applied]


@pytest.mark.parametrize(("side", "upkeep"), [(WITHOUT, 5), (WITH, 6), (VIEW, 6 + 5 + 3)])
def test_upkeep_is_all_that_a_write_costs_beside_itself(side: str, upkeep: float):
    assert figures(store_of(write(0), side=side, project_ms=6))["upkeep_ms"] == upkeep


def test_reads_and_changes_wait_for_each_other():
    store = store_of(write(0), read(229), read(231))  # the change arrives at 230

    assert (answered_ms(store), applied_ms(store)) == ([232, 240], [237])


def test_a_read_shows_what_came_before_it_and_nothing_else():
    store = store_of(write(0), write(1, record=2), read(30), read(31), read(31, record=3), read(231))

    missing = [(end.read.at_us // MILLISECOND_US, end.missing and end.missing.number) for end in store.ends]

    # At 30 the first write was committed, not before; at 231 its change was waiting in front of the read.
    assert missing == [(30, None), (31, 0), (31, None), (231, None)]


def test_a_read_is_out_of_date_since_the_first_change_that_it_does_not_show():
    [end] = store_of(write(0), write(1), read(100)).ends

    assert end.missing == Change(0, 1, 30 * MILLISECOND_US)


@pytest.mark.parametrize(("look_after_ms", "is_missed"), [(199, True), (201, False)])
def test_an_author_who_looks_within_the_lag_misses_the_own_change(look_after_ms: int, is_missed: bool):
    [end] = store_of(write(0, look_after_ms=look_after_ms)).ends

    assert (end.read.at_us, end.is_own_missed) == ((30 + look_after_ms) * MILLISECOND_US, is_missed)


def test_an_author_who_sees_the_own_change_may_miss_a_later_one_of_others():
    [end] = store_of(write(0, look_after_ms=210), write(100)).ends

    assert (end.is_own_missed, end.missing) == (False, Change(1, 1, 130 * MILLISECOND_US))


@pytest.mark.parametrize(("side", "takes"), [(WITHOUT, 10), (WITH, 10), (VIEW, 3)])
def test_an_author_who_reads_from_the_primary_keeps_writes_waiting(side: str, takes: int):
    store = store_of(write(0, look_after_ms=10), write(100), side=side, authors="primary", write_ms=30, project_ms=0)

    [end] = store.ends
    assert (end.at_us, end.missing, end.is_own_missed) == ((40 + takes) * MILLISECOND_US, None, False)
    late = store_of(write(0, look_after_ms=10), write(41), side=side, authors="primary", project_ms=0)
    assert committed_ms(late) == [30, 40 + takes + 30]


def test_what_a_stopped_projector_missed_comes_all_at_once():
    stop_ms = STOP_US // MILLISECOND_US

    store = store_of(write(stop_ms - 231), write(stop_ms), write(stop_ms + 500), stop_s=1)

    # The first is due a millisecond before the stop.
    assert applied_ms(store) == [stop_ms + 4, stop_ms + 1005, stop_ms + 1010]


def test_a_stopped_projector_is_nothing_to_a_replica():
    assert applied_ms(store_of(write(STOP_US // MILLISECOND_US), side=WITHOUT, stop_s=10)) == [12_055]


def test_a_station_without_a_deadline_drops_nothing():
    store, ends = store_of(), list[str]()
    station = Station(store.world)

    for _ in range(3):
        station.take(Task(3_600 * SECOND_US, NO_DEADLINE, ends.append))
    store.world.run(until=5 * 3_600 * SECOND_US)

    assert ends == ["answered"] * 3


@pytest.mark.parametrize(
    ("side", "committed", "applied", "looked"),
    [
        (WITHOUT, 30, 30 + 20 + 2 * 5, 1030 + 4 * 10),
        (WITH, 30, 30 + 200 + 2 * 6, 1030 + 4 * 3),
        (VIEW, 30 + 2 * 6, 42 + 20 + 2 * (5 + 3), 1042 + 4 * 3),
    ],
)
def test_each_kind_of_work_has_a_size_of_its_own(side: str, committed: int, applied: int, looked: int):
    uneven = RecordWrite(0, 1, MEAN, 2 * MEAN, 4 * MEAN, SECOND_US, is_looked_at=True)

    store = store_of(uneven, side=side, project_ms=6)

    assert (committed_ms(store), applied_ms(store), answered_ms(store)) == ([committed], [applied], [looked])


def test_a_projector_may_be_stopped_for_longer_than_ten_seconds():
    assert applied_ms(store_of(write(STOP_US // MILLISECOND_US), stop_s=15)) == [27_005]


# The load


def test_the_peak_is_where_further_reads_come():
    load = RecordStore.draw(ReadModelSettings(reads=1, more=40, own=0), 0)

    peak = [one for one in load.reads if PEAK_US <= one.at_us < CALM_US]

    assert len(peak) == pytest.approx(41 * 15, rel=0.1)
    assert len(load.reads) - len(peak) < 30
    assert [one.at_us for one in load.reads] == sorted(one.at_us for one in load.reads)


def test_a_peak_lasts_to_its_end_and_writes_go_on_after_it():
    load = RecordStore.draw(ReadModelSettings(reads=1, more=40, writes=25), 0)

    assert sum(CALM_US - SECOND_US <= one.at_us < CALM_US for one in load.reads) > 20
    assert len(load.writes) == pytest.approx(25 * 30, rel=0.1)
    assert load.writes[-1].at_us > END_US - SECOND_US


def test_sizes_are_independent_and_as_large_as_they_should_be():
    load = RecordStore.draw(ReadModelSettings(writes=25), 0)
    sizes = [(one.size_us, one.copy_size_us, one.look_size_us) for one in load.writes]

    assert [fmean(kind) for kind in zip(*sizes, strict=True)] == pytest.approx([MEAN] * 3, rel=0.15)
    assert sum(len({*one}) == 3 for one in sizes) > 0.98 * len(sizes)  # a few are alike to the microsecond


def test_what_is_read_does_not_depend_on_what_is_written():
    few, many = (RecordStore.draw(ReadModelSettings(writes=writes), 0) for writes in (0, 25))

    assert few.reads == many.reads


def test_as_many_authors_look_as_are_set_after_their_time():
    load = RecordStore.draw(ReadModelSettings(own=30, writes=25, think_ms=1000), 0)

    assert fmean(one.is_looked_at for one in load.writes) == pytest.approx(0.3, abs=0.05)
    assert fmean(one.look_after_us for one in load.writes) == pytest.approx(SECOND_US, rel=0.15)


# What holds in every seed


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("settings", [{}, {"own": 100, "stop_s": 10}, {"own": 100, "authors": "primary"}])
def test_every_read_is_answered_and_every_change_applied(side: str, settings: dict[str, int | str]):
    p = ReadModelSettings(**settings)
    for seed in range(4):
        load = RecordStore.draw(p, seed)
        store = RecordStore.simulate(p, load, side)

        looks = sum(one.is_looked_at for one in load.writes)
        assert (len(store.ends), len(store.writes)) == (len(load.reads) + looks, len(load.writes))
        assert len(store.copy.applied_us) == len(store.copy.changes) == len(load.writes)
        assert store.copy.applied_us == sorted(store.copy.applied_us)


@pytest.mark.parametrize(("side", "lag_ms"), [(WITHOUT, 20), (WITH, 200), (VIEW, 20)])
def test_who_misses_the_own_change_looked_within_the_lag(side: str, lag_ms: int):
    p = ReadModelSettings(own=100)
    for seed in range(4):
        load = RecordStore.draw(p, seed)
        early = sum(one.look_after_us < lag_ms * MILLISECOND_US for one in load.writes)

        assert sum(end.is_own_missed for end in RecordStore.simulate(p, load, side).ends) == early


def test_the_age_of_what_a_stopped_projector_feeds_grows_by_a_second_each_second():
    p = ReadModelSettings(stop_s=10)
    store = RecordStore.simulate(p, RecordStore.draw(p, 0), WITH)

    ages = [store.copy.age_us(STOP_US + second * SECOND_US) for second in range(1, 10)]

    assert ages == [ages[0] + second * SECOND_US for second in range(9)]


# Theory, and mutations: each makes the figure what it would be without the part that is broken.


@pytest.mark.parametrize(
    ("kinds", "wait_ms"),
    [
        ([(50, 10)], 10),  # M/M/1: the time in the queue is u/(1 - u) of 10 ms
        ([(40, 10), (10, 30)], 130 / 3),
        ([(40, 10), (10, 0)], 20 / 3),
    ],
)
def test_the_formula_of_pollaczek_and_khinchine(kinds: list[tuple[float, float]], wait_ms: float):
    assert mixed_queue_ms(*kinds) == pytest.approx(wait_ms)


def mean_of(law_figure: str, parameters: ReadModelSettings, side: str, seeds: int = 30) -> float:
    found = [run(parameters, seed, side).figures[law_figure] for seed in range(seeds)]
    return fmean(value for value in found if value is not None)


def test_a_projector_whose_work_costs_nothing_would_make_reads_too_fast(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("read_mean_ms", READ_STORE.parameters, WITH)

    monkeypatch.setattr(SeparateModels, "apply_us", lambda self, write: 0)

    assert healthy == pytest.approx(READ_STORE.expected, rel=0.1)
    assert mean_of("read_mean_ms", READ_STORE.parameters, WITH) < 0.6 * READ_STORE.expected


def test_the_formula_for_one_kind_of_work_would_be_wrong_for_a_mixture():
    same_load = mixed_queue_ms((50, (40 * 5 + 10 * 20) / 50))

    assert REPLICA.expected - 5 == pytest.approx(25 / 16 * same_load)


def test_stale_reads_that_are_not_looked_for_are_not_found(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("settled_stale", STALE.parameters, WITH)

    monkeypatch.setattr(StaleCopy, "missing", lambda self, record, asked_us: None)

    assert healthy == pytest.approx(STALE.expected, rel=0.1)
    assert mean_of("settled_stale", STALE.parameters, WITH) == 0


def test_a_view_that_costs_its_replica_nothing_would_be_as_fast_as_a_read_store(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("read_p95_ms", ReadModelSettings(), VIEW, seeds=6)

    monkeypatch.setattr(ViewBesideModel, "apply_us", lambda self, write: write.copy_size_us * self.p.apply_ms)

    free = mean_of("read_p95_ms", ReadModelSettings(), VIEW, seeds=6)
    assert free == pytest.approx(mean_of("read_p95_ms", ReadModelSettings(), WITH, seeds=6), rel=0.02)
    assert healthy > 1.1 * free
