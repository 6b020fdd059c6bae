"""The sweeps of all presets as the repository keeps them: pages read them, a test computes them anew.

``python -m patterns.lab.golden`` writes them, all or those of the slugs named; a change then shows as a diff.
"""

import json
import sys
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


# Both are kept for the life of a process: the files are part of the program.


@cache
def stored_sweeps(slug: str) -> dict[str, Sweep]:
    """By preset."""
    found = {}
    for key, preset in json.loads(golden_path(slug).read_text(encoding="utf-8")).items():
        sides = preset["figures"].items()
        found[key] = Sweep({side: {one: tuple(values) for one, values in figures.items()} for side, figures in sides})
    return found


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
    # Laid out by hand: a figure on each line shows in a diff which of them changed.
    found = sweep(experiment, preset.parameters)
    sides = []
    for side, figures in found.figures.items():
        lines = ",\n".join(f"        {json_text(metric)}: {json_text([*values])}" for metric, values in figures.items())
        sides.append(f"      {json_text(side)}: {{\n{lines}\n      }}")
    parts = {
        "parameters": json_text(preset.parameters.changed()),
        "verdict": json_text(verdict_of(experiment, preset, found).sentence),
        "figures": "{\n" + ",\n".join(sides) + "\n    }",
    }
    stated = ",\n".join(f"    {json_text(key)}: {text}" for key, text in parts.items())
    return f"  {json_text(preset.key)}: {{\n{stated}\n  }}"


def json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    if unknown := {*sys.argv[1:]} - {*BY_SLUG}:
        sys.exit(f"No experiment is called {', '.join(sorted(unknown))}.")
    for slug in sys.argv[1:] or BY_SLUG:
        golden_path(slug).write_text(golden_text(BY_SLUG[slug]), encoding="utf-8")
        print(golden_path(slug))
