"""What an entry's own page says of the experiment on it."""

from dataclasses import dataclass

from django.urls import reverse

from patterns.lab.experiment import Experiment
from patterns.models import Pattern
from patterns.views.lab.entries import experiment_on
from patterns.views.lab.verdicts import Told, verdict_on


@dataclass(frozen=True)
class Trial:
    """``told`` is the verdict on the default preset, and ``address`` the page of the experiment."""

    experiment: Experiment
    told: Told
    address: str


def trial_of(pattern: Pattern) -> Trial | None:
    """None if there is no experiment on the entry."""
    experiment = experiment_on(pattern)
    if experiment is None:
        return None
    address = reverse("patterns:pattern_lab", args=[pattern.slug])
    return Trial(experiment, verdict_on(experiment, experiment.default), address)
