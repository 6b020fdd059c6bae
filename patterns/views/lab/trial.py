"""What an entry's own page says of the experiment on it."""

from dataclasses import dataclass

from django.urls import reverse

from patterns.lab.experiment import Experiment
from patterns.lab.golden import stored_verdict
from patterns.lab.verdict import Verdict
from patterns.models import Pattern
from patterns.views.lab.entries import experiment_on


@dataclass(frozen=True)
class Trial:
    """``told`` is the verdict on the default preset, and ``address`` the page of the experiment."""

    experiment: Experiment
    told: Verdict
    address: str


def trial_of(pattern: Pattern) -> Trial | None:
    """None if there is no experiment on the entry."""
    experiment = experiment_on(pattern)
    if experiment is None:
        return None
    address = reverse("patterns:pattern_lab", args=[pattern.slug])
    return Trial(experiment, stored_verdict(experiment, experiment.default), address)
