"""The sweeps of all presets as the repository keeps them: pages read them, a test computes them anew.

``python -m patterns.lab.golden`` writes them, all or those of the slugs named; a change then shows as a diff.
"""

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.experiments import BY_SLUG
from patterns.lab.sweep import Sweep, sweep
from patterns.lab.verdict import Verdict, verdict_of

FOLDER = Path(__file__).parent / "sweeps"


def stored(experiment: Experiment, preset: Preset) -> Sweep:
    """The sweep of a preset; the same object at every call.

    Raises:
        KeyError, FileNotFoundError: for a preset or an experiment whose sweep was not written yet.
    """
    return stored_sweeps(experiment.slug)[preset.key]


@cache
def stored_sweeps(slug: str) -> dict[str, Sweep]:
    """By preset."""
    document = json.loads(golden_path(slug).read_text(encoding="utf-8"))
    return {
        key: Sweep(
            {side: {metric: tuple(values) for metric, values in figures.items()} for side, figures in of.items()}
        )
        for key, of in ((key, preset["figures"]) for key, preset in document.items())
    }


def stored_verdict(experiment: Experiment, preset: Preset) -> Verdict:
    """What the stored sweep of a preset showed; the same object at every call."""
    return stored_verdicts(experiment.slug)[preset.key]


@cache
def stored_verdicts(slug: str) -> dict[str, Verdict]:
    experiment = BY_SLUG[slug]
    return {preset.key: verdict_of(experiment, preset, stored(experiment, preset)) for preset in experiment.presets}


def golden_path(slug: str) -> Path:
    return FOLDER / f"{slug}.json"


def golden_text(experiment: Experiment) -> str:
    """What the file of an experiment holds: for each preset its settings, its verdict, and one line for each figure."""
    return "{\n" + ",\n".join(preset_text(experiment, preset) for preset in experiment.presets) + "\n}\n"


def preset_text(experiment: Experiment, preset: Preset) -> str:
    found = sweep(experiment, preset.parameters)
    sentence = verdict_of(experiment, preset, found).sentence
    sides = ",\n".join(side_text(side, figures) for side, figures in found.figures.items())
    head = f'    "parameters": {_json(preset.parameters.changed())},\n    "verdict": {_json(sentence)},\n'
    return f'  {_json(preset.key)}: {{\n{head}    "figures": {{\n{sides}\n    }}\n  }}'


def side_text(side: str, figures: Mapping[str, tuple[float, ...]]) -> str:
    lines = ",\n".join(f"        {_json(metric)}: {_json([*values])}" for metric, values in figures.items())
    return f"      {_json(side)}: {{\n{lines}\n      }}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    if unknown := {*sys.argv[1:]} - {*BY_SLUG}:
        sys.exit(f"No experiment is called {', '.join(sorted(unknown))}.")
    for one in [BY_SLUG[slug] for slug in sys.argv[1:] or BY_SLUG]:
        golden_path(one.slug).write_text(golden_text(one), encoding="utf-8")
        print(golden_path(one.slug))
