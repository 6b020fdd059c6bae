"""All experiments: a new one is a line here, a module beside this file, and its system in ``patterns.lab.systems``."""

from patterns.lab.experiment import Experiment
from patterns.lab.experiments import circuit_breaker, outbox, saga, sharding

EXPERIMENTS: tuple[Experiment, ...] = (
    saga.EXPERIMENT,
    outbox.EXPERIMENT,
    circuit_breaker.EXPERIMENT,
    sharding.EXPERIMENT,
)
BY_SLUG = {experiment.slug: experiment for experiment in EXPERIMENTS}
