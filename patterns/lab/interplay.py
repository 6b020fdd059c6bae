"""Who needs whom in the order system: what a switch does beside others, in sentences computed from the stored runs."""

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import fmean

from patterns.lab.composition import ALL_FAULTS, BY_KEY, COMBINATIONS, SCENARIOS, SINGLE_FAULTS, Scenario
from patterns.lab.survival import (
    LEAST_REFUSED,
    Change,
    Result,
    Step,
    joined_with,
    least,
    name_of,
    named,
    on_in,
    percent,
    result,
    sign_of,
    step,
    without,
)
from patterns.lab.systems.order_system import RETRY, SWITCHES, side_of
from patterns.lab.verdict import and_text, figure_text

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
            f"{BY_KEY[self.made.key].name} spoils it for {named(self.made.before.combination)}, which survives it "
            f"without: {and_text(after.reasons)}."
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
    each = [f"{named(one)} ({told_no(result(one, scenario))} of buyers told no)" for one in found]
    return f"The least that survives it: {'; or '.join(each)}."


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
    return (
        f"{opening} With {and_text([name_of(key) for key in rest])} as well, {told_no(result(full, ALL_FAULTS))} of "
        f"those who buy are told no instead of {told_no(result(smallest, ALL_FAULTS))}."
    )


def told_no(told: Result) -> str:
    """The share of those who buy, in words."""
    return percent(fmean(told.runs.told_no))


# One combination, and those that differ from it by one switch.


@dataclass(frozen=True)
class Toggle:
    """What putting on a switch that is off changes, or was worth if it is on; ``steps`` is of each fault."""

    key: str
    is_on: bool
    combination: str  # that it leads to
    steps: tuple[Step, ...]

    @property
    def sentences(self) -> list[str]:
        names = ("Survived because of it", "Not survived because of it") if self.is_on else ("It adds", "It takes away")
        others = [one for one in self.steps if not one.gains and not one.loses]
        told = [
            (names[0], [lowered(one.after.scenario) for one in self.steps if one.gains]),
            (names[1], [lowered(one.after.scenario) for one in self.steps if one.loses]),
            ("Better, if not decisive", [moved_text(one) for one in others if one.change is Change.HELPS]),
            ("Worse", [moved_text(one) for one in others if one.change is Change.HURTS]),
            ("Better and worse", [moved_text(one) for one in others if one.change is Change.TRADES]),
            ("Fewer buyers are told no", [told_no_text(one) for one in self.steps if told_no_sign(one) < 0]),
            ("More buyers are told no", [told_no_text(one) for one in self.steps if told_no_sign(one) > 0]),
        ]
        idle = "It changes nothing: as many orders go wrong, as many are refused, and as many buyers are told no."
        return [f"{words}: {'; '.join(texts)}." for words, texts in told if texts] or [idle]


def lowered(scenario: Scenario) -> str:
    return scenario.name[0].lower() + scenario.name[1:]


def moved_text(made: Step) -> str:
    if made.before.is_survived and made.after.is_survived:
        told = f"{percent(made.after.refused)} of others refused instead of {percent(made.before.refused)}"
    else:
        told = f"{made.after.short} instead of {made.before.short}"
    return f"{lowered(made.after.scenario)} ({told})"


def told_no_sign(made: Step) -> int:
    return sign_of(made.after.runs.told_no, made.before.runs.told_no, LEAST_REFUSED)


def told_no_text(made: Step) -> str:
    return f"{lowered(made.after.scenario)} ({told_no(made.after)} instead of {told_no(made.before)})"


def toggles(combination: str) -> list[Toggle]:
    """One for each switch, in their order."""
    found = []
    for key in SWITCHES:
        other = without(combination, key)
        is_on = other != combination
        steps = tuple(step(other, key, scenario) for scenario in SCENARIOS[1:])
        found.append(Toggle(key, is_on, other if is_on else joined_with(combination, key), steps))
    return found


def finding(combination: str) -> str:
    """How many faults a combination survives, and which."""
    single = [result(combination, scenario) for scenario in SINGLE_FAULTS]
    names = [lowered(one.scenario) for one in single if one.is_survived]
    together = "and all of them together" if result(combination, ALL_FAULTS).is_survived else "but not all together"
    opening = f"With {named(combination)}, the system survives"
    if not names:
        return f"{opening} none of the {len(single)} faults."
    if len(names) == len(single):
        return f"{opening} each of the {len(single)} faults by itself, {together}."
    return f"{opening} {len(names)} of {len(single)} faults: {', '.join(names)}."
