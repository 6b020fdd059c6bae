"""What a run of the shards begins with: the requests that are drawn, settings of all sizes, and the picture."""

from dataclasses import replace
from statistics import fmean, stdev

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.sharding import OwnShards, Sharding
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.sharding import (
    BIGGER,
    HOT,
    NONE,
    RESIZED_US,
    Lookup,
    Ring,
    ShardedStore,
    ShardingLoad,
    ShardingSettings,
    ring_place,
)

EXPERIMENT = Sharding()


def drawn(**settings: int | str) -> list[Lookup]:
    return ShardedStore.draw(ShardingSettings(**{"rate": 150, **settings}), 0).requests


def took_us(request: Lookup, side: str = WITH, **settings: int | str) -> tuple[str, int]:
    """What becomes of one request, and after how long; the hash of each key is its number."""
    p = ShardingSettings(**{"rule": "modulo", "keys": 100, "outage_s": 0, **settings})
    [end] = ShardedStore.simulate(p, ShardingLoad(0, [request], [*range(p.keys)], lost=2), side).ends
    return end.fate, end.at_us - request.at_us


# What is drawn


@pytest.mark.parametrize(("settings", "seconds"), [({}, 20), ({"outage_s": 0}, 15), ({"lost": "each", "nodes": 8}, 55)])
def test_requests_come_at_their_rate_from_start_to_end(settings: dict[str, int | str], seconds: int):
    instants = [one.at_us / SECOND_US for one in drawn(rate=120, **settings)]

    assert len(instants) == pytest.approx(120 * seconds, rel=0.05)
    assert seconds - 0.2 < max(instants) < seconds


@pytest.mark.parametrize("keys", [100, 2000])
def test_every_key_is_asked_for_alike(keys: int):
    asked = [one.key for one in drawn(keys=keys, scans=0)]

    assert 0 <= min(asked) < 0.01 * keys < 0.99 * keys <= max(asked) < keys
    assert [fmean(one < keys * part / 4 for one in asked) for part in (1, 2, 3)] == pytest.approx(
        [0.25, 0.5, 0.75], abs=0.03
    )


def test_a_hot_key_takes_nothing_from_queries_without_a_key():
    shares = [fmean(one.is_scan for one in drawn(scans=40, hot=hot)) for hot in (0, 90)]

    assert shares[0] == shares[1] == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize(("scans", "sizes"), [(0, 1), (100, 7)])
def test_work_is_exponential_and_as_much_for_a_query_on_each_shard(scans: int, sizes: int):
    works = [one.work_us for one in drawn(nodes=6, serves=40, scans=scans)]

    assert {len(one) for one in works} == {sizes}
    for sizes_us in zip(*works, strict=True):
        assert fmean(sizes_us) == pytest.approx(25_000, rel=0.06)
        assert stdev(sizes_us) == pytest.approx(25_000, rel=0.1)


def test_the_work_of_a_query_is_another_on_each_shard():
    assert fmean(len({*one.work_us}) for one in drawn(scans=100)) > 4.99


def test_keys_lie_elsewhere_in_another_seed():
    p = ShardingSettings(rate=1, keys=300)

    first, second = (ShardedStore.draw(p, seed).places for seed in (0, 1))

    assert len({*first, *second}) == 600


def test_any_shard_of_eight_may_be_lost():
    lost = [ShardedStore.draw(ShardingSettings(rate=1, nodes=8), seed).lost for seed in range(80)]

    assert {*lost} == {*range(8)}


# Settings other than the usual


@pytest.mark.parametrize("points", [1, 2, 128])
def test_a_node_has_as_many_points_on_the_ring_as_are_set(points: int):
    places = [ring_place(f"key {number}") for number in range(100)]
    p = ShardingSettings(keys=100, points=points, nodes=3)

    store = ShardedStore(p, ShardingLoad(7, [], places, lost=0), WITH)

    assert len(Ring(7, 3, points).places) == 3 * points
    assert store.homes == [*map(Ring(7, 3, points).home, places)]


