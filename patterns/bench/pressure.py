"""The drill ``pressure``: readers are served while others keep the site busy.

A gunicorn as ``make run`` starts it serves a scratch catalogue. Readers ask for pages in memory, for pages that have
to be made, and for ``/healthz``, each on a new connection: alone, then beside each crowd. Every crowd is a process of
its own that gives way to the others, so that what it costs to be one is not taken for the site's: it would sit at
machines of its own.
"""

import os
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from random import Random
from statistics import median, quantiles
from typing import Final

import psycopg
from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Browser, browsing
from patterns.bench.freshness import entry_pages
from patterns.bench.lab import some_run
from patterns.bench.scratch import WORDS, generated, given, scratch
from patterns.bench.site import PASSWORD, Site, scratch_site, serving
from patterns.document.catalog import Document
from patterns.files.toml import write_toml

WORKERS: Final = 2  # as the configuration says
CONNECTIONS: Final = 200
GUESSERS: Final = 20
EDITORS: Final = 16
VISITORS: Final = 20
ENTRIES: Final = 40  # so that each editor has one
MOST: Final = 5.0  # times what a reader waits alone
PAUSE_S: Final = 0.02  # of a reader, between two pages
PUBLISHED: Final = ("/", "/patterns/saga-pattern/", "/patterns/")
KINDS: Final = ("in memory", "made", "/healthz")


# Readers.


