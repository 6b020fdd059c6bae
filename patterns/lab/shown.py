"""One run of all sides as it is shown: by a page, as JSON, in a terminal, with the same numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from patterns.lab.experiment import Experiment, Outcome
from patterns.lab.parameters import Parameters
from patterns.lab.sweep import Sweep, rounded
from patterns.lab.trace import Trace

SEEDS = range(10_000)  # those that an address or a command may name


@dataclass(frozen=True)
class Shown:
    """A traced run of each side under the same load and faults."""

    experiment: Experiment
    parameters: Parameters
    seed: int
    outcomes: Mapping[str, Outcome]  # by side

    def figure(self, side: str, metric: str) -> float:
        return rounded(self.outcomes[side].figures[metric])


def shown(experiment: Experiment, parameters: Parameters, seed: int) -> Shown:
    """Raises:
    TooManyEvents: if the parameters ask for more than one run may compute.
    """
    outcomes = {side.key: experiment.run(parameters, seed, side.key, Trace()) for side in experiment.sides}
    return Shown(experiment, parameters, seed, outcomes)


def document(run: Shown) -> dict[str, Any]:
    """For JSON: times in microseconds, shares between 0 and 1, all else in the unit of its metric."""
    return {
        "experiment": run.experiment.slug,
        "version": version(),
        "parameters": asdict(run.parameters),
        "seed": run.seed,
        "units": units(run.experiment),
        "sides": {key: _side(run, key) for key in run.outcomes},
    }


def _side(run: Shown, key: str) -> dict[str, Any]:
    outcome = run.outcomes[key]
    return {
        "figures": {metric.key: run.figure(key, metric.key) for metric in run.experiment.metrics},
        "failures": [asdict(failure) for failure in outcome.failures],
        "series": [
            {
                **{"key": one.key, "name": one.name, "unit": one.unit},
                "samples": [[sample.at_us, sample.value] for sample in one.samples],
            }
            for one in outcome.series
        ],
        "story": [asdict(message) for message in outcome.story],
    }


def sweep_document(experiment: Experiment, parameters: Parameters, found: Sweep, *, seeds: range) -> dict[str, Any]:
    """For JSON: one value for each seed, in the units of ``document``."""
    return {
        "experiment": experiment.slug,
        "version": version(),
        "parameters": asdict(parameters),
        "seeds": [seeds[0], seeds[-1]],
        "units": units(experiment),
        "sides": {side: {"figures": dict(figures)} for side, figures in found.figures.items()},
    }


def units(experiment: Experiment) -> dict[str, str]:
    return {metric.key: metric.unit for metric in experiment.metrics}


@cache
def version() -> str:
    """Of the code that computes: another one may give other numbers for the same parameters and seed."""
    folder = Path(__file__).parent
    sources = sorted(folder.rglob("*.py"))
    return sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
