"""What somebody who suffers would type leads to the entry that they need; the same on both databases."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from patterns.document.finder import Question
from patterns.files.limits import ADMIN_LIMITS
from patterns.files.reader import Upload, read_files
from patterns.search import ListQuery, search
from patterns.store.imports import import_file
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import A_FILE
from patterns.views.find import offer_for

CATALOGUE = Path(settings.BASE_DIR) / "fixtures" / "patterns.toml"


def sentences_in(name: str) -> dict[str, list[str]]:
    """By sentence, the codes of the entries that answer it; any of them does."""
    found = tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))["sentences"]
    return {sentence: [codes] if isinstance(codes, str) else codes for sentence, codes in found.items()}


@pytest.fixture(scope="module")
def filled_catalogue(shared_rows: SharedRows) -> None:
    upload = Upload(CATALOGUE.name, "toml", CATALOGUE.read_bytes())
    with shared_rows():
        import_file(read_files([upload], limits=ADMIN_LIMITS), by=A_FILE)


def place(sentence: str, codes: list[str]) -> int:
    """How many entries stand before the first that is needed; many if none is found."""
    found = [hit.pattern.code for hit in search(ListQuery(q=sentence)).hits]
    return min((found.index(code) for code in codes if code in found), default=99)


@pytest.mark.usefixtures("filled_catalogue", "db")
@pytest.mark.parametrize(
    ("name", "first", "in_three"),
    [
        ("sentences.toml", 0.90, 0.98),
        ("unread.toml", 0.90, 0.98),
        ("strangers.toml", 0.90, 0.98),
        # Measured, so that the shares do not fall: here a search by words comes to its end.
        ("colloquial.toml", 0.80, 0.95),
        ("figurative.toml", 0.62, 0.80),
    ],
)
def test_the_entry_that_is_needed_comes_first_or_among_the_first_three(name: str, first: float, in_three: float):
    places = {sentence: place(sentence, codes) for sentence, codes in sentences_in(name).items()}

    assert len(places) >= 40
    assert sum(each == 0 for each in places.values()) >= first * len(places), places
    assert sum(each < 3 for each in places.values()) >= in_three * len(places), places


@pytest.mark.usefixtures("filled_catalogue", "db")
@pytest.mark.parametrize("name", ["sentences.toml", "unread.toml", "strangers.toml"])
def test_the_finder_offers_a_symptom_of_the_entry_that_is_needed(name: str):
    offered = {
        sentence: [tick.mark.code in codes for tick in offer_for(Question(), sentence).best]
        for sentence, codes in sentences_in(name).items()
    }

    assert sum(each[:1] == [True] for each in offered.values()) >= 0.90 * len(offered), offered
    assert sum(any(each[:3]) for each in offered.values()) >= 0.95 * len(offered), offered
