"""The same experiment over fixed seeds: what one run shows may be luck, what thirty agree on is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from patterns.lab.experiment import WITH, Experiment
from patterns.lab.measure import Interval, differences, interval, median, t_95
from patterns.lab.parameters import Parameters

SEEDS = range(30)


@dataclass(frozen=True)
class Spread:
    """The middle and the ends of one figure over all runs."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Sweep:
    """``figures[side][metric]`` holds one value for each seed, in their order."""

    figures: Mapping[str, Mapping[str, tuple[float, ...]]]

    def spread(self, side: str, metric: str) -> Spread:
        values = self.figures[side][metric]
        return Spread(median(values), min(values), max(values))

    def difference(self, metric: str, *, against: str) -> Interval:
        """With the pattern less ``against``, run by run: the mean and its 95 % interval, from at least five runs.

        The interval has no width where all runs differ by the same.
        """
        found = differences(self.figures[WITH][metric], self.figures[against][metric])
        return interval(found, factor=t_95(len(found)))


def sweep(
    experiment: Experiment,
    parameters: Parameters,
    *,
    seeds: range = SEEDS,
    after_each: Callable[[], None] = lambda: None,
) -> Sweep:
    """Run all sides over the seeds; ``after_each`` is called after each run."""
    figures = {}
    for side in experiment.sides:
        outcomes = []
        for seed in seeds:
            outcomes.append(experiment.run(parameters, seed, side.key, None))
            after_each()
        figures[side.key] = {
            metric.key: tuple(rounded(one.figures[metric.key]) for one in outcomes) for metric in experiment.metrics
        }
    return Sweep(figures)


def rounded(value: float) -> float:
    """Six decimals: what is kept can be read, and is the same on every machine."""
    return round(float(value), 6)
