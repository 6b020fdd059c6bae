"""Each experiment meets theory that others found, over seeds that were fixed before the first run."""

from patterns.lab.experiment import Experiment, Law
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.measure import Z_999, interval
from patterns.tests.lab.cases import EACH_LAW

SEEDS = range(200)
WIDEST = 0.05  # of the theory's value: an interval that holds everything proves nothing


def test_every_experiment_has_a_law():
    assert all(experiment.laws for experiment in EXPERIMENTS)


@EACH_LAW
def test_the_model_meets_the_law(experiment: Experiment, law: Law):
    runs = [experiment.run(law.parameters, seed, law.side, None).figures[law.figure] for seed in SEEDS]

    measured = interval(runs, factor=Z_999)

    assert law.expected in measured, measured
    assert measured.half <= WIDEST * law.expected, measured
