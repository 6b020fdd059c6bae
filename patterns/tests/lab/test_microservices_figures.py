"""What is drawn by chance for a product of modules, and what of its faults is measured and shown."""

from collections import Counter

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.simulation import SECOND_US
from patterns.lab.systems.microservices import HOUR_US, REPLICATED, Product, ProductSettings
from patterns.tests.lab.test_microservices import (
    EXPERIMENT,
    MS,
    SIDES,
    S,
    after,
    asking,
    fates,
    load_of,
    measured,
    told,
)

# Faults of what a process holds, and of what it stands on


def test_a_shared_fault_of_any_module_stops_the_whole():
    load = load_of(asking(0, S), asking(2, S), shared={1: [0]})

    assert fates(WITHOUT, load) == fates(REPLICATED, load) == ["down", "down"]
    assert fates(WITH, load) == ["down", "answered"]  # the third feature does without the second module


def test_the_host_of_the_monolith_can_fail_as_the_first_of_the_services():
    load = load_of(asking(0, S), asking(1, S), hosts={0: [0]})

    assert fates(WITHOUT, load) == ["down", "down"]
    assert fates(WITH, load) == ["down", "answered"]


# Two hops: 20 ms in each of three services, 5 ms on each way; the last answer leaves at 70 ms


@pytest.mark.parametrize(
    ("module", "at_ms", "fate"),
    [
        (2, 70, "crashed"),
        (2, 71, "answered"),
        (1, 75, "crashed"),
        (1, 76, "answered"),
        (0, 80, "crashed"),
        (0, 81, "answered"),
    ],
)
def test_each_service_of_a_chain_passes_the_answer_on(module: int, at_ms: int, fate: str):
    load = load_of(asking(0, 0, works_ms=(20, 20, 20)), own={(module, 0): [at_ms * MS]})

    (end,) = after(WITH, load, touches=3).ends

    assert (end.fate, end.hops) == (fate, 2)


def test_each_hop_of_a_chain_takes_its_time():
    load = load_of(asking(0, 0, works_ms=(20, 20, 20)))

    (end,) = after(WITH, load, touches=3).ends

    assert end.at_us == 80 * MS
    assert measured(WITH, load, touches=3)["hop_ms"] == 20


# What is drawn


def test_requests_come_as_often_as_it_is_set_until_the_end():
    requests = Product.draw(ProductSettings(rate=5), 0).requests

    assert len(requests) == pytest.approx(5 * 1200, rel=0.05)
    assert requests[-1].at_us > 1190 * SECOND_US


def test_features_and_copies_are_chosen_alike():
    requests = Product.draw(ProductSettings(rate=5), 0).requests
    features, thirds = Counter(one.feature for one in requests), Counter(one.lot % 3 for one in requests)

    assert [features[feature] for feature in range(6)] == pytest.approx([len(requests) / 6] * 6, rel=0.1)
    assert [thirds[copy] for copy in range(3)] == pytest.approx([len(requests) / 3] * 3, rel=0.1)


def test_each_module_works_for_a_time_of_its_own():
    requests = Product.draw(ProductSettings(touches=3), 0).requests

    assert {len({*one.works_us}) for one in requests} == {3}


def test_copies_and_hosts_fail_independently_of_each_other():
    load = Product.draw(ProductSettings(fault_s=900, shared=50, host_h=1, horizon_s=36_000), 0)

    for things in [*load.own_us, load.shared_us, load.hosts_us]:
        assert len({tuple(faults) for faults in things}) == 6


def test_hosts_fail_as_often_as_it_is_set():
    hosts = Product.draw(ProductSettings(host_h=2, horizon_s=36_000, copies=2), 0).hosts_us

    assert len(hosts) == 12
    assert sum(map(len, hosts)) / 12 == pytest.approx(36_600 * SECOND_US / (2 * HOUR_US), rel=0.25)


# Figures, charts and stories


def test_what_a_crash_cuts_off_has_failed():
    assert measured(WITH, load_of(asking(0, 0), asking(0, 31 * S), own={(0, 0): [10 * MS]}))["failed"] == 1 / 2


def test_features_that_are_down_beyond_the_end_are_not_counted():
    # Two features for five seconds, and three for five more; both modules are back after the end.
    found = measured(WITH, load_of(own={(0, 0): [1190 * S], (2, 0): [1195 * S]}))

    assert (found["features_down"], found["some_down"]) == (2.5, 10 / 1200)


@pytest.mark.parametrize(("side", "process"), [(WITHOUT, "monolith"), (WITH, "service 2"), (REPLICATED, "monolith 1")])
def test_a_fault_that_copies_share_is_told_as_one_of_its_module(side: str, process: str):
    first, *_ = told(side, load_of(asking(0, S), shared={1: [10 * MS]}))

    assert first == (10, process, process, "module 2 crashes it", "fail")


def test_no_module_is_called_leaky_that_is_as_good_as_the_others():
    load = load_of(own={(0, 0): [S]})
    p = ProductSettings(modules=3, leaky_s=2000, fault_s=2000)

    assert [one.what for one in EXPERIMENT.failures(Product.simulate(p, load, WITH))] == ["a module fails"]


@pytest.mark.parametrize(("touches", "calls"), [(1, []), (2, [("rest", "leaky", "2 ms", True)])])
def test_a_call_between_services_is_drawn_where_there_is_one(touches: int, calls: list[tuple[str, str, str, bool]]):
    wires = EXPERIMENT.structure(ProductSettings(touches=touches), WITH).wires

    assert [(one.source, one.target, one.note, one.is_broken) for one in wires if one.source == "rest"] == calls


def test_the_rest_of_the_modules_is_drawn_as_one_service_where_only_the_leaky_one_is_split_off():
    parts = EXPERIMENT.structure(ProductSettings(cut="leaky", modules=5), WITH).parts

    assert [(one.name, one.note) for one in parts[2:]] == [
        ("Other service", "4 modules"),
        ("Leaky service", "fails every 200 s"),
    ]


@pytest.mark.parametrize("side", SIDES)
def test_all_requests_pass_the_load_balancer(side: str):
    first, *others = EXPERIMENT.structure(ProductSettings(touches=1), side).wires

    assert (first.source, first.target) == ("clients", "balancer")
    assert {one.source for one in others} == {"balancer"}
