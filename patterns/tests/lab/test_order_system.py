"""The order system by hand: a few people who come at chosen instants, and what becomes of them with each switch."""

import pytest

from patterns.lab.composition import figures_of
from patterns.lab.simulation import SECOND_US
from patterns.lab.systems.order_system import SWITCHES, OrderSystem, Workers, side_of
from patterns.lab.systems.purchases import Look, OrderLoad, OrderSettings, Purchase, drawn_load
from patterns.lab.systems.station import NEVER_OUT, Outage

ALL = " ".join(SWITCHES)
MS = 1_000
PAUSES_US = (100 * MS, 200 * MS)


def buyer(number: int = 1, at_ms: int = 0, **fate) -> Purchase:
    """The charge takes 200 ms, the commit 20, publishing 5, a record in the log 2."""
    return Purchase(number, at_ms * MS, charge_us=200 * MS, pauses_us=PAUSES_US, **fate)


def ran(*visits: Purchase | Look, on: str = "", broker: Outage = NEVER_OUT, slow: Outage = NEVER_OUT, **settings):
    """``on`` names switches; the relay polls at 0, 250, 500, … ms."""
    load = OrderLoad([*visits], broker, slow, phase_us=0)
    return OrderSystem.simulate(OrderSettings(**settings), load, side_of(on.split()))


def end(system: OrderSystem, number: int = 1) -> str:
    return system.end_of(number)


def answered_ms(system: OrderSystem, number: int = 1) -> float:
    return system.answers_us[number] / MS


def shipped_ms(system: OrderSystem, number: int = 1) -> float:
    return system.shipping.first_us[number] / MS


def seconds(from_s: float, until_s: float) -> Outage:
    return Outage(int(from_s * SECOND_US), int(until_s * SECOND_US))


# When nothing fails.


def test_an_order_is_charged_committed_answered_and_published():
    system = ran(buyer())

    assert (end(system), answered_ms(system), shipped_ms(system)) == ("right", 220, 225)
    assert (system.payments.charged[1], system.shipping.applied[1]) == (1, 1)


def test_with_all_switches_it_waits_for_the_log_and_for_the_relay():
    system = ran(buyer(), on=ALL)

    assert (end(system), answered_ms(system), shipped_ms(system)) == ("right", 222, 255)


@pytest.mark.parametrize(
    ("on", "order", "row", "log", "payments"),
    [("", 1, 0, 0, 1), ("outbox", 1, 3, 0, 1), ("saga", 1, 0, 3, 1), ("idempotent", 1, 0, 0, 2), (ALL, 1, 3, 2, 2)],
)
def test_every_write_is_counted(on: str, order: int, row: int, log: int, payments: int):
    """A saga that has an outbox is over with the commit, and needs no record of its end."""
    system = ran(buyer(), on=on)

    assert (system.order_writes, system.row_writes, system.log_writes) == (order, row, log)
    assert system.payments.writes == payments


def test_the_relay_polls_whether_or_not_there_is_anything():
    system = ran(buyer(), on="outbox")

    assert system.polls == 2  # at 0 and at 250 ms


# Workers.


def test_who_comes_when_all_workers_are_busy_is_refused_at_once():
    system = ran(buyer(), buyer(2, 100), Look(150 * MS, 10 * MS), buyer(3, 230), workers=1)

    assert [end(system, number) for number in (1, 2, 3)] == ["right", "told no", "right"]
    assert (answered_ms(system, 2), system.turned_away) == (100, 1)


def test_a_worker_is_free_again_when_somebody_has_looked():
    workers = Workers(1)
    workers.show(50)

    assert (workers.are_busy(49), workers.are_busy(50)) == (True, False)


def test_who_looks_holds_a_worker():
    system = ran(Look(0, 300 * MS), buyer(1, 299), buyer(2, 300), workers=1)

    assert [end(system, number) for number in (1, 2)] == ["told no", "right"]


# A crash between commit and publish.


@pytest.mark.parametrize("on", ["", "breaker retry idempotent"])
def test_a_crash_loses_the_message_and_the_answer(on: str):
    system = ran(buyer(has_crash=True), on=on)

    assert (end(system), system.answers_us) == ("lost", {})


