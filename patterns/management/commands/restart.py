import signal
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from patterns.management.command import positive

PAUSE_S = 0.05
ANSWER_S = 15
GONE_S = 60  # for the old processes to finish what they are answering; gunicorn gives them 30 seconds


class Command(BaseCommand):
    help = (
        "Replace a running gunicorn by one of the release that is installed now, without a request that fails: new "
        "processes are started beside the old ones, which end when the new ones answer at /readyz. If these do not, "
        "the old ones go on serving, and this ends with 1 and says why."
    )
    requires_system_checks = ()  # the new processes say what is wrong with them
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        here = f"http://127.0.0.1:{settings.PORT}"
        parser.add_argument("pidfile", type=Path, metavar="PIDFILE", help="what gunicorn was given as --pid")
        parser.add_argument("--url", default=here, help=f"where gunicorn itself listens (default: {here})")
        parser.add_argument("--seconds", type=positive, default=60, help="to wait for the new processes (default: 60)")

    def handle(self, *args: Any, **options: Any) -> None:
        pidfile: Path = options["pidfile"]
        server = server_at(options["url"])
        new_pidfile = pidfile.with_name(f"{pidfile.name}.2")  # the name that gunicorn gives it
        old, before = running(pidfile), server.probe()
        if old is None:
            raise CommandError(f"{pidfile} names no process that runs. Start gunicorn with --pid {pidfile}.")
        if before.pid != old.pid:  # a file that outlived its process may name anybody's
            answers = f"process {before.pid} answers" if before.pid else "nobody answers"
            raise CommandError(f"{pidfile} names process {old.pid}, but {answers} at {options['url']}. Correct either.")
        if running(new_pidfile):
            raise CommandError(f"{new_pidfile} names a process that runs: another restart is under way.")
        try:
            replace(old, pidfile, started_beside(old, new_pidfile, server, seconds=options["seconds"]))
        except psutil.AccessDenied as error:
            raise CommandError(f"Process {old.pid} belongs to somebody else; restart it as who started it.") from error
        except psutil.NoSuchProcess as error:
            raise CommandError(f"Process {old.pid} has ended meanwhile; the log says why. Start gunicorn.") from error
        self.stdout.write(f"Release {server.probe().release} serves in the place of {before.release}.")


def replace(old: psutil.Process, pidfile: Path, new: psutil.Process) -> None:
    """End the old processes; raises CommandError if they do not end."""
    old.terminate()
    end = time.monotonic() + GONE_S
    while running(pidfile) != new:  # the new one takes this name when the old one has ended
        if time.monotonic() > end:
            raise CommandError(f"The new processes serve, but the old one ({old.pid}) does not end.")
        time.sleep(PAUSE_S)


def started_beside(old: psutil.Process, pidfile: Path, server: "Server", *, seconds: int) -> psutil.Process:
    """The master of new processes, of which one answers readers.

    Raises:
        CommandError: if none does; then they were ended, and the old ones serve.
    """
    workers, new, was_begun = {*old.children()}, None, False
    old.send_signal(signal.SIGUSR2)
    end, why = time.monotonic() + seconds, ""
    while not why:
        time.sleep(PAUSE_S)
        new = running(pidfile)
        answer = server.probe()
        if new and answer.pid == new.pid and answer.status == 200:
            return new
        is_there = bool({*old.children()} - workers)
        if was_begun and not is_there:
            why = "the new processes ended at once; the log says why"
        elif time.monotonic() > end:
            why = f"no new process was ready within {seconds} seconds; the log and /readyz say why"
        was_begun = is_there
    if new:
        new.terminate()
        psutil.wait_procs([new], GONE_S)  # only then may another restart begin
    raise CommandError(f"Nothing was replaced, and the old processes go on serving: {why}.")


def running(pidfile: Path) -> psutil.Process | None:
    """The process that a file names, if it runs."""
    try:
        process = psutil.Process(int(pidfile.read_text(encoding="ascii")))
        return process if process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None


@dataclass(frozen=True)
class Probe:
    """What ``/readyz`` was answered, by the workers of which master; a status of 0 means nothing."""

    status: int = 0
    pid: int = 0
    release: str = ""


def server_at(url: str) -> "Server":
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise CommandError(f"--url is {url!r}. Give scheme, host and port, like http://127.0.0.1:8000.")
    return Server(parts.hostname, parts.port or 80)


@dataclass(frozen=True)
class Server:
    host: str
    port: int

    def probe(self) -> Probe:
        """On a new connection each time: any of the processes may take it."""
        connection = HTTPConnection(self.host, self.port, timeout=ANSWER_S)
        try:
            connection.request("GET", f"{settings.SITE_PATH}/readyz")
            response = connection.getresponse()
            headers = response.headers
            return Probe(response.status, int(headers.get("X-Server", "0")), headers.get("X-Release", ""))
        except (OSError, HTTPException, ValueError):
            return Probe()
        finally:
            connection.close()
