import re
from datetime import date
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from patterns.document.entry import Entry
from patterns.document.prose import Target
from patterns.document.register import keys_of
from patterns.files.markdown import (
    Edition,
    LabFinding,
    RelatedEntry,
    Surroundings,
    plain_line,
    prose_markdown,
    write_markdown,
)
from patterns.tests.factories import RICH, entry
from patterns.tests.strategies import ENTRIES, texts

ADDRESS = "https://catalog.example/patterns/saga/"
RELATED = [RelatedEntry("required by", "Outbox *", "https://catalog.example/patterns/outbox/", "It sends.")]
TARGETS = {"06": Target("Saga *", "https://catalog.example/patterns/saga/")}
OWED = [RelatedEntry("", "Outbox", "https://catalog.example/patterns/outbox/", "Each step sends.")]
LAB = f"{ADDRESS}lab/"
FIGURES = {"lab:saga-pattern/default/half_done": Target("half done 7 → 0", LAB)}
FINDING = LabFinding("Does it *end*?", "A crash", "It helps here: 0, 7.", "Half-done bookings", LAB)
EDITION = Edition(
    changed_on=date(2025, 3, 14),
    catalog="Systems *",
    address="https://catalog.example/",
    version=42,
    licence="CC BY 4.0",
    licence_address="https://licence.example/",
)
AROUND = Surroundings(RELATED, OWED, figures=FIGURES, finding=FINDING, edition=EDITION)
READER = MarkdownIt("commonmark")
HOSTILE = "<script>alert(1)</script> # [a](javascript:b) ![c](d) **e** `f` _g_ & &lt; | ~~h~~"


def shown(markdown: str) -> Element:
    return html5lib.parse(READER.render(markdown), namespaceHTMLElements=False)


def test_an_entry_with_nothing_but_the_given_keys_has_a_head_alone():
    text = write_markdown(entry(name="Saga"), address=ADDRESS)

    assert text == (
        "# Saga\n\nWhat Saga is.\n\n- Code: 01\n- Category: Data Pattern\n- Kind: pattern\n"
        "- Page: <https://catalog.example/patterns/saga/>\n"
    )


def test_an_entry_that_has_everything_has_the_sections_of_its_page():
    page = shown(write_markdown(entry(**RICH), address=ADDRESS, around=AROUND))

    assert [title.text for title in page.iter("h2")] == [
        *("Symptoms", "Problem", "Solution", "Variants", "When to use it", "When to avoid it", "Gains and costs"),
        *("In the lab", "Step by step", "Examples", "How to prove it", "What to watch", "What it obliges you to build"),
        *("Related entries", "Known uses", "Known elsewhere as", "Origin", "References"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "- Where it hurts: data",
        "- Also known as: Long Running Action; Process Manager",
        "1. Orders → Payments: charge the card (call) — once only",
        "2. Payments → Orders: declined (refusal, Choreography)",
        "- The money is gone here and has not come there.",
        "### Orchestration",
        "```sql",
        "    id integer",
        "One row a step.",
        "1. [Outbox](<https://catalog.example/patterns/outbox/>) — Each step sends.",
        "- [A bank](<https://example.org/bank>), 2001 — It moves money.",
        "- steps span several databases",
        "- **gain in availability**: No step waits for another. — source: [Sagas](<https://example.org/sagas>), 1987; "
        "shown in the lab: [half done 7 → 0](<https://catalog.example/patterns/saga/lab/>)",
        "- **cost in consistency**: Half-done work is visible. — editor's judgement",
        r"- required by [Outbox \*](<https://catalog.example/patterns/outbox/>) — It sends.",
        "- Compensator, in Cloud Catalogue, Messaging",
        "Named or first described by Hector Garcia-Molina in 1987: [source](<https://example.org/origin>)",
        "- [Sagas](<https://example.org/sagas>), Hector Garcia-Molina and Kenneth Salem, SIGMOD, 1987, primary source",
        "- A talk without an address",
        "- Last changed: 2025-03-14",
        r"- Catalogue: [Systems \*](<https://catalog.example/>), version 42",
        "- Licence: [CC BY 4.0](<https://licence.example/>)",
        r"Does it \*end\*?",
        "**A crash**: It helps here: 0, 7.",
        "See it run: [Half-done bookings](<https://catalog.example/patterns/saga/lab/>)",
    ],
)
def test_each_part_is_a_line(line: str):
    assert line in write_markdown(entry(**RICH), address=ADDRESS, around=AROUND).splitlines()


