"""The example of the publish-subscribe channel: a copy for each subscription that matches, and each copy for itself."""

import pytest

from patterns.tests.examples.book import example, run_sql, statements

pytestmark = pytest.mark.django_db

SCRIPT = example("18", "What the broker does, in SQL")
WAITING = "SELECT count(*) FROM waiting_copy WHERE subscription = '{}'"


def test_an_acknowledged_copy_leaves_the_other_one():
    assert [tuple(row) for row in run_sql(SCRIPT)] == [("billing", "order-2"), ("fraud check", "order-1")]


def test_a_subscription_hears_only_of_what_is_published_after_it():
    publish = next(one for one in statements(SCRIPT) if "'order-2'" in one)
    run_sql(SCRIPT)
    run_sql("INSERT INTO subscription (name, topic, least_total) VALUES ('audit', 'orders', 0)")
    assert tuple(run_sql(WAITING.format("audit"))[0]) == (0,)

    run_sql(publish.replace("order-2", "order-3"))
    assert tuple(run_sql(WAITING.format("audit"))[0]) == (1,)


def test_a_message_for_which_nobody_subscribed_is_no_error():
    publish = next(one for one in statements(SCRIPT) if "'order-2'" in one)
    run_sql(SCRIPT)
    run_sql(publish.replace("'orders'", "'returns'").replace("order-2", "return-1"))

    assert tuple(run_sql("SELECT count(*) FROM waiting_copy WHERE message_id = 'return-1'")[0]) == (0,)
