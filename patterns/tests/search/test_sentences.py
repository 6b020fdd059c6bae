"""What somebody who suffers would type leads to the entry that they need; the same on both databases."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from patterns.files.limits import ADMIN_LIMITS
from patterns.files.reader import Upload, read_files
from patterns.search import ListQuery, search
from patterns.store.imports import import_file
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import A_FILE

CATALOGUE = Path(settings.BASE_DIR) / "fixtures" / "patterns.toml"
SENTENCES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text(encoding="utf-8"))["sentences"]


@pytest.fixture(scope="module")
def filled_catalogue(shared_rows: SharedRows) -> None:
    upload = Upload(CATALOGUE.name, "toml", CATALOGUE.read_bytes())
    with shared_rows():
        import_file(read_files([upload], limits=ADMIN_LIMITS), by=A_FILE)


def place(sentence: str, code: str) -> int:
    """How many entries stand before the one that is needed; many if it is not found."""
    found = [hit.pattern.code for hit in search(ListQuery(q=sentence)).hits]
    return found.index(code) if code in found else 99


@pytest.mark.usefixtures("filled_catalogue", "db")
def test_the_entry_that_is_needed_comes_first_nine_times_in_ten():
    places = {sentence: place(sentence, code) for sentence, code in SENTENCES.items()}

    assert len(places) >= 40
    assert sum(each == 0 for each in places.values()) >= 0.90 * len(places), places
    assert sum(each < 3 for each in places.values()) >= 0.98 * len(places), places
