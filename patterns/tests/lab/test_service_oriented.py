"""Contracts that change: who is broken when an old version ends, for how long, and what an overlap or a bus does."""

from collections import Counter
from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.service_oriented import ServiceOriented, YourNotice, late_consumers
from patterns.lab.simulation import DAY_US, World
from patterns.lab.systems.service_oriented import (
    BUS,
    Change,
    Contract,
    ContractLoad,
    ContractSettings,
    Enterprise,
    Link,
    PrivateInterface,
)
from patterns.lab.trace import DAYS, Trace

EXPERIMENT = ServiceOriented()
SIDES = [WITHOUT, WITH, BUS]
SEEDS = range(10)
EACH_SIDE = pytest.mark.parametrize("side", SIDES)


def change(at: int = 0, moves: dict[int, int] | None = None, *, provider: int = 0, version: int = 2, team: int = 1):
    """In days."""
    moves_us = {consumer: days * DAY_US for consumer, days in (moves or {0: 10}).items()}
    return Change(provider, version, at * DAY_US, moves_us, team * DAY_US)


def after(side: str, *changes: Change, outages: list[tuple[int, int]] | None = None, **settings: int) -> Enterprise:
    """All has come to its end, with a notice of thirty days and half of the work done by reading, unless it is set."""
    users: dict[int, tuple[int, ...]] = {}
    for one in changes:
        users[one.provider] = tuple(one.moves_us)
    spans = [(down * DAY_US, up * DAY_US) for down, up in outages or []]
    load = ContractLoad(tuple(users.values()), [*changes], spans)
    return Enterprise.simulate(ContractSettings(**settings), load, side)


def down(system: Enterprise, provider: int = 0, consumer: int = 0) -> list[tuple[float, float]]:
    """When a link was broken, in days; a break that ended at once is none."""
    spans = system.links[provider, consumer].down
    return [(down_us / DAY_US, up_us / DAY_US) for down_us, up_us in spans if down_us < up_us]


def drawn(side: str, seed: int = 0, **settings: int) -> Enterprise:
    p = ContractSettings(**settings)
    return Enterprise.simulate(p, Enterprise.draw(p, seed), side)


def measured(side: str, seed: int = 0, **settings: int) -> dict[str, float | None]:
    return EXPERIMENT.figures(drawn(side, seed, **settings))


# Versions


def served_at(kind: type[Contract], *days: int) -> list[set[int]]:
    """After version 2 is announced on day 0 and version 3 on day 4, with a notice of ten days."""
    world, seen = World(), []
    contract = kind(world, 10 * DAY_US)
    world.process(contract.publish(2))
    world.timeout(4 * DAY_US).callbacks.append(lambda _: world.process(contract.publish(3)))
    for day in days:
        world.run(until=day * DAY_US + 1)
        seen.append({*contract.served})
    return seen


def test_a_contract_serves_each_version_until_its_notice_is_over():
    assert served_at(Contract, 0, 4, 10, 13, 14) == [{1, 2}, {1, 2, 3}, {2, 3}, {2, 3}, {3}]


def test_a_private_interface_has_one_version_at_a_time():
    assert served_at(PrivateInterface, 0, 9, 10, 14) == [{1}, {1}, {2}, {3}]


def test_a_provider_with_a_contract_runs_every_old_version_for_the_length_of_the_notice():
    system = after(WITH, change(), change(20, version=3))

    assert system.contracts[0].double == [(0, 30 * DAY_US), (20 * DAY_US, 50 * DAY_US)]


def test_a_link_is_broken_from_the_first_sight_of_it_to_the_first_repair():
    link = Link()

    for at_us, is_served in enumerate([True, False, False, True, True, False, True]):
        link.see(is_served, at_us)

    assert link.down == [(1, 3), (5, 6)]


def test_nobody_skips_a_version():
    link = Link()

    link.move(3)
    assert link.speaks == 1
    link.move(2)
    assert link.speaks == 3


# Consumers


@pytest.mark.parametrize(("takes", "broken"), [(10, []), (30, []), (40, [(30, 40)])])
def test_with_a_contract_only_those_are_broken_who_need_longer_than_the_notice(takes: int, broken: list):
    assert down(after(WITH, change(0, {0: takes}))) == broken


