"""The process of one part: ``python -m patterns.bench NAME FOLDER COUNT`` prints what it took as JSON."""

import gc
import json
import resource
import sys
from pathlib import Path
from time import perf_counter

import django

KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1  # macOS counts bytes


def measure_part(name: str, folder: str, count: str) -> None:
    django.setup()
    from patterns.bench.parts import PARTS  # models need the setup above
    from patterns.bench.scratch import Scratch

    work = PARTS[name](Scratch(Path(folder)), int(count))
    gc.freeze()  # as the commands do; every part alike
    start = perf_counter()
    work()
    seconds = perf_counter() - start
    # Linux lets a process inherit the peak of the one that started it, which therefore has to stay small.
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_PER_UNIT / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib}))


if __name__ == "__main__":
    measure_part(*sys.argv[1:])
