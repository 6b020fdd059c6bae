"""The example of event-driven architecture: an event that says what a consumer has to know of it."""

import json
from datetime import datetime

from patterns.tests.examples.book import example

EVENT = json.loads(example("02", "An event that carries state"))


def test_it_has_the_attributes_that_cloudevents_require():
    required = [EVENT.get(name) for name in ("specversion", "type", "source", "id")]

    assert required[0] == "1.0"
    assert all(isinstance(value, str) and value for value in required)
    assert datetime.fromisoformat(EVENT["time"]).tzinfo is not None


def test_names_of_attributes_are_small_letters_and_digits():
    assert [name for name in EVENT if not (name.isascii() and name.isalnum() and name.islower())] == []


def test_events_of_one_order_share_a_partition():
    assert EVENT["partitionkey"] == EVENT["subject"] == EVENT["data"]["order"]


def test_it_carries_what_an_invoice_needs():
    data = EVENT["data"]

    assert data["total_cents"] == sum(line["quantity"] * line["unit_price_cents"] for line in data["lines"])
