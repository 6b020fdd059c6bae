"""The sweeps that the repository keeps are those that the code computes, and the same in every process."""

import json
import os
import subprocess
import sys
from pathlib import Path

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import FOLDER, golden_path, preset_text, stored_verdict
from patterns.tests.lab.cases import EACH, EACH_PRESET

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
    stored = golden_path(experiment.slug).read_text(encoding="utf-8")

    assert preset_text(experiment, preset) in stored, f"python -m patterns.lab.golden {experiment.slug} writes it anew"


@EACH
def test_a_file_holds_its_presets_in_order_with_their_verdicts(experiment: Experiment):
    document = json.loads(golden_path(experiment.slug).read_text(encoding="utf-8"))

    assert [*document] == [preset.key for preset in experiment.presets]
    assert [one["verdict"] for one in document.values()] == [
        stored_verdict(experiment, preset).sentence for preset in experiment.presets
    ]


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
