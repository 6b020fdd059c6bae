"""Streams: the same numbers for the same seed and purpose, and the distributions that they are named for."""

from itertools import pairwise
from statistics import fmean

import pytest

from patterns.lab.simulation import SECOND_US, Stream


def some(purpose: str = "any", seed: int = 1) -> list[int]:
    stream = Stream(seed, purpose)
    return [stream.uniform_us(SECOND_US) for _ in range(20)]


def test_the_same_seed_and_purpose_give_the_same_numbers():
    assert some() == some()


def test_these_are_the_numbers_of_every_machine():
    assert some()[:4] == [126212, 97863, 65119, 638063]


@pytest.mark.parametrize(("purpose", "seed"), [("other", 1), ("any", 2)])
def test_another_seed_or_purpose_gives_others(purpose: str, seed: int):
    assert not {*some()} & {*some(purpose, seed)}


def test_times_between_arrivals_are_exponential():
    arrivals = Stream(1, "arrivals").arrivals_us(per_second=50, until_us=400 * SECOND_US)

    gaps = [later - earlier for earlier, later in pairwise(arrivals)]

    assert fmean(gaps) == pytest.approx(20_000, rel=0.03)
    assert sum(gap > 20_000 for gap in gaps) / len(gaps) == pytest.approx(0.368, abs=0.01)


def test_arrivals_are_ordered_whole_and_before_the_end():
    arrivals = Stream(1, "arrivals").arrivals_us(per_second=5, until_us=10 * SECOND_US)

    assert arrivals == sorted(arrivals)
    assert all(isinstance(at, int) and 0 <= at < 10 * SECOND_US for at in arrivals)


@pytest.mark.parametrize("rate", [0, -1])
def test_at_no_rate_nothing_arrives(rate: int):
    assert Stream(1, "arrivals").arrivals_us(per_second=rate, until_us=SECOND_US) == []


def test_a_chance_comes_true_in_its_share():
    stream = Stream(1, "coin")

    assert sum(stream.chance(0.1) for _ in range(20_000)) / 20_000 == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(("share", "always"), [(0, False), (1, True)])
def test_never_and_always_are_exact(share: float, always: bool):
    stream = Stream(1, "coin")

    assert {stream.chance(share) for _ in range(1_000)} == {always}


def test_every_index_has_its_turn():
    stream = Stream(1, "index")

    assert {stream.index(3) for _ in range(100)} == {0, 1, 2}
