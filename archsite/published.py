"""The store of published pages: what readers were answered, kept as bytes until the catalogue changes.

It stands in front of everything else that serves the site, as WSGI, and knows of no page. What an answer says of itself
decides: ``Cache-Control: public`` makes it a published page, whoever asked; whatever says less (the admin's pages,
forms, refusals, redirects) passes through and is never kept.

Never stale: each request first asks the database for the state of the catalogue, in one statement on a connection of
the store's own (8 µs on SQLite, where ``PRAGMA data_version`` takes 6, and 80 on PostgreSQL, whose notifications would
come after the commit). A page is kept with the state that was read before it was made, and is good while that is still
the state. So nothing expires and nothing has to be told of a change, across processes and machines.

Never in the way: where the database does not answer, the pages in memory go on being served, with their ``Age``.

Never too large: pages are kept compressed, once for each encoding and each normal form of an address, so that neither
unknown parameters nor their order make another one. Pages with a query lie on a shelf of their own, each of so many
bytes: no crowd of questions drives out what everybody reads.
"""

import logging
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from gzip import compress
from hashlib import sha256
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import brotli
from cachetools import LRUCache
from django.conf import settings
from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_http_date_safe

from archsite.headers import GUARDS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

MIB: Final = 1024**2
PAGES_SIZE: Final = 48 * MIB  # of a process, for the pages without a query
QUESTIONS_SIZE: Final = 16 * MIB
LARGEST: Final = 4 * MIB  # of a body before it is compressed; what is larger passes through
OVERHEAD: Final = 4_000  # bytes that a page takes beside its body, at most: headers, address, objects
LONGEST_QUERY: Final = 1_000  # no link of ours comes near it
PATIENCE_S: Final = 2  # with somebody else who began to make the same page
MOST_WAITING: Final = 3  # for pages that others make: each who waits holds a thread
ANSWER_S: Final = 1  # a database that takes longer for one row does not answer
PROBE_S: Final = 0.25  # between two questions to a database that did not answer

# Neither published nor worth a question to the database.
PASSED: Final = ("/admin/", "/static/", "/healthz", "/readyz")
# What must make no difference to a published page, and so is withheld from who makes it.
PERSONAL: Final = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
PRECONDITIONS: Final = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")  # those of writers; nobody reads with them
REFUSED_ENCODING: Final = re.compile(r";\s*q=0(\.0*)?$")
OF_BODY: Final = ("content-length", "etag", "vary")
IN_304: Final = ("Cache-Control", "Last-Modified", "Vary", *GUARDS)

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked for, in its normal form; ``coding`` is br or gzip, in which the page is kept."""

    path: str
    query: str
    coding: str


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """``state`` is that of the catalogue before the page was made, ``etag`` that of the body before it was coded."""

    state: str
    made_at: float
    headers: Headers
    etag: str
    modified_at: int | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Unpublished:
    """An answer on its way through."""

    status: str
    headers: Headers
    chunks: Iterable[bytes]


class PublishedPages:
    """The WSGI application that answers for another one what that has published.

    ``state`` returns what tells the present state of the catalogue from every other, or None if that cannot be known;
    ``normal_query`` the normal form of the query of a path.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        state: Callable[[], str | None],
        normal_query: Callable[[str, str], str],
    ) -> None:
        self.application, self.state, self.normal_query = application, state, normal_query
        self.pages, self.questions, self.flights = Shelf(PAGES_SIZE), Shelf(QUESTIONS_SIZE), Flights()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not is_readers_request(environ):
            return self.application(environ, start_response)
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        address = Address(path, query and self.normal_query(path, query), "br" if coding == "br" else "gzip")
        found: PublishedPage | Unpublished | None
        found, state = self.look_up(address)
        if found is None and state is not None:
            with self.flights.alone(address):
                found, state = self.look_up(address)  # somebody else may have made it meanwhile
                if found is None and state is not None:
                    found = self.made(address, environ, state)
                    if isinstance(found, Unpublished) and found.status.startswith("503 "):
                        older, now = self.look_up(address)
                        if older is not None and now is None:  # the database went away in the middle
                            close(found.chunks)
                            found, state = older, None
        if found is None:
            return self.application(environ, start_response)
        if isinstance(found, PublishedPage):
            return answer(found, environ, start_response, coding=coding, is_current=state is not None)
        return pass_on(found, environ, start_response)

    def shelf(self, address: Address) -> "Shelf":
        return self.questions if address.query else self.pages

    def look_up(self, address: Address) -> tuple[PublishedPage | None, str | None]:
        """The page if it may be served, and the state of the catalogue; without a state any page may be served."""
        # The state first: a page that is put on the shelf in between can only be newer.
        state, page = self.state(), self.shelf(address).get(address)
        return page if page and state in (None, page.state) else None, state

    def made(self, address: Address, environ: "WSGIEnvironment", state: str) -> PublishedPage | Unpublished:
        """What the application answers whoever asks, kept if it is published."""
        asked = {name: value for name, value in environ.items() if name not in PERSONAL}
        response = Unpublished("", [], ())

        def start(status: str, headers: Headers, error: object = None) -> Callable[[bytes], object]:
            nonlocal response
            response = Unpublished(status, headers, ())
            return lambda _: None  # no application of ours writes

        chunks = self.application({**asked, "REQUEST_METHOD": "GET", "QUERY_STRING": address.query}, start)
        if not is_published(response):
            return Unpublished(response.status, response.headers, chunks)
        try:
            body = b"".join(chunks)
        finally:
            close(chunks)
        page = page_of(response.headers, body, state=state, coding=address.coding)
        self.shelf(address).put(address, page)
        return page

    def clear(self) -> None:
        self.pages.clear()
        self.questions.clear()


