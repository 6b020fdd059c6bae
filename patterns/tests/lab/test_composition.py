"""All combinations of five patterns: what is kept of them, and what it says of each and of pairs."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from patterns.lab import interplay
from patterns.lab.composition import (
    ALL_FAULTS,
    COMBINATIONS,
    FILE,
    LIMITS,
    PATTERNS,
    PRICES,
    SCENARIOS,
    SEEDS,
    SINGLE_FAULTS,
    WRONG,
    Runs,
    Scenario,
    file_text,
    outcome,
    runs_of,
    stored_compositions,
    stored_runs,
)
from patterns.lab.interplay import needs, spoilers
from patterns.lab.survival import Change, change_of, least, result, result_of, step
from patterns.lab.sweep import rounded
from patterns.lab.systems.order_parts import structure_of
from patterns.lab.systems.order_system import SWITCHES, side_of

ROOT = Path(__file__).parent.parent.parent.parent
FULL = side_of(SWITCHES)
BY_KEY = {one.key: one for one in SCENARIOS}
TOLD = """
from patterns.lab.composition import COMBINATIONS, SCENARIOS, outcome
for combination in COMBINATIONS[::5]:
    print(outcome(combination, SCENARIOS[-1], 3))
"""
EACH_FAULT = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.key)

# What is kept.


@EACH_FAULT
def test_stored_runs_are_what_the_code_computes(scenario: Scenario):
    """Of two seeds, or of all where there is time for the whole check."""
    seeds = SEEDS if os.environ.get("ARCHSITE_ALL_SEEDS") else SEEDS[3:5]

    for combination in COMBINATIONS:
        kept = stored_runs(combination, scenario.key).figures
        for seed in seeds:
            found = {key: rounded(value) for key, value in outcome(combination, scenario, seed).items()}
            assert found == {key: values[seed] for key, values in kept.items()}, f"{combination} {seed}"


def test_the_file_holds_every_combination_under_every_fault():
    document = json.loads(FILE.read_text(encoding="utf-8"))

    assert (document["seeds"], len(COMBINATIONS)) == ([0, 9], 32)
    assert [*stored_compositions()] == [(one, scenario.key) for one in COMBINATIONS for scenario in SCENARIOS]
    assert {len(values) for runs in stored_compositions().values() for values in runs.figures.values()} == {10}


def test_the_file_is_written_as_it_is_read():
    document, kept = (
        json.loads(file_text(COMBINATIONS[:2], SCENARIOS[:2])),
        json.loads(FILE.read_text(encoding="utf-8")),
    )

    assert [*document["runs"]] == ["", "outbox"]
    assert document["runs"]["outbox"] == {key: kept["runs"]["outbox"][key] for key in ("none", "crash")}


def test_every_process_computes_the_same_bytes():
    printed = {
        subprocess.run(
            [sys.executable, "-c", TOLD], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True
        ).stdout
        for salt in ("0", "777")
    }

    assert len(printed) == 1
    assert len(printed.pop()) > 1_000


# Invariants: in every stored run.


def test_every_order_has_one_end():
    for runs in stored_compositions().values():
        for seed in SEEDS:
            counts = {key: values[seed] for key, values in runs.figures.items()}
            assert counts["orders"] == sum(counts[end] for end in ("right", "told_no", *WRONG))


@EACH_FAULT
def test_all_combinations_meet_the_same_people(scenario: Scenario):
    for key in ("orders", "lookers"):
        assert len({stored_runs(one, scenario.key).figures[key] for one in COMBINATIONS}) == 1


@EACH_FAULT
def test_with_all_switches_no_order_ends_wrong(scenario: Scenario):
    assert not any(stored_runs(FULL, scenario.key).wrong)


def test_nor_does_it_with_other_seeds():
    for seed in range(10, 30):
        found = outcome(FULL, ALL_FAULTS, seed)
        assert not [end for end in WRONG if found[end]], seed


def test_where_nothing_fails_nothing_is_wrong_and_nobody_is_told_no():
    for combination in COMBINATIONS:
        runs = stored_runs(combination, "none")
        assert not any([*runs.wrong, *runs.values("told_no")]), combination


def test_nobody_ships_what_is_not_paid():
    assert not any(value for runs in stored_compositions().values() for value in runs.values("unpaid"))


def test_no_switch_is_free():
    """Each costs writes, polls, calls or time where nothing fails; the breaker and retry only where something does."""
    prices = {one.key: stored_runs(one.key, "none") for one in PATTERNS}
    plain = stored_runs("", "none")

    dearer = {key for key, runs in prices.items() if any(runs.price(one) > plain.price(one) for one in PRICES)}
    assert dearer == {"outbox", "saga", "idempotent"}
    assert stored_runs("breaker", "slow").price(PRICES[0]) > stored_runs("", "slow").price(PRICES[0])
    assert stored_runs("retry", "slow").price(PRICES[1]) > stored_runs("", "slow").price(PRICES[1])


# The rule, by hand.


def runs(*, lost=(0, 0, 0, 0, 0), away=(0, 0, 0, 0, 0), **others) -> Runs:
    """Five runs of ten orders and a hundred others."""
    none = (0, 0, 0, 0, 0)
    figures = {"orders": (10,) * 5, "lookers": (100,) * 5, **dict.fromkeys(WRONG, none), "told_no": none}
    return Runs({**figures, "lost": lost, "turned_away": away, **others})


@pytest.mark.parametrize(
    ("found", "is_survived", "short"),
    [
        (runs(), True, "survives"),
        (runs(away=(2, 2, 2, 2, 2)), True, "survives"),
        (runs(away=(2, 2, 2, 2, 3)), False, "2.2\N{NO-BREAK SPACE}% refused"),
        (runs(lost=(0, 0, 0, 0, 1)), False, "0.20 wrong"),
        (runs(lost=(3, 0, 0, 0, 0), away=(50,) * 5), False, "0.60 wrong, 50\N{NO-BREAK SPACE}% refused"),
        (runs(told_no=(9,) * 5), True, "survives"),
    ],
)
def test_one_wrong_order_or_too_many_refused_is_not_survived(found: Runs, is_survived: bool, short: str):
    told = result_of("", ALL_FAULTS, found)

    assert (told.is_survived, told.short) == (is_survived, short)


def test_reasons_name_each_kind_of_wrong_order():
    told = result_of("", ALL_FAULTS, runs(lost=(5,) * 5, away=(10,) * 5, **{"half done": (1,) * 5}))

    assert told.reasons == [
        "5 of 10 orders paid and never shipped",
        "1 of 10 orders charged, and there is no order",
        "10\N{NO-BREAK SPACE}% of those who only look refused",
    ]


def test_wrong_orders_of_all_kinds_are_added_up():
    kinds = dict.fromkeys(WRONG, (1, 2, 3, 4, 5))

    assert runs(**kinds).wrong == [5, 10, 15, 20, 25]


def test_prices_are_told_for_each_order_and_each_looker():
    half_done = {"half done": (1, 0, 0, 0, 0)}  # they were told no, too
    found = runs(away=(1, 2, 3, 4, 5), told_no=(1, 1, 1, 1, 2), answer_ms=(100, None, 300, None, None), **half_done)

    told = {one.key: found.price(one) for one in PRICES if one.key in ("told_no", "turned_away", "answer_ms")}
    assert told == {"told_no": pytest.approx(7 / 50), "turned_away": pytest.approx(15 / 500), "answer_ms": 200}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (runs(), runs(), Change.NOTHING),
        (runs(lost=(5, 6, 5, 6, 5)), runs(lost=(1, 2, 1, 1, 1)), Change.HELPS),
        (runs(lost=(1, 2, 1, 1, 1)), runs(lost=(5, 6, 5, 6, 5)), Change.HURTS),
        (runs(lost=(5, 6, 5, 6, 5)), runs(lost=(1, 20, 1, 1, 1)), Change.NOTHING),
        (runs(lost=(1, 1, 1, 1, 1)), runs(lost=(1, 1, 1, 1, 1), away=(9, 8, 9, 8, 9)), Change.HURTS),
        (runs(lost=(5, 6, 5, 6, 5)), runs(away=(9, 8, 9, 8, 9)), Change.TRADES),
        (runs(away=(9, 8, 9, 8, 9)), runs(lost=(5, 6, 5, 6, 5)), Change.TRADES),
    ],
)
def test_a_change_is_what_all_differences_agree_on(before: Runs, after: Runs, change: Change):
    assert change_of(before, after) is change


# What the stored runs say.


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("none", ("",)),
        ("crash", ("outbox+idempotent", "saga+idempotent")),
        ("broker", ("outbox", "saga")),
        ("slow", ("saga+breaker",)),
        ("late", ("saga", "retry+idempotent")),
        ("all", ("saga+breaker+idempotent",)),
    ],
)
def test_the_least_that_survives(scenario: str, expected: tuple[str, ...]):
    assert least(BY_KEY[scenario]) == expected


@EACH_FAULT
def test_no_part_of_the_least_survives(scenario: Scenario):
    for one in least(scenario):
        on = one.split("+") if one else []
        for key in on:
            assert not result(side_of({*on} - {key}), scenario).is_survived


def test_who_does_nothing_without_whom():
    assert [(one.scenario.key, one.key, one.other) for one in needs()] == [
        ("crash", "idempotent", "outbox"),
        ("crash", "idempotent", "saga"),
        ("slow", "idempotent", "retry"),
        ("late", "retry", "idempotent"),
        ("late", "idempotent", "retry"),
    ]


def test_a_need_is_a_step_that_helps_only_beside_the_other():
    found = {(one.scenario.key, one.key, one.other) for one in needs()}

    for scenario in SINGLE_FAULTS:
        for key, other in permutations(SWITCHES, 2):
            is_idle = step("", key, scenario).change in (Change.NOTHING, Change.HURTS)
            helps = step(other, key, scenario).change is Change.HELPS
            assert ((scenario.key, key, other) in found) == (is_idle and helps)


def test_an_outbox_and_an_idempotent_consumer_survive_a_crash_only_together():
    told = [one.sentence for one in interplay.both() if one.scenario.key == "crash"]

    assert told[0] == (
        "Only together do an outbox and an idempotent consumer survive it. With an outbox alone: 4 of 311 orders "
        "shipped twice. With an idempotent consumer alone: 6.6 of 311 orders paid and never shipped."
    )


def test_sentences_hold_the_figures_of_the_stored_runs():
    [told] = [one.sentence for one in needs() if one.key == "retry"]

    alone, beside = stored_runs("retry", "late"), stored_runs("retry+idempotent", "late")
    assert (sum(alone.wrong) / 10, sum(beside.wrong)) == (19.3, 0)
    assert told == (
        "Without an idempotent consumer, retry changes nothing: 19.3 of 311 orders go wrong, as before. With an "
        "idempotent consumer it helps: 0 instead of 19.3 of 311 orders go wrong."
    )


def test_a_switch_can_spoil_what_was_survived():
    assert [(one.made.key, one.made.before.combination) for one in spoilers()] == [("retry", "saga")]


def test_a_toggle_says_what_a_switch_adds_and_what_it_takes_away():
    off = {one.key: one for one in interplay.toggles("saga")}

    assert (off["saga"].is_on, off["saga"].combination) == (True, "")
    assert (off["retry"].is_on, off["retry"].combination) == (False, "saga+retry")
    assert off["idempotent"].sentences[0] == "It adds: crash between commit and publish."
    assert off["retry"].sentences[0] == "It takes away: late charge."
    assert off["saga"].sentences[0] == "Survived because of it: broker outage; late charge."


def test_a_toggle_that_changes_nothing_says_so():
    [idle] = [one for one in interplay.toggles("") if one.key == "idempotent"]

    assert idle.sentences == [
        "It changes nothing: as many orders go wrong, as many are refused, and as many buyers are told no."
    ]


def test_a_toggle_names_what_moved_even_where_nothing_is_decided_by_it():
    sentences = [one for each in interplay.toggles(FULL) for one in each.sentences]

    told = " ".join(sentences).replace("\N{NO-BREAK SPACE}", " ")
    assert "Fewer buyers are told no: broker outage (0 % instead of 12.0 %)" in told
    assert "More buyers are told no: slow payment (41.2 % instead of 15.6 %)" in told
    assert "Worse: slow payment (1.3 % of others refused instead of 0.66 %)" in told


@pytest.mark.parametrize(
    ("combination", "expected"),
    [
        ("", "With all off, the system survives none of the 4 faults."),
        ("saga", "With saga, the system survives 2 of 4 faults: broker outage, late charge."),
        (
            "saga+breaker+idempotent",
            "With saga + circuit breaker + idempotent consumer, the system survives each of the 4 faults by itself, "
            "and all of them together.",
        ),
    ],
)
def test_a_finding_names_the_faults_that_are_survived(combination: str, expected: str):
    assert interplay.finding(combination) == expected


def test_what_is_enough_stands_with_what_it_refuses():
    told = interplay.enough_sentence(BY_KEY["broker"]).replace("\N{NO-BREAK SPACE}", " ")

    assert told == "The least that survives it: outbox (0 % of buyers told no); or saga (19.8 % of buyers told no)."


def test_the_verdict_names_the_least_and_what_the_rest_is_good_for():
    survivors = [one for one in COMBINATIONS if result(one, ALL_FAULTS).is_survived]

    told = interplay.verdict_sentence().replace("\N{NO-BREAK SPACE}", " ")
    assert len(survivors) == 4
    assert told.startswith(
        "4 of 32 combinations survive all faults together, and the least of them is saga + circuit breaker + "
        "idempotent consumer."
    )
    assert told.endswith("41.3 % of those who buy are told no instead of 59.0 %.")


def test_with_more_workers_no_breaker_is_needed_as_the_page_says():
    roomy = replace(ALL_FAULTS, settings=replace(ALL_FAULTS.settings, workers=14))

    assert any("14 workers" in one for one in LIMITS)
    assert result_of("", roomy, runs_of("saga+idempotent", roomy)).is_survived
    assert not result_of("", roomy, runs_of("saga", roomy)).is_survived


# The drawing.


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_every_wire_of_a_drawing_has_both_ends(combination: str):
    structure = structure_of(combination)

    keys = {one.key for one in structure.parts}
    assert {end for wire in structure.wires for end in (wire.source, wire.target)} == keys
    assert len(keys) == len(structure.parts)


def test_a_drawing_marks_what_is_switched_on():
    new = {one.key for one in structure_of(FULL).parts if one.is_new}

    assert new == {"guard", "payment", "log", "outbox", "relay", "shipping"}
    assert not [one for one in structure_of("").parts if one.is_new]
