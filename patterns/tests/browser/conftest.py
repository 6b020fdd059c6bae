"""A real Chromium. Every test here is marked `browser`, and fails if a page logged an error or broke the policy."""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, WebError, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from patterns.bench.chromium import ARGUMENTS, PROGRAM
from patterns.tests.workflow.staff import person

HERE = Path(__file__).parent
expect.set_options(timeout=20_000)  # a form keeps what is typed seconds later, and a busy machine answers late
NewPage = Callable[..., Page]
DeskOf = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    if PROGRAM is None and os.environ.get("ARCHSITE_REQUIRE_BROWSER"):
        pytest.fail("Chromium is required but not installed (Debian: apt-get install chromium).")
    if PROGRAM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium).")
    return PROGRAM


# For the package, not the session: while Playwright runs, its event loop counts as running for every other test.
@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright's loop lives in the test's thread, and Django would take each query for one inside a coroutine.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package", autouse=True)
def _one_request_at_a_time() -> Iterator[None]:
    """All threads of the test server share one connection to SQLite's memory, where one transaction ends another.

    A form that keeps what is typed sends a request while the next page is asked for.
    """
    turn, answer = RLock(), WSGIHandler.__call__

    def in_turn(handler: WSGIHandler, *about: Any) -> Any:
        with turn:
            return answer(handler, *about)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WSGIHandler, "__call__", in_turn)
        yield


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer) -> Iterator[NewPage]:
    """Open pages with the context options of Playwright, like `new_page(color_scheme="dark")`."""
    contexts, complaints, keeping = [], [], set()

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.on("weberror", lambda error: complaints.extend(_fault(error)))
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        context.on("request", lambda request: keeping.add(request) if request.url.endswith("/keep/") else None)
        context.on("requestfinished", lambda request: keeping.discard(request))
        context.on("requestfailed", lambda request: keeping.discard(request))
        return context.new_page()

    yield make
    for context in contexts:
        # A form keeps what was typed when its page is left; the database is emptied a moment later.
        context.route("**/keep/", lambda route: route.abort())
        is_desk = any("/admin/" in page.url for page in context.pages)
        while is_desk or (keeping and context.pages):
            context.pages[0].wait_for_timeout(50)  # a request may have begun that nobody has told of yet
            is_desk = False
        context.close()
    # The server of all tests has one store of pages, and holds a connection to a database that is removed in the end.
    application = import_module("archsite.wsgi").application
    application.clear()
    application.state.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


@pytest.fixture(params=[True, False], ids=["with_javascript", "without_javascript"])
def desk_of(request: pytest.FixtureRequest, new_page: NewPage, live_server: LiveServer) -> DeskOf:
    """Seat somebody at the desk, like `desk_of("editor", "Ada")`; each has a browser of their own."""

    def seat(role: str, name: str = "") -> Page:
        page = new_page(java_script_enabled=request.param)
        page.context.add_cookies([session_of(person(role, name), live_server.url)])
        return page

    return seat


def session_of(user: User, url: str) -> dict[str, str]:
    """What a browser holds of somebody who signed in."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return {"name": cookie.key, "value": cookie.value, "url": url}


def _fault(error: WebError) -> list[str]:
    # Chromium says so when what follows a page is none of ours, or is not there in time; the page changes all the same.
    return [] if "ViewTransition" in str(error.error) else [f"{error.page and error.page.url}: {error.error}"]


def _complaint(message: ConsoleMessage) -> list[str]:
    page, url = message.page, message.location["url"]
    # Chromium logs the status of an error page as an error: tests of such pages look at the status themselves.
    # So do tests of what is kept, which the form tells its editor in words.
    is_own_status = (url == page.url or url.endswith("/keep/")) and message.text.startswith("Failed to load resource")
    if message.type != "error" or is_own_status:
        return []
    return [f"{page.url}: {message.text} ({url})"]
