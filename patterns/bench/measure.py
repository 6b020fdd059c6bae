"""One part in one process: its seconds and its peak memory."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from django.conf import settings

from patterns.bench.scratch import Scratch


@dataclass(frozen=True)
class Measured:
    """What a part took; the memory is the peak of its process, Django included."""

    seconds: float
    peak_mib: float


def run_part(name: str, scratch: Scratch, *, database: Path, count: int = 0) -> Measured:
    """Run a part of ``patterns.bench.part`` on a SQLite database; raises CalledProcessError if it fails."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{quote(str(database))}",
        "DEBUG": "0",  # or Django would keep every query
        "DJANGO_SETTINGS_MODULE": "archsite.settings",
    }
    command = [sys.executable, "-m", "patterns.bench.part", name, str(scratch.folder), str(count)]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout))


def median_of(runs: Sequence[Measured]) -> Measured:
    return Measured(median(run.seconds for run in runs), median(run.peak_mib for run in runs))
