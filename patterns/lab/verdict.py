"""What a sweep showed, in words: the sentences are computed from its figures and from nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patterns.lab.experiment import WITH, Experiment, Metric, Preset, Side, Unit
from patterns.lab.measure import Interval
from patterns.lab.sweep import Sweep


class Stance(StrEnum):
    HELPS = "helps"
    HURTS = "hurts"
    SAME = "same"  # all runs alike, a difference too small to matter, or none that could be shown


WORDS = {Stance.HELPS: "Helps", Stance.HURTS: "Hurts", Stance.SAME: "No difference"}


@dataclass(frozen=True)
class Verdict:
    """In the parts that a page sets apart; one after the other, they are its sentences."""

    stance: Stance
    opening: str
    finding: str
    spread: str
    price: str  # whatever got worse; empty if nothing did
    rival: str  # whoever else does better or as well; empty if nobody does

    @property
    def word(self) -> str:
        """For where there is no room for a sentence."""
        return WORDS[self.stance]

    @property
    def besides(self) -> str:
        """What has to be said with the finding, or the finding alone would be half of the truth; may be empty."""
        return f"{self.rival} {self.price}".strip()

    @property
    def sentence(self) -> str:
        return f"{self.opening}: {self.finding} ({self.spread}). {self.besides}".strip()


def verdict_of(experiment: Experiment, preset: Preset, sweep: Sweep) -> Verdict:
    """What the pattern changes in the primary metric, who else does as well, and what is paid for it.

    One number decides, and it is printed: the mean of the differences, run by run, between the two sides.
    """
    metric = experiment.primary
    difference = sweep.difference(metric.key, against=preset.against)
    stance = stance_of(metric, sweep, against=preset.against)
    price, rival = price_of(experiment, preset, sweep), " ".join(rivals_of(experiment, preset, sweep))
    ours, theirs = (side_mean(experiment.side(key), sweep, metric) for key in (WITH, preset.against))
    counted = sweep.mean(preset.against, metric.of) if metric.of else None
    of = f", of {figure_text(float(round(counted)))} {metric.of}" if counted else ""
    spread = f"means of {sweep.run_count} runs; difference: {range_of(metric, difference)}"
    is_measured = all(sweep.measured(side, metric.key) for side in (WITH, preset.against))
    opening = opening_of(stance, difference, is_measured=is_measured)
    return Verdict(stance, opening, f"{metric.name}: {ours}, {theirs}{of}", spread, price, rival)


def opening_of(stance: Stance, difference: Interval | None, *, is_measured: bool) -> str:
    if stance is not Stance.SAME:
        return f"It {stance} here"
    if difference is None:
        return "Too few runs have figures to compare" if is_measured else "There is nothing to compare"
    if difference.mean == difference.half == 0:
        return "No difference at all"
    return "No difference could be shown" if 0 in difference else "The difference is too small to matter"


def stance_of(metric: Metric, sweep: Sweep, *, against: str) -> Stance:
    """What the figures say of the pattern in one metric, beside one other side."""
    difference = sweep.difference(metric.key, against=against)
    if difference is None or 0 in difference or abs(difference.mean) < least_difference(metric, sweep, against):
        return Stance.SAME
    return Stance.HELPS if (difference.mean > 0) == metric.is_better_high else Stance.HURTS


def least_difference(metric: Metric, sweep: Sweep, against: str) -> float:
    """The smallest difference worth naming, in the unit of the metric: it grows with the work of a run."""
    if metric.unit is Unit.SHARE:
        return metric.smallest
    means = [sweep.mean(side, metric.of or metric.key) for side in (WITH, against)]
    return metric.smallest * max(abs(one or 0.0) for one in means)


def side_mean(side: Side, sweep: Sweep, metric: Metric) -> str:
    """ "3 % with a breaker"."""
    return f"{worded_figure(sweep.mean(side.key, metric.key), metric)} {side.phrase}"


def range_of(metric: Metric, difference: Interval | None) -> str:
    """The mean difference and where it may truly lie."""
    if difference is None:
        return NOTHING
    mean = worded_difference(difference.mean, metric)
    # An interval without width comes of equal differences, not of certainty: it is not called one.
    if not difference.half:
        return f"{mean} in every one"
    low, high = figure_text(scaled(difference.low, metric.unit)), worded_difference(difference.high, metric)
    return f"{mean}, 95{GAP}% interval {low} to {high}"


def price_of(experiment: Experiment, preset: Preset, sweep: Sweep) -> str:
    """Every metric but the primary that got worse with the pattern, whatever it is there to show."""
    others = (metric for metric in experiment.metrics if metric != experiment.primary)
    paid = [
        f"{metric.name} ({figures_beside(metric, preset, sweep)})"
        for metric in others
        if stance_of(metric, sweep, against=preset.against) is Stance.HURTS
    ]
    return f"It is paid for in {and_text(paid)}." if paid else ""


def figures_beside(metric: Metric, preset: Preset, sweep: Sweep) -> str:
    """ "280 ms instead of 3 ms", by means; of two that read the same, by how much the one is worse."""
    ours, theirs = (worded_figure(sweep.mean(side, metric.key), metric) for side in (WITH, preset.against))
    difference = sweep.difference(metric.key, against=preset.against)
    if ours == theirs and difference:
        return f"{ours}, {worded_difference(abs(difference.mean), metric)} worse"
    return f"{ours} instead of {theirs}"


def rivals_of(experiment: Experiment, preset: Preset, sweep: Sweep) -> Iterator[str]:
    """The sides that nobody asked about, where one of them beats the pattern, or does as well where it helps."""
    metric = experiment.primary
    is_help = stance_of(metric, sweep, against=preset.against) is Stance.HELPS
    for side in experiment.sides:
        if side.key in (WITH, preset.against):
            continue
        stance = stance_of(metric, sweep, against=side.key)
        figure = worded_figure(sweep.mean(side.key, metric.key), metric)
        if stance is Stance.HURTS:
            yield f"“{side.name}” does better than the pattern: {figure}."
        elif stance is Stance.SAME and is_help:
            yield f"“{side.name}” does as well: {figure}."


def and_text(texts: Sequence[str]) -> str:
    """At least one of them: "a, b and c"."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


