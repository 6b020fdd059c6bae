"""What a sweep showed, in words: the sentence is computed from its figures and from nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Role, Unit
from patterns.lab.measure import Interval
from patterns.lab.sweep import Sweep


class Stance(StrEnum):
    HELPS = "helps"
    HURTS = "hurts"
    SAME = "same"  # all runs alike, a difference too small to matter, or none that could be shown


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
    if stance is not Stance.SAME:
        opening = f"It {stance} here"
    elif difference.mean == difference.half == 0:
        opening = "No difference at all"
    elif 0 in difference:
        opening = "No difference could be shown"
    else:
        opening = "The difference is too small to matter"
    ours, theirs = side_medians(experiment, preset, sweep, metric)
    runs = f"medians of {len(sweep.figures[WITH][metric.key])} runs; difference: {range_of(metric, difference)}"
    finding, price = f"{metric.name}: {ours}, {theirs}", price_of(experiment, preset, sweep)
    return Verdict(stance, opening, finding, spread=runs, price=price)


def stance_of(metric: Metric, difference: Interval) -> Stance:
    """What a difference in one metric says of the pattern."""
    if 0 in difference or abs(difference.mean) < metric.smallest:
        return Stance.SAME
    return Stance.HELPS if (difference.mean > 0) == metric.is_better_high else Stance.HURTS


def side_medians(experiment: Experiment, preset: Preset, sweep: Sweep, metric: Metric) -> tuple[str, str]:
    """ "3 % with a breaker" and "50 % without one", by medians."""
    sides = experiment.side(WITH), experiment.side(preset.against)
    ours, theirs = (
        f"{worded_figure(sweep.spread(one.key, metric.key).median, metric.unit)} {one.phrase}" for one in sides
    )
    return ours, theirs


def range_of(metric: Metric, difference: Interval) -> str:
    """The mean difference and where it may truly lie."""
    mean = worded_difference(difference.mean, metric.unit)
    # An interval without width comes of equal differences, not of certainty: it is not called one.
    if not difference.half:
        return f"{mean} in every one"
    low, high = figure_text(scaled(difference.low, metric.unit)), worded_difference(difference.high, metric.unit)
    return f"mean {mean}, 95{GAP}% interval {low} to {high}"


def price_of(experiment: Experiment, preset: Preset, sweep: Sweep) -> str:
    """The first prices that were paid, by medians, and how many more there are; nothing where none was."""
    paid = []
    for metric in experiment.metrics:
        ours, theirs = (sweep.spread(key, metric.key).median for key in (WITH, preset.against))
        is_worse = ours < theirs if metric.is_better_high else ours > theirs
        if metric.role is Role.PRICE and is_worse:
            paid.append(f"{metric.name} ({', '.join(side_medians(experiment, preset, sweep, metric))})")
    more = len(paid) - NAMED
    if more > 0:
        paid[NAMED:] = ["one more figure" if more == 1 else f"{more} more figures"]
    *first, last = paid or [""]
    together = f"{', '.join(first)} and {last}" if first else last
    return f"It is paid for in {together}." if paid else ""


# Figures in words, the same on pages, in verdicts and in a terminal.

GAP = "\N{NO-BREAK SPACE}"  # no line ends between a number and its unit
SUFFIXES = {Unit.SHARE: f"{GAP}%", Unit.MILLISECONDS: f"{GAP}ms", Unit.SECONDS: f"{GAP}s", Unit.COUNT: ""}
MINUS = "\N{MINUS SIGN}"


def worded_figure(value: float, unit: Unit) -> str:
    """``0.029`` as a share is "2.9 %", ``1640.0`` as milliseconds "1,640 ms"."""
    return figure_text(scaled(value, unit)) + SUFFIXES[unit]


def worded_difference(value: float, unit: Unit) -> str:
    """Of two shares: in points, since a per cent of a per cent is something else."""
    return worded_figure(value, unit).replace("%", "points")


def scaled(value: float, unit: Unit) -> float:
    """As it is shown: shares in per cent."""
    return value * 100 if unit is Unit.SHARE else value


def figure_text(value: float) -> str:
    """Three telling digits; zero and whole numbers without decimals."""
    size = abs(value)
    # 2.94 and 2.89 say the same to a reader, 0.29 and 0.34 may not.
    decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 1 else 2
    text = f"{size:,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text
