"""The example of the retry: pauses are random and bounded, and what a budget cannot pay is not repeated."""

import random

import pytest

from patterns.tests.examples.book import example, run_python

TITLE = "Full jitter with a deadline and a budget"


class Dependency:
    """Fails as often as it is told, and remembers every attempt."""

    def __init__(self, failures: int, error: type[Exception]) -> None:
        self.failures = failures
        self.error = error
        self.attempts = 0

    def __call__(self) -> str:
        self.attempts += 1
        if self.attempts <= self.failures:
            raise self.error
        return "reserved"


class Time:
    """A clock that only pauses move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def code() -> dict:
    return run_python(example("13", TITLE))


def test_a_brief_fault_stays_hidden_and_pauses_stay_below_their_growing_limits(code):
    for seed in range(50):
        dependency, time = Dependency(2, code["Transient"]), Time()

        answer = code["call"](dependency, code["Budget"](), 9.0, time.clock, time.sleep, random.Random(seed))

        assert (answer, dependency.attempts) == ("reserved", 3)
        first, second = time.pauses
        assert 0 <= first <= 0.1
        assert 0 <= second <= 0.2


def test_two_callers_that_failed_together_come_back_apart(code):
    times = [Time(), Time()]
    for seed, time in enumerate(times):
        code["call"](
            Dependency(1, code["Transient"]), code["Budget"](), 9.0, time.clock, time.sleep, random.Random(seed)
        )

    assert times[0].pauses != times[1].pauses


def test_the_cap_holds_however_many_attempts_there_are(code):
    dependency, time = Dependency(9, code["Transient"]), Time()

    code["call"](
        dependency, code["Budget"](), 99.0, time.clock, time.sleep, random.Random(1), base=1.0, cap=1.5, attempts=10
    )

    assert max(time.pauses) <= 1.5


def test_it_gives_up_after_the_last_attempt(code):
    dependency, time = Dependency(9, code["Transient"]), Time()

    with pytest.raises(code["Transient"]):
        code["call"](dependency, code["Budget"](), 9.0, time.clock, time.sleep, random.Random(1))

    assert dependency.attempts == 3


def test_a_permanent_error_is_not_repeated(code):
    dependency, time = Dependency(1, ValueError), Time()

    with pytest.raises(ValueError, match=r"^$"):
        code["call"](dependency, code["Budget"](), 9.0, time.clock, time.sleep, random.Random(1))

    assert dependency.attempts == 1


def test_no_attempt_begins_after_the_deadline(code):
    dependency, time = Dependency(9, code["Transient"]), Time()

    with pytest.raises(code["Transient"]):
        code["call"](dependency, code["Budget"](), 0.0, time.clock, time.sleep, random.Random(1))

    assert (dependency.attempts, time.pauses) == (1, [])


def test_an_outage_empties_the_budget_and_then_each_request_is_sent_once(code):
    budget, time = code["Budget"](), Time()
    attempts = []
    for _ in range(20):
        dependency = Dependency(9, code["Transient"])
        with pytest.raises(code["Transient"]):
            code["call"](dependency, budget, 999.0, time.clock, time.sleep, random.Random(1))
        attempts.append(dependency.attempts)

    assert attempts == [3] * 5 + [1] * 15


def test_ten_successes_pay_for_one_retry(code):
    budget = code["Budget"](points=0)
    assert not budget.spend()

    for _ in range(10):
        budget.earn()

    assert budget.spend()
    assert not budget.spend()
