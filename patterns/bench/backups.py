"""The drill ``backup``: backups that are taken while editors save are the catalogue at the change that they name.

Each is restored where there is nothing yet, and exported there; the history of the original says what the catalogue was
at that change. At last the site moves to another machine, once with a backup and once with nothing but an export.
"""

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from io import StringIO
from pathlib import Path
from secrets import token_hex
from statistics import median
from threading import Event
from typing import Any, Final
from urllib.parse import quote, urlsplit

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier
from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Browser, browsing
from patterns.bench.freshness import entry_pages
from patterns.bench.machine import until
from patterns.bench.scratch import scratch
from patterns.bench.site import PASSWORD, SITE, Site, scratch_site, serving
from patterns.models import Catalog, Change
from patterns.operations import postgresql
from patterns.operations.backup import backups_in
from patterns.operations.contents import connected_to
from patterns.store.commits import contents

EDITORS: Final = 4
PAUSE_S: Final = 0.05  # of an editor, between two saves


@dataclass
class Saves:
    """What editors were answered, and how long that took, in seconds."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return self.answers.total() - self.answers["302"]


@dataclass
class BackupFigures:
    """What was promised, how often it was tried, and how often it was so."""

    rows: list[tuple[str, int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, promise: str, found: list[bool]) -> None:
        self.rows.append((promise, len(found), sum(found)))
        if not all(found):
            self.failures.append(f"{promise}: {found.count(False):,} of {len(found):,} times it was not so.")

    def table(self) -> Table:
        table = Table(box=SIMPLE_HEAD, caption="\n".join(self.notes), caption_justify="left")
        table.add_column("promised")
        for heading in ("tried", "so"):
            table.add_column(heading, justify="right", no_wrap=True)
        for promise, tried, so in self.rows:
            table.add_row(promise, f"{tried:,}", f"{so:,}")
        return table


def backup_figures(*, count: int, progress: Callable[[str], None] = lambda what: None) -> BackupFigures:
    """Raises CalledProcessError, Unexpected or TimeoutError if what the drill needs does not work."""
    figures = BackupFigures()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        site = stack.enter_context(scratch_site(folder))
        site.prepare()
        (shelf := folder / "backups").mkdir()
        with serving(site, SITE) as (server,), editing(server.port) as saves:
            progress(f"{count:,} backups beside {EDITORS} editors")
            taken_s = in_process_of(site, take_backups, folder, shelf, count)
        backups = backups_in(shelf)
        figures.add("a save beside a backup is acknowledged", [one == "302" for one in saves.answers.elements()])
        figures.notes.append(f"A save took {spread(saves.seconds)}; a backup {spread(taken_s)}.")
        figures.add("a backup has its name", [number < len(backups) for number in range(count)])
        changes = [one.manifest.contents.change for one in backups]
        figures.notes.append(f"The backups are of {len({*changes})} changes, from {changes[0]:,} to {changes[-1]:,}.")

        progress("the history of the original")
        history = in_process_of(site, digests_at, folder, changes)
        progress("each backup is restored where there is nothing")
        restored = in_process_of(site, restored_digests, folder, [str(one.path) for one in backups])
        figures.add(
            "restored, it is the catalogue at the change that it names",
            [
                found == history.get(str(one.manifest.contents.change)) == one.manifest.contents.digest
                for one, found in zip(backups, restored, strict=True)
            ],
        )
        progress("another machine")
        move(site, shelf, figures)
    return figures


# What a process does whose environment names the database; most of what a command takes is its start.


def in_process_of(site: Site, act: Callable[..., Any], folder: Path, *arguments: Any) -> Any:
    """What one of the following returns there."""
    path = folder / f"{act.__name__}.json"
    given = ", ".join(repr(str(one) if isinstance(one, Path) else one) for one in arguments)
    command = f"import json, pathlib; from {__name__} import {act.__name__} as act\n"
    command += f"pathlib.Path({str(path)!r}).write_text(json.dumps(act({given})))"
    site.manage("shell", "--verbosity", "0", "--command", command)
    return json.loads(path.read_text(encoding="utf-8"))


def take_backups(shelf: str, count: int) -> list[float]:
    """How many seconds each took; each is of another change."""
    taken: list[float] = []
    change = 0
    for _ in range(count):
        is_newer = Catalog.objects.filter(version__gt=change).exists
        until(is_newer, what="a save")
        change = Catalog.objects.get().version
        begun = time.monotonic()
        call_command("backup", shelf)
        taken.append(time.monotonic() - begun)
    return taken


def digests_at(numbers: list[int]) -> dict[int, str]:
    """Change → digest of the export at that change, by the history of the database, which went on since."""
    changes = [*Change.objects.filter(number__in=numbers).select_related("author").order_by("number")]
    return {change.number: digest_of(text) for change, (_, text) in zip(changes, contents(changes), strict=True)}


def restored_digests(files: list[str]) -> list[str]:
    """Of the export of each backup, from a database that was not there before."""
    found = []
    for number, file in enumerate(files):
        name = f"{connection.settings_dict['NAME']}-opening-{number}"
        with connected_to(name):
            call_command("restore", file)
            call_command("export_toml", stdout=(text := StringIO()))
        found.append(digest_of(text.getvalue()))
        if connection.vendor == "postgresql":
            with postgresql.server() as beside:
                beside.execute(SQL("DROP DATABASE {}").format(Identifier(name)))
    return found


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} s in the middle, {max(seconds):.2f} at most"


@contextmanager
def editing(port: int) -> Iterator[Saves]:
    """Some who save one change of an entry after the other."""
    saves, leaving = Saves(), Event()
    people = [Browser(port) for _ in range(EDITORS)]

    def edit(number: int) -> None:
        person, page, text = people[number], pages[number], 0
        while not leaving.wait(PAUSE_S):
            text += 1
            form = person.get(page).form("description")
            said = form.filled(description=f"What editor {number} wrote as text {text}.", comment="Drill")
            begun = time.monotonic()
            try:
                saves.answers[str(person.post(page, said).status)] += 1
            except (OSError, HTTPException) as error:
                saves.answers[type(error).__name__] += 1
            saves.seconds.append(time.monotonic() - begun)

    with browsing(*people), ThreadPoolExecutor(EDITORS) as pool:
        for one in people:
            one.sign_in("publisher", PASSWORD)
        pages = entry_pages(people[0])
        started = [pool.submit(edit, number) for number in range(EDITORS)]
        try:
            yield saves
        finally:
            leaving.set()
    for edits in started:
        edits.result()


@contextmanager
def another_machine(folder: Path) -> Iterator[Site]:
    """A folder of its own, and the name of a database that is not there."""
    folder.mkdir()
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield Site(folder, f"sqlite:///{quote(str(folder / 'site.sqlite3'))}")
        return
    name = f"bench_{token_hex(6)}"
    try:
        yield Site(folder, urlsplit(url)._replace(path=f"/{name}").geturl())
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def move(site: Site, shelf: Path, figures: BackupFigures) -> None:
    """The site is lost; what was saved of it makes it anew, twice."""
    export = site.folder / "export.toml"
    site.manage("export_toml", str(export))
    site.manage("backup", str(shelf))
    saved, newest = export.read_bytes(), backups_in(shelf)[-1]
    with another_machine(site.folder / "from-backup") as machine:
        begun = time.monotonic()
        machine.manage("restore", str(newest.path))
        machine.manage("export_toml", str(again := machine.folder / "again.toml"))
        found = again.read_bytes()
        with serving(machine, SITE) as (server,):
            took = time.monotonic() - begun
            person = Browser(server.port)
            with browsing(person):
                person.sign_in("publisher", PASSWORD)
                page = entry_pages(person)[0]
                saves = person.send(person.get(page), holding="description", description="Written there.", comment="x")
    figures.add("from a backup, another machine exports the same bytes", [found == saved])
    figures.add("there a publisher signs in and saves", [saves.status == 302])
    figures.notes.append(f"From the backup to a server that answers on another machine: {took:.1f} s.")
    with another_machine(site.folder / "from-export") as machine:
        machine.manage("migrate", "--verbosity", "0")
        machine.manage("import_toml", str(export))
        machine.manage("export_toml", str(again := machine.folder / "again.toml"))
        found = without_base(again.read_bytes())
    figures.add("from an export alone, the same but for its base", [found == without_base(saved)])


def without_base(text: bytes) -> bytes:
    """An export but for the line that names its database and change."""
    return b"".join(line for line in text.splitlines(keepends=True) if not line.startswith(b'base = "'))
