"""What an experiment is: what can be set, what is measured, which sides run, and what its answer holds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from patterns.lab.parameters import Parameters
from patterns.lab.simulation import System
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
class SideOutcome:
    """What one run of one side gave.

    ``figures`` holds a number for each metric (shares between 0 and 1, durations in the metric's unit), and for each
    law's figure. The rest is empty unless the run was traced.
    """

    figures: Mapping[str, float]
    failures: tuple[Failure, ...] = ()
    series: tuple[Series, ...] = ()
    story: tuple[Message, ...] = ()


class Experiment(ABC):
    """One entry's architecture, without and with it, and where useful a third way, under the same load and faults.

    A subclass states what is asked, set, compared and measured. It has no state: a run depends on its arguments alone.
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
    mechanism: tuple[Callable[..., Any], ...]  # classes and functions of the system that are the pattern itself

    @abstractmethod
    def run(self, parameters: Parameters, seed: int, side: str, trace: Trace | None = None) -> SideOutcome:
        """Simulate one side; what is only looked at is kept if there is a trace.

        Raises:
            TooManyEvents: if the parameters ask for more than one run may compute.
        """

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


S = TypeVar("S", bound=System[Any, Any])


class SystemExperiment(Experiment, Generic[S]):
    """An experiment on a ``System``: four methods say what a run of it showed."""

    system: type[S]

    def __init_subclass__(cls) -> None:
        """Raises:
        TypeError: when the module of an experiment that leaves something out is imported.
        """
        super().__init_subclass__()
        stated = (*Experiment.__annotations__, "system")
        if missing := [name for name in stated if not hasattr(cls, name)]:
            raise TypeError(f"The experiment {cls.__name__} does not state: {', '.join(missing)}.")

    @abstractmethod
    def figures(self, system: S) -> dict[str, float]:
        """A number for each metric and each law's figure, in their units."""

    @abstractmethod
    def failures(self, system: S) -> tuple[Failure, ...]:
        """What was broken, and when; the same on all sides."""

    @abstractmethod
    def series(self, system: S) -> tuple[Series, ...]:
        """One to four charts, with the same steps on all sides."""

    @abstractmethod
    def narrate(self, trace: Trace, system: S) -> None:
        """Note what happened around the fault; 2 to 14 messages are shown."""

    def run(self, parameters: Parameters, seed: int, side: str, trace: Trace | None = None) -> SideOutcome:
        load = self.system.draw(parameters, seed)
        system = self.system.simulate(parameters, load, side, is_traced=trace is not None)
        figures = self.figures(system)
        if trace is None:
            return SideOutcome(figures)
        self.narrate(trace, system)
        return SideOutcome(figures, self.failures(system), self.series(system), trace.story())
