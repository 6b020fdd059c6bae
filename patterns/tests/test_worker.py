"""A real gunicorn with our worker, short deadlines and a small application, and clients who keep it waiting."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from archsite.headers import GUARDS
from archsite.worker import BODY_SIZE
from patterns.tests.hasty import LARGE, digest

ROOT = Path(__file__).parent.parent.parent
CONNECTIONS = 40
GET = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@contextmanager
def gunicorn(folder: Path) -> Iterator[tuple[int, subprocess.Popen]]:
    """One process with two threads; its port and the master."""
    log, pid = folder / "stderr", folder / "pid"
    options = {"bind": "127.0.0.1:0", "workers": 1, "threads": 2, "keep-alive": 1, "pid": pid}
    options |= {"worker-connections": CONNECTIONS, "worker-class": "patterns.tests.hasty.HastyWorker"}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    # The script, as it is deployed: a restarted "python -m gunicorn" takes gunicorn.http for the standard library's.
    command = [str(Path(sys.executable).with_name("gunicorn")), "--config", "python:archsite.gunicorn", *words]
    with log.open("w") as stderr:
        master = subprocess.Popen([*command, "patterns.tests.hasty"], cwd=ROOT, env=os.environ, stderr=stderr)
    try:
        yield port_of(log), master
    finally:
        for one in folder.glob("pid*"):  # after a restart they name another master
            with suppress(ProcessLookupError):
                os.kill(int(one.read_text()), signal.SIGTERM)
        master.wait(20)


def port_of(log: Path) -> int:
    for _ in range(200):
        if found := re.search(r"Listening at: http://127.0.0.1:(\d+)", log.read_text()):
            return int(found[1])
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with gunicorn(tmp_path_factory.mktemp("gunicorn")) as (port, _):
        yield port


@contextmanager
def client(port: int, *pieces: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        yield connection


@contextmanager
def clients(port: int, count: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(client(port, sent)) for _ in range(count)]


def answers(port: int, *pieces: bytes) -> str:
    """All that comes until the server closes the connection."""
    with client(port, *pieces) as connection:
        return all_of(connection).decode()


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def statuses(text: str) -> list[int]:
    return [int(status) for status in re.findall(r"HTTP/1.1 (\d+)", text)]


def seconds_of(port: int) -> float:
    """How long a reader waits for a page."""
    start = time.monotonic()
    assert "GET /last" in answers(port, LAST)
    return time.monotonic() - start


# requests of every kind


def test_a_connection_is_kept_for_the_next_request(port: int):
    with client(port, GET) as connection:
        first = connection.recv(65_536)
        connection.sendall(LAST)

        assert b"Connection: keep-alive" in first
        assert b"GET /last" in all_of(connection)


def test_requests_may_come_all_at_once(port: int):
    text = answers(port, GET * 3 + LAST)

    assert statuses(text) == [200] * 4
    assert text.count("GET /page") == 3


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_a_body_arrives_whole(port: int, size: int):
    body = os.urandom(size)

    text = answers(port, b"POST /sent HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size, body + LAST)

    assert f"POST /sent {digest(body)}" in text
    assert "GET /last" in text


def test_the_answer_to_head_has_no_body(port: int):
    head, _, body = answers(port, LAST.replace(b"GET", b"HEAD")).partition("\r\n\r\n")

    assert statuses(head) == [200]
    assert body == ""


def test_who_asks_before_sending_a_body_is_told_to_go_on(port: int):
    head = b"POST /sent HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    with client(port, head) as connection:
        told = connection.recv(100)
        connection.sendall(b"body")

        assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert all_of(connection).startswith(b"HTTP/1.1 200")


def test_a_large_answer_arrives_whole_at_a_reader_who_takes_time(port: int):
    with client(port, LAST.replace(b"/last", b"/large")) as connection:
        time.sleep(0.3)

        assert len(all_of(connection).partition(b"\r\n\r\n")[2]) == LARGE


# refusals

TOO_LARGE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (BODY_SIZE + 1)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX-Host: x\r\n\r\n" + LAST, 400),
        (b"GET http://x/ HTTP/1.1\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, 431),
        (TOO_LARGE, 413),
        (TOO_LARGE.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"), 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n" + LAST, 411),
    ],
)
def test_what_cannot_be_served_is_refused_at_once(port: int, sent: bytes, status: int):
    text = answers(port, sent)

    assert statuses(text) == [status]
    assert lacking(text) == []


def test_what_gunicorn_answers_by_itself_has_the_same_headers(port: int):
    """As where even the page that says of a fault fails."""
    text = [answers(port, GET.replace(b"page", b"broken")) for _ in range(3)][-1]  # none of the two threads is lost

    assert statuses(text) == [500]
    assert lacking(text) == []


def lacking(text: str) -> list[str]:
    """What else a refusal has to say: nothing in a browser may make more of it, and no cache keeps it."""
    wanted = [*GUARDS[:-1], "Cache-Control: no-store", "charset="]
    return [one for one in wanted if one not in text.partition("\r\n\r\n")[0]]


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nA B: c\r\n\r\n"])
def test_a_refusal_has_a_number_and_is_kept_by_nobody(port: int, sent: bytes):
    text = answers(port, sent)

    assert "\r\nCache-Control: no-store\r\n" in text
    assert re.search(r"\r\nX-Request-Id: [0-9a-f]{16}\r\n", text)


def test_an_older_client_need_not_name_a_host(port: int):
    assert answers(port, b"GET /page HTTP/1.0\r\n\r\n").startswith("HTTP/1.0 200 ")


BELIEVED = """
from gunicorn.config import Config
from archsite import gunicorn
from archsite.worker import Inbox, Requests
config, inbox = Config(), Inbox()
for name in config.settings.keys() & vars(gunicorn).keys():
    config.set(name, getattr(gunicorn, name))
