"""The example of CQRS: a projection skips repeats, can be rebuilt, and never answers with an older state."""

from typing import Any

import pytest

from patterns.tests.examples.book import example, run_python


@pytest.fixture
def book() -> dict[str, Any]:
    return run_python(example("05", "A projection that knows its position"))


@pytest.fixture
def log(book: dict[str, Any]) -> list[Any]:
    event = book["Event"]
    return [
        event(1, "placed", "17", "Elm Street"),
        event(2, "placed", "18", "High Street"),
        event(3, "moved", "17", "Mill Lane"),
        event(4, "shipped", "18"),
    ]


def test_the_newest_address_of_open_orders_is_shown(book, log):
    orders = book["OpenOrders"]()

    orders.follow(log)

    assert orders.addresses == {"17": "Mill Lane"}


def test_events_that_come_again_change_nothing(book, log):
    orders = book["OpenOrders"]()
    orders.follow(log)

    orders.follow(log[:3])

    assert orders.addresses == {"17": "Mill Lane"}
    assert orders.position == 4


def test_a_model_built_anew_equals_one_that_followed_in_pieces(book, log):
    followed = book["OpenOrders"]()
    for event in log:
        followed.follow([event])

    rebuilt = book["OpenOrders"]()
    rebuilt.follow(log)

    assert rebuilt == followed


def test_a_reader_who_names_a_later_position_is_told_to_wait(book, log):
    orders = book["OpenOrders"]()
    orders.follow(log[:2])

    with pytest.raises(book["NotYet"]):
        orders.address("17", at_least=3)


def test_the_reader_gets_the_change_once_the_position_is_reached(book, log):
    orders = book["OpenOrders"]()

    orders.follow(log[:3])

    assert orders.address("17", at_least=3) == "Mill Lane"
