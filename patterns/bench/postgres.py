"""A PostgreSQL server of one's own, which may be stopped without asking anybody."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from patterns.bench.site import free_port
from patterns.operations.postgresql import find_program

PROGRAM = find_program("pg_ctl")
OWNER = "postgres"


@dataclass(frozen=True)
class PostgreSQL:
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgres://{OWNER}@127.0.0.1:{self.port}/postgres"

    def control(self, *arguments: str) -> None:
        """Raises CalledProcessError."""
        assert PROGRAM is not None, "it is asked first whether there is one"
        # It refuses to run as root.
        command = [*([] if os.geteuid() else ["runuser", "-u", OWNER, "--"]), PROGRAM, "-D", str(self.folder / "data")]
        subprocess.run([*command, *arguments], cwd="/", stdout=subprocess.DEVNULL, check=True)

    def start(self) -> None:
        log = str(self.folder / "log")
        self.control("-w", "-l", log, "-o", f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}", "start")

    def stop(self) -> None:
        """At once, as if the machine had lost its power."""
        self.control("-m", "immediate", "stop")


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        found = PostgreSQL(Path(folder), free_port())
        found.control("-o", f"-U {OWNER} --auth=trust --no-sync", "initdb")
        found.start()
        try:
            yield found
        finally:
            found.stop()
