"""A decision record: its Markdown says what the record holds, under the headings of MADR."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from patterns.files.decision import (
    Argument,
    Backing,
    DecisionRecord,
    LabFinding,
    RecordDebt,
    RecordLink,
    RecordOption,
    write_decision,
)

# The headings of the template of MADR 4.0.0, in its order.
HEADINGS = [
    ("h2", "Context and Problem Statement"),
    ("h2", "Decision Drivers"),
    ("h2", "Considered Options"),
    ("h2", "Decision Outcome"),
    ("h3", "Consequences"),
    ("h3", "Confirmation"),
    ("h2", "Pros and Cons of the Options"),
    ("h3", "Saga"),
    ("h3", "Two phases"),
    ("h2", "More Information"),
]
SAGA = RecordOption(
    "06",
    "Saga",
    "https://example.org/saga",
    "Undoes step by step.",
    gains=(Argument("availability", "No lock is held.", (Backing("A paper", "https://example.org/paper"),)),),
    costs=(Argument("latency", "The log takes time.", (Backing("editor's judgement"),)),),
    lab=LabFinding("Good", "half done: 0 with it, 7 without.", "It is paid for in time.", "https://example.org/lab"),
    debts=(RecordDebt("Retry", "https://example.org/retry", "Steps fail.", through="Outbox"),),
)
OTHER = RecordOption(
    "24",
    "Two phases",
    "https://example.org/two",
    "Both or none.",
    (),
    (),
    objections=("it costs latency, which we cannot pay",),
    relations=("Two phases is an alternative to Saga.",),
)

LIMIT = RecordOption(
    "14",
    "Limit",
    "https://example.org/limit",
    "Waits no longer.",
    (),
    (Argument("latency", "x", (Backing("y"),)),),
    relations=("Saga uses Limit.",),
)


def record(**values: Any) -> DecisionRecord:
    given: dict[str, Any] = {
        "title": "Use Saga",
        "status": "proposed",
        "date": date(2026, 11, 29),
        "chosen": SAGA,
        "considered": (OTHER,),
        "companions": (),
        "deciders": "",
        "words": "Trips break.",
        "own_reason": "",
        "problem": "Three stores, one trip.",
        "symptoms": ("Half a trip is booked.", "It is slow."),
        "answered": ("Half a trip is booked.",),
        "answered_beside": (),
        "still_open": (RecordLink("It is slow.", "Cache", "https://example.org/cache"),),
        "solution": "Each step has one that undoes it.",
        "variants": ("Orchestration", "By # events"),
        "limits": ("throughput",),
        "holds": ("One team owns it.",),
        "variant": "",
        "bearable": ("The log takes time.",),
        "in_place": ("Outbox",),
        "kindred": (RecordLink("Steps come twice.", "Idempotence", "https://x.example/patterns/idempotence/"),),
        "conditions": ("One database is enough.",),
        "checks": ("Kill the coordinator.",),
        "signals": ("Age of the oldest saga.",),
        "catalog": "Architectures",
        "version": 42,
        "address": "https://example.org/decide/?choose=06",
    }
    return DecisionRecord(**{**given, **values})


def headings(text: str) -> list[tuple[str, str]]:
    tokens = MarkdownIt().parse(text.partition("\n---\n")[2])
    return [
        (one.tag, two.children[0].content)
        for one, two in pairwise(tokens)
        if one.type == "heading_open" and two.children
    ]


def test_its_headings_are_those_of_madr():
    found = headings(write_decision(record()))

    assert found == [("h1", "Use Saga"), *HEADINGS]


def test_it_begins_with_status_and_date():
    assert write_decision(record()).startswith("---\nstatus: proposed\ndate: 2026-11-29\n---\n\n# Use Saga\n")
    assert write_decision(record(date=None)).startswith("---\nstatus: proposed\n---\n\n# Use Saga\n")


@pytest.mark.parametrize(
    "line",
    [
        "- Half a trip is booked.",
        "- We cannot pay with throughput",
        "- In place already: Outbox",
        "Trips break.",
        "The problem, as the catalogue tells it: Three stores, one trip.",
        "- Holds for us: One team owns it.",
        'Chosen option: "Saga", because it answers “Half a trip is booked.”.',
        "In short: Each step has one that undoes it.",
        "To be decided, the variant: Orchestration; By \\# events.",
        "- It is slow. (see [Cache](<https://example.org/cache>))",
        "Undoes step by step. See the consequences above.",
        "Two phases is an alternative to Saga.",
        "Check each of these; decide again when one holds:",
        "- Good, because of availability: No lock is held. ([A paper](<https://example.org/paper>))",
        "- Bad, because of latency: The log takes time. (editor's judgement)",
        "- Good, because of what the lab's model showed: half done: 0 with it, 7 without. "
        "([see it run](<https://example.org/lab>))",
        "- Bad, because of what the lab's model showed: It is paid for in time.",
        "- Bad, because it obliges us to build [Retry](<https://example.org/retry>) (through Outbox): Steps fail.",
        "- Bad, because it costs latency, which we cannot pay",
        "- Kill the coordinator.",
        "- One database is enough.",
        "- Age of the oldest saga.",
        "What this record says of the options is from Architectures, version 42, licensed CC BY 4.0. "
        "[Open this record](<https://example.org/decide/?choose=06>).",
    ],
)
def test_it_says(line: str):
    assert line in write_decision(record()).splitlines()


def test_what_is_taken_together_with_it_stands_behind_the_consequences():
    text = write_decision(record(companions=(LIMIT,), answered_beside=(RecordLink("It stalls.", "Limit", "x"),)))

    assert headings(text)[5:7] == [("h3", "Consequences"), ("h3", "Together with it")]
    assert (
        'Chosen option: "Saga", together with "Limit", because it answers “Half a trip is booked.”, '
        "and Limit answers “It stalls.”.\n"
    ) in text
    assert (
        "[Limit](<https://example.org/limit>): Waits no longer.\n\nSaga uses Limit.\n\n- Bad, because of latency: x (y)"
    ) in text
    assert "### Limit" not in text


def test_a_debt_that_is_taken_is_no_burden():
    debt = RecordDebt("Limit", "https://example.org/limit", "Calls hang.", is_taken=True)

    text = write_decision(record(chosen=replace(SAGA, debts=(debt,)), companions=(LIMIT,)))

    line = "obliges us to build [Limit](<https://example.org/limit>), taken together with it: Calls hang."
    assert f"- Neutral, because it {line}" in text.splitlines()


def test_what_is_not_known_has_no_heading():
    bare = RecordOption("06", "Saga", "https://example.org/saga", "Undoes step by step.", (), ())
    nothing: dict[str, Any] = dict.fromkeys(
        (
            *("considered", "companions", "symptoms", "answered", "answered_beside", "still_open"),
            *("variants", "limits", "holds", "bearable", "in_place", "kindred", "conditions", "checks", "signals"),
        ),
        (),
    )

    text = write_decision(record(chosen=bare, words="", problem="", solution="", **nothing))

    assert [name for _, name in headings(text)] == [
        "Use Saga",
        "Context and Problem Statement",
        "Considered Options",
        "Decision Outcome",
        "Pros and Cons of the Options",
        "Saga",
        "More Information",
    ]


@pytest.mark.parametrize(
    ("symptoms", "answered", "reason"),
    [
        (("a", "b", "c"), ("a", "b", "c"), "it answers “a”, “b” and “c”"),
        (("a", "b", "c"), ("a",), "it answers “a”"),
        ((), (), "of what it gains in availability"),
        (("a",), (), "of what it gains in availability"),
    ],
)
def test_the_reason_follows_from_what_was_ticked(symptoms: tuple[str, ...], answered: tuple[str, ...], reason: str):
    assert record(symptoms=symptoms, answered=answered).reason == reason


def test_ones_own_reason_takes_the_place_of_all_others():
    text = write_decision(record(own_reason="we *know* it"))

    assert 'Chosen option: "Saga", because we \\*know\\* it.\n' in text
    assert "it answers" not in text


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Ada, Grace",
            'Ada "Countess" O\'Hara',
            "status: accepted",
            "--- x",
            "# x",
            "[x] {y} &a *b !c %d @e `f",
            "a\\nb",
        ),
        *("Zoë 👩‍💻 日本語", "ends with \\", "yes", "null", "007", "- x"),
    ],
)
def test_who_decided_is_read_as_it_was_written(name: str):
    head = write_decision(record(deciders=name)).split("---\n")[1]

    assert yaml.safe_load(head) == {"status": "proposed", "date": date(2026, 11, 29), "decision-makers": name}


@pytest.mark.parametrize("mark", ["\n---\n", "\r", "\x00", "\x85", "\u2028", "\x7f", "\ufffe", "\udc80"])
def test_who_decided_stays_on_one_line_of_the_front_matter(mark: str):
    head, _, _ = write_decision(record(deciders=f"Ada{mark}status: accepted")).partition("\n---\n\n#")

    assert len(head.splitlines()) == 4
    assert yaml.safe_load(head)["decision-makers"].startswith("Ada ")
    assert yaml.safe_load(head)["status"] == "proposed"


def test_hostile_text_makes_no_heading_link_or_front_matter():
    bad = "# x\n---\n[a](javascript:alert(1)) <script> ## y"

    text = write_decision(
        record(title=bad, symptoms=(bad,), problem=bad, checks=(bad,), in_place=(bad,), bearable=(bad,))
    )

    html = MarkdownIt().render(text.partition("\n---\n")[2])
    assert "<script" not in html
    assert "javascript:alert" not in " ".join(re.findall('href="([^"]*)"', html))
    assert [tag for tag, _ in headings(text)] == ["h1", *(tag for tag, _ in HEADINGS)]
    assert text.count("\n---\n") == 1
