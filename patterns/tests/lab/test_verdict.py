"""The verdict says what the figures say: helps, hurts, or nothing that could be shown."""

from dataclasses import replace

import pytest

from patterns.lab.experiment import WITH, WITHOUT, Experiment, Metric, Preset, Role, Side, Unit
from patterns.lab.parameters import Parameters
from patterns.lab.sweep import Sweep
from patterns.lab.verdict import Stance, Verdict, verdict_of

LOST = Metric("lost", "orders lost", Unit.SHARE, Role.PRIMARY, smallest=0.01)
DELAY = Metric("delay_ms", "delay of an order", Unit.MILLISECONDS, Role.PRICE)
SIDES = (
    *(Side(WITHOUT, "Without", "without it"), Side(WITH, "With", "with it")),
    Side("bigger", "Bigger", "with a bigger node"),
)
PRESET = Preset("default", "Default", "", Parameters())


class Sketch(Experiment):
    """What a verdict asks of an experiment."""

    def __init__(self, *metrics: Metric) -> None:
        self.sides, self.metrics = SIDES, metrics

    run = None


EXPERIMENT = Sketch(LOST, DELAY)


def judged(ours: list[float], theirs: list[float], *, delay: float = 10, metric: Metric = LOST) -> Verdict:
    """Of thirty runs in which the values repeat."""
    runs = lambda values, delay_ms: {"lost": tuple(values * 30)[:30], "delay_ms": (delay_ms,) * 30}  # noqa: E731
    figures = {WITHOUT: runs(theirs, 10), WITH: runs(ours, delay), "bigger": runs([0.0], 10)}
    return verdict_of(Sketch(metric, DELAY), PRESET, Sweep(figures))


def test_less_of_what_is_bad_is_help():
    found = judged([0.02, 0.03], [0.5, 0.6])

    assert found.stance is Stance.HELPS
    assert found.opening == "It helps here"
    assert found.finding == "orders lost: 2\N{NO-BREAK SPACE}% with it, 50\N{NO-BREAK SPACE}% without it"
    assert found.spread.startswith("medians of 30 runs; difference: mean ")
    assert found.sentence.startswith(f"{found.opening}: {found.finding} ({found.spread}).")


def test_prices_are_listed_and_counted():
    several = [replace(DELAY, key=f"price_{number}", name=f"price {number}") for number in range(4)]
    figures = {side: {"lost": (0.5 * (side == WITHOUT),) * 30} for side in (WITHOUT, WITH)}
    for side, of in figures.items():
        of |= {one.key: (10.0 + (side == WITH),) * 30 for one in several}

    found = verdict_of(Sketch(LOST, *several), PRESET, Sweep(figures))

    one, other = (
        f"price {number} (11\N{NO-BREAK SPACE}ms with it, 10\N{NO-BREAK SPACE}ms without it)" for number in (0, 1)
    )
    assert found.price == f"It is paid for in {one}, {other} and 2 more figures."


def test_more_of_what_is_bad_hurts():
    assert judged([0.5], [0.02, 0.03]).stance is Stance.HURTS


def test_more_of_what_is_good_is_help():
    assert judged([0.9, 0.8], [0.1], metric=replace(LOST, is_better_high=True)).stance is Stance.HELPS


def test_an_interval_that_spans_zero_shows_nothing():
    found = judged([0.1, 0.9], [0.9, 0.1])

    assert found.stance is Stance.SAME
    assert found.sentence.startswith("No difference could be shown: ")


def test_a_difference_that_nobody_would_notice_is_named_as_such():
    found = judged([0.1001, 0.1002], [0.1])

    assert found.stance is Stance.SAME
    assert found.sentence.startswith("The difference is too small to matter: ")


def test_runs_that_are_all_alike_differ_in_nothing():
    assert judged([0.3], [0.3]).sentence.startswith("No difference at all: ")


def test_the_same_difference_in_every_run_is_exact():
    assert (
        "(medians of 30 runs; difference: \N{MINUS SIGN}50\N{NO-BREAK SPACE}points in every one)"
        in judged([0.0], [0.5]).sentence
    )


@pytest.mark.parametrize(("delay", "said"), [(30, True), (10, False), (5, False)])
def test_a_price_is_named_where_it_is_paid(delay: float, said: bool):
    sentence = judged([0.0], [0.5], delay=delay).sentence

    assert (
        "It is paid for in delay of an order (30\N{NO-BREAK SPACE}ms with it, 10\N{NO-BREAK SPACE}ms without it)."
        in sentence
    ) is said


def test_a_preset_says_what_it_compares_with():
    sweep = Sweep(
        {key: {"lost": (value,) * 30, "delay_ms": (1,) * 30} for key, value in ((WITH, 0.2), ("bigger", 0.0))}
    )

    found = verdict_of(EXPERIMENT, replace(PRESET, against="bigger"), sweep)

    assert found.stance is Stance.HURTS
    assert "20\N{NO-BREAK SPACE}% with it, 0\N{NO-BREAK SPACE}% with a bigger node" in found.sentence
