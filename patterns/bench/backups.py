"""The drill ``backup``: backups that are taken while editors save are the catalogue at the change that they name.

Each is restored where there is nothing yet, and exported there; the history of the original says what the catalogue was
at that change. At last the site moves to another machine, once with a backup and once with nothing but an export.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from secrets import token_hex
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier

from patterns.bench.browser import Browser, browsing
from patterns.bench.editing import SAVED, editors
from patterns.bench.freshness import entry_pages
from patterns.bench.machine import until
from patterns.bench.promises import Promises
from patterns.bench.scratch import scratch
from patterns.bench.site import PASSWORD, SITE, Site, scratch_site, serving, sqlite_url
from patterns.models import Catalog, Change
from patterns.operations import postgresql
from patterns.operations.backup import backups_in
from patterns.operations.contents import connected_to
from patterns.store.commits import contents

EDITORS: Final = 4
PAUSE_S: Final = 0.05  # of an editor, between two saves


def backup_figures(*, count: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    """Raises CalledProcessError, Unexpected or TimeoutError if what the drill needs does not work."""
    promises = Promises()
    unhindered = promises.promise("A save beside a backup is acknowledged.")
    named = promises.promise("A backup has its name.")
    same = promises.promise("Restored, it is the catalogue at the change that it names.")
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        site = stack.enter_context(scratch_site(folder))
        site.prepare()
        (shelf := folder / "backups").mkdir()
        with serving(site, SITE) as (server,), editors(server.port, count=EDITORS, pace_s=PAUSE_S) as edits:
            progress(f"{count:,} backups beside {EDITORS} editors")
            taken_s = in_process_of(site, take_backups, folder, shelf, count)
        unhindered.tried = edits.answers.total()
        unhindered.broken = [answer for answer in edits.answers.elements() if answer != SAVED]
        backups = backups_in(shelf)
        named.keep(len(backups) == count, f"There are {len(backups):,}, not {count:,}.", tried=count)
        named.found = f"it took {median(taken_s):.2f} s in the middle, {max(taken_s):.2f} at most"

        progress("the history of the original")
        changes = [one.manifest.contents.change for one in backups]
        history = in_process_of(site, digests_at, folder, changes)
        progress("each backup is restored where there is nothing")
        restored = in_process_of(site, restored_digests, folder, [str(one.path) for one in backups])
        for backup, found in zip(backups, restored, strict=True):
            is_same = found == history.get(str(backup.manifest.contents.change)) == backup.manifest.contents.digest
            same.keep(is_same, f"{backup.path.name} is another one.")
        same.found = f"{len({*changes})} changes, from {changes[0]:,} to {changes[-1]:,}"
        progress("another machine")
        move(site, shelf, promises)
    return promises


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


@contextmanager
def another_machine(folder: Path) -> Iterator[Site]:
    """A folder of its own, and the name of a database that is not there."""
    folder.mkdir()
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield Site(folder, sqlite_url(folder))
        return
    name = f"bench_{token_hex(6)}"
    try:
        yield Site(folder, urlsplit(url)._replace(path=f"/{name}").geturl())
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def move(site: Site, shelf: Path, promises: Promises) -> None:
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
    moved = promises.promise("From a backup, another machine exports the same bytes.")
    moved.keep(found == saved, "It exports others.")
    moved.found = f"it answers readers {took:.1f} s after the backup came there"
    promises.promise("There a publisher signs in and saves.").keep(saves.status == 302, f"Answered {saves.status}.")
    (folder := site.folder / "from-export").mkdir()
    with scratch_site(folder) as machine:
        machine.manage("migrate", "--verbosity", "0")
        machine.manage("import_toml", str(export))
        machine.manage("export_toml", str(again := machine.folder / "again.toml"))
        found = without_base(again.read_bytes())
    alone = promises.promise("From an export alone, it exports the same but for its base.")
    alone.keep(found == without_base(saved), "It exports another.")


def without_base(text: bytes) -> bytes:
    """An export but for the line that names its database and change."""
    return b"".join(line for line in text.splitlines(keepends=True) if not line.startswith(b'base = "'))
