"""A fix on its way to all services, as a library, as a sidecar, and by force; and what the sidecars cost."""

from collections import Counter
from dataclasses import replace
from statistics import fmean, stdev

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.sidecar import NEVER_MS, SidecarPattern, YourServices, harmonic, slowest_and_hops
from patterns.lab.simulation import DAY_US, MILLISECOND_US, MINUTE_US, SECOND_US
from patterns.lab.systems.proxies import ChainRequest, Sidecar
from patterns.lab.systems.sidecar import FORCED, HOUR_US, Fleet, FleetLoad, Service, SidecarSettings
from patterns.lab.trace import DAYS, SECONDS, Trace

EXPERIMENT = SidecarPattern()
SIDES = [WITHOUT, WITH, FORCED]
SEEDS = range(5)
EACH_SIDE = pytest.mark.parametrize("side", SIDES)

# Three services in two languages: 0 and 2 in the first, 1 in the second. A roll-out takes a minute.

SERVICES = [
    Service(0, 0, (1 * DAY_US, 1 * DAY_US), (False, False)),
    Service(1, 1, (2 * DAY_US, 1 * DAY_US), (True, False)),
    Service(2, 0, (7 * DAY_US, 4 * DAY_US), (False, False)),
]
MENDS_US = (2 * DAY_US, 4 * DAY_US), (3 * DAY_US, 2 * DAY_US)  # of the first fix and of the second, by language
SMALL = {"services": 3, "languages": 2, "replicas": 1, "start_s": 60, "chain": 1}


def after(side: str, *requests: ChainRequest, apps=(), proxies=(), mends_us=MENDS_US, **settings: int | str) -> Fleet:
    """The three services, and requests from one instance to another; of the first, ``apps`` and ``proxies`` say when
    the application and its proxy are down."""
    p = SidecarSettings(**{**SMALL, **settings})
    load = FleetLoad(SERVICES, mends_us, [*requests], [[[*apps]], [[]]], [[[*proxies]], [[]]])
    return Fleet.simulate(p, load, side)


def request(at_us: int = 0) -> ChainRequest:
    """Thirty milliseconds of work in two services."""
    return ChainRequest(at_us, (0, 0), (10 * MILLISECOND_US, 20 * MILLISECOND_US))


def patched(side: str, **settings: int | str) -> list[float]:
    """In days, by service, before the minute that the roll-out takes."""
    found = after(side, **settings).patched_us
    return [(found[number] - MINUTE_US) / DAY_US for number in range(3)]


def drawn(side: str, seed: int = 0, **settings: int | str) -> Fleet:
    p = SidecarSettings(**settings)
    return Fleet.simulate(p, Fleet.draw(p, seed), side)


# Who gets the fix, and when


def test_a_library_waits_for_its_language_and_for_each_team():
    assert patched(WITHOUT) == [2 + 1, 4 + 2, 2 + 7]


def test_a_sidecar_is_mended_once_and_restarted_everywhere():
    assert patched(WITH) == [2, 2, 2]


def test_by_force_a_library_waits_for_a_build_and_only_where_that_fails_for_the_team():
    assert patched(FORCED) == pytest.approx([2 + 1 / 24, 4 + 1 / 24 + 2, 2 + 1 / 24])


@pytest.mark.parametrize(("side", "days"), [(WITHOUT, [3, 6, 9]), (WITH, [3, 4, 9]), (FORCED, [3, 6, 9])])
def test_where_teams_restart_instances_every_side_waits_for_them(side: str, days: list[int]):
    assert patched(side, owner="teams") == days


@pytest.mark.parametrize(("side", "days"), [(WITHOUT, [3, 2 + 4 + 2, 9]), (WITH, [2, 2, 2])])
def test_one_team_mends_one_language_after_the_other(side: str, days: list[int]):
    assert patched(side, mending="one") == days


def test_the_platform_watches_the_first_service_of_each_code_before_it_goes_on():
    assert patched(WITH, soak_h=24) == [2, 3, 3]
    assert patched(FORCED, soak_h=24) == pytest.approx([2 + 1 / 24, 4 + 1 / 24 + 2, 3 + 1 / 24])


@pytest.mark.parametrize(("replicas", "batch", "batches"), [(5, 1, 5), (5, 2, 3), (4, 2, 2), (3, 10, 1)])
def test_instances_are_replaced_in_batches(replicas: int, batch: int, batches: int):
    system = after(WITH, replicas=replicas, batch=batch)

    assert {until_us - from_us for from_us, until_us in system.rollouts} == {batches * MINUTE_US}
    assert system.p.rollout_us == batches * MINUTE_US


# A fix that is broken


