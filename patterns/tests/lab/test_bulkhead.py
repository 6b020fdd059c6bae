"""Compartments and one pool: who gets a worker, what a wall keeps out, and what it costs."""

from math import factorial
from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.bulkhead import Bulkheads, calls_at, refused
from patterns.lab.experiments.circuit_breaker import erlang_b
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.bulkhead import (
    END_US,
    FIRST,
    SECOND,
    SHORT,
    TROUBLE_US,
    WELL_US,
    Bulkhead,
    BulkheadSettings,
    DependentRequest,
    DividedService,
    Fate,
    OnePool,
    Pool,
)

figures, run = Bulkheads().figures, Bulkheads().run
SIDES = [WITHOUT, WITH, SHORT]
SMALL = {"workers": 3, "first": 1}  # a worker for each of the three
THIRD = 2

Told = tuple[Fate, int, int | None]


def request(at_ms: int, takes_ms: int = 80, dependency: int = FIRST) -> DependentRequest:
    return DependentRequest(at_ms * MILLISECOND_US, takes_ms * MILLISECOND_US, dependency)


def served(*load: DependentRequest, side: str = WITH, **settings: int | str) -> DividedService:
    return DividedService.simulate(BulkheadSettings(**settings), [*load], side, is_traced=True)


def ends(*load: DependentRequest, side: str = WITH, **settings: int | str) -> list[Told]:
    """What became of each request, when, and when its call began, in milliseconds."""
    return [
        (end.fate, end.at_us // MILLISECOND_US, None if end.began_us is None else end.began_us // MILLISECOND_US)
        for end in served(*load, side=side, **settings).ends
    ]


# Who gets a worker


@pytest.mark.parametrize(
    ("workers", "first", "sizes"),
    [
        (18, 6, (6, 6, 6)),
        (18, 14, (14, 2, 2)),
        (18, 7, (7, 6, 5)),
        (5, 1, (1, 2, 2)),
        (18, 58, (16, 1, 1)),
        (3, 6, (1,) * 3),
    ],
)
def test_compartments_share_all_workers_and_none_is_empty(workers: int, first: int, sizes: tuple[int, ...]):
    assert BulkheadSettings(workers=workers, first=first).sizes == sizes


def test_one_pool_gives_any_worker_to_any_request():
    three = [request(0, 50), request(0, 60), request(0, 70)]

    assert ends(*three, side=WITHOUT, queue=0, **SMALL) == [
        ("answered", 50, 0),
        ("answered", 60, 0),
        ("answered", 70, 0),
    ]


def test_a_compartment_has_its_own_workers_and_its_third_of_the_places():
    load = [request(0, 50), request(1, 60), request(2, 70), request(2, 90, SECOND)]

    service = served(*load, queue=3, **SMALL)

    # The third is refused though two workers are idle, and the fourth finds one of them.
    assert [(end.fate, end.at_us // MILLISECOND_US, end.idle) for end in service.ends] == [
        ("full", 2, 2),
        ("answered", 50, 0),
        ("answered", 92, 0),
        ("answered", 110, 0),
    ]


def test_one_pool_refuses_when_all_workers_and_all_places_are_taken():
    load = [request(0, 100) for _ in range(7)]

    service = served(*load, side=WITHOUT, queue=3, **SMALL)

    assert [(end.fate, end.at_us // 1000, end.idle) for end in service.ends] == [
        ("full", 0, 0),
        *[("answered", 100, 0)] * 3,
        *[("answered", 200, 0)] * 3,
    ]


def test_who_waits_first_is_served_first():
    load = [request(0, 100), request(1, 10), request(2, 20)]

    assert ends(*load, queue=6, **SMALL) == [("answered", 100, 0), ("answered", 110, 100), ("answered", 130, 110)]


# What becomes of a call


@pytest.mark.parametrize(("side", "timeout_ms"), [(WITHOUT, 1000), (WITH, 1000), (SHORT, 300)])
def test_a_call_is_given_up_at_the_timeout_and_frees_its_worker(side: str, timeout_ms: int):
    hanging = [request(0, timeout_ms + 1) for _ in range(3)]

    found = ends(*hanging, request(1, timeout_ms), side=side, queue=9, deadline_ms=5000, workers=3, first=1)

    assert found[0] == ("timeout", timeout_ms, 0)
    turn = 3 if side == WITH else 1  # of a compartment's one worker
    assert found[3] == ("answered", (turn + 1) * timeout_ms, turn * timeout_ms)


@pytest.mark.parametrize(("at_ms", "takes_ms"), [(4_999, 80), (5_000, 800), (14_999, 800), (15_000, 80)])
def test_a_call_is_slow_if_it_begins_while_its_dependency_is(at_ms: int, takes_ms: int):
    assert ends(request(at_ms)) == [("answered", at_ms + takes_ms, at_ms)]


def test_what_waited_until_all_is_well_is_not_slow():
    load = [request(14_950, 5), request(14_960, 80)]

    assert ends(*load, queue=3, **SMALL) == [("answered", 15_000, 14_950), ("answered", 15_080, 15_000)]


@pytest.mark.parametrize(
    ("trouble", "slow"), [("first", [True, False, False]), ("all", [True, True, True]), ("burst", [False] * 3)]
)
def test_what_goes_wrong_decides_who_is_slow(trouble: str, slow: list[bool]):
    p = BulkheadSettings(trouble=trouble)

    assert [p.is_slow(dependency, TROUBLE_US) for dependency in range(3)] == slow


@pytest.mark.parametrize(
    ("takes_ms", "end"),
    [
        (700, ("answered", 1_001, 301)),
        (701, ("late", 1_002, 301)),
    ],
)
def test_the_deadline_counts_from_the_request(takes_ms: int, end: Told):
    first, second = request(0, 301), request(1, takes_ms)

    assert ends(first, second, queue=3, timeout_ms=5000, **SMALL)[1] == end


def test_what_waited_beyond_its_deadline_is_dropped_and_the_next_one_called():
    load = [request(0, 1_500), request(499), request(500), request(501, 7)]

    found = ends(*load, queue=9, timeout_ms=5000, **SMALL)

    assert found == [
        ("late", 1_500, 0),
        ("waited too long", 1_500, None),  # since 499, and 500 is just in time to begin
        ("late", 1_580, 1_500),
        ("waited too long", 1_580, None),
    ]


# The load


def test_each_dependency_gets_its_rate_and_each_call_its_time():
    load = DividedService.draw(BulkheadSettings(rate=40, service_ms=100), 0)

    counts = [sum(one.dependency == dependency for one in load) for dependency in range(3)]
    assert counts == [pytest.approx(800, rel=0.1)] * 3
    assert fmean(one.service_us for one in load) == pytest.approx(100 * MILLISECOND_US, rel=0.06)
    assert [one.at_us for one in load] == sorted(one.at_us for one in load)


def test_requests_to_one_dependency_come_apart_from_those_to_the_others():
    load = DividedService.draw(BulkheadSettings(), 0)

    instants = [{one.at_us for one in load if one.dependency == dependency} for dependency in range(3)]
    assert not instants[0] & instants[1]
    assert not instants[1] & instants[2]


def test_a_burst_is_more_requests_to_the_second_for_a_while():
    usual, burst = (DividedService.draw(BulkheadSettings(trouble=trouble), 0) for trouble in ("first", "burst"))

    more = {(one.at_us, one.dependency) for one in burst} - {(one.at_us, one.dependency) for one in usual}

    assert len(burst) - len(usual) == len(more) == pytest.approx(2 * 30 * 10, rel=0.1)
    assert {dependency for _, dependency in more} == {SECOND}
    assert all(TROUBLE_US <= at_us < WELL_US for at_us, _ in more)


# What holds in every seed


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("settings", [{}, {"trouble": "burst", "queue": 0}, {"trouble": "all", "queue": 60}])
def test_every_request_comes_to_one_end_and_no_worker_stays_busy(side: str, settings: dict[str, int | str]):
    p = BulkheadSettings(**settings)
    for seed in range(4):
        load = DividedService.draw(p, seed)
        service = DividedService.simulate(p, load, side)

        assert sorted(end.request.at_us for end in service.ends) == [one.at_us for one in load]
        assert not any(pool.busy or pool.waiting for pool in service.workers.pools)


def test_a_slow_dependency_never_holds_more_than_its_compartment():
    p = BulkheadSettings(slow=100)
    for seed in range(4):
        found = DividedService.simulate(p, DividedService.draw(p, seed), WITH).ends

        assert max(calls_at(found, at_us) for at_us in range(0, END_US, SECOND_US // 5)) == 6


def test_behind_a_wall_the_others_do_not_notice_anything():
    for seed in range(4):
        ends_of = []
        for slow in (1, 100):
            p = BulkheadSettings(slow=slow)
            found = DividedService.simulate(p, DividedService.draw(p, seed), WITH).ends
            others = [one for one in found if one.request.dependency != FIRST]
            ends_of.append([(one.request.at_us, one.fate, one.at_us) for one in others])

        assert ends_of[0] == ends_of[1]


# Theory, and mutations: each makes the figure what it would be without the part that is broken.


@pytest.mark.parametrize(("workers", "load"), [(1, 1.0), (2, 1.0), (18, 21.93), (6, 6.0)])
def test_without_places_the_formula_is_erlangs(workers: int, load: float):
    terms = [load**busy / factorial(busy) for busy in range(workers + 1)]

    assert refused(workers, 0, load) == pytest.approx(terms[-1] / sum(terms))
    assert refused(workers, 0, load) == pytest.approx(erlang_b(workers, load))


def test_with_places_the_formula_is_that_of_a_full_system():
    # One worker and three places: states 0 to 4, each half as likely as the one before. Two and one: 1, 1, 1/2, 1/4.
    assert refused(1, 3, 0.5) == pytest.approx(1 / 31)
    assert refused(2, 1, 1.0) == pytest.approx(0.25 / 2.75)


def mean_of(figure: str, side: str = WITH, seeds: int = 8, **settings: int | str) -> float:
    found = [run(BulkheadSettings(**settings), seed, side).figures[figure] for seed in range(seeds)]
    return fmean(value for value in found if value is not None)


def test_a_wall_with_a_hole_protects_nobody(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("others_failed")

    def lend(self: Bulkhead, request: DependentRequest) -> Pool:
        own = self.pools[request.dependency]
        return own if own.busy < own.workers else min(self.pools, key=lambda pool: pool.busy - pool.workers)

    monkeypatch.setattr(Bulkhead, "of", lend)

    assert healthy < 0.01
    assert mean_of("others_failed") > 0.1


def test_a_pool_that_never_refuses_makes_everybody_wait(monkeypatch: pytest.MonkeyPatch):
    healthy, take = mean_of("others_failed", WITHOUT), Pool.take

    def never_refuse(self: Pool, request: DependentRequest) -> bool:
        self.places = 10**6
        return take(self, request)

    monkeypatch.setattr(Pool, "take", never_refuse)

    assert healthy < 0.25
    assert mean_of("others_failed", WITHOUT) > 0.3


def test_compartments_with_all_the_workers_each_would_be_a_free_lunch(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("calm_failed", queue=0)

    monkeypatch.setattr(BulkheadSettings, "sizes", (18, 18, 18))

    assert healthy > 0.02
    assert mean_of("calm_failed", queue=0) == 0


def test_a_burst_that_no_pool_may_lend_to_is_refused(monkeypatch: pytest.MonkeyPatch):
    lent = mean_of("others_failed", WITHOUT, trouble="burst")

    monkeypatch.setattr(OnePool, "__init__", Bulkhead.__init__)
    monkeypatch.setattr(OnePool, "of", Bulkhead.of)

    assert lent < 0.01
    assert mean_of("others_failed", WITHOUT, trouble="burst") > 0.15
