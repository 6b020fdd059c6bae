"""The matrix: what is gained and paid, what backs it, and what the lab showed."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.document.vocabulary import QUALITIES
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import stored_verdict
from patterns.tests.factories import change_pattern, entry, import_entries, make_category, make_pattern
from patterns.tests.pages.trees import as_read, links, parsed, text, texts
from patterns.views import matrix
from patterns.views.pages import PAGES

pytestmark = pytest.mark.django_db

SAGA, OUTBOX = "saga-pattern", "outbox-pattern"
WORDS = {"helps": "Helps", "hurts": "Hurts", "same": "No difference"}


def gain(quality: str = "latency", *evidence: str, sign: str = "gain") -> dict[str, Any]:
    return {"quality": quality, "sign": sign, "text": f"About {quality}, a {sign}.", "evidence": [*evidence]}


def cost(quality: str = "latency", *evidence: str) -> dict[str, Any]:
    return gain(quality, *evidence, sign="cost")


def page(client: Client, query: str = "") -> Element:
    return parsed(client.get(f"/matrix/{query}"))


def said(element: Element) -> str:
    return as_read("".join(element.itertext())).strip()


def of_class(page: Element, name: str) -> list[Element]:
    return [one for one in page.iter() if name in one.get("class", "").split()]


def names(page: Element) -> list[str]:
    """The entries of the first table, in order."""
    table = page.find(".//table")
    return [] if table is None else [said(one) for one in of_class(table, "matrix-entry")]


def cells(page: Element) -> list[str]:
    """What each cell that holds anything is called."""
    return [said(one) for one in of_class(page, "matrix-cell")]


# Gains and costs.


def test_it_works(client: Client):
    make_pattern("06", name="Saga", consequences=[cost("latency"), gain("latency"), gain("security")])

    shown = page(client)

    assert texts(shown, "h1") == ["Gains and costs at a glance"]
    assert [said(one) for one in of_class(shown, "matrix-quality")] == [*QUALITIES]
    assert cells(shown) == [
        "latency gain, the editor’s judgement; cost, the editor’s judgement",  # noqa: RUF001
        "security gain, the editor’s judgement",  # noqa: RUF001
    ]
    assert len(of_class(shown, "matrix-nothing")) == len(QUALITIES) - 2


def test_a_cell_opens_its_sentences_and_what_backs_them(client: Client):
    references = [{"key": "sagas-1987", "title": "Sagas", "year": 1987}]
    consequences = [cost("latency", "sagas-1987"), gain("latency", "lab:default/half_done")]
    make_pattern("06", name="Saga", slug=SAGA, consequences=consequences, references=references)

    shown = page(client)

    (note,) = of_class(shown, "matrix-note")
    (button,) = of_class(shown, "matrix-cell")
    assert button.get("popovertarget") == note.get("id") == "cell-06-latency"
    assert [said(one) for one in note.iter("li")] == [
        "gain About latency, a gain. Shown in the lab: 6.7 → 0 (bookings left half done; The coordinator crashes)",
        "cost About latency, a cost. Source: Sagas, 1987",
    ]
    assert links(note)["/patterns/saga-pattern/#source-sagas-1987"] == "Sagas"
    assert links(note)["/patterns/saga-pattern/lab/"] == "6.7 → 0"


@pytest.mark.parametrize(
    ("evidence", "ground", "word"),
    [
        (("lab:default/half_done", "sagas"), "lab", "shown in the lab"),
        (("sagas",), "source", "a source says so"),
        ((), "judgement", "the editor’s judgement"),  # noqa: RUF001
        (("nobody", "lab:nothing"), "judgement", "the editor’s judgement"),  # noqa: RUF001
    ],
)
def test_a_mark_tells_the_firmest_evidence(client: Client, evidence: tuple[str, ...], ground: str, word: str):
    consequences = [gain("latency"), gain("latency", *evidence)]
    make_pattern("06", slug=SAGA, consequences=consequences, references=[{"key": "sagas", "title": "Sagas"}])

    shown = page(client)

    assert cells(shown) == [f"latency gain, {word}"]
    (button,) = of_class(shown, "matrix-cell")
    assert len(of_class(button, f"matrix-{ground}")) == 1


def test_figures_of_an_entry_that_was_renamed_lead_to_its_present_page(client: Client):
    saga = make_pattern("06", slug=SAGA, consequences=[gain("latency", "lab:default/half_done")])
    change_pattern(saga, slug="sagas")

    assert links(page(client))["/patterns/sagas/lab/"]
    assert cells(page(client)) == ["latency gain, shown in the lab"]


def test_of_two_experiments_the_one_of_the_present_slug_counts(client: Client):
    saga = make_pattern("06", slug=OUTBOX, consequences=[gain("latency", "lab:default/half_done")])
    change_pattern(saga, slug=SAGA)

    assert cells(page(client)) == ["latency gain, shown in the lab"]


def test_entries_stand_by_category_and_then_by_code(client: Client):
    for name in ("Later", "Earlier"):
        make_category(name)
    for code, category in (("1", "Earlier"), ("12", "Later"), ("2", "Later"), ("3", "Earlier")):
        make_pattern(code, category=category)

    shown = page(client)

    assert names(shown) == ["Pattern 2", "Pattern 12", "Pattern 1", "Pattern 3"]
    assert [said(one) for one in of_class(shown, "matrix-shelf")] == ["Later", "Earlier"]


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
@pytest.mark.parametrize("query", ["", "?quality=latency", "?category=data-pattern", "?after=data-pattern.0"])
def test_what_is_not_public_is_not_there(client: Client, status: str, query: str):
    make_pattern("01", name="Seen", consequences=[gain()])
    make_pattern(
        "02", name="Hidden", slug=SAGA, status=status, consequences=[cost("latency", "lab:default/log_writes")]
    )

    shown = page(client, query)

    assert names(shown) == ["Seen"]
    assert "cost" not in " ".join(cells(shown))
    assert not of_class(shown, "matrix-trials")


def test_an_empty_catalogue_has_an_empty_matrix(client: Client):
    shown = page(client)

    assert "The catalogue has no entries yet." in text(shown)
    assert shown.find(".//table") is None


# One quality, one category.


def test_a_quality_shows_who_gains_it_and_who_pays_with_it(client: Client):
    make_pattern("01", name="Both", consequences=[gain(), cost()])
    make_pattern("02", name="Other", consequences=[cost("security")])
    make_pattern("03", name="Pays", consequences=[cost(), cost("security")])

    shown = page(client, "?quality=latency")

    rows = [[said(cell) for cell in row] for row in shown.iter("tr") if of_class(row, "matrix-entry")]
    judged = "Editor’s judgement"  # noqa: RUF001
    assert rows == [
        ["Both", f"gain About latency, a gain. {judged}", f"cost About latency, a cost. {judged}"],
        ["Pays", "", f"cost About latency, a cost. {judged}"],
    ]


def test_the_head_of_a_column_leads_to_its_quality(client: Client):
    make_pattern("01", category="Data")

    assert links(page(client))["/matrix/?quality=latency"] == "latency"
    assert links(page(client, "?category=data"))["/matrix/?category=data&quality=latency"] == "latency"


def test_a_category_can_be_chosen_too(client: Client):
    make_pattern("01", name="Here", category="Data", consequences=[gain()])
    make_pattern("02", name="Plain", category="Data")
    make_pattern("03", name="There", category="Calls", consequences=[gain()])

    assert names(page(client, "?category=data")) == ["Here", "Plain"]
    assert names(page(client, "?category=data&quality=latency")) == ["Here"]
    assert "says anything of security" in text(page(client, "?quality=security"))


def test_a_place_in_another_category_is_ignored(client: Client):
    make_pattern("01", category="Data")
    make_pattern("02", category="Calls")
    make_pattern("03", category="Calls")

    assert names(page(client, "?category=data&after=calls.02")) == ["Pattern 01"]


@pytest.mark.parametrize(
    "query",
    [
        *("?quality=beauty", "?category=nothing", "?category=%00"),
        *("?after=06", "?after=nothing.06", "?after=data.%00", "?after=data.", "?after=%00.06"),
    ],
)
def test_what_means_nothing_is_ignored(client: Client, settings, query: str):
    settings.SITE_URL = "https://catalog.example"
    make_pattern("01", category="Data")

    shown = page(client, query)

    assert names(shown) == ["Pattern 01"]
    (canonical,) = shown.findall(".//link[@rel='canonical']")
    assert canonical.get("href") == "https://catalog.example/matrix/"


# Page by page.


def walked(client: Client, query: str = "") -> Iterator[list[str]]:
    """The entries of one page after the other."""
    address = f"/matrix/{query}"
    while address:
        shown = parsed(client.get(address))
        yield names(shown)
        address = next((one.attrib["href"] for one in shown.iter("a") if one.get("rel") == "next"), "")


# How many entries each category has: many small ones, large ones, and both.
SHELVES = [(1, 1, 1, 1, 1, 1, 1, 1), (9,), (3, 1, 8, 1, 1), (7, 7), (4, 4), (3, 3, 3), (1, 2, 5, 2, 1)]


@pytest.mark.parametrize("shelves", SHELVES)
@pytest.mark.parametrize("query", ["", "?quality=latency"])
def test_pages_show_every_entry_once_and_in_order(client: Client, monkeypatch, shelves: tuple[int, ...], query: str):
    monkeypatch.setattr(matrix, "PAGE_SIZE", 4)
    expected = []
    made = []
    for shelf, count in enumerate(shelves):
        make_category(f"Shelf {shelf}")
        for number in range(count):
            code = f"{number}{'x' * (number % 2)}{shelf}"
            speaks = number % 3 != 1
            consequences = [gain(), cost()][: 1 + (number % 4 < 3)] if speaks else [gain("security")]
            made.append(entry(code, category=f"Shelf {shelf}", consequences=consequences))
            if speaks or not query:
                expected.append((shelf, len(code), code))
    import_entries(made)

    pages = [*walked(client, query)]

    assert [name for one in pages for name in one] == [f"Pattern {code}" for _, _, code in sorted(expected)]
    assert {len(one) for one in pages[:-1]} <= {4}


def test_a_last_page_that_is_full_leads_no_further(client: Client, monkeypatch):
    monkeypatch.setattr(matrix, "PAGE_SIZE", 2)
    import_entries(entry(f"{number}", category="Data") for number in range(4))

    assert [len(one) for one in walked(client)] == [2, 2]


@pytest.mark.parametrize("query", ["", "?quality=latency", "?after=shelf-1.01", "?after=shelf-1.01&quality=latency"])
def test_a_page_in_the_middle_keeps_to_its_queries(client: Client, monkeypatch, query: str):
    monkeypatch.setattr(matrix, "PAGE_SIZE", 12)
    evidence = {"consequences": [gain("latency", "lab:saga-pattern/default/half_done")]}
    import_entries(entry(f"{number:02}", category=f"Shelf {number % 4}", **evidence) for number in range(40))
    (budget,) = (one.queries for one in PAGES if one.name == "matrix")

    with CaptureQueriesContext(connection) as captured:
        assert len(names(page(client, query))) == 12

    assert len(captured) <= budget <= 10


# When something breaks.


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.slug)
def test_every_situation_of_the_lab_is_there_with_what_it_showed(client: Client, experiment):
    make_pattern("06", slug=experiment.slug)

    (table,) = of_class(page(client), "matrix-trials")

    rows = [[said(cell) for cell in row] for row in table.iter("tr") if of_class(row, "matrix-entry")]
    verdicts = [stored_verdict(experiment, one) for one in experiment.presets]
    expected = [(WORDS[one.stance], as_read(one.finding), as_read(one.besides)) for one in verdicts]
    assert [tuple(row[1:]) for row in rows] == expected
    assert [row[0] for row in rows] == [as_read(f"{one.name} {one.about}") for one in experiment.presets]
    found = links(table)
    assert found[f"/patterns/{experiment.slug}/lab/"] == experiment.default.name
    assert all(f"/patterns/{experiment.slug}/lab/?preset={one.key}" in found for one in experiment.presets[1:])


def test_a_category_shows_its_own_experiments(client: Client):
    make_pattern("06", slug=SAGA, category="Transactions")
    make_pattern("07", slug=OUTBOX, category="Data")

    assert "/patterns/outbox-pattern/lab/" in links(page(client))
    assert "/patterns/outbox-pattern/lab/" not in links(page(client, "?category=transactions"))
    assert "/patterns/saga-pattern/lab/" in links(page(client, "?category=transactions"))


def test_a_catalogue_without_experiments_says_nothing_of_the_lab(client: Client):
    make_pattern("01")

    shown = page(client)

    assert "#trials" not in links(shown)
    assert "When something breaks" not in texts(shown, "h2")
