"""The circuit breaker, as Nygard describes it, and what a broken one would show."""

from collections.abc import Callable
from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.circuit_breaker import CircuitBreaker, erlang_b
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, World
from patterns.lab.systems.circuit_breaker import (
    BROKEN,
    BULKHEAD,
    NONE,
    Breaker,
    BreakerLoad,
    BreakerSettings,
    CallingService,
    RequestEnd,
    ServiceRequest,
)

figures, run = CircuitBreaker().figures, CircuitBreaker().run
SIDES = [WITHOUT, WITH, BULKHEAD]


def breaker(*results: bool, **settings: int) -> Breaker:
    """One that has seen these results of calls, at no time at all."""
    made = Breaker(BreakerSettings(**{"window": 5, "minimum": 4, **settings}))
    for is_good in results:
        call(made, is_good)
    return made


def call(made: Breaker, is_good: bool, at_us: int = 0) -> None:
    ticket = made.enter(at_us)
    assert ticket is not None
    made.leave(ticket, is_good, at_us)


def opened() -> Breaker:
    return breaker(False, False, False, False)


def half_open(probes: int = 1) -> tuple[Breaker, int]:
    made = breaker(False, False, False, False, probes=probes)
    ticket = made.enter(5 * SECOND_US)
    assert ticket is not None
    return made, ticket


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([False] * 3, "closed"),  # too few calls to judge
        ([False] * 4, "open"),
        ([True, True, False, False], "open"),
        ([True, True, True, False, False], "closed"),
        ([True, True, True, True, False, False, False], "open"),  # the first two are no longer in the window
    ],
)
def test_it_opens_at_the_failure_rate_of_enough_calls(results: list[bool], state: str):
    assert breaker(*results).state == state


def test_a_window_smaller_than_the_minimum_is_minimum_enough():
    assert breaker(*[False] * 5, minimum=100).state == "open"


def test_an_open_one_refuses_until_its_time_has_passed():
    made = opened()

    assert made.enter(5 * SECOND_US - 1) is None
    assert made.enter(5 * SECOND_US) is not None
    assert made.state == "half-open"


def test_a_half_open_one_lets_only_its_probes_through():
    made, _ = half_open(probes=2)

    assert made.enter(6 * SECOND_US) is not None
    assert made.enter(6 * SECOND_US) is None


def test_it_closes_only_when_all_probes_have_succeeded():
    made, first = half_open(probes=2)
    second = made.enter(5 * SECOND_US)

    made.leave(first, True, 6 * SECOND_US)
    assert made.state == "half-open"
    made.leave(second, True, 6 * SECOND_US)
    assert made.state == "closed"


def test_it_may_ask_for_more_probes_than_its_window_holds():
    made, first = half_open(probes=7)

    *tickets, last = [first, *(made.enter(5 * SECOND_US) for _ in range(6))]
    for ticket in tickets:
        made.leave(ticket, True, 6 * SECOND_US)

    assert made.state == "half-open"
    made.leave(last, True, 6 * SECOND_US)
    assert made.state == "closed"


def test_a_probe_that_fails_opens_it_for_another_while():
    made, ticket = half_open()

    made.leave(ticket, False, 6 * SECOND_US)

    assert made.enter(11 * SECOND_US - 1) is None
    assert made.enter(11 * SECOND_US) is not None


def test_a_closed_one_has_forgotten_what_was():
    made, ticket = half_open()
    made.leave(ticket, True, 6 * SECOND_US)

    for _ in range(3):
        call(made, False, 6 * SECOND_US)

    assert made.state == "closed"
    call(made, False, 6 * SECOND_US)
    assert made.state == "open"


def test_closed_again_it_judges_by_its_latest_calls_alone():
    made, ticket = half_open()
    made.leave(ticket, True, 6 * SECOND_US)

    for is_good in [True] * 10 + [False] * 2:
        call(made, is_good, 6 * SECOND_US)

    assert made.state == "closed"
    call(made, False, 6 * SECOND_US)  # three of the latest five
    assert made.state == "open"


@pytest.mark.parametrize("is_good", [True, False])
def test_an_answer_to_a_call_of_an_earlier_state_does_not_count(is_good: bool):
    made = breaker(True)
    late = made.enter(0)
    for _ in range(3):
        call(made, False)
    made.enter(5 * SECOND_US)

    made.leave(late, is_good, 5 * SECOND_US)

    assert made.state == "half-open"


@pytest.mark.parametrize("side", SIDES)
def test_every_request_comes_to_one_end(side: str):
    for seed in range(10):
        load = CallingService.draw(BreakerSettings(), seed)
        service = CallingService.simulate(BreakerSettings(), load, side)

        assert sorted(end.request.at_us for end in service.ends) == [one.at_us for one in load.requests]
        assert (service.busy, service.calling) == (0, 0)


def test_no_worker_is_held_longer_than_the_timeout_by_a_call():
    load = CallingService.draw(BreakerSettings(), 0)

    ends = CallingService.simulate(BreakerSettings(), load, WITHOUT).ends

    assert max(end.at_us - end.request.at_us for end in ends if end.request.is_call) == 1_000 * MILLISECOND_US


def test_a_request_without_a_call_knows_no_timeout():
    p = BreakerSettings(timeout_ms=100)

    ends = [
        end for end in CallingService.simulate(p, CallingService.draw(p, 0), WITHOUT).ends if not end.request.is_call
    ]

    assert all(end.at_us - end.request.at_us == end.request.service_us for end in ends if end.fate == "answered")


