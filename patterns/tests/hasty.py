"""A small application behind a worker whose deadlines are short: gunicorn serves it in ``test_worker.py``."""

from collections.abc import Iterable
from hashlib import sha256
from time import sleep
from typing import Any

from archsite.worker import Worker

LARGE = 8 * 1024**2


class HastyWorker(Worker):
    head_s = body_s = send_s = 2.0
    linger_s = sweep_s = 0.2


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """/slow and a login take a while, /large answers much, and whatever is sent is answered by its digest.

    Raises:
        ZeroDivisionError: at /broken.
    """
    path, body = environ["PATH_INFO"], environ["wsgi.input"].read()
    if path == "/broken":
        raise ZeroDivisionError
    if path in ("/slow", "/admin/login/"):
        sleep(1)
    answer = bytes(LARGE) if path == "/large" else f"{environ['REQUEST_METHOD']} {path} {digest(body)}".encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return (answer,)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:16]
