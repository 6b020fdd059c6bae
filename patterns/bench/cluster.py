"""The drill ``cluster``: two gunicorns behind nginx on one PostgreSQL, all of which fail in turn under load.

The nginx is that of docs/deploy/nginx.conf without its cache, which would hide what happens behind it.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Browser, browsing
from patterns.bench.freshness import ENTRIES, FreshnessFigures, Newsroom, compare, done
from patterns.bench.machine import Machine, until
from patterns.bench.nginx import configuration, nginx
from patterns.bench.postgres import PostgreSQL, postgresql
from patterns.bench.reading import PAGES, Load, readers
from patterns.bench.scratch import scratch
from patterns.bench.site import Site

OUTAGE_S = 5
RECOVERY_S = 20
CHANGES = 12


@dataclass
class ClusterFigures:
    """What happened, with the answers meanwhile, how many of them were old, and how many requests failed."""

    rows: list[tuple[str, int, int, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    recovered_s: float = 0.0

    def add(self, what: str, load: Load) -> None:
        self.rows.append((what, load.answers, load.aged, load.failures.total()))
        self.failures += [f"{what}: {count} times {failure}" for failure, count in load.failures.items() if count]

    def expect(self, is_so: object, sentence: str) -> None:
        self.failures += [] if is_so else [sentence]

    def table(self) -> Table:
        caption = f"Pages are current {self.recovered_s:.1f} seconds after the database is back."
        table = Table(box=SIMPLE_HEAD, caption=caption, caption_justify="left")
        table.add_column("", no_wrap=True)
        for heading in ("answers", "with an age", "failed"):
            table.add_column(heading, justify="right", no_wrap=True)
        for what, *counts in self.rows:
            table.add_row(what, *(f"{count:,}" for count in counts))
        return table


def cluster_figures(*, progress: Callable[[str], None] = lambda what: None) -> ClusterFigures:
    """Raises Unexpected or TimeoutError if something else fails than what is let fail."""
    figures = ClusterFigures()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        database = stack.enter_context(postgresql())
        site = Site(folder, database.url)
        site.prepare()
        machines = [Machine.started(site) for _ in range(2)]
        for one in machines:
            stack.callback(one.stop)
        for one in machines:
            one.server.wait_until_ready()
        ports = [one.server.port for one in machines]
        proxy = stack.enter_context(nginx(folder, configuration(ports)))

        progress("a publish through one is read through the other")
        newsroom = Newsroom(ports)
        stack.enter_context(browsing(newsroom.publisher, newsroom.editor))
        figures.add("published through either", seen_by_both(newsroom, ports, figures))

        with readers(proxy.port) as load:
            progress("one machine is lost")
            machines[0].kill()
            time.sleep(2)
            machines[0].start_again()
        figures.add("a machine lost and back", load)

        with readers(proxy.port) as load:
            progress("a new release")
            for one in machines:
                one.replace()
        figures.add("a new release on both", load)

        progress("the database is lost")
        newsroom.publisher.port = proxy.port
        lose_database(database, newsroom, figures)
        said = "".join(one.server.log.read_text(encoding="utf-8") for one in machines)
        figures.expect("does not answer" in said, "The log does not say that the database was away.")
    return figures


def lose_database(database: PostgreSQL, newsroom: Newsroom, figures: ClusterFigures) -> None:
    """Readers are served meanwhile, a save is refused and can be sent again, and all recover by themselves."""
    entry, port = newsroom.entries[0], newsroom.publisher.port
    form = newsroom.publisher.get(f"{ENTRIES}{newsroom.keys[entry.code]}/change/")
    fields = form.form("description").filled(description="It was written while the database was away.")
    reader = Browser(port)
    with browsing(reader):
        with readers(port) as load:
            database.stop()
            time.sleep(OUTAGE_S)
            refused = newsroom.publisher.post(form.path, fields)
            database.start()
            back_at = time.monotonic()
            is_current = lambda: "age" not in reader.get(PAGES[0]).headers  # noqa: E731
            until(lambda: is_current() and is_current(), what="a current page", seconds=RECOVERY_S)
            figures.recovered_s = time.monotonic() - back_at
        figures.add("the database lost and back", load)
        figures.expect(load.aged, "No page had an age while the database was away.")
        figures.expect(refused.status == 503, f"A save without a database was answered {refused.status}, not 503.")
        done(newsroom.publisher.post(form.path, fields))
        answer = reader.get(f"/patterns/{entry.slug}/")
        figures.expect("while the database was away" in answer.text, "A save after the outage is not read.")


def seen_by_both(newsroom: Newsroom, ports: list[int], figures: ClusterFigures) -> Load:
    found, asked = FreshnessFigures(), [Browser(port) for port in ports]
    with browsing(*asked):
        for turn, written in zip(range(CHANGES), newsroom.changes(), strict=False):
            compare(written, asked, turn=turn, figures=found)
    figures.failures += found.failures
    return Load(found.answers.total(), 0, Counter({"stale": found.stale.total()}))
