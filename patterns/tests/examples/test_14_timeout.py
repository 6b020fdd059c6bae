"""The example of the deadline: what is left travels on, shrinks at each hop, and is refused when it is used up."""

from contextvars import copy_context

import pytest

from patterns.tests.examples.book import example, run_python

TITLE = "A deadline that shrinks from hop to hop"
HEADER = "X-Time-Left-Ms"


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def code() -> dict:
    return run_python(example("14", TITLE))


def test_each_hop_hands_on_less_though_the_clocks_of_the_machines_differ(code):
    gateway, orders = Clock(1_000.0), Clock(77.0)

    def at_the_gateway() -> dict[str, str]:
        code["accept"]({}, gateway(), gateway)
        gateway.now += 0.3
        return code["onward"](3.0)[1]

    def at_orders(headers: dict[str, str]) -> dict[str, str]:
        code["accept"](headers, orders(), orders)
        orders.now += 1.2
        return code["onward"](3.0)[1]

    first = copy_context().run(at_the_gateway)
    second = copy_context().run(at_orders, first)

    assert int(first[HEADER]) == pytest.approx(1650, abs=2)
    assert int(second[HEADER]) == pytest.approx(400, abs=3)


def test_the_limit_of_the_call_counts_when_it_is_the_shorter_one(code):
    code["accept"]({}, 0.0, Clock(0.0))

    timeout, headers = code["onward"](0.25)

    assert (timeout, headers) == (0.25, {HEADER: "250"})


def test_a_caller_cannot_ask_for_more_than_the_service_allows(code):
    code["accept"]({HEADER: "60000"}, 0.0, Clock(0.0))

    assert code["current"].get().left() == 2.0


def test_a_request_that_waited_past_its_deadline_is_not_begun(code):
    clock = Clock(5.7)
    code["accept"]({HEADER: "600"}, 5.0, clock)

    with pytest.raises(code["DeadlineExceeded"]):
        code["current"].get().left()


def test_no_call_is_made_when_only_the_reserve_is_left(code):
    clock = Clock(5.0)
    code["accept"]({HEADER: "600"}, 5.0, clock)
    clock.now += 0.56

    with pytest.raises(code["DeadlineExceeded"]):
        code["onward"](1.0)
