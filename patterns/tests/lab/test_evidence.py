"""Figures of the lab that an entry may cite: which there are, and what they show."""

import pytest

from patterns.lab.evidence import cited_figure, what_is_wrong
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored
from patterns.lab.verdict import Stance, verdict_of
from patterns.tests.lab.cases import EACH_PRESET

SAGA = BY_SLUG["saga-pattern"]


def test_a_figure_is_said_without_and_with_the_pattern():
    figure = cited_figure("default/half_done", SAGA)

    assert (figure.before, figure.after, figure.stance) == ("6.7", "0", Stance.HELPS)
    assert figure.metric.name == "bookings left half done"


def test_a_preset_alone_means_the_primary_figure():
    assert cited_figure("default", SAGA) == cited_figure("default/half_done", SAGA)


def test_a_figure_of_another_experiment_is_named_with_it():
    figure = cited_figure("outbox-pattern/default/lost", None)

    assert (figure.experiment.slug, figure.after) == ("outbox-pattern", "0")


@EACH_PRESET
def test_the_primary_figure_says_what_the_verdict_says(experiment, preset):
    verdict = verdict_of(experiment, preset, stored(experiment, preset))

    assert cited_figure(preset.key, experiment).stance is verdict.stance


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("other/half_done", "names no preset of saga-pattern: default, late"),
        ("default/other", "names no figure of saga-pattern: half_done, held"),
        (
            "other-pattern/default/lost",
            "names no experiment: a figure of another entry is lab:SLUG/PRESET/METRIC, of microservices-architecture, ",
        ),
        ("a/b/c/d", "has too many parts"),
        ("", "names no preset"),
    ],
)
def test_what_leads_nowhere_says_why(name: str, wrong: str):
    assert wrong in what_is_wrong("saga-pattern", name, "gain")


def test_without_an_experiment_of_its_own_an_entry_has_to_name_one():
    assert "names no experiment" in what_is_wrong("timeout-pattern", "default/lost", "gain")
    assert what_is_wrong("timeout-pattern", "outbox-pattern/default/lost", "gain") == ""


def test_a_figure_has_to_show_what_it_is_cited_for():
    assert what_is_wrong("saga-pattern", "default/half_done", "gain") == ""
    assert what_is_wrong("saga-pattern", "default/log_writes", "cost") == ""
    assert what_is_wrong("saga-pattern", "default/log_writes", "gain") == (
        "shows a cost and not a gain: log writes per booking 0 without, 4.1 with it"
    )
    assert "shows no difference and not a cost" in what_is_wrong("saga-pattern", "no-crash/half_done", "cost")
