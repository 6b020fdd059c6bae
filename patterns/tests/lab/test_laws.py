"""Each experiment meets theory that others found, over seeds that were fixed before the first run."""

from patterns.lab.experiment import Experiment, Law, Statistic
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import law_figures, law_interval, stored_file
from patterns.lab.sweep import rounded
from patterns.tests.lab.cases import EACH_LAW

# Of the theory's value: an interval that holds everything proves nothing. A spread is known less well than a mean.
WIDEST = {Statistic.MEAN: 0.05, Statistic.SPREAD: 0.25}


def test_every_experiment_has_a_law():
    assert all(experiment.laws for experiment in EXPERIMENTS)


@EACH_LAW
def test_the_model_meets_the_law(experiment: Experiment, law: Law):
    figures = law_figures(experiment, law)
    measured, kept = law_interval(law, figures), stored_file(experiment.slug).laws[law.name]

    assert (rounded(measured.mean), rounded(measured.half)) == (kept.mean, kept.half), "the stored one is of old code"
    if law.statistic is Statistic.EXACT:
        assert {*figures} == {law.expected}
    else:
        assert law.expected in measured, measured
        assert measured.half <= WIDEST[law.statistic] * law.expected, measured
