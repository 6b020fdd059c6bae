"""A request gets a thread when all of it is here, and gives the thread back before the last byte of the answer is sent.

gunicorn's own threads wait for their clients: eight connections that send one byte, or read one, stop a site. Its
other workers have no deadlines either, or patch the standard library; waitress gathers requests as well, but knows
neither several processes nor a restart without a loss. So this is gunicorn's threaded worker with other ends: the main
thread, which waits for all connections at once, reads whole requests and sends what clients did not take at once. The
parser, the answers, the signals and the log are gunicorn's.

Everything that waits for a client has a deadline, and everything that is kept of one has a bound. Where there are
too many connections, the one whose deadline is nearest makes room: those who send what they have to say always do.
"""

import errno
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache, partial
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR, socket
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from gunicorn.errors import ConfigError
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    NoMoreData,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from archsite.admission import READERS, SHARES, Line, Share, share_of
from archsite.entrance import REQUEST_ID, about, path_within
from archsite.headers import in_front
from archsite.logging import ABOUT
from patterns.client import home_of, sender_address

KIB: Final = 1024
PIECE: Final = 64 * KIB  # read or sent in one go
HEAD_SIZE: Final = 64 * KIB
BODY_SIZE: Final = 32 * KIB**2  # the site itself explains what is too large for an import
IN_MEMORY: Final = 64 * KIB  # of a body or an answer that waits; the rest lies in a file without a name
ON_DISK: Final = 2 * KIB**3  # of all that waits in a process

BODY_RATE: Final = 16 * KIB  # bytes that give a body another second

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
ENCODED_SLASH: Final = re.compile("%2f", re.IGNORECASE)


# What comes and what goes.


def scratch_file() -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(max_size=IN_MEMORY)


class Inbox:
    """What has come of a request; to gunicorn's parser a socket on which nobody waits."""

    def __init__(self) -> None:
        self.head, self.size = bytearray(), 0  # the size is that of the body, or more of it than came with the head
        self.body: SpooledTemporaryFile[bytes] | None = None

    def add(self, data: bytes) -> None:
        self.body = self.body or scratch_file()
        self.body.write(data)
        self.size += len(data)

    def rewind(self) -> None:
        if self.body is not None:
            self.body.seek(0)

    def close(self) -> None:
        if self.body is not None:
            self.body.close()

    def recv(self, size: int) -> bytes:
        if self.head:
            head, self.head = bytes(self.head), bytearray()
            return head
        return b"" if self.body is None else self.body.read(size)


class Outbox:
    """Takes an answer at the speed at which it is made; to gunicorn a socket that is never full."""

    def __init__(self, client: socket) -> None:
        self.client, self.sent, self.size = client, 0, 0
        self.rest: SpooledTemporaryFile[bytes] | None = None

    @property
    def unsent(self) -> int:
        return self.size - self.sent

    def send(self, data: bytes) -> int:
        taken = 0 if self.unsent else self._taken(data)
        if taken < len(data):
            if self.rest is None:
                self.rest = scratch_file()
                self.sent = self.size = 0
            self.rest.write(memoryview(data)[taken:])
            self.size += len(data) - taken
        return len(data)

    sendall = send

    def _taken(self, data: bytes) -> int:
        try:
            return self.client.send(data)
        except BlockingIOError:
            return 0

    def flush(self) -> bool:
        """Send a piece; whether that was the last one."""
        if self.rest is not None:
            self.rest.seek(self.sent)
            self.sent += self._taken(self.rest.read(PIECE))
            if not self.unsent:
                self.rest.close()
                self.rest = None
        return not self.unsent

    # What else is done with a socket is done by the main thread, when all has been sent.

    def gettimeout(self) -> float:
        return 0.0

    def settimeout(self, seconds: float) -> None: ...

    def setblocking(self, is_blocking: bool) -> None: ...

    def shutdown(self, how: int) -> None: ...

    def recv(self, size: int) -> bytes:
        return b""

    def close(self) -> None: ...


class NoHost(ParseException):
    def __str__(self) -> str:
        return "no Host"


