"""One node: a queue, a server that takes from it one piece of work after the other, and at most one outage."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import simpy

from patterns.lab.simulation import Work, World

Fate = Literal["answered", "late", "dropped", "lost"]
NO_DEADLINE = 10**15  # microseconds: longer than any run


@dataclass(frozen=True)
class Outage:
    """From ``from_us`` until just before ``until_us``; without any, none."""

    from_us: int = 0
    until_us: int = 0

    def meets(self, from_us: int, until_us: int) -> bool:
        """Whether any of it lies between the two instants, both included."""
        return max(self.from_us, from_us) < self.until_us and self.from_us <= until_us


NEVER_OUT = Outage()


@dataclass(frozen=True, slots=True)
class Task:
    work_us: int  # on a node of power 1
    starts_by_us: int  # later it is not worth while; NO_DEADLINE where it always is
    done: Callable[[Fate], None]  # called once


class Station:
    """First come, first served. A lost node loses what it holds, and answers nobody until it is back."""

    def __init__(self, world: World, power: int = 1, outage: Outage = NEVER_OUT) -> None:
        self.world, self.power, self.outage = world, power, outage
        self.queue: deque[Task] = deque()
        self.idle: simpy.Event | None = None
        world.process(self.serve())

    def take(self, task: Task) -> None:
        now_us = self.world.now_us
        if self.outage.meets(now_us, now_us):
            task.done("lost")
            return
        self.queue.append(task)
        if self.idle and not self.idle.triggered:
            self.idle.succeed()

    def serve(self) -> Work[None]:
        while True:
            if not self.queue:
                self.idle = self.world.event()
                yield self.idle
            task, began_us = self.queue.popleft(), self.world.now_us
            is_worthwhile = began_us <= task.starts_by_us and not self.outage.meets(began_us, began_us)
            if is_worthwhile:
                yield self.world.timeout(task.work_us // self.power)
            # An outage that began and ended while it was served has lost it as well.
            is_lost = self.outage.meets(began_us, self.world.now_us)
            task.done("lost" if is_lost else "answered" if is_worthwhile else "dropped")
