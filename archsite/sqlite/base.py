"""Django's SQLite for a file that its owner alone reads, and that is read where it cannot be written.

A file in WAL mode needs a journal and an index beside it to be read at all. Where they can be neither found nor made,
as in a mounted snapshot, SQLite reads it only if told that nobody changes it; since somebody may, once it can be
written again, such connections last as long as a request.
"""

import logging
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from sqlite3 import OperationalError
from time import monotonic
from typing import Any
from urllib.parse import quote

from django.db.backends.sqlite3 import base

from archsite.environment import reason

logger = logging.getLogger(__name__)

BESIDE = ("-wal", "-shm")


class DatabaseWrapper(base.DatabaseWrapper):
    is_read_only = False
    init_commands: list[str]
    transaction_mode: str | None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        name = str(conn_params["database"])
        if self.is_in_memory_db() or name.startswith("file:"):
            return super().get_new_connection(conn_params)
        path = Path(os.path.realpath(name))  # of links in a circle too, which SQLite then refuses
        keep_private(path)
        self.is_read_only = not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        return self._reading(path, conn_params) if self.is_read_only else super().get_new_connection(conn_params)

    def _reading(self, path: Path, conn_params: dict[str, Any]) -> Any:
        # What prepares a file for writers, and takes the lock of writers.
        self.init_commands, self.transaction_mode = [], None
        self.close_at = monotonic()  # Django closes it behind the request
        address = f"file:{quote(str(path))}"
        try:
            return self._proved({**conn_params, "database": f"{address}?mode=ro"})
        except OperationalError:
            if has_journal(path):
                raise
            return self._proved({**conn_params, "database": f"{address}?immutable=1"})

    def _proved(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        try:
            connection.execute("PRAGMA schema_version")
        except OperationalError:
            connection.close()
            raise
        return connection


def has_journal(path: Path) -> bool:
    """Whether there are changes that are not in the file itself yet."""
    with suppress(OSError):
        return Path(f"{path}-wal").stat().st_size > 0
    return False


def keep_private(path: Path) -> None:
    """Make the file for its owner alone; take one that all may read, as older releases made it, from all others.

    What SQLite makes beside a file is as private as the file. What only a group may read was given to it on purpose.
    """
    with suppress(OSError):  # it is there; or SQLite will say why it cannot be made
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for one in (path, *(Path(f"{path}{end}") for end in BESIDE)):
        with suppress(OSError):  # SQLite will say why it cannot be opened
            mode = one.stat().st_mode
            if mode & 0o007:
                narrow(one, mode & 0o700)


def narrow(path: Path, mode: int) -> None:
    try:
        path.chmod(mode)
    except OSError as error:
        complain(path, reason(error))


@cache  # it is opened again and again
def complain(path: Path, why: str) -> None:
    logger.warning("Everybody on this machine may read %s (%s). Have its owner run: chmod go= %s", path, why, path)
