"""What the experiment of the saga measures, draws and tells of a handful of trips, worked out on paper."""

from dataclasses import replace

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.saga import HalfDone, Saga, brief
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.saga import Coordinator
from patterns.lab.systems.travel import Booking, SagaLoad, SagaSettings
from patterns.lab.trace import Failure, Trace

EXPERIMENT = Saga()
SIDES = [WITHOUT, WITH]
NO = (False, False, False)
NO_SEAT, NO_ROOM, NO_MONEY = (True, False, False), (False, True, False), (False, False, True)
# The network takes 10 ms each way, so the steps take 21, 22 and 23 ms; a record of the log takes 2 ms.
TAKES = {"do": (1_000, 2_000, 3_000), "undo": (1_000, 2_000, 3_000)}
TRIP = Booking(0, 0, TAKES, is_refused=(NO, NO), is_late=NO, is_stuck=NO)
POOR = replace(TRIP, is_refused=(NO_MONEY, NO_MONEY))
CRASH_US = 10_030_000  # 30 ms into the third trip, when its room is on its way
MINUTE = (
    TRIP,
    replace(POOR, number=1, at_us=1 * SECOND_US),
    replace(TRIP, number=2, at_us=10 * SECOND_US),
    replace(TRIP, number=3, at_us=11 * SECOND_US),  # the coordinator is down until 13.03 s
    replace(POOR, number=4, at_us=20 * SECOND_US, is_stuck=(False, True, False)),
)


def after(side: str, *bookings: Booking, crashes_us: tuple[int, ...] = (), **settings: int | str) -> Coordinator:
    return Coordinator.simulate(SagaSettings(**settings), SagaLoad([*bookings], [*crashes_us]), side)


def minute(side: str) -> Coordinator:
    return after(side, *MINUTE, crashes_us=(CRASH_US,))


# Figures


@pytest.mark.parametrize(
    ("side", "counts"),
    [
        (WITHOUT, (5, 2, 3, 1, 2)),  # the third keeps seat and room, the fifth its room, asked three times to cancel it
        (WITH, (5, 1, 1, 0, 3)),  # the room of the third is asked for again
    ],
)
def test_what_became_of_five_trips_is_counted(side: str, counts: tuple[int, ...]):
    found = EXPERIMENT.figures(minute(side))

    assert tuple(found[key] for key in ("bookings", "half_done", "held", "unanswered", "repeated")) == counts


@pytest.mark.parametrize(
    ("side", "times"),
    [
        (WITHOUT, (0, 109, 60)),  # 66, 66 + 22 + 21 and 66 + 3 · 22 + 21 ms, and one that never comes
        (WITH, (18 / 4, 119, 3.079)),  # 4, 5, 4 and 5 records; 74, 119 and 163 ms, and one after the crash
    ],
)
def test_waits_are_those_of_all_who_were_not_sent_away(side: str, times: tuple[float, ...]):
    found = EXPERIMENT.figures(minute(side))

    assert tuple(found[key] for key in ("log_writes", "settle_ms", "longest_s")) == times


def test_the_longest_wait_is_that_of_a_single_client():
    slow = replace(TRIP, number=99, takes_us={**TAKES, "do": (501_000, 2_000, 3_000)})

    found = EXPERIMENT.figures(after(WITHOUT, slow, *(replace(TRIP, number=number) for number in range(30))))

    assert (found["settle_ms"], found["longest_s"]) == (66, 0.566)


def test_no_wait_is_longer_than_never():
    slow = replace(TRIP, takes_us={**TAKES, "do": (1_000, 2_000, 70_000_000)})

    assert EXPERIMENT.figures(after(WITHOUT, slow))["longest_s"] == 60


def test_where_everybody_was_sent_away_nothing_is_measured():
    found = EXPERIMENT.figures(after(WITH, replace(TRIP, at_us=2_000), crashes_us=(1_000,)))

    assert [found[key] for key in ("settle_ms", "longest_s", "log_writes")] == [None] * 3