@pytest.mark.parametrize("deadline_ms", [500, 1_600])
def test_an_answer_is_late_after_its_deadline_however_long_that_is(deadline_ms: int):
    just_us = deadline_ms * MILLISECOND_US

    fates = [took_us(Lookup(0, 1, (work_us,)), deadline_ms=deadline_ms) for work_us in (just_us, just_us + 1)]

    assert fates == [("answered", just_us), ("late", just_us + 1)]


@pytest.mark.parametrize(("copy_ms", "takes_us"), [(0, 10), (100, 200_010)])
def test_to_move_a_key_takes_as_long_as_is_set_on_both_nodes(copy_ms: int, takes_us: int):
    assert took_us(Lookup(RESIZED_US, 4, (10,)), resize="yes", copy_ms=copy_ms) == ("answered", takes_us)


@pytest.mark.parametrize("nodes", [2, 8])
def test_the_bigger_node_is_as_powerful_as_all_shards(nodes: int):
    assert took_us(Lookup(0, HOT, (80_000,)), BIGGER, nodes=nodes) == ("answered", 80_000 // nodes)


def test_one_node_asks_no_other_after_a_shard_was_added():
    query = Lookup(RESIZED_US, NONE, (10, 999, 999, 999, 999))

    assert took_us(query, WITHOUT, resize="yes") == ("answered", 10)


# How it is built, and the calculator


OTHER = ShardingSettings(nodes=3, serves=20, rate=7, scans=35)
CLIENTS = Part("clients", "Clients", 0, "7 requests a second", "client")
ROUTER = Part("router", "Hash of the key", 1, "ring", is_new=True)
REST = Part("rest", "2 more", 2, "each 20 a second", "store", is_new=True)
KEYLESS = "35 % without a key"


@pytest.mark.parametrize("outage_s", [0, 1])
@pytest.mark.parametrize(
    ("side", "name", "note"),
    [(WITHOUT, "One node", "serves 20 a second"), (BIGGER, "One bigger node", "serves 60 a second")],
)
def test_one_node_is_drawn_alone_and_broken_where_it_is_lost(side: str, name: str, note: str, outage_s: int):
    p = replace(OTHER, outage_s=outage_s, resize="yes")
    node = Part("node", name, 2, note, "store", is_broken=outage_s > 0)

    assert EXPERIMENT.structure(p, side) == Structure((CLIENTS, node), (Wire("clients", "node", KEYLESS),))


@pytest.mark.parametrize(("outage_s", "note"), [(0, "serves 20 a second"), (1, "lost for a while")])
def test_shards_are_drawn_behind_the_hash_of_the_key(outage_s: int, note: str):
    is_lost = outage_s > 0
    first = Part("first", "Shard A", 2, note, "store", is_broken=is_lost, is_new=True)
    wires = Wire("clients", "router", KEYLESS), Wire("router", "first", is_broken=is_lost), Wire("router", "rest")

    drawing = EXPERIMENT.structure(replace(OTHER, outage_s=outage_s), WITH)

    assert drawing == Structure((CLIENTS, ROUTER, first, REST), wires)


def test_a_shard_that_joins_is_drawn_behind_the_hash_as_well():
    drawing = EXPERIMENT.structure(replace(OTHER, resize="yes"), WITH)

    assert drawing.parts[-1] == Part("new", "One joins", 2, "after 5 s", "store", is_new=True)
    assert drawing.wires[-1] == Wire("router", "new")


def test_many_nodes_are_not_as_often_down_as_the_sum_of_all():
    answer = EXPERIMENT.calculator.answer(OwnShards(1_000, 400, 100))

    # 1 - 0.999^100; the sum would be 10 %. The mean is 1/390 s, and 1 + 1/2 + … + 1/100 is 5.19.
    assert [part for part in ("9.5 %,", "2.6 ms", "5.2 times") if part not in answer] == []
