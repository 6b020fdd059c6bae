"""An import that is interrupted, and what a database holds before and after it."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from patterns.bench.scratch import generated
from patterns.bench.site import Site
from patterns.files.toml import write_toml

IMPORTED = 200  # entries that the import changes
TAKE = ("--on-conflict", "take")
SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'patterns!_%' ESCAPE '!' ORDER BY 1"
TABLES = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'patterns!_%' ESCAPE '!' ORDER BY 1"


def imported_before(site: Site) -> Path:
    """Prepare a site; return the file that changes each of its entries."""
    old, new = (site.folder / f"{name}.toml" for name in ("old", "new"))
    old.write_text(write_toml(generated(IMPORTED)), encoding="utf-8")
    new.write_text(write_toml(generated(IMPORTED, salt="new")), encoding="utf-8")
    site.prepare(str(old))
    return new


def state_of(site: Site) -> str:
    """Tells what the tables of the catalogue hold from all else that they could, or says what is wrong."""
    return sqlite_state(site.ask) if site.is_sqlite else digest_of(site.ask, TABLES)


def sqlite_state(ask: Callable[[str], Iterable[tuple[Any, ...]]]) -> str:
    faults = [fault for (fault,) in ask("PRAGMA integrity_check") if fault != "ok"]
    return str(faults) if faults else digest_of(ask, SQLITE_TABLES)


def digest_of(ask: Callable[[str], Iterable[tuple[Any, ...]]], tables: str) -> str:
    """Of every row, whatever their order."""
    digest = sha256()
    for (name,) in [*ask(tables)]:
        digest.update(name.encode())
        for row in sorted(map(repr, ask(f'SELECT * FROM "{name}"'))):
            digest.update(row.encode())
    return digest.hexdigest()


def is_imported(site: Site, file: Path) -> bool:
    """Whether the database is sound, and the catalogue says what a file says, and no more."""
    if site.is_sqlite and site.ask("PRAGMA integrity_check") != [("ok",)]:
        return False
    try:
        site.manage("export_toml", "--check", str(file))
    except CalledProcessError:
        return False
    return True
