"""The drill ``postgres``: a PostgreSQL of its own is killed under load and started again, many times."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from random import Random

from patterns.bench.browser import Browser, browsing
from patterns.bench.editing import compare, editors
from patterns.bench.machine import Machine, until
from patterns.bench.postgres import postgresql
from patterns.bench.promises import Promises
from patterns.bench.reading import PAGES, readers
from patterns.bench.scratch import scratch
from patterns.bench.site import Site, is_answered

WORKERS = 2
EDITORS = 4
LONGEST_S = 3.0  # from one start to the next kill, and without a database
RECOVERY_S = 5.0
PATIENCE_S = 20


def outage_figures(*, kills: int, seed: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    promises, rng = Promises(), Random(seed)
    served = promises.promise("Readers are served throughout, from memory while the database is away.")
    recovered = promises.promise(f"{RECOVERY_S:g} s after the database is back, the site says that it is ready.")
    nothing_lost = promises.promise("What an editor was told is saved is in the history.")
    nothing_torn = promises.promise("Each change is there whole, and the tables say what the history says.")
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        database = stack.enter_context(postgresql())
        site = Site(folder, database.url)
        site.prepare()
        machine = Machine.started(site, workers=WORKERS)
        stack.callback(machine.stop)
        machine.server.wait_until_ready()
        warm(machine.server.port)
        slowest = 0.0
        with readers(machine.server.port) as load, editors(machine.server.port, count=EDITORS) as edits:
            for number in range(1, kills + 1):
                edits.wait_for(EDITORS, seconds=PATIENCE_S)
                time.sleep(rng.uniform(0, LONGEST_S))
                database.stop()
                time.sleep(rng.uniform(0, LONGEST_S))
                database.start()
                seconds = ready_after(machine.server.port)
                recovered.keep(seconds <= RECOVERY_S, f"It took {seconds:.1f} s.")
                slowest = max(slowest, seconds)
                progress(f"killed {number} times, {len(edits.saved):,} changes are saved, {load.answers:,} answers")
            edits.wait_for(EDITORS, seconds=PATIENCE_S)
        served.tried, served.broken = load.answers, [*load.failures.elements()]
        served.found = f"{load.aged:,} of them from memory, with an age"
        recovered.found = f"{slowest:.1f} s at most"
        compare(site, edits.saved, nothing_lost=nothing_lost, nothing_torn=nothing_torn)
        nothing_lost.found = f"of {edits.answers.total():,} edits that were sent"
    return promises


def warm(port: int) -> None:
    """Let every process have every page in memory."""
    for _ in range(20):
        reader = Browser(port, Accept_Encoding="gzip")
        with browsing(reader):
            for path in PAGES:
                reader.get(path)


def ready_after(port: int) -> float:
    begun = time.monotonic()
    until(lambda: is_answered(port, "/readyz"), what="a ready site")
    return time.monotonic() - begun
