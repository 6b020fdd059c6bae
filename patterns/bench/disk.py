"""The drill ``disk``: the disk below a SQLite database fails or is full. PostgreSQL looks after its own.

An import is let fail at one write after the other, and at all that follow, as a disk fails (EIO) and as it fills
(ENOSPC). Then a gunicorn serves a database from a file system that is really full.
"""

import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from patterns.bench.browser import Answer, Browser, Fields, browsing
from patterns.bench.faults import Calls
from patterns.bench.freshness import done, entry_pages
from patterns.bench.imports import TAKE, imported_before, is_imported, state_of
from patterns.bench.machine import Machine, until
from patterns.bench.promises import Promises
from patterns.bench.scratch import scratch
from patterns.bench.site import PASSWORD, Site, sqlite_url

ERRORS = ("EIO", "ENOSPC")
SIZE = "24m"  # of the file system that fills
PAGES = (
    *("/", "/patterns/", "/categories/", "/symptoms/", "/find/", "/matrix/", "/map/", "/changes/", "/about/", "/lab/"),
    *("/patterns/saga-pattern/", "/patterns/saga-pattern.json", "/patterns/saga-pattern/history/", "/catalog.toml"),
    *("/patterns/?q=saga", "/api/v1/patterns", "/feeds/changes.atom", "/sitemap.xml"),
)
SERVED = "While the disk is full, every page is served, in old and in new processes."
TOLD = "While the disk is full, a save is answered 503 with a sentence, and is not lost."
BACK = "When there is room again, the same save is taken, without a restart."
TYPED = "It was written while the disk was full."


def disk_figures(*, points: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    promises = Promises()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        fail_writes(folder, points, promises, progress)
        place = folder / "disk"
        if mount(place):
            stack.callback(subprocess.run, ["umount", str(place)], check=True)
            fill(place, promises, progress)
        else:
            for sentence in (SERVED, TOLD, BACK):
                promises.leave_out(sentence, "nobody but root may mount a disk, and not in every container")
    return promises


def fail_writes(folder: Path, points: int, promises: Promises, progress: Callable[[str], None]) -> None:
    refused = promises.promise("An import that cannot write says so, ends with 1 and changes nothing.")
    outcomes = Counter[str]()
    site = Site(folder, sqlite_url(folder))
    new = imported_before(site)
    with site.copied() as copy:
        count = Calls(copy).count("import_toml", str(new), *TAKE)
    before = state_of(site)
    for error in ERRORS:
        for number in range(points):
            at = 1 + number * (count - 1) // points
            with site.copied() as copy:
                ended = Calls(copy).broken("import_toml", str(new), *TAKE, at=at, by=f"error={error}", for_ever=True)
                is_as_before = state_of(copy) == before
                is_whole = ended.returncode == 0 and is_imported(copy, new)
            is_told = ended.returncode == 1 and "CommandError" in ended.stderr and "Traceback" not in ended.stderr
            refused.keep((is_told and is_as_before) or is_whole, f"{error} at write {at} of {count}: {ended.stderr}.")
            outcomes["imported all the same" if is_whole else "refused"] += 1
            progress(f"{error} from write {at} of {count} on")
    refused.found = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())


def mount(place: Path) -> bool:
    """Make a small file system in memory, and say whether that was allowed."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def fill(place: Path, promises: Promises, progress: Callable[[str], None]) -> None:
    served, told, back = (promises.promise(sentence) for sentence in (SERVED, TOLD, BACK))
    site = Site(place, sqlite_url(place))
    site.prepare()
    machine = Machine.started(site, workers=2)
    try:
        machine.server.wait_until_ready()
        editor = Browser(machine.server.port)
        with browsing(editor):
            editor.sign_in("publisher", PASSWORD)
            page = editor.get(entry_pages(editor)[0])
            fields = page.form("description").filled(description=TYPED, comment="A drill")
            progress("the disk is full")
            filler = place / "filler"
            fill_up(filler)
            for what in ("the old processes", "new processes"):
                for path in PAGES:
                    status = newly_asked(machine.server.port, path).status
                    served.keep(status == 200, f"{path} was answered {status} by {what}.")
                refused = saved_anew(editor, page.path, fields)
                is_kept = refused.status == 503 and TYPED in refused.text
                told.keep(is_kept, f"{what} answered {refused.status}.")
                if what == "the old processes":
                    progress("its processes are killed, all but the first")
                    replace_workers(machine)
            filler.unlink()
            progress("there is room again")
            done(saved_anew(editor, page.path, fields))
            back.keep(TYPED in newly_asked(machine.server.port, "/catalog.toml").text, "It is not in the catalogue.")
    finally:
        machine.stop()


def newly_asked(port: int, path: str) -> Answer:
    """On a connection of its own: the process of an older one may be gone."""
    reader = Browser(port)
    with browsing(reader):
        return reader.get(path)


def saved_anew(editor: Browser, path: str, fields: Fields) -> Answer:
    again = Browser(editor.port)
    again.sign_in_as(editor)
    with browsing(again):
        return again.post(path, fields)


def fill_up(filler: Path) -> None:
    """Until not a byte more fits."""
    with filler.open("wb", buffering=0) as file:
        for size in (2**16, 2**12, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def replace_workers(machine: Machine) -> None:
    for victim in machine.serving:
        victim.kill()
        until(
            lambda: len([one for one in machine.serving if one != victim]) == 2,  # noqa: B023
            what="another worker",
        )
