"""A page over a slow link, asked for by the client or by a gateway: each time worked out on paper."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.api_gateway import ApiGateway, OwnPage, time_saved
from patterns.lab.measure import mean
from patterns.lab.parameters import Value
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.api_gateway import (
    DEADLINE_US,
    DOWN_US,
    HORIZON_US,
    PARALLEL,
    Page,
    PageSettings,
    PageSystem,
    calls_of,
)
from patterns.lab.trace import MILLISECONDS, Trace

EXPERIMENT = ApiGateway()
SIDES = [WITHOUT, WITH, PARALLEL]
EACH_SIDE = pytest.mark.parametrize("side", SIDES)
MS, S = MILLISECOND_US, SECOND_US
LINK_US = 120 * MS


def page(at_us: int, *works_ms: tuple[int, ...], number: int = 0) -> Page:
    """With the work of the services in each round."""
    return Page(number, at_us, tuple(tuple(work * MS for work in works) for works in works_ms))


def pages(*at_us: int, work_ms: int = 40) -> list[Page]:
    """Of one answer each."""
    return [page(one, (work_ms,), number=number) for number, one in enumerate(at_us)]


def after(side: str, load: list[Page], **settings: Value) -> PageSystem:
    return PageSystem.simulate(PageSettings(**settings), load, side, is_traced=True)


def fates(load: list[Page], side: str = WITH, **settings: Value) -> list[str]:
    return [end.fate for end in after(side, load, **settings).ends]


def took_ms(side: str, *works_ms: tuple[int, ...], **settings: Value) -> float:
    (end,) = after(side, [page(0, *works_ms)], **settings).ends
    return end.took_us / MS


# Calls and rounds


@pytest.mark.parametrize(
    ("answers", "rounds", "sizes"),
    [(6, 1, [6]), (6, 3, [2, 2, 2]), (7, 3, [3, 2, 2]), (6, 6, [1] * 6), (2, 5, [1, 1])],
)
def test_rounds_are_as_even_as_can_be(answers: int, rounds: int, sizes: list[int]):
    assert PageSettings(answers=answers, rounds=rounds).sizes == sizes


def spans_ms(at_once: int, *works_ms: tuple[int, ...]) -> list[tuple[int, int]]:
    calls = calls_of(page(0, *works_ms), since_us=S, way_us=100 * MS, at_once=at_once)
    return [((call.since_us - S) // MS, (call.until_us - S) // MS) for call in calls]


@pytest.mark.parametrize(
    ("at_once", "spans"),
    [
        (1, [(0, 130), (130, 240), (240, 360)]),
        (2, [(0, 130), (0, 110), (110, 230)]),  # the third begins when the second is answered
        (3, [(0, 130), (0, 110), (0, 120)]),
        (9, [(0, 130), (0, 110), (0, 120)]),
    ],
)
def test_so_many_calls_are_under_way_at_once(at_once: int, spans: list[tuple[int, int]]):
    assert spans_ms(at_once, (30, 10, 20)) == spans


def test_a_round_begins_when_all_answers_of_the_one_before_are_there():
    assert spans_ms(2, (30, 10), (20,)) == [(0, 130), (0, 110), (130, 250)]


# What a page takes


@pytest.mark.parametrize(("side", "ms"), [(WITHOUT, 6 * 120 + 210), (PARALLEL, 120 + 60), (WITH, 120 + 5 + 1 + 60)])
def test_a_page_of_six_answers(side: str, ms: int):
    assert took_ms(side, (10, 20, 30, 40, 50, 60)) == ms


@pytest.mark.parametrize(("side", "ms"), [(WITHOUT, 930), (PARALLEL, 3 * 120 + 120), (WITH, 120 + 5 + 3 * 1 + 120)])
def test_a_page_of_three_rounds(side: str, ms: int):
    assert took_ms(side, (10, 20), (30, 40), (50, 60), rounds=3) == ms


def test_a_client_with_two_connections_is_between_the_two():
    assert took_ms(WITHOUT, (10, 20, 30, 40, 50, 60), connections=2) == 3 * 120 + 20 + 40 + 60


def test_the_gateway_makes_all_calls_of_a_round_at_once_however_few_the_client_can():
    assert took_ms(WITH, (10,) * 12, answers=12, connections=1) == 120 + 5 + 1 + 10


def test_each_way_takes_the_time_that_is_set():
    settings = {"link_ms": 300, "inside_ms": 7, "gateway_ms": 11}

    assert took_ms(WITH, (10, 20), (30,), **settings) == 300 + 11 + 2 * 7 + 20 + 30
    assert took_ms(PARALLEL, (10, 20), (30,), **settings) == 2 * 300 + 20 + 30


@pytest.mark.parametrize(("work_ms", "fate"), [(2880, "shown"), (2881, "late")])
def test_a_page_is_shown_until_its_deadline(work_ms: int, fate: str):
    (end,) = after(WITHOUT, pages(0, work_ms=work_ms)).ends

    assert (end.fate, end.took_us) == (fate, DEADLINE_US)


@pytest.mark.parametrize(("work_ms", "fate"), [(2874, "shown"), (2875, "late")])
def test_through_a_gateway_too(work_ms: int, fate: str):
    assert fates(pages(0, work_ms=work_ms)) == [fate]


# The gateway


def waits_ms(*at_us: int, **settings: Value) -> list[float]:
    return [end.waited_us / MS for end in after(WITH, pages(*at_us), **settings).ends]


def test_pages_wait_for_the_gateway_in_turn():
    assert waits_ms(0, 0, 4 * MS) == [0, 5, 6]


def test_the_gateway_takes_up_the_next_page_while_it_waits_for_services():
    assert waits_ms(0, 5 * MS, 10 * MS) == [0, 0, 0]


def test_several_gateways_take_turns():
    assert waits_ms(0, 0, 0, gateways=2) == [0, 0, 5]


def test_an_overloaded_gateway_drops_what_nobody_waits_for():
    """The k-th of forty begins after 60 + 80k ms, and its page would be there after 241 + 80k ms."""
    found = fates(pages(*[0] * 40), gateway_ms=80)

    assert found == ["shown"] * 35 + ["late"] * 2 + ["dropped"] * 3


@pytest.mark.parametrize(
    ("reaches_us", "fate"),
    [
        (DOWN_US - 47 * MS, "shown"),  # 5 ms in the gateway and 41 ms for the answer
        (DOWN_US - 46 * MS, "lost"),  # it is ready in the instant in which the gateway goes down
        (DOWN_US - 3 * MS, "lost"),
        (DOWN_US + 500 * MS, "lost"),
        (DOWN_US + S - 1, "lost"),
        (DOWN_US + S, "shown"),
    ],
)
def test_a_gateway_that_goes_down_loses_what_it_holds_and_refuses_what_comes(reaches_us: int, fate: str):
    assert fates(pages(reaches_us - LINK_US // 2)) == [fate]


def test_a_page_is_lost_although_the_gateway_is_back_before_its_answers():
    assert fates(pages(DOWN_US - 200 * MS, work_ms=1500)) == ["lost"]


def test_a_lost_page_is_told_after_the_way_back():
    (end,) = after(WITH, pages(DOWN_US)).ends

    assert (end.at_us, end.took_us) == (DOWN_US + LINK_US, DEADLINE_US)


def test_a_second_gateway_takes_what_the_first_one_cannot():
    load = pages(DOWN_US, DOWN_US, DOWN_US + 6 * S)

    assert fates(load, gateways=2, outage_s=5) == ["shown"] * 3
    assert fates(load, gateways=1, outage_s=5) == ["lost", "lost", "shown"]


def test_no_client_needs_the_gateway_on_the_other_sides():
    assert [fates(pages(DOWN_US), side) for side in (WITHOUT, PARALLEL)] == [["shown"], ["shown"]]


# Figures, charts and stories


# One page of 166 ms, one that waits 5 ms for the gateway and takes 211 ms, and one that is lost.
THREE = [page(0, (40,)), page(0, (80,), number=1), page(DOWN_US, (40,), number=2)]


def test_figures_with_a_gateway():
    assert EXPERIMENT.figures(after(WITH, THREE, answers=1)) == {
        "page_ms": 3000,
        "median_ms": 211,
        "requests": 1,
        "failed": 1 / 3,
        "gateway_ms": 7.5,
        "busy": 10 / 60_000,
        "gateways": 1,
        "mean_ms": pytest.approx((166 + 211 + 3000) / 3),
        "wait_ms": 2.5,
        "unqueued_ms": 186,
        "inside_ms": 61,
    }


@pytest.mark.parametrize("side", [WITHOUT, PARALLEL])
def test_figures_without_a_gateway(side: str):
    found = EXPERIMENT.figures(after(side, THREE, answers=1))

    assert (found["page_ms"], found["median_ms"], found["failed"], found["mean_ms"]) == (200, 160, 0, 520 / 3)
    assert (found["gateway_ms"], found["busy"], found["gateways"], found["wait_ms"]) == (0, 0, 0, None)


@pytest.mark.parametrize(("side", "requests"), [(WITHOUT, 6), (WITH, 1), (PARALLEL, 6)])
def test_a_gateway_is_asked_once(side: str, requests: int):
    assert EXPERIMENT.figures(after(side, []))["requests"] == requests


def test_what_comes_too_late_is_not_shown():
    found = EXPERIMENT.figures(after(WITHOUT, pages(0, work_ms=2881)))

    assert (found["failed"], found["page_ms"]) == (1, 3000)


def test_95_of_100_pages_are_shown_by_the_time_of_the_95th():
    load = [page(number * S, (number,), number=number) for number in range(1, 101)]

    assert EXPERIMENT.figures(after(WITHOUT, load))["page_ms"] == 215


def test_a_gateway_is_busy_within_the_minute_only():
    load = pages(HORIZON_US - 20 * MS, HORIZON_US - 20 * MS)  # they reach it 10 ms later, and take 80 ms each

    assert EXPERIMENT.figures(after(WITH, load, link_ms=20, gateway_ms=80))["busy"] == 10 / 60_000


def test_two_gateways_are_busy_for_half_the_share():
    assert EXPERIMENT.figures(after(WITH, pages(0, 0), gateways=2))["busy"] == 5 / 60_000


def test_of_no_pages_there_is_no_time():
    found = EXPERIMENT.figures(after(WITH, []))

    assert [found[key] for key in ("page_ms", "failed", "gateway_ms")] == [None, None, None]


def test_the_charts():
    shown, failed, under_way = EXPERIMENT.series(after(WITH, THREE, answers=1))

    assert [round(one.value, 1) for one in shown.samples if 150 * MS <= one.at_us <= 225 * MS] == [0, 33.3, 33.3, 66.7]
    assert [(one.at_us // S, one.value) for one in failed.samples if one.value] == [(20, 1)]
    assert [(one.at_us // S, one.value) for one in under_way.samples if one.value] == [(0, 2), (20, 1)]


def test_the_first_chart_has_a_clock_of_its_own():
    shown, failed, _ = EXPERIMENT.series(after(WITHOUT, THREE))

    assert (shown.clock, shown.failures, failed.failures) == (MILLISECONDS, (), None)
    assert shown.samples[-1].at_us == DEADLINE_US
    assert not any(one.value for one in failed.samples)


@EACH_SIDE
def test_the_outage_is_shown_on_all_sides(side: str):
    (failure,) = EXPERIMENT.failures(after(side, [], outage_s=6))

    assert (failure.from_us, failure.until_us) == (20 * S, 26 * S)
    assert EXPERIMENT.failures(after(side, [], outage_s=0)) == ()


def told(side: str, load: list[Page], **settings: Value) -> list[tuple[int, str, str, str]]:
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, load, **settings))
    return [(one.at_us // MS, one.sender, one.receiver, one.text) for one in trace.story()]


def test_the_story_of_the_client():
    assert told(WITHOUT, [page(0, (40, 50)), page(DOWN_US, (40, 50), number=1)], answers=2) == [
        (0, "client", "service 1", "call"),
        (160, "service 1", "client", "answer"),
        (160, "client", "service 2", "call"),
        (330, "service 2", "client", "answer"),
        (330, "client", "client", "shows the page"),
        (20_000, "client", "services", "2 calls"),
        (20_330, "client", "client", "shows the page"),
    ]


def test_the_story_of_the_gateway():
    assert told(WITH, [page(0, (40, 50)), page(DOWN_US, (40, 50), number=1)], answers=2) == [
        (0, "client", "gateway", "page"),
        (65, "gateway", "service 1", "call"),
        (65, "gateway", "service 2", "call"),
        (106, "service 1", "gateway", "answer"),
        (116, "service 2", "gateway", "answer"),
        (176, "gateway", "client", "page"),
        (176, "client", "client", "shows the page"),
        (20_000, "client", "gateway", "page"),
        (20_120, "gateway", "client", "no page: lost"),
    ]


def test_a_story_leaves_calls_in_the_middle_out():
    found = told(PARALLEL, [page(0, (10, 20, 30, 40, 50, 60))])

    assert [receiver for *_, receiver, text in found if text == "call"] == [f"service {n}" for n in (1, 2, 3, 6)]


def test_a_client_that_is_not_answered_in_time_gives_up():
    assert told(WITHOUT, pages(0, 0, work_ms=2881)[:1])[-1][3] == "gives up"


def test_the_drawing_says_who_calls_whom_and_how():
    p = PageSettings(answers=4, connections=2, link_ms=80, inside_ms=3, gateways=2, gateway_ms=9, outage_s=0)
    direct, gateway, parallel = (EXPERIMENT.structure(p, side) for side in SIDES)

    assert [wire.note for wire in (*direct.wires, *parallel.wires)] == ["80 ms, 2 at once", "80 ms, 4 at once"]
    assert [wire.note for wire in gateway.wires] == ["80 ms, once", "3 ms, all at once"]
    assert [(part.name, part.is_new, part.is_broken) for part in gateway.parts][1] == ("2 gateways", True, False)
    assert EXPERIMENT.structure(PageSettings(), WITH).parts[1].is_broken
    assert EXPERIMENT.structure(PageSettings(), WITHOUT).wires[0].note == "120 ms, one by one"


@pytest.mark.parametrize(
    ("rounds", "gateway_ms", "found"),
    [(3, 5, "235 ms sooner"), (1, 5, "5 ms later"), (1, 0, "just as soon"), (2, 120, "just as soon")],
)
def test_the_calculator(rounds: int, gateway_ms: int, found: str):
    answer = time_saved(OwnPage(your_rounds=rounds, your_link_ms=120, your_gateway_ms=gateway_ms))

    assert answer.endswith(f"it is there {found}.")
    assert f"a page spends {rounds * 120} ms on the link, with one {120 + gateway_ms} ms" in answer


# Chance


@EACH_SIDE
def test_each_page_has_one_outcome(side: str):
    for seed in range(3):
        p = PageSettings(gateways=2, gateway_ms=80, outage_s=5)
        load = PageSystem.draw(p, seed)
        assert [end.page for end in PageSystem.simulate(p, load, side).ends] == load


def test_services_take_their_time_on_average():
    load = PageSystem.draw(PageSettings(rounds=3), 0)
    works_ms = [work_us / MS for one in load for works_us in one.works_us for work_us in works_us]

    assert {tuple(map(len, one.works_us)) for one in load} == {(2, 2, 2)}
    assert mean(works_ms) == pytest.approx(40, rel=0.05)
    assert max(works_ms) > 200


def test_constant_services_are_for_laws():
    load = PageSystem.draw(PageSettings(work="constant"), 0)

    assert {one.works_us for one in load} == {((40 * MS,) * 6,)}


@pytest.mark.parametrize(
    ("rounds", "saved_ms"), [(1, -6), (2, 120 - 5 - 2), (3, 2 * 120 - 5 - 3), (6, 5 * 120 - 5 - 6)]
)
def test_what_a_gateway_saves_is_one_trip_for_each_further_round(rounds: int, saved_ms: int):
    """(d - 1)·L - g - d·r, beside a client that makes all calls of a round at once."""
    works_ms = ((40,) * (6 // rounds),) * rounds

    assert took_ms(PARALLEL, *works_ms) - took_ms(WITH, *works_ms) == saved_ms
