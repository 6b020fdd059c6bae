"""What the lab costs its neighbours: an entry page alone and beside visitors who all compute, on a real server."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlencode

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.scratch import scratch
from patterns.bench.site import SITE, scratch_site, serving
from patterns.lab.experiment import WITH, WITHOUT, Experiment
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.parameters import WordChoice, settings_of
from patterns.lab.sweep import RUN_SEEDS

VISITORS = 20
WORKERS = 2  # of gunicorn, as it is configured
SETTLING_S = 1  # until all visitors are there
RETRY_AFTER_S = 5  # as the answer of a busy lab asks


@dataclass(frozen=True)
class LabRow:
    """``against`` is what it is compared with, in milliseconds too."""

    label: str
    milliseconds: float
    against: float = 0


@dataclass(frozen=True)
class LabFigures:
    """``statuses`` counts what the visitors of the lab were answered meanwhile."""

    rows: tuple[LabRow, ...]
    statuses: Counter[int]

    def table(self) -> Table:
        answers = ", ".join(f"{count} times {status}" for status, count in sorted(self.statuses.items()))
        table = Table(title=f"The lab; its visitors were answered {answers}", title_justify="left", box=SIMPLE_HEAD)
        table.add_column("", no_wrap=True)
        for heading in ("milliseconds", "to entry page"):
            table.add_column(heading, justify="right", no_wrap=True)
        for row in self.rows:
            ratio = f"{row.milliseconds / row.against:.2f}" if row.against else ""
            table.add_row(row.label, f"{row.milliseconds:.1f}", ratio)
        return table


def lab_figures(*, runs: int) -> LabFigures:
    """Medians of so many runs or requests, of the entries as ``make run`` serves them."""
    pairs = [LabRow(f"one pair: {one.slug}", median_ms(partial(run_pair, one), runs)) for one in EXPERIMENTS]
    entry, lab = (f"/patterns/{EXPERIMENTS[0].slug}/{part}" for part in ("", "lab/"))
    with scratch() as files, scratch_site(files.folder) as site:
        site.prepare()
        with serving(site, SITE, workers=WORKERS) as [server]:
            port = server.port
            alone, cached = (median_ms(partial(open_page, port, path), runs) for path in (entry, lab))
            with visitors(port) as statuses:
                beside = median_ms(partial(open_page, port, entry), runs)
    rows = (
        LabRow("entry page", alone),
        LabRow("lab page, computed before", cached, alone),
        LabRow(f"entry page beside {VISITORS} visitors of the lab", beside, alone),
    )
    return LabFigures((*pairs, *rows), statuses)


def run_pair(experiment: Experiment) -> None:
    for side in (WITHOUT, WITH):
        experiment.run(experiment.default.parameters, 0, side)


def median_ms(act: Callable[[], object], count: int) -> float:
    """After one that does not count."""
    act()
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return median(taken) * 1_000


def open_page(port: int, path: str) -> None:
    """Raises:
    RuntimeError: if the page is not there: how fast that is nobody asked.
    """
    if (status := answer_status(port, path)) != 200:
        raise RuntimeError(f"{path} was answered with {status}.")


def answer_status(port: int, path: str) -> int:
    """After the whole answer has come."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


@contextmanager
def visitors(port: int) -> Iterator[Counter[int]]:
    """Readers who go from one run that nobody asked for yet to the next, and who wait where the site asks them to."""
    statuses: Counter[int] = Counter()
    leaving = threading.Event()

    def visit(number: int) -> None:
        dice = random.Random(f"visitor/{number}")
        while not leaving.is_set():
            status = answer_status(port, some_run(dice))
            statuses[status] += 1
            leaving.wait(RETRY_AFTER_S if status in (429, 503) else 0)

    # Threads do: a visitor waits for answers nearly all the time.
    with ThreadPoolExecutor(VISITORS) as pool:
        visits = [pool.submit(visit, number) for number in range(VISITORS)]
        time.sleep(SETTLING_S)
        try:
            yield statuses
        finally:
            leaving.set()
    for done in visits:
        done.result()  # a visitor who failed makes the figures worthless: the error is raised here


def some_run(dice: random.Random) -> str:
    """An experiment at one setting and a seed of chance."""
    experiment = dice.choice(EXPERIMENTS)
    key, setting = dice.choice([*settings_of(experiment.parameters).items()])
    if isinstance(setting, WordChoice):
        values: Sequence[int | str] = [value for value, _ in setting.labels]
    else:
        values = range(setting.low, setting.high + 1, setting.step)
    query = urlencode({key: dice.choice(values), "seed": dice.choice(RUN_SEEDS)})
    return f"/patterns/{experiment.slug}/lab/?{query}"