def test_no_probe_is_spent_on_a_call_that_finds_no_worker():
    service = CallingService(BreakerSettings(), BreakerLoad([], 0), WITH)
    service.world = World(5 * SECOND_US)
    service.breakers[0], service.busy = opened(), 20

    service.admit(ServiceRequest(5 * SECOND_US, 1, BROKEN))

    assert (service.ends[0].fate, service.breakers[0].state) == ("no worker", "open")


def test_the_dependency_recovers_at_any_instant_of_one_cycle():
    instants = {CallingService.draw(BreakerSettings(), seed).up_us for seed in range(20)}

    assert len(instants) == 20
    assert 30 * SECOND_US <= min(instants) < 32 * SECOND_US < 34 * SECOND_US < max(instants) < 36 * SECOND_US


def test_figures_look_at_the_outage_and_at_calls_after_it():
    def end(at_s: int, fate: str, shard: int = NONE, takes_us: int = 0) -> RequestEnd:
        return RequestEnd(ServiceRequest(at_s * SECOND_US, 0, shard), fate, at_s * SECOND_US + takes_us)

    down = [end(11, "no worker"), end(12, "answered"), end(13, "timeout", BROKEN, SECOND_US), end(14, "no worker", 0)]
    after = [end(31, "breaker open", 1), end(32, "no worker"), end(33, "answered", 1), end(9, "no worker")]

    service = CallingService(BreakerSettings(), BreakerLoad([], 30 * SECOND_US), WITH)
    service.ends = down + after
    found = figures(service)

    assert found == {
        "unrelated_refused": 0.5,  # of one answered and one refused; two more are of the broken part or before it
        "answered": 0.25,
        "failing_ms": 1_000,
        "sent": 1,
        "requests": 8,
        "good_refused": 1,
        "settled_refused": 1,
    }


def test_the_bulkhead_keeps_workers_for_the_others():
    assert run(BreakerSettings(), 0, BULKHEAD).figures["unrelated_refused"] < 0.001


def test_a_full_bulkhead_refuses_calls_while_workers_are_free():
    fates = {
        end.fate
        for end in CallingService.simulate(BreakerSettings(), CallingService.draw(BreakerSettings(), 0), BULKHEAD).ends
    }

    assert fates == {"answered", "timeout", "bulkhead full"}


@pytest.mark.parametrize("settings", [{"open_s": 30}, {"timeout_ms": 5000, "open_s": 1}, {"probes": 10, "window": 5}])
def test_a_run_lasts_until_the_breaker_has_noticed_the_recovery(settings: dict[str, int]):
    for seed in range(10):
        p = BreakerSettings(**settings)
        made = CallingService.simulate(p, CallingService.draw(p, seed), WITH).breakers[0]

        assert made.changes[-1][1] == "closed"


def test_after_the_recovery_calls_are_refused_by_waiting_workers_too():
    refused = [
        [run(BreakerSettings(), seed, side).figures["good_refused"] for seed in range(8)] for side in (WITHOUT, WITH)
    ]

    assert 0 < max(refused[0]) < 20 < fmean(refused[1])


def test_a_breaker_for_each_shard_cuts_off_the_broken_one_alone():
    settings = BreakerSettings(shards=4, scope="shard", workers=12)

    breakers = CallingService.simulate(settings, CallingService.draw(settings, 0), WITH).breakers

    assert [bool(one.changes) for one in breakers] == [True, False, False, False]
    assert all(one.results for one in breakers)


@pytest.mark.parametrize(("servers", "load", "blocked"), [(1, 1.0, 0.5), (2, 1.0, 0.2), (20, 41.25, 0.5348)])
def test_erlangs_formula(servers: int, load: float, blocked: float):
    assert erlang_b(servers, load) == pytest.approx(blocked, abs=5e-5)


# Mutations: each makes the figure what it would be without the part that is broken.


def mean_of(figure: str, settings: BreakerSettings, seeds: range = range(8)) -> float:
    return fmean(run(settings, seed, WITH).figures[figure] for seed in seeds)


def broken(monkeypatch: pytest.MonkeyPatch, name: str, method: Callable) -> None:
    monkeypatch.setattr(Breaker, name, method)


def test_one_that_never_opens_protects_nobody(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("unrelated_refused", BreakerSettings())

    broken(monkeypatch, "is_tripped", lambda self: False)

    assert healthy < 0.05
    assert mean_of("unrelated_refused", BreakerSettings()) > 0.5


def test_one_with_unlimited_probes_lets_all_callers_wait_again(monkeypatch: pytest.MonkeyPatch):
    healthy = mean_of("unrelated_refused", BreakerSettings())
    enter = Breaker.enter

    def unlimited(self: Breaker, now_us: int) -> int | None:
        self.probing = 0
        return enter(self, now_us)

    broken(monkeypatch, "enter", unlimited)

    assert mean_of("unrelated_refused", BreakerSettings()) > 3 * healthy


def test_one_that_counts_late_answers_changes_its_mind_too_often(monkeypatch: pytest.MonkeyPatch):
    settings = BreakerSettings(timeout_ms=5000, open_s=2)
    leave = Breaker.leave

    def changes() -> list[int]:
        runs = [CallingService.simulate(settings, CallingService.draw(settings, seed), WITH) for seed in range(8)]
        return [len(service.breakers[0].changes) for service in runs]

    healthy = changes()
    broken(monkeypatch, "leave", lambda self, _, is_good, now_us: leave(self, self.ticket, is_good, now_us))

    assert all(more > few for few, more in zip(healthy, changes(), strict=True))
