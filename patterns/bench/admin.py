"""What the editors' work costs: statements, the CPU of the server, and the time until it is done."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Answer, Browser, browsing
from patterns.bench.costs import cpu_seconds
from patterns.bench.freshness import ENTRIES, done, entry_pages
from patterns.bench.pressure import EDITORS, WORKERS
from patterns.bench.scratch import GIVEN, generated, given, scratch
from patterns.bench.site import PASSWORD, SITE, Server, Site, scratch_site, serving
from patterns.document.catalog import Document
from patterns.document.register import with_values
from patterns.files.toml import write_toml

COUNTER = "patterns.bench.counter:application"
BULK = 200  # what the admin's list does in one go
SAVES = 5  # of each editor


@dataclass(frozen=True)
class Work:
    """``queries`` is None where nobody counts them."""

    label: str
    queries: float | None
    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True)
class AdminFigures:
    title: str
    works: list[Work]

    def table(self) -> Table:
        table = Table(title=self.title, title_justify="left", box=SIMPLE_HEAD)
        table.add_column("", no_wrap=True)
        for heading in ("queries", "CPU ms", "wall ms"):
            table.add_column(heading, justify="right", no_wrap=True)
        for one in self.works:
            queries = "" if one.queries is None else f"{one.queries:,.0f}"
            table.add_row(one.label, queries, f"{one.cpu_ms:,.0f}", f"{one.wall_ms:,.0f}")
        return table


def admin_figures(*, entries: int, runs: int) -> AdminFigures:
    """Among the entries that come with the site, and so many drafts, of which a page is published at once."""
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site((files := stack.enter_context(scratch())).folder))
        files.catalog.write_text(write_toml(drafts(entries)), encoding="utf-8")
        site.prepare(GIVEN, str(files.catalog))
        [server] = stack.enter_context(serving(site, COUNTER))
        publisher = Browser(server.port)
        stack.enter_context(browsing(publisher))
        publisher.sign_in("publisher", PASSWORD)
        rounds = [one_round(publisher, server, number) for number in range(runs)]
        crowd = saves_at_once(site)
    works = [
        Work(found[0].label, *(median(getattr(one, of) for one in found) for of in ("queries", "cpu_ms", "wall_ms")))
        for found in zip(*rounds, strict=True)
    ]
    works.append(crowd)
    return AdminFigures(f"The admin among {entries + len(given().entries):,} entries; medians of {runs} runs", works)


def drafts(count: int) -> Document:
    document = generated(count, first=len(given().entries) + 1)
    entries = {code: with_values(entry, {"status": "draft"}) for code, entry in document.entries.items()}
    return Document(document.header, document.categories, entries)


def one_round(publisher: Browser, server: Server, number: int) -> list[Work]:
    listed = publisher.get(f"{ENTRIES}?status__exact=published")
    key = re.findall(rf'href="{ENTRIES}(\d+)/change/', listed.text)[0]
    form = publisher.get(f"{ENTRIES}{key}/change/")
    fields = form.form("description").filled(description=f"What it says in round {number}.")
    waiting = publisher.get(f"{ENTRIES}?status__exact=draft")
    listed_twice = waiting.text + publisher.get(f"{waiting.path}&p=2").text  # a page of the list holds a hundred
    keys = re.findall(r'name="_selected_action" value="(\d+)"', listed_twice)[:BULK]
    chosen = [*waiting.form("action").filled(action="publish"), *(("_selected_action", one) for one in keys)]
    page = publisher.post(waiting.path, chosen)
    sent = page.form("opened")
    agreed = sent.filled(comment="They are ready.")
    return [
        timed("the list", server, lambda: publisher.get(ENTRIES)),
        timed("the form of an entry", server, lambda: publisher.get(form.path)),
        timed("one save", server, lambda: publisher.post(form.path, fields), is_write=True),
        timed(f"publish {len(keys)}", server, lambda: publisher.post(sent.action, agreed), is_write=True),
    ]


def timed(label: str, server: Server, act: Callable[[], Answer], *, is_write: bool = False) -> Work:
    pids = server.pids
    cpu, start = cpu_seconds(pids), perf_counter()
    answer = act()
    wall, cpu = perf_counter() - start, cpu_seconds(pids) - cpu
    if is_write:
        done(answer)
    return Work(label, int(answer.headers["x-queries"]), cpu * 1000, wall * 1000)


def saves_at_once(site: Site) -> Work:
    """What one of the saves takes of many editors who send what they have typed in forms that they opened before."""
    with ExitStack() as stack:
        [server] = stack.enter_context(serving(site, SITE, workers=WORKERS))
        people = [Browser(server.port) for _ in range(EDITORS)]
        stack.enter_context(browsing(*people))
        pool = stack.enter_context(ThreadPoolExecutor(EDITORS))
        for one in people:
            one.sign_in("publisher", PASSWORD)
        pages = entry_pages(people[0])[: EDITORS * SAVES]
        forms = [(people[place % EDITORS].get(page).form("description"), place) for place, page in enumerate(pages)]
        typed = [(form.action, form.filled(description=f"What {place} says at once.")) for form, place in forms]

        def save_all(number: int) -> list[Answer]:
            return [people[number].post(path, fields) for path, fields in typed[number::EDITORS]]

        cpu, start = cpu_seconds(server.pids), perf_counter()
        answers = [one for found in pool.map(save_all, range(EDITORS)) for one in found]
        wall, cpu = perf_counter() - start, cpu_seconds(server.pids) - cpu
    for answer in answers:
        done(answer)
    count = len(answers)
    return Work(
        f"a save, {EDITORS} at once: {count / wall:.0f} a second", None, cpu / count * 1000, wall / count * 1000
    )
