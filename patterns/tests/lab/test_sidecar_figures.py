"""What is drawn for a fleet, how long its charts are, and what its stories and its drawing say of each side."""

from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.simulation import DAY_US, MINUTE_US, SECOND_US
from patterns.lab.systems.sidecar import FORCED, Fleet, FleetLoad, SidecarSettings
from patterns.lab.systems.spans import Span
from patterns.lab.trace import Trace
from patterns.tests.lab.test_sidecar import EXPERIMENT, after, charts, story

# What is drawn


def spans_of(downs: list[list[list[Span]]]) -> list[Span]:
    return [span for service in downs for instance in service for span in instance]


def drawn(seed: int = 0, **settings: int | str) -> FleetLoad:
    return Fleet.draw(SidecarSettings(**settings), seed)


def test_proxies_fail_apart_from_the_applications_beside_them():
    load = drawn(app_up_min=5, proxy_up_min=5, start_s=10, proxy_down_s=10)

    apps, proxies = spans_of(load.apps_down), spans_of(load.proxies_down)
    assert len(apps) > 20
    assert len(proxies) > 20
    assert not {*apps} & {*proxies}


def test_what_fails_goes_on_failing_for_as_long_as_requests_come():
    for downs in (drawn(app_up_min=1).apps_down, drawn(proxy_up_min=1).proxies_down):
        instances = [instance for service in downs for instance in service]

        assert len(instances) == 4 * 5
        assert all(instance[0][0] < 5 * MINUTE_US for instance in instances)
        assert max(from_us for from_us, _ in spans_of(downs)) > 14 * MINUTE_US


def test_applications_and_proxies_are_up_and_down_for_as_long_as_is_set():
    load = drawn(app_up_min=2, proxy_up_min=1, start_s=30, proxy_down_s=10, replicas=10)

    for downs, down_s, count in ((load.apps_down, 30, 40 * 15 / 2.5), (load.proxies_down, 10, 40 * 15 / (7 / 6))):
        lasts_us = [until_us - from_us for from_us, until_us in spans_of(downs)]
        assert fmean(lasts_us) == pytest.approx(down_s * SECOND_US, rel=0.15)
        assert len(lasts_us) == pytest.approx(count, rel=0.15)


def test_builds_break_as_often_as_is_set_for_either_fix():
    services = [one for seed in range(20) for one in drawn(seed, breaks=30, services=100).services]

    for fix in (0, 1):
        assert fmean(one.is_build_broken[fix] for one in services) == pytest.approx(0.3, abs=0.04)


def test_a_team_needs_as_long_as_is_set_for_either_fix():
    services = [one for seed in range(20) for one in drawn(seed, team_days=8, services=100).services]

    for fix in (0, 1):
        assert fmean(one.team_us[fix] for one in services) == pytest.approx(8 * DAY_US, rel=0.1)


def test_requests_come_every_two_seconds_to_any_instance_and_take_20_ms_in_each_service():
    requests = [one for seed in range(10) for one in drawn(seed, replicas=4, chain=2).requests]

    assert len(requests) == pytest.approx(10 * 15 * 60 / 2, rel=0.05)
    assert {len(one.instances) for one in requests} == {len(one.works_us) for one in requests} == {3}
    assert fmean(work_us for one in requests for work_us in one.works_us) == pytest.approx(20_000, rel=0.05)
    for instance in range(4):
        picked = [fmean(one.instances[service] == instance for one in requests) for service in range(3)]
        assert picked == pytest.approx([0.25] * 3, abs=0.03)


# What is measured and shown


@pytest.mark.parametrize(("side", "days"), [(WITHOUT, 2 + 3 + 1 / 24 + 1 / 1440 + 3 + 2), (WITH, 2 + 3)])
def test_a_fix_in_vain_and_the_next_one_are_both_work(side: str, days: float):
    # The second language had three days and an hour of its four when the first was found broken.
    assert EXPERIMENT.figures(after(side, fix="broken"))["work"] == pytest.approx(days)


@pytest.mark.parametrize(
    ("settings", "days"),
    [({}, 4 * 8), ({"mending": "one"}, 4 * (2 * 5 + 3)), ({"fix": "broken"}, 4 * 8 * 2)],
)
def test_the_charts_of_days_leave_time_for_all_that_is_to_be_done(settings: dict[str, str], days: int):
    found = charts(WITHOUT, **settings)["unpatched"]

    assert (len(found), found[1][0]) == (200, days * DAY_US // 200)


def test_what_is_still_down_when_requests_end_is_not_shown_beyond():
    system = after(WITHOUT, apps=[(14 * MINUTE_US, 20 * MINUTE_US)])

    (failure,) = EXPERIMENT.series(system)[-1].failures or ()

    assert (failure.what, failure.from_us) == ("an application is down", 14 * MINUTE_US)
    assert failure.until_us == 15 * MINUTE_US


def test_the_story_of_force_is_one_of_the_platform_and_of_a_team_whose_build_broke():
    assert story(FORCED)[2:] == [
        (2, "platform", "services", "service 1"),
        (2, "services", "platform", "has the fix, the first to get it"),
        (4, "library teams", "library teams", "library 2 is mended"),
        (6, "team 2", "services", "service 2"),
        (6, "services", "team 2", "has the fix, the last to get it"),
    ]


def test_by_force_the_build_of_the_fix_that_stayed_says_who_released_it():
    trace = Trace()
    EXPERIMENT.narrate(trace, after(FORCED, fix="broken"))  # service 2 builds with the second fix

    assert {one.sender for one in trace.story() if one.text.startswith("service ")} == {"platform"}


def test_where_teams_restart_sidecars_the_story_is_one_of_teams():
    assert [one for one in story(WITH, owner="teams") if one[3].startswith("service ")] == [
        (3, "team 1", "services", "service 1"),
        (9, "team 3", "services", "service 3"),
    ]


def test_the_drawing_tells_what_is_set():
    p = SidecarSettings(hop_us=1500, memory_mb=60, breaks=20, start_s=30, team_days=4, port_days=6, languages=3)
    with_it, forced = (EXPERIMENT.structure(p, side) for side in (WITH, FORCED))

    notes = {part.key: part.note for part in (*with_it.parts, *forced.parts)}
    assert (notes["proxies"], notes["platform"]) == ("200, 60 MB each", "30 s an instance")
    assert (notes["code"], notes["teams"]) == ("6 days to mend one", "4 days to release")
    assert (notes["bot"], notes["services"]) == ("20 % of builds fail", "5 instances each")
    assert with_it.wires[-1].note == "+3 ms a call"
