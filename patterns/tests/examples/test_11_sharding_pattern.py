"""The example of sharding: a new node takes its fair share, and nothing else moves."""

from collections import Counter
from hashlib import blake2b
from typing import Any

import pytest

from patterns.tests.examples.book import example, run_python

KEYS = [f"customer {number}" for number in range(10_000)]
NODES = ["a", "b", "c", "d"]


@pytest.fixture
def shards() -> dict[str, Any]:
    return run_python(example("11", "A router with fixed logical shards"))


def share_moved(before: list[Any], after: list[Any]) -> float:
    pairs = zip(before, after, strict=True)
    return sum(old != new for old, new in pairs) / len(before)


def test_keys_are_spread_evenly(shards):
    router = shards["Router"](NODES)

    load = Counter(router.node(key) for key in KEYS)

    assert set(load) == set(NODES)
    assert max(load.values()) < 1.1 * len(KEYS) / len(NODES)


def test_a_fifth_node_takes_about_a_fifth_of_the_keys(shards):
    router = shards["Router"](NODES)
    before = [router.node(key) for key in KEYS]

    router.add("e")

    after = [router.node(key) for key in KEYS]
    assert share_moved(before, after) == pytest.approx(1 / 5, abs=0.02)
    assert max(Counter(after).values()) < 1.1 * len(KEYS) / 5


def test_keys_move_to_the_new_node_only(shards):
    router = shards["Router"](NODES)
    before = [router.node(key) for key in KEYS]

    router.add("e")

    after = [router.node(key) for key in KEYS]
    assert {new for old, new in zip(before, after, strict=True) if old != new} == {"e"}


def test_just_the_logical_shards_named_change_their_home(shards):
    router = shards["Router"](NODES)
    before = list(router.homes)

    moved = router.add("e")

    changed = [shard for shard, home in enumerate(before) if router.homes[shard] != home]
    assert sorted(moved) == changed


def test_a_hash_modulo_the_nodes_would_move_four_keys_in_five():
    def home(key: str, nodes: int) -> int:
        return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) % nodes

    before, after = ([home(key, nodes) for key in KEYS] for nodes in (4, 5))

    assert share_moved(before, after) == pytest.approx(4 / 5, abs=0.02)


def test_every_process_finds_the_same_logical_shard(shards):
    assert shards["logical_shard"]("customer 5") == 821
