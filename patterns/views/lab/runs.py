"""Runs, computed once and kept as pages and programs get them; whatever else a run holds is forgotten."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from json import dumps
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep
from typing import Generic, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import stored
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import FEWEST, Sweep, own_sweep, run_document, sweep_of, traced_run
from patterns.lab.verdict import Verdict, verdict_of
from patterns.views.lab.figures import charts, figure_table, timelines
from patterns.views.lab.request import RunRequest

WAITING = 2  # of the eight threads of a process: one computes, two wait, five are left for everything else
PATIENCE_S = 5.0
REST = 1.0  # pause after a computation, in times that it took: a process computes half of the time at most


class Busy(Exception):
    """Too many are waiting already, or it took too long."""


class Turns:
    """One computation at a time in each process, and a short queue before it: other pages have to be answered too."""

    def __init__(self, *, waiting: int = WAITING, patience_s: float = PATIENCE_S, rest: float = REST) -> None:
        self._turn, self._places = Lock(), BoundedSemaphore(waiting)
        self._patience_s, self._rest, self._rested_at = patience_s, rest, 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            Busy: if there is no place to wait, or waiting took longer than anybody likes to wait.
        """
        if not (self._turn.acquire(blocking=False) or self._waited()):
            raise Busy
        try:
            yield from self._rested()
        finally:
            self._turn.release()

    def _waited(self) -> bool:
        if not self._places.acquire(blocking=False):
            return False
        try:
            return self._turn.acquire(timeout=self._patience_s)
        finally:
            self._places.release()

    def _rested(self) -> Iterator[None]:
        # In the turn, so that whoever waits next waits for the rest as well, and other pages get the processor.
        sleep(max(0.0, self._rested_at - monotonic()))
        began = monotonic()
        try:
            yield
        finally:
            ended = monotonic()
            self._rested_at = ended + (ended - began) * self._rest


V = TypeVar("V")


class RecentlyUsed(Generic[V]):
    """At most so many values, for several threads at once: the least recently used goes first."""

    def __init__(self, *, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: V) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


KEPT_COUNT = 128  # of about 200 KB each


@dataclass(frozen=True)
class ComputedRun:
    """Parts of the page that a run decides, and the run for programs.

    ``figures`` is empty for settings that are of no preset: their table is of several runs.
    """

    charts: SafeString
    story: SafeString
    figures: SafeString
    document: str


@dataclass(frozen=True)
class OwnRuns:
    """Several runs of settings that are of no preset; no verdict if so many would take too long."""

    figures: SafeString
    told: Verdict | None
    count: int


class TooLong:
    """In the place of a run that was too long, so that it is not begun again."""


_kept: RecentlyUsed[ComputedRun | TooLong] = RecentlyUsed(most=KEPT_COUNT)
# What entries link to: no crowd with settings of its own drives it out.
_presets: RecentlyUsed[ComputedRun | TooLong] = RecentlyUsed(most=sum(len(one.presets) for one in EXPERIMENTS))
_own: RecentlyUsed[OwnRuns] = RecentlyUsed(most=KEPT_COUNT)
_turns = Turns()


def computed_run(asked: RunRequest) -> ComputedRun:
    """The run, computed unless it was lately.

    Raises:
        Busy: if too many others are waiting for a run.
        TooManyEvents: if it would take too long.
    """
    found = kept_or_computed(_presets if asked.is_preset and not asked.seed else _kept, asked, compute)
    if isinstance(found, TooLong):
        raise TooManyEvents
    return found


def own_runs(asked: RunRequest) -> OwnRuns:
    """What a page says beside the run of settings that are of no preset; programs ask for the run alone.

    Raises:
        Busy: if too many others are waiting for a run.
    """
    return kept_or_computed(_own, asked, compute_own)


def kept_or_computed(kept: RecentlyUsed[V], asked: RunRequest, compute: Callable[[RunRequest], V]) -> V:
    found = kept.get(asked)
    if found is None:
        with _turns.turn():
            found = kept.get(asked) or compute(asked)  # it may have been computed while this one waited
            kept.put(asked, found)
    return found


def compute(asked: RunRequest) -> ComputedRun | TooLong:
    try:
        run = traced_run(asked.experiment, asked.parameters, asked.seed)
    except TooManyEvents:
        return TooLong()
    shown = sweep_of(run.experiment, {side: [outcome] for side, outcome in run.outcomes.items()})
    experiment, preset = asked.experiment, asked.preset
    return ComputedRun(
        render_to_string("patterns/lab/_charts.html", {"asked": asked, "charts": charts(run)}),
        render_to_string("patterns/lab/_events.html", {"timelines": timelines(run)}),
        figures_part(experiment, preset, stored(experiment, preset), shown) if asked.is_preset else SafeString(),
        dumps(run_document(run), ensure_ascii=False, allow_nan=False, indent=2) + "\n",
    )


def compute_own(asked: RunRequest) -> OwnRuns:
    found = own_sweep(asked.experiment, asked.parameters, asked.seed)
    told = verdict_of(asked.experiment, asked.preset, found) if found.run_count >= FEWEST else None
    return OwnRuns(figures_part(asked.experiment, asked.preset, found, found), told, found.run_count)


@cache
def stored_figures_part(experiment: Experiment, preset: Preset) -> SafeString:
    """Of the stored runs of a preset alone, for when no run can be computed."""
    return figures_part(experiment, preset, stored(experiment, preset), None)


def figures_part(experiment: Experiment, preset: Preset, sweep: Sweep, shown: Sweep | None) -> SafeString:
    """``shown`` begins with the run that is shown, if one is."""
    return render_to_string("patterns/lab/_figures.html", {"figures": figure_table(experiment, preset, sweep, shown)})
