"""The sentence that says what a sweep showed, computed from its figures and from nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Role
from patterns.lab.measure import Interval
from patterns.lab.sweep import Sweep
from patterns.lab.wording import number, scaled, worded, worded_difference


class Stance(StrEnum):
    HELPS = "helps"
    HURTS = "hurts"
    SAME = "same"  # all runs alike, a difference too small to matter, or none that could be shown


OPENINGS = {Stance.HELPS: "It helps here", Stance.HURTS: "It hurts here"}
NAMED = 2  # prices that a sentence still carries: the others stand in the table


@dataclass(frozen=True)
class Verdict:
    stance: Stance
    sentence: str


def verdict(experiment: Experiment, preset: Preset, sweep: Sweep) -> Verdict:
    """What the pattern changes in the primary metric, and what is paid for it."""
    metric = experiment.primary
    difference = sweep.difference(metric.key, against=preset.against)
    stance = stance_of(metric, difference)
    opening = OPENINGS.get(stance) or no_difference(metric, difference)
    compared = comparison(experiment, preset, sweep, metric)
    runs = f"medians of {len(sweep.figures[WITH][metric.key])} runs; difference: {range_of(metric, difference)}"
    return Verdict(stance, f"{opening}: {compared} ({runs}). {prices(experiment, preset, sweep)}".strip())


def stance_of(metric: Metric, difference: Interval) -> Stance:
    if 0 in difference or abs(difference.mean) < metric.smallest:
        return Stance.SAME
    return Stance.HELPS if (difference.mean > 0) == metric.is_better_high else Stance.HURTS


def no_difference(metric: Metric, difference: Interval) -> str:
    if difference.mean == difference.half == 0:
        return "No difference at all"
    if 0 in difference:
        return "No difference could be shown"
    return "The difference is too small to matter"


def comparison(experiment: Experiment, preset: Preset, sweep: Sweep, metric: Metric) -> str:
    """ "Requests refused: 3 % with a breaker, 50 % without one", by medians."""
    ours, theirs = (worded(sweep.spread(key, metric.key).median, metric.unit) for key in (WITH, preset.against))
    phrases = experiment.side(WITH).phrase, experiment.side(preset.against).phrase
    return f"{metric.name}: {ours} {phrases[0]}, {theirs} {phrases[1]}"


def range_of(metric: Metric, difference: Interval) -> str:
    """The mean difference and where it may truly lie."""
    mean = worded_difference(difference.mean, metric.unit)
    if not difference.half:
        return f"{mean} in every one"
    low, high = number(scaled(difference.low, metric.unit)), worded_difference(difference.high, metric.unit)
    return f"mean {mean}, 95 % interval {low} to {high}"


def prices(experiment: Experiment, preset: Preset, sweep: Sweep) -> str:
    """The first prices that were paid, by medians, and how many more there are; nothing where none was."""
    paid = [
        comparison(experiment, preset, sweep, metric)
        for metric in experiment.metrics
        if metric.role is Role.PRICE and is_paid(metric, preset, sweep)
    ]
    more = f"; and {len(paid) - NAMED} more" if len(paid) > NAMED else ""
    return f"The price: {'; '.join(paid[:NAMED])}{more}." if paid else ""


def is_paid(metric: Metric, preset: Preset, sweep: Sweep) -> bool:
    ours, theirs = (sweep.spread(key, metric.key).median for key in (WITH, preset.against))
    return ours < theirs if metric.is_better_high else ours > theirs