def test_an_outbox_keeps_the_message_over_a_crash():
    system = ran(buyer(has_crash=True), on="outbox")

    assert (end(system), shipped_ms(system), system.answers_us) == ("right", 255, {})


def test_a_saga_is_taken_forward_when_its_process_is_back():
    system = ran(buyer(has_crash=True), on="saga")

    assert (end(system), answered_ms(system), shipped_ms(system)) == ("right", 2222, 2227)


def test_a_saga_that_is_taken_forward_waits_for_the_broker():
    """It may have told shipping before it died: it must not refund."""
    system = ran(buyer(has_crash=True), on="saga", broker=seconds(2, 4.1))

    assert (end(system), shipped_ms(system)) == ("right", 4237)  # refused at 2227 and 3232


def test_with_an_outbox_a_saga_has_nothing_left_to_tell():
    system = ran(buyer(has_crash=True), on="outbox saga")

    assert (end(system), answered_ms(system), system.broker.copies[1]) == ("right", 2222, 1)


# A crash after publishing, before it is noted.


@pytest.mark.parametrize(("on", "first", "again"), [("outbox", 255, 505), ("saga", 227, 2232)])
def test_what_was_published_and_not_noted_is_published_again(on: str, first: int, again: int):
    system = ran(buyer(is_unmarked=True), on=on)

    assert (end(system), system.broker.copies[1], shipped_ms(system)) == ("shipped twice", 2, first)
    assert system.world.now_us >= again * MS


@pytest.mark.parametrize("on", ["outbox idempotent", "saga idempotent"])
def test_an_idempotent_consumer_drops_the_copy(on: str):
    system = ran(buyer(is_unmarked=True), on=on)

    assert (end(system), system.broker.copies[1]) == ("right", 2)


def test_a_row_is_marked_once_it_is_confirmed_and_the_relay_lives():
    system = ran(buyer(is_unmarked=True), buyer(2), on="outbox")

    assert [shipped_ms(system, number) for number in (1, 2)] == [255, 510]  # the relay died between the two
    assert system.row_writes == 6


def test_without_anything_to_note_that_crash_is_none():
    assert end(ran(buyer(is_unmarked=True))) == "right"


# A broker that is down.


def test_a_message_that_the_broker_refuses_is_lost():
    system = ran(buyer(), broker=seconds(0, 3))

    assert (end(system), answered_ms(system)) == ("lost", 220)


def test_three_tries_outlive_a_short_outage():
    """At 225 and 1230 ms it is refused, the third try is confirmed."""
    assert shipped_ms(ran(buyer(), on="retry", broker=seconds(0, 3))) == 3235
    assert end(ran(buyer(), on="retry", broker=seconds(0, 3.3))) == "lost"


def test_an_outbox_keeps_the_message_until_the_broker_is_back():
    assert shipped_ms(ran(buyer(), on="outbox", broker=seconds(0, 9))) == 9005


def test_a_poll_ends_with_the_first_row_that_is_refused():
    system = ran(buyer(), buyer(2), on="outbox", broker=seconds(0, 0.4))

    assert [shipped_ms(system, number) for number in (1, 2)] == [505, 510]


def test_a_saga_cancels_and_refunds_what_shipping_cannot_be_told():
    system = ran(buyer(), on="saga", broker=seconds(0, 3))

    assert (end(system), answered_ms(system), system.cancelled) == ("told no", 222, {1})
    assert (system.payments.charged[1], system.payments.call_count) == (0, 2)
    # The log: begun, placed, to be undone, undone. The order: placed, cancelled. Payment: charged, refunded.
    assert (system.log_writes, system.order_writes, system.payments.writes) == (4, 2, 2)


def test_a_saga_that_tries_again_gives_up_later():
    assert shipped_ms(ran(buyer(), on="saga retry", broker=seconds(0, 3))) == 3237


# Payment that is slow.

SLOW = seconds(0, 1.05)  # what is asked in it takes 2 s, and the first call is given up after one