NOTICED_US = {WITHOUT: 3 * DAY_US + MINUTE_US + HOUR_US, WITH: 2 * DAY_US + MINUTE_US + HOUR_US}


def test_a_broken_fix_is_taken_back_where_it_was_and_halted_where_it_was_not():
    system, noticed_us = after(WITHOUT, fix="broken"), NOTICED_US[WITHOUT]

    assert [(service.number, at_us) for service, at_us in system.hit] == [(0, 3 * DAY_US + MINUTE_US)]
    assert system.down == [(3 * DAY_US + MINUTE_US, noticed_us + MINUTE_US)]
    ends_us = {0: noticed_us + 4 * DAY_US, 1: noticed_us + 3 * DAY_US, 2: noticed_us + 7 * DAY_US}
    assert system.patched_us == {number: at_us + MINUTE_US for number, at_us in ends_us.items()}


def test_a_sidecar_brings_a_broken_fix_to_all_services_at_once():
    system, noticed_us = after(WITH, fix="broken"), NOTICED_US[WITH]

    assert system.down == [(2 * DAY_US + MINUTE_US, noticed_us + MINUTE_US)] * 3
    assert set(system.patched_us.values()) == {noticed_us + 3 * DAY_US + MINUTE_US}


def test_whoever_watches_the_first_service_for_long_enough_loses_only_that():
    assert len(after(WITH, fix="broken", soak_h=2).hit) == 1


def test_mending_ends_when_it_is_known_to_be_in_vain():
    system, noticed_us = after(WITHOUT, fix="broken"), NOTICED_US[WITHOUT]

    first = [(0, 2 * DAY_US), (0, noticed_us)]
    assert system.mends == [*first, (noticed_us, noticed_us + 3 * DAY_US), (noticed_us, noticed_us + 2 * DAY_US)]


def test_mending_that_was_not_begun_is_no_work():
    services = [replace(one, language=one.number) for one in SERVICES]
    load = FleetLoad(services, ((2 * DAY_US, 4 * DAY_US, 5 * DAY_US), (1, 1, 1)), [], [[[]]] * 2, [[[]]] * 2)

    system = Fleet.simulate(SidecarSettings(**SMALL, fix="broken", mending="one"), load, WITHOUT)

    assert system.mends[:2] == [(0, 2 * DAY_US), (2 * DAY_US, NOTICED_US[WITHOUT])]
    assert len(system.mends) == 2 + 3


def test_what_is_mended_in_vain_is_not_released():
    system = after(WITHOUT, fix="broken", mends_us=((2 * DAY_US, 30 * DAY_US), MENDS_US[1]))

    assert system.mended_us[1] == NOTICED_US[WITHOUT] + 2 * DAY_US
    assert len(after(WITHOUT, fix="broken").rollouts) == 1 + 1 + 3  # out, back, and the second fix everywhere


# What is measured


NAMES = ("unpatched", "last", "work", "hit", "memory", "rollout_s", "teams_days")
A_MINUTE = 1 / 24 / 60


@pytest.mark.parametrize(
    ("side", "figures"),
    [
        (WITHOUT, (3 + 6 + 9 + 3 * A_MINUTE, 9 + A_MINUTE, 6, 0, 0, 60, (7 + 2) / 2 + A_MINUTE)),
        (WITH, (2 + 2 + 2 + 3 * A_MINUTE, 2 + A_MINUTE, 2, 0, 150, 60, A_MINUTE)),
        (FORCED, (2 + 6 + 2 + 3 / 24 + 3 * A_MINUTE, 6 + 1 / 24 + A_MINUTE, 6, 0, 0, 60, 1 + 1 / 24 + A_MINUTE)),
    ],
)
def test_figures_of_three_services(side: str, figures: tuple[float, ...]):
    found = EXPERIMENT.figures(after(side))

    assert {name: found[name] for name in NAMES} == pytest.approx(dict(zip(NAMES, figures, strict=True)))
    assert found["services"] == 3


@pytest.mark.parametrize(("side", "hit"), [(WITHOUT, 1), (WITH, 3), (FORCED, 2)])
def test_services_that_a_broken_fix_took_down_are_counted(side: str, hit: int):
    assert EXPERIMENT.figures(after(side, fix="broken"))["hit"] == hit


def test_memory_is_paid_for_each_instance():
    assert EXPERIMENT.figures(after(WITH, replicas=4, memory_mb=70))["memory"] == 3 * 4 * 70


