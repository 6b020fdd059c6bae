"""Every relation that a page shows is shown by the page at its other end, over whole catalogues."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

import pytest
from django.conf import settings
from django.test import Client

from patterns.document.entry import Entry
from patterns.document.vocabulary import INVERSE, RELATION_TYPES, SYMMETRIC
from patterns.files.reader import read_one
from patterns.models import Pattern
from patterns.store.imports import import_file
from patterns.tests.factories import A_FILE, entry, import_entries
from patterns.tests.pages.trees import parsed, text

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
OTHER_WAY = INVERSE | {inverse: forward for forward, inverse in INVERSE.items()}
STATUSES = ["published"] * 5 + ["draft", "review", "retired"]
FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "patterns.toml"


class Shown(NamedTuple):
    """A relation as the page of ``here`` tells it."""

    here: str
    label: str
    there: str
    why: str

    def from_there(self) -> "Shown":
        return Shown(self.there, OTHER_WAY[self.label], self.here, self.why)


@pytest.fixture
def generated() -> None:
    """Forty entries of every status with relations of every type, drawn by lot."""
    rng = random.Random(11)
    codes = [f"{number:02}" for number in range(1, 41)]
    import_entries(
        entry(code, status=rng.choice(STATUSES), relations=drawn(code, codes, rng), category=f"Shelf {int(code) % 4}")
        for code in codes
    )


@pytest.fixture
def given() -> None:
    """The catalogue that the site begins with."""
    import_file(read_one(FIXTURE.read_bytes()), by=A_FILE)


def drawn(code: str, codes: list[str], rng: random.Random) -> list[dict[str, str]]:
    """Relations of an entry; a symmetric one is stated by the lesser code, for it may be stated once only."""
    found = {}
    for type in rng.sample(RELATION_TYPES, 5):
        target = rng.choice([other for other in codes if other != code])
        if type not in SYMMETRIC or code < target:
            found[type] = {"type": type, "target": target, "why": f"{code} {type} {target}"}
    return [*found.values()]


def shown_in_words(page: Element, here: str) -> Iterator[Shown]:
    """What the list of related entries says."""
    label = ""
    for one in page.iterfind(".//dl[@class='relations']/*"):
        if one.tag == "dt":
            label = "".join(one.itertext()).strip()
        else:
            why = text(one, "span") if one.find("span") is not None else ""
            yield Shown(here, label, slug_in(one.find("a")), why)


def shown_in_the_drawing(page: Element, here: str) -> Iterator[tuple[str, str, str]]:
    """What the boxes of the neighbourhood say: here, label, there."""
    for link in page.iterfind(f".//{SVG}svg[@class='drawing neighbourhood']//{SVG}a"):
        captions = [one.text or "" for one in link.iter(f"{SVG}text") if "letters-caption" in one.get("class", "")]
        for label in " ".join(captions).split(" · "):
            yield here, label, slug_in(link)


def slug_in(link: Element | None) -> str:
    assert link is not None
    return link.attrib["href"].removeprefix("/patterns/").removesuffix("/")


def pages(client: Client) -> dict[str, Element]:
    slugs = Pattern.objects.published().values_list("slug", flat=True)
    return {slug: parsed(client.get(f"/patterns/{slug}/")) for slug in slugs}


def all_shown(pages: dict[str, Element]) -> set[Shown]:
    return {one for slug, page in pages.items() for one in shown_in_words(page, slug)}


def stated(patterns: list[Pattern]) -> int:
    """How many relations have both ends among these entries."""
    codes = {one.code for one in patterns}
    return sum(one.target in codes for pattern in patterns for one in pattern.relations.all())


@pytest.mark.parametrize("catalogue", ["generated", "given"])
def test_every_relation_is_shown_at_both_ends(client: Client, request: pytest.FixtureRequest, catalogue: str):
    request.getfixturevalue(catalogue)

    shown = all_shown(pages(client))

    assert {one.from_there() for one in shown} == shown
    assert len(shown) == 2 * stated([*Pattern.objects.published()])


@pytest.mark.usefixtures("generated")
def test_every_type_is_among_them(client: Client):
    assert {one.label for one in all_shown(pages(client))} == {*OTHER_WAY}


@pytest.mark.parametrize("catalogue", ["generated", "given"])
def test_the_drawing_of_a_page_shows_what_its_list_says(client: Client, request: pytest.FixtureRequest, catalogue: str):
    request.getfixturevalue(catalogue)

    for slug, page in pages(client).items():
        assert {*shown_in_the_drawing(page, slug)} == {one[:3] for one in shown_in_words(page, slug)}


def test_a_relation_that_only_one_page_tells_would_be_found():
    one = Shown("saga", "uses", "outbox", "To send.")

    assert one.from_there() == Shown("outbox", "used by", "saga", "To send.")
    assert {one.from_there()} != {one}


def test_the_generated_entries_are_valid():
    assert isinstance(entry("01", relations=drawn("01", ["01", "02", "03"], random.Random(1))), Entry)