# Figures in words, the same on pages, in verdicts and in a terminal.

GAP = "\N{NO-BREAK SPACE}"  # no line ends between a number and its unit
SUFFIXES = {
    Unit.SHARE: f"{GAP}%",
    Unit.MILLISECONDS: f"{GAP}ms",
    Unit.SECONDS: f"{GAP}s",
    Unit.DAYS: f"{GAP}days",
    Unit.COUNT: "",
}
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"  # where there was nothing to measure


def worded_figure(value: float | None, metric: Metric) -> str:
    """``0.029`` as a share is "2.9 %", ``1640.0`` as milliseconds "1,640 ms"; nothing is a dash."""
    if value is None:
        return NOTHING
    if value >= metric.never:
        return "never"
    return figure_text(scaled(value, metric.unit)) + SUFFIXES[metric.unit]


def worded_difference(value: float, metric: Metric) -> str:
    """Of two shares: in points, since a per cent of a per cent is something else."""
    return figure_text(scaled(value, metric.unit)) + SUFFIXES[metric.unit].replace("%", "points")


def scaled(value: float, unit: Unit) -> float:
    """As it is shown: shares in per cent."""
    return value * 100 if unit is Unit.SHARE else value


def figure_text(value: float) -> str:
    """Three telling digits; zero and whole numbers without decimals."""
    size = abs(value)
    # 2.94 and 2.89 say the same to a reader, 0.29 and 0.34 may not.
    decimals = 0 if size >= 100 or abs(value - round(value)) < 1e-9 else 1 if size >= 1 else 2
    text = f"{size:,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text
