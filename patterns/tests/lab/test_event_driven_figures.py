"""What is drawn for calls and events, what is measured of them, and what is shown: five orders worked out on paper."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.event_driven import YourConsumer, backlog, catch_up
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.event_driven import FAULT_US, MEMORY, EventSettings, OrderEvents
from patterns.lab.systems.subscriber import ConcernedOrder
from patterns.lab.trace import Trace
from patterns.tests.lab.test_event_driven import (
    CALM,
    EACH_SIDE,
    EXPERIMENT,
    SIDES,
    after,
    applied_ms,
    figures,
    order,
    some,
    told_ms,
)

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


def test_each_consumer_works_and_crashes_by_a_chance_of_its_own():
    orders = drawn(rate=20, consumers=4, crashes=50)

    assert {len({*one.work_us}) for one in orders} == {4}
    crashed = [4 - one.crashes.count("none") for one in orders]
    assert crashed.count(1) > 10 * crashed.count(3)
    assert sum(crashed) / len(orders) == pytest.approx(4 * 0.05, rel=0.2)


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


@pytest.mark.parametrize(("side", "settings"), [(WITH, {"needed_ms": 1_000}), (MEMORY, {"restart": "yes"})])
def test_an_order_that_was_accepted_and_failed_is_in_the_chart(side: str, settings: dict[str, int | str]):
    failed, *_ = EXPERIMENT.series(after(side, order(1, 21_000), **settings))

    assert [sample.at_us // SECOND_US for sample in failed.samples if sample.value] == [21]


def test_what_is_applied_after_the_last_order_is_in_no_chart():
    (*_, applied) = EXPERIMENT.series(after(WITH, order(1, 59_950)))

    assert len(applied.samples) == 60
    assert not any(sample.value for sample in applied.samples)


def test_a_call_may_wait_in_memory_for_the_chart_too():
    _, waiting, _ = EXPERIMENT.series(after(WITHOUT, order(1, 900, 200), order(2, 950, 200), **CALM))

    assert [sample.value for sample in waiting.samples][:3] == [0, 2, 0]


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


def test_the_story_of_a_result_that_came_in_time_ends_with_it():
    assert story(WITH, order(1, 31_000), needed_ms=400)[-1] == "31105 consumer 2 > broker: applied"


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


@pytest.mark.parametrize(
    ("side", "broken"),
    [
        (WITHOUT, ["producer"]),
        (WITH, ["producer"]),
        (MEMORY, ["producer", "queue_weak", "queue_others"]),
    ],
)
def test_a_restart_is_marked_where_it_takes_something_away(side: str, broken: list[str]):
    parts = EXPERIMENT.structure(EventSettings(outage_s=0, restart="yes"), side).parts

    assert [one.key for one in parts if one.is_broken] == broken
    assert parts[1].note == "restarted"


@pytest.mark.parametrize(
    ("side", "notes"),
    [
        (WITHOUT, ["needed in 400 ms", "2 tries of 1,500 ms", "2 tries of 1,500 ms"]),
        (WITH, ["needed in 400 ms", "9 ms", "", "9 ms", ""]),
        (MEMORY, ["needed in 400 ms", "", "", "", ""]),
    ],
)
def test_the_drawing_says_how_long_each_way_takes(side: str, notes: list[str]):
    p = EventSettings(needed_ms=400, tries=2, timeout_ms=1500, publish_ms=9)

    assert [one.note for one in EXPERIMENT.structure(p, side).wires] == notes


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
