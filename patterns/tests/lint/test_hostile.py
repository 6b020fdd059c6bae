"""Whatever an entry holds, and however many there are: no exception, and bounded time."""

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings

from patterns.document.catalog import Document
from patterns.document.entry import Entry
from patterns.lint.rules import lint
from patterns.tests.lint.catalogue import TODAY, bare, cited, good
from patterns.tests.strategies import documents

PIECES = [
    *(
        "a ",
        ". ",
        ".'' ",
        '."A ',
        "A. ",
        "? A",
        "TODO",
        "???",
        "in ",
        "is ",
        "is sent. ",
        "[[",
        "[[06|",
        "[[01]]",
        "]]",
    ),
    *(
        "`",
        "`a``b",
        "~~~\n",
        "\n- ",
        "\n\n",
        "1. ",
        "\\",
        "é ",
        "日本。",
        "lorem ",
        "in order to ",
        "x" * 50,
        "%",
        "ﷺ ",
        *("![", "[a](", "[a]: b\n", "<", "<a ", "> ", "# ", "|-|-\n", "~~"),
    ),
]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_no_valid_catalogue_is_too_much(document: Document):
    found = lint(document.entries, today=TODAY, reviewed=dict.fromkeys(document.entries, TODAY), cited=cited)

    assert {one.code for one in found} <= document.entries.keys()
    assert all(one.key.partition("[")[0].partition(".")[0] in Entry.model_fields for one in found)


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_the_longest_texts_take_no_time(piece: str):
    text, line = piece * (20_000 // len(piece)), (piece * 1_000)[:990]
    conditions = [f"{line} {number}" for number in range(60)]
    one = good().model_copy(
        update={"problem": text, "solution": text, "use_when": conditions, "avoid_when": conditions}
    )
    began = time.process_time()

    lint({"01": one, "02": one.model_copy(update={"code": "02"})}, today=TODAY, reviewed={}, cited=cited)

    assert time.process_time() - began < 4


def words(count: int, rng: random.Random) -> str:
    sentences = (" ".join(f"w{rng.randrange(4_000)}" for _ in range(12)) for _ in range(count // 12))
    return ". W".join(sentences)


def taken(entries: list[Entry]) -> float:
    began = time.process_time()
    lint({one.code: one for one in entries}, today=TODAY, reviewed={}, cited=cited)
    return time.process_time() - began


@pytest.mark.parametrize("is_same", [False, True])
def test_a_large_catalogue_takes_its_share_of_time(is_same: bool):
    rng = random.Random(7)
    shared = words(300, rng)
    entries = [bare(str(number), problem=shared if is_same else words(300, rng)) for number in range(1_000)]

    few, many = taken(entries[:250]), taken(entries)

    assert many < 6
    assert many < 8 * few


def test_a_copy_in_a_large_catalogue_is_found_on_both_sides():
    rng = random.Random(7)
    entries = {str(number): bare(str(number), problem=words(120, rng)) for number in range(300)}
    copied = entries["7"].problem.replace(". W", ". And w")
    entries["250"] = bare("250", solution=copied)

    found = lint(entries, today=TODAY, reviewed={}, cited=cited)

    assert [(one.code, one.key) for one in found if one.rule == "near-identical"] == [
        ("7", "problem"),
        ("250", "solution"),
    ]