def test_figures_of_three_requests_of_which_a_proxy_fails_one():
    calls = request(0), request(SECOND_US), request(2 * SECOND_US)
    down = [(SECOND_US, 2 * SECOND_US)]

    plain, meshed, forced = (EXPERIMENT.figures(after(side, *calls, proxies=down)) for side in SIDES)

    assert [plain[key] for key in ("failed", "request_ms", "overhead_ms", "found_up")] == [0, 30, 0, 1]
    assert [meshed[key] for key in ("failed", "request_ms", "overhead_ms", "found_up")] == [1 / 3, 31, 1, 1]
    assert all(forced[key] == plain[key] for key in ("failed", "request_ms", "memory"))


def test_a_request_that_failed_counts_as_later_than_all_others():
    calls = request(0), request(SECOND_US), request(2 * SECOND_US)

    found = EXPERIMENT.figures(after(WITH, *calls, proxies=[(SECOND_US, 3 * SECOND_US)]))

    assert found["request_ms"] == NEVER_MS
    assert EXPERIMENT.figures(after(WITH, request(), proxies=[(0, SECOND_US)]))["overhead_ms"] is None


def test_of_no_requests_there_is_nothing_to_measure():
    found = EXPERIMENT.figures(after(WITH))

    assert {key for key, value in found.items() if value is None} == {"failed", "request_ms", "overhead_ms", "found_up"}


def charts(side: str, *requests: ChainRequest, **settings: int | str) -> dict[str, list[tuple[int, float]]]:
    series = EXPERIMENT.series(after(side, *requests, **settings))
    assert [one.clock for one in series] == [DAYS] * (len(series) - 1) + [SECONDS]
    return {one.key: [(sample.at_us, sample.value) for sample in one.samples] for one in series}


def test_the_chart_of_days_shows_who_is_without_the_fix():
    found = charts(WITHOUT, port_days=19, team_days=31 - 1)["unpatched"]  # 4 · 49 days in 200 steps

    step_us = found[1][0]
    assert (len(found), step_us) == (200, 196 * DAY_US // 200)
    assert [value for _, value in found[:3]] == [3, 3, 3]
    assert sum(value for _, value in found) * step_us == pytest.approx(18 * DAY_US + 3 * MINUTE_US)


def test_the_chart_of_a_broken_fix_shows_who_is_down():
    found = charts(WITH, fix="broken")

    step_us = found["down"][1][0]
    assert sum(value for _, value in found["down"]) * step_us == pytest.approx(3 * (HOUR_US + MINUTE_US))
    assert "down" not in charts(WITH)


def test_the_chart_of_seconds_shows_requests_that_failed():
    calls = request(0), request(10 * SECOND_US), request(20 * SECOND_US)

    found = charts(WITH, *calls, apps=[(0, SECOND_US)], proxies=[(9 * SECOND_US, 19 * SECOND_US)])

    assert found["failed"][:3] == [(0, 4), (30 * SECOND_US, 0), (60 * SECOND_US, 0)]  # two in half a minute
    assert len(found["failed"]) == 30


def test_what_fails_is_told_by_the_clock_of_each_chart():
    system = after(WITHOUT, proxies=[(3, 5), (4, 9)])

    (hole,) = EXPERIMENT.failures(system)
    assert (hole.from_us, hole.until_us) == (0, 2 * DAY_US)
    failures = EXPERIMENT.series(system)[-1].failures
    assert [(one.what, one.from_us, one.until_us) for one in failures] == [("a proxy is down, if there are any", 3, 9)]


def story(side: str, *requests: ChainRequest, **settings) -> list[tuple[float, str, str, str]]:
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, *requests, **settings))
    return [(round(one.at_us / DAY_US, 1), one.sender, one.receiver, one.text) for one in trace.story()]


def test_the_story_of_libraries_is_one_of_teams():
    assert story(WITHOUT) == [
        (0, "security", "library teams", "there is a hole"),
        (2, "library teams", "library teams", "library 1 is mended"),
        (3, "team 1", "services", "service 1"),
        (3, "services", "team 1", "has the fix, the first to get it"),
        (4, "library teams", "library teams", "library 2 is mended"),
        (9, "team 3", "services", "service 3"),
        (9, "services", "team 3", "has the fix, the last to get it"),
    ]


def test_the_story_of_sidecars_is_one_of_a_platform_and_of_a_proxy_that_fails():
    assert story(WITH, request(), proxies=[(0, SECOND_US)]) == [
        (0, "security", "proxy team", "there is a hole"),
        (0, "service", "proxy", "call"),
        (0, "proxy", "service", "proxy is down"),
        (2, "proxy team", "proxy team", "proxy is mended"),
        (2, "platform", "services", "service 1"),
        (2, "platform", "services", "service 3"),
        (2, "services", "platform", "has the fix, the first to get it"),
        (2, "services", "platform", "has the fix, the last to get it"),
    ]


