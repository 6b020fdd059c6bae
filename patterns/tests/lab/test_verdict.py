"""The verdict says what the figures say: helps, hurts, or nothing that could be shown; and all that it costs."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from patterns.lab.experiment import WITH, WITHOUT, Experiment, Fault, Metric, Preset, Role, Side, Unit
from patterns.lab.parameters import Parameters
from patterns.lab.sweep import Sweep
from patterns.lab.verdict import Stance, Verdict, verdict_of, worded_figure

GAP, MINUS, DASH = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}", "\N{EN DASH}"
FAILED = Metric("failed", "orders that failed", Unit.SHARE, Role.PRIMARY, smallest=0.01)
LOST = Metric("lost", "orders lost", Unit.COUNT, Role.PRIMARY, of="orders", smallest=0.01)
DELAY = Metric("delay_ms", "delay of an order", Unit.MILLISECONDS, Role.PRICE)
ANSWERED = Metric("answered", "orders answered", Unit.SHARE, Role.GAIN, is_better_high=True)
BIGGER = "bigger"
SIDES = (
    *(Side(WITHOUT, "Without", "without it"), Side(WITH, "With", "with it")),
    Side(BIGGER, "Bigger", "with a bigger node"),
)
PRESET = Preset("default", "Default", "", Parameters(), Fault.NONE)

Values = Sequence[float | None]


class Sketch(Experiment):
    """What a verdict asks of an experiment."""

    def __init__(self, *metrics: Metric) -> None:
        self.sides, self.metrics = SIDES, metrics

    run = None
    structure = None


def judged(
    ours: Values,
    theirs: Values,
    *,
    bigger: Values = (9,),
    metric: Metric = FAILED,
    against: str = WITHOUT,
    **more: float,
) -> Verdict:
    """Of thirty runs in which the values repeat; ``more`` is what a price is with the pattern, ten on other sides."""
    of = {WITH: ours, WITHOUT: theirs, BIGGER: bigger}
    figures = {
        side: {metric.key: (*values, *values * 30)[:30], "orders": (1_000.0,) * 30}
        | {key: (value if side == WITH else 10.0,) * 30 for key, value in more.items()}
        for side, values in of.items()
    }
    prices = [replace(DELAY, key=key, name=key) for key in more]
    return verdict_of(Sketch(metric, *prices), replace(PRESET, against=against), Sweep(figures))


def test_less_of_what_is_bad_is_help():
    found = judged([0.02, 0.04], [0.5, 0.6])

    assert found.stance is Stance.HELPS
    assert found.opening == "It helps here"
    assert found.finding == f"orders that failed: 3{GAP}% with it, 55{GAP}% without it"
    assert found.spread.startswith(f"means of 30 runs; difference: {MINUS}52{GAP}points, 95{GAP}% interval ")
    assert found.sentence == f"{found.opening}: {found.finding} ({found.spread})."


def test_the_number_that_is_printed_is_the_one_that_decides():
    """With medians this said that it helps, 0 with it and 0 without it."""
    found = judged([0.0] * 30, [0.0] * 18 + [0.5] * 12)

    assert found.stance is Stance.HELPS
    assert found.finding == f"orders that failed: 0{GAP}% with it, 20{GAP}% without it"


def test_more_of_what_is_bad_hurts():
    assert judged([0.5], [0.02, 0.03]).stance is Stance.HURTS


def test_more_of_what_is_good_is_help():
    assert judged([0.9, 0.8], [0.1], metric=replace(FAILED, is_better_high=True)).stance is Stance.HELPS


def test_an_interval_that_spans_zero_shows_nothing():
    found = judged([0.1, 0.9], [0.9, 0.1])

    assert found.stance is Stance.SAME
    assert found.sentence.startswith("No difference could be shown: ")


def test_a_difference_that_nobody_would_notice_is_named_as_such():
    found = judged([0.1001, 0.1002], [0.1])

    assert found.stance is Stance.SAME
    assert found.sentence.startswith("The difference is too small to matter: ")


@pytest.mark.parametrize(("lost", "stance"), [(9, Stance.SAME), (10, Stance.HURTS)])
def test_a_count_has_to_differ_by_a_share_of_the_work(lost: float, stance: Stance):
    found = judged([lost], [0], metric=LOST)

    assert found.stance is stance
    assert found.finding == f"orders lost: {lost} with it, 0 without it, of 1,000 orders"


@pytest.mark.parametrize(("delay", "is_said"), [(102.0, False), (103.0, True)])
def test_all_else_has_to_differ_by_a_share_of_itself(delay: float, is_said: bool):
    metric = replace(DELAY, role=Role.PRIMARY, smallest=0.02)

    assert (judged([delay], [100.0], metric=metric).stance is Stance.HURTS) is is_said


def test_runs_that_are_all_alike_differ_in_nothing():
    assert judged([0.3], [0.3]).sentence.startswith("No difference at all: ")


def test_the_same_difference_in_every_run_is_exact():
    assert f"(means of 30 runs; difference: {MINUS}50{GAP}points in every one)" in judged([0.0], [0.5]).sentence


# What it costs


@pytest.mark.parametrize(
    ("delay", "price"), [(30, f"It is paid for in delay (30{GAP}ms instead of 10{GAP}ms)."), (5, "")]
)
def test_a_price_is_named_where_it_is_paid(delay: float, price: str):
    assert judged([0.0], [0.5], delay=delay).price == price


def test_every_price_is_named():
    found = judged([0.0], [0.5], first=11, second=12, third=13, fourth=10)

    assert found.price == (
        f"It is paid for in first (11{GAP}ms instead of 10{GAP}ms), second (12{GAP}ms instead of 10{GAP}ms) and "
        f"third (13{GAP}ms instead of 10{GAP}ms)."
    )


def test_whatever_got_worse_is_a_price_even_if_it_was_to_be_a_gain():
    answered = {WITHOUT: 0.63, WITH: 0.41, BIGGER: 0.63}
    figures = {side: {"failed": (0.0,) * 30, "answered": (share,) * 30} for side, share in answered.items()}

    found = verdict_of(Sketch(FAILED, ANSWERED), PRESET, Sweep(figures))

    assert found.opening == "No difference at all"
    assert found.price == f"It is paid for in orders answered (41{GAP}% instead of 63{GAP}%)."


def test_a_price_that_luck_may_explain_is_none():
    figures = {side: {"failed": (0.0,) * 30, "delay_ms": (10.0, 20.0) * 15} for side in (WITHOUT, BIGGER)}
    figures[WITH] = {"failed": (0.0,) * 30, "delay_ms": (22.0, 10.0) * 15}

    assert verdict_of(Sketch(FAILED, DELAY), PRESET, Sweep(figures)).price == ""


# Who else there is


def test_whoever_beats_the_pattern_is_named():
    assert judged([0.2], [0.5], bigger=[0.1]).rival == f"“Bigger” does better than the pattern: 10{GAP}%."


def test_whoever_does_as_well_is_named_where_the_pattern_helps():
    assert judged([0.2], [0.5], bigger=[0.2]).rival == f"“Bigger” does as well: 20{GAP}%."
    assert judged([0.2], [0.2], bigger=[0.2]).rival == ""


def test_whoever_does_worse_is_no_rival():
    assert judged([0.2], [0.5], bigger=[0.3]).rival == ""


def test_a_preset_says_what_it_compares_with_and_still_names_the_rest():
    found = judged([0.2], [0.1], bigger=[0.0], against=BIGGER)

    assert found.stance is Stance.HURTS
    assert f"20{GAP}% with it, 0{GAP}% with a bigger node" in found.sentence
    assert found.rival == f"“Without” does better than the pattern: 10{GAP}%."


# Nothing, and never


def test_of_a_few_runs_it_is_said_that_they_are_few():
    few = [0.1, *[None] * 29]

    found = judged(few, few)

    assert found.stance is Stance.SAME
    assert found.sentence.startswith(f"Too few runs have figures to compare: orders that failed: 10{GAP}% with it, ")


def test_of_nothing_nothing_is_said():
    found = judged([None], [0.5])

    assert found.stance is Stance.SAME
    assert found.sentence.startswith(f"There is nothing to compare: orders that failed: {DASH} with it, ")
    assert found.spread == f"means of 30 runs; difference: {DASH}"


def test_runs_that_had_something_count():
    found = judged([0.1, None], [0.5, 0.7])

    assert found.finding == f"orders that failed: 10{GAP}% with it, 60{GAP}% without it"
    assert found.spread == f"means of 30 runs; difference: {MINUS}40{GAP}points in every one"


@pytest.mark.parametrize(("value", "words"), [(49_999.0, f"49,999{GAP}ms"), (50_000.0, "never"), (None, DASH)])
def test_what_never_came_is_called_so(value: float | None, words: str):
    assert worded_figure(value, replace(DELAY, never=50_000)) == words
