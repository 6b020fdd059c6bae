"""What is measured of compartments and of one pool, and what of it is shown."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.bulkhead import Bulkheads, OwnPool, calls_at, overlap_us, own_pool
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Structure
from patterns.lab.systems.bulkhead import (
    END_US,
    FIRST,
    SECOND,
    SHORT,
    TROUBLE_US,
    WELL_US,
    BulkheadSettings,
    CallEnd,
    DependentRequest,
    DividedService,
    Fate,
)
from patterns.lab.trace import Failure, Message, Trace
from patterns.tests.lab.test_bulkhead import SIDES, SMALL, THIRD, request, served

figures = Bulkheads().figures

# Figures


def end(
    at_s: float, fate: Fate, dependency: int = FIRST, held: tuple[float, float] | None = None, idle: int = 0
) -> CallEnd:
    """``held`` is when its call began and ended, in seconds."""
    began, until = held or (at_s, at_s)
    asked = DependentRequest(round(at_s * SECOND_US), 0, dependency)
    return CallEnd(asked, fate, round(until * SECOND_US), round(began * SECOND_US) if held else None, idle)


def measured(*found: CallEnd, side: str = WITH) -> dict[str, float | None]:
    service = DividedService(BulkheadSettings(workers=4), [], side)
    service.ends = [*found]
    return figures(service)


def test_failures_are_counted_in_the_trouble_and_apart_for_the_first():
    wrong = [end(5, "answered", SECOND), end(14.9, "full", SECOND), end(6, "late", THIRD), end(7, "timeout", THIRD)]
    first = [end(5, "answered"), end(8, "answered"), end(9, "timeout"), end(9, "full"), end(9, "waited too long")]

    found = measured(*wrong, *first, end(15, "full", SECOND), end(15, "full"), end(4.9, "answered", SECOND))

    assert (found["others_failed"], found["first_answered"], found["answered"]) == (3 / 4, 2 / 5, 4 / 12)


def test_calm_is_before_the_trouble_only():
    found = measured(end(4.9, "full"), end(1, "answered"), end(2, "answered"), end(5, "full"), end(16, "full"))

    assert found["calm_failed"] == 1 / 3


def test_refusals_beside_idle_workers_are_of_all_requests():
    found = measured(end(1, "full", idle=3), end(6, "full", idle=1), end(6, "full"), *[end(6, "answered")] * 5)

    assert found["refused_idle"] == 2 / 8


def test_workers_are_idle_for_what_no_call_held_of_the_trouble():
    # Ten seconds of four workers: 2 + 1 + 10 of them are held, by calls that began before or ended after, too.
    found = measured(end(1, "late", held=(3, 7)), end(9, "answered", held=(14, 18)), end(2, "late", held=(4, 16)))

    assert found["idle"] == 1 - 13 / 40


def test_the_figure_of_the_laws_leaves_out_the_first_two_seconds():
    early = [end(6.9, "full")] * 9

    found = measured(*early, end(7, "full"), end(8, "late"), end(9, "timeout"), end(14.9, "answered"), end(15, "full"))

    assert found["settled_refused"] == 1 / 4


@pytest.mark.parametrize(("side", "pools"), [(WITHOUT, 1), (WITH, 3), (SHORT, 1)])
def test_each_compartment_is_a_size_to_choose(side: str, pools: int):
    assert measured(side=side)["pools"] == pools


def test_what_did_not_happen_has_no_figure():
    found = measured()

    assert {key for key, value in found.items() if value is not None} == {"idle", "pools"}


def test_workers_are_not_idle_while_they_wait_for_a_call_that_times_out():
    found = measured(end(6, "timeout", held=(6, 10)), end(6, "late", held=(6, 8)), end(6, "waited too long"))

    assert found["idle"] == 1 - 6 / 40


@pytest.mark.parametrize(
    ("held", "overlap_s"), [((1, 4), 0), ((4, 6), 1), ((6, 8), 2), ((14, 17), 1), ((16, 17), 0), (None, 0)]
)
def test_a_call_counts_for_as_long_as_it_held_a_worker_in_the_trouble(
    held: tuple[float, float] | None, overlap_s: float
):
    assert overlap_us(end(1, "answered", held=held)) == overlap_s * SECOND_US


# What is shown


def test_workers_of_the_first_are_those_that_call_it_now():
    found = [
        end(1, "late", held=(2, 4)),
        end(1, "late", SECOND, held=(2, 4)),
        end(1, "full"),
        end(3, "late", held=(3, 5)),
    ]

    assert [calls_at(found, at_s * SECOND_US) for at_s in range(1, 6)] == [0, 1, 2, 1, 0]


def test_charts_show_failures_of_others_held_workers_and_answers():
    service = DividedService(BulkheadSettings(), [], WITH)
    service.ends = [
        end(1, "full", SECOND),
        end(1, "full"),
        end(3, "answered", THIRD),
        end(0.5, "answered", held=(1, 3)),
    ]

    failed, held, answered = ([sample.value for sample in one.samples[:5]] for one in Bulkheads().series(service))

    assert (failed, held, answered) == ([0, 1, 0, 0, 0], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0])
    assert {len(one.samples) for one in Bulkheads().series(service)} == {END_US // SECOND_US}


@pytest.mark.parametrize("fate", ["full", "timeout", "late", "waited too long"])
def test_the_chart_of_failures_shows_every_kind_of_them(fate: Fate):
    service = DividedService(BulkheadSettings(), [], WITH)
    service.ends = [end(2, fate, SECOND), end(2.5, fate, THIRD)]

    failed, _, answered = Bulkheads().series(service)

    assert [sample.value for sample in failed.samples[:4]] == [0, 0, 2, 0]
    assert {sample.value for sample in answered.samples} == {0}


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({}, "the first dependency is slow"),
        ({"trouble": "all"}, "all dependencies are slow"),
        ({"trouble": "burst"}, "more requests to the second"),
        ({"slow": 1}, None),
        ({"trouble": "burst", "burst": 1}, None),
    ],
)
def test_what_is_wrong_is_a_failure_unless_nothing_is(settings: dict[str, int | str], what: str | None):
    found = Bulkheads().failures(served(**settings))

    assert found == ((Failure(what, TROUBLE_US, WELL_US),) if what else ())


def story(side: str) -> list[tuple[int, str, str, str, str]]:
    """Of two quick calls, one that hangs, one more, and two of others; times in milliseconds."""
    quick = [request(5_000, 1), request(5_005, 1, SECOND)]
    load = [request(5_020, 200), request(5_030, 1), request(5_040, 10, SECOND), request(5_060, 9, THIRD)]
    trace, service = Trace(), served(*quick, *load, request(16_000, 7), side=side, queue=0, workers=3, first=1)
    Bulkheads().narrate(trace, service)
    return [told(message) for message in trace.story()]


def told(message: Message) -> tuple[int, str, str, str, str]:
    return message.at_us // MILLISECOND_US, message.sender, message.receiver, message.text, message.kind


def test_the_story_of_compartments_is_a_full_one_beside_idle_ones():
    assert story(WITH) == [
        (5_020, "caller 1", "compartment 1", "request", "call"),
        (5_020, "compartment 1", "dependency 1", "call", "call"),
        (5_030, "caller 1", "compartment 1", "the next request", "call"),
        (5_030, "compartment 1", "caller 1", "refused: full, with 2 idle elsewhere", "fail"),
        (5_040, "caller 2", "compartment 2", "another request", "call"),
        (5_050, "compartment 2", "caller 2", "answer after 10 ms", "reply"),
        (6_020, "dependency 1", "compartment 1", "no answer in time", "fail"),
        (6_020, "compartment 1", "caller 1", "failed", "fail"),
        (16_000, "caller 1", "compartment 1", "once it is well", "call"),
        (16_007, "compartment 1", "caller 1", "answer after 7 ms", "reply"),
    ]


def test_the_story_of_one_pool_is_another_caller_who_finds_no_worker():
    load = [request(5_000, 200)] * 3 + [request(5_020, 30, SECOND)]
    trace = Trace()

    Bulkheads().narrate(trace, served(*load, side=WITHOUT, queue=0, **SMALL))

    assert [told(message) for message in trace.story()] == [
        (5_000, "caller 1", "shared pool", "request", "call"),
        (5_000, "shared pool", "dependency 1", "call", "call"),
        (5_020, "caller 2", "shared pool", "request", "call"),
        (5_020, "shared pool", "caller 2", "refused: full", "fail"),
        (6_000, "dependency 1", "shared pool", "no answer in time", "fail"),
        (6_000, "shared pool", "caller 1", "failed", "fail"),
    ]


def built(side: str, **settings: int | str) -> Structure:
    return Bulkheads().structure(BulkheadSettings(**settings), side)


def test_each_kind_of_request_has_a_way_of_its_own_through_compartments_only():
    ways = {side: [(wire.source, wire.target) for wire in built(side).wires] for side in (WITHOUT, WITH)}

    assert ways[WITHOUT] == [("to-first", "pool"), ("to-others", "pool"), ("pool", "first"), ("pool", "others")]
    assert [target for _, target in ways[WITH]] == ["wall-first", "wall-others", "first", "others"]
    assert [source for source, _ in ways[WITH]] == ["to-first", "to-others", "wall-first", "wall-others"]


@pytest.mark.parametrize(
    ("settings", "broken"),
    [
        ({}, ["first", "wall-first-first"]),
        ({"trouble": "all"}, ["first", "others", "wall-first-first", "wall-others-others"]),
        ({"trouble": "burst"}, ["to-others-wall-others"]),
        ({"slow": 1}, []),
    ],
)
def test_what_is_broken_is_marked_and_nothing_else(settings: dict[str, int | str], broken: list[str]):
    structure = built(WITH, **settings)

    wires = [f"{wire.source}-{wire.target}" for wire in structure.wires if wire.is_broken]
    assert [part.key for part in structure.parts if part.is_broken] + wires == broken


def test_notes_tell_the_numbers_that_are_set():
    notes = {part.key: part.note for side in SIDES for part in built(side, trouble="burst", first=7).parts}
    timeouts = {side: built(side).wires[-1].note for side in SIDES}

    assert (notes["pool"], notes["wall-first"]) == ("18 workers, 6 wait", "7 workers, 2 wait")
    assert (notes["wall-others"], notes["to-others"]) == ("6 and 5 workers", "up to 120 a second")
    assert timeouts == {WITHOUT: "timeout 1,000 ms", WITH: "timeout 1,000 ms", SHORT: "timeout 300 ms"}


@pytest.mark.parametrize(
    ("settings", "first", "others", "often"),
    [
        ({}, "10 times as long", "80 ms a call", "60 a second"),
        ({"trouble": "all"}, "10 times as long", "10 times as long", "60 a second"),
        ({"trouble": "burst", "burst": 4}, "80 ms a call", "80 ms a call", "up to 150 a second"),
        ({"slow": 1}, "80 ms a call", "80 ms a call", "60 a second"),
    ],
)
def test_notes_tell_who_is_slow_and_who_asks_how_often(
    settings: dict[str, int | str], first: str, others: str, often: str
):
    notes = {part.key: part.note for part in built(WITH, **settings).parts}

    assert (notes["first"], notes["others"]) == (first, others)
    assert (notes["to-first"], notes["to-others"]) == ("30 a second", often)


def test_the_calculator_shares_what_is_busy_though_it_does_not_divide():
    # 7/3 of four workers: 1.235 of 1 + 2.333 + 2.722 + 2.117 + 1.235.
    assert "3 compartments of 4 refuse 13.13 %" in own_pool(OwnPool(12, 7, 3))


def test_the_calculator_weighs_the_loss_against_the_workers_that_can_hang():
    assert own_pool(OwnPool(6, 6, 3)) == (
        "While nothing is wrong, one pool refuses 26.49 % of all requests, and 3 compartments of 2 refuse 40.00 %. "
        "A dependency that hangs can take all 6 workers, or 2."
    )
    assert own_pool(OwnPool(2, 1, 3)) == "2 workers are too few for 3 compartments."
