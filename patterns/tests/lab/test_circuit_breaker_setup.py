"""What a run of the breaker begins with: the requests that are drawn, settings of all sizes, and the picture."""

from dataclasses import replace
from itertools import pairwise
from statistics import fmean, stdev

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.circuit_breaker import CircuitBreaker, HeldWorkers
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.circuit_breaker import (
    BULKHEAD,
    DOWN_US,
    NONE,
    BreakerLoad,
    BreakerSettings,
    CallingService,
    RequestEnd,
    ServiceRequest,
)
from patterns.lab.trace import Trace

EXPERIMENT = CircuitBreaker()
HEALTHY = 1  # the other shard of two
UP_US = DOWN_US + 25 * SECOND_US


def drawn(**settings: int) -> list[ServiceRequest]:
    return CallingService.draw(BreakerSettings(**settings), 0).requests


def slow_calls(*takes_us: int, **settings: int | str) -> CallingService:
    """Calls to the healthy shard, a tenth of a second after each other from the beginning of the outage on."""
    calls = [ServiceRequest(DOWN_US + turn * 100_000, one, HEALTHY) for turn, one in enumerate(takes_us)]
    p = BreakerSettings(**{"shards": 2, "window": 5, "minimum": 2, **settings})
    return CallingService.simulate(p, BreakerLoad(calls, UP_US), WITH)


# What is drawn


@pytest.mark.parametrize(("is_call", "rate"), [(False, 12), (True, 60)])
def test_each_kind_of_request_comes_at_its_rate_from_start_to_end(*, is_call: bool, rate: int):
    instants = [one.at_us / SECOND_US for one in drawn(others=12, calls=60) if one.is_call is is_call]

    # Ten seconds, twenty of outage, two cycles of six seconds, three seconds more.
    assert len(instants) / 45 == pytest.approx(rate, rel=0.1)
    assert 44 < max(instants) < 45


@pytest.mark.parametrize("is_call", [False, True])
def test_each_kind_of_request_comes_at_random(*, is_call: bool):
    instants = [one.at_us for one in drawn(others=40, calls=40) if one.is_call is is_call]

    gaps_us = [later - one for one, later in pairwise(instants)]

    assert stdev(gaps_us) == pytest.approx(fmean(gaps_us), rel=0.1)
    assert min(gaps_us) < 100
    assert fmean(one < 25_000 for one in gaps_us) == pytest.approx(0.632, abs=0.04)  # 1 - 1/e


def test_the_two_kinds_of_requests_do_not_come_together():
    requests = drawn(others=40, calls=40)

    others, calls = ({one.at_us for one in requests if one.is_call is is_call} for is_call in (False, True))

    assert len(others & calls) < 5


@pytest.mark.parametrize("is_call", [False, True])
def test_the_time_to_answer_is_exponential(*, is_call: bool):
    times_us = [one.service_us for one in drawn(service_ms=120, others=40, calls=40) if one.is_call is is_call]

    assert fmean(times_us) == pytest.approx(120_000, rel=0.1)
    assert stdev(times_us) == pytest.approx(120_000, rel=0.1)


def test_calls_are_spread_evenly_over_the_shards():
    shards = [one.shard for one in drawn(shards=4, calls=60) if one.is_call]

    assert [shards.count(shard) / len(shards) for shard in range(4)] == pytest.approx([0.25] * 4, abs=0.03)
    assert {one.shard for one in drawn(shards=4) if not one.is_call} == {NONE}


@pytest.mark.parametrize(
    ("settings", "least_s", "cycle_s"),
    [({"outage_s": 5, "open_s": 1, "timeout_ms": 500}, 15, 1.5), ({"outage_s": 30, "open_s": 30}, 40, 31)],
)
def test_recovery_is_spread_over_a_cycle_of_any_length(settings: dict[str, int], least_s: int, cycle_s: float):
    p = BreakerSettings(**settings, others=1, calls=1)

    waits = [(CallingService.draw(p, seed).up_us / SECOND_US - least_s) / cycle_s for seed in range(40)]

    assert 0 <= min(waits) < 0.15 < 0.85 < max(waits) < 1
    assert fmean(waits) == pytest.approx(0.5, abs=0.1)


# Calls at the limit of their time, and the story of another breaker


@pytest.mark.parametrize(("takes_us", "fate"), [(300_000, "answered"), (300_001, "timeout")])
def test_an_answer_may_come_at_the_last_instant(takes_us: int, fate: str):
    [end] = slow_calls(takes_us, timeout_ms=300).ends

    assert (end.fate, end.at_us) == (fate, DOWN_US + 300_000)


def test_a_healthy_shard_that_answers_too_late_is_a_failure_but_not_a_call_to_the_broken_one():
    found = EXPERIMENT.figures(slow_calls(2_000_000, 50_000, 50_000, 50_000))

    assert (found["unrelated_refused"], found["sent"], found["failing_ms"]) == (0.25, 0, None)


def test_from_the_instant_of_the_recovery_on_a_refusal_is_a_price():
    service = CallingService(BreakerSettings(), BreakerLoad([], UP_US), WITH)
    service.ends = [RequestEnd(ServiceRequest(UP_US, 50_000, HEALTHY), "breaker open", UP_US)]

    found = EXPERIMENT.figures(service)

    assert (found["unrelated_refused"], found["good_refused"]) == (None, 1)


def test_the_story_tells_of_each_breaker():
    trace = Trace()

    EXPERIMENT.narrate(trace, slow_calls(2_000_000, 2_000_000, scope="shard"))

    assert (11_100, "becomes open") in [(one.at_us // MILLISECOND_US, one.text) for one in trace.story()]


# How it is built, and the calculator


OTHER = BreakerSettings(others=3, calls=9, workers=7, bulkhead=4, timeout_ms=2_500, threshold=20, open_s=2)
CALLERS = (
    Part("others", "Other callers", 0, "3 requests a second", "client"),
    Part("callers", "Callers", 0, "9 calls a second", "client"),
)
SERVICE = Part("service", "Service", 1, "7 workers")
DEPENDENCY = Part("dependency", "Dependency", 3, "does not answer", is_broken=True)
ASKS = (Wire("others", "service"), Wire("callers", "service"))
WAITS = Wire("service", "dependency", "timeout 2,500 ms", is_broken=True)


@pytest.mark.parametrize(
    ("side", "service"),
    [(WITHOUT, SERVICE), (BULKHEAD, Part("service", "Service", 1, "7 workers, 4 for calls", is_new=True))],
)
def test_without_a_breaker_the_service_is_drawn_with_its_dependency_at_its_end(side: str, service: Part):
    assert EXPERIMENT.structure(OTHER, side) == Structure((*CALLERS, service, DEPENDENCY), (*ASKS, WAITS))


@pytest.mark.parametrize(("scope", "note"), [("one", "opens at 20 %, 2 s"), ("shard", "one a shard")])
def test_a_breaker_is_drawn_between_the_service_and_its_dependency(scope: str, note: str):
    breaker = Part("breaker", "Circuit breaker", 2, note, is_new=True)
    wires = (*ASKS, Wire("service", "breaker"), Wire("breaker", "dependency", "timeout 2,500 ms", is_broken=True))

    drawing = EXPERIMENT.structure(replace(OTHER, scope=scope), WITH)

    assert drawing == Structure((*CALLERS, SERVICE, breaker, DEPENDENCY), wires)


def test_the_calculator_rounds_to_whole_per_cents():
    answer = EXPERIMENT.calculator.answer(HeldWorkers(5, 1_000, 1))

    assert "about 17 % of all requests" in answer  # one of six