@pytest.mark.parametrize(
    ("takes", "prepared", "broken"),
    [
        (10, 50, [(30, 35)]),  # five days of reading, five with the new version
        (100, 50, [(30, 100)]),  # thirty of fifty days of reading, the rest with the new version
        (10, 0, [(30, 40)]),
        (10, 100, []),
        (40, 100, [(30, 40)]),
    ],
)
def test_without_one_what_needs_the_new_version_waits_for_it(takes: int, prepared: int, broken: list):
    assert down(after(WITHOUT, change(0, {0: takes}), prepared=prepared)) == broken


def test_whoever_has_read_all_goes_live_with_the_new_version_and_not_before():
    move = after(WITHOUT, change(), prepared=100).moves[0]

    assert move.moved_us == 30 * DAY_US


@pytest.mark.parametrize("side", [WITHOUT, WITH])
def test_no_notice_means_broken_for_as_long_as_it_takes(side: str):
    assert down(after(side, change(5), overlap_days=0)) == [(5, 15)]


@pytest.mark.parametrize("side", [WITHOUT, WITH])
def test_a_day_on_which_two_changes_break_a_link_counts_once(side: str):
    changes = change(0, {0: 50}), change(10, {0: 60}, version=3)

    assert down(after(side, *changes, prepared=100)) == [(30, 70)]


def test_a_quick_move_to_the_next_version_waits_for_the_one_before():
    system = after(WITH, change(0, {0: 50}), change(10, {0: 5}, version=3))

    assert down(system) == [(30, 50)]


# The bus


def test_the_team_of_the_bus_works_on_one_change_after_the_other():
    system = after(BUS, change(0, team=10), change(1, provider=1, team=10), change(25, version=3, team=2))

    done = [(begins_us / DAY_US, done_us / DAY_US) for _, begins_us, done_us in system.translations]
    assert done == [(0, 10), (10, 20), (25, 27)]


def test_a_late_translation_breaks_all_consumers_at_once():
    system = after(BUS, change(0, {0: 1, 1: 1}, team=40))

    assert down(system) == down(system, consumer=1) == [(30, 40)]


def test_a_translation_in_time_spares_even_the_slowest_consumer():
    assert down(after(BUS, change(0, {0: 100}, team=30))) == []


def test_a_bus_that_fails_breaks_all_links_for_its_time():
    system = after(BUS, change(), change(1, provider=1), outages=[(5, 7)])

    assert down(system) == down(system, provider=1) == [(5, 7)]


def test_an_outage_of_the_bus_is_no_matter_where_there_is_none():
    assert down(after(WITH, change(), outages=[(5, 35)])) == []


def test_a_link_that_is_broken_twice_over_is_well_when_both_have_passed():
    assert down(after(BUS, change(0, team=40), outages=[(28, 32)])) == [(28, 40)]
    assert down(after(BUS, change(0, team=31), outages=[(28, 32)])) == [(28, 32)]


# What is measured: two providers, three links, a notice of ten days


TEN = {"overlap_days": 10, "horizon_days": 20}
TWO = change(0, {0: 4, 1: 12}, team=3), change(5, {1: 20}, provider=1, team=14)
NAMES = ("broken", "late", "reach", "double", "built", "hop_ms", "late_days", "late_first")


@pytest.mark.parametrize(
    ("side", "figures"),
    [
        # moved on days 12 and 16, 25; until then broken since days 10, 10, 15
        (WITHOUT, ((2 + 6 + 10) / 2, 1, (16 + 20) / 2, 0, 3 + 3, 0, 18 / 3, 2)),
        # moved on days 4 and 12, 25
        (WITH, ((0 + 2 + 10) / 2, 2 / 3, (12 + 20) / 2, 10, 3 + 3, 0, 12 / 3, 1)),
        # translated on day 3 for two consumers, on day 19 for one
        (BUS, ((0 + 0 + 4) / 2, 1 / 3, (3 + 14) / 2, 10, 2 + 2 + 2, 5, 4 / 3, 0)),
    ],
)
def test_figures_of_two_changes(side: str, figures: tuple[float, ...]):
    assert EXPERIMENT.figures(after(side, *TWO, **TEN)) == pytest.approx(dict(zip(NAMES, figures, strict=True)))


def test_outages_of_the_bus_count_for_every_link():
    assert EXPERIMENT.figures(after(BUS, *TWO, outages=[(0, 1)], **TEN))["broken"] == (4 + 3) / 2


