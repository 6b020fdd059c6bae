"""The example of the bulkhead: a compartment for each dependency, small against the proxy's default."""

import yaml

from patterns.tests.examples.book import example

TITLE = "A bulkhead that the proxy calls circuit breakers"
DEFAULT = 1024  # of connections, waiting and parallel requests, when nothing is said
LIMITS = {"max_connections", "max_pending_requests", "max_requests", "max_retries"}


def thresholds() -> dict[str, dict]:
    clusters = yaml.safe_load(example("15", TITLE))["clusters"]
    return {one["name"]: one["circuit_breakers"]["thresholds"][0] for one in clusters}


def test_each_dependency_has_all_four_limits_of_its_own():
    found = thresholds()

    assert len(found) == 2
    for limits in found.values():
        assert limits.keys() - {"priority"} == LIMITS


def test_every_limit_is_far_below_the_default_that_protects_nobody():
    for limits in thresholds().values():
        assert all(0 < limits[key] < DEFAULT / 10 for key in LIMITS)


def test_waiting_and_retries_never_take_more_than_the_places_for_first_attempts():
    for limits in thresholds().values():
        assert limits["max_retries"] < limits["max_requests"]
        assert limits["max_pending_requests"] < limits["max_requests"]
