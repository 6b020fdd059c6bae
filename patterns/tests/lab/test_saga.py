"""The saga: what its log, its services and its order of events are for, and what is left half done without each."""

from collections.abc import Generator
from dataclasses import replace

import pytest
import simpy

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.saga import Saga, half_done
from patterns.lab.simulation import SECOND_US, World, run_to_the_end
from patterns.lab.systems.saga import TIMEOUT_US, UNDO_TRIES, Coordinator, Log, Record
from patterns.lab.systems.travel import HOTELS, PAYMENTS, Booking, Call, SagaLoad, SagaSettings, TravelService
from patterns.lab.trace import Trace

EXPERIMENT = Saga()
figures, run = EXPERIMENT.figures, EXPERIMENT.run
NO = (False, False, False)
NO_ROOM, NO_MONEY = (False, True, False), (False, False, True)
TAKES = {"do": (1000, 2000, 3000), "undo": (1000, 2000, 3000)}
TRIP = Booking(0, 0, TAKES, is_refused=(NO, NO), is_late=NO, is_stuck=NO)
USUAL = SagaSettings()
HARD = SagaSettings(crashes=6, down_s=1, flights=10, hotels=20, payments=30, late=10)  # all that a log is to survive

Told = tuple[str, int]  # what a service is told of the trip, and when


def hotel(*told: Told, booking: Booking = TRIP) -> tuple[TravelService, list[Call]]:
    """One after it was told all that, with the calls in the order in which they were sent."""
    world, calls = World(), []
    service = TravelService(world, SagaSettings(), HOTELS)
    for action, at_us in told:
        world.timeout(at_us).callbacks.append(lambda _, action=action: calls.append(service.receive(booking, action)))
    run_to_the_end(world)
    return service, calls


def trip(side: str, booking: Booking = TRIP, crashes_us: tuple[int, ...] = (), p: SagaSettings = USUAL) -> Coordinator:
    return Coordinator.simulate(p, SagaLoad([booking], [*crashes_us]), side)


def runs(p: SagaSettings, side: str, seeds: range) -> list[Coordinator]:
    return [Coordinator.simulate(p, Coordinator.draw(p, seed), side) for seed in seeds]


def halves(p: SagaSettings, seeds: range = range(6)) -> int:
    """How many bookings these runs leave half done in spite of the log."""
    return sum(figures(coordinator)["half_done"] for coordinator in runs(p, WITH, seeds))


def calls_of(coordinator: Coordinator) -> list[tuple[int, str]]:
    return [(call.service, call.action) for call in coordinator.calls]


# Services


def test_a_service_holds_once_what_it_is_told_twice():
    _, calls = hotel(("do", 0), ("do", 500))

    assert [call.answer for call in calls] == ["done", "done"]
    assert [call.change for call in calls] == [1, 0]


def test_a_cancellation_may_be_repeated():
    _, calls = hotel(("do", 0), ("undo", 50_000), ("undo", 90_000))

    assert [call.change for call in calls] == [1, -1, 0]
    assert calls[2].answer == "done"


def test_a_request_that_its_cancellation_has_overtaken_is_refused():
    service, calls = hotel(("do", 0), ("undo", TIMEOUT_US), booking=replace(TRIP, is_late=(True, True, True)))

    assert [call.answer for call in calls] == ["refused", "done"]
    assert calls[1].acts_us < calls[0].acts_us
    assert service.held[TRIP.number] == 0


def test_only_the_first_copy_of_a_request_is_late():
    _, calls = hotel(("do", 0), ("do", 500), booking=replace(TRIP, is_late=(True, True, True)))

    assert [call.acts_us - call.sent_us for call in calls] == [3_012_000, 12_000]
    assert [call.change for call in calls] == [0, 1]


def test_a_charge_is_never_late():
    service = TravelService(World(), SagaSettings(), PAYMENTS)

    assert service.receive(replace(TRIP, is_late=(True, True, True)), "do").answered_us == 23_000


