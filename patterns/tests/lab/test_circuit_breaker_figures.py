"""What the experiment of the circuit breaker measures, draws and tells of sixteen requests, worked out on paper."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.circuit_breaker import CircuitBreaker, HeldWorkers
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.circuit_breaker import (
    BROKEN,
    BULKHEAD,
    DOWN_US,
    NONE,
    BreakerLoad,
    BreakerSettings,
    CallingService,
    ServiceRequest,
)
from patterns.lab.trace import Failure, Trace

EXPERIMENT = CircuitBreaker()
SIDES = [WITHOUT, WITH, BULKHEAD]
HEALTHY = 1  # the other shard
# Two workers, of which one may call through the bulkhead; a breaker that opens at half of at least two calls, for 1 s.
SMALL = BreakerSettings(workers=2, bulkhead=1, shards=2, outage_s=5, window=5, minimum=2, open_s=1)
UP_US = 16 * SECOND_US  # a second later than set, as recovery is spread over a cycle


def request(at_ms: int, shard: int = NONE, takes_ms: int = 50) -> ServiceRequest:
    return ServiceRequest(at_ms * MILLISECOND_US, takes_ms * MILLISECOND_US, shard)


REQUESTS = [
    request(9_980),  # answered when the outage has begun
    request(10_000, BROKEN),  # holds a worker until 11.0 s
    request(10_100, BROKEN),  # holds the other until 11.1 s, when the breaker opens; the bulkhead is full
    request(10_200),  # finds no worker, but does with a bulkhead
    request(10_300, BROKEN),
    request(10_350, HEALTHY),  # refused on all sides
    request(11_500, BROKEN),  # refused by the breaker; else it holds a worker until 12.5 s
    request(11_600),
    request(12_200, BROKEN),  # a probe, which fails at 13.2 s; the bulkhead is full
    request(14_500),
    request(15_500, BROKEN),  # another probe, which fails at 16.5 s
    request(15_600),
    request(16_200, BROKEN),  # could be answered again, but the breaker waits for its probe, and the bulkhead is full
    request(17_590),
    request(17_600, BROKEN),  # the probe that closes it
    request(18_000, HEALTHY, takes_ms=1_500),  # too late
]


def after(side: str, *requests: ServiceRequest, p: BreakerSettings = SMALL) -> CallingService:
    return CallingService.simulate(p, BreakerLoad([*(requests or REQUESTS)], UP_US), side)


def fates(side: str) -> list[str]:
    """In the order in which the requests came."""
    ends = {end.request.at_us: end.fate for end in after(side).ends}
    return [ends[one.at_us] for one in REQUESTS]


OPEN, FULL, BUSY, LATE, DONE = "breaker open", "bulkhead full", "no worker", "timeout", "answered"


@pytest.mark.parametrize(
    ("side", "first", "then"),
    [
        (WITHOUT, [DONE, LATE, LATE, BUSY, BUSY, BUSY, LATE, DONE], [LATE, DONE, LATE, DONE, DONE, DONE, DONE, LATE]),
        (WITH, [DONE, LATE, LATE, BUSY, BUSY, BUSY, OPEN, DONE], [LATE, DONE, LATE, DONE, OPEN, DONE, DONE, LATE]),
        (BULKHEAD, [DONE, LATE, FULL, DONE, FULL, FULL, LATE, DONE], [FULL, DONE, LATE, DONE, FULL, DONE, DONE, LATE]),
    ],
)
def test_what_becomes_of_each_request(side: str, first: list[str], then: list[str]):
    assert fates(side) == first + then


def test_a_breaker_learns_from_calls_that_were_sent_and_from_no_others():
    changes = [(at_us // MILLISECOND_US, state) for at_us, state in after(WITH).breakers[0].changes]

    assert changes == [
        (11_100, "open"),
        (12_200, "half-open"),
        (13_200, "open"),
        (15_500, "half-open"),
        (16_500, "open"),
        (17_600, "half-open"),
        (17_650, "closed"),
    ]


@pytest.mark.parametrize(
    ("side", "figures"),
    [
        (WITHOUT, (2 / 5, 7 / 16, 1_000, 5, 0)),
        (WITH, (2 / 5, 6 / 16, 1_000, 4, 1)),
        (BULKHEAD, (1 / 5, 7 / 16, 1_000, 3, 1)),
    ],
)
def test_the_sixteen_requests_are_measured(side: str, figures: tuple[float, ...]):
    found = EXPERIMENT.figures(after(side))

    # Five of them need nothing that is broken while the outage lasts, one a call to the healthy shard.
    keys = ("unrelated_refused", "answered", "failing_ms", "sent", "good_refused")
    assert tuple(found[key] for key in keys) == figures
    assert (found["requests"], found["settled_refused"]) == (16, 0)


def test_a_call_that_is_refused_has_failed_at_once():
    calls = [request(at_ms, BROKEN) for at_ms in (10_000, 10_100, *range(11_200, 12_000, 20))]

    found = [EXPERIMENT.figures(after(side, *calls)) for side in (WITHOUT, WITH)]

    # Without a breaker four of 42 wait for a second, and all others find no worker; with one, two.
    assert [one["failing_ms"] for one in found] == [1_000, 0]
    assert [one["sent"] for one in found] == [4, 2]


def test_the_time_until_a_call_has_failed_is_that_of_the_slowest_in_twenty():
    calls = [request(at_ms, BROKEN) for at_ms in (10_000, *range(10_010, 10_120, 10))]  # one sent, eleven refused
    others = [request(11_000 + 100 * turn) for turn in range(20)]

    found = EXPERIMENT.figures(after(BULKHEAD, *calls, *others))

    assert (found["failing_ms"], found["sent"]) == (1_000, 1)


def test_erlangs_law_is_held_against_the_settled_part_of_the_outage_alone():
    # Both workers wait until 14.9 s. One request is refused before the fourth second and one in it; of two more in it
    # one is too late, and what comes in the sixth is left out.
    early = [request(13_900, BROKEN), request(13_910, BROKEN), request(13_950)]
    settled = [request(14_500), request(14_920, BROKEN), request(14_950)]

    assert EXPERIMENT.figures(after(WITHOUT, *early, *settled, request(15_500)))["settled_refused"] == 1 / 3


def test_without_an_outage_in_which_anybody_came_there_is_nothing_to_measure():
    found = EXPERIMENT.figures(after(WITH, request(9_000)))

    assert [found[key] for key in ("unrelated_refused", "failing_ms", "settled_refused")] == [None] * 3


def test_a_breaker_for_each_shard_judges_by_its_own_calls():
    p = BreakerSettings(shards=2, scope="shard", outage_s=5, window=5, minimum=2, open_s=1)
    calls = [request(10_000, BROKEN), request(10_100, BROKEN), request(11_200, BROKEN), request(11_300, HEALTHY)]

    found = [end.fate for end in sorted(after(WITH, *calls, p=p).ends, key=lambda end: end.request.at_us)]

    assert found == [LATE, LATE, OPEN, DONE]


# Failures and charts


@pytest.mark.parametrize(
    ("shards", "what"), [(1, "the dependency does not answer"), (2, "a shard of the dependency does not answer")]
)
def test_the_outage_lasts_until_the_dependency_answers_again(shards: int, what: str):
    service = after(WITH, p=BreakerSettings(shards=shards))

    assert EXPERIMENT.failures(service) == (Failure(what, DOWN_US, UP_US),)


def chart(side: str, key: str, *requests: ServiceRequest) -> dict[int, float]:
    """What is not zero in it, by second."""
    series = {one.key: one for one in EXPERIMENT.series(after(side, *requests))}
    return {sample.at_us // SECOND_US: sample.value for sample in series[key].samples if sample.value}


@pytest.mark.parametrize(
    ("side", "failed"), [(WITHOUT, {10: 2, 18: 1}), (WITH, {10: 2, 16: 1, 18: 1}), (BULKHEAD, {10: 1, 16: 1, 18: 1})]
)
def test_the_chart_shows_needless_failures_after_the_outage_as_well(side: str, failed: dict[int, float]):
    assert chart(side, "failed") == failed


@pytest.mark.parametrize(
    ("side", "answered"),
    [
        (WITHOUT, {9: 1, 11: 1, 14: 1, 15: 1, 16: 1, 17: 2}),
        (WITH, {9: 1, 11: 1, 14: 1, 15: 1, 17: 2}),
        (BULKHEAD, {9: 1, 10: 1, 11: 1, 14: 1, 15: 1, 17: 2}),
    ],
)
def test_the_chart_counts_an_answer_when_its_request_came(side: str, answered: dict[int, float]):
    assert chart(side, "answered") == answered


@pytest.mark.parametrize(
    ("side", "seconds"),
    [(WITHOUT, [10, 11, 12, 13, 16, 18]), (WITH, [10, 11, 13, 16, 18]), (BULKHEAD, [10, 12, 16, 18])],
)
def test_the_chart_shows_who_waits_for_a_timeout(side: str, seconds: list[int]):
    assert chart(side, "waiting") == dict.fromkeys(seconds, 1)


@pytest.mark.parametrize("side", SIDES)
def test_who_is_answered_in_time_is_not_drawn_as_waiting_for_a_timeout(side: str):
    assert chart(side, "waiting", request(5_900, HEALTHY, takes_ms=900)) == {}


@pytest.mark.parametrize(("at_ms", "fate"), [(9_999, DONE), (10_000, LATE), (15_999, LATE), (16_000, DONE)])
def test_the_outage_has_a_first_and_a_last_instant(at_ms: int, fate: str):
    assert after(WITHOUT, request(at_ms, BROKEN)).ends[0].fate == fate


def test_charts_reach_to_the_end_of_the_run():
    # Ten seconds, five of outage, two cycles of two seconds, three seconds more.
    assert [len(one.samples) for one in EXPERIMENT.series(after(WITH))] == [22, 22, 22]
    assert SMALL.end_us == 22 * SECOND_US


# Stories


STORIES = {
    WITHOUT: [
        (10_000, "call"),
        (10_200, "refused: no worker"),
        (10_300, "refused: no worker"),
        (11_000, "no answer in time"),
        (11_000, "failed"),
    ],
    WITH: [
        (10_000, "call"),
        (10_200, "refused: no worker"),
        (10_300, "refused: no worker"),
        (11_000, "no answer in time"),
        (11_000, "failed"),
        (11_100, "becomes open"),
        (11_500, "refused: breaker open"),
        (12_200, "becomes half-open"),
        (12_200, "probe"),
        (13_200, "becomes open"),
        (16_200, "needlessly refused: breaker open"),
        (17_600, "becomes half-open"),
        (17_600, "probe"),
        (17_650, "becomes closed"),
    ],
    BULKHEAD: [
        (10_000, "call"),
        (10_100, "refused: bulkhead full"),
        (10_350, "needlessly refused: bulkhead full"),
        (11_000, "no answer in time"),
        (11_000, "failed"),
    ],
}


@pytest.mark.parametrize("side", SIDES)
def test_the_story_tells_the_first_of_each_kind_and_how_the_breaker_opens_and_closes(side: str):
    trace = Trace()

    EXPERIMENT.narrate(trace, after(side))

    assert [(one.at_us // MILLISECOND_US, one.text) for one in trace.story()] == STORIES[side]


def test_the_story_says_to_whom_it_happens():
    trace = Trace()

    EXPERIMENT.narrate(trace, after(WITHOUT))

    assert [one.receiver for one in trace.story()] == ["dependency", "other caller", "caller", "service", "caller"]


def test_what_failed_before_the_outage_is_no_part_of_the_story():
    trace = Trace()

    EXPERIMENT.narrate(trace, after(WITH, request(5_000, HEALTHY, takes_ms=2_000)))

    assert trace.story() == ()


# How it is built, and the calculator


def notes(side: str, **settings: int | str) -> dict[str, str]:
    return {part.key: part.note for part in EXPERIMENT.structure(BreakerSettings(**settings), side).parts}


def test_the_drawing_holds_the_numbers_of_the_settings():
    drawn = notes(WITH, workers=7, others=3, calls=9, shards=4, threshold=20, open_s=2)

    assert drawn == {
        "others": "3 requests a second",
        "callers": "9 calls a second",
        "service": "7 workers",
        "breaker": "opens at 20 %, 2 s",
        "dependency": "4 shards, one down",
    }


@pytest.mark.parametrize(
    ("side", "note", "has_breaker"),
    [(WITHOUT, "20 workers", False), (WITH, "20 workers", True), (BULKHEAD, "20 workers, 10 for calls", False)],
)
def test_each_side_is_drawn_with_what_stands_before_the_dependency(side: str, note: str, has_breaker: bool):
    assert (notes(side)["service"], "breaker" in notes(side)) == (note, has_breaker)


@pytest.mark.parametrize(
    ("own", "held", "left"),
    [
        ((1, 1_000, 1), "hold 1 workers", "50 %"),  # one of two finds the only worker free
        ((2, 500, 2), "hold 1 workers", "80 %"),  # (1/2) / (1 + 1 + 1/2) are refused
        ((100, 5_000, 1), "hold 500 workers", "0 %"),  # 500 of 501
        ((1, 100, 50), "hold 0 workers", "100 %"),
    ],
)
def test_the_calculator_follows_erlangs_formula(own: tuple[int, int, int], held: str, left: str):
    answer = EXPERIMENT.calculator.answer(HeldWorkers(*own))

    assert held in answer
    assert f"about {left} of all requests" in answer