def test_what_is_gained_comes_before_what_is_paid():
    cost, gain = ({"quality": "cost", "sign": sign, "text": sign} for sign in ("cost", "gain"))

    text = write_markdown(entry(consequences=[cost, gain]), address=ADDRESS)

    assert text.index("gain in cost") < text.index("cost in cost")


@settings(max_examples=60, deadline=None)
@given(texts(1_000, is_required=True, has_lines=True))
def test_a_text_reads_as_it_was_written(text: str):
    (item,) = shown(f"- x {plain_line(text)}").iter("li")

    assert spaced("".join(item.itertext())) == spaced(f"x {text}")


def spaced(text: str) -> str:
    """Without the line breaks and doubled spaces that Markdown does not show."""
    return re.sub(r"[ \t\n]+", " ", text).strip()


def test_an_address_with_what_looks_like_an_entity_stays_as_it_is():
    address = "https://example.org/?a=1&copy;=2"

    page = shown(write_markdown(entry(references=[{"title": "A", "url": address}]), address=ADDRESS))

    assert address in [link.get("href") for link in page.iter("a")]


@settings(max_examples=60, deadline=None)
@given(ENTRIES)
def test_any_entry_has_one_title_and_known_sections(found: Entry):
    flat = found.model_copy(update={"problem": "", "solution": ""})

    page = shown(write_markdown(flat, address=ADDRESS))

    assert ["".join(title.itertext()).strip() for title in page.iter("h1")] == [found.name.strip()]
    assert {title.text for title in page.iter("h2")} <= {key.label for key in keys_of(Entry).values()}


@pytest.mark.parametrize(
    "text",
    ["# Title", "a\n===", "a\n---", "> quote", "<b>bold</b>", "[a](https://b)", "![a](b)", "***", "a\n\n- - -", "___"],
)
def test_what_the_site_shows_as_typed_stays_text(text: str):
    page = shown(prose_markdown(text, {}))

    found = {element.tag for element in page.iter()} - {"html", "head", "body"}
    assert found == {"p"}
    assert spaced("".join(page.itertext())) == spaced(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("*a*", "em"),
        ("**a**", "strong"),
        ("`<b>`", "code"),
        ("```\n# a <b>\n```", "pre"),
        ("- a\n- b", "ul"),
        ("1. a", "ol"),
    ],
)
def test_what_the_site_reads_as_markdown_stays_markdown(text: str, tag: str):
    assert prose_markdown(text, {}) == text
    assert [*shown(prose_markdown(text, {})).iter(tag)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("see [[06]].", r"see [Saga \*](<https://catalog.example/patterns/saga/>)."),
        ("see [[06|a *saga*]].", r"see [a \*saga\*](<https://catalog.example/patterns/saga/>)."),
        ("see [[07]] or [[07|the *outbox*]].", r"see 07 or the \*outbox\*."),
        ("see `[[06]]`.", "see `[[06]]`."),
        ("see [[06]", r"see \[\[06]"),
    ],
)
def test_a_link_to_an_entry_is_a_link_if_its_target_is_known(text: str, written: str):
    assert prose_markdown(text, TARGETS) == written


def test_code_ends_with_its_paragraph():
    assert prose_markdown("a ` b\n\n# c ` d", {}) == "a ` b\n\n\\# c ` d"


def test_hostile_text_is_neither_markup_nor_a_link():
    text = write_markdown(entry(name=HOSTILE, problem=HOSTILE, aliases=[HOSTILE], category=HOSTILE), address=ADDRESS)

    page = shown(text)

    assert not [*page.iter("script"), *page.iter("img")]
    assert {link.get("href") for link in page.iter("a")} == {ADDRESS}
