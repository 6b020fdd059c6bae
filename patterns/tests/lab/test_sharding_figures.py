"""What the experiment of the shards measures, draws and tells of eleven requests, worked out on paper."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.sharding import OwnShards, Sharding
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.sharding import BIGGER, HOT, NONE, Lookup, ShardedStore, ShardingLoad, ShardingSettings
from patterns.lab.trace import Failure, Trace

EXPERIMENT = Sharding()
SIDES = [WITHOUT, WITH, BIGGER]
NEVER = 10_000


def request(at_ms: int, key: int, *works_ms: int) -> Lookup:
    return Lookup(at_ms * MILLISECOND_US, key, tuple(one * MILLISECOND_US for one in works_ms))


# Four shards, the hash of each key its number, so that key 5 is on shard B; C is lost from 10 to 15 s. The deadline is
# a second, and what has waited for half of it is dropped.
REQUESTS = (
    request(1_000, 1, 30),  # before the queues have settled
    request(3_000, 1, 40),
    request(3_010, 5, 20),  # waits for the one before
    request(4_000, NONE, 10, 40, 30, 20, 99),
    request(10_000, 2, 30),  # lost
    request(11_000, 3, 20),
    request(12_000, NONE, 10, 40, 30, 20, 99),  # lost with one shard
    request(13_000, 1, 600),
    request(13_050, 5, 10),  # dropped after 550 ms, though its shard is not lost
    request(16_000, 0, 1_100),  # late, but not on a node of four times the power
    request(16_300, NONE, 100, 100, 100, 100, 100),  # dropped, as shard A is busy until 17.1 s
)


def after(side: str, *requests: Lookup, **settings: int | str) -> ShardedStore:
    p = ShardingSettings(**{"rule": "modulo", "keys": 100, **settings})
    return ShardedStore.simulate(p, ShardingLoad(0, [*(requests or REQUESTS)], [*range(p.keys)], lost=2), side)


def fates(store: ShardedStore) -> list[tuple[str, int]]:
    """With the milliseconds each took, in the order in which the requests came."""
    ends = sorted(store.ends, key=lambda end: end.request.at_us)
    return [(end.fate, (end.at_us - end.request.at_us) // MILLISECOND_US) for end in ends]


# Figures


@pytest.mark.parametrize(
    ("side", "shares"),
    [
        (WITHOUT, (4 / 11, 1, 1)),
        (WITH, (6 / 11, 1 / 4, 1)),  # of four keys asked for in the outage one is lost; what is dropped is not
        (BIGGER, (6 / 11, 1, 1)),
    ],
)
def test_what_became_of_eleven_requests_is_counted(side: str, shares: tuple[float, ...]):
    found = EXPERIMENT.figures(after(side))

    assert tuple(found[key] for key in ("answered", "unreachable", "scans_failed")) == shares


@pytest.mark.parametrize(
    ("side", "times_ms"),
    [
        (WITHOUT, (NEVER, NEVER, (40 + 50 + 10 + 7 * NEVER) / 10)),  # two of seven keys are answered
        (WITH, (600, NEVER, (40 + 50 + 40 + 20 + 600 + 5 * NEVER) / 10)),  # 20, 40, 50, 600 ms, and three never
        (BIGGER, (NEVER, 25, (10 + 5 + 2.5 + 275 + 25 + 5 * NEVER) / 10)),
    ],
)
def test_times_are_taken_from_the_third_second_on(side: str, times_ms: tuple[float, ...]):
    found = EXPERIMENT.figures(after(side))

    assert tuple(found[key] for key in ("key_ms", "scan_ms", "mean_ms")) == times_ms


def test_the_time_of_queries_is_that_of_the_slowest_in_twenty_while_nothing_is_lost():
    queries = [request(2_000 + 100 * turn, NONE, *[10 + turn] * 5) for turn in range(21)]

    found = EXPERIMENT.figures(after(WITH, *queries, request(12_000, NONE, 1, 1, 1, 1, 1)))

    assert (found["scan_ms"], found["scans_failed"]) == (29, 1)  # the twentieth of 10 to 30 ms


@pytest.mark.parametrize(
    ("side", "shares"),
    [
        (WITHOUT, (1 / 4, 1 / 4)),  # back after two seconds
        (WITH, (1 / 4, 1)),  # C is lost from 14 to 16 s, but some shard always from 10 to 18 s
        (BIGGER, (1 / 4, 1 / 4)),
    ],
)
def test_where_each_node_is_lost_once_all_sides_are_measured_over_the_same_time(side: str, shares: tuple[float, ...]):
    keyed = [request(at_ms, 2, 10) for at_ms in (11_000, 13_000, 15_000, 17_000, 18_000)]
    queries = [request(at_ms, NONE, 10, 10, 10, 10, 10) for at_ms in (11_500, 13_500, 15_500, 17_500, 18_500)]

    found = EXPERIMENT.figures(after(side, *sorted([*keyed, *queries], key=at), lost="each", outage_s=2))

    assert (found["unreachable"], found["scans_failed"]) == shares


def at(one: Lookup) -> int:
    return one.at_us


def test_without_an_outage_or_any_query_there_is_nothing_to_measure():
    found = EXPERIMENT.figures(after(WITH, request(3_000, 1, 10), outage_s=0))

    assert [found[key] for key in ("unreachable", "scans_failed", "scan_ms")] == [None] * 3


@pytest.mark.parametrize(("resize", "nodes", "moved"), [("no", 4, 0), ("yes", 5, 4 / 5)])
def test_nodes_and_keys_that_move_are_counted(resize: str, nodes: int, moved: float):
    found = EXPERIMENT.figures(after(WITH, resize=resize))

    # Of twenty keys in a row, those from 0 to 3 have the same remainder by four and by five.
    assert (found["nodes"], found["moved"], found["some_down"]) == (nodes, moved, 1 - 0.999**nodes)


# Requests


def test_a_query_that_has_waited_too_long_on_one_shard_has_failed():
    assert fates(after(WITH))[-2:] == [("late", 1_100), ("dropped", 800)]


@pytest.mark.parametrize(("side", "took"), [(WITHOUT, 50), (WITH, 50), (BIGGER, 5)])
def test_a_request_waits_for_those_before_it(side: str, took: int):
    assert fates(after(side))[2] == ("answered", took)


def test_a_key_that_moves_gets_no_new_deadline():
    moving = [request(5_000, 9, 600), request(5_000, 20, 300), request(5_000, 4, 10)]

    store = after(WITH, *moving, resize="yes", copy_ms=0)

    # Key 4 leaves shard A behind key 20, after 300 ms; the new shard is busy with key 9 until 5.6 s.
    assert [end.fate for end in sorted(store.ends, key=lambda end: end.request.key)] == [
        "dropped",
        "answered",
        "answered",
    ]


def test_a_key_that_its_new_shard_did_not_get_in_time_stays_where_it_was():
    store = after(WITH, request(5_000, 9, 600), request(5_050, 4, 10), resize="yes", copy_ms=0)

    assert fates(store) == [("answered", 600), ("dropped", 550)]
    assert (store.homes[9], store.homes[4]) == (4, 0)


def test_a_shard_that_joins_is_never_lost():
    requests = [request(5_000, 4, 10), *(request(at_ms, 4, 10) for at_ms in range(10_500, 18_000, 1_000))]

    store = after(WITH, *requests, resize="yes", copy_ms=0, lost="each", outage_s=2)

    assert {(end.fate, end.node) for end in store.ends} == {("answered", 4)}


def test_a_query_fails_with_the_first_shard_that_does():
    query = request(12_000, NONE, 10, 10, 10, 10, 10)

    store = after(WITH, request(11_900, 0, 900), query)

    # Shard C is lost; A drops it at 12.8 s.
    assert fates(store)[1] == ("lost", 800)


def test_a_query_that_comes_when_a_node_is_back_again_is_timed():
    found = EXPERIMENT.figures(after(WITH, request(15_000, NONE, 10, 20, 10, 10, 10)))

    assert (found["scan_ms"], found["scans_failed"]) == (20, None)


@pytest.mark.parametrize(("deadline_ms", "fate"), [(1_000, "dropped"), (1_200, "answered")])
def test_half_the_deadline_may_be_waited(deadline_ms: int, fate: str):
    store = after(WITH, request(5_000, 1, 600), request(5_050, 1, 10), deadline_ms=deadline_ms)

    assert fates(store)[1][0] == fate


@pytest.mark.parametrize(("lost", "end_s"), [("one", 17), ("each", 23)])
def test_a_run_lasts_for_five_seconds_after_the_last_loss(lost: str, end_s: int):
    assert ShardingSettings(lost=lost, outage_s=2).end_us == end_s * SECOND_US


def test_any_shard_may_be_the_one_that_is_lost():
    assert {ShardedStore.draw(ShardingSettings(rate=1), seed).lost for seed in range(20)} == {0, 1, 2, 3}


# Failures and charts


@pytest.mark.parametrize(
    ("settings", "failures"),
    [
        ({}, [Failure("a node is lost", 10_000_000, 15_000_000)]),
        ({"outage_s": 0}, []),
        (
            {"lost": "each", "outage_s": 2, "nodes": 3},
            [
                Failure("a node is lost", 10_000_000, 12_000_000),
                Failure("another shard is lost", 12_000_000, 14_000_000),
                Failure("another shard is lost", 14_000_000, 16_000_000),
            ],
        ),
    ],
)
@pytest.mark.parametrize("side", SIDES)
def test_losses_are_named_with_their_instants(side: str, settings: dict[str, int | str], failures: list[Failure]):
    assert [*EXPERIMENT.failures(after(side, request(1_000, 1, 10), **settings))] == failures


def chart(side: str, key: str) -> dict[int, float]:
    """What is not zero in it, by second."""
    series = {one.key: one for one in EXPERIMENT.series(after(side))}
    return {sample.at_us // SECOND_US: sample.value for sample in series[key].samples if sample.value}


@pytest.mark.parametrize(
    ("side", "answered", "failed", "scans"),
    [
        (WITHOUT, {1: 1, 3: 2, 4: 1}, {10: 1, 11: 1, 12: 1, 13: 2, 16: 2}, {12: 1, 16: 1}),
        (WITH, {1: 1, 3: 2, 4: 1, 11: 1, 13: 1}, {10: 1, 12: 1, 13: 1, 16: 2}, {12: 1, 16: 1}),
        (BIGGER, {1: 1, 3: 2, 4: 1, 16: 2}, {10: 1, 11: 1, 12: 1, 13: 2}, {12: 1}),
    ],
)
def test_the_charts_show_each_request_when_it_came(
    side: str, answered: dict[int, float], failed: dict[int, float], scans: dict[int, float]
):
    assert [chart(side, key) for key in ("answered", "failed", "scans")] == [answered, failed, scans]


def test_charts_reach_to_the_end_of_the_run():
    assert [len(one.samples) for one in EXPERIMENT.series(after(WITH))] == [20, 20, 20]


# Stories


def story(side: str, *requests: Lookup, **settings: int | str) -> list[tuple[int, str, str]]:
    """What is told, each with its millisecond and its receiver."""
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, *requests, **settings))
    return [(one.at_us // MILLISECOND_US, one.receiver, one.text) for one in trace.story()]


def test_the_story_of_a_lost_shard():
    assert story(WITH) == [
        (10_000, "node C", "is lost"),
        (10_000, "node C", "one key"),
        (10_000, "client", "one key: no answer"),
        (11_000, "node D", "one key"),
        (11_020, "client", "one key: answered"),
        (12_000, "all nodes", "query, no key"),
        (12_040, "client", "query, no key: no answer"),
        (13_050, "node B", "one key"),
        (13_600, "client", "one key: dropped"),
        (15_000, "node C", "is back"),
        (16_000, "node A", "one key"),
        (16_300, "all nodes", "query, no key"),
        (17_100, "client", "one key: too late"),
        (17_100, "client", "query, no key: dropped"),
    ]


def test_the_story_of_one_lost_node():
    told = story(WITHOUT)

    assert [text for _, _, text in told[:5]] == [
        "is lost",
        "one key",
        "one key: no answer",
        "query, no key",
        "query, no key: no answer",
    ]
    assert {receiver for _, receiver, _ in told} == {"node A", "client"}


def test_the_story_of_a_query_that_all_have_answered():
    assert story(WITH, request(11_000, NONE, 10, 40, 30, 20, 99), outage_s=0) == [
        (11_000, "all nodes", "query, no key"),
        (11_040, "client", "query, no key: all answered"),
    ]


def test_the_story_of_a_key_that_moves():
    told = story(WITH, request(4_999, 1, 10), request(5_000, 4, 10), outage_s=0, resize="yes", copy_ms=30)

    assert told == [
        (5_000, "node A", "one key"),
        (5_070, "node E", "hands over the key"),
        (5_070, "client", "one key: answered"),
    ]


def test_the_story_tells_the_hot_key_from_the_others():
    told = story(WITH, request(11_000, HOT, 10), request(12_000, 1, 10), hot=60, outage_s=0)

    assert [text for _, _, text in told] == ["hot key", "hot key: answered", "one key", "one key: answered"]


# How it is built, and the calculator


def notes(side: str, **settings: int | str) -> list[tuple[str, str]]:
    return [(part.name, part.note) for part in EXPERIMENT.structure(ShardingSettings(**settings), side).parts]


def test_the_drawing_holds_the_numbers_of_the_settings():
    assert notes(WITH, nodes=3, serves=20, rate=7, hot=60, rule="modulo", resize="yes") == [
        ("Clients", "7 requests a second"),
        ("Hash of the key", "modulo, 60 % to one key"),
        ("Shard A", "lost for a while"),
        ("2 more", "each 20 a second"),
        ("One joins", "after 5 s"),
    ]


@pytest.mark.parametrize(("side", "serves"), [(WITHOUT, 60), (BIGGER, 240)])
def test_the_other_sides_are_drawn_as_one_node(side: str, serves: int):
    assert notes(side)[1][1] == f"serves {serves} a second"


@pytest.mark.parametrize("side", SIDES)
def test_the_drawing_says_how_many_queries_lack_the_key(side: str):
    assert EXPERIMENT.structure(ShardingSettings(scans=35), side).wires[0].note == "35 % without a key"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ((1_000, 400, 4), ("gets 250 a", "6.7 ms", "2.1 times", "0.4 %,")),  # 1/150 s; 25/12
        ((50, 60, 1), ("gets 50 a", "100.0 ms", "1.0 times", "0.1 %,")),
        (
            (10, 60, 10_000),
            ("gets 0 a", "16.7 ms", "9.8 times", "100.0 %,"),
        ),  # the sum is near ln 10,000 + 0.58
        ((1_000, 250, 4), ("4 would be too few", "each would get 250 a", "at least 5 shards")),
        ((1_000, 400, 1), ("1 would be too few", "each would get 1,000 a", "at least 3 shards")),
    ],
)
def test_the_calculator_spreads_the_load(own: tuple[int, int, int], said: tuple[str, ...]):
    answer = EXPERIMENT.calculator.answer(OwnShards(*own))

    assert [part for part in said if part not in answer] == []
