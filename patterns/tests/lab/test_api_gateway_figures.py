"""What is drawn by chance for pages and gateways, and what is measured of pages that nobody saw."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.api_gateway import OwnPage, time_saved
from patterns.lab.simulation import SECOND_US
from patterns.lab.systems.api_gateway import DOWN_US, PageSettings, PageSystem
from patterns.tests.lab.test_api_gateway import EXPERIMENT, LINK_US, MS, after, fates, page, pages, waits_ms

# What is drawn


def test_pages_are_asked_for_as_often_as_it_is_set_for_a_minute():
    load = PageSystem.draw(PageSettings(rate=20), 0)

    assert len(load) == pytest.approx(20 * 60, rel=0.1)
    assert 59 * SECOND_US < load[-1].at_us < 60 * SECOND_US


def test_each_service_takes_a_time_of_its_own():
    load = PageSystem.draw(PageSettings(answers=4, rounds=2), 0)

    assert {len({work_us for works_us in one.works_us for work_us in works_us}) for one in load} == {4}


# Outages and turns


@pytest.mark.parametrize("seconds", [2, 20])
def test_a_gateway_is_back_after_its_outage_and_not_before(seconds: int):
    up_us = DOWN_US + seconds * SECOND_US - LINK_US // 2

    assert fates(pages(up_us - 1, up_us), outage_s=seconds) == ["lost", "shown"]


def test_all_gateways_take_their_turn():
    assert waits_ms(0, 0, 0, 0, gateways=3) == [0, 0, 0, 5]


# What is measured


def test_pages_that_a_gateway_drops_have_failed_like_those_that_come_late():
    """Of forty, two are late, and three are dropped; they have waited the longest."""
    found = EXPERIMENT.figures(after(WITH, pages(*[0] * 40), gateway_ms=80))

    assert (found["failed"], found["page_ms"]) == (5 / 40, 3000)


def test_time_in_the_gateway_is_that_of_lost_pages_too():
    reached_us = DOWN_US - 20 * MS - LINK_US // 2  # both wait for their services when the gateway goes down

    found = EXPERIMENT.figures(after(WITH, pages(reached_us, reached_us)))

    assert (found["failed"], found["gateway_ms"]) == (1, 7.5)


def test_a_page_waits_for_the_last_answer_wherever_it_is_in_its_round():
    found = EXPERIMENT.figures(after(WITH, [page(0, (90, 10, 20), (30,))], answers=4, rounds=2))

    assert (found["inside_ms"], found["unqueued_ms"]) == (91 + 31, 120 + 5 + 91 + 31)


# What is shown


@pytest.mark.parametrize(("connections", "how"), [(3, "3 at once"), (4, "4 at once"), (12, "4 at once")])
def test_no_more_calls_are_drawn_than_a_page_needs(connections: int, how: str):
    (link,) = EXPERIMENT.structure(PageSettings(answers=4, connections=connections), WITHOUT).wires

    assert link.note == f"120 ms, {how}"


@pytest.mark.parametrize("gateways", [1, 3])
def test_a_gateway_that_goes_down_is_marked_however_many_there_are(gateways: int):
    parts = EXPERIMENT.structure(PageSettings(gateways=gateways, gateway_ms=9), WITH).parts

    assert [(one.key, one.note) for one in parts if one.is_broken] == [("gateway", "9 ms a page")]


def test_the_calculator_counts_the_whole_way_back_and_forth():
    answer = time_saved(OwnPage(your_rounds=2, your_link_ms=121, your_gateway_ms=4))

    assert answer.endswith("with one 125 ms on the link and in the gateway: it is there 117 ms sooner.")
