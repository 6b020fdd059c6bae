"""What the experiment of the outbox measures, draws and tells of a handful of orders, worked out on paper."""

from typing import Any

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.outbox import LostEvents, Outbox, in_tenths
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.outbox import (
    DOWN_US,
    HORIZON_US,
    PUBLISH_FIRST,
    RELAY_DOWN_US,
    CustomerOrder,
    OrderService,
    OutboxLoad,
    OutboxSettings,
)
from patterns.lab.trace import Failure, Series, Trace

EXPERIMENT = Outbox()
SIDES = [WITHOUT, WITH, PUBLISH_FIRST]


def order(number: int, at_us: int, **others: Any) -> CustomerOrder:
    """Its commit takes a tenth of a second."""
    fine = {"commit_us": 100_000, "is_refused": False, "has_crash": False, "relay_crashes": 0}
    return CustomerOrder(number, at_us, **{**fine, **others})


DAY = (
    order(1, 0, relay_crashes=1),
    order(2, 1 * SECOND_US, has_crash=True),
    order(3, 2 * SECOND_US, is_refused=True),
    order(4, DOWN_US),  # the broker is down for five seconds
    order(5, DOWN_US + 4 * SECOND_US),
)


def after(side: str, *orders: CustomerOrder, **settings: int | str) -> OrderService:
    """Polls are at whole and half seconds; a publication takes five milliseconds."""
    p = OutboxSettings(**settings)
    return OrderService.simulate(p, OutboxLoad([*(orders or DAY)], 0), side, is_traced=True)


# Figures


COUNTS = ("orders", "wrong", "lost", "phantom", "twice", "turned_away", "copies", "rows")


@pytest.mark.parametrize(
    ("side", "counts"),
    [
        (WITHOUT, (5, 2, 2, 0, 0, 0, 0, 0)),  # the crash of the second, and the fourth gives up after three seconds
        (PUBLISH_FIRST, (5, 2, 0, 2, 0, 1, 0, 0)),  # the second and third are false, the fourth is turned away
        (WITH, (5, 0, 0, 0, 0, 0, 1, 2)),  # the first comes twice; the last two rows wait together
    ],
)
def test_what_became_of_five_orders_is_counted(side: str, counts: tuple[int, ...]):
    found = EXPERIMENT.figures(after(side))

    assert tuple(found[key] for key in COUNTS) == counts


@pytest.mark.parametrize(
    ("side", "delays_ms"),
    [
        (WITHOUT, (1_010, 50_000, (5 + 1_010 + 2 * 50_000) / 4)),  # the fifth succeeds a second after its first try
        (PUBLISH_FIRST, (0, 0, 0)),  # the event is there before the order
        (WITH, (405, 4_905, (2 * 405 + 4_905 + 910) / 4)),  # polls at 0.5 and 1.5 s, and at 25 s after the outage
    ],
)
def test_delays_run_from_commit_to_effect_and_what_never_comes_is_later_than_all(side: str, delays_ms: tuple[float]):
    found = EXPERIMENT.figures(after(side))

    assert tuple(found[key] for key in ("median_ms", "slow_ms", "mean_ms")) == delays_ms


@pytest.mark.parametrize(
    ("side", "shares"),
    [
        (WITHOUT, (0, 0, 2 / 4, 0)),
        (PUBLISH_FIRST, (0, 0, 0, 0)),
        (WITH, (3, 51 / 4, 0, 1 / 4)),  # 51 polls from 0 to 25 s; row, mark and removal of each committed order
    ],
)
def test_writes_and_polls_are_charged_to_the_committed_orders(side: str, shares: tuple[float, ...]):
    found = EXPERIMENT.figures(after(side))

    assert tuple(found[key] for key in ("writes", "reads", "lost_share", "copies_share")) == shares


def test_polls_of_an_empty_table_are_charged_as_well():
    found = EXPERIMENT.figures(after(WITH, order(1, 0, is_refused=True), order(2, 1_000_000)))

    assert found["reads"] == 4  # at 0, 0.5, 1 and 1.5 s, and only the last finds a row


