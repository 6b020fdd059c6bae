"""Which faults of the order system a combination of patterns survives, and what a switch changes beside others.

Computed from the stored runs and from nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations
from statistics import fmean

from patterns.lab.composition import (
    BY_KEY,
    COMBINATIONS,
    SCENARIOS,
    SEEDS,
    WRONG,
    Runs,
    Scenario,
    stored_runs,
)
from patterns.lab.measure import interval, paired_differences, t_95
from patterns.lab.systems.order_system import SWITCHES, side_of
from patterns.lab.verdict import GAP, figure_text

MOST_REFUSED = 0.02  # of those who only look, over all seeds: more is an outage for people whom no fault concerns
LEAST_WRONG, LEAST_REFUSED = 0.2, 0.005  # the smallest differences worth naming: orders a run, and a share

RULE = (
    f"A fault is survived if in none of the {len(SEEDS)} runs a single order ends wrong, and at most "
    f"{MOST_REFUSED * 100:.0f}{GAP}% of those who only look are refused on average. A buyer who is told no is "
    "not a wrong order, but a price."
)


def on_in(combination: str) -> tuple[str, ...]:
    return tuple(one for one in SWITCHES if one in combination.split("+"))


def joined_with(combination: str, key: str) -> str:
    return side_of({*on_in(combination), key})


def without(combination: str, key: str) -> str:
    return side_of({*on_in(combination)} - {key})


def named(combination: str) -> str:
    """ "outbox + retry"; "all off" without any."""
    return " + ".join(name_of(key) for key in on_in(combination)) or "all off"


def name_of(key: str) -> str:
    name = BY_KEY[key].name
    return name[0].lower() + name[1:]


# What one combination survives.


@dataclass(frozen=True)
class Result:
    """One combination under one fault. ``wrong`` is the mean of all runs, ``refused`` the share of those who look."""

    combination: str
    scenario: Scenario
    runs: Runs
    wrong: float
    refused: float
    is_survived: bool

    @property
    def has_wrong(self) -> bool:
        return any(self.runs.wrong)

    @property
    def short(self) -> str:
        """For a cell of a table: what fails, or that nothing does."""
        wrong = f"{figure_text(self.wrong)} wrong" if self.has_wrong else ""
        refused = f"{percent(self.refused)} refused" if self.refused > MOST_REFUSED else ""
        return ", ".join(filter(None, [wrong, refused])) or "survives"

    @property
    def reasons(self) -> list[str]:
        """What went wrong, each kind with how many orders of a run; nothing where it is survived."""
        kinds = [(self.runs.mean(end), text) for end, text in WRONG.items()]
        told = [f"{figure_text(mean)} of {self.order_count} orders {text}" for mean, text in kinds if mean]
        if self.refused > MOST_REFUSED:
            told.append(f"{percent(self.refused)} of those who only look refused")
        return told

    @property
    def order_count(self) -> str:
        return figure_text(float(round(self.runs.mean("orders"))))


def percent(share: float) -> str:
    return f"{figure_text(share * 100)}{GAP}%"


@cache
def result(combination: str, scenario: Scenario) -> Result:
    """Of the stored runs."""
    return result_of(combination, scenario, stored_runs(combination, scenario.key))


def result_of(combination: str, scenario: Scenario, runs: Runs) -> Result:
    wrong, refused = runs.wrong, fmean(runs.refused)
    is_survived = not any(wrong) and refused <= MOST_REFUSED
    return Result(combination, scenario, runs, fmean(wrong), refused, is_survived)


def results(combination: str) -> list[Result]:
    return [result(combination, scenario) for scenario in SCENARIOS]


@cache
def least(scenario: Scenario) -> tuple[str, ...]:
    """The combinations that survive a fault and would not if any of their switches were off, the smallest first."""
    return tuple(
        one
        for one in COMBINATIONS
        if result(one, scenario).is_survived
        and not any(result(side_of(part), scenario).is_survived for part in parts_of(one))
    )


def parts_of(combination: str) -> Iterator[tuple[str, ...]]:
    """All that has fewer switches, nothing among them."""
    on = on_in(combination)
    return (part for count in range(len(on)) for part in combinations(on, count))


# What one switch changes.


class Change(StrEnum):
    HELPS = "helps"  # something got better, and nothing worse
    HURTS = "hurts"
    TRADES = "trades"  # fewer wrong orders for more who are refused, or the other way round
    NOTHING = "nothing"  # no difference could be shown


@dataclass(frozen=True)
class Step:
    """A switch is put on beside others. ``change`` says what the paired differences of all runs show."""

    key: str
    before: Result
    after: Result
    change: Change

    @property
    def gains(self) -> bool:
        return self.after.is_survived and not self.before.is_survived

    @property
    def loses(self) -> bool:
        return self.before.is_survived and not self.after.is_survived


@cache
def step(combination: str, key: str, scenario: Scenario) -> Step:
    before, after = result(combination, scenario), result(joined_with(combination, key), scenario)
    return Step(key, before, after, change_of(before.runs, after.runs))


def change_of(before: Runs, after: Runs) -> Change:
    signs = {
        sign_of(after.wrong, before.wrong, LEAST_WRONG),
        sign_of(after.refused, before.refused, LEAST_REFUSED),
    } - {0}
    if len(signs) == 2:
        return Change.TRADES
    return {1: Change.HURTS, -1: Change.HELPS}[signs.pop()] if signs else Change.NOTHING


def sign_of(ours: Iterable[float], theirs: Iterable[float], smallest: float) -> int:
    """1 if ours are larger, -1 if smaller, 0 if the 95 % interval of the difference holds 0 or it is too small."""
    found = interval(paired_differences([*ours], [*theirs]), factor=t_95(len(SEEDS)))
    if 0 in found or abs(found.mean) < smallest:
        return 0
    return 1 if found.mean > 0 else -1