@EACH_SIDE
def test_where_nothing_changed_there_is_nothing_to_measure(side: str):
    found = EXPERIMENT.figures(Enterprise.simulate(ContractSettings(), ContractLoad(((0, 1),), [], []), side))

    assert {key for key, value in found.items() if value is None} == {*NAMES} - {"built", "hop_ms"}
    assert found["built"] == {BUS: 3}.get(side, 2)


def charts(side: str) -> dict[str, list[float]]:
    series = EXPERIMENT.series(after(side, *TWO, **TEN))
    assert {one.clock for one in series} == {DAYS}
    return {one.key: [sample.value for sample in one.samples] for one in series}


def test_charts_of_two_changes():
    found = charts(WITH)

    assert found["broken"] == [0, 0, 0, 0, 0, 1, 0, 0.5, 1, 1]
    assert found["double"] == [1, 1, 1.5, 2, 2, 1, 1, 0.5, 0, 0]
    assert found["waiting"] == [0] * 10


def test_without_a_contract_more_is_broken_and_nothing_is_doubled():
    found = charts(WITHOUT)

    assert found["broken"] == [0, 0, 0, 0, 0, 2, 1, 1.5, 1, 1]
    assert found["double"] == [0] * 10


def test_the_chart_of_the_bus_shows_changes_until_they_are_translated():
    assert charts(BUS)["waiting"] == [1, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 0.5]
    queued = EXPERIMENT.series(after(BUS, change(team=4), change(provider=1, team=4), **TEN))[2]
    assert [sample.value for sample in queued.samples[:5]] == [2, 2, 1, 1, 0]


@EACH_SIDE
def test_what_fails_is_the_end_of_an_old_version_and_the_bus(side: str):
    failures = EXPERIMENT.failures(after(side, *TWO, outages=[(3, 4)], **TEN))

    ended, bus = "an old version has ended", "the bus is down, if there is one"
    found = [(one.what, one.from_us / DAY_US, one.until_us / DAY_US) for one in failures]
    assert found == [(ended, 10, 11), (ended, 15, 16), (bus, 3, 4)]


def story(side: str, *changes: Change, **settings: int) -> list[tuple[float, str, str, str]]:
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, *changes, **settings))
    return [(one.at_us / DAY_US, one.sender, one.receiver, one.text) for one in trace.story()]


def test_the_story_of_a_contract_tells_of_the_quickest_and_the_slowest_consumer():
    assert story(WITH, *TWO, **TEN) == [
        (0, "provider", "consumers", "version 2; the old one ends in 10 days"),
        (4, "quick consumer", "provider", "call by version 2"),
        (4, "provider", "quick consumer", "answer"),
        (10, "provider", "provider", "version 1 ends"),
        (10, "slow consumer", "provider", "call by version 1"),
        (10, "provider", "slow consumer", "this version has ended"),
        (12, "slow consumer", "provider", "call by version 2"),
        (12, "provider", "slow consumer", "answer"),
    ]


def test_the_story_without_one_breaks_both():
    told = story(WITHOUT, *TWO, **TEN)

    assert [text for _, _, _, text in told].count("this version has ended") == 2
    assert (10, "provider", "provider", "version 1 ends, version 2 begins") in told


def test_the_story_of_a_bus_tells_of_its_team():
    told = story(BUS, change(0, {0: 4}, team=6), change(1, {1: 20}, provider=1, team=9), **TEN)

    assert told == [
        (1, "provider", "consumers", "version 2; the old one ends in 10 days"),
        (1, "provider", "team of the bus", "version 2"),
        (6, "team of the bus", "team of the bus", "begins after 5 days in the queue"),
        (11, "provider", "provider", "version 1 ends"),
        (11, "quick consumer", "bus", "call in its own format"),
        (11, "bus", "quick consumer", "this version has ended"),
        (15, "team of the bus", "bus", "translation to version 2"),
        (15, "quick consumer", "bus", "call in its own format"),
        (15, "bus", "quick consumer", "answer"),
    ]


def test_the_story_is_of_the_first_change_for_which_somebody_is_too_slow():
    assert story(WITH, change(), change(40, {0: 31}, version=3))[0][0] == 40
    assert story(WITH, change(), change(40, version=3))[0][0] == 0
    assert story(WITH) == []


# What is drawn, and what holds in every seed


