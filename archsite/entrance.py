"""The first thing that a request meets, as WSGI: it gets a number, the log knows whose it is, and it finds the way.

Where the site lies below a path, that is taken off here once, and Django puts it before each address that it makes. So
everything else (the store of pages, the middleware, static files) knows only paths within the site.
"""

import re
from collections.abc import Callable, Iterable
from random import getrandbits
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from archsite.admission import HEALTH, READY
from archsite.headers import in_front
from archsite.logging import ABOUT
from patterns.client import sender_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID: Final = "X-Request-Id"
GOOD_ID: Final = re.compile(r"[0-9A-Za-z._:=+/-]{1,128}")


def about(*, peer: str, forwarded: str, number: str) -> dict[str, str]:
    """What each line of the log says about a request: its client, and its number, which a trusted proxy may give."""
    is_good = settings.TRUST_PROXY and GOOD_ID.fullmatch(number)
    return {"client": sender_address(peer, forwarded), "request_id": number if is_good else f"{getrandbits(64):016x}"}


def path_within(path: str) -> str | None:
    """Where an address leads in the site; None if outside. Probes are asked for as if it lay at the root, too."""
    if path in (HEALTH, READY) or not settings.SITE_PATH:
        return path
    return path.removeprefix(settings.SITE_PATH) if path.startswith(f"{settings.SITE_PATH}/") else None


def outside(path: str, query: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """The answer to an address that is not in the site: status, headers and body."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-cache"), *in_front().items()]
    home = f"{settings.SITE_PATH}/"
    if path == settings.SITE_PATH:
        return "301 Moved Permanently", [*headers, ("Location", f"{home}?{query}" if query else home)], b""
    # A proxy that takes the path off is what whoever reads this has to look for.
    sentence = f"The site lies at {settings.SITE_URL}{home}: addresses come here with {settings.SITE_PATH}.\n"
    return "404 Not Found", headers, sentence.encode()


class Entrance:
    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        facts = about(
            peer=environ.get("REMOTE_ADDR", ""),
            forwarded=environ.get("HTTP_X_FORWARDED_FOR", ""),
            number=environ.get("HTTP_X_REQUEST_ID", ""),
        )
        # It stays until the next request of this thread: the answer may be made while it is sent.
        ABOUT.set(facts)
        environ["archsite.request_id"] = facts["request_id"]  # no header of a client can have this name

        def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (REQUEST_ID, facts["request_id"])], error)

        if (path := path_within(environ["PATH_INFO"])) is None:
            status, headers, body = outside(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
            start(status, [*headers, ("Content-Length", str(len(body)))])
            return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)
        return self.application({**environ, "SCRIPT_NAME": settings.SITE_PATH, "PATH_INFO": path}, start)
