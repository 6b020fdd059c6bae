"""The program of an experiment, to be read: its own module, those of its system, and the mechanism by itself."""

import inspect
import sys
from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from django.utils.safestring import SafeString

from patterns.lab.experiment import Experiment
from patterns.lab.sweep import modules_behind
from patterns.views.highlighting import highlighted

PACKAGES = ("patterns.lab.experiments.", "patterns.lab.systems.")


@dataclass(frozen=True)
class SourceModule:
    """``path`` is below the project, ``text`` its source in marked words."""

    path: str
    text: SafeString


@cache
def modules_of(experiment: Experiment) -> list[SourceModule]:
    """The experiment's own, then those that it uses."""
    return modules_from(type(experiment).__module__)


def modules_from(*names: str) -> list[SourceModule]:
    """Those of these names, then the experiments and systems behind them."""
    used = [one for name in names for one in modules_behind(name) if one.startswith(PACKAGES)]
    behind = dict.fromkeys([*names, *used])
    return [SourceModule(path_of(one), highlighted(inspect.getsource(sys.modules[one]), "python")) for one in behind]


@cache
def mechanism_of(experiment: Experiment) -> SourceModule:
    """The few classes or functions of the system that are the pattern itself."""
    parts = [dedent(inspect.getsource(one)).strip() for one in experiment.mechanism]
    return SourceModule(path_of(experiment.mechanism[0].__module__), highlighted("\n\n\n".join(parts), "python"))


def path_of(module: str) -> str:
    return f"{module.replace('.', '/')}.py"
