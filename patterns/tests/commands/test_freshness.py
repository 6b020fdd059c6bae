"""``drill freshness``: what was written is what both servers answer next, and the drill would tell."""

import re

import pytest

from patterns.bench.browser import Answer
from patterns.bench.freshness import CANARY, FreshnessFigures, Written, compare
from patterns.document.entry import Entry
from patterns.tests.commands.terminal import said

ENTRY = Entry(code="1", slug="one", name="One", description="One.", category="Some")


class Reader:
    """A site that answers the same on every page."""

    def __init__(self, text: str, status: int = 200) -> None:
        self.text, self.status = text, status

    def get(self, path: str) -> Answer:
        return Answer(path, 404 if self.status != 200 and "?" in path else self.status, {}, self.text.encode())


def found(*readers: Reader, is_public: bool = True) -> FreshnessFigures:
    figures = FreshnessFigures()
    compare(Written("a test", ENTRY, "word7written", is_public), [*readers], turn=0, figures=figures)
    return figures


def test_pages_that_say_what_was_written_are_fresh():
    right = Reader('word7written in <a href="/patterns/one/">')

    figures = found(right, right)

    assert (figures.answers["a test"], figures.stale["a test"], figures.failures) == (8, 0, [])


def test_a_server_that_says_something_older_is_stale():
    right, old = Reader('word7written in <a href="/patterns/one/">'), Reader('<a href="/patterns/one/">')

    figures = found(right, old)

    assert figures.stale["a test"] == 3  # the list of what was found still leads to the entry
    assert "/patterns/one/ was stale after change 1 (a test)." in figures.failures


def test_a_retired_entry_that_is_still_shown_is_stale():
    assert found(Reader('word7written in <a href="/patterns/one/">'), is_public=False).stale["a test"] == 4


@pytest.mark.parametrize("status", [200, 500])
def test_what_is_not_public_is_found(status: int):
    figures = found(Reader(f'word7written {CANARY} "/patterns/one/"', status))

    assert sum("showed what is not public" in one for one in figures.failures) == 4


def test_six_ways_to_write_are_read_at_once_from_two_servers():
    text = said("drill", "freshness", changes=6)

    assert re.search(r"together +6 +48 +0", text)
    for way in ("a save in the admin", "an import", "a restore", "an accepted proposal", "retire", "publish"):
        assert re.search(rf"{way} +1 +8 +0", text)
