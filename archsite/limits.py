"""How often one address may ask for what costs most to make: searches, the finder, runs of the lab, suggestions.

Behind the store of published pages: what is in memory is answered to everybody, and counts for nobody. Each process
counts for itself. Whoever asks for more is told when to come again, and takes nothing from anybody else, since nothing
is counted of all together: that a crowd of addresses gets no more than its threads, ``archsite.admission`` sees to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from cachetools import TTLCache
from django.http import HttpRequest, HttpResponse

from patterns.client import home_of, sender_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MINUTE_S: Final = 60.0
REMEMBERED: Final = 10_000  # addresses, for each limit; what is forgotten may ask again
WAIT_S: Final = "archsite.wait_s"  # in the environment of a request that came too early


@dataclass(frozen=True, slots=True)
class Limit:
    """``a_minute`` is high enough for an office behind one address, or for all readers of a small site behind a proxy
    that is not trusted; so many may come at once."""

    name: str
    a_minute: int


SEARCH: Final = Limit("search", 600)
FINDER: Final = Limit("finder", 600)
LAB: Final = Limit("lab", 300)
SUGGESTIONS: Final = Limit("suggestions", 60)
LIMITS: Final = (SEARCH, FINDER, LAB, SUGGESTIONS)

SEARCHES: Final = ("/patterns/", "/api/v1/patterns")
FINDERS: Final = ("/find/", "/decide/", "/decide.md")


def limit_of(method: str, path: str, query: str) -> Limit | None:
    """What a request counts as; None for what has so few addresses that it is soon in memory."""
    if method == "POST":
        return SUGGESTIONS if path.endswith("/suggest/") else None
    if not query:
        return None
    if path in SEARCHES:
        return SEARCH
    if path in FINDERS:
        return FINDER
    return LAB if path.startswith("/lab/") or path.endswith(("/lab/", "/lab.json")) else None


class Allowance:
    """So many a minute for each address, and as many at once after a minute of rest."""

    def __init__(self, a_minute: int, *, timer: Callable[[], float] = monotonic) -> None:
        self._step_s, self._timer, self._lock = MINUTE_S / a_minute, timer, Lock()
        # When each address will have rested from what it asked for: later than now by less than a minute.
        self._rested_at: TTLCache[str, float] = TTLCache(REMEMBERED, ttl=MINUTE_S, timer=timer)

    def take(self, address: str) -> float:
        """How many seconds too early it is; 0 if it is not, and then one is taken."""
        with self._lock:
            now = self._timer()
            after = max(now, self._rested_at.get(address, now)) + self._step_s
            early_s: float = after - now - MINUTE_S
            if early_s > 1e-6:  # of the rounding of many steps
                return early_s
            self._rested_at[address] = after
            return 0.0


class Limits:
    """The WSGI application before the one that makes pages; a request that comes too early is marked, and refused there
    (``too_often``), where answers get their headers."""

    def __init__(self, application: "WSGIApplication", *, timer: Callable[[], float] = monotonic) -> None:
        self.application = application
        self.allowances = {one: Allowance(one.a_minute, timer=timer) for one in LIMITS}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        limit = limit_of(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        if limit is not None:
            peer, forwarded = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
            if early_s := self.allowances[limit].take(home_of(sender_address(peer, forwarded))):
                environ = {**environ, WAIT_S: ceil(early_s)}
        return self.application(environ, start_response)


def too_often(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware that answers a marked request with 429, for people on a page and for programs as a problem."""
    from patterns.api.problems import too_often_problem  # models are not loaded yet when the site is made
    from patterns.views.errors import too_often_page

    def handle(request: HttpRequest) -> HttpResponse:
        wait_s = request.META.get(WAIT_S)
        if wait_s is None:
            return get_response(request)
        is_for_programs = request.path_info.startswith("/api/") or request.path_info.endswith(".json")
        return too_often_problem(wait_s) if is_for_programs else too_often_page(request, wait_s)

    return handle