def test_the_story_of_a_broken_fix_tells_how_many_are_down():
    told = story(WITH, fix="broken")

    assert told[1:4] == [
        (2, "proxy team", "services", "fix"),
        (2, "services", "proxy team", "the fix is broken, and 3 are down"),
        (2, "proxy team", "services", "the version before"),
    ]


# What is drawn, and what holds in every seed


def test_services_are_spread_evenly_over_languages():
    load = Fleet.draw(SidecarSettings(services=10, languages=4), 0)

    assert Counter(one.language for one in load.services) == {0: 3, 1: 3, 2: 2, 3: 2}


@pytest.mark.parametrize(("varies", "spread"), [("little", 4 / 12**0.5), ("much", 4)])
def test_mending_takes_as_long_as_is_set_and_varies_as_is_set(varies: str, spread: float):
    loads = [Fleet.draw(SidecarSettings(port_days=4, varies=varies), seed) for seed in range(300)]

    days = [mend_us / DAY_US for load in loads for mends_us in load.mends_us for mend_us in mends_us]
    assert (fmean(days), stdev(days)) == pytest.approx((4, spread), rel=0.07)
    assert (min(days) >= 2 and max(days) < 6) is (varies == "little")


def test_a_language_that_no_service_uses_is_not_mended():
    assert len(drawn(WITHOUT, services=3, languages=10).mends) == 3


@pytest.mark.parametrize("settings", [{}, {"fix": "broken"}, {"fix": "broken", "mending": "one", "soak_h": 5}])
@EACH_SIDE
def test_every_service_gets_a_fix_and_every_request_an_end(side: str, settings: dict[str, int | str]):
    for seed in SEEDS:
        system = drawn(side, seed, **settings)

        assert {*system.patched_us} == {*range(40)}
        assert [end.request.at_us for end in system.calls.ends] != []
        assert sorted(end.request.at_us for end in system.calls.ends) == [one.at_us for one in system.load.requests]
        assert len(system.down) == len(system.hit) == len({service.number for service, _ in system.hit})


def test_answered_requests_take_exactly_the_proxies_longer():
    for seed in SEEDS:
        ends = [{end.request: end for end in drawn(side, seed).calls.ends} for side in (WITHOUT, WITH)]
        both = [one for one in ends[0] if ends[0][one].fate == ends[1][one].fate == "answered"]

        assert {ends[1][one].at_us - ends[0][one].at_us for one in both} == {2 * 3 * 500}


def test_where_teams_restart_one_language_gains_nothing():
    found = [drawn(side, services=3, languages=1, owner="teams").patched_us for side in SIDES]

    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(("side", "new"), [(WITHOUT, []), (WITH, ["code", "platform", "proxies"]), (FORCED, ["bot"])])
def test_the_structure_marks_the_hole_and_what_is_new(side: str, new: list[str]):
    parts = EXPERIMENT.structure(SidecarSettings(), side).parts

    assert [one.key for one in parts if one.is_broken] == ["code"]
    assert [one.key for one in parts if one.is_new] == new


@EACH_SIDE
def test_where_teams_restart_no_platform_is_drawn(side: str):
    keys = {one.key for one in EXPERIMENT.structure(SidecarSettings(owner="teams"), side).parts}

    assert "teams" in keys
    assert not keys & {"platform", "bot"}


def test_the_calculator_works_out_the_last_team_and_the_proxies():
    assert harmonic(4) == pytest.approx(25 / 12)
    assert slowest_and_hops(YourServices(your_services=4, your_team_days=12, your_calls=3)) == (
        "With a library, the last of 4 services has a fix about 25.0 days after the library has it. With sidecars, a "
        "request passes 6 proxies instead, which add 3 ms if each takes half a millisecond."
    )


# Mutations: each breaks a law


def test_whoever_forgets_the_slowest_team_is_too_fast(monkeypatch: pytest.MonkeyPatch):
    def hasty(self: Fleet, service: Service, attempt: int, is_first: bool):
        slowest = max(one.team_us[attempt] for one in self.load.services)
        yield self.world.timeout(service.team_us[attempt] if service.team_us[attempt] < slowest else 0)

    monkeypatch.setattr(Fleet, "release_by_team", hasty)

    assert patched(WITHOUT) == [3, 6, 2]


def test_a_proxy_that_takes_no_time_breaks_the_law_of_hops(monkeypatch: pytest.MonkeyPatch):
    cross = Sidecar.cross

    def one_way(self: Sidecar):
        is_caller = self.world.now_us == 10 * MILLISECOND_US
        return (yield from cross(self)) if is_caller else True

    monkeypatch.setattr(Sidecar, "cross", one_way)

    assert EXPERIMENT.figures(after(WITH, request()))["overhead_ms"] == 0.5
