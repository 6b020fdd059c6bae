"""The store of published pages: kept as bytes, never stale, never personal, never too large."""

from collections.abc import Callable, Iterable, Iterator
from gzip import decompress
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import brotli
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from archsite import published
from archsite.headers import GUARDS
from archsite.published import LARGEST, MOST_WAITING, Address, CatalogState, Flights, PublishedPages, Shelf
from patterns.models import Pattern
from patterns.tests.factories import change_pattern, make_pattern, make_rich_pattern
from patterns.views.pages import PAGES, Page, normal_query

PUBLISHED = {"Cache-Control": "public, max-age=0", "Content-Type": "text/plain"}


class Answer:
    """What a store answered: ``text`` is its body as a reader's browser understands it."""

    def __init__(self, store: PublishedPages, address: str, method: str = "GET", **headers: str) -> None:
        path, _, query = address.partition("?")
        environ = RequestFactory(headers=headers).generic(method, path, QUERY_STRING=query).environ
        environ.setdefault("HTTP_HOST", "127.0.0.1")
        chunks = store(environ, self.start)
        self.body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()

    def start(self, status: str, headers: list[tuple[str, str]], error: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = int(status[:3]), dict(headers)
        return lambda _: None

    @property
    def text(self) -> str:
        decode = {"br": brotli.decompress, "gzip": decompress}.get(self.headers.get("Content-Encoding", ""), bytes)
        return str(decode(self.body), "utf-8")


class Counted:
    """An application that says how often it was asked, and for what."""

    def __init__(
        self, headers: dict[str, str] | None = None, *, status: str = "200 OK", is_known_length: bool = True
    ) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers, self.status, self.is_known_length = headers or PUBLISHED, status, is_known_length
        self.state: str | None = "1"

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        body = f"answer {len(self.asked)}".encode()
        length = [("Content-Length", str(len(body)))] if self.is_known_length else []
        start_response(self.status, [*self.headers.items(), *length])
        return [body]


def store_of(counted: Counted) -> PublishedPages:
    return PublishedPages(counted, state=lambda: counted.state, normal_query=lambda path, query: query)


def test_a_page_is_made_once_for_each_state():
    site = Counted()
    store = store_of(site)

    answers = [Answer(store, "/").text, Answer(store, "/").text]
    site.state = "2"
    answers += [Answer(store, "/").text, Answer(store, "/").text]

    assert answers == ["answer 1", "answer 1", "answer 2", "answer 2"]


def test_a_page_that_was_made_during_a_change_is_made_again():
    site = Counted()
    store = store_of(site)

    def change(environ: Any, start_response: Any) -> Iterable[bytes]:
        chunks = site(environ, start_response)
        site.state = "2"
        return chunks

    store.application = change

    assert [Answer(store, "/").text, Answer(store, "/").text, Answer(store, "/").text][1:] == ["answer 2", "answer 2"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("BR;q=0.5, gzip", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=1.0", "gzip"),
        ("gzip; q=0.000", None),
        ("deflate", None),
        ("", None),
        ("x" * 5_000, None),
    ],
)
def test_a_page_comes_in_a_coding_that_the_reader_takes(accepted: str, coding: str | None):
    answer = Answer(store_of(Counted()), "/", **{"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.text == "answer 1"


def test_each_coding_has_an_etag_of_its_own():
    store = store_of(Counted())

    etags = {Answer(store, "/", **{"Accept-Encoding": one}).headers["ETag"] for one in ("br", "gzip", "")}

    assert len(etags) == 3


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_the_page_is_told_so(known: str):
    store = store_of(Counted())
    first = Answer(store, "/")

    again = Answer(store, "/", **{"If-None-Match": known.format(first.headers["ETag"])})

    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == PUBLISHED["Cache-Control"]
    assert "Content-Length" not in again.headers


def test_who_has_another_page_gets_this_one():
    answer = Answer(
        store_of(Counted()), "/", **{"If-None-Match": '"other"', "If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"}
    )

    assert (answer.status, answer.text) == (200, "answer 1")


@pytest.mark.parametrize(
    ("since", "status"),
    [("Thu, 01 Jan 2026 00:00:00 GMT", 304), ("Wed, 31 Dec 2025 23:59:59 GMT", 200), ("yesterday", 200)],
)
def test_a_date_is_compared_where_the_page_has_one(since: str, status: int):
    store = store_of(Counted({**PUBLISHED, "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}))

    assert [Answer(store, "/", **{"If-Modified-Since": since}).status for _ in range(2)] == [status, status]


def test_head_is_answered_from_the_page():
    site = Counted()
    store = store_of(site)

    head, get = Answer(store, "/", "HEAD"), Answer(store, "/")

    assert head.body == b""
    assert head.headers == get.headers
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private"},
        {**PUBLISHED, "Set-Cookie": "a=b"},
        {**PUBLISHED, "Vary": "Cookie"},
        {**PUBLISHED, "Vary": "Accept-Encoding, Cookie"},
        {**PUBLISHED, "Content-Encoding": "zstd"},
    ],
)
def test_what_is_not_the_same_for_everybody_is_not_kept(headers: dict[str, str]):
    store = store_of(Counted(headers))

    assert [Answer(store, "/").text for _ in range(2)] == ["answer 1", "answer 2"]
    assert store.pages.size == 0


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved Permanently", "410 Gone", "503 Service Unavailable"])
def test_refusals_are_not_kept(status: str):
    store = store_of(Counted(status=status))

    assert [Answer(store, "/").text for _ in range(2)] == ["answer 1", "answer 2"]


def test_an_answer_of_unknown_length_passes_through():
    store = store_of(Counted({**PUBLISHED, "ETag": '"e"'}, is_known_length=False))

    assert [Answer(store, "/").text for _ in range(2)] == ["answer 1", "answer 2"]
    assert Answer(store, "/", **{"If-None-Match": '"e"'}).status == 304
    assert Answer(store, "/", "HEAD").body == b""


@pytest.mark.parametrize("address", ["/admin/", "/static/a.css", "/healthz", "/readyz", f"/?{'a' * 2_000}"])
def test_some_addresses_are_none_of_its_business(address: str):
    site = Counted()
    site.state = None  # asking for it would find that the database is away

    assert [Answer(store_of(site), address).text for _ in range(2)] == ["answer 1", "answer 2"]


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "TRACE"])
def test_only_reading_is_answered_from_memory(method: str):
    store = store_of(Counted())
    Answer(store, "/")

    assert Answer(store, "/", method).text == "answer 2"


def test_a_strange_host_is_left_to_the_site():
    store = store_of(Counted())
    Answer(store, "/")

    assert Answer(store, "/", Host="evil.example").text == "answer 2"


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "http"}])
def test_plain_http_is_left_to_the_redirect(settings, headers: dict[str, str]):
    store = store_of(Counted())
    Answer(store, "/")
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")

    assert Answer(store, "/", **headers).text == "answer 2"
    assert Answer(store, "/", **{"X-Forwarded-Proto": "https"}).text == "answer 1"


