"""What the page of an experiment draws of a run and of how its sides are built."""

import re

import pytest

from patterns.lab.experiments import BY_SLUG
from patterns.lab.sweep import traced_run
from patterns.lab.trace import Sample, Series
from patterns.views.lab.figures import instant, series_points, timelines
from patterns.views.lab.structures import structures_part


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("circuit-breaker-pattern", ["what breaks", "where the trouble is felt", "what this way adds"]),
        ("saga-pattern", ["what breaks", "what this way adds"]),
        ("cqrs-pattern", ["where the trouble is felt", "what this way adds", "nobody waits for an answer"]),
    ],
)
def test_every_sign_in_the_drawings_is_explained_and_no_other(slug: str, expected: list[str]):
    experiment = BY_SLUG[slug]

    part = structures_part(experiment, experiment.default.parameters)

    assert re.findall(r'class="lab-sign [^>]*>([^<]*)<', part) == expected


@pytest.mark.parametrize(
    ("at_us", "in_days", "decimals", "expected"),
    [
        (20_006_400, False, 2, "20.01 s"),
        (1_200_000_000, False, 3, "1,200.000 s"),
        (4_838_470_715_999, True, 3, "day 56 00:01:10.715"),
        (4_838_470_715_999, True, 0, "day 56 00:01:10"),
        (0, True, 0, "day 0 00:00:00"),
        (86_399_999_999, True, 0, "day 0 23:59:59"),
    ],
)
def test_instants_are_told_as_people_count_them(at_us: int, in_days: bool, decimals: int, expected: str):
    assert instant(at_us, in_days, decimals=decimals) == expected


def test_a_story_of_days_is_told_in_days_on_all_sides():
    experiment = BY_SLUG["strangler-fig-pattern"]

    told = timelines(traced_run(experiment, experiment.default.parameters, 0))

    assert all(event.at.startswith("day ") for one in told for event in one.events)


def test_a_count_is_drawn_from_its_sample_to_the_next_and_never_before_its_fault():
    rate = Series("failed", "Failed", "a second", (Sample(0, 0), Sample(1_000_000, 7)))
    level = Series("open", "Open", "orders", (Sample(0, 0), Sample(1_000_000, 7)))

    assert [*series_points(rate)] == [(0, 0), (1_000_000, 0), (1_000_000, 7), (2_000_000, 7)]
    assert [*series_points(level)] == [(0, 0), (1_000_000, 7)]