def test_a_slow_charge_is_made_although_nobody_waits_for_it():
    system = ran(buyer(), slow=SLOW)

    assert (end(system), answered_ms(system), system.payments.charged[1]) == ("half done", 1000, 1)


def test_a_saga_refuses_the_charge_that_comes_after_its_cancellation():
    system = ran(buyer(), on="saga", slow=SLOW)

    assert (end(system), answered_ms(system), system.payments.writes) == ("told no", 1002, 1)


def test_a_second_call_charges_a_second_time():
    system = ran(buyer(), on="retry", slow=SLOW)

    assert (end(system), answered_ms(system), system.payments.charged[1]) == ("charged twice", 1320, 2)


def test_an_idempotent_payment_gives_the_answer_of_the_first_call():
    system = ran(buyer(), on="retry idempotent", slow=SLOW)

    assert (end(system), answered_ms(system), system.payments.call_count) == ("right", 2020, 2)


def test_tries_are_bounded_and_their_pauses_are_those_of_the_order():
    system = ran(buyer(), on="retry", slow=seconds(0, 9))

    assert (end(system), answered_ms(system), system.payments.call_count) == ("half done", 3300, 3)


def test_a_worker_waits_as_long_as_the_timeout_and_no_longer():
    system = ran(buyer(), Look(999 * MS, MS), Look(1001 * MS, MS), workers=1, slow=SLOW)

    assert system.turned_away == 1


# Requests that come late, and answers that never come.


@pytest.mark.parametrize("fate", [{"is_late": True}, {"lost_answers": 1}])
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("", "half done"),
        ("idempotent", "half done"),
        ("retry", "charged twice"),
        ("retry idempotent", "right"),
        ("saga", "told no"),
        ("saga retry", "charged twice"),
    ],
)
def test_a_charge_of_which_nobody_hears(fate: dict, on: str, expected: str):
    assert end(ran(buyer(**fate), on=on)) == expected


def test_a_late_request_arrives_after_three_seconds():
    system = ran(buyer(is_late=True))

    assert (answered_ms(system), system.payments.done_us[1]) == (1000, 3200 * MS)


def test_a_known_charge_is_answered_by_looking_it_up():
    system = ran(buyer(lost_answers=1), on="retry idempotent")

    assert answered_ms(system) == 1000 + 100 + 20 + 20


def test_a_refund_takes_back_what_was_charged_before():
    system = ran(buyer(lost_answers=1), on="saga")

    assert (system.payments.charged[1], system.payments.writes) == (0, 2)


# The circuit breaker: five calls that get no answer in time open it for four seconds.


def five_slow(*more: Purchase, on: str, slow: Outage) -> OrderSystem:
    return ran(*(buyer(number, number) for number in range(1, 6)), *more, on=on, slow=slow)


def test_an_open_breaker_refuses_at_once_and_asks_nobody():
    system = five_slow(buyer(6, 1500), on="breaker", slow=seconds(0, 3))

    assert (end(system, 6), answered_ms(system, 6), system.payments.call_count) == ("told no", 1500, 5)


def test_after_four_seconds_one_call_may_try_again():
    system = five_slow(buyer(6, 5004), buyer(7, 5010), buyer(8, 5300), on="breaker", slow=seconds(0, 3))

    assert [end(system, number) for number in (6, 7, 8)] == ["told no", "right", "right"]


def test_an_open_breaker_ends_the_tries():
    system = five_slow(on="breaker retry", slow=seconds(0, 9))

    assert (system.payments.call_count, answered_ms(system, 1)) == (5, 1101)


def test_a_saga_has_nothing_to_undo_where_nobody_was_asked():
    system = five_slow(buyer(6, 1500), on="breaker saga", slow=seconds(0, 3))

    assert system.payments.call_count == 10  # five charges, and five cancellations of them


# The figures, and what is drawn.


