"""The drill ``rolling``: new releases under load, which neither readers nor editors notice, and one that cannot start.

Each release is put in place as docs/deploy.md says, by ``manage.py restart``.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from subprocess import CalledProcessError

from patterns.bench.editing import SAVED, compare, editors
from patterns.bench.machine import Machine
from patterns.bench.promises import Promises
from patterns.bench.reading import readers
from patterns.bench.scratch import scratch
from patterns.bench.site import scratch_site

WORKERS = 2
EDITORS = 2
# What is served: the site, unless a file says that this release is broken.
RELEASE = """
from pathlib import Path

if Path(__file__).with_name("broken").exists():
    raise RuntimeError("This release cannot start.")
from archsite.wsgi import application
"""


def rolling_figures(*, restarts: int, requests: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    """So many restarts, spread over at least so many requests of readers, and one more that is refused."""
    promises = Promises()
    replaced = promises.promise("After a restart other processes serve than before.")
    kept = promises.promise("A release that cannot start is refused, and the one before goes on serving.")
    unnoticed = promises.promise("No request of a reader fails.")
    edited = promises.promise("No edit fails.")
    nothing_lost = promises.promise("What an editor was told is saved is in the history.")
    nothing_torn = promises.promise("Each change is there whole, and the tables say what the history says.")
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder))
        site.prepare()
        (site.folder / "release.py").write_text(RELEASE, encoding="utf-8")
        machine = Machine.started(
            site, "release:application", workers=WORKERS, arguments=("--pythonpath", str(site.folder))
        )
        stack.callback(machine.stop)
        machine.server.wait_until_ready()
        with readers(machine.server.port) as load, editors(machine.server.port, count=EDITORS) as edits:
            for number in range(1, restarts + 1):
                before = machine.master
                machine.replace()
                replaced.keep(machine.master != before, f"Process {before.pid} still serves.")
                while load.answers < requests * number // restarts:
                    time.sleep(0.1)
                progress(f"{number} restarts, {load.answers:,} answers")
            (broken := site.folder / "broken").touch()
            before = machine.master
            kept.keep(is_refused(machine) and machine.master == before, "It took the place of the one before.")
            broken.unlink()
            progress("a broken release was refused")
            edits.wait_for(EDITORS, seconds=20)
        unnoticed.tried, unnoticed.broken = load.answers + load.failures.total(), [*load.failures.elements()]
        edited.tried = edits.answers.total()
        edited.broken = [answer for answer in edits.answers.elements() if answer != SAVED]
        compare(site, edits.saved, nothing_lost=nothing_lost, nothing_torn=nothing_torn)
    return promises


def is_refused(machine: Machine) -> bool:
    try:
        machine.replace()
    except CalledProcessError:
        return True
    return False
