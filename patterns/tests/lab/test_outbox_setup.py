"""What a run of the outbox begins with: the orders that are drawn, the faults that are set, and the picture."""

from statistics import fmean, stdev

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.outbox import Outbox
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.outbox import (
    DOWN_US,
    PUBLISH_FIRST,
    RELAY_DOWN_US,
    CustomerOrder,
    OrderService,
    OutboxLoad,
    OutboxSettings,
)
from patterns.lab.trace import Trace

EXPERIMENT = Outbox()


def drawn(**settings: int) -> list[CustomerOrder]:
    """Some twelve thousand orders of four seeds."""
    p = OutboxSettings(**{"rate": 60, **settings})
    return [one for seed in range(4) for one in OrderService.draw(p, seed).orders]


def order(number: int, at_us: int) -> CustomerOrder:
    """Its commit takes a tenth of a second."""
    return CustomerOrder(number, at_us, 100_000, is_refused=False, has_crash=False, relay_crashes=0)


def after(*orders: CustomerOrder, phase_us: int = 0, **settings: int) -> OrderService:
    return OrderService.simulate(OutboxSettings(**settings), OutboxLoad([*orders], phase_us), WITH, is_traced=True)


# What is drawn


@pytest.mark.parametrize("rate", [2, 20, 60])
def test_orders_come_at_their_rate_for_fifty_seconds(rate: int):
    loads = [OrderService.draw(OutboxSettings(rate=rate), seed).orders for seed in range(4)]

    assert fmean(map(len, loads)) == pytest.approx(50 * rate, rel=0.1)
    assert 48 * SECOND_US < max(one[-1].at_us for one in loads) < 50 * SECOND_US
    assert all([one.number for one in orders] == [*range(1, len(orders) + 1)] for orders in loads)


def test_commits_take_exponential_times():
    times_us = [one.commit_us for one in drawn(commit_ms=200)]

    assert fmean(times_us) == pytest.approx(200_000, rel=0.05)
    assert stdev(times_us) == pytest.approx(200_000, rel=0.05)


def test_refusals_and_crashes_hit_the_shares_that_are_set_and_not_the_same_orders():
    orders = drawn(refusals=100, crashes=40)

    assert fmean(one.is_refused for one in orders) == pytest.approx(0.1, rel=0.1)
    assert fmean(one.has_crash for one in orders) == pytest.approx(0.04, rel=0.1)
    assert fmean(one.has_crash for one in orders if one.is_refused) == pytest.approx(0.04, rel=0.3)


def test_the_relay_may_die_more_than_once_at_an_event():
    orders = drawn(crashes=0, refusals=0, relay_crashes=100)

    shares = [fmean(one.relay_crashes >= least for one in orders) for least in (1, 2, 3)]

    assert shares == pytest.approx([0.1, 0.01, 0.001], rel=0.4)
    assert fmean(one.relay_crashes for one in orders) == pytest.approx(1 / 9, rel=0.1)


@pytest.mark.parametrize("poll_ms", [100, 5000])
def test_the_first_poll_is_at_any_instant_of_an_interval_of_any_length(poll_ms: int):
    phases = [OrderService.draw(OutboxSettings(rate=1, poll_ms=poll_ms), seed).phase_us for seed in range(40)]

    assert 0.85 < max(phases) / (poll_ms * MILLISECOND_US) < 1
    assert fmean(phases) == pytest.approx(poll_ms * MILLISECOND_US / 2, rel=0.2)


# Faults of other lengths than the usual


@pytest.mark.parametrize("outage_s", [1, 7, 20])
def test_a_row_waits_until_the_broker_is_back_whenever_that_is(outage_s: int):
    service = after(order(1, DOWN_US), outage_s=outage_s)

    assert service.broker.consumer.first_us == {1: DOWN_US + outage_s * SECOND_US + 5_000}


@pytest.mark.parametrize("down_s", [1, 20])
def test_a_row_waits_until_the_relay_is_back_whenever_that_is(down_s: int):
    service = after(order(1, RELAY_DOWN_US), outage_s=0, relay_down_s=down_s)
    trace = Trace()

    EXPERIMENT.narrate(trace, service)

    assert service.broker.consumer.first_us == {1: RELAY_DOWN_US + down_s * SECOND_US + 5_000}
    assert [one.at_us for one in trace.story() if one.text == "is back"] == [RELAY_DOWN_US + down_s * SECOND_US]


def test_a_row_that_comes_when_the_relay_is_back_is_no_part_of_its_story():
    trace = Trace()

    EXPERIMENT.narrate(trace, after(order(1, 0), order(2, 41 * SECOND_US), outage_s=0, relay_down_s=10))

    assert [one.text for one in trace.story()] == ["order and row 1", "event 1", "event 1", "is down", "is back"]


def test_what_a_poll_has_published_is_removed_though_the_broker_stops_it():
    before, during = DOWN_US - 200_000, DOWN_US + 100_000

    # A poll 10 ms before the outage: of two rows the second is refused, and a third is added to it.
    service = after(order(1, before), order(2, before), order(3, during), phase_us=490_000)

    assert EXPERIMENT.figures(service)["rows"] == 2


# How it is built


OTHER = OutboxSettings(rate=7, crashes=3, outage_s=0, poll_ms=1_200, relay_crashes=0, consumer="naive")
CUSTOMERS = Part("clients", "Customers", 0, "7 orders a second", "client")
SERVICE = Part("service", "Order service", 1, "crashes: 3 in 1,000", is_broken=True)
DATABASE = Part("database", "Database", 2, "orders", "store")
TABLE = Part("database", "Database", 2, "orders and outbox", "store", is_new=True)
RELAY = Part("relay", "Relay", 2, "every 1,200 ms", is_new=True)
BROKER, CONSUMER = Part("broker", "Broker", 3, "", "queue"), Part("consumer", "Consumer", 3, "naive")
WIRES = (Wire("clients", "service"), Wire("broker", "consumer", is_async=True))


@pytest.mark.parametrize(
    ("side", "commit", "publish"), [(WITHOUT, "1 commit", "2 publish"), (PUBLISH_FIRST, "2 commit", "1 publish")]
)
def test_two_writes_of_a_service_are_drawn_in_their_order(side: str, commit: str, publish: str):
    writes = Wire("service", "database", commit), Wire("service", "broker", publish)

    drawing = EXPERIMENT.structure(OTHER, side)

    assert drawing == Structure((CUSTOMERS, SERVICE, DATABASE, BROKER, CONSUMER), (*WIRES, *writes))


def test_with_an_outbox_only_the_relay_publishes():
    writes = Wire("service", "database", "one commit"), Wire("relay", "database", "reads, marks")

    drawing = EXPERIMENT.structure(OTHER, WITH)

    assert drawing.parts == (CUSTOMERS, SERVICE, TABLE, RELAY, BROKER, CONSUMER)
    assert drawing.wires == (*WIRES, *writes, Wire("relay", "broker", "publish"))
