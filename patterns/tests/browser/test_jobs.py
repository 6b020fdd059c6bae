"""Eighteen jobs of an architect with ten minutes: without scripts, and at most three actions from the home page."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from patterns.models import Pattern
from patterns.tests.browser.catalogues import make_given
from patterns.tests.browser.conftest import NewPage
from patterns.tests.factories import authorship, change_pattern

MOST_ACTIONS = 3
SAGA, OUTBOX = "Saga Pattern", "Outbox Pattern"


class Reader:
    """Somebody on the home page; an action is a page that is asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0
        page.goto("/")
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        self.actions += request.is_navigation_request() and request.redirected_from is None

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def search(self, words: str) -> None:
        self.page.get_by_role("searchbox").fill(words)
        self.page.get_by_role("button", name="Search").click()

    def follow(self, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        self.main.get_by_role("link", name=name, exact=exact).first.click()

    def menu(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Site").get_by_role("link", name=name, exact=True).click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.main.get_by_text(text).first).to_be_visible()

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def results(self) -> list[str]:
        return self.main.locator(".card-name").all_inner_texts()


@pytest.fixture
def reader(transactional_db, new_page: NewPage) -> Iterator[Reader]:
    make_given()
    reader = Reader(new_page(java_script_enabled=False))
    yield reader
    assert reader.actions <= MOST_ACTIONS


def test_a_slow_dependency(reader: Reader):
    reader.search("a slow dependency makes our whole service hang")
    assert {*reader.results()[:3]} & {"Circuit Breaker Pattern", "Bulkhead Pattern", "Timeout and Deadline Propagation"}
    reader.follow("Circuit Breaker Pattern")

    reader.is_at("Circuit Breaker Pattern")
    reader.sees("Use it when")


def test_off_the_monolith(reader: Reader):
    reader.search("get off the monolith step by step")

    assert reader.results()[0] == "Strangler Fig Pattern"


def test_lost_orders(reader: Reader):
    reader.menu("Symptoms")
    reader.follow("The order is saved, but nobody hears of it.")

    reader.is_at(OUTBOX)


def test_a_stale_read(reader: Reader):
    reader.search("after saving, the page still shows the old value")

    assert "Leader\u2013Follower Replication" in reader.results()[:3]


def test_saga_or_outbox(reader: Reader):
    for name in (SAGA, OUTBOX):
        reader.page.get_by_label(f"Compare {name}", exact=True).check()
    reader.page.get_by_role("button", name="Compare ticked").click()

    reader.sees("You also owe")
    reader.sees("latency")


def test_saga_or_two_phase_commit(reader: Reader):
    reader.search("saga or two-phase commit")
    assert {*reader.results()[:2]} == {SAGA, "Two-Phase Commit"}
    for name in (SAGA, "Two-Phase Commit"):
        reader.page.get_by_label(f"Compare {name}", exact=True).check()
    reader.page.get_by_role("button", name="Compare ticked").click()

    reader.is_at(re.compile("alternative to"))


def test_what_is_owed_with_microservices(reader: Reader):
    reader.follow("Microservices Architecture")

    reader.sees(re.compile("also owe", re.IGNORECASE))
    expect(reader.main.get_by_role("link", name="Database per Service Pattern").first).to_be_visible()


def test_a_decision_record(reader: Reader):
    reader.menu("Find")
    reader.page.locator("summary", has_text="Data").first.click()
    reader.page.get_by_label("The customer was charged, but the room was never booked.").check()
    reader.page.get_by_role("button", name="Find what may help").click()
    reader.main.get_by_role("article", name=SAGA).get_by_role("link", name=re.compile("Write this decision")).click()

    reader.is_at(f"Use {SAGA}")
    reader.sees("Decision outcome")
    expect(reader.main.get_by_role("list").get_by_role("link", name="Two-Phase Commit").first).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", reader.page.pdf(format="A4"))) == 2


def test_a_link_to_a_section(reader: Reader):
    reader.follow(SAGA)
    reader.main.locator("section", has=reader.page.get_by_role("heading", name="Gains and costs")).get_by_role(
        "link", name=re.compile("Link to")
    ).first.click()

    assert reader.page.url.endswith("/patterns/saga-pattern/#consequences")


def test_cite(reader: Reader):
    reader.follow(SAGA)
    reader.page.locator("summary", has_text="BibTeX").click()

    reader.sees(re.compile(r"@\w+\{"))


def test_markdown(reader: Reader):
    reader.follow(SAGA)
    # Asked for as a program does: Chromium complains of the change from a page to a text.
    answer = reader.page.request.get(reader.main.get_by_role("link", name="Markdown").get_attribute("href") or "")

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "# Saga Pattern" in answer.text()


def test_subscribe_to_one_entry(reader: Reader):
    reader.follow(SAGA)

    feed = reader.page.locator("link[type='application/atom+xml'][href='/patterns/saga-pattern/feed.atom']")
    assert feed.count() == 1
    assert reader.page.request.get("/patterns/saga-pattern/feed.atom").ok


def test_print(reader: Reader):
    reader.follow(SAGA)
    reader.page.emulate_media(media="print")

    expect(reader.main.get_by_text("Use it when").first).to_be_visible()
    expect(reader.page.get_by_role("navigation")).to_have_count(0)


def test_what_changed_and_why(reader: Reader):
    by = replace(authorship(), public_reason="The old sentence said too much.")
    change_pattern(Pattern.objects.get(code="06"), description="It undoes.", by=by)
    reader.page.reload()
    reader.sees("The old sentence said too much.")
    reader.follow("All changes, and why")

    reader.sees("The old sentence said too much.")


def test_a_vendors_word(reader: Reader):
    reader.search("transactional outbox")

    assert reader.results()[0] == OUTBOX


def test_a_typo(reader: Reader):
    reader.search("cirquit braker")

    reader.sees("These are the results for circuit breaker.")
    assert reader.results()[0] == "Circuit Breaker Pattern"


def test_accents(reader: Reader):
    reader.search("sägá")

    assert reader.results()[0] == SAGA


def test_an_empty_search(reader: Reader):
    reader.search("zzzzqqq")

    reader.sees(re.compile("not in the catalogue", re.IGNORECASE))
    reader.follow("All symptoms")
    reader.is_at("What hurts?")
