"""What a run of the saga begins with: the bookings that are drawn, the settings that are heeded, and the picture."""

from dataclasses import replace
from statistics import fmean, stdev

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.saga import Saga
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.saga import Coordinator
from patterns.lab.systems.travel import PAYMENTS, Action, Booking, SagaLoad, SagaSettings
from patterns.lab.trace import Trace

EXPERIMENT = Saga()
SIDES = [WITHOUT, WITH]
NO = (False, False, False)
TAKES = {"do": (1_000, 2_000, 3_000), "undo": (1_000, 2_000, 3_000)}
TRIP = Booking(0, 0, TAKES, is_refused=(NO, NO), is_late=NO, is_stuck=NO)


def drawn(**settings: int) -> list[Booking]:
    """A few thousand bookings of several seeds."""
    p = SagaSettings(**{"rate": 20, **settings})
    return [one for seed in range(4) for one in Coordinator.draw(p, seed).bookings]


def after(side: str, *bookings: Booking, crashes_us: tuple[int, ...] = (), **settings: int) -> Coordinator:
    return Coordinator.simulate(SagaSettings(**settings), SagaLoad([*bookings], [*crashes_us]), side)


# What is drawn


@pytest.mark.parametrize("rate", [1, 8, 20])
def test_bookings_come_at_their_rate_for_a_minute(rate: int):
    instants = [one.at_us for seed in range(4) for one in Coordinator.draw(SagaSettings(rate=rate), seed).bookings]

    assert len(instants) == pytest.approx(4 * 60 * rate, rel=0.1)
    assert 57 * SECOND_US < max(instants) < 60 * SECOND_US


@pytest.mark.parametrize("service", range(3))
@pytest.mark.parametrize("action", ["do", "undo"])
def test_to_do_and_to_undo_a_step_take_exponential_times_of_the_same_mean(action: Action, service: int):
    times_us = [one.takes_us[action][service] for one in drawn(service_ms=120)]

    assert fmean(times_us) == pytest.approx(120_000, rel=0.05)
    assert stdev(times_us) == pytest.approx(120_000, rel=0.1)


def test_each_step_of_a_trip_takes_a_time_of_its_own():
    trips = [one.takes_us["do"] + one.takes_us["undo"] for one in drawn()]

    assert fmean(len({*times_us}) for times_us in trips) > 5.99


@pytest.mark.parametrize(("service", "share"), [(0, 0.1), (1, 0.2), (2, 0.4)])
def test_each_service_refuses_its_share_the_first_time_and_the_second(service: int, share: float):
    first, again = zip(*(one.is_refused for one in drawn(flights=10, hotels=20, payments=40)), strict=True)

    both = [one[service] and other[service] for one, other in zip(first, again, strict=True)]

    assert [fmean(one[service] for one in some) for some in (first, again)] == pytest.approx([share] * 2, abs=0.03)
    assert fmean(both) == pytest.approx(share**2, abs=0.02)


@pytest.mark.parametrize(("coin", "share"), [("is_late", 0.2), ("is_stuck", 0.5)])
def test_each_reservation_is_late_or_stuck_by_a_coin_of_its_own(coin: str, share: float):
    coins = [getattr(one, coin) for one in drawn(late=20, stuck=50)]

    assert [fmean(one[service] for one in coins) for service in range(3)] == pytest.approx([share] * 3, abs=0.03)
    assert fmean(one[0] and one[1] for one in coins) == pytest.approx(share**2, abs=0.03)


# Settings other than the usual


@pytest.mark.parametrize(("side", "settles_ms"), [(WITHOUT, 306), (WITH, 386)])
def test_a_slow_network_and_a_slow_log_are_waited_for(side: str, settles_ms: int):
    [end] = after(side, TRIP, net_ms=50, log_ms=20).ends

    # Three calls of 101, 102 and 103 ms, and four records.
    assert end.at_us == settles_ms * MILLISECOND_US


def test_a_saga_is_taken_up_after_each_crash_that_it_meets():
    slow = replace(TRIP, takes_us={**TAKES, "do": (1_000, 2_000, 5_000_000)})

    coordinator = after(WITH, slow, crashes_us=(1_000_000, 6_500_000), down_s=1)

    charges = [call.sent_us for call in coordinator.calls if call.service == PAYMENTS]
    assert charges == [49_000, 2_000_000, 7_500_000]
    assert [end.fate for end in coordinator.ends] == ["confirmed"]


@pytest.mark.parametrize("down_s", [1, 8])
def test_charts_reach_to_the_end_of_an_outage_of_any_length(down_s: int):
    charts = EXPERIMENT.series(after(WITH, TRIP, down_s=down_s))

    assert [len(one.samples) for one in charts] == [60 + down_s] * 2


@pytest.mark.parametrize("side", SIDES)
def test_the_story_of_a_booking_begins_with_it_and_not_with_an_earlier_crash(side: str):
    booking, trace = replace(TRIP, at_us=10 * SECOND_US), Trace()

    EXPERIMENT.narrate(trace, after(side, booking, crashes_us=(1 * SECOND_US, 10_030_000)))

    assert trace.story()[0].text == "book a trip"


# How it is built


OTHER = SagaSettings(rate=7, service_ms=120, log_ms=9, crashes=2, charge="first")
CLIENTS = Part("clients", "Clients", 0, "7 bookings a second", "client")
COORDINATOR = Part("coordinator", "Coordinator", 1, "crashes twice a minute", is_broken=True)
LOG = Part("log", "Saga log", 1, "9 ms a write", "log", is_new=True)
SERVICES = (
    Part("flights", "Flights", 2, "120 ms a step"),
    Part("hotels", "Hotels", 2, "120 ms a step"),
    Part("payments", "Payments", 2, "120 ms, no way back"),
)
WIRES = (
    Wire("clients", "coordinator"),
    Wire("coordinator", "flights", "2"),
    Wire("coordinator", "hotels", "3"),
    Wire("coordinator", "payments", "1"),
)


def test_the_side_without_is_drawn_without_a_log():
    assert EXPERIMENT.structure(OTHER, WITHOUT) == Structure((CLIENTS, COORDINATOR, *SERVICES), WIRES)


def test_the_saga_is_drawn_with_its_log_and_nothing_else_that_is_new():
    wires = (*WIRES, Wire("coordinator", "log", "each step"))

    assert EXPERIMENT.structure(OTHER, WITH) == Structure((CLIENTS, COORDINATOR, LOG, *SERVICES), wires)
