"""Sharding: the ring of Karger and others, nodes that can be lost, and what broken ones would show."""

from math import sqrt
from statistics import fmean, stdev

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.sharding import FAN_OUT, QUEUE, RING, Sharding
from patterns.lab.simulation import SECOND_US, World, run_to_the_end
from patterns.lab.systems import sharding
from patterns.lab.systems.sharding import (
    BIGGER,
    DOWN_US,
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
from patterns.lab.systems.station import Fate, Outage, Station, Task

figures, run = Sharding().figures, Sharding().run
SIDES = [WITHOUT, WITH, BIGGER]
NO_OUTAGE = Outage()

Served = list[tuple[Fate, int]]

# The ring


def test_a_name_has_the_same_place_in_every_process():
    assert ring_place("0/node 1/2") == 4239055527551329338


def test_a_key_belongs_to_the_next_point_and_after_the_last_to_the_first():
    ring = Ring(0, nodes=3, points=2)

    assert [ring.home(at - 1) for at in ring.places] == ring.owners
    assert ring.home(ring.places[-1] + 1) == ring.owners[0]


def test_a_node_that_joins_the_ring_takes_keys_and_no_other_does():
    before, after = Ring(0, nodes=4, points=64), Ring(0, nodes=5, points=64)
    places = [ring_place(f"key {number}") for number in range(1000)]

    homes = {(before.home(at), after.home(at)) for at in places}

    assert all(new in (old, 4) for old, new in homes)
    assert {old for old, new in homes if new == 4} == {0, 1, 2, 3}


def test_modulo_moves_keys_between_old_nodes_too():
    settings = ShardingSettings(rule="modulo", rate=1, resize="yes")
    store = ShardedStore(settings, ShardedStore.draw(settings, 0), WITH)

    moves = {(old, new) for old, new in zip(store.homes, store.next_homes, strict=True) if old != new}

    assert moves >= {(0, 1), (1, 2), (2, 3), (3, 0), (0, 4)}


# A node


def served(*tasks: tuple[int, int], power: int = 1, outage: Outage = NO_OUTAGE, starts_by_us: int = 999) -> Served:
    """What became of pieces of work, each given as its instant and its size, and when."""
    world, ends = World(), []
    node = Station(world, power, outage)

    def deliver():
        for at_us, work_us in tasks:
            yield world.timeout(at_us - world.now_us)
            node.take(Task(work_us, starts_by_us, lambda fate: ends.append((fate, world.now_us))))

    world.process(deliver())
    run_to_the_end(world)
    return ends


def test_a_node_serves_one_after_the_other():
    assert served((0, 10), (1, 5), (50, 2)) == [("answered", 10), ("answered", 15), ("answered", 52)]


def test_a_node_of_more_power_takes_less_time():
    assert served((0, 12), (0, 8), power=4) == [("answered", 3), ("answered", 5)]


def test_work_that_has_waited_too_long_is_dropped_when_its_turn_comes():
    assert served((0, 10), (1, 5), (2, 5), starts_by_us=10) == [("answered", 10), ("answered", 15), ("dropped", 15)]


def test_a_lost_node_loses_what_it_holds_and_refuses_what_comes():
    ends = served((0, 10), (1, 10), (7, 10), (20, 3), outage=Outage(5, 20))

    assert ends == [("lost", 7), ("lost", 10), ("lost", 10), ("answered", 23)]


def test_an_outage_that_is_over_before_an_answer_has_lost_it_as_well():
    assert served((0, 10), outage=Outage(3, 6)) == [("lost", 10)]


def test_an_outage_without_length_harms_nobody():
    assert served((0, 10), outage=Outage(5, 5)) == [("answered", 10)]


# The store


def store_of(*requests: Lookup, side: str = WITH, **settings: int | str) -> ShardedStore:
    """Four nodes, the hash of each key its number, and nothing else that happens by chance."""
    p = ShardingSettings(**{"rule": "modulo", "outage_s": 0, "keys": 100, **settings})
    return ShardedStore.simulate(p, ShardingLoad(0, [*requests], [*range(p.keys)], lost=2), side)


def fates(store: ShardedStore) -> Served:
    return [(end.fate, end.at_us - end.request.at_us) for end in store.ends]


def test_a_request_goes_to_the_home_of_its_key():
    store = store_of(Lookup(0, 6, (10,)), Lookup(0, 7, (10,)), Lookup(0, 10, (10,)))

    assert [(end.node, end.at_us) for end in store.ends] == [(2, 10), (3, 10), (2, 20)]


def test_a_query_without_the_key_takes_as_long_as_the_slowest_node():
    assert fates(store_of(Lookup(0, NONE, (10, 40, 30, 20, 99)))) == [("answered", 40)]


@pytest.mark.parametrize(("at_us", "takes_us"), [(RESIZED_US - 1, 40), (RESIZED_US, 99)])
def test_a_query_without_the_key_asks_a_shard_from_the_instant_it_is_added(at_us: int, takes_us: int):
    assert fates(store_of(Lookup(at_us, NONE, (10, 40, 30, 20, 99)), resize="yes")) == [("answered", takes_us)]


@pytest.mark.parametrize(("side", "takes_us"), [(WITHOUT, 12), (BIGGER, 3)])
def test_one_node_answers_a_query_alone(side: str, takes_us: int):
    assert fates(store_of(Lookup(0, NONE, (12, 40, 30, 20, 99)), side=side)) == [("answered", takes_us)]


@pytest.mark.parametrize(("key", "fate"), [(2, "lost"), (3, "answered"), (NONE, "lost")])
def test_a_lost_shard_takes_its_keys_and_all_queries_with_it(key: int, fate: Fate):
    store = store_of(Lookup(DOWN_US, key, (10,) * 5), outage_s=5)

    assert [end.fate for end in store.ends] == [fate]


def test_each_node_is_lost_once_for_as_long_as_any_other():
    load, p = ShardingLoad(0, [], [], lost=2), ShardingSettings(lost="each", outage_s=2)

    turns = [Outage(DOWN_US + turn * 2 * SECOND_US, DOWN_US + (turn + 1) * 2 * SECOND_US) for turn in range(4)]

    assert load.outages(p, 4) == dict(enumerate(turns))
    assert load.outages(p, 1) == {0: turns[0]}
    assert load.outages(ShardingSettings(), 4) == {2: Outage(DOWN_US, DOWN_US + 5 * SECOND_US)}
    assert load.outages(ShardingSettings(), 1) == {0: Outage(DOWN_US, DOWN_US + 5 * SECOND_US)}


def test_a_key_moves_at_its_first_request_which_pays_on_both_nodes():
    first, second = Lookup(RESIZED_US, 4, (10,)), Lookup(RESIZED_US + SECOND_US, 4, (10,))

    store = store_of(first, second, resize="yes", copy_ms=30)

    assert fates(store) == [("answered", 60_010), ("answered", 10)]
    assert [(end.moved_from, end.node) for end in store.ends] == [(0, 4), (NONE, 4)]


def test_a_key_that_could_not_be_handed_over_stays_where_it_was():
    long = Lookup(RESIZED_US, 20, (600_000,))  # on node 0 before and after

    store = store_of(long, Lookup(RESIZED_US, 4, (10,)), resize="yes", copy_ms=0)

    assert [end.fate for end in store.ends] == ["answered", "dropped"]
    assert store.homes[4] == 0


def test_an_answer_after_the_deadline_is_none():
    assert fates(store_of(Lookup(0, 1, (1_000_000,)))) == [("answered", 1_000_000)]
    assert fates(store_of(Lookup(0, 1, (1_000_001,)))) == [("late", 1_000_001)]


# The experiment


def figures_of(figure: str, settings: ShardingSettings, *, side: str = WITH, seeds: int = 8) -> list[float]:
    return [run(settings, seed, side).figures[figure] for seed in range(seeds)]


@pytest.mark.parametrize("side", SIDES)
def test_every_request_comes_to_one_end(side: str):
    settings = ShardingSettings(rate=40, resize="yes", hot=20, scans=30)
    for seed in range(30):
        load = ShardedStore.draw(settings, seed)
        store = ShardedStore.simulate(settings, load, side)

        assert sorted(end.request.at_us for end in store.ends) == [one.at_us for one in load.requests]
        assert not any(node.queue for node in store.nodes)


def test_times_are_those_of_settled_queues_and_a_failure_is_later_than_all():
    early, query = Lookup(0, 1, (1_000,)), Lookup(4_000_000, NONE, (9_000,) * 5)
    lost = store_of(Lookup(DOWN_US, 2, (10,)), outage_s=5)

    store = store_of(early, Lookup(3_000_000, 1, (30_000,)), query)

    assert [figures(store)[name] for name in ("key_ms", "scan_ms")] == [30, 9]
    assert figures(lost)["key_ms"] == 10_000


def test_the_hot_key_draws_its_share_of_the_requests_with_a_key():
    requests = ShardedStore.draw(ShardingSettings(hot=60), 0).requests

    assert fmean(one.is_scan for one in requests) == pytest.approx(0.1, abs=0.02)
    assert fmean(one.key == HOT for one in requests if not one.is_scan) == pytest.approx(0.6, abs=0.03)


def test_a_node_of_four_times_the_power_takes_a_quarter_of_the_time():
    times = [fmean(figures_of("mean_ms", QUEUE.parameters, side=side)) for side in (WITH, BIGGER)]

    assert times[0] / times[1] == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize(("side", "nodes", "some_down"), [(WITHOUT, 1, 0.001), (WITH, 5, 1 - 0.999**5)])
def test_more_nodes_are_more_often_not_all_up(side: str, nodes: int, some_down: float):
    figures = run(ShardingSettings(rate=1, resize="yes"), 0, side).figures

    assert (figures["nodes"], figures["some_down"]) == (nodes, pytest.approx(some_down))


@pytest.mark.parametrize(("side", "resize", "moved"), [(WITHOUT, "yes", 0), (WITH, "no", 0), (WITH, "yes", 0.2)])
def test_keys_have_to_move_only_to_a_shard_that_is_added(side: str, resize: str, moved: float):
    settings = ShardingSettings(rate=1, resize=resize)

    assert run(settings, 0, side).figures["moved"] == pytest.approx(moved, abs=0.08)


# Mutations: each makes the figure what it would be without the part that is broken.


def moved(settings: ShardingSettings = RING.parameters, seeds: int = 200) -> list[float]:
    """The share of keys that move when a node is added."""
    stores = [ShardedStore(settings, ShardedStore.draw(settings, seed), WITH) for seed in range(seeds)]
    return [store.moving / settings.keys for store in stores]


def test_a_ring_of_one_point_a_node_is_as_uneven_as_the_beta_distribution_says(monkeypatch: pytest.MonkeyPatch):
    settings, ring = ShardingSettings(rate=1, keys=500, resize="yes"), Ring.__init__
    healthy = stdev(moved(settings))

    monkeypatch.setattr(Ring, "__init__", lambda self, seed, nodes, points: ring(self, seed, nodes, 1))

    assert healthy == pytest.approx(deviation(nodes=4, points=64, keys=500), rel=0.2)
    assert stdev(moved(settings)) == pytest.approx(deviation(nodes=4, points=1, keys=500), rel=0.2)


def deviation(*, nodes: int, points: int, keys: int) -> float:
    """Of the share of so many keys that move: Beta(v, n·v), and what the choice of keys adds."""
    mean = 1 / (nodes + 1)
    ring = mean * (1 - mean) / ((nodes + 1) * points + 1)
    return sqrt(ring + (mean * (1 - mean) - ring) / keys)


def test_modulo_instead_of_the_ring_moves_most_keys(monkeypatch: pytest.MonkeyPatch):
    healthy = fmean(moved(seeds=30))

    monkeypatch.setattr(ShardedStore, "key_homes", lambda self, nodes: [at % nodes for at in self.load.places])

    assert healthy == pytest.approx(1 / 5, abs=0.02)
    assert fmean(moved(seeds=30)) == pytest.approx(4 / 5, abs=0.02)


def test_a_queue_without_end_answers_nearly_everything_too_late(monkeypatch: pytest.MonkeyPatch):
    settings = ShardingSettings(outage_s=0)
    healthy = figures_of("answered", settings, side=WITHOUT)

    monkeypatch.setattr(sharding, "Task", lambda work_us, _, done: Task(work_us, 10**12, done))

    assert min(healthy) > 0.55
    assert max(figures_of("answered", settings, side=WITHOUT)) < 0.2


def test_work_dropped_at_its_deadline_only_keeps_a_node_busy_for_nothing(monkeypatch: pytest.MonkeyPatch):
    settings = ShardingSettings(outage_s=0)
    healthy = figures_of("answered", settings, side=WITHOUT)

    monkeypatch.setattr(sharding, "Task", lambda work_us, by_us, done: Task(work_us, by_us + SECOND_US // 2, done))

    assert min(healthy) > 0.55
    assert max(figures_of("answered", settings, side=WITHOUT)) < 0.5


def test_a_node_that_is_never_lost_loses_nothing(monkeypatch: pytest.MonkeyPatch):
    healthy = figures_of("unreachable", ShardingSettings(), seeds=4)

    monkeypatch.setattr(Outage, "meets", lambda self, from_us, until_us: False)

    assert min(healthy) > 0.15
    assert max(figures_of("unreachable", ShardingSettings(), seeds=4)) == 0


def test_a_query_that_asks_one_shard_only_is_too_fast(monkeypatch: pytest.MonkeyPatch):
    healthy = fmean(figures_of("mean_ms", FAN_OUT.parameters, seeds=60))

    def ask_one(self: ShardedStore, request: Lookup) -> None:
        self.send(request, 0, request.work_us[0], lambda fate: self.end(request, fate, 0))

    monkeypatch.setattr(ShardedStore, "ask_all", ask_one)

    assert healthy == pytest.approx(FAN_OUT.expected, rel=0.1)
    assert fmean(figures_of("mean_ms", FAN_OUT.parameters, seeds=60)) == pytest.approx(1000 / 200, rel=0.1)


def test_a_key_that_forgets_that_it_has_moved_pays_at_each_request(monkeypatch: pytest.MonkeyPatch):
    settings, end = ShardingSettings(resize="yes", rule="modulo", keys=100, outage_s=0), ShardedStore.end
    healthy = figures_of("answered", settings)

    def forget(self: ShardedStore, request: Lookup, fate: Fate, node: int, moved_from: int = NONE) -> None:
        self.homes[request.key] = moved_from if moved_from != NONE else self.homes[request.key]
        end(self, request, fate, node, moved_from)

    monkeypatch.setattr(ShardedStore, "end", forget)

    assert min(healthy) > 0.95
    assert max(figures_of("answered", settings)) < 0.85
