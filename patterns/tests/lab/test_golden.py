"""The sweeps that the repository keeps are those that the code computes, and the same in every process."""

import json
import os
import subprocess
import sys
from pathlib import Path

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import FOLDER, golden_path, knob_means, stored, stored_file, stored_verdict
from patterns.lab.sweep import SWEEP_SEEDS, sweep
from patterns.tests.lab.cases import EACH, EACH_PRESET

# Ten of the thirty show any change of the code. A slip in the rest of a file, the whole check looks for in the usual
# situation of each experiment: for all of them it has no time.
SEEDS, ALL_SEEDS = SWEEP_SEEDS[:10], bool(os.environ.get("ARCHSITE_ALL_SEEDS"))
ROOT = Path(__file__).parent.parent.parent.parent
TOLD = """
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.trace import Trace
for experiment in EXPERIMENTS:
    for side in experiment.sides:
        print(experiment.run(experiment.default.parameters, 3, side.key, Trace()))
"""


@EACH_PRESET
def test_a_stored_sweep_is_what_the_code_computes(experiment: Experiment, preset: Preset):
    seeds = SWEEP_SEEDS if ALL_SEEDS and preset == experiment.default else SEEDS
    kept = stored(experiment, preset).figures
    of_these = {side: {key: values[: len(seeds)] for key, values in figures.items()} for side, figures in kept.items()}

    found = sweep(experiment, preset.parameters, seeds=seeds)

    assert found.figures == of_these, f"python -m patterns.lab.golden {experiment.slug} writes it anew"


@EACH
def test_a_file_holds_its_presets_in_order_with_their_verdicts(experiment: Experiment):
    document = json.loads(golden_path(experiment.slug).read_text(encoding="utf-8"))["presets"]

    assert [*document] == [preset.key for preset in experiment.presets]
    assert {key: one["parameters"] for key, one in document.items()} == {
        preset.key: preset.parameters.changed() for preset in experiment.presets
    }
    assert [one["verdict"] for one in document.values()] == [
        stored_verdict(experiment, preset).sentence for preset in experiment.presets
    ]


@EACH
def test_the_stored_knob_is_what_the_code_computes(experiment: Experiment):
    """At the value in the middle; the other ones come of the same code."""
    values = experiment.knob.values
    middle = len(values) // 2

    found = knob_means(experiment, values[middle])

    assert {side: means[middle] for side, means in stored_file(experiment.slug).knob.items()} == found
    assert {len(means) for means in stored_file(experiment.slug).knob.values()} == {len(values)}


def test_there_is_no_file_without_its_experiment():
    assert {path.stem for path in FOLDER.iterdir()} == {experiment.slug for experiment in EXPERIMENTS}


def test_every_process_computes_the_same_bytes():
    printed = {
        subprocess.run(
            [sys.executable, "-c", TOLD], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True
        ).stdout
        for salt in ("0", "1", "777")
    }

    assert len(printed) == 1
    assert all(experiment.default.parameters for experiment in EXPERIMENTS)
    assert len(printed.pop()) > 1_000
