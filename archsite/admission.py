"""Who gets the threads of a process: readers keep theirs, whatever editors, sign-ins and the lab do.

Two gates. At the first one, before a request has a thread, it waits in the line of its share (``archsite.worker``):
an edit that waits takes nothing from anybody. At the second, behind the store of published pages, pages that have to
be made share fewer threads than readers have, so that pages in memory are answered while the database is not.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from cachetools import TTLCache

from archsite.headers import in_front

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADMIN: Final = "/admin/"
# To sign in, to ask for a new password, and to choose it.
SIGN_IN_PAGES: Final = ("/admin/login/", "/admin/password_reset/", "/admin/reset/")
FILE_PAGES: Final = frozenset({"import", "process_import", "export"})
HEALTH: Final = "/healthz"
READY: Final = "/readyz"


# Before a request has a thread.

REMEMBERED: Final = 10_000  # addresses
FREE_TURNS: Final = 2  # which nobody has to wait for


@dataclass(frozen=True, slots=True)
class Share:
    """What one kind of requests gets of a process; ``threads`` 0 means as many as gunicorn is told."""

    threads: int
    waiting: int
    """How many may wait of one address; whoever comes then is refused."""
    patience_s: float
    """After which nobody waits for the answer any more."""
    sentence: str
    """What somebody who is refused reads."""
    memory_s: float = 0
    """For how long turns are counted: those who had fewer go first, and those who had many once a second."""
    retry_s: int = 5


READERS: Final = Share(
    threads=0,
    waiting=500,
    patience_s=10,
    sentence="Too many pages are being asked for. Open this one again in a few seconds.",
)
# One at a time: a page of theirs is all computing, of which a second thread makes no more in a process, and for which
# readers would wait twice. But files of the whole catalogue take long, and no editor waits for their thread.
EDITORS: Final = Share(
    threads=1,
    waiting=100,
    patience_s=60,
    sentence="Too many editors are at work. What you sent was not saved: go back and send it again in a few seconds.",
)
FILES: Final = Share(
    threads=1,
    waiting=20,
    patience_s=60,
    sentence="Too many files are read and written. Nothing was saved: go back and try it again in a minute.",
)
# One at a time: a password takes a third of a second of a processor, whether or not there is such a name. Who tries for
# the first time goes before all who guess, and these wait for the second, so that nobody has to be locked out.
SIGN_INS: Final = Share(
    threads=1,
    waiting=20,
    patience_s=30,
    memory_s=900,
    sentence="Too many are signing in. Go back and try again in a few seconds.",
)


# Whether the process is alive is said by a thread that never had a connection to a database to wait for.
PROBES: Final = Share(threads=1, waiting=100, patience_s=10, sentence="Too many probes.")
# Whether it may be sent readers is asked of the database, which may not answer.
READINESS: Final = Share(threads=1, waiting=100, patience_s=15, sentence="Too many probes.")
SHARES: Final = (READERS, EDITORS, FILES, SIGN_INS, PROBES, READINESS)


def share_of(method: str, path: str) -> Share:
    if path in (HEALTH, READY):
        return PROBES if path == HEALTH else READINESS
    if not path.startswith(ADMIN):
        return READERS
    if method == "POST" and path.startswith(SIGN_IN_PAGES):
        return SIGN_INS
    return EDITORS if FILE_PAGES.isdisjoint(path.split("/")) else FILES


W = TypeVar("W")


class Line(Generic[W]):
    """Those who wait for a share: a queue for each address, and the addresses by turns.

    So a crowd that comes from one address waits for itself. Used by one thread only.
    """

    def __init__(self, share: Share, *, threads: int, most: int) -> None:
        self.share, self.free, self.most, self.count = share, threads, most, 0
        self.queues: OrderedDict[str, deque[W]] = OrderedDict()
        self.turns: TTLCache[str, int] = TTLCache(REMEMBERED, ttl=share.memory_s)

    def join(self, address: str, one: W) -> W | None:
        """Whoever has to go instead: the last one of that address, if too many of it wait, or of the longest queue."""
        queue = self.queues.setdefault(address, deque())
        queue.append(one)
        self.count += 1
        if len(queue) > self.share.waiting:
            return self.without_last(address)
        # Of queues that are alike the latest.
        return self.without_last(max(reversed(self.queues), key=self.length)) if self.count > self.most else None

    def length(self, address: str) -> int:
        return len(self.queues[address])

    def without_last(self, address: str) -> W:
        last = self.queues[address].pop()
        self.count -= 1
        if not self.queues[address]:
            del self.queues[address]
        return last

    def next(self, *, is_second: bool = False) -> W | None:
        """Whose turn it is, who then holds a thread until it is given back; None if nobody waits or none is free.

        ``is_second`` is true once a second: then it is also the turn of those who had many.
        """
        if not (self.free and self.queues):
            return None
        address = next(iter(self.queues))
        if self.share.memory_s:
            # The last to come of those who had the fewest: a crowd was there before.
            address = min(reversed(self.queues), key=lambda one: self.turns.get(one, 0))
            had = self.turns.get(address, 0)
            if had >= FREE_TURNS and not is_second:
                return None
            self.turns[address] = had + 1
        self.free -= 1
        self.count -= 1
        queue = self.queues.pop(address)
        one = queue.popleft()
        if queue:
            self.queues[address] = queue
        return one


# Behind the store of published pages.

MAKERS: Final = 4  # pages of a process that are made at once
RUNS: Final = 4  # runs of the lab that are computed, wait for their turn there, or are being refused in its own words
TOGETHER: Final = 7  # one fewer than readers have threads: while the database is held, it is for what is in memory
STALLED_S: Final = 1.0
RETRY_S: Final = 5
UNBOUNDED: Final = (ADMIN, "/static/", HEALTH, READY)  # have a share of their own, or ask no table
LAB: Final = ("/lab", "/lab.json")
BUSY: Final = b"This page cannot be made just now, because others take too long. Open it again in a few seconds.\n"


class Admission:
    """The WSGI application in front of the one that makes pages: a few at once, and nobody waits for what stands still.

    Nobody waits for the lab either: it has turns of its own (``patterns.views.lab.runs``), where some do already.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        makers: int = MAKERS,
        runs: int = RUNS,
        together: int = TOGETHER,
        stalled_s: float = STALLED_S,
    ) -> None:
        self.application = application
        self.makers, self.runs = Places(makers, stalled_s=stalled_s), Places(runs, stalled_s=0)
        self.together = Places(together, stalled_s=stalled_s)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(UNBOUNDED):
            return self.application(environ, start_response)
        places = self.runs if path.rstrip("/").endswith(LAB) else self.makers
        if not self.admits(places):
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(BUSY)))]
            headers += [("Cache-Control", "no-store"), ("Retry-After", str(RETRY_S))]
            start_response("503 Service Unavailable", [*headers, *in_front().items()])
            return (BUSY,)
        try:
            return self.application(environ, start_response)  # ours are made whole before they are returned
        finally:
            self.together.give_back()
            places.give_back()

    def admits(self, places: "Places") -> bool:
        """Take one of the places and one of all together, or neither."""
        if not places.take():
            return False
        if self.together.take():
            return True
        places.give_back()
        return False


class Places:
    """A few places, for which one waits as long as they change hands.

    While pages are made in milliseconds a line moves; while the database is held, nothing moves, and whoever waits
    would only keep a thread from those whose page is in memory.
    """

    def __init__(self, count: int, *, stalled_s: float) -> None:
        self._free, self._stalled_s = count, stalled_s
        self._moved_at, self._changed = monotonic(), Condition()

    def take(self) -> bool:
        """False if none of them changed hands for too long."""
        with self._changed:
            while not self._free:
                rest_s = self._moved_at + self._stalled_s - monotonic()
                if rest_s <= 0:
                    return False
                self._changed.wait(rest_s)
            self._free -= 1
            self._moved_at = monotonic()
            return True

    def give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._moved_at = monotonic()
            self._changed.notify()
