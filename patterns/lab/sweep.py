"""Runs of an experiment: one of all sides, traced for those who look at it, and the same over fixed seeds.

What one run shows may be luck, what thirty agree on is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from patterns.lab.experiment import WITH, Experiment, SideOutcome
from patterns.lab.measure import Interval, interval, median, paired_differences, t_95
from patterns.lab.parameters import Parameters
from patterns.lab.trace import Trace

SWEEP_SEEDS = range(30)


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
        found = paired_differences(self.figures[WITH][metric], self.figures[against][metric])
        return interval(found, factor=t_95(len(found)))


def sweep(
    experiment: Experiment,
    parameters: Parameters,
    *,
    seeds: range = SWEEP_SEEDS,
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


# One run of all sides as it is shown: by a page, as JSON, in a terminal, with the same numbers.


RUN_SEEDS = range(10_000)  # those that an address or a command may name


@dataclass(frozen=True)
class TracedRun:
    """A traced run of each side under the same load and faults."""

    experiment: Experiment
    parameters: Parameters
    seed: int
    outcomes: Mapping[str, SideOutcome]  # by side

    def figure(self, side: str, metric: str) -> float:
        return rounded(self.outcomes[side].figures[metric])


def traced_run(experiment: Experiment, parameters: Parameters, seed: int) -> TracedRun:
    """Raises:
    TooManyEvents: if the parameters ask for more than one run may compute.
    """
    outcomes = {side.key: experiment.run(parameters, seed, side.key, Trace()) for side in experiment.sides}
    return TracedRun(experiment, parameters, seed, outcomes)


def run_document(run: TracedRun) -> dict[str, Any]:
    """For JSON: times in microseconds, shares between 0 and 1, all else in the unit of its metric."""
    sides = {}
    for key, outcome in run.outcomes.items():
        series = [
            {
                "key": one.key,
                "name": one.name,
                "unit": one.unit,
                "samples": [[sample.at_us, sample.value] for sample in one.samples],
            }
            for one in outcome.series
        ]
        sides[key] = {
            "figures": {metric.key: run.figure(key, metric.key) for metric in run.experiment.metrics},
            "failures": [asdict(failure) for failure in outcome.failures],
            "series": series,
            "story": [asdict(message) for message in outcome.story],
        }
    return {
        "experiment": run.experiment.slug,
        "version": lab_version(),
        "parameters": asdict(run.parameters),
        "seed": run.seed,
        "units": metric_units(run.experiment),
        "sides": sides,
    }


def sweep_document(experiment: Experiment, parameters: Parameters, found: Sweep, *, seeds: range) -> dict[str, Any]:
    """For JSON: one value for each seed, in the units of ``document``."""
    return {
        "experiment": experiment.slug,
        "version": lab_version(),
        "parameters": asdict(parameters),
        "seeds": [seeds[0], seeds[-1]],
        "units": metric_units(experiment),
        "sides": {side: {"figures": dict(figures)} for side, figures in found.figures.items()},
    }


def metric_units(experiment: Experiment) -> dict[str, str]:
    return {metric.key: metric.unit for metric in experiment.metrics}


@cache
def lab_version() -> str:
    """Of the code that computes: another one may give other numbers for the same parameters and seed."""
    # All of the lab, since any of it may decide a number; wording among it makes some versions new for nothing.
    folder = Path(__file__).parent
    sources = sorted(folder.rglob("*.py"))
    return sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