class Requests(RequestParser):
    """gunicorn's parser, which the main thread has read a request when its head is here."""

    def __init__(self, cfg: Any, inbox: Inbox, client: Any) -> None:
        super().__init__(cfg, inbox, client)
        self.read: Any = None  # a request, or the exception that is to be answered

    def read_head(self) -> None:
        try:
            request = super().__next__()
            if request.version >= (1, 1) and not any(name == "HOST" for name, _ in request.headers):
                raise NoHost  # RFC 9112, section 3.2
            # Written so it is no separator (RFC 3986, section 2.2): without this "/patterns%2fsaga" were two addresses.
            request.path = ENCODED_SLASH.sub("%252F", request.path)
            self.read = request
        except NoMoreData:
            self.read = LimitRequestHeaders("the head is too large")
        except Exception as error:
            self.read = error

    def __next__(self) -> Request:
        if isinstance(self.read, Exception):
            raise self.read
        return self.read

    def rest(self) -> bytes:
        """What came behind the request."""
        inbox: Inbox = self.unreader.sock
        return bytes(self.unreader.take_buffered()) + inbox.recv(-1)


class Connection(TConn):
    """``sock`` is what gunicorn writes to, ``client`` the address, ``socket`` the socket."""

    def __init__(self, cfg: Any, client: socket, address: Any, server: Any) -> None:
        super().__init__(cfg, client, address, server)
        self.socket, self.sock = client, Outbox(client)
        self.initialized = True  # gunicorn's threads need not wait for anything
        self.inbox = Inbox()
        self.parser = Requests(cfg, self.inbox, address)
        self.missing: int | None = None  # bytes of the body; None until the head is here
        self.is_chunked = False
        self.line: Line[Connection] | None = None
        self.deadline, self.since = 0.0, monotonic()
        self.is_idle = self.is_last = False

    @property
    def peer(self) -> str:
        return self.client[0] if isinstance(self.client, tuple) else ""

    def header(self, name: str) -> str:
        """All that the request says under this name, which is in capitals."""
        headers = self.parser.read.headers if isinstance(self.parser.read, Request) else ()
        return ",".join(value for one, value in headers if one == name)

    def about(self) -> dict[str, str]:
        forwarded, number = self.header("X-FORWARDED-FOR"), self.header(REQUEST_ID.upper())
        return about(peer=self.peer, forwarded=forwarded, number=number)

    @property
    def on_disk(self) -> int:
        return self.inbox.size + self.sock.unsent

    def begin(self) -> bytes:
        """Make ready for the next request; what came of it already."""
        rest = self.parser.rest()
        self.inbox.close()
        self.inbox = self.parser.unreader.sock = Inbox()
        self.parser.read = self.missing = None
        return rest

    def close(self) -> None:
        self.inbox.close()
        if self.sock.rest is not None:
            self.sock.rest.close()
        self.socket.close()

    def take(self, data: bytes) -> bool:
        """Whether a whole request is here now, good or bad."""
        if self.missing is not None:
            self.inbox.add(data)
        else:
            head = self.inbox.head
            head += data
            if head.find(b"\r\n\r\n", max(0, len(head) - len(data) - 3)) < 0 and len(head) <= HEAD_SIZE:
                return False
            self.parser.read_head()
            if not isinstance(request := self.parser.read, Request):
                return True
            reader = request.body.reader
            self.is_chunked = isinstance(reader, ChunkedReader)
            self.missing = 0 if self.is_chunked else reader.length
            data = self.parser.unreader.buf.getvalue()
        self.missing -= len(data)
        return self.missing <= 0

    @property
    def is_too_large(self) -> bool:
        return self.inbox.size + (self.missing or 0) > BODY_SIZE


UNREADABLE: Final = {
    LimitRequestLine: ("414 URI Too Long", "This address is too long."),
    LimitRequestHeaders: ("431 Request Header Fields Too Large", "The headers of this request are too large."),
    UnsupportedTransferCoding: ("501 Not Implemented", "No coding of a transfer is known here."),
    ExpectationFailed: ("417 Expectation Failed", "Nothing but 100-continue can be expected here."),
    NoHost: ("400 Bad Request", "Say which host is asked, in Host."),
    ParseException: ("400 Bad Request", "This is no request of HTTP."),
}


def refusal(status: str, sentence: str, *, request_id: str, retry_s: int = 0) -> bytes:
    body = f"{sentence}\n".encode()
    retry = f"Retry-After: {retry_s}\r\n" if retry_s else ""
    return (
        f"HTTP/1.1 {status}\r\nConnection: close\r\nCache-Control: no-store\r\n{retry}{REQUEST_ID}: {request_id}\r\n"
        f"{guard_lines()}"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def guard_lines() -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in in_front().items())


