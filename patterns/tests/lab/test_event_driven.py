"""Calls and events beside each other: a few orders worked out on paper, and what each fault does to each side."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.event_driven import EventDriven
from patterns.lab.simulation import MILLISECOND_US
from patterns.lab.systems.durable_queue import DurableQueue
from patterns.lab.systems.event_driven import MEMORY, EventSettings, OrderEvents, OrderLoad
from patterns.lab.systems.subscriber import ConcernedOrder, Subscriber

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
    assert some(EXPERIMENT.figures(dropping), "failed", "halves", "age_s", "messages") == [1, 1, 1_000, 6 + 4]


def test_an_event_is_dropped_only_when_it_is_later_than_needed():
    on_time, late = order(1, 20_200), order(2, 20_199)

    assert applied_ms(after(WITH, on_time, needed_ms=9_800, late="drop")) == {1: 30_100}
    assert applied_ms(after(WITH, late, needed_ms=9_800, late="drop")) == {}


def test_without_a_limit_nothing_is_late():
    assert applied_ms(after(WITH, order(1, 21_000), late="drop")) == {1: 30_100}


@pytest.mark.parametrize(("side", "messages"), [(WITHOUT, 4), (WITH, 6 + 2 * 4), (MEMORY, 4)])
def test_a_result_that_comes_back_as_an_event_is_sent_and_confirmed_as_one(side: str, messages: int):
    assert figures(side, order(1, 1_000), needed_ms=1_000, **CALM)["messages"] == messages


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


def test_a_restart_forgets_the_queues_of_all_consumers():
    system = after(MEMORY, order(1, 24_800, 50, 500), order(2, 24_900, 50), outage_s=0, restart="yes")

    # At 25,000 the second consumer has the first order in hand, and the second one waits.
    assert (applied_ms(system), applied_ms(system, 1)) == ({1: 24_850, 2: 24_950}, {1: 25_300})
    assert some(EXPERIMENT.figures(system), "failed", "halves") == [0.5, 1]


# An outage lasts for as long as it is set


@pytest.mark.parametrize("seconds", [1, 20])
def test_a_consumer_is_back_after_its_outage_and_not_before(seconds: int):
    at_ms = 20_000 + 1_000 * seconds

    assert applied_ms(after(WITH, order(1, at_ms - 50), outage_s=seconds)) == {1: at_ms + 100}


@pytest.mark.parametrize("seconds", [2, 20])
def test_a_broker_is_back_after_its_outage_and_not_before(seconds: int):
    at_ms = 20_000 + 1_000 * seconds
    system = after(WITH, order(1, at_ms - 6), order(2, at_ms - 5), outage_s=0, broker_s=seconds)

    # The first is not confirmed a millisecond before; it is tried again a second and a half later.
    assert told_ms(system) == [(True, at_ms + 1_499), (True, at_ms)]


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
