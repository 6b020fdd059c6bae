"""The lab in a terminal: the figures of a run, those of a sweep, and refusals that say what can be given."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from patterns.lab.experiments import BY_SLUG, EXPERIMENTS
from patterns.lab.golden import stored, stored_verdict
from patterns.lab.sweep import run_document, traced_run
from patterns.tests.commands.terminal import said
from patterns.tests.store.scratch import KEY

ROOT = Path(__file__).parent.parent.parent.parent
SLUG = "circuit-breaker-pattern"
EXPERIMENT = BY_SLUG["circuit-breaker-pattern"]


def told(*arguments: str) -> str:
    return said("run_experiment", SLUG, *arguments)


def told_json(*arguments: str) -> dict[str, Any]:
    return json.loads(told(*arguments, "--json"))


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        said("run_experiment", *arguments)
    return str(refused.value)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.slug)
def test_every_experiment_runs_and_names_its_sides(experiment):
    text = said("run_experiment", experiment.slug, "--seed", "3")

    assert text.startswith(f"{experiment.title}: one run, seed 3")
    assert all(word in text for side in experiment.sides for word in side.name.split())


def test_the_numbers_are_those_of_the_page():
    assert told_json("--seed", "7") == json.loads(
        json.dumps(run_document(traced_run(EXPERIMENT, EXPERIMENT.parameters(), 7)))
    )


def test_a_preset_and_values_on_top_of_it():
    found = told_json("--preset", "one-for-each", "--set", "workers=14", "--set", "window=30")

    assert (found["parameters"]["shards"], found["parameters"]["workers"], found["parameters"]["window"]) == (4, 14, 30)


def test_a_sweep_of_a_preset_gives_the_stored_figures_and_their_verdict():
    preset = EXPERIMENT.preset("short-timeout")

    found = told_json("--preset", preset.key, "--sweep", "30")

    figures = {side: {key: tuple(of) for key, of in one["figures"].items()} for side, one in found["sides"].items()}
    assert figures == stored(EXPERIMENT, preset).figures
    assert found["verdict"] == stored_verdict(EXPERIMENT, preset).sentence


def test_a_sweep_begins_with_the_seed():
    assert told_json("--seed", "5", "--sweep", "5")["seeds"] == [5, 9]


def test_a_sweep_ends_with_its_verdict_and_shows_no_bar_in_a_pipe():
    lines = told("--sweep", "5").splitlines()

    assert lines[0].startswith("One dependency stops answering: 5 runs, seeds 0 to 4")
    assert "It helps here: " in " ".join(lines)


def test_no_such_experiment():
    assert refusal("saga").startswith("There is no experiment “saga”; there is: ")


def test_no_such_preset():
    assert refusal(SLUG, "--preset", "worst").startswith("There is no preset “worst”; there is: default, ")


def test_every_bad_value_is_told():
    message = refusal(SLUG, "--set", "workers=99", "--set", "nodes=1", "--set", "scope=", "--sweep", "5")

    assert [line.partition(":")[0] for line in message.splitlines()] == [
        *("Workers (workers)", "Nothing here is called “nodes”; what can be set", "Breakers (scope)")
    ]


@pytest.mark.parametrize("given", ["workers", "", "\N{DESERT}" * 10_000])
def test_a_value_without_a_name_is_refused(given: str):
    message = refusal(SLUG, "--set", given)

    assert message.startswith("--set takes NAME=VALUE")
    assert len(message) < 120


@pytest.mark.parametrize(
    "arguments", [["--seed", "-1"], ["--seed", "10000"], ["--seed", "x"], ["--sweep", "4"], ["--sweep", "1001"]]
)
def test_seeds_and_runs_have_bounds(arguments: list[str]):
    assert "is not a whole number from" in refusal(SLUG, *arguments)


def test_it_needs_no_database(tmp_path: Path):
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3", "SECRET_KEY": KEY, "PATH": ""}
    command = [sys.executable, "manage.py", "run_experiment", SLUG]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert not [*tmp_path.iterdir()]
