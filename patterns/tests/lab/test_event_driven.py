"""Calls and events beside each other: three orders worked out on paper, and what each fault does to each side."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.event_driven import EventDriven, YourConsumer, backlog, catch_up
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.durable_queue import DurableQueue
from patterns.lab.systems.event_driven import FAULT_US, MEMORY, EventSettings, OrderEvents, OrderLoad
from patterns.lab.systems.subscriber import ConcernedOrder, Subscriber
from patterns.lab.trace import Trace

EXPERIMENT = EventDriven()
SIDES = [WITHOUT, WITH, MEMORY]
EACH_SIDE = pytest.mark.parametrize("side", SIDES)
CALM = {"consumers": 2, "outage_s": 0}
NONE = ("none", "none")


def order(number: int, at_ms: int, first_ms: int = 100, second_ms: int = 100, crashes=NONE) -> ConcernedOrder:
    """For two consumers, and how long each works on it."""
    works_us = (first_ms * MILLISECOND_US, second_ms * MILLISECOND_US)
    return ConcernedOrder(number, at_ms * MILLISECOND_US, works_us, crashes)


def after(side: str, *orders: ConcernedOrder, **settings: int | str) -> OrderEvents:
    p = EventSettings(**{"consumers": 2, **settings})
    return OrderEvents.simulate(p, OrderLoad([*orders]), side, is_traced=True)


def figures(side: str, *orders: ConcernedOrder, **settings: int | str) -> dict[str, float | None]:
    return EXPERIMENT.figures(after(side, *orders, **settings))


def told_ms(system: OrderEvents) -> list[tuple[bool, float]]:
    """For each order: whether it was accepted, and when the producer said so."""
    answers = [system.answers[one.number] for one in system.load.orders]
    return [(one.is_accepted, one.at_us / MILLISECOND_US) for one in answers]


def applied_ms(system: OrderEvents, consumer: int = 0) -> dict[int, float]:
    return {key: at_us / MILLISECOND_US for key, at_us in system.subscribers[consumer].applied_us.items()}


def some(found: dict[str, float | None], *keys: str) -> list[float | None]:
    return [found[key] for key in keys]


# Five orders around an outage of the first consumer, from 20 to 30 s


def five() -> tuple[ConcernedOrder, ...]:
    return (
        order(1, 1_000, 100, 300),
        order(2, 1_100, 50, 100),
        order(3, 21_000),
        order(4, 26_000),
        order(5, 26_600),
    )


def test_a_call_is_answered_when_the_last_consumer_has_applied_the_order():
    system = after(WITHOUT, *five()[:2])

    # The second consumer takes the second order only when it has done with the first, at 1,300.
    assert told_ms(system) == [(True, 1_300), (True, 1_400)]


def test_a_call_fails_if_its_last_try_too_meets_the_outage():
    system = after(WITHOUT, *five())

    # Tries after 0, 1.5 and 3.5 s; one second later it gives up.
    assert told_ms(system)[2:] == [(False, 25_500), (False, 30_500), (True, 30_200)]
    assert applied_ms(system) == {1: 1_100, 2: 1_150, 5: 30_200}


def test_figures_of_the_five_with_calls():
    found = figures(WITHOUT, *five())

    assert some(found, "failed", "halves", "orders", "refused") == [0.4, 2, 5, 2]
    assert some(found, "caller_ms", "age_s", "waiting") == [4_500, 3.6, 2]
    # Calls: two for each of the first two, four for each of the others. Answers: eight.
    assert some(found, "messages", "repeats", "overtaken") == [24 / 5, 0, 0]


def test_an_event_waits_for_the_consumer_and_the_caller_does_not():
    system = after(WITH, *five())

    assert told_ms(system) == [(True, one.at_us / MILLISECOND_US + 5) for one in system.load.orders]
    assert applied_ms(system) == {1: 1_105, 2: 1_155, 3: 30_100, 4: 30_200, 5: 30_300}
    assert applied_ms(system, 1) == {1: 1_305, 2: 1_405, 3: 21_105, 4: 26_105, 5: 26_705}


def test_figures_of_the_five_with_events():
    found = figures(WITH, *five())

    assert some(found, "failed", "halves", "refused", "caller_ms", "age_s") == [0, 0, 0, 5, 9.1]
    # Published, confirmed, and to each consumer delivered and acknowledged.
    assert some(found, "messages", "repeats", "overtaken", "waiting") == [6, 0, 0, 3]
    assert some(found, "backlog", "drain_s", "little") == [3, 0.3, 1]


def test_figures_of_the_five_with_queues_in_the_producer():
    found = figures(MEMORY, *five())

    assert some(found, "failed", "halves", "caller_ms", "age_s") == [0, 0, 0, 9.1]
    assert some(found, "messages", "waiting", "drain_s") == [4, 3, 0.3]


def test_no_orders_are_no_figures():
    found = figures(WITH)

    assert some(found, "failed", "caller_ms", "age_s", "messages", "little") == [None] * 5
    assert some(found, "orders", "waiting", "drain_s") == [0, 0, 0]


def test_charts_of_the_five_with_calls():
    failed, waiting, applied = ({s.at_us // SECOND_US: s.value for s in one.samples} for one in charts(WITHOUT))

    assert {at: value for at, value in failed.items() if value} == {21: 1, 26: 1}
    assert {at: value for at, value in waiting.items() if value} == {1: 1}
    assert {at: value for at, value in applied.items() if value} == {1: 2, 30: 1}


def test_charts_of_the_five_with_events():
    failed, waiting, applied = ({s.at_us // SECOND_US: s.value for s in one.samples} for one in charts(WITH))

    assert not any(failed.values())
    assert {at: value for at, value in waiting.items() if value} == {
        22: 1,
        23: 1,
        24: 1,
        25: 1,
        26: 1,
        **dict.fromkeys(range(27, 31), 3),
    }
    assert {at: value for at, value in applied.items() if value} == {1: 2, 30: 3}


def charts(side: str):
    return EXPERIMENT.series(after(side, *five()))


def test_what_is_applied_after_the_last_order_is_in_no_chart():
    (*_, applied) = EXPERIMENT.series(after(WITH, order(1, 59_950)))

    assert len(applied.samples) == 60
    assert not any(sample.value for sample in applied.samples)


def test_a_call_may_wait_in_memory_for_the_chart_too():
    _, waiting, _ = EXPERIMENT.series(after(WITHOUT, order(1, 900, 200), order(2, 950, 200), **CALM))

    assert [sample.value for sample in waiting.samples][:3] == [0, 2, 0]


# A consumer crashes


def test_an_event_applied_and_not_acknowledged_comes_again_after_its_lease():
    system = after(WITH, order(1, 1_000, crashes=("after", "none")), order(2, 2_000), **CALM)

    assert applied_ms(system) == {1: 1_105, 2: 2_105}
    assert system.subscribers[0].answered_us == {1: 6_005_000, 2: 2_105_000}
    assert some(EXPERIMENT.figures(system), "repeats", "overtaken", "failed", "messages") == [1, 0, 0, 6.5]


def test_an_event_whose_work_was_lost_is_overtaken():
    system = after(WITH, order(1, 1_000, crashes=("before", "none")), order(2, 2_000), **CALM)

    assert applied_ms(system) == {2: 2_105, 1: 6_105}
    assert some(EXPERIMENT.figures(system), "repeats", "overtaken", "age_s") == [0, 1, 5.105]


def test_each_event_that_comes_after_a_later_one_is_counted():
    lost = ("before", "none")
    system = after(WITH, order(1, 1_000, crashes=lost), order(2, 1_100, crashes=lost), order(3, 2_000), **CALM)

    assert applied_ms(system) == {3: 2_105, 1: 6_105, 2: 6_205}
    assert EXPERIMENT.figures(system)["overtaken"] == 2


def test_a_call_applied_and_not_answered_is_recognized_when_it_is_tried_again():
    system = after(WITHOUT, order(1, 1_000, crashes=("after", "none")), **CALM)

    assert told_ms(system) == [(True, 2_500)]
    assert some(EXPERIMENT.figures(system), "repeats", "failed", "messages", "age_s") == [1, 0, 5, 0.1]


def test_a_crash_loses_the_calls_that_wait_in_memory():
    system = after(WITHOUT, order(1, 1_000, crashes=("before", "none")), order(2, 1_050), **CALM)

    # Both are tried again half a second after their timeout.
    assert applied_ms(system) == {1: 2_600, 2: 2_700}
    assert told_ms(system) == [(True, 2_600), (True, 2_700)]


def test_a_crash_loses_nothing_that_waits_in_a_queue():
    system = after(WITH, order(1, 1_000, crashes=("before", "none")), order(2, 1_050), **CALM)

    assert applied_ms(system) == {2: 1_205, 1: 6_105}


def test_in_the_producers_memory_the_timeout_of_a_call_is_the_lease():
    system = after(MEMORY, order(1, 1_000, crashes=("before", "none")), **CALM)

    assert applied_ms(system) == {1: 2_100}


@pytest.mark.parametrize("crash", ["before", "after"])
def test_an_order_meets_its_crash_once(crash: str):
    system = after(WITH, order(1, 1_000, crashes=(crash, crash)), lease_s=2, **CALM)

    assert all(one.life == 1 and one.is_up for one in system.subscribers)
    assert system.done_us(system.load.orders[0]) is not None


def test_an_event_acknowledged_before_the_work_is_lost_in_a_crash():
    found = figures(WITH, order(1, 1_000, crashes=("before", "none")), order(2, 2_000), ack="before", **CALM)

    assert some(found, "failed", "halves", "age_s", "caller_ms", "messages") == [0.5, 1, 1_000, 5, 6]


def test_an_event_acknowledged_before_the_work_is_never_delivered_twice():
    found = figures(WITH, order(1, 1_000, crashes=("after", "none")), ack="before", **CALM)

    assert some(found, "failed", "repeats") == [0, 0]


@pytest.mark.parametrize("side", [WITHOUT, MEMORY])
def test_only_a_broker_is_told_before_the_work(side: str):
    system = after(side, order(1, 1_000, crashes=("before", "none")), ack="before", **CALM)

    assert system.done_us(system.load.orders[0]) is not None


def test_work_that_an_outage_meets_is_done_again_from_its_beginning():
    system = after(WITH, order(1, 19_950, 100), order(2, 19_960, 10))

    # Down at 20,000 with 55 of its 100 ms done; the lease ended in the outage.
    assert applied_ms(system) == {1: 30_100, 2: 30_110}


def test_an_event_that_is_leased_when_the_consumer_is_back_comes_when_the_lease_is_over():
    system = after(WITH, order(1, 19_950, 100), order(2, 19_960, 10), outage_s=2)

    assert applied_ms(system) == {2: 22_010, 1: 24_955 + 100}


# Calls and their time


def test_an_answer_after_the_timeout_is_not_heard_but_the_work_is_known():
    system = after(WITHOUT, order(1, 1_000, 2_000), **CALM)

    # Tried again at 2,500, and taken at 3,000, when the first try is done with.
    assert applied_ms(system) == {1: 3_000}
    assert told_ms(system) == [(True, 3_000)]
    assert system.subscribers[0].repeats == 1


def test_an_answer_in_the_pause_before_the_next_try_is_not_heard_either():
    system = after(WITHOUT, order(1, 1_000, 1_200), **CALM)

    assert (applied_ms(system), told_ms(system)) == ({1: 2_200}, [(True, 2_500)])
    assert system.subscribers[0].repeats == 1


def test_a_call_for_which_nobody_waits_is_dropped_unread():
    system = after(WITHOUT, order(1, 1_000, 1_800), order(2, 1_500), tries=1, **CALM)

    # At 2,800 the first consumer comes to the second order, whose caller gave up at 2,500.
    assert told_ms(system) == [(False, 2_000), (False, 2_500)]
    assert applied_ms(system) == {1: 2_800}
    assert system.subscribers[0].source.content.count == 0


def test_only_those_that_have_not_answered_are_called_again():
    system = after(WITHOUT, order(1, 21_000), outage_s=2)

    assert (system.sent, system.subscribers[1].taken) == (3, 1)


def test_pauses_double():
    system = after(WITHOUT, order(1, 21_000), tries=4, pause_ms=100, timeout_ms=200)

    # 21,000 + 4 · 200 + 100 + 200 + 400
    assert told_ms(system) == [(False, 22_500)]


# The result is needed


def test_a_call_is_given_up_when_the_result_is_no_longer_needed():
    system = after(WITHOUT, order(1, 1_000, 100, 300), order(2, 3_000, 100, 199), needed_ms=200, **CALM)

    assert told_ms(system) == [(False, 1_200), (True, 3_199)]
    assert some(EXPERIMENT.figures(system), "failed", "caller_ms") == [0.5, 200]


def test_nobody_tries_again_for_a_result_that_is_no_longer_needed():
    system = after(WITHOUT, order(1, 21_000), needed_ms=1_200)

    assert told_ms(system) == [(False, 22_200)]
    assert system.sent == 2


@pytest.mark.parametrize(("work_ms", "failed", "caller_ms"), [(190, 0, 200), (191, 1, 200), (90, 0, 100)])
def test_a_result_comes_back_as_an_event_and_takes_its_time(work_ms: int, failed: int, caller_ms: int):
    found = figures(WITH, order(1, 1_000, work_ms, 10), needed_ms=200, **CALM)

    assert some(found, "failed", "caller_ms") == [failed, caller_ms]


def test_a_result_from_the_producers_queue_comes_back_at_once():
    found = figures(MEMORY, order(1, 1_000, 200, 10), needed_ms=200, **CALM)

    assert some(found, "failed", "caller_ms") == [0, 200]


def test_a_crash_before_the_answer_is_a_result_that_comes_late():
    found = figures(WITH, order(1, 1_000, crashes=("after", "none")), needed_ms=1_000, **CALM)

    assert some(found, "failed", "age_s") == [1, 0.105]


def test_late_events_are_applied_all_the_same_unless_they_are_dropped():
    late = order(1, 21_000)

    assert applied_ms(after(WITH, late, needed_ms=1_000)) == {1: 30_100}
    dropping = after(WITH, late, needed_ms=1_000, late="drop")
    assert (applied_ms(dropping), applied_ms(dropping, 1)) == ({}, {1: 21_105})
    assert some(EXPERIMENT.figures(dropping), "failed", "halves", "age_s", "messages") == [1, 1, 1_000, 6]


def test_an_event_is_dropped_only_when_it_is_later_than_needed():
    on_time, late = order(1, 20_200), order(2, 20_199)

    assert applied_ms(after(WITH, on_time, needed_ms=9_800, late="drop")) == {1: 30_100}
    assert applied_ms(after(WITH, late, needed_ms=9_800, late="drop")) == {}


def test_without_a_limit_nothing_is_late():
    assert applied_ms(after(WITH, order(1, 21_000), late="drop")) == {1: 30_100}


# The broker is down


def test_a_publication_fails_if_its_last_try_too_meets_the_outage():
    system = after(WITH, order(1, 21_000), order(2, 28_000), outage_s=0, broker_s=10)

    assert told_ms(system) == [(False, 25_500), (True, 31_505)]
    assert some(EXPERIMENT.figures(system), "failed", "halves", "caller_ms", "messages") == [0.5, 0, 4_500, (3 + 8) / 2]


def test_a_publication_fails_when_the_result_is_no_longer_needed():
    system = after(WITH, order(1, 21_000), outage_s=0, broker_s=10, needed_ms=400)

    assert told_ms(system) == [(False, 21_400)]


def test_a_broker_that_is_down_hears_no_acknowledgement_and_delivers_again():
    system = after(WITH, order(1, 19_900, 200, 50), outage_s=0, broker_s=10)

    assert applied_ms(system) == {1: 20_105}
    assert [one.repeats for one in system.subscribers] == [1, 0]
    assert system.subscribers[0].answered_us == {1: 30_000_000}


@pytest.mark.parametrize("side", [WITHOUT, MEMORY])
def test_who_needs_no_broker_does_not_miss_it(side: str):
    assert some(figures(side, order(1, 21_000), outage_s=0, broker_s=10), "failed", "age_s") == [0, 0.1]


# The producer is restarted, after 25 s


def test_a_restart_answers_those_who_wait_with_an_error():
    system = after(WITHOUT, order(1, 24_000), order(2, 24_900, 100, 50), order(3, 25_000), restart="yes")

    assert told_ms(system)[:2] == [(False, 25_000), (False, 25_000)]
    assert applied_ms(system, 1)[1] == 24_100


def test_a_restart_forgets_what_is_in_the_producers_memory():
    system = after(MEMORY, order(1, 21_000), order(2, 26_000), restart="yes")

    assert (applied_ms(system), applied_ms(system, 1)) == ({2: 30_100}, {1: 21_100, 2: 26_100})
    assert some(EXPERIMENT.figures(system), "failed", "halves", "age_s", "caller_ms") == [0.5, 1, 1_000, 0]


def test_a_restart_loses_a_publication_that_was_not_confirmed_and_no_other():
    system = after(WITH, order(1, 21_000), order(2, 24_998), restart="yes")

    assert told_ms(system) == [(True, 21_005), (False, 25_000)]
    assert applied_ms(system) == {1: 30_100}


# What is drawn


def drawn(seed: int = 0, **settings: int) -> list[ConcernedOrder]:
    return OrderEvents.draw(EventSettings(**settings), seed).orders


def test_orders_are_numbered_as_they_come_until_the_horizon():
    orders = drawn(rate=20, burst=20)

    assert [one.number for one in orders] == [*range(1, len(orders) + 1)]
    assert [one.at_us for one in orders] == sorted(one.at_us for one in orders)
    assert 58 * SECOND_US < orders[-1].at_us < 60 * SECOND_US


def test_a_burst_lasts_for_ten_seconds_of_the_fault():
    usual, more = ([one.at_us for one in drawn(burst=burst)] for burst in (0, 20))

    extra = {*more} - {*usual}
    assert 150 < len(extra) < 250
    assert FAULT_US <= min(extra) < max(extra) < 30 * SECOND_US


def test_the_first_consumer_has_a_speed_of_its_own():
    orders = drawn(rate=20, speed=50, weak=5)
    means = [sum(one.work_us[consumer] for one in orders) / len(orders) / SECOND_US for consumer in range(3)]

    assert means == [pytest.approx(1 / speed, rel=0.1) for speed in (5, 50, 50)]


def test_half_of_the_crashes_come_before_the_effect():
    crashes = [crash for one in drawn(rate=20, consumers=4, crashes=50) for crash in one.crashes]

    assert crashes.count("before") / len(crashes) == pytest.approx(0.025, abs=0.006)
    assert crashes.count("after") / len(crashes) == pytest.approx(0.025, abs=0.006)


# What holds in every run


@EACH_SIDE
@pytest.mark.parametrize("preset", EXPERIMENT.presets, ids=lambda preset: preset.key)
def test_every_order_is_answered_and_nothing_stays_in_a_queue(side: str, preset):
    for seed in range(3):
        system = OrderEvents.simulate(preset.parameters, OrderEvents.draw(preset.parameters, seed), side)

        assert [*sorted(system.answers)] == [one.number for one in system.load.orders]
        assert not system.open
        assert all(one.source.content.count == 0 for one in system.subscribers)


@pytest.mark.parametrize("settings", [{}, {"crashes": 50, "burst": 20}, {"broker_s": 10, "weak": 8}])
def test_what_a_broker_has_confirmed_is_applied_by_all(settings: dict[str, int]):
    p = EventSettings(**settings)
    for seed in range(5):
        system = OrderEvents.simulate(p, OrderEvents.draw(p, seed), WITH)

        accepted = [one for one in system.load.orders if system.answers[one.number].is_accepted]
        assert accepted
        assert all(system.done_us(one) for one in accepted)


def test_a_call_that_succeeded_was_applied_by_all():
    p = EventSettings(crashes=50)
    for seed in range(5):
        system = OrderEvents.simulate(p, OrderEvents.draw(p, seed), WITHOUT)

        answers = system.answers
        accepted = [one for one in system.load.orders if answers[one.number].is_accepted]
        assert all(system.done_us(one) <= answers[one.number].at_us for one in accepted)


# Mutations


def test_events_acknowledged_before_the_work_are_lost_in_every_run():
    p = EventSettings(ack="before", crashes=20)

    assert all(EXPERIMENT.run(p, seed, WITH).figures["failed"] > 0 for seed in range(5))


def test_a_stay_that_begins_when_an_event_is_taken_breaks_littles_law(monkeypatch: pytest.MonkeyPatch):
    take = DurableQueue.take

    def hasty(queue: DurableQueue):
        lease = take(queue)
        if lease:
            object.__setattr__(lease, "put_us", queue.world.now_us)
        return lease

    monkeypatch.setattr(DurableQueue, "take", hasty)

    assert EXPERIMENT.run(EventSettings(), 0, WITH).figures["little"] > 2


def test_a_consumer_that_answers_before_its_crash_repeats_nothing(monkeypatch: pytest.MonkeyPatch):
    healthy = EXPERIMENT.run(EventSettings(), 0, WITH).figures["repeats"]
    monkeypatch.setattr(Subscriber, "crashes", lambda self, order, when: False)

    assert healthy > 0
    assert EXPERIMENT.run(EventSettings(), 0, WITH).figures["repeats"] == 0


# What is shown


def story(side: str, *orders: ConcernedOrder, **settings: int | str) -> list[str]:
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, *orders, **settings))
    return [f"{one.at_us // MILLISECOND_US} {one.sender} > {one.receiver}: {one.text}" for one in trace.story()]


def test_the_story_of_calls():
    assert story(WITHOUT, order(1, 19_000), order(2, 21_000), tries=2) == [
        "21000 caller > producer: order 2",
        "21000 producer > consumer 1: order 2",
        "21000 producer > consumer 2: order 2",
        "21100 consumer 2 > producer: applied",
        "22000 consumer 1 > producer: no answer in time",
        "22500 producer > consumer 1: order 2",
        "23500 consumer 1 > producer: no answer in time",
        "23500 producer > caller: failed",
    ]


def test_the_story_of_events():
    assert story(WITH, order(1, 19_000), order(2, 21_000), order(3, 32_000, crashes=("none", "after"))) == [
        "21000 caller > producer: order 2",
        "21000 producer > broker: order 2",
        "21005 producer > caller: accepted",
        "21005 broker > consumer 2: order 2",
        "21105 consumer 2 > broker: applied",
        "30000 broker > consumer 1: order 2",
        "30100 consumer 1 > broker: applied",
        "32105 consumer 2 > consumer 2: crashes before it answers",
        "37005 broker > consumer 2: order 3",
        "37005 consumer 2 > consumer 2: knows the order, drops it",
        "37005 consumer 2 > broker: applied",
    ]


def test_the_story_of_a_queue_that_is_forgotten():
    assert story(MEMORY, order(1, 21_000), restart="yes")[-2:] == [
        "21100 consumer 2 > producer: applied",
        "25000 producer > producer: restarts: consumer 1 is forgotten",
    ]


def test_the_story_of_a_result_that_was_needed():
    assert story(WITH, order(1, 21_000), needed_ms=400, late="drop")[-4:] == [
        "21400 caller > caller: has no result in time",
        "30000 broker > consumer 1: order 1",
        "30000 consumer 1 > consumer 1: drops the order: too late",
        "30000 consumer 1 > broker: acknowledged",
    ]


def test_the_story_of_an_event_that_meets_no_broker():
    assert story(WITH, order(1, 21_000), outage_s=0, broker_s=10, tries=1) == [
        "21000 caller > producer: order 1",
        "21000 producer > broker: order 1",
        "22000 broker > producer: no answer in time",
        "22000 producer > caller: failed",
    ]


@pytest.mark.parametrize(
    ("settings", "failures"),
    [
        ({}, [("a consumer is down", 20, 30)]),
        ({"outage_s": 0, "broker_s": 4}, [("the broker is down", 20, 24)]),
        ({"outage_s": 0, "burst": 1}, [("a burst of orders", 20, 30)]),
        ({"outage_s": 0, "weak": 9}, [("a consumer is slower than the orders come", 0, 60)]),
        ({"outage_s": 0, "restart": "yes"}, [("the producer is restarted", 25, 26)]),
    ],
)
def test_what_was_broken_is_said(settings: dict[str, int | str], failures: list[tuple[str, int, int]]):
    found = EXPERIMENT.failures(after(WITH, **settings))

    assert [(one.what, one.from_us // SECOND_US, one.until_us // SECOND_US) for one in found] == failures


def test_the_drawing_marks_what_breaks_and_what_is_new():
    p = EventSettings(broker_s=5)
    marks = {
        side: (
            [one.key for one in EXPERIMENT.structure(p, side).parts if one.is_broken],
            [one.key for one in EXPERIMENT.structure(p, side).parts if one.is_new],
        )
        for side in SIDES
    }

    queues = ["queue_weak", "queue_others"]
    assert marks == {WITHOUT: (["weak"], []), WITH: (["weak", *queues], queues), MEMORY: (["weak"], queues)}


@EACH_SIDE
@pytest.mark.parametrize("consumers", [1, 2, 4])
def test_the_drawing_has_the_numbers_that_are_set(side: str, consumers: int):
    drawing = EXPERIMENT.structure(EventSettings(consumers=consumers, speed=50), side)
    names = {one.name: one.note for one in drawing.parts}

    others = {1: {}, 2: {"Consumer 2": "50 a second each"}, 4: {"Consumers 2 to 4": "50 a second each"}}
    assert {name: note for name, note in names.items() if name.startswith("Consumer")} == {
        "Consumer 1": "15 a second",
        **others[consumers],
    }


# A reader's own numbers


def test_a_consumer_that_is_fast_enough_catches_up():
    assert backlog(10, 15, 10) == 102
    assert catch_up(YourConsumer(your_outage_s=10)).startswith(
        "About 102 events wait when it is back. It has caught up 20 s"
    )


@pytest.mark.parametrize("speed", [9, 10])
def test_a_consumer_that_is_too_slow_never_does(speed: int):
    assert "never catches up" in catch_up(YourConsumer(your_speed=speed, your_outage_s=10))