@dataclass
class Waits:
    """What readers waited, in seconds, and what they were answered, or why they were not."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def middle_ms(self) -> float:
        return median(self.seconds) * 1_000

    @property
    def slow_ms(self) -> float:
        """All but one of a hundred wait less."""
        return quantiles(self.seconds, n=100, method="inclusive")[-1] * 1_000

    @property
    def failed(self) -> int:
        return self.answers.total() - self.answers["200"]


def paths_of(kind: str) -> Iterator[str]:
    if kind == "made":
        rng = Random(time.time_ns())
        while True:  # searches that nobody made before
            yield f"/patterns/?q={'+'.join(rng.choices(WORDS, k=2))}+{rng.randrange(10**9)}"
    yield from cycle(PUBLISHED if kind == "in memory" else (kind,))


def read(port: int, kind: str, seconds: float) -> Waits:
    """A reader who opens one page after the other."""
    waits, end = Waits(), time.monotonic() + seconds
    for path in paths_of(kind):
        if time.monotonic() > end and len(waits.seconds) > 1:
            break
        reader, begun = Browser(port, X_Forwarded_For="192.0.2.1", Accept_Encoding="br"), time.monotonic()
        try:
            with browsing(reader):
                waits.answers[str(reader.get(path).status)] += 1
        except (OSError, HTTPException) as error:
            waits.answers[type(error).__name__] += 1
        waits.seconds.append(time.monotonic() - begun)
        time.sleep(PAUSE_S)
    return waits


def readers(port: int, seconds: float) -> dict[str, Waits]:
    with ThreadPoolExecutor(len(KINDS)) as pool:
        return dict(zip(KINDS, pool.map(lambda kind: read(port, kind, seconds), KINDS), strict=True))


# Crowds. Each prepares itself, yields once, and then keeps the site busy until it yields what came of it.


@dataclass(frozen=True)
class Target:
    port: int
    site: Site
    seconds: float

    def browser(self, number: int) -> Browser:
        """Of somebody at an address of their own."""
        return Browser(self.port, X_Forwarded_For=f"198.51.100.{number + 1}")

    def lasts(self) -> Callable[[], bool]:
        end = time.monotonic() + self.seconds
        return lambda: time.monotonic() < end


Crowd = Callable[[Target], Iterator[str]]


def half_open(target: Target) -> Iterator[str]:
    return dripping(target, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")


def slow_bodies(target: Target) -> Iterator[str]:
    head = "POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
    return dripping(target, f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())


def dripping(target: Target, begun: bytes) -> Iterator[str]:
    """So many connections, each of which says another byte every second, and is opened anew if it is closed."""
    connections: list[socket.socket] = []
    closed = 0

    def fill() -> None:
        while len(connections) < CONNECTIONS:
            connections.append(socket.create_connection(("127.0.0.1", target.port), timeout=10))
            connections[-1].sendall(begun)
            connections[-1].setblocking(False)

    fill()
    yield ""
    lasts = target.lasts()
    while lasts():
        time.sleep(1)
        for one in [*connections]:
            if not is_waiting(one):
                closed += 1
                one.close()
                connections.remove(one)
        with suppress(OSError):
            fill()
    for one in connections:
        one.close()
    yield f"{closed:,} were closed"


def is_waiting(connection: socket.socket) -> bool:
    """Whether the server waits for the next byte, and gets it."""
    try:
        connection.send(b"x")
        connection.recv(1_000)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False  # it was answered, or closed


def guessers(target: Target) -> Iterator[str]:
    """They try names that there are not, while somebody else signs in every now and then."""
    alone = median(signed_in_s(target, GUESSERS + number) for number in range(3))
    yield ""
    lasts, answers, taken = target.lasts(), Counter[int](), list[float]()

    def guess(number: int) -> None:
        rng, browser = Random(number), target.browser(number)
        with browsing(browser):
            page = browser.get("/admin/login/").form("password")
            while lasts():
                fields = page.filled(username=f"name{rng.randrange(10**9)}", password="a wrong password")
                with suppress(OSError, HTTPException):
                    status = browser.post("/admin/login/", fields).status
                    answers[status] += 1
                    time.sleep(0 if status == 200 else 0.2)

    def sign_in() -> None:
        while lasts():
            time.sleep(1)
            taken.append(signed_in_s(target, GUESSERS + 3 + len(taken)))

    with ThreadPoolExecutor(GUESSERS + 1) as pool:
        for done in [pool.submit(sign_in), *(pool.submit(guess, number) for number in range(GUESSERS))]:
            done.result()
    what = f"somebody else signed in within {median(taken):.1f} s, alone {alone:.1f}"
    if median(taken) > MOST * alone:
        raise TimeoutError(what)
    yield f"{spelled(answers)}; {what}"


def signed_in_s(target: Target, number: int) -> float:
    browser, begun = target.browser(number), time.monotonic()
    with browsing(browser):
        browser.sign_in("publisher", PASSWORD)
    return time.monotonic() - begun


def lock(target: Target) -> Iterator[str]:
    """Of all that pages are made of; on SQLite nobody can hold more than the lock of writers."""
    url = target.site.database
    if url.startswith("postgres"):
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE patterns_pattern, patterns_catalog IN ACCESS EXCLUSIVE MODE")
            yield ""
            time.sleep(target.seconds)
    else:
        holder = sqlite3.connect(target.site.folder / "site.sqlite3", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        yield ""
        time.sleep(target.seconds)
        holder.close()
    yield f"held for {target.seconds:g} s"


def editors(target: Target) -> Iterator[str]:
    """They save one change of their own entry after the other."""
    people = [target.browser(number) for number in range(EDITORS)]
    with browsing(*people), ThreadPoolExecutor(EDITORS) as pool:
        for one in people:
            one.sign_in("publisher", PASSWORD)
        pages = entry_pages(people[0])
        yield ""
        lasts, answers = target.lasts(), Counter[int]()

        def edit(number: int) -> None:
            count = 0
            while lasts():
                form = people[number].get(pages[number]).form("description")
                text = f"What editor {number} wrote as change {(count := count + 1)}."
                answers[
                    people[number].post(pages[number], form.filled(description=text, comment="Pressure")).status
                ] += 1

        for done in [pool.submit(edit, number) for number in range(EDITORS)]:
            done.result()
    yield f"{answers[302] / target.seconds:.1f} saves a second" + (
        f" ({spelled(answers)})" if answers.keys() - {302} else ""
    )


def visitors(target: Target) -> Iterator[str]:
    """They go from one run of the lab that nobody asked for yet to the next, and wait where they are asked to."""
    yield ""
    lasts, answers = target.lasts(), Counter[int]()

    def visit(number: int) -> None:
        rng, browser = Random(f"visitor/{number}"), target.browser(number)
        with browsing(browser):
            while lasts():
                answer = browser.get(some_run(rng))
                answers[answer.status] += 1
                time.sleep(min(5, target.seconds) if answer.status == 503 else 0)

    with ThreadPoolExecutor(VISITORS) as pool:
        for done in [pool.submit(visit, number) for number in range(VISITORS)]:
            done.result()
    yield spelled(answers)


def spelled(answers: Counter[int]) -> str:
    return ", ".join(f"{count:,} times {status}" for status, count in sorted(answers.items()))


CROWDS: Final[dict[str, Crowd]] = {
    f"{CONNECTIONS} half-open connections": half_open,
    f"{CONNECTIONS} slow bodies": slow_bodies,
    f"{GUESSERS} who guess passwords": guessers,
    "a lock on the tables": lock,
    f"{EDITORS} editors who save": editors,
    f"{VISITORS} visitors of the lab": visitors,
}


def gather(name: str, target: Target, told: Connection) -> None:
    """The process of a crowd: says when it begins, and what came of it; or what went wrong."""
    os.nice(19)
    try:
        for word in CROWDS[name](target):
            told.send(word)
    except Exception as error:
        told.send(error)  # readers are measured nevertheless


# Both.


@dataclass(frozen=True)
class PressureRow:
    crowd: str
    alone: dict[str, Waits]
    beside: dict[str, Waits]
    note: str | Exception
    """What came of the crowd, or what went wrong with it."""
    may_refuse: tuple[str, ...] = ()
    """Kinds of pages that cannot be made meanwhile, and are refused."""
    is_changing: bool = False
    """Whether the crowd changes the catalogue: then most pages in memory are old ones, and have to be made as well."""

    def ratio(self, kind: str) -> float:
        alone = self.alone["made" if self.is_changing and kind == "in memory" else kind]
        return self.beside[kind].middle_ms / alone.middle_ms

    @property
    def failures(self) -> Iterator[str]:
        if isinstance(self.note, Exception):
            yield f"{self.crowd}: {self.note}"
        for kind in KINDS:
            if kind in self.may_refuse:
                continue
            if self.ratio(kind) > MOST:
                yield f"{self.crowd}: {kind}: {self.ratio(kind):.1f} times as long as alone"
            if self.beside[kind].failed:
                yield f"{self.crowd}: {kind}: answered {dict(self.beside[kind].answers)}"


@dataclass
class PressureFigures:
    rows: list[PressureRow] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        return [one for row in self.rows for one in row.failures]

    def table(self) -> Table:
        caption = "Milliseconds at p50 / p99, and p50 as multiples of alone just before; beside those who change the "
        caption += "catalogue, pages in memory are compared with pages that are made, since they have to be"
        table = Table(box=SIMPLE_HEAD, caption=caption)
        table.add_column("beside")
        for heading in ("page", "alone", "beside", "times", "failed"):
            table.add_column(heading, justify="left" if heading == "page" else "right", no_wrap=True)
        for row in self.rows:
            pairs = [(row.alone[kind], row.beside[kind]) for kind in KINDS]
            cells = [
                [f"{alone.middle_ms:.1f} / {alone.slow_ms:.0f}" for alone, _ in pairs],
                [f"{beside.middle_ms:.1f} / {beside.slow_ms:.0f}" for _, beside in pairs],
                [f"{row.ratio(kind):.1f}" for kind in KINDS],
                [str(beside.failed) for _, beside in pairs],
            ]
            table.add_row(f"{row.crowd}\n({row.note})\n", *map("\n".join, (KINDS, *cells)))
        return table


def pressure_figures(
    *, seconds: float, lock_seconds: float, progress: Callable[[str], None] = lambda crowd: None
) -> PressureFigures:
    """Raises TimeoutError if the server does not start, and what a crowd fails with."""
    figures = PressureFigures()
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder, TRUST_PROXY="1"))
        (file := site.folder / "catalog.toml").write_text(write_toml(enlarged()), encoding="utf-8")
        site.prepare(str(file))
        (server,) = stack.enter_context(serving(site, "archsite.wsgi:application", workers=WORKERS))
        readers(server.port, 1)
        for name, crowd in CROWDS.items():
            progress(name)
            target = Target(server.port, site, lock_seconds if crowd is lock else seconds)
            alone = readers(server.port, seconds / 2)
            beside, note = readers_beside(name, target)
            is_shut = crowd is lock and site.database.startswith("postgres")
            may_refuse = ("made",) if is_shut else ()
            row = PressureRow(name, alone, beside, note, may_refuse, is_changing=crowd is editors)
            figures.rows.append(row)
    return figures


def enlarged() -> Document:
    """The entries that come with the site, some of which the lab is about, and generated ones."""
    ours, more = given(), generated(ENTRIES)
    entries = {code: entry for code, entry in more.entries.items() if len(code) == 2 and code not in ours.entries}
    return Document(ours.header, more.categories | ours.categories, ours.entries | entries)


def readers_beside(name: str, target: Target) -> tuple[dict[str, Waits], str | Exception]:
    context = get_context("spawn")
    heard, told = Pipe(duplex=False)
    process = context.Process(target=gather, args=(name, target, told))
    process.start()
    try:
        if isinstance(begun := heard.recv(), Exception):
            raise begun
        waits = readers(target.port, target.seconds)
        return waits, heard.recv()
    finally:
        process.join(60)
        process.kill()
