"""Every experiment, and every preset and law of each, for tests that hold for all of them."""

import pytest

from patterns.lab.experiment import Experiment, Law, Preset
from patterns.lab.experiments import EXPERIMENTS


def named(case: Experiment | Preset | Law) -> str:
    if isinstance(case, Experiment):
        return case.slug
    return case.key if isinstance(case, Preset) else case.name


EACH = pytest.mark.parametrize("experiment", EXPERIMENTS, ids=named)
EACH_PRESET = pytest.mark.parametrize(
    ("experiment", "preset"), [(one, preset) for one in EXPERIMENTS for preset in one.presets], ids=named
)
EACH_LAW = pytest.mark.parametrize(
    ("experiment", "law"), [(one, law) for one in EXPERIMENTS for law in one.laws], ids=named
)