def test_the_first_poll_is_at_the_instant_that_was_drawn():
    service = OrderService.simulate(OutboxSettings(), OutboxLoad([order(1, 0)], 450_000), WITH)

    assert (service.table.reads, service.broker.consumer.first_us) == (1, {1: 455_000})


def test_where_no_order_was_committed_there_is_no_delay_to_speak_of():
    found = EXPERIMENT.figures(after(WITH, order(1, 0, is_refused=True)))

    assert [found[key] for key in ("median_ms", "slow_ms", "writes", "reads")] == [None] * 4


def test_a_consumer_that_forgets_applies_the_copy():
    found = EXPERIMENT.figures(after(WITH, consumer="naive"))

    assert (found["wrong"], found["twice"]) == (1, 1)


def test_an_event_that_comes_after_the_whole_run_counts_as_never():
    slow = [order(number, 0) for number in range(1, 13)]

    found = EXPERIMENT.figures(after(WITH, *slow, batch=1, poll_ms=5000, outage_s=0))

    # They are committed at 0.1 s; the poll at five times n seconds publishes the n-th.
    assert (found["median_ms"], found["slow_ms"]) == (29_905, 50_000)


def test_a_broker_outage_of_which_three_tries_lose_four_tries_lose_none():
    lost = [EXPERIMENT.figures(after(WITHOUT, order(1, DOWN_US), tries=tries))["lost"] for tries in (1, 2, 3, 4)]

    assert lost == [1, 1, 1, 0]


# An outage of the relay


WAITS = order(1, RELAY_DOWN_US)
RELAY_DOWN = {"outage_s": 0, "relay_down_s": 10}


def test_a_relay_that_is_down_delays_events_and_loses_none():
    service = after(WITH, WAITS, **RELAY_DOWN)

    assert service.broker.consumer.first_us == {1: 40_005_000}
    assert EXPERIMENT.figures(service)["reads"] == 61  # 60 until it goes down, and the first when it is back


def test_rows_pile_up_while_the_relay_is_down():
    orders = [order(number, RELAY_DOWN_US + number * SECOND_US) for number in (1, 2, 3)]

    assert EXPERIMENT.figures(after(WITH, *orders, **RELAY_DOWN))["rows"] == 3


def test_a_relay_that_goes_down_in_a_poll_ends_with_the_row_it_is_at():
    orders = [order(number, RELAY_DOWN_US - 400_000) for number in (1, 2, 3)]
    p = OutboxSettings(publish_ms=40, relay_down_s=1, outage_s=0)

    service = OrderService.simulate(p, OutboxLoad(orders, 450_000), WITH)

    # A poll at 29.95 s; the second row is begun just before the outage, the third is left to the poll at 31.45 s.
    assert service.broker.consumer.first_us == {1: 29_990_000, 2: 30_030_000, 3: 31_490_000}


def test_the_other_sides_have_no_relay_to_lose():
    first_us = [after(side, WAITS, **RELAY_DOWN).broker.consumer.first_us[1] for side in (WITHOUT, PUBLISH_FIRST)]

    assert first_us == [30_105_000, 30_005_000]


# Failures and charts


@pytest.mark.parametrize(
    ("settings", "failures"),
    [
        ({}, [Failure("the broker is down", 20_000_000, 25_000_000)]),
        ({"outage_s": 0}, []),
        (RELAY_DOWN, [Failure("the relay, where there is one, is down", 30_000_000, 40_000_000)]),
    ],
)
def test_outages_are_named_with_their_instants(settings: dict[str, int], failures: list[Failure]):
    assert [*EXPERIMENT.failures(after(WITH, WAITS, **settings))] == failures


def test_both_outages_may_come_in_one_run():
    assert len(EXPERIMENT.failures(after(WITH, WAITS, relay_down_s=1))) == 2


