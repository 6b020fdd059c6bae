"""How the site is, for whoever watches it: a line for each thing that an operator can put right."""

import operator
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max

from patterns.files.disk import reason
from patterns.models import Change, Mail
from patterns.operations.backup import backups_in
from patterns.store.migrations import schema_gap

MIB: Final = 1024**2
WAL_MIB: Final = (64, 512)  # SQLite begins it anew at 4, unless somebody reads for long
FREE_MIB: Final = (1_024, 256)
SHOWN: Final = 3  # migrations, or problems of a file, that are named
CONNECT_S: Final = 5
CLOCK_S: Final = 60  # that clocks of machines may differ
WAITING: Final = timedelta(hours=1)  # of mail that is due


class State(IntEnum):
    """The exit codes that Nagios and what came after it expect."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


Check = Callable[[], tuple[State, str]]


@dataclass(frozen=True)
class Vital:
    name: str
    state: State
    message: str


def vitals(*, now: datetime, folder: Path | None, oldest: timedelta) -> list[Vital]:
    """Each check, the worst first. Without a folder nothing is said of backups."""
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"].setdefault("connect_timeout", CONNECT_S)
    found = [vital("database", database)]
    checks: dict[str, Check] = {"disk": lambda: disk(folder), "permissions": permissions}
    if found[0].state is State.OK:
        checks |= {"schema": schema, "clock": lambda: clock(now), "mail": lambda: mail(now)}
    if connection.vendor == "sqlite":
        checks["wal"] = wal
    if folder is not None:
        checks["backup"] = lambda: backup(folder, now=now, oldest=oldest)
    found += [vital(name, check) for name, check in checks.items()]
    return sorted(found, key=lambda one: -RANKS[one.state])


# What cannot be known is worse than a warning.
RANKS: Final = {State.OK: 0, State.WARNING: 1, State.UNKNOWN: 2, State.CRITICAL: 3}


def vital(name: str, check: Check) -> Vital:
    try:
        return Vital(name, *check())
    except DatabaseError as error:
        return Vital(name, State.UNKNOWN, f"the database does not say: {' '.join(str(error).split())}")
    except OSError as error:
        return Vital(name, State.UNKNOWN, f"{error.filename}: {reason(error)}")


def database() -> tuple[State, str]:
    if (file := sqlite_file()) is not None and not file.exists():
        return State.CRITICAL, f"{file} is not there"  # to connect would make an empty one
    try:
        with connection.cursor() as cursor:
            if file is None:
                cursor.execute("SELECT 1")
                return State.OK, "it answers"
            cursor.execute("PRAGMA quick_check")
            problems = [text for (text,) in cursor.fetchmany(SHOWN) if text != "ok"]
    except DatabaseError as error:
        return State.CRITICAL, f"it does not answer: {' '.join(str(error).split())}"
    if problems:
        return State.CRITICAL, f"it is damaged, restore a backup: {'; '.join(problems)}"
    return State.OK, "it answers, and nothing in it is damaged"


def schema() -> tuple[State, str]:
    gap = schema_gap(connection)
    if gap.unknown:
        return State.CRITICAL, f"it is newer than this program, which does not know {', '.join(gap.unknown[:SHOWN])}"
    if gap.missing:
        return State.CRITICAL, f"{len(gap.missing)} missing, run manage.py migrate: {', '.join(gap.missing[:SHOWN])}"
    return State.OK, "every migration is applied"


def clock(now: datetime) -> tuple[State, str]:
    newest = Change.objects.aggregate(newest=Max("created_at"))["newest"]
    if newest is not None and (newest - now).total_seconds() > CLOCK_S:
        return State.WARNING, f"a change is of {newest:%Y-%m-%d %H:%M} UTC, which is not yet: set the clock"
    return State.OK, "no change is of the future"


def mail(now: datetime) -> tuple[State, str]:
    # What was never tried was not given up: a link for a new password was asked for too often, which anybody can do.
    given_up = Mail.objects.filter(state=Mail.State.FAILED, try_count__gt=0).count()
    if given_up:
        return State.WARNING, f"{given_up} given up; Mail in the admin says why, and sends again"
    late = Mail.objects.filter(state=Mail.State.WAITING, due_at__lt=now - WAITING).count()
    if late:
        return State.WARNING, f"{late} due for more than an hour: nothing sends it"
    return State.OK, "nothing was given up"


def disk(folder: Path | None) -> tuple[State, str]:
    """Of the folder that has the least, among those that are written to."""
    places = {settings.VAR_DIR, *(one for one in (folder, sqlite_file()) if one is not None)}
    free = {place: shutil.disk_usage(place if place.is_dir() else place.parent).free // MIB for place in places}
    tightest = min(free, key=lambda place: (free[place], str(place)))
    return graded(free[tightest], FREE_MIB, f"{free[tightest]:,} MiB free for {tightest}")


def wal() -> tuple[State, str]:
    if (file := sqlite_file()) is None:
        return State.OK, "the database is no file"
    path = file.with_name(f"{file.name}-wal")
    size = path.stat().st_size // MIB if path.exists() else 0
    return graded(size, WAL_MIB, f"{size:,} MiB")


def graded(value: int, limits: tuple[int, int], message: str) -> tuple[State, str]:
    """By the limits of a warning and of what is critical: where that is the lower one, low values are bad."""
    warning, critical = limits
    word, is_beyond = ("under", operator.lt) if critical < warning else ("over", operator.gt)
    for state, limit in ((State.CRITICAL, critical), (State.WARNING, warning)):
        if is_beyond(value, limit):
            return state, f"{message}, {word} {limit:,}"
    return State.OK, message


def backup(folder: Path, *, now: datetime, oldest: timedelta) -> tuple[State, str]:
    if not folder.is_dir():
        return State.CRITICAL, f"{folder} is not there"
    if not (found := backups_in(folder)):
        return State.CRITICAL, f"there is none in {folder}"
    newest = found[-1]
    if newest.path.stat().st_size != newest.manifest.size:
        return State.CRITICAL, f"{newest.path} has another size than when it was verified"
    age, limit = now - newest.made_at, f"{oldest.total_seconds() / 3600:g} hours"
    message = f"{newest.path.name} is {age.total_seconds() / 3600:.1f} hours old"
    if age > oldest:
        return (State.CRITICAL if age > 2 * oldest else State.WARNING), f"{message}, more than {limit}"
    if age < -timedelta(seconds=CLOCK_S):
        return State.WARNING, f"{newest.path.name} is of the future: set the clock"
    return State.OK, message


def permissions() -> tuple[State, str]:
    """Of what nobody else on this machine may read, but for a group that was given the database on purpose."""
    forbidden = {settings.VAR_DIR / "secret_key": 0o077, **dict.fromkeys(database_files(), 0o007)}
    if open_to_others := [path for path, bits in forbidden.items() if path.exists() and path.stat().st_mode & bits]:
        return State.WARNING, f"others may read it: chmod 600 {' '.join(map(str, open_to_others))}"
    return State.OK, "nobody else reads secret key or database"


def database_files() -> Iterator[Path]:
    if (file := sqlite_file()) is not None:
        yield from (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"))


def sqlite_file() -> Path | None:
    name = str(connection.settings_dict["NAME"])
    is_file = connection.vendor == "sqlite" and ":memory:" not in name and not name.startswith("file:")
    return Path(name) if is_file else None