@pytest.mark.parametrize(("side", "waits_ms"), [(WITHOUT, 5_063), (WITH, 5_071)])
def test_a_charge_is_waited_for_however_long_it_takes(side: str, waits_ms: int):
    slow = replace(TRIP, takes_us={**TAKES, "do": (1_000, 2_000, 5_000_000)})

    [end] = after(side, slow).ends
    assert (end.fate, end.at_us // MILLISECOND_US) == ("confirmed", waits_ms)


@pytest.mark.parametrize(("takes_us", "fate"), [(1_980_000, "confirmed"), (1_980_001, "refused")])
def test_a_reservation_is_waited_for_two_seconds(takes_us: int, fate: str):
    slow = replace(TRIP, takes_us={**TAKES, "do": (1_000, takes_us, 3_000)})

    assert after(WITHOUT, slow).ends[0].fate == fate


def test_what_was_refused_before_a_crash_may_be_granted_after_it():
    fickle = replace(TRIP, is_refused=(NO_ROOM, NO))

    coordinator = after(WITH, fickle, crashes_us=(40_000,))

    assert coordinator.ends[0].fate == "confirmed"
    assert coordinator.held(TRIP) == [1, 1, 1]


def test_where_a_restart_is_refused_again_the_doubtful_step_is_undone_too():
    coordinator = after(WITH, replace(TRIP, is_refused=(NO_ROOM, NO_ROOM)), crashes_us=(40_000,))

    assert [(call.service, call.action) for call in coordinator.calls[2:]] == [(1, "do"), (1, "undo"), (0, "undo")]


def test_a_charge_that_is_refused_again_after_a_crash_leaves_nothing_in_doubt():
    coordinator = after(WITH, POOR, crashes_us=(60_000,))

    assert [(call.service, call.action) for call in coordinator.calls[3:]] == [(2, "do"), (1, "undo"), (0, "undo")]
    assert coordinator.ends[0].fate == "refused"


@pytest.mark.parametrize("side", SIDES)
def test_who_finds_no_seat_has_nothing_to_undo(side: str):
    coordinator = after(side, replace(TRIP, is_refused=(NO_SEAT, NO)))

    assert len(coordinator.calls) == 1
    assert coordinator.ends[0].fate == "refused"


# Crashes


@pytest.mark.parametrize(
    ("crashes", "seconds"), [(0, []), (1, [30]), (3, [15, 30, 45]), (6, [60 * turn // 7 for turn in range(1, 7)])]
)
def test_crashes_are_spread_evenly_over_the_minute(crashes: int, seconds: list[int]):
    load = Coordinator.draw(SagaSettings(crashes=crashes, rate=1), 0)

    assert [at_us // SECOND_US for at_us in load.crashes_us] == seconds


def test_the_coordinator_is_down_for_as_long_as_was_set():
    coordinator = after(WITHOUT, TRIP, crashes_us=(10_000_000, 20_000_000), down_s=8)

    assert [*EXPERIMENT.failures(coordinator)] == [
        Failure("the coordinator is down", 10_000_000, 18_000_000),
        Failure("the coordinator is down", 20_000_000, 28_000_000),
    ]


@pytest.mark.parametrize(
    ("at_us", "fate"), [(CRASH_US + 2_999_999, "turned away"), (CRASH_US + 3_000_001, "confirmed")]
)
def test_it_takes_bookings_again_when_it_is_back(at_us: int, fate: str):
    assert after(WITHOUT, replace(TRIP, at_us=at_us), crashes_us=(CRASH_US,)).ends[0].fate == fate


# Charts


def chart(coordinator: Coordinator, key: str) -> dict[int, float]:
    """What is not zero in it, by second."""
    series = {one.key: one for one in EXPERIMENT.series(coordinator)}
    return {sample.at_us // SECOND_US: sample.value for sample in series[key].samples if sample.value}


def test_the_chart_shows_what_is_held_in_part_and_no_more_when_it_is_undone():
    slow = replace(POOR, takes_us={"do": (600_000, 600_000, 3_000_000), "undo": (1_500_000, 1_000_000, 0)})

    coordinator = after(WITHOUT, slow)

    # The seat is taken at 0.61 s and given back at 6.79 s, before the client is told at 6.80 s.
    assert chart(coordinator, "partly") == dict.fromkeys(range(1, 7), 1)
    assert chart(coordinator, "settled") == {6: 1}


def test_a_trip_that_is_whole_is_not_partly_done():
    slow = replace(TRIP, takes_us={**TAKES, "do": (600_000, 600_000, 2_000_000)})

    assert chart(after(WITHOUT, slow), "partly") == {1: 1, 2: 1, 3: 1}  # charged at 3.25 s


@pytest.mark.parametrize(
    ("side", "partly"),
    [
        (WITHOUT, {**dict.fromkeys(range(11, 21), 1), **dict.fromkeys(range(21, 63), 2)}),
        (WITH, {**dict.fromkeys(range(11, 14), 1), **dict.fromkeys(range(21, 63), 1)}),
    ],
)
def test_what_a_crash_leaves_behind_stays_in_the_chart(side: str, partly: dict[int, int]):
    assert chart(minute(side), "partly") == partly


@pytest.mark.parametrize(("side", "settled"), [(WITHOUT, [0, 1, 20]), (WITH, [0, 1, 13, 20])])
def test_the_chart_counts_who_got_an_answer_and_when(side: str, settled: list[int]):
    assert chart(minute(side), "settled") == dict.fromkeys(settled, 1)


def test_charts_reach_to_the_end_of_an_outage_at_the_last_instant():
    samples = [one.samples for one in EXPERIMENT.series(minute(WITHOUT))]

    assert [(one[0].at_us, one[-1].at_us) for one in samples] == [(0, 62 * SECOND_US)] * 2


# Stories


def story(coordinator: Coordinator) -> list[tuple[int, str]]:
    """What is told, each with its millisecond."""
    trace = Trace()
    EXPERIMENT.narrate(trace, coordinator)
    return [(one.at_us // MILLISECOND_US, one.text) for one in trace.story()]


def test_the_story_of_a_crash_without_a_log():
    assert story(minute(WITHOUT)) == [
        (10_000, "book a trip"),
        (10_000, "reserve seat"),
        (10_021, "reserve room"),
        (10_030, "crash"),
        (10_043, "done, nobody listens"),
        (10_043, "seat stays"),
        (10_043, "room stays"),
        (13_030, "back, knows nothing"),
        (13_030, "no answer, ever"),
    ]


def test_the_story_of_a_crash_with_a_log():
    assert story(minute(WITH)) == [
        (10_000, "book a trip"),
        (10_002, "begin"),
        (10_002, "reserve seat"),
        (10_025, "seat reserved"),
        (10_025, "reserve room"),
        (10_030, "crash"),
        (10_047, "done, nobody listens"),
        (13_030, "back, read"),
        (13_030, "reserve room, again"),
        (13_054, "room reserved"),
        (13_054, "charge card"),
        (13_079, "trip booked"),
    ]


@pytest.mark.parametrize(
    ("side", "told"),
    [
        (
            WITHOUT,
            [
                (0, "book a trip"),
                (0, "reserve seat"),
                (21, "reserve room"),
                (2_021, "no answer in time"),
                (2_021, "cancel room"),
                (2_043, "cancel seat"),
                (2_064, "no trip"),
                (3_043, "refused, too late"),
            ],
        ),
        (
            WITH,
            [
                (0, "book a trip"),
                (2, "begin"),
                (2, "reserve seat"),
                (25, "seat reserved"),
                (25, "reserve room"),
                (2_025, "no answer in time"),
                (2_027, "decided: undo"),
                (2_027, "cancel room"),
                (2_049, "cancel seat"),
                (2_072, "no trip"),
                (3_047, "refused, too late"),
            ],
        ),
    ],
)
def test_the_story_of_a_request_that_comes_late(side: str, told: list[tuple[int, str]]):
    assert story(after(side, replace(TRIP, is_late=(False, True, False)))) == told


def test_the_story_of_a_refused_card():
    assert story(after(WITHOUT, POOR)) == [
        (0, "book a trip"),
        (0, "reserve seat"),
        (21, "reserve room"),
        (43, "charge card"),
        (66, "refused"),
        (66, "cancel room"),
        (88, "cancel seat"),
        (109, "no trip"),
    ]


def test_the_story_of_a_cancellation_that_fails_for_good():
    told = story(after(WITHOUT, replace(POOR, is_stuck=(True, False, False))))

    assert told[6:] == [
        (88, "cancel seat"),
        (109, "refused"),
        (109, "cancel seat, again"),
        (130, "refused"),
        (130, "cancel seat, again"),
        (151, "no trip, not all undone"),
        (151, "seat stays"),
    ]


def test_the_story_of_a_charge_that_came_first():
    assert story(after(WITHOUT, replace(TRIP, is_refused=(NO_ROOM, NO)), charge="first")) == [
        (0, "book a trip"),
        (0, "charge card"),
        (23, "reserve seat"),
        (44, "reserve room"),
        (66, "refused"),
        (66, "cancel seat"),
        (87, "no trip, not all undone"),
        (87, "charge stays"),
    ]


@pytest.mark.parametrize(
    ("bookings", "number"),
    [
        ((TRIP, replace(POOR, number=1)), 1),  # rather one that is undone than one that is booked
        ((POOR, replace(TRIP, number=1, is_late=(True, False, False))), 1),  # rather one that had no answer
        ((TRIP, replace(TRIP, number=1)), 0),
        (MINUTE[3:], 4),  # what stays half done before all others
    ],
)
@pytest.mark.parametrize("side", SIDES)
def test_the_same_telling_booking_is_chosen_on_both_sides(bookings: tuple[Booking, ...], number: int, side: str):
    assert EXPERIMENT.telling_booking(after(side, *bookings)).number == number


# How it is built, and the calculator


@pytest.mark.parametrize(
    ("crashes", "note"),
    [
        (0, "never crashes"),
        (1, "crashes once a minute"),
        (2, "crashes twice a minute"),
        (6, "crashes 6 times a minute"),
    ],
)
def test_the_drawing_says_how_often_it_crashes(crashes: int, note: str):
    coordinator = EXPERIMENT.structure(SagaSettings(crashes=crashes), WITH).parts[1]

    assert (coordinator.note, coordinator.is_broken) == (note, crashes > 0)


@pytest.mark.parametrize(
    ("settings", "note"),
    [({}, "80 ms a step"), ({"late": 10}, "10 % late"), ({"late": 5, "stuck": 20}, "5 % late, 20 % not undone")],
)
def test_the_drawing_marks_services_that_are_late_or_do_not_undo(settings: dict[str, int], note: str):
    hotels, payments = EXPERIMENT.structure(SagaSettings(**settings), WITHOUT).parts[-2:]

    assert (hotels.note, hotels.is_broken) == (note, bool(settings))
    assert (payments.note, payments.is_broken) == ("80 ms, no way back", False)


@pytest.mark.parametrize(("charge", "order"), [("last", "123"), ("first", "231")])
def test_the_drawing_numbers_the_steps(charge: str, order: str):
    wires = EXPERIMENT.structure(SagaSettings(charge=charge), WITHOUT).wires

    assert "".join(wire.note for wire in wires[1:]) == order


@pytest.mark.parametrize(
    ("own", "numbers"),
    [
        ((600, 500, 50), ("5 of your", "250 a year")),
        ((60, 100, 10), ("0.1 of your", "1 a year")),
        ((90, 1_500, 1_000), ("2.25 of your", "2,250 a year")),
        ((1, 1, 1), ("fewer than 0.01 of your", "fewer than 0.01 a year")),
    ],
)
def test_the_calculator_multiplies_rate_time_and_crashes(own: tuple[int, int, int], numbers: tuple[str, str]):
    answer = EXPERIMENT.calculator.answer(HalfDone(*own))

    assert all(number in answer for number in numbers)


def test_numbers_are_short():
    assert [brief(value) for value in (12_345.6, 10, 9.5, 2.25, 0.009)] == [
        "12,346",
        "10",
        "9.5",
        "2.25",
        "fewer than 0.01",
    ]
