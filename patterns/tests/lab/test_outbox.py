"""The outbox and the two dual writes: what is lost, false or applied twice, and what each part is there for."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.outbox import Outbox
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, World, run_to_the_end
from patterns.lab.systems.broker import Broker, Consumer, Notes
from patterns.lab.systems.outbox import (
    DOWN_US,
    PUBLISH_FIRST,
    CustomerOrder,
    OrderService,
    OutboxLoad,
    OutboxSettings,
    OutboxTable,
    Relay,
)
from patterns.lab.trace import Trace

EXPERIMENT = Outbox()
figures = EXPERIMENT.figures
SIDES = [WITHOUT, WITH, PUBLISH_FIRST]
SEEDS = range(30)
FINE = {"commit_us": 10, "is_refused": False, "has_crash": False, "relay_crashes": 0}
EACH_SIDE = pytest.mark.parametrize("side", SIDES)


def order(number: int = 1, at_us: int = 0, **others: int) -> CustomerOrder:
    return CustomerOrder(number, at_us, **{**FINE, **others})


def after(side: str, *orders: CustomerOrder, **settings: int | str) -> OrderService:
    return OrderService.simulate(OutboxSettings(**settings), OutboxLoad([*orders], 0), side)


def applied(side: str, *orders: CustomerOrder, **settings: int | str) -> int:
    return after(side, *orders, **settings).broker.consumer.applied.total()


def measured(side: str, seed: int = 1, **settings: int | str) -> dict[str, float]:
    p = OutboxSettings(**settings)
    return figures(OrderService.simulate(p, OrderService.draw(p, seed), side))


def broker_of(*, down_us: int = 0, up_us: int = 0, is_idempotent: bool = True) -> Broker:
    notes = Notes(World(), are_kept=False)
    return Broker(notes.world, notes, Consumer(notes, is_idempotent=is_idempotent), 5, down_us, up_us)


def answer(broker: Broker, work) -> bool:
    done = broker.world.process(work)
    run_to_the_end(broker.world)
    return done.value


# The table


def table_of(*numbers: int, **settings: int | str) -> OutboxTable:
    table = OutboxTable(OutboxSettings(**settings))
    for number in numbers:
        table.insert(order(number))
    return table


def test_rows_are_read_in_the_order_of_their_ids():
    assert [one.number for one in table_of(3, 1, 2).batch()] == [1, 2, 3]


def test_a_poll_reads_no_more_than_a_batch():
    assert [one.number for one in table_of(3, 1, 2, batch=2).batch()] == [1, 2]


def test_a_marked_row_is_not_read_again():
    table = table_of(1, 2)

    table.mark(order(1))

    assert table.batch() == [order(2)]


def test_a_row_costs_three_writes_and_stays_until_the_clean_up():
    table = table_of(1)

    table.mark(order(1))
    table.insert(order(2))
    table.mark(order(2))
    table.clean_up()

    assert (table.peak, table.writes) == (2, 6)


@pytest.mark.parametrize(("reads", "seen"), [("unmarked", [1]), ("higher", [])])
def test_a_row_that_commits_late_is_seen_unless_ids_are_trusted(reads, seen):
    table = table_of(2, reads=reads)

    table.mark(order(2))
    table.insert(order(1))

    assert [one.number for one in table.batch()] == seen


# The broker and the consumer


def test_a_broker_delivers_what_it_confirms():
    broker = broker_of()

    assert answer(broker, broker.publish(7, "service"))
    assert (broker.copies, broker.consumer.applied) == ({7: 1}, {7: 1})


def test_a_broker_that_is_down_takes_nothing():
    broker = broker_of(up_us=6)

    assert not answer(broker, broker.publish(7, "service"))
    assert not broker.copies


def test_a_broker_that_goes_down_meanwhile_confirms_nothing():
    broker = broker_of(down_us=3, up_us=100)

    assert not answer(broker, broker.publish(7, "service"))


@pytest.mark.parametrize(
    ("down_us", "up_us", "is_confirmed"), [(5, 9, False), (6, 9, True), (0, 5, True), (0, 6, False)]
)
def test_what_counts_is_whether_the_broker_is_up_when_it_confirms(down_us, up_us, is_confirmed):
    broker = broker_of(down_us=down_us, up_us=up_us)

    assert answer(broker, broker.publish(7, "service")) is is_confirmed  # after five microseconds


@pytest.mark.parametrize(("tries", "is_confirmed"), [(1, False), (2, False), (3, True)])
def test_trying_again_outlasts_an_outage_that_is_short_enough(tries, is_confirmed):
    broker = broker_of(up_us=2 * SECOND_US)

    assert answer(broker, broker.insist(7, "service", tries=tries)) is is_confirmed


def test_the_waits_between_tries_double():
    broker = broker_of(up_us=100 * SECOND_US)

    answer(broker, broker.insist(7, "service", tries=4))

    assert broker.world.now_us == (1 + 2 + 4) * SECOND_US + 4 * 5


@pytest.mark.parametrize(("is_idempotent", "times"), [(True, 1), (False, 2)])
def test_a_copy_is_dropped_by_an_idempotent_consumer_only(is_idempotent, times):
    consumer = broker_of(is_idempotent=is_idempotent).consumer

    consumer.receive(7, 1)
    consumer.receive(7, 2)

    assert consumer.applied[7] == times
    assert consumer.first_us == {7: 1}


# One order


@EACH_SIDE
def test_an_order_that_nothing_happens_to_takes_effect_once(side):
    assert applied(side, order()) == 1


@pytest.mark.parametrize(("side", "times"), [(WITHOUT, 0), (WITH, 1), (PUBLISH_FIRST, 1)])
def test_a_crash_between_the_writes_loses_an_event_or_makes_a_false_one(side, times):
    service = after(side, order(has_crash=True))

    assert service.broker.consumer.applied.total() == times
    assert (1 in service.committed_us) is (side != PUBLISH_FIRST)


@pytest.mark.parametrize(("side", "times"), [(WITHOUT, 0), (WITH, 0), (PUBLISH_FIRST, 1)])
def test_the_world_hears_of_a_refused_order_only_if_told_first(side, times):
    assert applied(side, order(is_refused=True)) == times


@pytest.mark.parametrize(("side", "fate"), [(WITHOUT, "committed"), (WITH, "committed"), (PUBLISH_FIRST, "no broker")])
def test_only_who_publishes_first_turns_orders_away_when_the_broker_is_down(side, fate):
    assert after(side, order(at_us=DOWN_US)).fates == {1: fate}


@pytest.mark.parametrize(("side", "times"), [(WITHOUT, 0), (WITH, 1)])
def test_a_row_outlasts_an_outage_that_memory_does_not(side, times):
    assert applied(side, order(at_us=DOWN_US)) == times


def test_a_relay_that_dies_before_its_mark_publishes_again():
    service = after(WITH, order(relay_crashes=2))

    assert service.broker.copies == {1: 3}
    assert service.broker.consumer.applied == {1: 1}


def test_an_event_waits_for_the_next_poll():
    service = after(WITH, order(), poll_ms=300, publish_ms=5)

    assert service.broker.consumer.first_us == {1: 305 * MILLISECOND_US}


def test_the_rows_after_one_that_was_not_marked_wait_for_the_next_poll():
    service = after(WITH, order(1, relay_crashes=1), order(2), poll_ms=300, publish_ms=5)

    assert service.broker.consumer.first_us == {1: 305 * MILLISECOND_US, 2: 610 * MILLISECOND_US}


def test_a_delay_begins_with_the_commit():
    assert figures(after(WITHOUT, order(commit_us=80_000)))["median_ms"] == 5


def test_a_client_is_turned_away_by_a_broker_that_is_down_and_not_by_a_crash():
    assert figures(after(PUBLISH_FIRST, order(1, has_crash=True), order(2, at_us=DOWN_US)))["turned_away"] == 1


# What holds in every run


def test_polls_begin_at_any_instant_of_an_interval():
    instants = {OrderService.draw(OutboxSettings(), seed).phase_us for seed in SEEDS}

    assert len(instants) == len(SEEDS)
    assert max(instants) < 500 * MILLISECOND_US


@EACH_SIDE
@pytest.mark.parametrize("settings", [{}, {"reads": "higher", "batch": 1, "rate": 5}], ids=["default", "slow"])
def test_every_order_comes_to_an_end(side, settings):
    p = OutboxSettings(**settings)
    load = OrderService.draw(p, 1)

    assert sorted(OrderService.simulate(p, load, side).fates) == [one.number for one in load.orders]


def test_the_outbox_loses_and_invents_nothing_in_any_run():
    for seed in SEEDS:
        found = measured(WITH, seed)
        assert (found["wrong"], found["lost"], found["phantom"], found["twice"]) == (0, 0, 0, 0)
        assert found["writes"] == 3


def test_the_copies_are_those_that_the_relay_did_not_live_to_mark():
    for seed in SEEDS:
        load = OrderService.draw(OutboxSettings(), seed)
        service = OrderService.simulate(OutboxSettings(), load, WITH)
        unmarked = sum(one.relay_crashes for one in load.orders if one.number in service.committed_us)
        assert figures(service)["copies"] == unmarked


def test_without_an_outbox_a_crash_costs_exactly_its_event():
    for seed in SEEDS:
        orders = OrderService.draw(OutboxSettings(), seed).orders
        crashed = sum(one.has_crash and not one.is_refused for one in orders)
        stopped = sum(one.has_crash or one.is_refused for one in orders)
        assert measured(WITHOUT, seed, outage_s=0)["wrong"] == crashed
        assert measured(PUBLISH_FIRST, seed, outage_s=0)["wrong"] == stopped


def test_more_tries_leave_the_crashes_alone():
    few, many, none = (measured(WITHOUT, tries=tries)["lost"] for tries in (1, 3, 6))

    assert few > many > none == measured(WITHOUT, outage_s=0)["lost"] > 0


def test_a_batch_too_small_for_the_orders_lets_the_table_grow():
    enough, too_few = measured(WITH, outage_s=0), measured(WITH, outage_s=0, batch=8)

    assert too_few["rows"] > 5 * enough["rows"]
    assert too_few["slow_ms"] > 10 * enough["slow_ms"]
    assert too_few["wrong"] == 0


def test_the_story_shows_the_crash_the_copy_and_the_outage():
    texts = {one.text for one in EXPERIMENT.run(OutboxSettings(), 1, WITH, Trace()).story}

    assert {"crashes: row is safe", "crashes before the mark", "broker is down"} <= texts
    assert any(text.endswith("dropped") for text in texts)


def test_the_story_of_a_relay_that_trusts_ids_ends_with_a_row_it_never_reads():
    story = EXPERIMENT.run(OutboxSettings(reads="higher", outage_s=0), 1, WITH, Trace()).story

    assert story[-1].text == "never reads row 48"


@EACH_SIDE
def test_the_charts_hold_every_wrong_event_and_the_backlog_of_the_outage(side):
    outcome = EXPERIMENT.run(OutboxSettings(), 1, side, Trace())
    wrong, under_way, _ = ([sample.value for sample in one.samples] for one in outcome.series)

    assert sum(wrong) == outcome.figures["wrong"]
    assert (max(under_way) > 80) is (side == WITH)


# Mutations: each takes away one part of the pattern, and the figure that the part is there for breaks.


def test_marking_before_publishing_loses_events(monkeypatch):
    def mark_first(relay):
        for one in relay.table.batch():
            relay.table.mark(one)
            yield from relay.publish(one)

    healthy = measured(WITH)["lost"]
    monkeypatch.setattr(Relay, "poll", mark_first)

    assert (healthy, measured(WITH)["lost"] > 50) == (0, True)


def test_marking_a_whole_batch_at_once_makes_more_copies(monkeypatch):
    def mark_last(relay):
        rows = relay.table.batch()
        for one in rows:
            if not (yield from relay.publish(one)):
                return
        for one in rows:
            relay.table.mark(one)

    healthy = measured(WITH)
    monkeypatch.setattr(Relay, "poll", mark_last)
    broken = measured(WITH)

    assert broken["copies"] > 2 * healthy["copies"]
    assert broken["lost"] == healthy["lost"] == 0


def test_a_consumer_that_forgets_what_it_has_seen_applies_copies(monkeypatch):
    healthy = measured(WITH)
    monkeypatch.setattr(Consumer, "knows", lambda self, number: False)
    broken = measured(WITH)

    assert healthy["twice"] == 0
    assert broken["wrong"] == broken["twice"] == broken["copies"] > 0


def test_a_row_in_a_transaction_of_its_own_is_lost_with_the_crash(monkeypatch):
    def commit_then_insert(service, one):
        if (yield from service.commit(one, "order")) and not service.crashes(one, ""):
            service.table.insert(one)

    healthy = measured(WITH)["lost"]
    monkeypatch.setattr(OrderService, "commit_with_row", commit_then_insert)

    assert healthy == 0 < measured(WITH)["lost"] == measured(WITHOUT, outage_s=0)["lost"]


def test_polling_above_the_highest_id_loses_late_commits():
    healthy, broken = measured(WITH), measured(WITH, reads="higher")

    assert healthy["lost"] == 0 < broken["lost"]
    assert broken["writes"] < 3


def test_a_late_commit_is_lost_more_often_the_longer_a_commit_takes():
    fast, slow = ([measured(WITH, seed, reads="higher", commit_ms=ms)["lost"] for seed in range(5)] for ms in (10, 200))

    assert min(slow) > max(fast)