def test_a_refusal_is_not_remembered():
    _, calls = hotel(("do", 0), ("do", 50_000), booking=replace(TRIP, is_refused=(NO_ROOM, NO)))

    assert [call.answer for call in calls] == ["refused", "done"]


def test_a_third_request_is_answered_like_the_second():
    overtaken = replace(TRIP, is_refused=(NO, NO_ROOM), is_late=(True, True, True))

    _, calls = hotel(("do", 0), ("do", 500), ("do", 900), booking=overtaken)

    assert [call.answer for call in calls] == ["done", "refused", "refused"]


def test_some_reservations_cannot_be_cancelled():
    service, calls = hotel(("do", 0), ("undo", 50_000), booking=replace(TRIP, is_stuck=(False, True, False)))

    assert calls[1].answer == "refused"
    assert service.held[TRIP.number] == 1


def test_what_is_not_held_can_always_be_cancelled():
    _, calls = hotel(("undo", 0), ("do", 50_000), booking=replace(TRIP, is_stuck=(False, True, False)))

    assert [call.answer for call in calls] == ["done", "refused"]


# The log


def test_the_log_knows_what_has_not_ended():
    log, other = Log(), replace(TRIP, number=1)
    written = [Record(1, TRIP, "begin", 0), Record(2, other, "begin", 0), Record(3, TRIP, "end", 3)]

    for record in written:
        log.write(record)

    assert log.unsettled() == [written[1]]


def test_a_trip_without_trouble_takes_four_records():
    coordinator = trip(WITH)

    assert [(record.kind, record.steps) for record in coordinator.log.records] == [
        ("begin", 0),
        ("done", 1),
        ("done", 2),
        ("end", 3),
    ]


@pytest.mark.parametrize(("crash_us", "resumed"), [(13_000, 0), (24_999, 0), (25_001, 1), (40_000, 1), (62_000, 2)])
def test_a_restart_repeats_the_first_step_that_is_not_in_the_log(crash_us: int, resumed: int):
    coordinator = trip(WITH, crashes_us=(crash_us,))

    again = [call.service for call in coordinator.calls if call.sent_us == crash_us + 3 * SECOND_US]

    assert again == [resumed]
    assert coordinator.ends[0].fate == "confirmed"


def test_a_booking_whose_beginning_is_not_in_the_log_has_done_nothing():
    coordinator = trip(WITH, crashes_us=(1_999,))

    assert coordinator.ends[0].fate == "forgotten"
    assert coordinator.calls == []


def test_without_a_log_a_crash_forgets_what_is_under_way():
    coordinator = trip(WITHOUT, crashes_us=(30_000,))

    assert coordinator.ends[0].fate == "forgotten"
    assert coordinator.held(TRIP) == [1, 1, 0]


def test_a_client_who_comes_while_the_coordinator_is_down_is_sent_away():
    coordinator = trip(WITH, replace(TRIP, at_us=2_000_000), crashes_us=(1_000_000,))

    assert coordinator.ends[0].fate == "turned away"


# Turning back


@pytest.mark.parametrize("side", [WITHOUT, WITH])
def test_what_was_done_is_undone_backwards(side: str):
    coordinator = trip(side, replace(TRIP, is_refused=(NO_MONEY, NO)))

    assert calls_of(coordinator)[3:] == [(1, "undo"), (0, "undo")]
    assert coordinator.held(TRIP) == [0, 0, 0]
    assert coordinator.ends[0].fate == "refused"


def test_a_step_without_an_answer_is_undone_as_well():
    coordinator = trip(WITH, replace(TRIP, is_late=(False, True, False)))

    assert calls_of(coordinator)[2:] == [(1, "undo"), (0, "undo")]
    assert coordinator.held(TRIP) == [0, 0, 0]


def test_a_restart_goes_on_in_the_direction_that_was_decided():
    crash_us = 80_000  # the card was refused, and the first cancellation is on its way

    coordinator = trip(WITH, replace(TRIP, is_refused=(NO_MONEY, NO)), crashes_us=(crash_us,))

    assert [call.action for call in coordinator.calls if call.sent_us > crash_us] == ["undo", "undo"]
    assert coordinator.ends[0].fate == "refused"


