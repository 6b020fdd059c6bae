"""The process of one part: ``python -m patterns.bench.part NAME FOLDER COUNT`` prints what it took as JSON."""

import gc
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import django
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from patterns.bench import floor, plain
from patterns.bench.scratch import Scratch, generated
from patterns.files.disk import read_uploads, write_atomically
from patterns.files.reader import read_files
from patterns.files.toml import write_toml
from patterns.models import Change
from patterns.store.exports import export_all
from patterns.store.imports import import_file
from patterns.store.writing import Authorship

# The parts by name. Each prepares itself and returns the work that is measured.


Work = Callable[[], object]


def prepare(scratch: Scratch, count: int) -> Work:
    """The files, and a database without entries."""

    def work() -> None:
        write_atomically(scratch.catalog, write_toml(generated(count)))
        write_atomically(scratch.changed, write_toml(generated(count, salt="changed")))
        call_command("migrate", verbosity=0)
        connection.close()  # which leaves everything in one file

    return work


def import_catalog(scratch: Scratch, count: int) -> Work:
    return lambda: imported(scratch.catalog)


def import_changed(scratch: Scratch, count: int) -> Work:
    return lambda: imported(scratch.changed)


def imported(path: Path) -> None:
    """What ``import_toml`` does, but for showing it."""
    by = Authorship(origin=Change.Origin.IMPORT, at=timezone.now())
    outcome = import_file(read_files(read_uploads([str(path)])), by=by)
    assert not outcome.plan.is_refused


def export_catalog(scratch: Scratch, count: int) -> Work:
    return lambda: write_atomically(scratch.output, export_all().toml)


PARTS: dict[str, Callable[[Scratch, int], Work]] = {
    "prepare": prepare,
    "import_catalog": import_catalog,
    "import_changed": import_changed,
    "export_catalog": export_catalog,
    "floor_import": lambda scratch, count: floor.importing(scratch),
    "floor_export": lambda scratch, count: floor.exporting(scratch),
    "plain_import": lambda scratch, count: plain.importing(scratch),
    "plain_export": lambda scratch, count: plain.exporting(scratch),
}


KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1  # macOS counts bytes


def main(name: str, folder: str, count: str) -> None:
    django.setup()
    pass  # removed import  # models need the setup above
    from patterns.bench.scratch import Scratch

    work = PARTS[name](Scratch(Path(folder)), int(count))
    print(json.dumps({"seconds": seconds_of(work), "peak_mib": peak_mib()}))


def seconds_of(work: Callable[[], object]) -> float:
    gc.freeze()  # as the commands do; every part alike
    start = perf_counter()
    work()
    return perf_counter() - start


def peak_mib() -> float:
    """Linux lets a process inherit the peak of the one that started it, which therefore has to stay small."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_PER_UNIT / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
