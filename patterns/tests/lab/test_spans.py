"""Spans of time, added up, joined, and averaged over the steps of a chart."""

from patterns.lab.systems.spans import joined, mean_open, total_us


def values(spans: list[tuple[int, int]], **others: int) -> list[tuple[int, float]]:
    return [(sample.at_us, sample.value) for sample in mean_open(spans, **others)]


def test_durations_add_up():
    assert total_us([(0, 3), (10, 14)]) == 7


def test_spans_that_overlap_or_touch_become_one():
    assert joined([(8, 9), (0, 3), (2, 5), (5, 6), (7, 7)]) == [(0, 6), (8, 9)]


def test_a_span_inside_another_leaves_it_as_it_is():
    assert joined([(0, 9), (2, 3)]) == [(0, 9)]


def test_a_step_shows_how_many_are_open_on_average():
    assert values([(1, 5), (4, 6)], until_us=8, step_us=2) == [(0, 0.5), (2, 1.0), (4, 1.5), (6, 0.0)]


def test_what_lies_beyond_the_end_is_not_shown():
    assert values([(3, 100), (50, 60)], until_us=4, step_us=2) == [(0, 0.0), (2, 0.5)]


def test_the_last_step_is_shown_whole():
    assert values([(0, 6)], until_us=5, step_us=3) == [(0, 1.0), (3, 1.0)]
