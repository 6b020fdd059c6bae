"""The first thing that a request meets, as WSGI: it gets a number, and the log knows whose it is."""

import re
from collections.abc import Callable, Iterable
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from archsite.logging import ABOUT
from patterns.client import sender_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID: Final = "X-Request-Id"
GOOD_ID: Final = re.compile(r"[0-9A-Za-z._:=+/-]{1,128}")


def about(*, peer: str, forwarded: str, number: str) -> dict[str, str]:
    """What each line of the log says about a request: its client, and its number, which a trusted proxy may give."""
    is_good = settings.TRUST_PROXY and GOOD_ID.fullmatch(number)
    return {"client": sender_address(peer, forwarded), "request_id": number if is_good else token_hex(8)}


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

        def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (REQUEST_ID, facts["request_id"])], error)

        return self.application(environ, start)