def close(chunks: Iterable[bytes]) -> None:
    if hasattr(chunks, "close"):
        chunks.close()


# What is asked.


def is_readers_request(environ: "WSGIEnvironment") -> bool:
    """Whether the answer may be a published page. Whatever the site would refuse or redirect is left to it."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ["PATH_INFO"].startswith(PASSED)
        and len(environ.setdefault("QUERY_STRING", "")) <= LONGEST_QUERY
        and is_our_host(environ.get("HTTP_HOST", ""))
        and (not settings.SECURE_SSL_REDIRECT or is_secure(environ))
        and not any(name in environ for name in PRECONDITIONS)
        and environ.get("SCRIPT_NAME", "") == settings.SITE_PATH
    )


@lru_cache(maxsize=256)
def is_our_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def is_secure(environ: "WSGIEnvironment") -> bool:
    """As Django judges it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if name in environ:
            return str(environ[name]).split(",", 1)[0].strip() == secure
    return bool(environ["wsgi.url_scheme"] == "https")


@lru_cache(maxsize=256)
def coding_for(accepted: str) -> str:
    """The best of br, gzip and identity that an Accept-Encoding header admits."""
    offers = [one.strip().lower() for one in accepted.split(",")]
    admitted = {one.partition(";")[0].strip() for one in offers if not REFUSED_ENCODING.search(one)}
    return next((coding for coding in ("br", "gzip") if coding in admitted), "identity")


# What is answered.


def is_published(response: Unpublished) -> bool:
    """Whether it is a whole answer of known length, the same for everybody."""
    named = {name.lower(): value for name, value in response.headers}
    return (
        response.status.startswith("200 ")
        and "public" in named.get("cache-control", "")
        and int(named.get("content-length", LARGEST + 1)) <= LARGEST
        and not named.keys() & {"set-cookie", "content-encoding"}
        and named.get("vary", "Accept-Encoding").lower() == "accept-encoding"
    )


def page_of(headers: Headers, body: bytes, *, state: str, coding: str) -> PublishedPage:
    named = {name.lower(): value for name, value in headers}
    return PublishedPage(
        state=state,
        made_at=monotonic(),
        headers=[*(one for one in headers if one[0].lower() not in OF_BODY), ("Vary", "Accept-Encoding")],
        etag=named.get("etag", "").removeprefix("W/").strip('"') or sha256(body).hexdigest()[:32],
        modified_at=parse_http_date_safe(named.get("last-modified", "")),
        # Brotli takes a tenth of the time that its best takes, for a twentieth more bytes; gzip three quarters of what
        # its usual level takes, for a fiftieth more.
        body=brotli.compress(body, quality=5) if coding == "br" else compress(body, 5, mtime=0),
    )


