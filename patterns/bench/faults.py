"""Commands whose calls to the operating system fail on purpose, or are their last: strace lets them."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from patterns.bench.site import Site

PROGRAM = shutil.which("strace")
# How SQLite changes a file, and how psycopg says anything to PostgreSQL.
FILE_WRITES = "pwrite64,write,fsync,fdatasync,ftruncate,unlink"
SOCKET_WRITES = "sendto"
LONGEST_S = 120


@dataclass(frozen=True)
class Calls:
    """Those by which a command writes to the database of a site."""

    site: Site

    @property
    def names(self) -> str:
        return FILE_WRITES if self.site.is_sqlite else SOCKET_WRITES

    def count(self, *command: str) -> int:
        """How many of them a command makes; it runs to its end. Raises CalledProcessError if it is refused."""
        log = self.site.folder / "calls"
        done = self.run(*command, strace=["-o", str(log)])
        done.check_returncode()
        return sum("(" in line for line in log.read_text(encoding="utf-8", errors="replace").splitlines())

    def broken(self, *command: str, at: int, by: str, for_ever: bool = False) -> "subprocess.CompletedProcess[str]":
        """Run a command in which the call of a number, or that and each later one, ends as ``by`` says.

        ``by`` is a word of strace's option ``inject``: signal=KILL, error=EIO, error=ENOSPC.
        """
        when = f"{at}{'+' * for_ever}"
        return self.run(*command, strace=["-o", "/dev/null", "-e", f"inject={self.names}:{by}:when={when}"])

    def run(self, *command: str, strace: list[str]) -> "subprocess.CompletedProcess[str]":
        assert PROGRAM is not None, "it is asked first whether there is one"
        file = self.site.file
        paths = (file, Path(f"{file}-wal"), Path(f"{file}-journal")) if self.site.is_sqlite else ()
        only = [word for path in paths for word in ("-P", str(path))]
        return subprocess.run(
            [PROGRAM, "-f", "-qq", *only, "-e", f"trace={self.names}", *strace, sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=self.site.environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
