"""The drill ``crash``: processes are killed while editors save, and an import is killed at its writes.

Two processes of gunicorn, as it is configured, serve a scratch catalogue to editors who save all the time. All of them
are killed together and started again; then one worker after the other. The import is killed when it calls the
operating system to write, once at each call, or at so many of them.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from signal import SIGKILL

from patterns.bench.editing import compare, editors
from patterns.bench.faults import Calls
from patterns.bench.imports import TAKE, imported_before, is_imported, state_of
from patterns.bench.machine import Machine, until
from patterns.bench.promises import Promises
from patterns.bench.scratch import scratch
from patterns.bench.site import Site, is_answered, scratch_site

EDITORS = 4
WORKERS = 2
LONGEST_S = 1.0  # from a save to a kill, which may be in the middle of the next ones
PATIENCE_S = 20
RECOVERY_S = 5.0


def crash_figures(
    *, kills: int, points: int, seed: int = 0, progress: Callable[[str], None] = lambda what: None
) -> Promises:
    """So many kills of the group, as many of a worker, and at most so many of an import, spread over its writes."""
    promises, rng = Promises(), Random(seed)
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder))
        site.prepare()
        killed(site, kills, rng, promises, progress)
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder))
        killed_at_writes(site, points, promises, progress)
    return promises


def killed(site: Site, kills: int, rng: Random, promises: Promises, progress: Callable[[str], None]) -> None:
    nothing_lost = promises.promise("What an editor was told is saved is in the history.")
    nothing_torn = promises.promise("Each change is there whole, and the tables say what the history says.")
    machine = Machine.started(site, workers=WORKERS)
    try:
        machine.server.wait_until_ready()
        with editors(machine.server.port, count=EDITORS) as edits:
            for what, kill in (("the group", kill_all), ("one worker", kill_worker)):
                recovery = promises.promise(f"Killed {what}: the site answers again within {RECOVERY_S:g} s.")
                slowest = 0.0
                for number in range(kills):
                    edits.wait_for(EDITORS, seconds=PATIENCE_S)
                    time.sleep(rng.uniform(0, LONGEST_S))
                    seconds = kill(machine, rng)
                    recovery.keep(seconds <= RECOVERY_S, f"It took {seconds:.1f} s.")
                    slowest = max(slowest, seconds)
                    progress(f"{what} was killed {number + 1} times, {len(edits.saved):,} changes are saved")
                recovery.found = f"{slowest:.1f} s at most"
            edits.wait_for(EDITORS, seconds=PATIENCE_S)
        progress("comparing")
        compare(site, edits.saved, nothing_lost=nothing_lost, nothing_torn=nothing_torn)
        nothing_lost.found = f"of {edits.answers.total():,} edits that were sent"
    finally:
        machine.stop()


def kill_all(machine: Machine, rng: Random) -> float:
    """Seconds until the site answers again."""
    machine.kill()
    begun = time.monotonic()
    machine.start_again()
    return time.monotonic() - begun


def kill_worker(machine: Machine, rng: Random) -> float:
    """Seconds until there are as many as before and readers are answered."""
    victim = rng.choice(machine.serving)
    victim.kill()
    begun = time.monotonic()

    def is_whole() -> bool:
        others = [one for one in machine.serving if one != victim]
        return len(others) == WORKERS and is_answered(machine.server.port, "/readyz")

    until(is_whole, what="another worker")
    return time.monotonic() - begun


def killed_at_writes(site: Site, points: int, promises: Promises, progress: Callable[[str], None]) -> None:
    whole = promises.promise("An import that is killed at a write is there whole or not at all.")
    new = imported_before(site)
    command = ("import_toml", str(new), *TAKE)
    with site.copied() as copy:
        count = Calls(copy).count(*command)
    # Spread over all of them, the first and the last one included.
    chosen = sorted({1 + round(one * (count - 1) / max(1, points - 1)) for one in range(points)})
    before, ended = state_of(site), Counter[str]()
    for number, at in enumerate(chosen, start=1):
        with site.copied() as copy:
            if Calls(copy).broken(*command, at=at, by="signal=KILL").returncode != -SIGKILL:
                continue  # this time it made fewer calls
            is_as_before = state_of(copy) == before
            outcome = "not at all" if is_as_before else "whole" if is_imported(copy, new) else "torn"
        ended[outcome] += 1
        whole.keep(outcome != "torn", f"It was torn by a kill at write {at} of {count}.")
        progress(f"an import was killed at {number} of {len(chosen)} writes")
    whole.found = f"{ended['not at all']} not at all, {ended['whole']} whole, of {count} writes"
