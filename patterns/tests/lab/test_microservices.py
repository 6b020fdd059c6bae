"""Modules in one process, in one each, and in many of the whole: what each request meets, worked out on paper."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.microservices import Microservices, OwnChain, down_a_year
from patterns.lab.parameters import Value
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.microservices import REPLICATED, FeatureRequest, Product, ProductLoad, ProductSettings
from patterns.lab.trace import Trace

EXPERIMENT = Microservices()
SIDES = [WITHOUT, WITH, REPLICATED]
EACH_SIDE = pytest.mark.parametrize("side", SIDES)
MS, S = MILLISECOND_US, SECOND_US
# Three features, each of which needs the module of its number and the next; 20 ms in each, 10 ms between them.
SMALL = {"modules": 3, "touches": 2, "hop_ms": 10, "repair_s": 30}


def asking(feature: int, at_us: int, *, lot: int = 0, works_ms: tuple[int, ...] = (20, 20)) -> FeatureRequest:
    return FeatureRequest(at_us, feature, tuple(one * MS for one in works_ms), lot)


def load_of(
    *requests: FeatureRequest,
    own: dict[tuple[int, int], list[int]] | None = None,
    shared: dict[int, list[int]] | None = None,
    hosts: dict[int, list[int]] | None = None,
) -> ProductLoad:
    """Faults by module and copy, by module, and by host; up to three modules and six processes."""
    return ProductLoad(
        [*requests],
        [[(own or {}).get((module, copy), []) for copy in range(6)] for module in range(3)],
        [(shared or {}).get(module, []) for module in range(3)],
        [(hosts or {}).get(host, []) for host in range(6)],
    )


def after(side: str, load: ProductLoad, **settings: Value) -> Product:
    return Product.simulate(ProductSettings(**{**SMALL, **settings}), load, side, is_traced=True)


def fates(side: str, load: ProductLoad, **settings: Value) -> list[str]:
    return [end.fate for end in after(side, load, **settings).ends]


def measured(side: str, load: ProductLoad, **settings: Value) -> dict[str, float | None]:
    return EXPERIMENT.figures(after(side, load, **settings))


# What is deployed


def test_each_side_deploys_the_same_modules_in_its_own_way():
    found = {side: [(one.name, [*one.modules]) for one in after(side, load_of()).deployables] for side in SIDES}

    assert found == {
        WITHOUT: [("monolith", [0, 1, 2])],
        WITH: [("service 1", [0]), ("service 2", [1]), ("service 3", [2])],
        REPLICATED: [("monolith", [0, 1, 2])],
    }


@pytest.mark.parametrize(
    ("settings", "counts"), [({}, [1, 3, 3]), ({"copies": 2}, [2, 6, 6]), ({"cut": "leaky"}, [1, 2, 2])]
)
def test_as_many_monoliths_as_services_run_beside_them(settings: dict[str, Value], counts: list[int]):
    assert [measured(side, load_of(), **settings)["processes"] for side in SIDES] == counts


def test_the_leaky_module_can_be_split_off_alone():
    assert [[*one.modules] for one in after(WITH, load_of(), cut="leaky").deployables] == [[0], [1, 2]]


@pytest.mark.parametrize(("feature", "modules"), [(0, [0, 1]), (1, [1, 2]), (2, [2, 0])])
def test_a_feature_begins_at_its_own_module(feature: int, modules: list[int]):
    assert ProductSettings(**SMALL).chain(feature) == modules


def test_a_feature_needs_no_module_twice():
    assert ProductSettings(modules=3, touches=8).chain(1) == [1, 2, 0]


# What a request meets


@pytest.mark.parametrize(("side", "took_ms"), [(WITHOUT, 40), (WITH, 50), (REPLICATED, 40)])
def test_a_call_between_processes_takes_its_time(side: str, took_ms: int):
    (end,) = after(side, load_of(asking(0, S))).ends

    assert (end.fate, end.at_us - S) == ("answered", took_ms * MS)


def test_a_process_is_not_left_where_it_holds_both_modules():
    ends = after(WITH, load_of(asking(0, 0), asking(1, S), asking(2, 2 * S)), cut="leaky").ends

    assert [end.hops for end in ends] == [1, 0, 1]


def test_a_fault_stops_all_modules_of_its_process_and_no_others():
    load = load_of(asking(0, 2 * S), asking(1, 3 * S), asking(2, 4 * S), asking(0, 31 * S), own={(0, 0): [S]})

    assert fates(WITHOUT, load) == ["down", "down", "down", "answered"]
    assert fates(WITH, load) == ["down", "answered", "down", "answered"]


def test_the_second_of_two_services_is_looked_for_when_it_is_reached():
    load = load_of(asking(0, 0), own={(1, 0): [25 * MS]})  # the call leaves at 20 ms, and takes 5

    (end,) = after(WITH, load).ends

    assert (end.fate, end.at_us, end.place.name, end.hops) == ("down", 25 * MS, "service 2", 1)


@pytest.mark.parametrize(
    ("module", "at_ms", "fate"),
    [
        (0, 10, "crashed"),  # while it works
        (0, 35, "crashed"),  # while it waits for the other
        (0, 50, "crashed"),  # in the instant in which it would have answered
        (0, 51, "answered"),
        (1, 45, "crashed"),  # in the instant in which its answer leaves
        (1, 46, "answered"),  # its answer is on the way
        (2, 30, "answered"),  # nobody needs it
    ],
)
def test_who_holds_a_request_has_to_live_until_its_answer_has_left(module: int, at_ms: int, fate: str):
    assert fates(WITH, load_of(asking(0, 0), own={(module, 0): [at_ms * MS]})) == [fate]


@EACH_SIDE
def test_a_crash_cuts_off_what_is_under_way(side: str):
    assert fates(side, load_of(asking(0, 0), own={(0, 0): [10 * MS]})) == ["crashed"]


@pytest.mark.parametrize(("works_ms", "fate"), [((45, 45), "answered"), ((45, 46), "late")])
def test_an_answer_counts_until_its_deadline(works_ms: tuple[int, int], fate: str):
    assert fates(WITH, load_of(asking(0, 0, works_ms=works_ms)), deadline_ms=100) == [fate]


def test_the_host_of_each_process_can_fail():
    load = load_of(asking(0, S), asking(1, S), hosts={1: [0]})

    assert fates(WITHOUT, load) == ["answered", "answered"]
    assert fates(WITH, load) == ["down", "down"]  # the second service is on the second host


# Copies


def test_a_monolith_in_copies_fails_when_none_of_them_runs():
    load = load_of(
        asking(1, 2 * S), asking(1, 12 * S), asking(1, 31 * S), own={(0, 0): [S], (1, 1): [3 * S], (2, 2): [11 * S]}
    )

    assert fates(REPLICATED, load) == ["answered", "down", "answered"]


def test_a_request_goes_to_one_of_the_copies_that_run():
    crash = {(0, 0): [0], (0, 1): [S + 10 * MS]}  # the first is down, the second goes down meanwhile
    load = load_of(asking(0, S, lot=0), asking(0, S, lot=1), asking(0, S, lot=2), own=crash)

    assert fates(REPLICATED, load) == ["crashed", "answered", "crashed"]


def test_a_service_in_copies_does_without_one_of_them():
    load = load_of(asking(0, S), asking(1, S), own={(0, 0): [0], (2, 0): [0], (2, 1): [0]})

    assert fates(WITH, load, copies=2) == ["answered", "down"]


def test_a_fault_that_copies_share_stops_all_of_them():
    load = load_of(asking(0, S), asking(1, S), shared={0: [0]})

    assert fates(REPLICATED, load) == ["down", "down"]
    assert fates(WITH, load) == ["down", "answered"]


def test_each_copy_of_a_service_has_a_host_of_its_own():
    hosts = {0: [0], 3: [0]}  # the first copy of the first service, the second of the second

    assert fates(WITH, load_of(asking(0, S), hosts=hosts), copies=2) == ["answered"]
    assert fates(WITH, load_of(asking(0, S), hosts={2: [0], 3: [0]}), copies=2) == ["down"]


# Figures, charts and stories


# The leaky module fails at 100 s, and the third one at 110 s. The monolith is down then, so it cannot fail.
FAULTS = {(0, 0): [100 * S], (2, 0): [110 * S]}
FOUR = (asking(1, 50 * S), asking(1, 105 * S), asking(0, 120 * S), asking(1, 135 * S))


@pytest.mark.parametrize(
    ("side", "failed", "features_down", "some_down", "hop_ms", "crashes"),
    [
        (WITHOUT, 2 / 4, 3, 30 / 1200, 0, 1),
        # Two features are down for 10 s and again for 10 s, three in the 20 s between.
        (WITH, 2 / 4, (10 * 2 + 20 * 3 + 10 * 2) / 40, 40 / 1200, 10, 2),
        (REPLICATED, 0, None, 0, 0, 1),
    ],
)
def test_figures(side, failed, features_down, some_down, hop_ms, crashes):
    found = measured(side, load_of(*FOUR, own=FAULTS))

    assert (found["failed"], found["features_down"], found["some_down"]) == (failed, features_down, some_down)
    assert (found["hop_ms"], found["crashes"], found["features"]) == (hop_ms, crashes, 3)


def test_what_comes_too_late_has_failed():
    found = measured(WITH, load_of(asking(0, 0), asking(0, S, works_ms=(60, 60))), deadline_ms=100)

    assert (found["failed"], found["hop_ms"]) == (0.5, 10)


def test_a_crash_before_the_start_keeps_features_down_and_is_not_counted():
    found = measured(WITHOUT, load_of(asking(0, S), own={(0, 0): [-10 * S]}))

    assert (found["failed"], found["some_down"], found["crashes"]) == (1, 20 / 1200, 0)


def test_of_no_requests_there_is_no_share():
    assert measured(WITHOUT, load_of())["failed"] is None


def test_the_charts_show_failed_requests_and_features_that_are_down():
    cut_off = asking(0, 100 * S - MS)  # it comes in one step of the chart, and ends in the next

    failed, down = EXPERIMENT.series(after(WITH, load_of(FOUR[0], cut_off, *FOUR[1:], own=FAULTS)))

    assert {one.at_us // S: one.value for one in failed.samples if one.value} == {90: 0.1, 120: 0.1, 130: 0.1}
    assert [one.value for one in down.samples if 90 <= one.at_us // S <= 140] == [0, 2, 3, 3, 2, 0]


@EACH_SIDE
def test_the_failures_are_those_of_the_modules_on_all_sides(side: str):
    found = EXPERIMENT.failures(after(side, load_of(own=FAULTS, shared={1: [-10 * S]}, hosts={0: [0]})))

    assert [(one.what, one.from_us // S, one.until_us // S) for one in found] == [
        ("a module fails", 0, 20),
        ("the leaky module fails", 100, 130),
        ("a module fails", 110, 140),
    ]


def told(side: str, load: ProductLoad) -> list[tuple[int, str, str, str, str]]:
    trace = Trace()
    EXPERIMENT.narrate(trace, after(side, load))
    return [(one.at_us // MS, one.sender, one.receiver, one.text, one.kind) for one in trace.story()]


def test_the_story_of_the_monolith():
    assert told(WITHOUT, load_of(asking(1, 105 * S), own=FAULTS, hosts={0: [50 * S]})) == [
        (100_000, "monolith", "monolith", "module 1 crashes it", "fail"),
        (105_000, "client", "monolith", "feature 2", "call"),
        (105_000, "monolith", "client", "feature 2 fails needlessly", "fail"),
        (130_000, "monolith", "monolith", "is back", "event"),
    ]


def test_the_story_of_the_services():
    found = told(WITH, load_of(asking(1, 105 * S), asking(2, 106 * S), asking(1, 107 * S), own={(0, 0): [100 * S]}))

    assert found[1:-1] == [
        (105_000, "client", "service 2", "feature 2", "call"),
        (105_000, "service 2", "service 3", "call", "call"),
        (105_050, "service 3", "service 2", "answer", "reply"),
        (105_050, "service 2", "client", "feature 2 is answered", "reply"),
        (106_000, "client", "service 3", "feature 3", "call"),
        (106_000, "service 3", "service 1", "call", "call"),
        (106_025, "service 1", "service 3", "no answer", "fail"),
        (106_025, "service 3", "client", "feature 3 fails", "fail"),
    ]


def test_the_story_of_a_copy():
    found = told(REPLICATED, load_of(asking(0, 105 * S), own={(0, 1): [100 * S]}))

    assert [text for _, _, _, text, _ in found] == [
        "module 1 crashes it",
        "feature 1",
        "feature 1 is answered",
        "is back",
    ]
    assert found[0][1] == "monolith 2"


def test_without_a_crash_the_story_is_of_the_first_requests():
    assert [text for *_, text, _ in told(WITH, load_of(asking(0, S), asking(1, 2 * S)))][::3] == [
        "feature 1",
        "feature 1 is answered",
    ]


def test_a_late_answer_is_told_as_one():
    found = told(WITH, load_of(asking(0, S, works_ms=(300, 300))))

    assert [text for *_, text, _ in found] == ["feature 1", "call", "answer", "feature 1 comes too late"]


@pytest.mark.parametrize(
    ("side", "broken", "new"),
    [(WITHOUT, ["monolith"], []), (WITH, ["leaky"], ["rest", "leaky"]), (REPLICATED, ["monolith"], ["monolith"])],
)
def test_the_drawing_marks_what_breaks_and_what_is_new(side: str, broken: list[str], new: list[str]):
    parts = EXPERIMENT.structure(ProductSettings(), side).parts

    assert [part.key for part in parts if part.is_broken] == broken
    assert [part.key for part in parts if part.is_new] == new


def test_the_drawing_holds_the_numbers_that_are_set():
    p = ProductSettings(modules=8, copies=2, rate=4, leaky_s=150, fault_s=3000, hop_ms=7)
    notes = {side: [part.note for part in EXPERIMENT.structure(p, side).parts] for side in SIDES}

    assert notes[WITHOUT] == ["4 requests a second", "sees who runs", "8 modules, 2 copies"]
    assert notes[WITH][2:] == ["every 3,000 s, 2 copies", "every 150 s, 2 copies"]
    assert [part.name for part in EXPERIMENT.structure(p, REPLICATED).parts][2] == "16 monoliths"
    assert EXPERIMENT.structure(p, WITH).wires[-1].note == "7 ms"


@pytest.mark.parametrize(("modules", "note"), [(6, "each fails every 2,000 s"), (2, "fails every 2,000 s")])
def test_of_several_services_each_fails_by_itself(modules: int, note: str):
    parts = EXPERIMENT.structure(ProductSettings(modules=modules, touches=1), WITH).parts

    assert next(part.note for part in parts if part.key == "rest") == note


def test_the_calculator_multiplies_availabilities():
    assert down_a_year(OwnChain(your_services=3, your_days=1, your_minutes=480)) == (
        "Each service is down for 2,190.0 hours a year, and a request that needs all 3 fails for 5,064.4 hours. "
        "One process that holds them all would be down for 4,380.0 hours, and every other request with it."
    )


# Chance


@EACH_SIDE
def test_each_request_has_one_outcome(side: str):
    for seed in range(3):
        load = Product.draw(ProductSettings(), seed)
        ends = Product.simulate(ProductSettings(), load, side).ends
        assert [end.request for end in ends] == load.requests


def test_faults_that_are_shared_are_taken_from_those_of_each_copy():
    load = Product.draw(ProductSettings(shared=70, fault_s=100, leaky_s=100, horizon_s=9000), 0)
    own, shared = [len(load.own_us[0][copy]) for copy in range(6)], len(load.shared_us[0])

    assert sum(own) / 6 == pytest.approx(0.3 * 96, rel=0.25)  # in 9,600 s, 600 of them before the start
    assert shared == pytest.approx(0.7 * 96, rel=0.35)


@pytest.mark.parametrize(("shared", "is_own"), [(0, True), (100, False)])
def test_faults_are_all_of_one_kind_at_the_ends(shared: int, is_own: bool):
    load = Product.draw(ProductSettings(shared=shared, fault_s=100), 0)

    assert all(bool(faults) is is_own for module in load.own_us for faults in module)
    assert all(bool(faults) is not is_own for faults in load.shared_us)


def test_the_leaky_module_is_the_first():
    load = Product.draw(ProductSettings(leaky_s=50), 0)
    counts = [sum(map(len, module)) for module in load.own_us]

    assert counts[0] > 10 * max(counts[1:])