def test_a_cancellation_that_fails_for_good_is_left_to_people():
    coordinator = trip(WITH, replace(TRIP, is_refused=(NO_MONEY, NO), is_stuck=(False, True, False)))

    assert calls_of(coordinator)[3:] == [(1, "undo")] * UNDO_TRIES + [(0, "undo")]
    assert coordinator.ends[0].fate == "stuck"
    assert coordinator.held(TRIP) == [0, 1, 0]


def test_the_answer_to_a_cancellation_is_awaited_however_long_it_takes():
    slow = {**TAKES, "undo": (2 * TIMEOUT_US, 2000, 3000)}

    coordinator = trip(WITH, replace(TRIP, takes_us=slow, is_refused=(NO_MONEY, NO)))

    assert calls_of(coordinator)[3:] == [(1, "undo"), (0, "undo")]
    assert coordinator.ends[0].fate == "refused"


def test_a_charge_that_came_first_stays():
    coordinator = trip(WITH, replace(TRIP, is_refused=(NO_ROOM, NO)), p=SagaSettings(charge="first"))

    assert calls_of(coordinator)[3:] == [(0, "undo")]
    assert coordinator.held(TRIP) == [1, 0, 0]


@pytest.mark.parametrize(
    ("at_us", "crash_us", "measured"),
    [
        (0, 30_000, (1, 2, 1, 60_000, 60)),  # two steps of three, and an answer that never comes counts as a minute
        (40_000, 30_000, (0, 0, 0, None, None)),  # turned away: nobody waits
        (0, 90_000, (0, 0, 0, 66, 0.066)),  # three calls of 21, 22 and 23 ms
    ],
)
def test_what_is_forgotten_half_way_is_measured(at_us: int, crash_us: int, measured: tuple[float | None, ...]):
    found = figures(trip(WITHOUT, replace(TRIP, at_us=at_us), crashes_us=(crash_us,)))

    assert tuple(found[key] for key in ("half_done", "held", "unanswered", "settle_ms", "longest_s")) == measured


# Whole runs


@pytest.mark.parametrize("side", [WITHOUT, WITH])
def test_every_booking_comes_to_one_end(side: str):
    for p in (SagaSettings(), HARD, SagaSettings(stuck=20, charge="first")):
        for coordinator in runs(p, side, range(3)):
            ends = sorted(end.booking.number for end in coordinator.ends)
            assert ends == [*range(len(coordinator.load.bookings))]
            assert coordinator.running == {}


def test_with_a_log_the_books_balance_in_every_run():
    for coordinator in [*runs(HARD, WITH, range(20)), *runs(SagaSettings(), WITH, range(10))]:
        confirmed = sum(end.fate == "confirmed" for end in coordinator.ends)
        assert [sum(service.held.values()) for service in coordinator.steps] == [confirmed] * 3
        assert all(
            coordinator.held(end.booking) == ([1, 1, 1] if end.fate == "confirmed" else [0, 0, 0])
            for end in coordinator.ends
        )


def test_without_a_log_only_what_was_forgotten_is_half_done():
    for coordinator in runs(HARD, WITHOUT, range(10)):
        half = {end.fate for end in coordinator.ends if not coordinator.is_whole(end.booking)}
        assert half == {"forgotten"}


@pytest.mark.parametrize("key", ["no-crash", "stuck", "charge-first"])
def test_where_nobody_crashes_every_client_hears_the_same_on_both_sides(key: str):
    p = EXPERIMENT.preset(key).parameters

    without, with_log = (
        {end.booking.number: end.fate for end in Coordinator.simulate(p, Coordinator.draw(p, 0), side).ends}
        for side in (WITHOUT, WITH)
    )

    assert without == with_log