def test_what_a_reader_sends_reaches_no_page():
    site = Counted()
    sent = {"Cookie": "sessionid=x", "Authorization": "Basic eA==", "Range": "bytes=0-1", "If-None-Match": '"x"'}

    Answer(store_of(site), "/", **sent)

    assert not {"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_NONE_MATCH"} & site.asked[0].keys()


def test_a_hundred_thousand_questions_leave_the_pages_alone():
    site = Counted()
    store = store_of(site)
    store.questions = Shelf(100_000)
    Answer(store, "/")

    for number in range(10_000):
        Answer(store, f"/?q={number}")

    assert store.questions.size <= 100_000
    assert Answer(store, "/").text == "answer 1"


def test_the_least_recently_read_page_goes_first():
    store = store_of(Counted())
    store.pages = Shelf(3 * 4_100)
    for address in ("/a", "/b", "/c", "/a", "/d"):
        Answer(store, address)

    assert [Answer(store, one).text for one in ("/a", "/d")] == ["answer 1", "answer 4"]
    assert Answer(store, "/b").text == "answer 5"


def test_many_who_want_the_same_page_have_it_made_once():
    site, is_open = Counted(), Event()

    def slow(environ: Any, start_response: Any) -> Iterable[bytes]:
        is_open.wait(10)
        return site(environ, start_response)

    store = PublishedPages(slow, state=lambda: "1", normal_query=lambda path, query: query)
    found: list[str] = []
    readers = [Thread(target=lambda: found.append(Answer(store, "/").text)) for _ in range(1 + MOST_WAITING)]
    for reader in readers:
        reader.start()
    sleep(0.2)
    is_open.set()
    for reader in readers:
        reader.join()

    assert found == ["answer 1"] * len(readers)
    assert not store.flights.count


def test_a_page_outlives_the_database():
    site = Counted()
    store = store_of(site)
    Answer(store, "/")
    site.state = None

    kept, other = Answer(store, "/"), Answer(store, "/other")

    assert (kept.text, kept.headers["Age"]) == ("answer 1", "0")
    assert other.text == "answer 2"
    assert "Age" not in other.headers


