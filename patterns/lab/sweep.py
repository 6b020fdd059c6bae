"""Runs of an experiment: one of all sides, traced for those who look at it, and the same over fixed seeds.

What one run shows may be luck, what thirty agree on is not.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any

from patterns.lab.experiment import WITH, Experiment, SideOutcome, Unit
from patterns.lab.measure import Interval, interval, paired_differences, t_95
from patterns.lab.parameters import Parameters
from patterns.lab.trace import Trace

SWEEP_SEEDS = range(30)
FEWEST = 5  # differences, of which an interval can be made


@dataclass(frozen=True)
class Spread:
    """The mean and the ends of one figure over all runs."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Sweep:
    """``figures[side][key]`` holds one value for each seed, in their order; None where there was nothing to measure."""

    figures: Mapping[str, Mapping[str, tuple[float | None, ...]]]

    @property
    def run_count(self) -> int:
        return len(next(iter(self.figures[WITH].values())))

    def measured(self, side: str, key: str) -> list[float]:
        """Without the runs in which there was nothing."""
        return [value for value in self.figures[side][key] if value is not None]

    def mean(self, side: str, key: str) -> float | None:
        found = self.measured(side, key)
        return fmean(found) if found else None

    def spread(self, side: str, key: str) -> Spread | None:
        found = self.measured(side, key)
        return Spread(fmean(found), min(found), max(found)) if found else None

    def difference(self, key: str, *, against: str) -> Interval | None:
        """With the pattern less ``against``, run by run: the mean and its 95 % interval.

        The interval has no width where all runs differ by the same. None unless five runs have both.
        """
        found = paired_differences(self.figures[WITH][key], self.figures[against][key])
        return interval(found, factor=t_95(len(found))) if len(found) >= FEWEST else None


def sweep(
    experiment: Experiment,
    parameters: Parameters,
    *,
    seeds: range = SWEEP_SEEDS,
    after_each: Callable[[], None] = lambda: None,
) -> Sweep:
    """Run all sides over the seeds; ``after_each`` is called after each run.

    Raises:
        TooManyEvents: if the parameters ask for more than one run may compute.
    """
    outcomes: dict[str, list[SideOutcome]] = {side.key: [] for side in experiment.sides}
    for seed in seeds:
        for side in experiment.sides:
            outcomes[side.key].append(experiment.run(parameters, seed, side.key, None))
            after_each()
    return sweep_of(experiment, outcomes)


def sweep_of(experiment: Experiment, outcomes: Mapping[str, list[SideOutcome]]) -> Sweep:
    """Of runs by side, which have the same seeds in the same order."""
    return Sweep(
        {
            side: {key: tuple(rounded(run.figures[key]) for run in runs) for key in experiment.kept}
            for side, runs in outcomes.items()
        }
    )


def rounded(value: float | None) -> float | None:
    """Six decimals: what is kept can be read, and is the same on every machine."""
    return None if value is None else round(float(value), 6)


# One run of all sides as it is shown: by a page, as JSON, in a terminal, with the same numbers.


RUN_SEEDS = range(10_000)  # those that an address or a command may name


@dataclass(frozen=True)
class TracedRun:
    """A traced run of each side under the same load and faults."""

    experiment: Experiment
    parameters: Parameters
    seed: int
    outcomes: Mapping[str, SideOutcome]  # by side

    def figure(self, side: str, metric: str) -> float | None:
        return rounded(self.outcomes[side].figures[metric])


def traced_run(experiment: Experiment, parameters: Parameters, seed: int) -> TracedRun:
    """Raises:
    TooManyEvents: if the parameters ask for more than one run may compute.
    """
    outcomes = {side.key: experiment.run(parameters, seed, side.key, Trace()) for side in experiment.sides}
    return TracedRun(experiment, parameters, seed, outcomes)


OWN_COUNT = 10  # runs that a reader's own settings get at once
OWN_EVENTS = 350_000  # some two seconds: what would take more gets fewer runs


def own_sweep(experiment: Experiment, parameters: Parameters, seed: int) -> Sweep:
    """Ten runs of a reader's settings, from a seed on; fewer where they are large, and one where five are too many.

    How many depends on the settings and the seed alone, not on the machine.

    Raises:
        TooManyEvents: if the parameters ask for more than one run may compute.
    """
    outcomes = {side.key: [experiment.run(parameters, seed, side.key, None)] for side in experiment.sides}
    count = OWN_EVENTS // max(1, sum(first.event_count for [first] in outcomes.values()))
    if count >= FEWEST:
        for other in seeds_from(seed, min(OWN_COUNT, count))[1:]:
            for side, found in outcomes.items():
                found.append(experiment.run(parameters, other, side, None))
    return sweep_of(experiment, outcomes)


def seeds_from(seed: int, count: int) -> list[int]:
    """So many, in their order; after the last there is comes the first."""
    return [RUN_SEEDS[(seed + step) % len(RUN_SEEDS)] for step in range(count)]


def run_document(run: TracedRun) -> dict[str, Any]:
    """For JSON: times in microseconds, shares between 0 and 1, all else in the unit of its metric."""
    sides = {}
    for key, outcome in run.outcomes.items():
        series = [
            {
                "key": one.key,
                "name": one.name,
                "unit": one.unit,
                "clock": one.clock.name,
                "failures": None if one.failures is None else [asdict(failure) for failure in one.failures],
                "samples": [[sample.at_us, sample.value] for sample in one.samples],
            }
            for one in outcome.series
        ]
        sides[key] = {
            "figures": {figure: run.figure(key, figure) for figure in run.experiment.kept},
            "failures": [asdict(failure) for failure in outcome.failures],
            "series": series,
            "story": [asdict(message) for message in outcome.story],
        }
    return {
        "experiment": run.experiment.slug,
        "version": version(run.experiment),
        "parameters": asdict(run.parameters),
        "seed": run.seed,
        "units": metric_units(run.experiment),
        "sides": sides,
    }


def sweep_document(experiment: Experiment, parameters: Parameters, found: Sweep, *, seeds: range) -> dict[str, Any]:
    """For JSON: one value for each seed, in the units of ``document``."""
    return {
        "experiment": experiment.slug,
        "version": version(experiment),
        "parameters": asdict(parameters),
        "seeds": [seeds[0], seeds[-1]],
        "units": metric_units(experiment),
        "sides": {side: {"figures": dict(figures)} for side, figures in found.figures.items()},
    }


def metric_units(experiment: Experiment) -> dict[str, str]:
    units = {metric.key: metric.unit.value for metric in experiment.metrics}
    return {key: units.get(key, Unit.COUNT.value) for key in experiment.kept}


@cache
def version(experiment: Experiment) -> str:
    """Of the code that computes: another one may give other numbers for the same parameters and seed."""
    paths = [ROOT / f"{name.replace('.', '/')}.py" for name in sorted(modules_behind(type(experiment).__module__))]
    return sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:16]


ROOT = Path(__file__).parent.parent.parent
LAB = "patterns.lab."


def modules_behind(module: str) -> dict[str, None]:
    """The module, then those of the lab that it imports, directly or not, in the order in which they are named."""
    found = {module: None}
    for name in (waiting := [module]):  # grows while it is walked
        for node in ast.walk(ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))):
            used = node.module if isinstance(node, ast.ImportFrom) else None
            if used and used.startswith(LAB) and used not in found:
                found[used] = None
                waiting.append(used)
    return found
