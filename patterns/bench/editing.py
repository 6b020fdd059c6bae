"""Editors who save one change after the other, remember what they were told is saved, and look for it afterwards."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from threading import Event
from urllib.parse import urlsplit

from patterns.bench.browser import Answer, Browser, Unexpected, browsing
from patterns.bench.freshness import ENTRIES, entry_pages
from patterns.bench.promises import Promise
from patterns.bench.site import PASSWORD, Site

SAVED, OVERTAKEN = "saved", "overtaken"  # by somebody else: what was typed waits on a page of its own
COPIES = "/admin/working-copy/"
REST_S = 0.05  # of an editor whom the site did not answer


@dataclass
class Edits:
    """``saved`` are the texts that somebody was told are saved, each with the page of its entry."""

    saved: list[tuple[str, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def wait_for(self, count: int, *, seconds: float) -> None:
        """Until so many more are saved, but no longer than so many seconds."""
        end, most = time.monotonic() + seconds, len(self.saved) + count
        while len(self.saved) < most and time.monotonic() < end:
            time.sleep(REST_S)

    def add(self, page: str, text: str, answer: str) -> None:
        self.answers[answer] += 1
        if answer == SAVED:
            self.saved.append((page, text))


@contextmanager
def editors(port: int, *, count: int, entries: int = 0, name: str = "", pace_s: float = 0) -> Iterator[Edits]:
    """So many people who are at work until the block ends, each at one entry, or all at the first so many in turn.

    ``name`` tells their texts from those of other such people on the same site.

    Raises:
        Unexpected: if they cannot sign in.
    """
    edits, leaving = Edits(), Event()
    people = [Browser(port, X_Forwarded_For=f"198.51.100.{number + 1}") for number in range(count)]
    with browsing(*people), ThreadPoolExecutor(count) as pool:
        people[0].sign_in("publisher", PASSWORD)
        pages = entry_pages(people[0])
        for one in people[1:]:
            one.sign_in_as(people[0])
        own = [pages[:entries] or [page] for page in pages]
        working = [
            pool.submit(work, one, own[number], edits, f"{name}{number}", lambda: leaving.wait(pace_s))
            for number, one in enumerate(people)
        ]
        try:
            yield edits
        finally:
            leaving.set()
    for done in working:
        done.result()


def work(editor: Browser, pages: list[str], edits: Edits, name: str, is_over: Callable[[], bool]) -> None:
    rng, turn = Random(name), 0
    while not is_over():
        turn += 1
        page, text = rng.choice(pages), f"Editor {name} wrote this as change {turn}."
        try:
            form = editor.get(page).form("description")
            answer = outcome(editor.post(page, form.filled(description=text, comment="A drill")))
        except (OSError, HTTPException) as error:
            answer = type(error).__name__
        except Unexpected:  # in the place of the form a page says that the site cannot answer now
            answer = "no form"
        edits.add(page, text, answer)
        if answer not in (SAVED, OVERTAKEN):
            time.sleep(REST_S)


def outcome(answer: Answer) -> str:
    location = answer.headers.get("location", "")
    if answer.status == 302 and urlsplit(location).path == ENTRIES:
        return SAVED
    return OVERTAKEN if answer.status == 302 and location.startswith(COPIES) else str(answer.status)


# What there is of it. The histories are asked, and the tables, which have to say the same.

HELD = """
import json, sys
from django.db import connection
from patterns.models import Catalog, Change, Revision
from patterns.store.history import document_at, read_document
from patterns.store.reading import consistent_read, load_document

with consistent_read():
    version = Catalog.objects.get().version
    said, held = document_at(version).entries, load_document().entries
    written = Revision.objects.filter(what="entry", document__isnull=False)
    texts = [
        (pattern, read_document("entry", text).description)
        for pattern, text in written.values_list("pattern", "document").iterator()
    ]
    found = {
        "version": version,
        "torn": [code for code in sorted({*said, *held}) if said.get(code) != held.get(code)],
        "texts": texts,
        "numbers": list(Change.objects.order_by("number").values_list("number", flat=True)),
        "empty": Change.objects.filter(revisions=None).count(),
    }
if connection.vendor == "sqlite":
    faults = connection.cursor().execute("PRAGMA integrity_check").fetchall()
    found["torn"] += [fault for fault, in faults if fault != "ok"]
json.dump(found, sys.stdout)
"""


def compare(site: Site, edits: list[tuple[str, str]], *, nothing_lost: Promise, nothing_torn: Promise) -> None:
    """Look for each edit that was said to be saved, and for changes that are there in parts only."""
    held = json.loads(site.told("shell", "--verbosity", "0", "--command", HELD))
    there = {(f"{ENTRIES}{pattern}/change/", text) for pattern, text in held["texts"]}
    lost = [text for page, text in edits if (page, text) not in there]
    nothing_lost.tried += len(edits)
    nothing_lost.broken += [f"It was lost: {text}" for text in lost]
    nothing_torn.keep(not held["torn"], f"Torn: {held['torn'][:5]}.", tried=len(held["numbers"]))
    is_whole = held["numbers"] == [*range(held["numbers"][0], held["version"] + 1)] and not held["empty"]
    nothing_torn.keep(is_whole, f"{held['empty']} changes are empty, or numbers are missing.", tried=0)
