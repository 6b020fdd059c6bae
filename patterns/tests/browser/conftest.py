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


class Door:
    """Lets one request into the test server at a time, and none while it is shut.

    All its threads share one connection to SQLite's memory, where one transaction ends another: a form that keeps what
    is typed sends a request while the next page is asked for, and once more as the test ends, whose tables are emptied.
    """

    def __init__(self) -> None:
        self.turn = RLock()
        self.is_open = False

    def set_open(self, is_open: bool) -> None:
        """Once whoever is inside has left."""
        with self.turn:
            self.is_open = is_open

    def letting_in(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        def in_turn(handler: WSGIHandler, environ: Any, start_response: Callable[..., Any]) -> Any:
            with self.turn:
                if self.is_open:
                    return answer(handler, environ, start_response)
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []

        return in_turn


@pytest.fixture(scope="package")
def door() -> Iterator[Door]:
    door = Door()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WSGIHandler, "__call__", door.letting_in(WSGIHandler.__call__))
        yield door


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer, door: Door) -> Iterator[NewPage]:
    """Open pages with the context options of Playwright, like `new_page(color_scheme="dark")`."""
    contexts, complaints = [], []
    door.set_open(True)

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.on("weberror", lambda error: complaints.extend(_fault(error)))
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        return context.new_page()

    yield make
    for context in contexts:
        context.cookies()  # all that was said before its answer is heard
    found = [*complaints]  # without what pages say of the shut door
    door.set_open(False)
    for context in contexts:
        context.close()
    # The server of all tests has one store of pages, and holds a connection to a database that is removed in the end.
    pages = import_module("archsite.wsgi").pages
    pages.clear()
    pages.state.close()
    assert not found, "\n".join(found)


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
