"""What the repository keeps of each experiment: sweeps of its presets and of its knob, and how it met its laws.

Pages read it, a test computes it anew. ``python -m patterns.lab.golden`` writes it, all or that of the slugs named; a
change then shows as a diff.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean

from patterns.lab.experiment import Experiment, Knob, Law, Preset, Statistic
from patterns.lab.experiments import BY_SLUG
from patterns.lab.measure import Z_999, Interval, interval, spread_interval
from patterns.lab.parameters import Parameters, Value
from patterns.lab.sweep import SWEEP_SEEDS, Sweep, rounded, sweep
from patterns.lab.verdict import Verdict, verdict_of

FOLDER = Path(__file__).parent / "sweeps"
KNOB_SEEDS = range(10)  # for each value of a knob
LAW_SEEDS = range(200)  # fixed before the first run


@dataclass(frozen=True)
class Stored:
    """What the file of one experiment holds; ``knob`` has the primary metric alone, by side and value of the knob."""

    presets: Mapping[str, Sweep]
    knob: Mapping[str, Sequence[float | None]]
    laws: Mapping[str, Interval]


# All of it is kept for the life of a process: the files are part of the program.


@cache
def stored_file(slug: str) -> Stored:
    """Raises:
    FileNotFoundError: for an experiment whose file was not written yet.
    """
    document = json.loads(golden_path(slug).read_text(encoding="utf-8"))
    return Stored(
        {key: Sweep(tupled(preset["figures"])) for key, preset in document["presets"].items()},
        document["knob"]["means"],
        {name: Interval(measured, half) for name, (measured, half) in document["laws"].items()},
    )


def tupled(figures: Mapping[str, Mapping[str, list[float | None]]]) -> dict[str, dict[str, tuple[float | None, ...]]]:
    return {side: {key: tuple(values) for key, values in of.items()} for side, of in figures.items()}


def stored(experiment: Experiment, preset: Preset) -> Sweep:
    """The sweep of a preset; the same object at every call."""
    return stored_file(experiment.slug).presets[preset.key]


def stored_verdict(experiment: Experiment, preset: Preset) -> Verdict:
    """What the stored sweep of a preset showed; the same object at every call."""
    return stored_verdicts(experiment.slug)[preset.key]


@cache
def stored_verdicts(slug: str) -> dict[str, Verdict]:
    experiment = BY_SLUG[slug]
    return {preset.key: verdict_of(experiment, preset, stored(experiment, preset)) for preset in experiment.presets}


def golden_path(slug: str) -> Path:
    return FOLDER / f"{slug}.json"


# What a file holds is computed here.


def knob_means(experiment: Experiment, value: Value, *, seeds: range = KNOB_SEEDS) -> dict[str, float | None]:
    """The primary metric of each side with the knob at a value, over some seeds."""
    found = sweep(experiment, turned(experiment.default.parameters, experiment.knob, value), seeds=seeds)
    return {side.key: rounded(found.mean(side.key, experiment.primary.key)) for side in experiment.sides}


def turned(parameters: Parameters, knob: Knob, value: Value) -> Parameters:
    return replace(parameters, **{knob.setting: value})


def law_figures(experiment: Experiment, law: Law) -> list[float]:
    """What each seed gave.

    Raises:
        TypeError: if there was nothing to measure in one of them: the law is then about nothing.
    """
    runs = (experiment.run(law.parameters, seed, law.side, None) for seed in LAW_SEEDS)
    return [float(run.figures[law.figure]) for run in runs]  # type: ignore[arg-type]  # None is the error


def law_interval(law: Law, figures: Sequence[float]) -> Interval:
    """Of what theory speaks of, at 99.9 %; one that holds exactly has the width of what it is missed by."""
    if law.statistic is Statistic.EXACT:
        return Interval(fmean(figures), max(abs(one - law.expected) for one in figures))
    measure = spread_interval if law.statistic is Statistic.SPREAD else interval
    return measure(figures, factor=Z_999)


def golden_text(experiment: Experiment) -> str:
    """What the file of an experiment holds: one line for each figure of each preset."""
    presets = ",\n".join(preset_text(experiment, preset) for preset in experiment.presets)
    laws = ",\n".join(law_text(law, law_figures(experiment, law)) for law in experiment.laws)
    knob = knob_text(experiment, [knob_means(experiment, value) for value in experiment.knob.values])
    return f'{{\n"presets": {{\n{presets}\n}},\n"knob": {knob},\n"laws": {{\n{laws}\n}}\n}}\n'


def preset_text(experiment: Experiment, preset: Preset) -> str:
    # Laid out by hand: a figure on each line shows in a diff which of them changed.
    found = sweep(experiment, preset.parameters, seeds=SWEEP_SEEDS)
    sides = []
    for side, figures in found.figures.items():
        lines = ",\n".join(f"        {json_text(key)}: {json_text([*values])}" for key, values in figures.items())
        sides.append(f"      {json_text(side)}: {{\n{lines}\n      }}")
    parts = {
        "parameters": json_text(preset.parameters.changed()),
        "verdict": json_text(verdict_of(experiment, preset, found).sentence),
        "figures": "{\n" + ",\n".join(sides) + "\n    }",
    }
    stated = ",\n".join(f"    {json_text(key)}: {text}" for key, text in parts.items())
    return f"  {json_text(preset.key)}: {{\n{stated}\n  }}"


def law_text(law: Law, figures: Sequence[float]) -> str:
    measured = law_interval(law, figures)
    return f"  {json_text(law.name)}: {json_text([rounded(measured.mean), rounded(measured.half)])}"


def knob_text(experiment: Experiment, means: Sequence[Mapping[str, float | None]]) -> str:
    sides = {side.key: [one[side.key] for one in means] for side in experiment.sides}
    stated = {"setting": experiment.knob.setting, "values": [*experiment.knob.values], "means": sides}
    return json_text(stated)


def json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    if unknown := {*sys.argv[1:]} - {*BY_SLUG}:
        sys.exit(f"No experiment is called {', '.join(sorted(unknown))}.")
    for slug in sys.argv[1:] or BY_SLUG:
        golden_path(slug).write_text(golden_text(BY_SLUG[slug]), encoding="utf-8")
        print(golden_path(slug))
