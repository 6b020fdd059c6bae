"""The example of the composer: a required part is needed, an optional one may leave a named gap."""

import asyncio

import pytest

from patterns.tests.examples.book import example, run_python

TITLE = "A composer with a deadline and named gaps"
ORDERS = [{"number": 17}, {"number": 18}]
PARCELS = [{"order": 17, "state": "delivered"}]
LONG, SHORT = 3600.0, 0.01  # no test waits for the long one


async def answers(value):
    return value


async def fails(error):
    raise error


async def hangs():
    await asyncio.Event().wait()


class Services:
    def __init__(self, orders, parcels):
        self.orders, self.parcels = orders, parcels

    def orders_of(self, customer):
        return self.orders()

    def parcels_of(self, customer):
        return self.parcels()


@pytest.fixture
def overview():
    composer = run_python(example("21", TITLE))["overview"]

    def run(orders, parcels, seconds_left=LONG):
        async def main():
            try:
                async with asyncio.timeout(2):
                    return await composer(Services(orders, parcels), 7, seconds_left)
            finally:
                await asyncio.sleep(0)  # lets cancelled calls end
                run.left_working = len(asyncio.all_tasks()) - 1

        return asyncio.run(main())

    return run


def test_it_joins_both_parts_by_order_number(overview):
    answer = overview(lambda: answers(ORDERS), lambda: answers(PARCELS))
    assert answer["orders"] == [{"number": 17, "parcel": "delivered"}, {"number": 18, "parcel": None}]
    assert answer["missing"] == []


def test_an_optional_part_that_fails_is_a_named_gap(overview):
    answer = overview(lambda: answers(ORDERS), lambda: fails(ConnectionError()))
    assert answer == {"orders": ORDERS, "missing": ["parcels"]}


def test_an_optional_part_that_hangs_is_a_gap_at_the_deadline_and_is_cancelled(overview):
    answer = overview(lambda: answers(ORDERS), hangs, SHORT)
    assert answer == {"orders": ORDERS, "missing": ["parcels"]}
    assert overview.left_working == 0


def test_a_required_part_that_hangs_is_an_error_at_the_deadline(overview):
    with pytest.raises(TimeoutError, match="orders"):
        overview(hangs, lambda: answers(PARCELS), SHORT)


def test_a_required_part_that_fails_ends_the_request_at_once(overview):
    with pytest.raises(ConnectionError):
        overview(lambda: fails(ConnectionError()), hangs)
    assert overview.left_working == 0


def test_the_calls_go_out_together(overview):
    async def meet(value):
        arrived.append(value)
        if len(arrived) == 2:
            both.set()
        await both.wait()
        return value

    arrived, both = [], asyncio.Event()
    assert overview(lambda: meet(ORDERS), lambda: meet(PARCELS))["missing"] == []
