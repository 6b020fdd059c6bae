"""How to cite an entry, whatever it and its catalogue are called."""

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.files.citation import TEX, Citation, plain

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
HOSTILE = [
    r"50 % of \{braces}",
    "}",
    "{{{",
    r"\\",
    "A & B_C #1 $5 ~^",
    'say "yes" @misc{x,',
    "佐賀 パターン",
    "</pre><b>",
]


def citation(**values: Any) -> Citation:
    about = {
        "name": "Saga Pattern",
        "code": "06",
        "slug": "saga-pattern",
        "catalogue": "Archsite",
        "day": date(2025, 3, 14),
        "address": "https://catalog.example/patterns/saga-pattern/",
    }
    return Citation(**{**about, **values})


def field(text: str, key: str) -> str:
    """What stands between the outer braces of a field."""
    [found] = re.findall(rf"^  {key} = {{(.*)}},$", text, flags=re.MULTILINE)
    return found


def is_balanced(text: str) -> bool:
    """As BibTeX counts: every brace, also one behind a backslash."""
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def unwritten(tex: str) -> str:
    """What TeX sets for a text in which everything that means something to it is written in words."""
    words = {word: character for character, word in TEX.items()}
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], tex)


def test_a_sentence_names_entry_catalogue_day_and_address():
    assert citation(version=12).text == (
        "“Saga Pattern”, Archsite, entry 06, version 12 of the catalogue, 14 March 2025, "
        "https://catalog.example/patterns/saga-pattern/"
    )


def test_for_bibtex_it_is_an_entry_of_its_own():
    assert citation().bibtex == "\n".join(
        [
            "@misc{saga-pattern-2025,",
            "  author = {{Archsite}},",
            "  title = {{Saga Pattern}},",
            "  year = {2025},",
            "  month = mar,",
            "  note = {Entry 06},",
            "  date = {2025-03-14},",
            "  url = {https://catalog.example/patterns/saga-pattern/},",
            "}",
        ]
    )


def test_reference_managers_are_told_the_same():
    [item] = json.loads(citation(version=12).csl_json)

    assert item == {
        "id": "saga-pattern-2025",
        "type": "entry-encyclopedia",
        "title": "Saga Pattern",
        "container-title": "Archsite",
        "author": [{"literal": "Archsite"}],
        "issued": {"date-parts": [[2025, 3, 14]]},
        "number": "06",
        "version": "12",
        "URL": "https://catalog.example/patterns/saga-pattern/",
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str):
    shown = citation(name=name, catalogue=name)

    assert is_balanced(shown.bibtex)
    assert unwritten(field(shown.bibtex, "title")[1:-1]) == name
    assert json.loads(shown.csl_json)[0]["title"] == name


@given(TEXTS, TEXTS)
def test_any_name_comes_back_from_bibtex_and_from_json(name: str, catalogue: str):
    shown = citation(name=name, catalogue=catalogue)

    assert is_balanced(shown.bibtex)
    assert len(shown.bibtex.split("\n")) == 9
    assert unwritten(field(shown.bibtex, "title")[1:-1]) == plain(name)
    assert unwritten(field(shown.bibtex, "author")[1:-1]) == plain(catalogue)
    assert json.loads(shown.csl_json)[0]["author"] == [{"literal": plain(catalogue)}]


def test_an_address_cannot_close_its_field():
    shown = citation(address="https://catalog.example/a b}{\\%41\u3000/")

    assert field(shown.bibtex, "url") == "https://catalog.example/a%20b%7D%7B%5C%41%E3%80%80/"
