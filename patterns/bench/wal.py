"""The drill ``wal``: a machine loses power, and what is left of SQLite's write-ahead log ends anywhere.

One change after the other is written and the log is never folded into the database. Then copies of both are opened
whose log was cut off at a random byte: each has to be whole, and exactly the catalogue of one of the changes.
"""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

from patterns.bench.imports import TAKE, sqlite_state
from patterns.bench.promises import Promises
from patterns.bench.scratch import generated, scratch
from patterns.bench.site import Site, sqlite_url
from patterns.files.toml import write_toml

CHANGES = 8
ENTRIES = 60
STALE = b"\xa5" * 4096  # what may lie behind the end that was written


@dataclass(frozen=True)
class Log:
    """A database with a log that was never folded into it; ``states`` are the digests after each change."""

    database: Path
    wal: Path
    states: frozenset[str]


def wal_figures(*, cuts: int, seed: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    promises, rng = Promises(), Random(seed)
    whole = promises.promise("A log that was cut off anywhere leaves a sound database of one of the changes.")
    with scratch() as folders:
        log = written_log(folders.folder, progress)
        size, found = log.wal.stat().st_size, Counter[str]()
        lengths = [rng.randrange(size + 1) for _ in range(cuts)]
        with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=hold, initargs=(log,)) as pool:
            outcomes = pool.map(state_of_held, lengths, (rng.random() < 0.5 for _ in lengths), chunksize=32)
            for number, (length, state) in enumerate(zip(lengths, outcomes, strict=True), start=1):
                whole.keep(state in log.states, f"Cut after {length:,} of {size:,} bytes: {state}.")
                found[state] += 1
                if number % 1_000 == 0:
                    progress(f"{number:,} logs were cut off")
        whole.found = f"{len(found)} of {len(log.states)} states, of a log of {size:,} bytes"
    return promises


def written_log(folder: Path, progress: Callable[[str], None]) -> Log:
    site = Site(folder, sqlite_url(folder))
    files = [folder / f"{number}.toml" for number in range(CHANGES + 1)]
    for number, file in enumerate(files):
        file.write_text(write_toml(generated(ENTRIES, salt=f"{number}")), encoding="utf-8")
    site.prepare(str(files[0]))
    with closing(sqlite3.connect(site.file, isolation_level=None)) as reader:
        reader.execute("BEGIN")  # as long as somebody reads the first state, the log is not folded
        states = {sqlite_state(reader.execute)}
        for number, file in enumerate(files[1:], start=1):
            site.manage("import_toml", str(file), *TAKE)
            with closing(sqlite3.connect(site.file)) as other:
                states.add(sqlite_state(other.execute))
            progress(f"change {number} of {CHANGES} is in the log")
        database, wal = (Path(shutil.copy(f"{site.file}{end}", folder / f"held{end}")) for end in ("", "-wal"))
    return Log(database, wal, frozenset(states))


HELD: list[Log] = []  # of a process


def hold(log: Log) -> None:
    HELD[:] = [log]


def state_of_held(length: int, is_stale: bool) -> str:
    """The digest of what is left, or what is wrong with it; stale bytes may lie behind the cut."""
    log = HELD[0]
    copy = log.database.with_name(f"cut-{os.getpid()}.sqlite3")
    shutil.copyfile(log.database, copy)
    with log.wal.open("rb") as whole:
        Path(f"{copy}-wal").write_bytes(whole.read(length) + STALE * is_stale)
    try:
        with closing(sqlite3.connect(copy)) as found:
            return sqlite_state(found.execute)
    except sqlite3.Error as error:
        return repr(error)
