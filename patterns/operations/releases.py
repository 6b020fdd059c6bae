"""A rolling restart of gunicorn: a new release beside the old one, which ends only when the new one answers."""

import signal
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil
from django.conf import settings

from patterns.operations.contents import Refusal

PAUSE_S: Final = 0.05
ANSWER_S: Final = 15
GONE_S: Final = 60  # for the old processes to finish what they are answering; gunicorn gives them 30 seconds


@dataclass(frozen=True)
class Restarted:
    """The releases, as ``/readyz`` names them."""

    before: str
    after: str


def restart(pidfile: Path, *, url: str, seconds: int) -> Restarted:
    """Replace the gunicorn that a file names and that answers at an address; raises Refusal, and then it goes on."""
    server = server_at(url)
    new_pidfile = pidfile.with_name(f"{pidfile.name}.2")  # the name that gunicorn gives it
    old, before = running(pidfile), server.probe()
    if old is None:
        raise Refusal(f"{pidfile} names no process that runs. Start gunicorn with --pid {pidfile}.")
    if before.pid != old.pid:  # a file that outlived its process may name anybody's
        answers = f"process {before.pid} answers" if before.pid else "nobody answers"
        raise Refusal(f"{pidfile} names process {old.pid}, but {answers} at {url}. Correct either.")
    if running(new_pidfile):
        raise Refusal(f"{new_pidfile} names a process that runs: another restart is under way.")
    try:
        replace(old, pidfile, started_beside(old, new_pidfile, server, seconds=seconds))
    except psutil.AccessDenied as error:
        raise Refusal(f"Process {old.pid} belongs to somebody else; restart it as who started it.") from error
    except psutil.NoSuchProcess as error:
        raise Refusal(f"Process {old.pid} has ended meanwhile; the log says why. Start gunicorn.") from error
    return Restarted(before.release, server.probe().release)


def replace(old: psutil.Process, pidfile: Path, new: psutil.Process) -> None:
    """End the old processes; raises Refusal if they do not end."""
    old.terminate()
    end = time.monotonic() + GONE_S
    while running(pidfile) != new:  # the new one takes this name when the old one has ended
        if time.monotonic() > end:
            raise Refusal(f"The new processes serve, but the old one ({old.pid}) does not end.")
        time.sleep(PAUSE_S)


def started_beside(old: psutil.Process, pidfile: Path, server: "Server", *, seconds: int) -> psutil.Process:
    """The master of new processes, of which one answers readers.

    Raises:
        Refusal: if none does; then they were ended, and the old ones serve.
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
    raise Refusal(f"Nothing was replaced, and the old processes go on serving: {why}.")


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
        raise Refusal(f"--url is {url!r}. Give scheme, host and port, like http://127.0.0.1:8000.")
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