def test_figures_count_each_order_once_and_what_never_came_as_never():
    system = ran(buyer(), buyer(2, 300, has_crash=True), Look(320 * MS, MS), buyer(3, 330), workers=1)

    assert figures_of(system) == {
        **{"orders": 3, "lookers": 1, "right": 1, "told_no": 1, "turned_away": 1},
        **{"lost": 1, "unpaid": 0, "charged twice": 0, "shipped twice": 0, "half done": 0},
        **{"answer_ms": 60_000, "shipped_ms": 60_000},
        **{"writes": 5, "polls": 0, "messages": 1, "calls": 2},
    }


@pytest.mark.parametrize(
    ("charged", "applied", "expected"),
    [(1, 1, "right"), (0, 1, "unpaid"), (0, 0, "unpaid"), (1, 0, "lost"), (2, 0, "lost"), (2, 2, "charged twice")],
)
def test_an_order_that_stands_has_one_end(charged: int, applied: int, expected: str):
    system = ran(buyer())
    system.payments.charged[1], system.shipping.applied[1] = charged, applied

    assert end(system) == expected


@pytest.mark.parametrize(("charged", "applied", "expected"), [(0, 0, "told no"), (0, 1, "unpaid"), (2, 0, "half done")])
def test_an_order_that_does_not_stand_has_one_end(charged: int, applied: int, expected: str):
    system = ran(buyer(), on="saga", broker=seconds(0, 3))
    system.payments.charged[1], system.shipping.applied[1] = charged, applied

    assert end(system) == expected


def test_figures_count_the_numbers_that_idempotent_consumers_keep():
    figures = figures_of(ran(buyer(is_unmarked=True), on="outbox idempotent"))

    # Payment: key and charge. The order, and its row three times. Shipping: number and effect.
    assert (figures["writes"], figures["messages"], figures["polls"]) == (8, 2, 3)
    assert (figures["answer_ms"], figures["shipped_ms"]) == (220, 255)


def test_cancelled_orders_are_not_waited_for_at_shipping():
    figures = figures_of(ran(buyer(), buyer(2, 1000), on="saga", broker=seconds(0, 0.5)))

    assert (figures["told_no"], figures["right"], figures["shipped_ms"]) == (1, 1, 227)


def test_faults_change_nobody_and_no_die():
    faults = OrderSettings(crashes=20, unmarked=10, broker_s=8, slow_s=12, late=40, lost=20)
    calm, hard = drawn_load(OrderSettings(), 3), drawn_load(faults, 3)

    assert [one.at_us for one in calm.visits] == [one.at_us for one in hard.visits]
    assert [one.charge_us for one in calm.purchases] == [one.charge_us for one in hard.purchases]
    assert calm.phase_us == hard.phase_us
    assert (calm.broker.from_us, calm.slow.from_us) == (hard.broker.from_us, hard.slow.from_us)


def test_the_dice_of_one_fault_are_those_of_all_together():
    alone = drawn_load(OrderSettings(crashes=20, unmarked=10), 3).purchases
    together = drawn_load(OrderSettings(crashes=20, unmarked=10, broker_s=8, late=40, lost=20), 3).purchases

    assert [(one.has_crash, one.is_unmarked) for one in alone] == [(one.has_crash, one.is_unmarked) for one in together]


def test_faults_come_as_often_as_their_settings_say():
    p = OrderSettings(crashes=100, unmarked=200, late=300, lost=500, broker_s=8, slow_s=12)
    loads = [drawn_load(p, seed) for seed in range(20)]
    every = [one for load in loads for one in load.purchases]

    for fate, share in (("has_crash", 0.1), ("is_unmarked", 0.2), ("is_late", 0.3)):
        assert sum(getattr(one, fate) for one in every) / len(every) == pytest.approx(share, abs=0.02)
    assert sum(one.lost_answers for one in every) / len(every) == pytest.approx(0.5 + 0.25 + 0.125, abs=0.04)
    assert {(load.broker.until_us - load.broker.from_us) // SECOND_US for load in loads} == {8}
    assert all(12 <= load.broker.from_us / SECOND_US < 13 for load in loads)
    assert all(18 <= load.slow.from_us / SECOND_US < 19 for load in loads)


def test_a_combination_has_one_name():
    assert (side_of(["retry", "outbox"]), side_of([]), side_of(["nothing"])) == ("outbox+retry", "", "")
