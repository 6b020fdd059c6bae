"""What requests cost: the CPU of the processes that answer them, and the time until the answer is there.

CPU is what a machine runs out of, and what noise from elsewhere disturbs least; both are medians of several runs, in
each of which all subjects have their turn.
"""

import os
import re
import socket
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Unexpected
from patterns.bench.site import Server

TICKS = os.sysconf("SC_CLK_TCK")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LAST_CHUNK = b"\r\n0\r\n\r\n"
RUN_S = 0.6  # of one subject in one run
LEAST_REQUESTS = 10
WARMING = 3  # requests before the first run: caches are filled, and code is loaded


def request(path: str, method: str = "GET", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", "")).encode()


@dataclass(frozen=True)
class Subject:
    """What is asked of a server, over and over; ``status`` is the only right answer."""

    label: str
    server: Server
    request: bytes
    status: int = 200


@dataclass(frozen=True)
class Cost:
    """Of one request, in microseconds."""

    label: str
    cpu: float
    wall: float


class Connection:
    """One that is kept, with as little work for this side as can be: it shares the machine with the server."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status, and head with body as they came.

        Raises:
            Unexpected: if the answer ends early.
        """
        self.socket.sendall(request)
        data, end = b"", -1
        while end < 0:
            data += self._more()
            end = data.find(b"\r\n\r\n")
        status, length = int(data[9:12]), LENGTH.search(data, 0, end + 2)
        if status == 304 or request.startswith(b"HEAD"):
            return status, data
        parts, missing = [data], int(length[1]) - (len(data) - end - 4) if length else 0
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        while length is None and not b"".join(parts[-2:]).endswith(LAST_CHUNK):  # whole chunks, as servers send them
            parts.append(self._more())
        return status, b"".join(parts)

    def _more(self) -> bytes:
        if not (more := self.socket.recv(262_144)):
            raise Unexpected("A connection was closed within an answer.")
        return more

    def close(self) -> None:
        self.socket.close()


def cpu_seconds(pids: Sequence[int]) -> float:
    """What the processes took so far, in user mode and in the kernel."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def one_run(subject: Subject, *, seconds: float) -> Cost:
    with closing(Connection(subject.server.port)) as connection:
        ask(connection, subject)  # which opens the connection on both sides
        pids = subject.server.pids
        taken: list[float] = []
        cpu, end = cpu_seconds(pids), time.perf_counter() + seconds
        while (start := time.perf_counter()) < end or len(taken) < LEAST_REQUESTS:
            ask(connection, subject)
            taken.append(time.perf_counter() - start)
        return Cost(subject.label, (cpu_seconds(pids) - cpu) / len(taken) * 1e6, median(taken) * 1e6)


def ask(connection: Connection, subject: Subject) -> bytes:
    status, data = connection.ask(subject.request)
    if status != subject.status:
        raise Unexpected(f"{subject.label}: answered with {status} instead of {subject.status}.")
    return data


def costs_of(subjects: Sequence[Subject], *, runs: int, seconds: float = RUN_S) -> list[Cost]:
    """Raises Unexpected for an answer with another status: how fast that is nobody asked."""
    for subject in subjects:
        with closing(Connection(subject.server.port)) as connection:
            for _ in range(WARMING):
                ask(connection, subject)
    rounds = [[one_run(subject, seconds=seconds) for subject in subjects] for _ in range(runs)]
    return [
        Cost(found[0].label, median(one.cpu for one in found), median(one.wall for one in found))
        for found in zip(*rounds, strict=True)
    ]


@dataclass(frozen=True)
class CostFigures:
    """``unit`` and ``floor`` are labels of rows: what the others are multiples of. ``notes`` say what was left out."""

    title: str
    costs: Sequence[Cost]
    unit: str
    floor: str
    notes: Sequence[str] = ()

    def cost(self, label: str) -> Cost:
        return next(one for one in self.costs if one.label == label)

    def ratio(self, label: str) -> float:
        return self.cost(label).cpu / self.cost(self.unit).cpu

    def table(self) -> Table:
        caption = "\n".join(self.notes) or None
        table = Table(title=self.title, title_justify="left", caption=caption, caption_justify="left", box=SIMPLE_HEAD)
        table.add_column("", no_wrap=True)
        for heading in ("CPU µs", "wall µs", "to static", "to floor"):
            table.add_column(heading, justify="right", no_wrap=True)
        floor = self.cost(self.floor).cpu
        for one in self.costs:
            table.add_row(
                one.label,
                f"{one.cpu:,.0f}",
                f"{one.wall:,.0f}",
                f"{self.ratio(one.label):.2f}",
                f"{one.cpu / floor:.1f}",
            )
        return table