def answer(
    page: PublishedPage,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    *,
    coding: str,
    is_current: bool,
) -> Iterable[bytes]:
    # Each coding is a representation of its own, and so has an ETag of its own.
    etag = f'"{page.etag}"' if coding == "identity" else f'"{page.etag}-{coding}"'
    about = [("ETag", etag)] if is_current else [("ETag", etag), ("Age", str(int(monotonic() - page.made_at)))]
    if is_known(environ, etag, page.modified_at):
        start_response("304 Not Modified", [*(one for one in page.headers if one[0] in IN_304), *about])
        return ()
    body = page.body
    if coding == "identity":
        body = zlib.decompress(body, wbits=zlib.MAX_WBITS | 16)
    else:
        about.append(("Content-Encoding", coding))
    start_response("200 OK", [*page.headers, *about, ("Content-Length", str(len(body)))])
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def pass_on(response: Unpublished, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """What the reader has was withheld from who made the answer, and so is looked at here."""
    named = {name.lower(): value for name, value in response.headers}
    etag, modified_at = named.get("etag", ""), parse_http_date_safe(named.get("last-modified", ""))
    if etag and response.status.startswith("200 ") and is_known(environ, etag, modified_at):
        close(response.chunks)
        start_response("304 Not Modified", [one for one in response.headers if one[0] in (*IN_304, "ETag")])
        return ()
    start_response(response.status, response.headers)
    if environ["REQUEST_METHOD"] == "HEAD":
        close(response.chunks)
        return ()
    return response.chunks


def is_known(environ: "WSGIEnvironment", etag: str, modified_at: int | None) -> bool:
    """Whether the reader has it already (RFC 9110, section 13.2.2)."""
    if (known := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        return known == etag or any(one.strip().removeprefix("W/") in (etag, "*") for one in known.split(","))
    since = environ.get("HTTP_IF_MODIFIED_SINCE") if modified_at is not None else None
    asked = parse_http_date_safe(since) if since else None
    return asked is not None and modified_at is not None and modified_at <= asked


# What is kept, and who makes it.


class Shelf:
    """At most ``size`` bytes of pages: the least recently served go first."""

    def __init__(self, size: int) -> None:
        self._pages: LRUCache[Address, PublishedPage] = LRUCache(size, getsizeof=lambda page: len(page.body) + OVERHEAD)
        self._lock = Lock()

    def get(self, address: Address) -> PublishedPage | None:
        with self._lock:
            return self._pages.get(address)

    def put(self, address: Address, page: PublishedPage) -> None:
        with self._lock:
            self._pages[address] = page

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()

    @property
    def size(self) -> int:
        return int(self._pages.currsize)


class Flights:
    """One thread makes a page, and who wants the same one waits for it."""

    def __init__(self) -> None:
        self._lock, self._waiting = Lock(), BoundedSemaphore(MOST_WAITING)
        self._turns: dict[Address, tuple[Lock, float, int]] = {}

    @property
    def count(self) -> int:
        return len(self._turns)

    @contextmanager
    def alone(self, address: Address) -> Iterator[None]:
        with self._lock:
            turn, began_at, count = self._turns.get(address, (Lock(), monotonic(), 0))
            self._turns[address] = turn, began_at, count + 1
        # Whoever waited in vain makes it too.
        has_turn = turn.acquire(blocking=False) or self._wait(turn, until=began_at + PATIENCE_S)
        try:
            yield
        finally:
            if has_turn:
                turn.release()
            with self._lock:
                _, _, count = self._turns[address]
                if count == 1:
                    del self._turns[address]
                else:
                    self._turns[address] = turn, began_at, count - 1

    def _wait(self, turn: Lock, *, until: float) -> bool:
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return turn.acquire(timeout=max(0.0, until - monotonic()))
        finally:
            self._waiting.release()


class CatalogState:
    """The state of the catalogue, as its one row tells it from every other; None while the database does not answer.

    After a question that failed it is asked in the background only, so that no reader waits for it.
    """

    STATEMENT: Final = "SELECT id, version, token FROM patterns_catalog"

    def __init__(self) -> None:
        self._lock, self._is_away = Lock(), False
        self._connection: BaseDatabaseWrapper | None = None

    def __call__(self) -> str | None:
        if self._is_away:
            return None
        with self._lock:
            if self._is_away:  # found out by the one who asked before
                return None
            try:
                return self._ask()
            except Error:
                return self._ask_again()

    def close(self) -> None:
        """End the connection, and the waiting for a database that is away."""
        with self._lock:
            self._is_away = False
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> str | None:
        if self._connection is None:
            self._connection = connection_of_its_own()
        self._connection.ensure_connection()
        # The driver itself: what Django adds to a statement costs more than the statement.
        with self._connection.wrap_database_errors:
            row = self._connection.connection.execute(self.STATEMENT).fetchone()
        if getattr(self._connection, "is_read_only", False):
            self._hang_up()  # of SQLite: see there
        return ":".join(map(str, row)) if row else None

    def _ask_again(self) -> str | None:
        """On a new connection: the old one may have died with a server that is back already."""
        self._hang_up()
        try:
            return self._ask()
        except Error as error:
            self._hang_up()
            logger.warning("The database does not answer; published pages are served from memory. %s", error)
            Thread(target=self._wait, name="catalogue state", daemon=True).start()
            self._is_away = True
            return None

    def _wait(self) -> None:
        is_away = True
        while is_away:
            sleep(PROBE_S)
            with self._lock:
                try:
                    if self._is_away:
                        self._ask()
                    is_away = self._is_away = False
                except Exception:  # whatever it is: who stops asking serves old pages for ever
                    with suppress(Exception):
                        self._hang_up()
        logger.warning("The database answers again; published pages are compared with the catalogue.")


def connection_of_its_own() -> BaseDatabaseWrapper:
    """For all threads, and without patience: readers wait for it."""
    connection = connections.create_connection("default")
    connection.inc_thread_sharing()
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "postgresql":
        limits = f"{options.get('options', '')} -c statement_timeout={ANSWER_S * 1000}"
        options = {**options, "connect_timeout": ANSWER_S, "tcp_user_timeout": ANSWER_S * 1000, "options": limits}
    else:
        options = {**options, "timeout": ANSWER_S}
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": options}
    return connection
