"""The catalogue that comes with the project: what is asked of its entries, checked on the file itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from patterns.document.catalog import CatalogFile, Document
from patterns.document.debts import Requirement, debts
from patterns.document.entry import GIVEN_KEYS
from patterns.document.vocabulary import SYMMETRIC
from patterns.files.limits import ADMIN_LIMITS
from patterns.files.reader import Upload, read_files
from patterns.files.toml import write_toml
from patterns.lab.evidence import what_is_wrong
from patterns.lint.rules import lint
from patterns.store.exports import export_all
from patterns.store.imports import import_file
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import A_FILE, AT

FILE = Path(settings.BASE_DIR) / "fixtures" / "patterns.toml"
GIVEN = Path(__file__).parent / "data" / "items.toml"
END = "\n[end]\nentries = 24\n"  # so that a copy that was cut off is seen, and one that is whole restores
RELATIONS = """
    06 uses 07 · 07 alternative to 12 · 12 leads to 05 · 04 uses 10 · 08 complements 10 · 10 weakened by 11 · 09 uses 04
    01 uses 09 · 01 leads to 06 · 01 leads to 04 · 01 leads to 10 · 01 leads to 05 · 01 uses 08 · 01 complements 02
    01 often confused with 03 · 08 often confused with 04 · 04 often confused with 03 · 03 complements 02 · 02 uses 07
    12 often confused with 02 · 06 uses 02 · 11 complements 12 · 11 leads to 06
    01 requires 20 · 01 requires 14 · 02 requires 16 · 04 requires 14 · 06 requires 16 · 06 requires 13 · 07 requires 16
    10 requires 14 · 11 requires 23 · 12 requires 17 · 13 requires 14 · 13 requires 16 · 19 requires 16 · 21 requires 14
    06 alternative to 24 · 07 alternative to 24 · 05 alternative to 23 · 17 alternative to 21 · 22 variant of 04
    10 complements 15 · 10 complements 13 · 05 uses 17 · 07 uses 19 · 02 uses 18
"""
# Ten that the catalogue began with, and those that its neighbours brought.
QUESTIONS = [
    ("how do I not lose events when the broker is down?", "07"),
    ("which events go to a dead letter queue, and who replays them?", "02"),
    ("what do I owe if I split the database per service?", "01"),
    ("undo a booking that spans several services", "06"),
    ("one slow dependency takes all my threads", "15"),
    ("replace a legacy system without a big bang", "09"),
    ("data does not fit on one node any more", "11"),
    ("how did the balance of this account come about?", "12"),
    ("same TLS and metrics for services in many languages", "08"),
    ("my mobile client makes too many calls for one page", "04"),
    ("queries are slow because reads and writes need different shapes", "05"),
    ("a consumer gets the same message twice", "16"),
    ("reuse capabilities that other departments own", "03"),
    ("teams wait for each other's releases", "01"),
    ("the provider is down and our site goes down with it", "10"),
    ("how long should I wait before I try again?", "13"),
    ("after an outage all clients come back at the same moment", "13"),
    ("the user has gone and the servers still work on the request", "14"),
    ("the card was charged twice", "16"),
    ("an overview page joins too many tables", "17"),
    ("many independent consumers need the same message", "18"),
    ("pass on changes of an application that nobody may touch", "19"),
    ("two services write to the same table", "20"),
    ("a page needs data from several services, where do I join it?", "21"),
    ("the web team and the app team fight over one API", "22"),
    ("reads are slow because one machine answers all of them", "23"),
    ("a user does not see the change that he just saved", "23"),
    ("commit in two databases at once or not at all", "24"),
]


def catalogue(path: Path) -> CatalogFile:
    return read_files([Upload(path.name, "toml", path.read_bytes())], limits=ADMIN_LIMITS)


@pytest.fixture(scope="module")
def document() -> Document:
    return catalogue(FILE).document


def test_the_given_keys_stand_to_the_letter(document: Document):
    given = catalogue(GIVEN).document.entries

    assert [*document.entries][: len(given)] == [*given]
    for code, entry in given.items():
        assert [getattr(entry, key) for key in GIVEN_KEYS] == [
            getattr(document.entries[code], key) for key in GIVEN_KEYS
        ]


def test_the_file_is_canonical(document: Document):
    assert FILE.read_text(encoding="utf-8") == write_toml(document) + END


def test_an_editor_would_find_nothing_to_mend(document: Document):
    findings = lint(document.entries, today=AT.date(), reviewed={}, cited=what_is_wrong)

    assert [one for one in findings if one.severity != "hint"] == []


def test_the_relations_that_must_be_there_are_there(document: Document):
    stated = {(code, one.type, one.target) for code, entry in document.entries.items() for one in entry.relations}
    both_ways = stated | {(target, kind, code) for code, kind, target in stated if kind in SYMMETRIC}

    for wanted in " · ".join(RELATIONS.strip().splitlines()).split(" · "):
        code, kind, target = wanted.strip()[:2], wanted.strip()[3:-3], wanted.strip()[-2:]
        assert (code, kind, target) in both_ways


@pytest.mark.django_db
def test_importing_it_over_the_bare_entries_updates_all_twelve_and_adds_their_neighbours():
    import_file(catalogue(GIVEN), by=A_FILE)

    plan = import_file(catalogue(FILE), by=A_FILE).plan

    assert (plan.count("update"), plan.count("create"), plan.conflicts) == (12, 12, ())


@pytest.mark.django_db
def test_exporting_after_importing_gives_the_file():
    import_file(catalogue(GIVEN), by=A_FILE)
    import_file(catalogue(FILE), by=A_FILE)

    assert write_toml(export_all().document) + END == FILE.read_text(encoding="utf-8")


def test_three_quarters_of_the_gains_and_costs_are_backed(document: Document):
    backed = [bool(one.evidence) for entry in document.entries.values() for one in entry.consequences]

    assert sum(backed) >= 0.75 * len(backed)


def test_what_an_entry_obliges_one_to_build_has_a_page(document: Document):
    requirements = [
        Requirement(code, one.target, one.why)
        for code, entry in document.entries.items()
        for one in entry.relations
        if one.type == "requires"
    ]

    owed = {code: {debt.code for debt in debts(code, requirements)} for code in document.entries}

    assert set().union(*owed.values()) <= document.entries.keys()
    assert owed["06"] >= {"13", "14", "16"}  # retries, which need timeouts and idempotent services


@pytest.fixture(scope="module")
def asked(shared_rows: SharedRows) -> Iterator[Client]:
    with shared_rows():
        import_file(catalogue(FILE), by=A_FILE)
        yield Client()


@pytest.mark.django_db
@pytest.mark.parametrize(("question", "code"), QUESTIONS)
def test_an_architects_question_finds_its_entry_first(asked: Client, question: str, code: str):
    found = asked.get("/api/v1/patterns", {"q": question}).json()["items"]

    assert found[0]["code"] == code