def test_nothing_is_undone_before_the_decision_is_logged_and_nothing_done_after_it():
    for coordinator in runs(HARD, WITH, range(5)):
        decided = {one.booking.number: one.at_us for one in coordinator.log.records if one.kind == "compensate"}
        for call in coordinator.calls:
            is_decided = call.sent_us >= decided.get(call.booking.number, call.sent_us + 1)
            assert (call.action == "undo") == is_decided


def test_cancellations_overtake_late_requests_in_the_preset_that_says_so():
    p = EXPERIMENT.preset("late").parameters

    overtaken = [call for call in runs(p, WITH, range(1))[0].calls if call.is_given_up and call.answer == "refused"]

    assert len(overtaken) > 20


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (SagaSettings(), 6.57),
        (SagaSettings(rate=20), 13.14),
        (SagaSettings(service_ms=200), 14.454),
        (SagaSettings(net_ms=50), 11.826),
        (SagaSettings(crashes=0), 0),
        (SagaSettings(flights=50, hotels=0, payments=0), 3.0),
    ],
)
def test_what_theory_says_is_half_done(settings: SagaSettings, expected: float):
    assert half_done(settings) == pytest.approx(expected)


# What is told


def told(side: str) -> list[str]:
    return [message.text for message in run(SagaSettings(), 1, side, Trace()).story]


def test_both_sides_tell_of_the_same_booking_until_the_crash():
    ours = [text for text in told(WITH) if text not in ("begin", "seat reserved")]

    assert ours[: ours.index("crash")] == told(WITHOUT)[: told(WITHOUT).index("crash")]


def test_the_stories_end_differently():
    assert {"seat stays", "back, knows nothing"} <= {*told(WITHOUT)}
    assert told(WITH)[-1] == "trip booked"


# Mutations: each leaves bookings half done that the pattern, whole, does not.


def test_a_saga_that_forgets_its_log_leaves_bookings_half_done(monkeypatch: pytest.MonkeyPatch):
    healthy = halves(SagaSettings())

    monkeypatch.setattr(Log, "unsettled", lambda self: [])

    assert healthy == 0
    assert halves(SagaSettings()) > 20


def test_services_that_do_not_recognise_a_repeated_call_take_two_of_a_kind(monkeypatch: pytest.MonkeyPatch):
    healthy = halves(SagaSettings())

    monkeypatch.setattr(TravelService, "has_done", lambda self, number: False)

    assert healthy == 0
    assert halves(SagaSettings()) > 20


def test_a_decision_that_is_logged_after_the_first_undo_is_sometimes_reversed(monkeypatch: pytest.MonkeyPatch):
    p = SagaSettings(crashes=6, service_ms=200, hotels=40, payments=40)
    healthy, turn_back = halves(p), Coordinator.turn_back

    def too_late(self: Coordinator, booking: Booking, steps: int) -> Generator[simpy.Event]:
        if steps:
            yield from self.undo(booking, self.steps[steps - 1])
        return (yield from turn_back(self, booking, steps))

    monkeypatch.setattr(Coordinator, "turn_back", too_late)

    assert healthy == 0
    assert halves(p) > 5


def test_services_that_do_not_remember_a_cancellation_grant_what_comes_late(monkeypatch: pytest.MonkeyPatch):
    p = EXPERIMENT.preset("late").parameters
    healthy, undo = halves(p), TravelService.undo

    def forgetful(self: TravelService, call: Call) -> str:
        answer = undo(self, call)
        self.cancelled.clear()
        return answer

    monkeypatch.setattr(TravelService, "undo", forgetful)

    assert healthy == 0
    assert halves(p) > 100


def test_a_restart_that_does_not_doubt_a_refusal_misses_the_copy_on_its_way(monkeypatch: pytest.MonkeyPatch):
    p = SagaSettings(crashes=6, down_s=1, hotels=50, late=20)
    healthy, forward = halves(p), Coordinator.forward
    monkeypatch.setattr(
        Coordinator, "forward", lambda self, booking, done, is_resumed=False: forward(self, booking, done)
    )

    assert healthy == 0
    assert halves(p) > 5
