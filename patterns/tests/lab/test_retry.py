"""Callers that try again: a few requests worked out on paper, the budget and the pauses, and what a storm does."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.retry import Retry, YourService, storm
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.retry import (
    HANG_US,
    ONCE,
    PARTS,
    Attempt,
    RetryBudget,
    RetryingCallers,
    RetryLoad,
    RetrySettings,
    UserRequest,
    backoff_us,
)
from patterns.lab.trace import Trace

EXPERIMENT = Retry()
SIDES = [WITHOUT, WITH, ONCE]
EACH_SIDE = pytest.mark.parametrize("side", SIDES)
CALM = {"outage_s": 0}
HALF = PARTS // 2


def request(
    number: int, at_ms: int, *works_ms: int, errors: str = "", lost: str = "", jitter: int = HALF, caller: int = 0
) -> UserRequest:
    """``works_ms`` is that of each try; ``errors`` and ``lost`` name the tries that meet it, as in "12"."""
    attempts = [
        Attempt(work_ms * MILLISECOND_US, str(tried) in errors, str(tried) in lost, jitter)
        for tried, work_ms in enumerate([*works_ms, *[100] * 5][:5], 1)
    ]
    return UserRequest(number, at_ms * MILLISECOND_US, caller, tuple(attempts))


def after(side: str, *requests: UserRequest, **settings: int | str) -> RetryingCallers:
    """One worker, and one place in its queue."""
    p = RetrySettings(**{"workers": 1, "queue": 1, "callers": 1, **settings})
    return RetryingCallers.simulate(p, RetryLoad([*requests]), side, is_traced=True)


def figures(side: str, *requests: UserRequest, **settings: int | str) -> dict[str, float | None]:
    return EXPERIMENT.figures(after(side, *requests, **settings))


def fates(system: RetryingCallers) -> list[tuple[int, bool, int, float]]:
    """The number of each request, whether it was answered, after how many tries, and when."""
    found = [(one.request.number, one.is_answered, one.tries, one.at_us / MILLISECOND_US) for one in system.fates]
    return sorted(found)


def some(found: dict[str, float | None], *keys: str) -> list[float | None]:
    return [found[key] for key in keys]


# Three requests at a service that has room for two


def three() -> tuple[UserRequest, ...]:
    return request(1, 1_000, 300), request(2, 1_100, 200), request(3, 1_200, 100)


def test_one_is_worked_on_one_waits_and_the_third_is_refused():
    system = after(ONCE, *three(), **CALM)

    assert fates(system) == [(1, True, 1, 1_300), (2, True, 1, 1_500), (3, False, 1, 1_200)]
    assert some(EXPERIMENT.figures(system), "failed", "calls", "wait_ms", "peak") == [1 / 3, 1, 400, 0]
    assert some(EXPERIMENT.figures(system), "retried_ms", "pause_ms", "denied", "requests") == [None, None, 0, 3]


def test_who_was_refused_tries_again_after_a_fixed_pause():
    system = after(WITHOUT, *three(), **CALM)

    assert fates(system)[2] == (3, True, 2, 1_800)
    assert some(EXPERIMENT.figures(system), "failed", "calls", "extra", "wait_ms", "peak") == [0, 4 / 3, 1 / 3, 600, 1]
    assert some(EXPERIMENT.figures(system), "retried_ms", "pause_ms", "wasted", "twice") == [600, 500, 0, 0]


def test_who_was_refused_tries_again_after_a_random_part_of_the_limit():
    system = after(WITH, *three(), **CALM)

    # At 1,450; the second is worked on until 1,500.
    assert fates(system)[2] == (3, True, 2, 1_600)
    assert some(EXPERIMENT.figures(system), "pause_ms", "retried_ms", "wait_ms") == [250, 400, 400]


def test_without_jitter_the_pause_is_the_limit():
    assert fates(after(WITH, *three(), jitter="none", **CALM))[2] == (3, True, 2, 1_800)


def test_without_a_place_in_the_queue_two_are_refused():
    assert fates(after(ONCE, *three(), queue=0, **CALM))[1:] == [(2, False, 1, 1_100), (3, False, 1, 1_200)]


def test_two_workers_work_at_once():
    assert fates(after(ONCE, *three(), workers=2, **CALM))[1:] == [(2, True, 1, 1_300), (3, True, 1, 1_400)]


# Time runs out


def test_an_answer_that_comes_too_late_is_not_taken_and_its_work_is_wasted():
    system = after(WITHOUT, request(1, 1_000, 2_400, 100), **CALM)

    # Given up at 3,000, tried again at 3,500.
    assert fates(system) == [(1, True, 2, 3_600)]
    assert some(EXPERIMENT.figures(system), "wasted", "twice", "failed") == [2_400 / 2_500, 1, 0]


def test_a_request_fails_when_its_last_try_has_had_its_time():
    system = after(WITHOUT, request(1, 1_000, 2_100, 2_100, 2_100), **CALM)

    # Tries at 1,000, 3,500 and 6,000.
    assert fates(system) == [(1, False, 3, 8_000)]
    found = EXPERIMENT.figures(system)
    assert some(found, "failed", "calls", "wasted", "wait_ms", "retried_ms", "twice") == [1, 3, 1, 7_000, None, 1]


def test_a_policy_may_allow_more_tries():
    assert fates(after(WITHOUT, request(1, 1_000, *[2_100] * 5), tries=5, **CALM)) == [(1, False, 5, 13_000)]


def test_pauses_grow_with_backoff():
    system = after(WITH, request(1, 1_000, *[2_100] * 5), tries=4, cap_ms=1_500, **CALM)

    # Halves of 500, 1,000 and 1,500, and four timeouts.
    assert fates(system) == [(1, False, 4, 1_000 + 8_000 + 250 + 500 + 750)]


@pytest.mark.parametrize(("stale", "times"), [("work", 2), ("drop", 1)])
def test_a_call_that_was_given_up_is_worked_on_unless_it_is_dropped(stale: str, times: int):
    system = after(ONCE, request(1, 1_000, 1_900), request(2, 1_100, 500), timeout_ms=1_000, stale=stale, **CALM)

    # At 2,900, when the worker comes to the second, nobody waits for it.
    assert fates(system) == [(1, False, 1, 2_000), (2, False, 1, 2_100)]
    assert system.service.carried_out.total() == times
    assert EXPERIMENT.figures(system)["wasted"] == 1


def test_a_call_that_is_awaited_is_not_dropped():
    assert fates(after(ONCE, *three(), stale="drop", **CALM))[1] == (2, True, 1, 1_500)


# The service hangs, from 15 to 25 s


def test_a_call_that_comes_meanwhile_waits_although_a_worker_is_free():
    system = after(ONCE, request(1, 24_000, 100), request(2, 24_100, 100))

    assert fates(system) == [(1, True, 1, 25_100), (2, False, 1, 24_100)]


def test_what_is_under_way_rests():
    assert fates(after(ONCE, request(1, 14_900, 300), request(2, 24_000, 100))) == [
        (1, False, 1, 16_900),
        (2, True, 1, 25_300),
    ]


def test_what_is_tried_again_meanwhile_is_carried_out_afterwards():
    system = after(WITHOUT, request(1, 14_900, 300))

    # Its tries at 14,900 and 17,400 hold the worker and the queue; that at 19,900 is refused.
    assert fates(system) == [(1, False, 3, 19_900)]
    assert system.service.carried_out[1] == 2
    assert some(EXPERIMENT.figures(system), "wasted", "twice", "wait_ms") == [1, 1, 5_000]


def test_work_that_ends_in_time_does_not_rest():
    assert fates(after(ONCE, request(1, 14_900, 99))) == [(1, True, 1, 14_999)]


def test_work_that_begins_afterwards_does_not_rest():
    assert fates(after(ONCE, request(1, 25_000, 99))) == [(1, True, 1, 25_099)]


def test_all_workers_go_on_at_once():
    waiting = [request(number, 24_000, 100) for number in (1, 2, 3)]

    assert [end for *_, end in fates(after(ONCE, *waiting, workers=2, queue=3))] == [25_100, 25_100, 25_200]


# Errors and lost answers


def test_a_passing_error_costs_the_service_no_work():
    system = after(WITHOUT, request(1, 1_000, 100, errors="1"), **CALM)

    assert fates(system) == [(1, True, 2, 1_600)]
    assert (system.service.worked_us, system.service.carried_out[1]) == (100 * MILLISECOND_US, 1)


def test_a_request_whose_every_try_meets_an_error_fails():
    assert fates(after(WITHOUT, request(1, 1_000, errors="123"), **CALM)) == [(1, False, 3, 2_000)]


def test_a_lost_answer_was_carried_out_and_is_again():
    system = after(WITHOUT, request(1, 1_000, 100, 100, lost="1"), **CALM)

    assert fates(system) == [(1, True, 2, 3_600)]
    assert some(EXPERIMENT.figures(system), "failed", "twice", "wasted") == [0, 1, 0]


def test_what_is_carried_out_twice_has_failed_where_that_does_harm():
    lost = request(1, 1_000, 100, 100, lost="1")

    assert some(figures(WITHOUT, lost, repeats="harmful", **CALM), "failed", "twice") == [1, 1]
    assert some(figures(ONCE, lost, repeats="harmful", **CALM), "failed", "twice") == [1, 0]
    assert some(figures(WITHOUT, request(1, 1_000), repeats="harmful", **CALM), "failed", "twice") == [0, 0]


# The budget


def test_a_bucket_is_full_at_the_start_and_each_retry_takes_a_token():
    budget = RetryBudget(share=10, reserve=2)

    assert [budget.spend() for _ in range(3)] == [True, True, False]


def test_ten_successes_earn_a_tenth_each():
    budget = RetryBudget(share=10, reserve=1)
    budget.spend()
    for _ in range(9):
        budget.earn()

    assert not budget.spend()
    budget.earn()
    assert budget.spend()


def test_a_full_bucket_holds_no_more():
    budget = RetryBudget(share=50, reserve=1)
    for _ in range(9):
        budget.earn()

    assert [budget.spend(), budget.spend()] == [True, False]


def test_a_refused_retry_takes_nothing():
    budget = RetryBudget(share=60, reserve=1)
    budget.spend()
    budget.earn()
    budget.spend()
    budget.earn()

    assert budget.spend()


def test_without_a_token_a_request_is_given_up():
    failing = [request(number, 1_000 * number, errors="123") for number in (1, 2, 3)]
    system = after(WITH, *failing, reserve=3, **CALM)

    # Two retries of the first, one of the second, none of the third.
    assert [tries for _, _, tries, _ in fates(system)] == [3, 2, 1]
    assert some(EXPERIMENT.figures(system), "denied", "calls", "beyond_budget") == [2, 2, 0]


def test_a_success_earns_its_caller_a_part_of_a_retry():
    good, bad = request(1, 1_000), request(2, 3_000, errors="12")
    spent = request(3, 500, errors="1")

    assert fates(after(WITH, spent, good, bad, reserve=1, share=40, **CALM))[1] == (2, False, 1, 3_000)
    assert fates(after(WITH, spent, good, bad, reserve=1, share=50, **CALM))[1] == (2, False, 2, 3_250)


def test_each_caller_has_a_budget_of_its_own():
    failing = [request(number, 1_000 * number, errors="1", caller=number % 2) for number in (1, 2, 3)]

    assert [tries for _, _, tries, _ in fates(after(WITH, *failing, reserve=1, share=1, callers=2, **CALM))] == [
        2,
        2,
        1,
    ]


@pytest.mark.parametrize(("side", "settings"), [(WITHOUT, {}), (WITH, {"budget": "off"})])
def test_without_a_budget_only_the_tries_are_limited(side: str, settings: dict[str, str]):
    failing = [request(number, 1_000 * number, errors="123") for number in (1, 2)]
    system = after(side, *failing, reserve=1, **settings, **CALM)

    assert [tries for _, _, tries, _ in fates(system)] == [3, 3]
    assert EXPERIMENT.figures(system)["beyond_budget"] == 3


def test_a_request_without_tries_left_is_not_given_up_for_want_of_budget():
    found = figures(WITH, request(1, 1_000, errors="123"), reserve=2, **CALM)

    assert some(found, "failed", "denied") == [1, 0]


@pytest.mark.parametrize(
    ("tried", "jitter", "pause_ms"),
    [(1, PARTS, 500), (2, PARTS, 1_000), (3, PARTS, 1_200), (5, PARTS, 1_200), (2, HALF, 500), (3, 0, 0)],
)
def test_the_limit_doubles_up_to_the_cap_and_chance_takes_a_part_of_it(tried: int, jitter: int, pause_ms: int):
    assert backoff_us(RetrySettings(cap_ms=1_200), tried, jitter) == pause_ms * MILLISECOND_US


def test_without_jitter_chance_takes_no_part():
    assert backoff_us(RetrySettings(jitter="none"), 2, 0) == SECOND_US


# Figures


def counted(good_s: set[int], **settings: int) -> float | None:
    """The time until it is normal, where one request comes in each second, and those of some seconds go well."""
    requests = [request(second, second * 1_000 + 500) for second in range(60)]
    system = RetryingCallers(RetrySettings(**settings), RetryLoad(requests), WITH)
    system.first_good = [one for one in requests if one.number in good_s]
    return EXPERIMENT.recovery_s(system)


def test_it_is_normal_again_when_nearly_all_first_tries_of_three_seconds_are_answered():
    assert counted({*range(15), *range(27, 60)}) == 2
    assert counted({25, 26, *range(28, 60)}) == 3
    assert counted({*range(25, 60)}) == 0


def test_it_may_never_be_normal_again():
    assert counted({*range(25)}) == 100
    assert counted({58, 59}) == 100
    assert counted({57, 58, 59}) == 32


def test_nine_of_ten_are_nearly_all():
    requests = [request(number, 25_100 + number) for number in range(10)]
    system = RetryingCallers(RetrySettings(), RetryLoad(requests), WITH)

    system.first_good = requests[:9]
    assert EXPERIMENT.recovery_s(system) == 0
    system.first_good = requests[:8]
    assert EXPERIMENT.recovery_s(system) > 0


def test_where_nothing_broke_nothing_has_to_recover():
    assert counted(set(), outage_s=0) is None
    assert counted({*range(15, 60)}, outage_s=0, crowd=1) == 0


def test_only_what_the_first_try_answered_is_normal():
    system = after(WITHOUT, *three(), **CALM)

    assert [one.number for one in system.first_good] == [1, 2]


def test_retries_of_the_same_tenth_of_a_second_are_a_peak():
    together = [request(number, 1_000 + number, errors="12") for number in range(3)]

    # All again at 1,500, and once more at 2,000.
    assert figures(WITHOUT, *together, queue=9, **CALM)["peak"] == 3


def test_no_requests_are_no_figures():
    found = figures(WITH)

    assert some(found, "failed", "calls", "wait_ms", "retried_ms", "wasted", "pause_ms") == [None] * 6
    assert some(found, "requests", "peak", "denied", "twice") == [0, 0, 0, 0]


def test_charts_of_the_three():
    series = EXPERIMENT.series(after(WITHOUT, *three(), request(4, 2_100, errors="123"), **CALM))
    seen = {one.key: [sample.value for sample in one.samples][:4] for one in series}

    # The fourth is tried at 2,100, 2,600 and 3,100; it fails by when it came.
    assert seen == {"calls": [0, 4, 2, 1], "answered": [0, 3, 0, 0], "failed": [0, 0, 1, 0], "queue": [0, 0, 0, 0]}
    assert {len(one.samples) for one in series} == {60}


def test_the_chart_of_the_queue_counts_those_that_wait():
    (*_, queue) = EXPERIMENT.series(after(ONCE, *[request(number, 15_500) for number in range(5)], queue=4))

    assert [sample.value for sample in queue.samples][14:27] == [0, 0, *[4] * 9, 3, 0]


# What is drawn


def drawn(seed: int = 0, **settings: int) -> list[UserRequest]:
    return RetryingCallers.draw(RetrySettings(**settings), seed).requests


def test_requests_come_in_order_and_a_crowd_at_once():
    requests = drawn(crowd=50)

    assert [one.number for one in requests] == [*range(1, len(requests) + 1)]
    assert [one.at_us for one in requests] == sorted(one.at_us for one in requests)
    assert sum(one.at_us == HANG_US for one in requests) == 50
    assert requests[-1].at_us < 60 * SECOND_US


def test_each_try_has_chances_of_its_own():
    attempts = [attempt for one in drawn(rate=30, errors=100, lost=50) for attempt in one.attempts]
    shares = [sum(one.has_error for one in attempts), sum(one.is_lost for one in attempts)]

    assert [share / len(attempts) for share in shares] == [pytest.approx(0.1, abs=0.02), pytest.approx(0.05, abs=0.015)]
    assert sum(one.work_us for one in attempts) / len(attempts) == pytest.approx(100_000, rel=0.05)
    assert sum(one.jitter for one in attempts) / len(attempts) == pytest.approx(HALF, rel=0.05)


def test_requests_are_spread_over_the_callers():
    callers = [one.caller for one in drawn(callers=3)]

    assert {*callers} == {0, 1, 2}
    assert max(callers.count(one) for one in range(3)) < 0.45 * len(callers)


# What holds in every run


@EACH_SIDE
@pytest.mark.parametrize("preset", EXPERIMENT.presets, ids=lambda preset: preset.key)
def test_every_request_comes_to_one_end(side: str, preset):
    for seed in range(2):
        p = preset.parameters
        system = RetryingCallers.simulate(p, RetryingCallers.draw(p, seed), side)

        assert sorted(one.request.number for one in system.fates) == [one.number for one in system.load.requests]
        assert sum(one.tries for one in system.fates) == len(system.sent_us)
        assert len(system.sent_us) == len(system.load.requests) + len(system.retried_us)
        assert (system.service.busy, len(system.service.queue)) == (0, 0)


def test_nobody_waits_longer_than_all_tries_and_pauses_take():
    for side, most_ms in ((WITHOUT, 3 * 2_000 + 2 * 500), (WITH, 3 * 2_000 + 500 + 1_000), (ONCE, 2_000)):
        system = RetryingCallers.simulate(RetrySettings(), RetryingCallers.draw(RetrySettings(), 0), side)

        assert max(one.at_us - one.request.at_us for one in system.fates) <= most_ms * MILLISECOND_US


def test_an_answer_was_always_carried_out():
    p = RetrySettings(lost=100)
    system = RetryingCallers.simulate(p, RetryingCallers.draw(p, 0), WITH)

    assert all(system.service.carried_out[one.request.number] for one in system.fates if one.is_answered)


# What the presets say


def measured(side: str, figure: str, **settings: int | str) -> list[float | None]:
    return [EXPERIMENT.run(RetrySettings(**settings), seed, side).figures[figure] for seed in range(4)]


def test_a_storm_goes_on_after_its_cause_has_gone():
    assert measured(WITHOUT, "recovery_s") == [100] * 4
    assert all(recovery_s < 30 for recovery_s in measured(WITH, "recovery_s"))


def test_without_its_budget_the_pattern_does_not_end_the_storm():
    assert measured(WITH, "recovery_s", budget="off") == [100] * 4


@pytest.mark.parametrize("settings", [{"queue": 20}, {"stale": "drop"}, {"rate": 3}])
def test_there_is_no_storm_where_no_call_waits_in_vain_or_all_retries_can_be_answered(settings: dict[str, int | str]):
    assert all(recovery_s < 10 for recovery_s in measured(WITHOUT, "recovery_s", **settings))


def test_full_jitter_lets_most_of_a_crowd_in():
    crowd = EXPERIMENT.preset("no-jitter").parameters.changed()

    waves = measured(WITH, "failed", **crowd)
    spread = measured(WITH, "failed", **{**crowd, "jitter": "full"})
    assert all(one < other / 2 for one, other in zip(spread, waves, strict=True))


# Mutations


def test_a_budget_that_never_runs_out_keeps_the_storm_alive(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RetryBudget, "spend", lambda self: True)

    assert EXPERIMENT.run(RetrySettings(), 0, WITH).figures["recovery_s"] == 100
    assert EXPERIMENT.run(RetrySettings(), 0, WITH).figures["beyond_budget"] > 100


# What is shown


def story(side: str, *requests: UserRequest, **settings: int | str) -> list[str]:
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, *requests, **settings))
    return [f"{one.at_us // MILLISECOND_US} {one.sender} > {one.receiver}: {one.text}" for one in trace.story()]


def test_the_story_begins_with_the_first_that_fails_in_the_outage_and_goes_on_after_it():
    failing = request(1, 1_000, errors="1"), request(2, 22_000), request(3, 26_000, errors="12")

    assert story(WITHOUT, *failing, tries=2, queue=2) == [
        "22000 caller > service: request 2, try 1",
        "24000 service > caller: no answer to try 1",
        "24500 caller > service: request 2, try 2",
        "25200 service > service: carries request 2 out again",
        "25200 service > caller: answers try 2",
        "26000 caller > service: request 3, try 1",
        "26000 service > caller: refuses try 1",
        "26500 caller > service: request 3, try 2",
        "26500 service > caller: refuses try 2",
        "26500 caller > user: gives up request 3",
    ]


def test_the_story_of_a_budget_that_has_run_out():
    failing = [request(number, 14_000 + 1_000 * number, errors="12") for number in (1, 2)]

    assert story(WITH, *failing, reserve=1, outage_s=0, tries=2) == [
        "15000 caller > service: request 1, try 1",
        "15000 service > caller: refuses try 1",
        "15250 caller > service: request 1, try 2",
        "15250 service > caller: refuses try 2",
        "15250 caller > user: gives up request 1",
        "16000 caller > service: request 2, try 1",
        "16000 service > caller: refuses try 1",
        "16000 caller > caller: has no budget left",
        "16000 caller > user: gives up request 2",
    ]


def test_if_nothing_fails_the_story_is_that_of_the_first_request():
    assert story(WITH, request(1, 1_000), outage_s=0) == [
        "1000 caller > service: request 1, try 1",
        "1100 service > caller: answers try 1",
    ]


@pytest.mark.parametrize(
    ("settings", "failures"),
    [
        ({}, [("the service hangs", 15, 25)]),
        ({"outage_s": 0, "crowd": 5}, [("a crowd comes at once", 15, 16)]),
        ({"outage_s": 0, "errors": 5}, [("calls fail by chance", 0, 60)]),
        ({"outage_s": 0, "lost": 5}, [("answers get lost", 0, 60)]),
        ({"outage_s": 0}, []),
    ],
)
def test_what_was_broken_is_said(settings: dict[str, int], failures: list[tuple[str, int, int]]):
    found = EXPERIMENT.failures(after(WITH, **settings))

    assert [(one.what, one.from_us // SECOND_US, one.until_us // SECOND_US) for one in found] == failures


@pytest.mark.parametrize(
    ("side", "settings", "policy"),
    [
        (WITHOUT, {}, ("Fixed retries", "3 tries, 500 ms pause", False)),
        (WITH, {}, ("Backoff and budget", "3 tries, 10 % budget", True)),
        (WITH, {"budget": "off", "tries": 4}, ("Backoff", "4 tries, up to 5,000 ms", True)),
    ],
)
def test_the_drawing_shows_the_policy(side: str, settings: dict[str, int | str], policy: tuple[str, str, bool]):
    parts = {one.key: one for one in EXPERIMENT.structure(RetrySettings(**settings), side).parts}

    assert (parts["policy"].name, parts["policy"].note, parts["policy"].is_new) == policy
    assert parts["service"].note == "2 workers, queue of 80"


@EACH_SIDE
def test_the_drawing_marks_what_breaks(side: str):
    def marked(**settings: int) -> tuple[list[str], list[str]]:
        drawing = EXPERIMENT.structure(RetrySettings(**settings), side)
        wires = [one.target for one in drawing.wires if one.is_broken]
        return [one.key for one in drawing.parts if one.is_broken], wires

    assert marked() == (["service"], [])
    assert marked(outage_s=0, crowd=5) == (["users"], [])
    assert marked(outage_s=0, lost=5) == marked(outage_s=0, errors=5) == ([], ["service"])


# A reader's own numbers


@pytest.mark.parametrize(
    ("yours", "said"),
    [
        ({}, "210 calls a second of 70 requests, more than the service can answer"),
        ({}, "at most 77 calls a second of them, which it can answer."),
        ({"your_rate": 95}, "at most 105 calls a second of them, which is too many as well."),
        ({"your_rate": 33}, "99 calls a second of 33 requests, which the service can answer"),
        ({"your_rate": 100}, "100 alone are too many: no policy of retries can help."),
    ],
)
def test_a_storm_needs_more_calls_than_can_be_answered(yours: dict[str, int], said: str):
    assert said in storm(YourService(**yours))
