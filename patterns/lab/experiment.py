"""What an experiment is: what can be set, what is measured, which sides run, and what its answer holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from patterns.lab.parameters import Parameters
from patterns.lab.trace import Failure, Message, Series, Trace

WITHOUT, WITH = "without", "with"


class Unit(StrEnum):
    SHARE = "share"  # between 0 and 1, shown as per cent
    MILLISECONDS = "ms"
    SECONDS = "s"
    COUNT = "count"


class Role(StrEnum):
    PRIMARY = "primary"  # decides the verdict: one for each experiment
    GAIN = "gain"
    PRICE = "price"


@dataclass(frozen=True)
class Metric:
    """One figure of an outcome. ``name`` is understood without background, and stands before ": 3 % with a breaker"."""

    key: str
    name: str
    unit: Unit
    role: Role
    about: str = ""
    is_better_high: bool = False
    smallest: float = 0.0  # of the primary one: the smallest difference worth naming


@dataclass(frozen=True)
class Side:
    """One way to build the system; ``phrase`` completes "… instead of 50 % …" ("without a breaker")."""

    key: str
    name: str
    phrase: str


@dataclass(frozen=True)
class Preset:
    """A situation worth looking at. Its verdict compares the pattern's side with ``against``."""

    key: str
    name: str
    about: str
    parameters: Parameters
    against: str = WITHOUT


@dataclass(frozen=True)
class Law:
    """Theory that others found and that the model has to meet: a test runs it over the seeds 0 to 199.

    ``parameters`` is a preset of the law's own, in which its assumptions hold. ``expected`` is what theory says of the
    mean of ``figure``, one of the outcome's figures, on ``side``.
    """

    name: str
    formula: str
    assumptions: str
    source: str
    parameters: Parameters
    side: str
    figure: str
    expected: float


@dataclass(frozen=True)
class Outcome:
    """What one run of one side gave.

    ``figures`` holds a number for each metric (shares between 0 and 1, durations in the metric's unit), and for each
    law's figure. The rest is empty unless the run was traced.
    """

    figures: Mapping[str, float]
    failures: tuple[Failure, ...] = ()
    series: tuple[Series, ...] = ()
    story: tuple[Message, ...] = ()


# Each experiment has settings of a type of its own, which only its own run reads.
Run = Callable[[Any, int, str, Trace | None], Outcome]


@dataclass(frozen=True)
class Experiment:
    """One entry's architecture, without and with it, and where useful a third way, under the same load and faults.

    ``run(parameters, seed, side, trace)`` simulates one side. It is a function of its arguments alone.
    """

    slug: str  # of the entry
    title: str
    question: str
    parameters: type[Parameters]
    sides: tuple[Side, ...]
    metrics: tuple[Metric, ...]
    presets: tuple[Preset, ...]
    laws: tuple[Law, ...]
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    run: Run

    @property
    def primary(self) -> Metric:
        return next(metric for metric in self.metrics if metric.role is Role.PRIMARY)

    @property
    def default(self) -> Preset:
        return self.presets[0]

    def preset(self, key: str) -> Preset:
        """Raises:
        KeyError: if there is none of that name.
        """
        return {preset.key: preset for preset in self.presets}[key]

    def side(self, key: str) -> Side:
        return {side.key: side for side in self.sides}[key]