def chart(side: str, key: str, *orders: CustomerOrder, **settings: int | str) -> dict[float, float]:
    """What is not zero in it, by second."""
    series = {one.key: one for one in EXPERIMENT.series(after(side, *orders, **settings))}
    return {sample.at_us / SECOND_US: sample.value for sample in series[key].samples if sample.value}


@pytest.mark.parametrize(("side", "bad"), [(WITHOUT, {1: 1, 20: 1}), (PUBLISH_FIRST, {1: 1, 2: 1}), (WITH, {})])
def test_what_went_wrong_is_drawn_when_its_order_came(side: str, bad: dict[int, int]):
    assert chart(side, "wrong") == bad


@pytest.mark.parametrize(
    ("side", "under_way"), [(WITHOUT, {25: 1}), (PUBLISH_FIRST, {}), (WITH, {21: 1, 22: 1, 23: 1, 24: 1, 25: 2})]
)
def test_events_are_under_way_from_commit_to_effect_and_lost_ones_never(side: str, under_way: dict[int, int]):
    assert chart(side, "under_way") == under_way


@pytest.mark.parametrize(
    ("side", "ages"), [(WITHOUT, {25: 0.9}), (WITH, {21: 0.9, 22: 1.9, 23: 2.9, 24: 3.9, 25: 4.9})]
)
def test_the_age_of_the_oldest_event_grows_in_an_outage(side: str, ages: dict[int, float]):
    assert chart(side, "oldest") == ages


def test_the_age_of_events_grows_while_the_relay_is_down():
    ages = chart(WITH, "oldest", WAITS, **RELAY_DOWN)

    assert ages == {second: pytest.approx(second - 30.1) for second in range(31, 41)}


def test_charts_reach_from_the_first_order_to_the_last():
    charts: tuple[Series, ...] = EXPERIMENT.series(after(WITHOUT))

    assert [(len(one.samples), one.samples[-1].at_us) for one in charts] == [
        (50, HORIZON_US - SECOND_US),
        (51, HORIZON_US),
        (51, HORIZON_US),
    ]


# Stories


def story(side: str, *orders: CustomerOrder, **settings: int | str) -> list[tuple[float, str]]:
    """What is told, each with its millisecond."""
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, *orders, **settings))
    return [(one.at_us / MILLISECOND_US, one.text) for one in trace.story()]


CRASH = order(7, 0, has_crash=True)
DYING_RELAY = order(7, 0, relay_crashes=1)


@pytest.mark.parametrize(
    ("side", "told"),
    [
        (WITHOUT, [(100, "order 7"), (100, "crashes: event is lost")]),
        (PUBLISH_FIRST, [(5, "event 7"), (5, "event 7"), (5, "crashes: no order")]),
        (WITH, [(100, "order and row 7"), (100, "crashes: row is safe"), (505, "event 7"), (505, "event 7")]),
    ],
)
def test_the_story_of_a_crash(side: str, told: list[tuple[float, str]]):
    assert story(side, CRASH) == told


@pytest.mark.parametrize(
    ("side", "told"),
    [
        (WITHOUT, [(100, "refuses the order")]),
        (PUBLISH_FIRST, [(5, "event 7"), (5, "event 7"), (105, "refuses the order")]),
        (WITH, [(100, "refuses the order")]),
    ],
)
def test_the_story_of_a_refused_order(side: str, told: list[tuple[float, str]]):
    assert story(side, order(7, 0, is_refused=True)) == told


@pytest.mark.parametrize(
    ("side", "kind"), [(WITHOUT, "reply"), (PUBLISH_FIRST, "fail"), (WITH, "reply")], ids=["without", "first", "with"]
)
def test_a_refusal_is_a_failure_only_where_the_world_was_told(side: str, kind: str):
    messages = after(side, order(7, 0, is_refused=True)).notes.of[7]

    assert messages[-1].kind == kind


