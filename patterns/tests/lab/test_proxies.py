"""Calls from service to service, straight or through the proxies beside them: what adds time, and what fails."""

from itertools import pairwise
from statistics import fmean

import pytest

from patterns.lab.simulation import SECOND_US, Stream, World, run_to_the_end
from patterns.lab.systems.proxies import CallChain, ChainRequest, Instance, Sidecar, turns

HOP_US = 5
ALWAYS = [(0, 10**9)]


def chain(
    *works_us: int,
    apps: dict[int, list] | None = None,
    proxies: dict[int, list] | None = None,
    is_meshed: bool = True,
    at_us: int = 100,
) -> CallChain:
    """After one request to services of one instance each, some of which are down in some spans."""
    world, services = World(), range(len(works_us))
    sidecars = [[Sidecar(world, Instance((proxies or {}).get(one, [])), HOP_US)] for one in services]
    made = CallChain(world, [[Instance((apps or {}).get(one, []))] for one in services], sidecars if is_meshed else [])
    world.process(made.arrivals([ChainRequest(at_us, (0,) * len(works_us), works_us)]))
    run_to_the_end(world)
    return made


def end(made: CallChain) -> tuple[str, int]:
    return made.ends[0].fate, made.ends[0].at_us


def test_something_is_down_from_the_first_instant_of_a_span_to_just_before_its_end():
    made = Instance([(2, 4), (7, 9)])

    assert [at_us for at_us in range(11) if not made.is_up(at_us)] == [2, 3, 7, 8]


def test_without_proxies_a_request_takes_the_work_of_all_services():
    assert end(chain(20, 30, 40, is_meshed=False)) == ("answered", 100 + 90)


def test_each_call_passes_two_proxies():
    assert end(chain(20, 30)) == ("answered", 100 + 50 + 2 * HOP_US)
    assert end(chain(20, 30, 40)) == ("answered", 100 + 90 + 4 * HOP_US)


def test_a_request_that_calls_nobody_passes_no_proxy():
    assert end(chain(20, proxies={0: ALWAYS})) == ("answered", 120)


def test_a_caller_whose_proxy_is_down_gets_no_further():
    made = chain(20, 30, proxies={0: [(110, 125)]})

    assert end(made) == ("proxy down", 120)
    assert (made.visits, made.found_up) == (0, 0)


def test_an_application_cannot_be_reached_through_a_proxy_that_is_down():
    made = chain(20, 30, proxies={1: [(125, 126)]})

    assert end(made) == ("proxy down", 125)
    assert (made.visits, made.found_up) == (1, 0)


def test_a_proxy_that_is_down_is_no_matter_where_calls_go_straight():
    assert end(chain(20, 30, proxies={0: ALWAYS, 1: ALWAYS}, is_meshed=False)) == ("answered", 150)


@pytest.mark.parametrize(("is_meshed", "fails_us"), [(False, 120), (True, 130)])
def test_an_application_that_is_down_fails_the_request_when_it_is_reached(is_meshed: bool, fails_us: int):
    made = chain(20, 30, apps={1: [(115, 135)]}, is_meshed=is_meshed)

    assert end(made) == ("application down", fails_us)
    assert (made.visits, made.found_up) == (1, 0)


def test_the_first_application_is_needed_too_and_is_no_call():
    made = chain(20, 30, apps={0: ALWAYS})

    assert end(made) == ("application down", 100)
    assert made.visits == 0


def test_all_called_services_that_are_found_up_are_counted():
    made = chain(20, 30, 40, 50, apps={3: ALWAYS})

    assert (made.visits, made.found_up) == (3, 2)


def test_a_request_meets_the_instances_that_were_drawn_for_it():
    world = World()
    apps = [[Instance([]), Instance(ALWAYS)], [Instance(ALWAYS), Instance([])]]
    made = CallChain(world, apps, [])
    world.process(made.arrivals([ChainRequest(0, (0, 1), (1, 1)), ChainRequest(5, (0, 0), (1, 1))]))
    run_to_the_end(world)

    assert [one.fate for one in made.ends] == ["answered", "application down"]


def test_what_goes_up_and_down_by_turns_is_down_for_its_share_of_the_time_from_the_start():
    runs = [turns(Stream(seed, "x"), up_us=300, down_us=100, until_us=1000) for seed in range(2000)]

    down_at = [fmean(any(a <= at_us < b for a, b in run) for run in runs) for at_us in (0, 500)]
    assert down_at == pytest.approx([0.25, 0.25], abs=0.03)
    assert all(a <= b for run in runs for (_, a), (b, _) in pairwise(run))


def test_it_stays_down_for_as_long_as_it_is_set():
    spans = turns(Stream(1, "x"), up_us=SECOND_US, down_us=100, until_us=1000 * SECOND_US)

    assert fmean(until_us - from_us for from_us, until_us in spans) == pytest.approx(100, rel=0.15)
