"""The sentence that says what a sweep showed, computed from its figures and from nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Role, Unit
from patterns.lab.measure import Interval
from patterns.lab.sweep import Sweep

# Figures in words, the same on pages, in verdicts and in a terminal.


GAP = "\N{NO-BREAK SPACE}"  # no line ends between a number and its unit
SUFFIXES = {Unit.SHARE: f"{GAP}%", Unit.MILLISECONDS: f"{GAP}ms", Unit.SECONDS: f"{GAP}s", Unit.COUNT: ""}
MINUS = "\N{MINUS SIGN}"


def worded(value: float, unit: Unit) -> str:
    """``0.029`` as a share is "2.9 %", ``1640.0`` as milliseconds "1,640 ms"."""
    return number(scaled(value, unit)) + SUFFIXES[unit]


def worded_difference(value: float, unit: Unit) -> str:
    """Of two shares: in points, since a per cent of a per cent is something else."""
    return worded(value, unit).replace("%", "points")


def scaled(value: float, unit: Unit) -> float:
    """As it is shown: shares in per cent."""
    return value * 100 if unit is Unit.SHARE else value


def number(value: float) -> str:
    """Three telling digits; zero and whole numbers without decimals."""
    size = abs(value)
    decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 1 else 2
    text = f"{size:,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text


class Stance(StrEnum):
    HELPS = "helps"
    HURTS = "hurts"
    SAME = "same"  # all runs alike, a difference too small to matter, or none that could be shown


OPENINGS = {Stance.HELPS: "It helps here", Stance.HURTS: "It hurts here"}
WORDS = {Stance.HELPS: "Helps", Stance.HURTS: "Hurts", Stance.SAME: "Does not help"}
NAMED = 2  # prices that a sentence still carries: the others stand in the table


@dataclass(frozen=True)
class Verdict:
    """In the parts that a page sets apart; one after the other, they are its sentences."""

    stance: Stance
    opening: str
    finding: str
    spread: str
    price: str  # empty if none was paid

    @property
    def word(self) -> str:
        """For where there is no room for a sentence."""
        return WORDS[self.stance]

    @property
    def sentence(self) -> str:
        return f"{self.opening}: {self.finding} ({self.spread}). {self.price}".strip()


def verdict_of(experiment: Experiment, preset: Preset, sweep: Sweep) -> Verdict:
    """What the pattern changes in the primary metric, and what is paid for it."""
    metric = experiment.primary
    difference = sweep.difference(metric.key, against=preset.against)
    stance = stance_of(metric, difference)
    ours, theirs = side_medians(experiment, preset, sweep, metric)
    runs = f"medians of {len(sweep.figures[WITH][metric.key])} runs; difference: {range_of(metric, difference)}"
    return Verdict(
        stance,
        opening=OPENINGS.get(stance) or no_difference(metric, difference),
        finding=f"{metric.name}: {ours}, {theirs}",
        spread=runs,
        price=price_of(experiment, preset, sweep),
    )


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


def side_medians(experiment: Experiment, preset: Preset, sweep: Sweep, metric: Metric) -> tuple[str, str]:
    """ "3 % with a breaker" and "50 % without one", by medians."""
    sides = experiment.side(WITH), experiment.side(preset.against)
    ours, theirs = (f"{worded(sweep.spread(one.key, metric.key).median, metric.unit)} {one.phrase}" for one in sides)
    return ours, theirs


def range_of(metric: Metric, difference: Interval) -> str:
    """The mean difference and where it may truly lie."""
    mean = worded_difference(difference.mean, metric.unit)
    if not difference.half:
        return f"{mean} in every one"
    low, high = number(scaled(difference.low, metric.unit)), worded_difference(difference.high, metric.unit)
    return f"mean {mean}, 95{GAP}% interval {low} to {high}"


def price_of(experiment: Experiment, preset: Preset, sweep: Sweep) -> str:
    """The first prices that were paid, by medians, and how many more there are; nothing where none was."""
    prices = [one for one in experiment.metrics if one.role is Role.PRICE and is_paid(one, preset, sweep)]
    paid = [f"{one.name} ({', '.join(side_medians(experiment, preset, sweep, one))})" for one in prices]
    more = len(paid) - NAMED
    if more > 0:
        paid[NAMED:] = ["one more figure" if more == 1 else f"{more} more figures"]
    return f"It is paid for in {in_a_row(paid)}." if paid else ""


def in_a_row(parts: list[str]) -> str:
    """One part, or several with "and" before the last."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def is_paid(metric: Metric, preset: Preset, sweep: Sweep) -> bool:
    ours, theirs = (sweep.spread(key, metric.key).median for key in (WITH, preset.against))
    return ours < theirs if metric.is_better_high else ours > theirs
