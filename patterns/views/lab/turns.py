"""One computation at a time in each process, and a short queue before it: other pages have to be answered too."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep

WAITING = 2  # of the four threads of a process: one computes, two wait, one is left for everything else
PATIENCE_S = 5.0
REST = 1.0  # pause after a computation, in times that it took: a process computes half of the time at most


class Busy(Exception):
    """Too many are waiting already, or it took too long."""


class Turns:
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
        sleep(max(0.0, self._rested_at - monotonic()))
        began = monotonic()
        try:
            yield
        finally:
            ended = monotonic()
            self._rested_at = ended + (ended - began) * self._rest
