"""What an experiment is: what can be set, what is measured, which sides run, and what its answer holds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any, Generic, TypeVar

from patterns.lab.parameters import Parameters, Value
from patterns.lab.simulation import System
from patterns.lab.structure import Structure
from patterns.lab.trace import Failure, Message, Series, Trace

WITHOUT, WITH = "without", "with"


class Unit(StrEnum):
    SHARE = "share"  # between 0 and 1, shown as per cent
    MILLISECONDS = "ms"
    SECONDS = "s"
    DAYS = "days"
    COUNT = "count"


class Role(StrEnum):
    """What a metric is there for. What it shows in a situation, a verdict says: whatever got worse is a price."""

    PRIMARY = "primary"  # decides the verdict: one for each experiment
    GAIN = "gain"
    PRICE = "price"


@dataclass(frozen=True)
class Metric:
    """One figure of an outcome. ``name`` is understood without background, and stands before ": 3 % with a breaker".

    ``smallest`` is the smallest difference worth naming: of a share in itself (0.01 is one point), of all else as a
    share of what ``of`` counts in a run ("orders", a key of the figures, too), or where that is empty, of the larger
    mean. A value from ``never`` on, in the metric's unit, means that it did not come; in a mean it counts as it is.
    """

    key: str
    name: str
    unit: Unit
    role: Role
    about: str = ""
    is_better_high: bool = False
    smallest: float = 0.005
    of: str = ""
    never: float = inf


@dataclass(frozen=True)
class Side:
    """One way to build the system; ``phrase`` completes "… instead of 50 % …" ("without a breaker")."""

    key: str
    name: str
    phrase: str


class Fault(StrEnum):
    """What goes wrong in a situation: readers look for theirs."""

    CRASH = "crash"  # a process stops, and forgets what it held in memory
    OUTAGE = "outage"  # something that others need does not answer for a while
    SLOW = "slow"  # something answers late
    LOAD = "load"  # there is more to do than can be done
    MESSAGES = "messages"  # what was sent comes late, twice or not at all
    CHANGE = "change"  # something new is rolled out, and is wrong or does not fit
    NONE = "none"


FAULT_NAMES = {
    Fault.CRASH: "A process crashes",
    Fault.OUTAGE: "Something that others need is down",
    Fault.SLOW: "Something answers late",
    Fault.LOAD: "More work than can be done",
    Fault.MESSAGES: "Messages come late or twice",
    Fault.CHANGE: "A change is rolled out",
    Fault.NONE: "Nothing fails",
}


@dataclass(frozen=True)
class Preset:
    """A situation worth looking at. Its verdict compares the pattern's side with ``against``."""

    key: str
    name: str
    about: str
    parameters: Parameters
    fault: Fault
    against: str = WITHOUT


@dataclass(frozen=True)
class Knob:
    """The one setting that a chart turns, all else as by default: the primary metric of all sides at each value."""

    setting: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Calculator:
    """A law of the experiment for a reader's own numbers.

    ``settings`` has at most three fields, whose names begin with "your_"; ``answer`` makes one or two sentences of
    them. ``note`` says what it takes for granted.
    """

    title: str
    settings: type[Parameters]
    answer: Callable[[Any], str]
    note: str = ""


class Statistic(StrEnum):
    """What theory speaks of."""

    MEAN = "mean"  # over the seeds of a law
    SPREAD = "spread"  # the standard deviation over them
    EXACT = "exact"  # each of them


@dataclass(frozen=True)
class Law:
    """Theory that others found and that the model has to meet: a test runs it over the seeds 0 to 199.

    ``parameters`` is a preset of the law's own, in which its assumptions hold. ``expected`` is what theory says of
    ``figure``, one of the outcome's figures, on ``side``: of its mean over all seeds, of its standard deviation, or of
    every single one.
    """

    name: str
    formula: str
    assumptions: str
    source: str
    parameters: Parameters
    side: str
    figure: str
    expected: float
    statistic: Statistic = Statistic.MEAN


@dataclass(frozen=True)
class SideOutcome:
    """What one run of one side gave, after ``event_count`` events of the simulation.

    ``figures`` holds a number for each metric (shares between 0 and 1, durations in the metric's unit), for what some
    metrics are ``of``, and for each law's figure; None where there was nothing to measure. The rest is empty unless
    the run was traced.
    """

    figures: Mapping[str, float | None]
    event_count: int
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
    knob: Knob
    calculator: Calculator
    qualities: tuple[str, ...]  # that it is about, as the catalogue names them
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    fairness: str  # why nobody can call the other side a straw man
    mechanism: tuple[Callable[..., Any], ...]  # classes and functions of the system that are the pattern itself

    @abstractmethod
    def run(self, parameters: Parameters, seed: int, side: str, trace: Trace | None = None) -> SideOutcome:
        """Simulate one side; what is only looked at is kept if there is a trace.

        Raises:
            TooManyEvents: if the parameters ask for more than one run may compute.
        """

    @abstractmethod
    def structure(self, parameters: Any, side: str) -> Structure:
        """How a side is built with these settings."""

    @property
    def primary(self) -> Metric:
        return next(metric for metric in self.metrics if metric.role is Role.PRIMARY)

    @property
    def kept(self) -> tuple[str, ...]:
        """The figures that a sweep keeps: metrics, and what they are of."""
        return tuple(dict.fromkeys([*(one.key for one in self.metrics), *(one.of for one in self.metrics if one.of)]))

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
    """An experiment on a ``System``: four methods say what a run of it showed, and one how it is built."""

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
    def figures(self, system: S) -> dict[str, float | None]:
        """A number for each metric, what it is of, and each law's figure, in their units; None for nothing."""

    @abstractmethod
    def failures(self, system: S) -> tuple[Failure, ...]:
        """What was broken, and when; the same on all sides."""

    @abstractmethod
    def series(self, system: S) -> tuple[Series, ...]:
        """One to four charts, each with the same steps on all sides, by the clock of its own."""

    @abstractmethod
    def narrate(self, trace: Trace, system: S) -> None:
        """Note what happened around the fault; 2 to 14 messages are shown."""

    def run(self, parameters: Parameters, seed: int, side: str, trace: Trace | None = None) -> SideOutcome:
        load = self.system.draw(parameters, seed)
        system = self.system.simulate(parameters, load, side, is_traced=trace is not None)
        figures = self.figures(system)
        if trace is None:
            return SideOutcome(figures, system.event_count)
        self.narrate(trace, system)
        seen = self.failures(system), self.series(system), trace.story()
        return SideOutcome(figures, system.event_count, *seen)
