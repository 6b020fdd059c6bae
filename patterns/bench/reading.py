"""Readers who ask for one page after the other while something else is going on."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event

from patterns.bench.browser import Browser, browsing

PAGES = ("/", "/patterns/", "/patterns/saga-pattern/", "/patterns/saga-pattern.json", "/catalog.toml")
READERS = 4
PACE_S = 0.01  # between two requests of a reader


@dataclass
class Load:
    """What readers were answered: how often, how often with an age, and what else."""

    answers: int = 0
    aged: int = 0
    failures: Counter[str] = field(default_factory=Counter)


@contextmanager
def readers(port: int, *, count: int = READERS, pace_s: float = PACE_S) -> Iterator[Load]:
    """Some who ask for one page after the other."""
    load, leaving = Load(), Event()

    def read(number: int) -> None:
        browser = Browser(port, Accept_Encoding="gzip")
        with browsing(browser):
            while not leaving.wait(pace_s):
                number += 1
                path = PAGES[number % len(PAGES)]
                try:
                    answer = browser.get(path)
                except (OSError, HTTPException) as error:
                    load.failures[f"{path}: {error!r}"] += 1
                else:
                    load.answers += 1
                    load.aged += "age" in answer.headers
                    if answer.status != 200:
                        load.failures[f"{path}: {answer.status}"] += 1

    with ThreadPoolExecutor(count) as pool:
        reading = [pool.submit(read, number) for number in range(count)]
        try:
            time.sleep(1)
            yield load
            time.sleep(1)
        finally:
            leaving.set()
    for one in reading:
        one.result()
