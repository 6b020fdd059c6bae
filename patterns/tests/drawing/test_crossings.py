"""An order of nodes in which few lines cross."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.crossings import Circle, Pair, calm_order, crossing_count
from patterns.drawing.graph import Node

KEYS = [f"{number:02}" for number in range(12)]
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda one: one[0] != one[1]))
GROUPED = st.lists(st.integers(0, 4), min_size=len(KEYS), max_size=len(KEYS)).map(sorted)


def nodes(groups: list[int]) -> list[Node]:
    return [Node(key, key, group=f"Shelf {group}") for key, group in zip(KEYS, groups, strict=True)]


def keys(order: tuple[Node, ...] | list[Node]) -> list[str]:
    return [one.key for one in order]


def test_lines_cross_if_their_ends_alternate():
    assert crossing_count("abcd", [("a", "c"), ("b", "d")]) == 1
    assert crossing_count("abcd", [("a", "b"), ("c", "d")]) == 0
    assert crossing_count("abcd", [("a", "d"), ("b", "c")]) == 0


def test_lines_from_one_node_do_not_cross():
    assert crossing_count("abcd", [("a", "b"), ("a", "c"), ("a", "d"), ("a", "c")]) == 0


def test_where_the_circle_is_opened_makes_no_difference():
    pairs = [("a", "c"), ("b", "d"), ("b", "e"), ("d", "a")]

    assert {crossing_count("abcde"[at:] + "abcde"[:at], pairs) for at in range(5)} == {3}


@given(PAIRS, GROUPED)
def test_the_order_never_has_more_crossings_than_before(pairs: list[Pair], groups: list[int]):
    given = nodes(groups)

    assert crossing_count(keys(calm_order(given, pairs)), pairs) <= crossing_count(keys(given), pairs)


@given(PAIRS, GROUPED)
def test_every_node_stays_with_its_group(pairs: list[Pair], groups: list[int]):
    given = nodes(groups)

    order = calm_order(given, pairs)

    assert sorted(keys(order)) == KEYS
    assert len([*groupby(one.group for one in order)]) == len({one.group for one in given})


@given(PAIRS, st.integers(1, 5), st.integers(6, 11))
def test_what_an_exchange_adds_is_what_a_count_says(pairs: list[Pair], middle: int, end: int):
    circle = Circle(KEYS, pairs)

    added = circle.exchange(KEYS[:middle], KEYS[middle:end])

    order = KEYS[middle:end] + KEYS[:middle] + KEYS[end:]
    assert circle.place == {key: index for index, key in enumerate(order)}
    assert added == crossing_count(order, pairs) - crossing_count(KEYS, pairs)


def test_nodes_are_moved_within_their_group():
    pairs = [("00", "02"), ("01", "03")]

    assert crossing_count(KEYS, pairs) == 1
    assert crossing_count(keys(calm_order(nodes([0] * 12), pairs)), pairs) == 0


def test_groups_are_moved_past_each_other():
    pairs = [("00", "02"), ("01", "03")]  # of four groups, the first with the third, and the second with the fourth
    given = nodes([*range(4), *[4] * 8])

    assert crossing_count(keys(given), pairs) == 1
    assert crossing_count(keys(calm_order(given, pairs)), pairs) == 0


@given(PAIRS, GROUPED)
def test_the_same_lines_give_the_same_order(pairs: list[Pair], groups: list[int]):
    assert calm_order(nodes(groups), pairs) == calm_order(nodes(groups), pairs[::-1])
