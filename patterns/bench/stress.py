"""The drill ``stress``: readers, editors, imports, exports and backups at once, for as long as one likes.

Each minute a file changes entries that no editor works at, and the catalogue is exported; every fifth minute it is
backed up. The memory of the processes and the size of SQLite's log are read every few seconds.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from patterns.bench.editing import OVERTAKEN, SAVED, compare, editors
from patterns.bench.imports import TAKE
from patterns.bench.machine import Machine
from patterns.bench.pressure import enlarged
from patterns.bench.promises import Promises
from patterns.bench.reading import readers
from patterns.bench.scratch import generated, scratch
from patterns.bench.site import Site, scratch_site
from patterns.files.toml import write_toml

READERS, EDITORS, WORKERS = 8, 4, 2
IMPORTED, FIRST = 50, 1_000  # entries that the imports change, and the code of the first of them
READING_S, WRITING_S = 0.2, 2.0  # from one page to the next
MINUTE_S = 60
BACKED_UP = 5  # minutes
SAMPLED_S = 2
MIB = 1024**2
WAL_SIZE = 16 * MIB  # four times as much as after which SQLite folds its log into the file
GROWTH = 1.1  # of memory, from the second quarter of the time to the last one


def stress_figures(*, minutes: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    promises = Promises()
    served = promises.promise("No reader is refused, and no page fails.")
    edited = promises.promise("Each edit is saved, or waits for its editor.")
    done = promises.promise("Each import, export and backup succeeds.")
    flat = promises.promise(f"Memory grows by less than {GROWTH - 1:.0%} after the first quarter of the time.")
    nothing_lost = promises.promise("What an editor was told is saved is in the history.")
    nothing_torn = promises.promise("Each change is there whole, and the tables say what the history says.")
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder))
        (file := site.folder / "catalog.toml").write_text(write_toml(enlarged()), encoding="utf-8")
        site.prepare(str(file))
        (backups := site.folder / "backups").mkdir()
        machine = Machine.started(site, workers=WORKERS)
        stack.callback(machine.stop)
        machine.server.wait_until_ready()
        memory, logs, end = list[int](), list[int](), time.monotonic() + minutes * MINUTE_S
        with (
            readers(machine.server.port, count=READERS, pace_s=READING_S) as load,
            editors(machine.server.port, count=EDITORS, pace_s=WRITING_S) as edits,
        ):
            for minute in range(minutes):
                for command in commands_of(minute, site, backups):
                    site.manage(*command)
                    done.tried += 1
                while time.monotonic() < end - (minutes - minute - 1) * MINUTE_S:
                    memory.append(sum(one.memory_info().rss for one in machine.serving))
                    logs.append(wal_size(site))
                    time.sleep(SAMPLED_S)
                failed, saved = load.failures.total(), len(edits.saved)
                progress(f"minute {minute + 1}: {load.answers:,} answers, {failed} failed, {saved:,} changes are saved")
        served.tried, served.broken = load.answers, [*load.failures.elements()]
        edited.tried = edits.answers.total()
        edited.broken = [answer for answer in edits.answers.elements() if answer not in (SAVED, OVERTAKEN)]
        quarter = max(1, len(memory) // 4)
        before, after = median(memory[quarter : 2 * quarter] or memory), median(memory[-quarter:])
        flat.keep(after <= GROWTH * before, f"It grew from {before / MIB:.0f} to {after / MIB:.0f} MiB.")
        flat.found = f"{before / MIB:.0f} MiB in {WORKERS} processes, then {after / MIB:.0f}"
        if site.is_sqlite:
            small = promises.promise(f"The log of SQLite stays below {WAL_SIZE // MIB} MiB.")
            small.keep(max(logs) <= WAL_SIZE, f"It took {max(logs) / MIB:.0f} MiB.", tried=len(logs))
            small.found = f"{max(logs) / MIB:.1f} MiB at most"
        compare(site, edits.saved, nothing_lost=nothing_lost, nothing_torn=nothing_torn)
    return promises


def commands_of(minute: int, site: Site, backups: Path) -> list[tuple[str, ...]]:
    imported = generated(IMPORTED, first=FIRST, salt=f"minute {minute}")
    (file := site.folder / "imported.toml").write_text(write_toml(imported), encoding="utf-8")
    commands = [("import_toml", str(file), *TAKE), ("export_toml", str(site.folder / "exported.toml"))]
    return [*commands, *([("backup", str(backups), "--keep", "3")] if minute % BACKED_UP == 0 else [])]


def wal_size(site: Site) -> int:
    log = Path(f"{site.file}-wal")
    return log.stat().st_size if site.is_sqlite and log.exists() else 0
