"""What the order system's stored runs say of five patterns: which faults a combination survives, and who needs whom.

Everything here is computed from the figures and from nothing else; the sentences as well.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations

from patterns.lab.composition import (
    ALL_FAULTS,
    BY_KEY,
    COMBINATIONS,
    SCENARIOS,
    SEEDS,
    SINGLE_FAULTS,
    WRONG,
    Runs,
    Scenario,
    stored_runs,
)
from patterns.lab.measure import interval, paired_differences, t_95
from patterns.lab.systems.order_system import RETRY, SWITCHES, side_of
from patterns.lab.verdict import GAP, figure_text

MOST_REFUSED = 0.02  # of those who only look, over all seeds: more is an outage for people whom no fault concerns
LEAST_WRONG, LEAST_REFUSED = 0.2, 0.005  # the smallest differences worth naming: orders a run, and a share

RULE = (
    f"A fault is survived if in none of the {len(SEEDS)} runs a single order ends wrong, and at most "
    f"{MOST_REFUSED * 100:.0f}{GAP}% of those who only look are refused. A buyer who is told no is not a wrong order, "
    "but a price."
)


def on_in(combination: str) -> tuple[str, ...]:
    return tuple(one for one in SWITCHES if one in combination.split("+"))


def joined_with(combination: str, key: str) -> str:
    return side_of({*on_in(combination), key})


def without(combination: str, key: str) -> str:
    return side_of({*on_in(combination)} - {key})


def named(combination: str) -> str:
    """ "outbox + retry"; "none of them" for no switch."""
    return " + ".join(name_of(key) for key in on_in(combination)) or "none of them"


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
    wrong, refused = runs.wrong, sum(runs.values("turned_away")) / sum(runs.values("lookers"))
    is_survived = not any(wrong) and refused <= MOST_REFUSED
    return Result(combination, scenario, runs, sum(wrong) / len(wrong), refused, is_survived)


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


# Who needs whom. Nothing else is on: what a third switch would change is in the table of all combinations.


@dataclass(frozen=True)
class Need:
    """``key`` does nothing against a fault, or harm, while ``other`` is off, and helps when it is on."""

    key: str
    other: str
    scenario: Scenario
    alone: Step
    beside: Step

    @property
    def sentence(self) -> str:
        name, other = with_article(self.key), with_article(self.other)
        effect = "changes nothing" if self.alone.change is Change.NOTHING else "makes it worse"
        return f"Without {other}, {name} {effect}: {moved(self.alone)}. With {other} it helps: {moved(self.beside)}."


@dataclass(frozen=True)
class Both:
    """Two switches that survive a fault together, and neither of them by itself."""

    first: str
    second: str
    scenario: Scenario

    @property
    def sentence(self) -> str:
        names = [with_article(key) for key in (self.first, self.second)]
        reasons = [and_text(result(key, self.scenario).reasons) for key in (self.first, self.second)]
        return (
            f"Only together do {names[0]} and {names[1]} survive it. With {names[0]} alone: {reasons[0]}. "
            f"With {names[1]} alone: {reasons[1]}."
        )


def moved(made: Step) -> str:
    """ "20 of 321 orders go wrong, as before"; others who are refused only where that changed."""
    before, after = made.before, made.after
    ours, theirs = figure_text(after.wrong), figure_text(before.wrong)
    of = f"of {after.order_count} orders go wrong"
    told = f"{ours} {of}, as before" if ours == theirs else f"{ours} instead of {theirs} {of}"
    if abs(after.refused - before.refused) >= LEAST_REFUSED:
        told += f", and {percent(after.refused)} of others are refused instead of {percent(before.refused)}"
    return told


def with_article(key: str) -> str:
    name = name_of(key)
    if key == RETRY:
        return name
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def and_text(texts: list[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


@cache
def needs() -> tuple[Need, ...]:
    found = []
    for scenario in SINGLE_FAULTS:
        for key in SWITCHES:
            for other in SWITCHES:
                if key == other:
                    continue
                alone, beside = step("", key, scenario), step(other, key, scenario)
                if alone.change in (Change.NOTHING, Change.HURTS) and beside.change is Change.HELPS:
                    found.append(Need(key, other, scenario, alone, beside))
    return tuple(found)


@cache
def both() -> tuple[Both, ...]:
    """Without those that do nothing without each other, which says it already."""
    found = {(one.scenario.key, one.key, one.other) for one in needs()}
    return tuple(
        Both(one, other, scenario)
        for scenario in SINGLE_FAULTS
        for one, other in combinations(SWITCHES, 2)
        if side_of((one, other)) in least(scenario)
        and not {(scenario.key, one, other), (scenario.key, other, one)} <= found
    )


@dataclass(frozen=True)
class Spoiler:
    """A switch with which a fault is not survived any more, beside the least that survived it."""

    made: Step

    @property
    def sentence(self) -> str:
        after = self.made.after
        return (
            f"{BY_KEY[self.made.key].name} takes it away from {named(self.made.before.combination)}, which survives it "
            f"alone: {and_text(after.reasons)}."
        )


@cache
def spoilers() -> tuple[Spoiler, ...]:
    """Beside the smallest combinations that survive; larger ones say the same again."""
    made = (
        step(combination, key, scenario)
        for scenario in SCENARIOS[1:]
        for combination in least(scenario)
        for key in SWITCHES
        if key not in on_in(combination)
    )
    return tuple(Spoiler(one) for one in made if one.loses)


# In sentences.


def enough_sentence(scenario: Scenario) -> str:
    """Which combinations are the least that survives a fault."""
    found = least(scenario)
    if not found:
        return "No combination survives it."
    if found == ("",):
        return "It needs none of them."
    return f"The least that survives it: {'; or '.join(named(one) for one in found)}."


def verdict_sentence() -> str:
    """Of all faults together: what is needed, and what the other switches are good for then."""
    found, full = least(ALL_FAULTS), side_of(SWITCHES)
    if not found:
        return "No combination survives all faults together."
    smallest = found[0]
    rest = [key for key in SWITCHES if key not in on_in(smallest)]
    survivors = sum(result(one, ALL_FAULTS).is_survived for one in COMBINATIONS)
    opening = (
        f"{survivors} of {len(COMBINATIONS)} combinations survive all faults together, and the least of them is "
        f"{named(smallest)}."
    )
    if not rest:
        return opening
    ours, theirs = (result(one, ALL_FAULTS).runs for one in (full, smallest))
    no = [f"{percent(sum(one.values('told_no')) / sum(one.values('orders')))}" for one in (ours, theirs)]
    return (
        f"{opening} With {and_text([name_of(key) for key in rest])} as well, {no[0]} of those who buy are told no "
        f"instead of {no[1]}."
    )
