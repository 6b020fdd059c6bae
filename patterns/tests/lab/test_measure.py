import pytest

from patterns.lab.measure import (
    Interval,
    interval,
    mean,
    median,
    paired_differences,
    percentile,
    share,
    spread_interval,
    t_95,
)
from patterns.lab.simulation import Stream


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (1, 1), (10, 1), (11, 2), (50, 5), (95, 10), (99, 10), (100, 10)]
)
def test_a_percentile_is_a_value_that_occurred(percent: float, value: int):
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == value


def test_of_nothing_there_is_no_percentile_no_share_and_no_mean():
    assert (percentile([], 95), share(0, 0), mean([])) == (None, None, None)


def test_the_median_of_an_even_number_is_the_lower_of_the_two():
    assert median([4, 1, 3, 2]) == 2


def test_a_share_is_between_zero_and_one():
    assert share(1, 4) == 0.25


def test_the_interval_of_a_spread_holds_the_one_that_was_drawn():
    stream = Stream(1, "spread")
    values = [stream.exponential_us(1_000_000) / 1_000_000 for _ in range(20_000)]

    found = spread_interval(values, factor=3.291)

    assert 1.0 in found
    assert found.half < 0.06


def test_an_interval_is_as_wide_as_its_factor_says():
    found = interval([1, 2, 3, 4], factor=2)

    assert found.mean == 2.5
    assert found.half == pytest.approx(2 * 1.2909944 / 2)


def test_thirty_alike_have_an_interval_without_width():
    assert interval([0.5] * 30, factor=t_95(30)) == Interval(0.5, 0)


@pytest.mark.parametrize(("count", "table"), [(5, 2.776), (10, 2.262), (30, 2.045), (200, 1.972)])
def test_students_t_is_that_of_the_tables(count: int, table: float):
    assert t_95(count) == pytest.approx(table, abs=0.007)


@pytest.mark.parametrize(("value", "inside"), [(0.9, True), (1.1, True), (0.89, False), (1.11, False)])
def test_the_ends_belong_to_an_interval(value: float, inside: bool):
    assert (value in Interval(1.0, 0.1)) is inside


def test_differences_are_taken_run_by_run():
    assert paired_differences([3, 5], [1, 6]) == [2, -1]


def test_a_run_that_lacks_one_of_both_has_no_difference():
    assert paired_differences([3, None, 5, None], [1, 6, None, None]) == [2]


def test_unequal_numbers_of_runs_cannot_be_paired():
    with pytest.raises(ValueError, match="zip"):
        paired_differences([1], [1, 2])