class Refused(Outbox):
    """An outbox for gunicorn's own refusals, which lack a character set and the headers of all other answers."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def send(self, data: bytes) -> int:
        head, _, body = data.partition(b"Content-Type: text/html\r\n")
        about = f"Content-Type: text/html; charset=iso-8859-1\r\nCache-Control: no-store\r\n{guard_lines()}"
        return self.outbox.send(head + about.encode() + body)

    sendall = send


# The worker: all of it but the threads' ``handle`` runs in the main thread.


class Worker(ThreadWorker):
    head_s = 10.0
    body_s = 20.0
    send_s = 60.0  # for each piece
    linger_s = 2.0  # until the other side closes too: the answer might be lost else (RFC 9112, section 9.6)
    sweep_s = 1.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cfg.set("sendfile", False)  # what is sent goes through the outbox
        # Together they leave room for those who have not said all yet.
        most = max(1, self.worker_connections // (len(SHARES) + 1))
        self.lines = {one: Line[Connection](one, threads=one.threads or self.cfg.threads, most=most) for one in SHARES}
        self.connections: set[Connection] = set()
        self.waiting: dict[Connection, None] = {}
        self.swept_at = monotonic()

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ConfigError("This worker speaks plain HTTP: end TLS at the proxy in front, or take gthread instead.")

    def init_process(self) -> None:
        # Threads are of one share for good, and so are their connections to the database.
        self.pools = {share: ThreadPoolExecutor(line.free) for share, line in self.lines.items()}
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return self.pools[READERS]

    def handle_error(self, req: Any, client: Outbox, addr: Any, exc: BaseException) -> None:
        super().handle_error(req, Refused(client), addr, exc)

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                self.log.warning("A connection could not be accepted: %s", error)
            return
        conn = Connection(self.cfg, client, address, listener.getsockname())
        self.connections.add(conn)
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self.make_room()
        self.watch(conn, EVENT_READ, self.receive, self.head_s)
        self.attend(self.receive, conn)  # most have said it all already

    def make_room(self) -> None:
        if self.waiting:
            self.drop(min(self.waiting, key=lambda one: one.deadline))

    # Waiting for a client.

    def watch(self, conn: Connection, event: int, callback: Callable[[Connection], None], seconds: float) -> None:
        conn.deadline = monotonic() + seconds
        change = self.poller.modify if conn in self.waiting else self.poller.register
        change(conn.socket, event, partial(self.on_event, callback, conn))
        self.waiting[conn] = None

    def on_event(self, callback: Callable[[Connection], None], conn: Connection, _: object) -> None:
        if conn in self.waiting:  # an event before this one may have ended it
            self.attend(callback, conn)

    def attend(self, callback: Callable[[Connection], None], conn: Connection) -> None:
        try:
            callback(conn)
        except Exception:  # what happens to one connection must not end all the others
            self.log.exception("A connection failed")
            self.drop(conn)

    def unwatch(self, conn: Connection) -> None:
        if conn in self.waiting:
            del self.waiting[conn]
            self.poller.unregister(conn.socket)

    def drop(self, conn: Connection) -> None:
        """The end of a connection, wherever it was; one that is over stays so."""
        if conn in self.connections:
            self.unwatch(conn)
            self.connections.remove(conn)
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """gunicorn asks after each event; once a second is enough."""
        now = monotonic()
        if now - self.swept_at < self.sweep_s:
            return
        self.swept_at = now
        for line in self.lines.values():
            self.move(line, is_second=True)
        for conn in [one for one in self.waiting if one.deadline <= now]:
            if conn.inbox.head or conn.missing:
                with suppress(OSError):
                    number = conn.about()["request_id"]
                    conn.sock.send(refusal("408 Request Timeout", "What was begun did not go on.", request_id=number))
            self.drop(conn)
        on_disk = sum(one.on_disk for one in self.connections)
        for conn in sorted(self.waiting, key=lambda one: one.on_disk, reverse=True):
            if on_disk <= ON_DISK:
                break
            on_disk -= conn.on_disk
            self.drop(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        for conn in [*self.waiting] if force else ():
            self.drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self.waiting:
            if conn.is_idle:
                conn.deadline = min(conn.deadline, deadline)

    # From the first byte of a request to its thread.

    def receive(self, conn: Connection) -> None:
        try:
            data = conn.socket.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.take(conn, data)
        else:
            self.drop(conn)

    def take(self, conn: Connection, data: bytes) -> None:
        was_idle, had_head, conn.is_idle = conn.is_idle, conn.missing is not None, False
        try:
            is_whole = conn.take(data)
        except OSError:  # the disk is full
            return self.drop(conn)
        if conn.is_chunked:  # nothing here reads a body whose length is not said
            self.refuse(conn, "411 Length Required", "Say how long the body is, in Content-Length.")
        elif conn.is_too_large:
            self.refuse(conn, "413 Content Too Large", "This is larger than anything that is taken here.")
        elif is_whole:
            self.unwatch(conn)
            self.join_line(conn)
        elif conn.missing is not None:
            if not had_head:
                conn.since = monotonic()
                self.go_on(conn)
            conn.deadline = conn.since + self.body_s + conn.inbox.size / BODY_RATE
        elif was_idle:
            conn.deadline = monotonic() + self.head_s

    def go_on(self, conn: Connection) -> None:
        """Say so to a client who asks before sending a body."""
        if conn.parser.read._expected_100_continue:
            with suppress(OSError):
                conn.sock.send(CONTINUE)
            conn.parser.read._expected_100_continue = False

    def join_line(self, conn: Connection) -> None:
        if isinstance(error := conn.parser.read, ParseException):
            status, sentence = next(UNREADABLE[kind] for kind in type(error).mro() if kind in UNREADABLE)
            return self.refuse(conn, status, sentence)
        conn.inbox.rewind()
        conn.since = monotonic()
        conn.line = line = self.lines[share_of_read(conn.parser.read)]
        address = home(conn.peer, conn.header("X-FORWARDED-FOR") if settings.TRUST_PROXY else "")
        if (last := line.join(address, conn)) is not None:
            self.refuse(last, "503 Service Unavailable", line.share.sentence, retry_s=line.share.retry_s)
        self.move(line)

    def move(self, line: Line[Connection], *, is_second: bool = False) -> None:
        while (conn := line.next(is_second=is_second)) is not None:
            is_second = False
            if monotonic() - conn.since <= line.share.patience_s:
                future = self.pools[line.share].submit(self.handle, conn)
                future.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))
            else:
                line.free += 1
                self.refuse(conn, "503 Service Unavailable", line.share.sentence, retry_s=line.share.retry_s)

    # From the thread to the last byte of an answer.

    def handle(self, conn: Connection) -> Any:
        # A fault of the parser's own never meets the entrance, which says it of all the others.
        ABOUT.set(None if isinstance(conn.parser.read, Request) else conn.about())
        try:
            return super().handle(conn)
        finally:
            ABOUT.set(None)

    def finish_request(self, conn: Connection, future: Future[bool]) -> None:
        assert conn.line is not None
        conn.line.free += 1
        self.move(conn.line)
        conn.is_last = future.cancelled() or future.exception() is not None or not future.result()
        self.attend(self.deliver, conn)

    def refuse(self, conn: Connection, status: str, sentence: str, *, retry_s: int = 0) -> None:
        facts = conn.about()
        self.log.info("Refused with %s: %s", status, sentence, extra=facts)
        with suppress(OSError):
            conn.sock.send(refusal(status, sentence, request_id=facts["request_id"], retry_s=retry_s))
        conn.is_last = True
        self.deliver(conn)

    def deliver(self, conn: Connection) -> None:
        try:
            is_sent = conn.sock.flush()
        except OSError:
            return self.drop(conn)
        if not is_sent:
            self.watch(conn, EVENT_WRITE, self.deliver, self.send_s)
        elif conn.is_last:
            self.hang_up(conn)
        else:
            rest = conn.begin()
            conn.is_idle = not rest
            idle_s = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
            self.watch(conn, EVENT_READ, self.receive, self.head_s if rest else idle_s)
            if rest:
                self.take(conn, rest)

    def hang_up(self, conn: Connection) -> None:
        try:
            conn.socket.shutdown(SHUT_WR)
        except OSError:
            return self.drop(conn)
        self.watch(conn, EVENT_READ, self.drain, self.linger_s)

    def drain(self, conn: Connection) -> None:
        with suppress(BlockingIOError):
            try:
                is_over = not conn.socket.recv(PIECE)
            except ConnectionError:
                is_over = True
            if is_over:
                self.drop(conn)


def share_of_read(read: Any) -> Share:
    # As Django will read it: "/%61dmin/" is the admin.
    path = path_within(unquote(read.path)) if isinstance(read, Request) else None
    return READERS if path is None else share_of(read.method, path)


@lru_cache(maxsize=1024)
def home(peer: str, forwarded: str) -> str:
    return home_of(sender_address(peer, forwarded))