@pytest.mark.parametrize(
    ("side", "told"),
    [
        (
            WITHOUT,
            [
                (20_100, "order 7"),
                (20_105, "broker is down"),
                (21_110, "broker is down"),  # the third is left out: two say enough
                (23_115, "gives up: event is lost"),
            ],
        ),
        (
            PUBLISH_FIRST,
            [(20_005, "broker is down"), (21_010, "broker is down"), (23_015, "gives up: no order")],
        ),
        (
            WITH,
            [
                (20_100, "order and row 7"),
                (20_505, "broker is down"),
                (21_005, "broker is down"),
                (25_005, "event 7"),
                (25_005, "event 7"),
            ],
        ),
    ],
)
def test_the_story_of_an_outage(side: str, told: list[tuple[float, str]]):
    assert story(side, order(7, DOWN_US)) == told


@pytest.mark.parametrize(("consumer", "end"), [("idempotent", "event 7 again: dropped"), ("naive", "applied again")])
def test_the_story_of_a_relay_that_dies_before_its_mark(consumer: str, end: str):
    told = story(WITH, DYING_RELAY, consumer=consumer)

    crash = [(505, "event 7"), (505, "event 7"), (505, "crashes before the mark")]
    assert told == [*crash, (1_005, "event 7"), (1_005, end)]


def test_the_story_of_a_relay_that_is_down():
    assert story(WITH, WAITS, **RELAY_DOWN) == [
        (30_000, "is down"),
        (30_100, "order and row 1"),
        (40_000, "is back"),
        (40_005, "event 1"),
        (40_005, "event 1"),
    ]


def test_of_the_rows_that_wait_the_first_to_be_committed_is_told_of():
    slow, quick = order(2, RELAY_DOWN_US, commit_us=900_000), order(3, RELAY_DOWN_US + 100_000)

    told = {text for _, text in story(WITH, order(1, 0), slow, quick, **RELAY_DOWN)}

    assert told >= {"order and row 1", "order and row 3"}
    assert "order and row 2" not in told


def test_a_row_that_is_never_read_is_named_at_the_end():
    late = order(1, 0, commit_us=900_000)

    told = story(WITH, late, order(2, 0), order(3, 2_000_000), reads="higher")

    assert told[-1][1] == "never reads row 1"


def test_where_nothing_fails_the_first_event_is_the_story():
    assert story(WITHOUT, order(7, 0), order(8, 0)) == [(100, "order 7"), (105, "event 7"), (105, "event 7")]


# How it is built, and the calculator


def parts(side: str, **settings: int | str) -> dict[str, tuple[str, bool]]:
    structure = EXPERIMENT.structure(OutboxSettings(**settings), side)
    return {part.key: (part.note, part.is_broken) for part in structure.parts}


def test_the_drawing_says_what_is_broken_and_for_how_long():
    drawn = parts(WITH, outage_s=3, crashes=0, relay_crashes=0, relay_down_s=8, rate=2)

    assert drawn["broker"] == ("down for 3 s", True)
    assert drawn["relay"] == ("down for 8 s", True)
    assert drawn["service"] == ("crashes: 0 in 1,000", False)
    assert drawn["clients"] == ("2 orders a second", False)


def test_only_the_outbox_has_a_relay():
    assert [("relay" in parts(side), parts(side)["database"]) for side in SIDES] == [
        (False, ("orders", False)),
        (True, ("orders and outbox", False)),
        (False, ("orders", False)),
    ]


@pytest.mark.parametrize(
    ("transactions", "crashes", "often"),
    [
        (100_000, 10, "about one event a day,"),
        (2_000_000, 50, "about 100 events a day,"),
        (150_000, 10, "about 1.5 events a day,"),
        (1_000, 1, "about an event every 1,000 days,"),
        (80_000, 10, "about an event every 1.2 days,"),
    ],
)
def test_the_calculator_multiplies_transactions_by_crashes(transactions: int, crashes: int, often: str):
    assert often in EXPERIMENT.calculator.answer(LostEvents(transactions, crashes))


@pytest.mark.parametrize(("value", "text"), [(2.0, "2"), (1.25, "1.2"), (12_345.0, "12,345")])
def test_numbers_are_short(value: float, text: str):
    assert in_tenths(value) == text