inbox.head += b"GET / HTTP/1.1\\r\\nHost: x\\r\\nX-Forwarded-Proto: https\\r\\nSCRIPT_NAME: /evil\\r\\n\\r\\n"
requests = Requests(config, inbox, "")
requests.read_head()
print(requests.read.scheme, [name for name, _ in requests.read.headers])
"""


def test_what_comes_through_a_unix_socket_is_believed_no_more():
    done = subprocess.run([sys.executable, "-c", BELIEVED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "http ['HOST', 'X-FORWARDED-PROTO']\n"


@pytest.mark.parametrize("path", ["/patterns%2fsaga%2F", "/admin%2Flogin/", "/static%2fx.css"])
def test_a_slash_that_is_encoded_separates_nothing(port: int, path: str):
    text = answers(port, LAST.replace(b"/last", path.encode()))

    assert f"GET {path.replace('%2f', '%2F')} " in text


def test_an_address_that_is_written_in_another_way_has_the_share_of_its_own(port: int):
    sign_in = b"POST /%61dmin/%6cogin/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    with clients(port, 3, sign_in) as connections:
        assert seconds_of(port) < 0.7
        assert {one.recv(12) for one in connections} == {b"HTTP/1.1 200"}


# clients who keep the server waiting


@pytest.mark.parametrize("begun", [b"", b"G", GET[:-2], b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nslow"])
def test_connections_that_say_half_of_it_stop_nobody_and_are_closed(port: int, begun: bytes):
    with clients(port, CONNECTIONS - 5, begun) as connections:
        assert seconds_of(port) < 1
        told = [all_of(one).decode() for one in connections]

        assert {tuple(statuses(text)) for text in told} == ({(408,)} if begun else {()})
        assert not [text for text in told if text and lacking(text)]


def test_a_body_in_drops_is_cut_off(port: int):
    with client(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n") as connection:
        start = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() < start + 8:
                connection.sendall(b"x")
                time.sleep(0.1)

        assert time.monotonic() - start < 5


def test_a_connection_without_requests_is_closed(port: int):
    with client(port, GET) as connection:
        assert statuses(all_of(connection).decode()) == [200]


def test_readers_who_take_nothing_stop_nobody_and_are_cut_off(port: int):
    with clients(port, 8, GET.replace(b"/page", b"/large")) as connections:
        time.sleep(0.2)

        assert seconds_of(port) < 1
        time.sleep(3)
        assert {len(read_what_is_there(one)) < LARGE for one in connections} == {True}


def read_what_is_there(connection: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionError):
        while data := connection.recv(65_536):
            received += data
    return received


def test_where_there_are_too_many_the_one_that_waited_longest_makes_room(port: int):
    with clients(port, CONNECTIONS * 2) as connections:
        assert seconds_of(port) < 1
        assert connections[0].recv(1) == b""


def test_a_probe_does_not_wait_for_readers(port: int):
    with clients(port, 4, GET.replace(b"page", b"slow")):
        start = time.monotonic()

        assert "GET /healthz" in answers(port, LAST.replace(b"/last", b"/healthz"))
        assert time.monotonic() - start < 0.7


# stopping and starting


def test_what_has_a_thread_is_answered_before_the_end(tmp_path: Path):
    with gunicorn(tmp_path) as (port, master), client(port, b"GE"), client(port, GET.replace(b"page", b"slow")) as slow:
        time.sleep(0.3)
        master.send_signal(signal.SIGTERM)

        assert b"GET /slow" in all_of(slow)
        assert master.wait(10) == 0


def test_a_new_release_takes_over_without_a_request_lost(tmp_path: Path):
    with gunicorn(tmp_path) as (port, master):
        seconds_of(port)
        master.send_signal(signal.SIGUSR2)
        for _ in range(100):
            seconds_of(port)
            time.sleep(0.02)
        master.send_signal(signal.SIGTERM)
        while master.poll() is None:
            seconds_of(port)

        assert seconds_of(port) < 1
