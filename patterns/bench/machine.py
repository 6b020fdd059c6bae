"""A gunicorn that drills kill, start again and replace by another release, as docs/deploy.md says."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from patterns.bench.site import READY_S, SITE, Server, Site, start_server

Found = TypeVar("Found")


@dataclass
class Machine:
    """``master`` is the process that answers for it now, ``start`` how it is started at a port."""

    site: Site
    server: Server
    start: Callable[[int], Server]

    @classmethod
    def started(
        cls, site: Site, application: str = SITE, *, workers: int = 1, arguments: Sequence[str] = ()
    ) -> "Machine":
        def start(port: int) -> Server:
            return start_server(site, application, port=port, workers=workers, arguments=arguments)

        return cls(site, start(0), start)

    @property
    def pidfile(self) -> Path:
        return self.server.pidfile

    @property
    def master(self) -> psutil.Process:
        return psutil.Process(int(self.pidfile.read_text(encoding="ascii")))

    @property
    def serving(self) -> list[psutil.Process]:
        """Its workers."""
        return self.master.children()

    def kill(self) -> None:
        """As if the machine had lost its power."""
        master = self.master
        for process in (master, *master.children(recursive=True)):
            process.kill()
        # After a new release this is the process before it, which has ended.
        self.server.process.wait(timeout=READY_S)
        master.wait(READY_S)

    def start_again(self) -> None:
        self.server = self.start(self.server.port)
        self.server.wait_until_ready()

    def replace(self) -> None:
        """A new release; raises CalledProcessError if it does not serve."""
        self.site.manage("restart", str(self.pidfile), "--url", f"http://127.0.0.1:{self.server.port}")

    def stop(self) -> None:
        with suppress(OSError, psutil.NoSuchProcess):
            master = self.master
            master.terminate()
            master.wait(READY_S)
        self.server.process.wait(timeout=READY_S)


def until(ask: Callable[[], Found], *, what: str, seconds: float = READY_S) -> Found:
    """What is found as soon as anything is; raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.05)
    raise TimeoutError(f"There was not {what} within {seconds:.0f} seconds.")