def test_a_page_outlives_a_database_that_goes_away_while_it_is_made_anew():
    site = Counted()
    store = store_of(site)
    Answer(store, "/")
    site.state, site.status = "2", "503 Service Unavailable"

    assert Answer(store, "/").status == 503  # the database is there, and the page is known to be an old one

    refuse = site.__call__

    def lose(environ: Any, start_response: Any) -> Iterable[bytes]:
        site.state = None
        return refuse(environ, start_response)

    store.application = lose
    answer = Answer(store, "/")

    assert (answer.status, answer.text) == (200, "answer 1")
    assert "Age" in answer.headers


def test_nothing_is_kept_of_what_is_made_while_the_state_is_unknown():
    site = Counted()
    store = store_of(site)
    site.state = None

    assert [Answer(store, "/").text for _ in range(2)] == ["answer 1", "answer 2"]


def test_what_is_too_large_passes_through():
    class Large(Counted):
        def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
            super().__call__(environ, lambda status, headers: None)
            start_response("200 OK", [*PUBLISHED.items(), ("Content-Length", str(LARGEST + 1))])
            return [b"x"] * (LARGEST + 1)

    site = Large()
    store = store_of(site)

    assert [len(Answer(store, "/").body) for _ in range(2)] == [LARGEST + 1] * 2
    assert len(site.asked) == 2


# With the site behind it.


@pytest.fixture
def state() -> Iterator[CatalogState]:
    state = CatalogState()
    yield state
    state.close()


@pytest.fixture
def site(transactional_db: None, state: CatalogState) -> PublishedPages:
    make_rich_pattern("01", name="Saga", category="Data")
    return PublishedPages(get_wsgi_application(), state=state, normal_query=normal_query)


def test_a_page_that_was_read_asks_the_database_for_nothing_but_the_state(site: PublishedPages):
    Answer(site, "/patterns/saga/")

    with CaptureQueriesContext(connection) as queries:
        answer = Answer(site, "/patterns/saga/")

    assert answer.status == 200
    assert "Saga" in answer.text
    assert len(queries) == 0


def test_the_first_request_after_a_change_is_fresh(site: PublishedPages):
    for number in range(5):
        change_pattern(Pattern.objects.get(), description=f"Text number {number}.")
        assert all(
            f"Text number {number}." in Answer(site, one).text for one in ("/", "/patterns/saga/", "/catalog.toml")
        )


def test_what_leaves_the_public_leaves_the_store(site: PublishedPages):
    assert Answer(site, "/patterns/saga/").status == 200

    change_pattern(Pattern.objects.get(), status="retired")

    assert Answer(site, "/patterns/saga/").status == 410


def test_drafts_and_forms_never_enter(site: PublishedPages):
    make_pattern("02", name="Secret", status="draft")

    statuses = [Answer(site, one).status for one in ("/patterns/secret/", "/patterns/saga/suggest/", "/no-such-page")]

    assert statuses == [404, 200, 404]
    assert site.pages.size == 0


def test_security_headers_are_those_of_the_site(site: PublishedPages):
    first, again = Answer(site, "/"), Answer(site, "/")

    known = Answer(site, "/", **{"If-None-Match": again.headers["ETag"]})

    assert first.headers == again.headers
    assert set(GUARDS[:-1]) <= again.headers.keys()
    assert known.status == 304
    assert {name: known.headers.get(name) for name in GUARDS} == {name: again.headers.get(name) for name in GUARDS}


@pytest.mark.parametrize(
    "address", ["/", "/patterns/?q=saga", "/patterns/saga/", "/map/", "/catalog.json", "/api/v1/patterns"]
)
def test_pages_are_published(site: PublishedPages, address: str):
    answer = Answer(site, address, **{"Accept-Encoding": "br"})

    assert answer.headers["Content-Encoding"] == "br"
    assert (
        answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        or "public" in answer.headers["Cache-Control"]
    )
    assert Answer(site, address, **{"Accept-Encoding": "br", "If-None-Match": answer.headers["ETag"]}).status == 304


