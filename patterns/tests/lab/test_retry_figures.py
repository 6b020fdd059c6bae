"""Peaks, percentiles and pauses of more than one retry, errors in an outage, and what the drawing says."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.simulation import MILLISECOND_US
from patterns.lab.systems.retry import ONCE, RetrySettings
from patterns.tests.lab.test_retry import CALM, EXPERIMENT, after, fates, figures, request, story

# An outage, from 15 to 25 s


def test_a_service_hangs_from_the_first_instant_on():
    assert fates(after(ONCE, request(1, 15_000, 100))) == [(1, False, 1, 17_000)]
    assert fates(after(ONCE, request(1, 15_000, 100), outage_s=1)) == [(1, True, 1, 16_100)]


def test_an_error_is_one_while_the_service_hangs_as_well():
    assert fates(after(ONCE, request(1, 20_000, errors="1"))) == [(1, False, 1, 20_000)]


def test_a_crowd_that_comes_as_the_service_hangs_waits_like_all():
    crowd = [request(number, 15_000, 100) for number in (1, 2, 3)]

    found = after(ONCE, *crowd, outage_s=1, queue=2)

    assert fates(found) == [(1, True, 1, 16_100), (2, True, 1, 16_200), (3, False, 1, 15_000)]


# Figures of more than one retry


def test_a_peak_is_of_one_tenth_of_a_second():
    apart = [request(number, 1_000 + 100 * number, errors="1") for number in range(3)]

    assert figures(WITHOUT, *apart, **CALM)["peak"] == 1
    assert figures(WITHOUT, *apart, request(3, 1_250, errors="1"), **CALM)["peak"] == 2


def test_of_retried_requests_95_of_100_take_no_longer_and_first_tries_do_not_count():
    quick = request(1, 1_000, 10)
    slow = [request(number, 5_000 * number, 100, 10 * number, errors="1") for number in range(2, 7)]

    # Half a second, and 20 to 60 ms.
    assert figures(WITHOUT, quick, *slow, **CALM)["retried_ms"] == 560


def test_the_wait_is_that_of_95_of_100_whether_answered_or_not():
    quick = [request(number, 1_000 * number, 10) for number in range(1, 20)]

    assert figures(ONCE, *quick, request(20, 30_000, 2_100), **CALM)["wait_ms"] == 10
    assert figures(ONCE, *quick[:18], request(20, 30_000, 2_100), **CALM)["wait_ms"] == 2_000


def test_the_pause_that_is_measured_is_the_first_of_each_request():
    found = figures(WITH, request(1, 1_000, errors="12"), **CALM)

    # Half of 500 ms; the second would be half of a second.
    assert found["pause_ms"] == 250


def test_pauses_grow_up_to_the_last_of_five_tries():
    system = after(WITH, request(1, 1_000, errors="12345"), tries=5, cap_ms=3_000, **CALM)

    # Halves of 500, 1,000, 2,000 and 3,000.
    assert fates(system) == [(1, False, 5, 1_000 + 250 + 500 + 1_000 + 1_500)]


# What is shown


def test_a_story_goes_on_with_a_request_that_came_a_second_after_the_outage():
    failing = request(1, 15_500), request(2, 25_900, errors="1"), request(3, 26_000, errors="1")

    told = story(ONCE, *failing)

    assert told[-1] == "26000 caller > user: gives up request 3"
    assert not any("request 2" in one for one in told)


def test_the_drawing_of_no_retries_has_no_policy():
    parts = [part.key for part in EXPERIMENT.structure(RetrySettings(), ONCE).parts]

    assert parts == ["users", "callers", "service"]


@pytest.mark.parametrize(("side", "source"), [(ONCE, "callers"), (WITHOUT, "policy"), (WITH, "policy")])
def test_the_drawing_tells_the_timeout_of_each_side(side: str, source: str):
    wire = EXPERIMENT.structure(RetrySettings(timeout_ms=1_500), side).wires[-1]

    assert (wire.source, wire.target, wire.note) == (source, "service", "timeout 1,500 ms")


def test_the_drawing_tells_who_calls():
    def notes(**settings: int) -> list[str]:
        return [part.note for part in EXPERIMENT.structure(RetrySettings(**settings), WITH).parts[:2]]

    assert notes() == ["14 a second", "4 processes"]
    assert notes(callers=1, crowd=50) == ["14 a second, 50 at once", "1 process"]


def test_the_chart_of_failures_tells_of_harm_done_twice():
    (_, _, failed, _) = EXPERIMENT.series(after(WITHOUT, request(1, 1_000, lost="1"), repeats="harmful", **CALM))

    assert [sample.value for sample in failed.samples][:4] == [0, 1, 0, 0]


def test_work_on_a_retry_is_that_of_the_retry():
    system = after(WITHOUT, request(1, 14_000, 900, 300, errors="1"))

    # Tried again at 14,500: it is done before the service hangs.
    assert fates(system) == [(1, True, 2, 14_800)]
    assert system.service.worked_us == 300 * MILLISECOND_US