@pytest.mark.parametrize(("density", "links"), [(100, 72), (50, 36)])
def test_as_many_pairs_are_linked_as_it_is_set(density: int, links: int):
    loads = [Enterprise.draw(ContractSettings(density=density), seed) for seed in range(50)]

    assert fmean(sum(map(len, load.consumers)) for load in loads) == pytest.approx(links, rel=0.05)


def test_changes_come_in_order_and_number_the_versions_of_each_provider():
    load = Enterprise.draw(ContractSettings(), 1)

    instants = [one.announced_us for one in load.changes]
    versions = [[one.version for one in load.changes if one.provider == provider] for provider in range(6)]
    assert instants == sorted(instants)
    assert all(found == [*range(2, 2 + len(found))] for found in versions)


def test_providers_change_as_often_as_it_is_set():
    counts = [len(Enterprise.draw(ContractSettings(every_days=73, density=100), seed).changes) for seed in range(50)]

    assert fmean(counts) == pytest.approx(6 * 365 / 73, rel=0.05)


def test_the_bus_fails_as_often_and_as_long_as_it_is_set():
    outages = [one for seed in range(50) for one in Enterprise.draw(ContractSettings(outages=4), seed).outages]

    assert len(outages) / 50 == pytest.approx(4, rel=0.2)
    assert {up_us - down_us for down_us, up_us in outages} == {4 * DAY_US // 24}


def test_a_provider_that_nobody_uses_changes_nothing():
    load = Enterprise.draw(ContractSettings(consumers=1, providers=15, density=10), 0)

    assert {one.provider for one in load.changes} <= {index for index, users in enumerate(load.consumers) if users}


@EACH_SIDE
@pytest.mark.parametrize("settings", [{}, {"overlap_days": 0}, {"every_days": 30, "migration_days": 60}])
def test_everybody_arrives_at_the_latest_version(side: str, settings: dict[str, int]):
    for seed in SEEDS:
        system = drawn(side, seed, **settings)
        latest = Counter(one.provider for one in system.load.changes)

        assert len(system.moves) == sum(len(one.moves_us) for one in system.load.changes)
        assert all(link.speaks == 1 + latest[provider] for (provider, _), link in system.links.items())
        assert all(link.down_us is None for link in system.links.values())
        assert [one.served for one in system.contracts] == [{1 + latest[provider]} for provider in range(6)]


@pytest.mark.parametrize("settings", [{"prepared": 100}, {"overlap_days": 0}])
def test_an_overlap_adds_nothing_where_nothing_waits_for_the_new_version(settings: dict[str, int]):
    for seed in SEEDS:
        assert measured(WITH, seed, **settings)["broken"] == measured(WITHOUT, seed, **settings)["broken"]


@pytest.mark.parametrize(
    ("side", "broken", "new"),
    [(WITHOUT, ["old"], []), (WITH, ["old"], ["registry", "new"]), (BUS, ["bus", "old"], ["bus", "team", "new"])],
)
def test_the_structure_marks_what_breaks_and_what_is_new(side: str, broken: list[str], new: list[str]):
    parts = EXPERIMENT.structure(ContractSettings(), side).parts

    assert [one.key for one in parts if one.is_broken] == broken
    assert [one.key for one in parts if one.is_new] == new


def test_the_calculator_works_out_who_is_late():
    assert late_consumers(YourNotice()) == (
        "When the old version ends, 0.6 of 12 consumers still use it on average (5.0 %), and are broken for 10 days "
        "each. A notice of 47 days leaves one in a hundred behind."
    )


# Mutations: a contract without the part that makes it one


def test_a_provider_that_drops_the_old_version_at_once_breaks_everybody(monkeypatch: pytest.MonkeyPatch):
    def hasty(self: Contract, version: int):
        self.served, self.ended_us[version - 1] = {version}, self.world.now_us
        yield self.world.timeout(self.overlap_us)

    monkeypatch.setattr(Contract, "publish", hasty)

    assert measured(WITH, overlap_days=10)["late"] == 1


def test_a_provider_that_shows_the_new_version_late_is_a_private_interface(monkeypatch: pytest.MonkeyPatch):
    private = measured(WITHOUT)
    monkeypatch.setattr(Contract, "publish", PrivateInterface.publish)
    monkeypatch.setattr(Contract, "move", PrivateInterface.move)

    assert measured(WITH) == private