def test_a_database_that_goes_away_takes_no_page_with_it(site: PublishedPages, state: CatalogState, caplog):
    Answer(site, "/patterns/saga/")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patterns_catalog RENAME TO elsewhere")
    try:
        during = Answer(site, "/patterns/saga/")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO patterns_catalog")

    assert (during.status, "Age" in during.headers) == (200, True)
    assert "Saga" in during.text
    assert "The database does not answer" in caplog.text
    for _ in range(100):
        if state() is not None:
            break
        sleep(0.05)
    change_pattern(Pattern.objects.get(), description="After the outage.")
    after = Answer(site, "/patterns/saga/")
    assert "After the outage." in after.text
    assert "Age" not in after.headers


def test_whatever_fails_the_database_is_asked_again(site: PublishedPages, state: CatalogState, monkeypatch):
    failures = iter([OperationalError("gone"), OperationalError("gone"), OSError("no more files"), MemoryError()])
    connect = published.connection_of_its_own

    def sometimes() -> Any:
        for failure in failures:
            raise failure
        return connect()

    state.close()
    monkeypatch.setattr(published, "connection_of_its_own", sometimes)
    assert state() is None

    for _ in range(200):
        if state() is not None:
            break
        sleep(0.05)
    assert state() is not None


@pytest.mark.postgres
def test_a_table_that_is_locked_stops_no_page(site: PublishedPages):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's readers wait for no lock")
    Answer(site, "/patterns/saga/")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE patterns_catalog")
        try:
            answers = [Answer(site, "/patterns/saga/") for _ in range(3)]
        finally:
            cursor.execute("ROLLBACK")

    assert [one.status for one in answers] == [200] * 3
    assert "Age" in answers[-1].headers


# The normal form of a query.


@pytest.mark.parametrize(
    ("path", "query", "normal"),
    [
        ("/", "a=1&utm_source=x", ""),
        ("/patterns/", "sort=name&q=saga&fbclid=1", "q=saga&sort=name"),
        ("/patterns/", "gains=b&gains=a&-gains=c", "-gains=c&gains=b&gains=a"),
        ("/compare/", "pattern=b&pattern=a&x=1", "pattern=b&pattern=a"),
        ("/patterns/saga/lab/", "workers=3&seed=1&x=", "seed=1&workers=3&x="),
        ("/api/v1/patterns", "sort=name&q=a&x=1", "q=a&sort=name&x=1"),
        ("/no/such/page", "b=1&a=2", "b=1&a=2"),
        ("/patterns/", "a=1&" * 200, "a=1&" * 200),
        ("/\xff\xfe", "a=1", "a=1"),
    ],
)
def test_equal_questions_have_one_query(path: str, query: str, normal: str):
    assert normal_query(path, query) == normal


class Watched(QueryDict):
    """A query that remembers which of its parameters were asked for."""

    def __init__(self, query: str) -> None:
        self.names: set[str] = set()
        super().__init__(query)
        self.names.clear()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().getlist(key, default)

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


@pytest.mark.django_db
@pytest.mark.parametrize("page", [page for page in PAGES if page.parameters is not None], ids=lambda page: page.name)
def test_every_parameter_that_a_page_reads_is_in_the_table(rf: RequestFactory, page: Page):
    make_rich_pattern("01", name="Saga", category="Data")
    request = rf.get("/")
    request.GET = asked = Watched("x=1&choose=01")  # a record is written of a choice alone
    slug = {"category": "data", "category_feed": "data"}.get(page.name, "saga")

    import_string(f"patterns.{page.view}")(request, **page.options, **({"slug": slug} if "<slug" in page.path else {}))

    assert asked.names <= {*(page.parameters or ())}


def test_nobody_waits_for_a_page_that_somebody_else_makes_for_too_long(monkeypatch):
    monkeypatch.setattr(published, "PATIENCE_S", 0.1)
    flights, address, may_end = Flights(), Address("/", "", "br"), Event()

    def fly() -> None:
        with flights.alone(address):
            may_end.wait(5)

    first = Thread(target=fly)
    first.start()
    sleep(0.2)

    begun = monotonic()
    with flights.alone(address):
        waited = monotonic() - begun
    may_end.set()
    first.join()
    assert waited < 0.05
    assert flights.count == 0


def test_a_crowd_that_wants_one_page_does_not_wait_for_it_all_together():
    flights, address, may_end = Flights(), Address("/", "", "br"), Event()

    def fly() -> None:
        with flights.alone(address):
            may_end.wait(5)

    crowd = [Thread(target=fly) for _ in range(MOST_WAITING + 1)]
    for one in crowd:
        one.start()
    sleep(0.2)

    begun = monotonic()
    with flights.alone(address):
        waited = monotonic() - begun
    may_end.set()
    for one in crowd:
        one.join()
    assert waited < 0.1
    assert flights.count == 0
