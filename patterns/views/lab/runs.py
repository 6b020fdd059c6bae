"""Runs, computed once and kept as pages and programs get them; whatever else a run holds is forgotten."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from json import dumps
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep
from typing import Generic, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import stored
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import Sweep, TracedRun, own_sweep, run_document, sweep_of, traced_run, version
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


KEPT_COUNT = 128  # of about 100 KB each


@dataclass(frozen=True)
class ComputedRun:
    """Parts of the page that the run decides, and the run for programs.

    ``told`` is the verdict on settings that are of no preset, from ``count`` runs; none if so many would take too long.
    """

    charts: SafeString
    story: SafeString
    figures: SafeString
    document: str
    told: Verdict | None
    count: int


class TooLong:
    """In the place of a run that was too long, so that it is not begun again."""


_kept: RecentlyUsed[ComputedRun | TooLong] = RecentlyUsed(most=KEPT_COUNT)
# What entries link to: no crowd with settings of its own drives it out.
_presets: RecentlyUsed[ComputedRun | TooLong] = RecentlyUsed(most=sum(len(one.presets) for one in EXPERIMENTS))
_turns = Turns()


def computed_run(asked: RunRequest) -> ComputedRun:
    """The run, computed unless it was lately.

    Raises:
        Busy: if too many others are waiting for a run.
        TooManyEvents: if it would take too long.
    """
    kept = _presets if asked.is_preset and not asked.seed else _kept
    key = (version(asked.experiment), asked)
    found = kept.get(key)
    if found is None:
        with _turns.turn():
            found = kept.get(key) or compute(asked)  # it may have been computed while this one waited
            kept.put(key, found)
    if isinstance(found, TooLong):
        raise TooManyEvents
    return found


def compute(asked: RunRequest) -> ComputedRun | TooLong:
    experiment = asked.experiment
    try:
        run = traced_run(experiment, asked.parameters, asked.seed)
        sweep = stored(experiment, asked.preset) if asked.is_preset else own_sweep(run)
    except TooManyEvents:
        return TooLong()
    told = verdict_of(experiment, asked.preset, sweep) if sweep and not asked.is_preset else None
    return ComputedRun(
        render_to_string("patterns/lab/_charts.html", {"asked": asked, "charts": charts(run)}),
        render_to_string("patterns/lab/_events.html", {"timelines": timelines(run)}),
        figures_part(asked, sweep or alone(run), run),
        dumps(run_document(run), ensure_ascii=False, allow_nan=False, indent=2) + "\n",
        told,
        sweep.run_count if sweep else 0,
    )


def alone(run: TracedRun) -> Sweep:
    """Of the one run, where more would take too long."""
    return sweep_of(run.experiment, {side: [outcome] for side, outcome in run.outcomes.items()})


def figures_part(asked: RunRequest, sweep: Sweep, run: TracedRun | None) -> SafeString:
    return render_to_string("patterns/lab/_figures.html", {"figures": figure_table(asked, sweep, run)})


@cache
def stored_figures_part(asked: RunRequest) -> SafeString:
    """Of a preset alone, for when no run can be computed."""
    return figures_part(asked, stored(asked.experiment, asked.preset), None)
