"""``drill typing``: what somebody typed is there again whatever interrupts them, and the drill would tell."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.bench import interruptions
from patterns.bench.chromium import IS_DRIVEN
from patterns.bench.interruptions import INTERRUPTIONS, TypingFigures, typing_figures
from patterns.tests.commands.terminal import said

driven = pytest.mark.skipif(not IS_DRIVEN, reason="Chromium is not installed")


def found(text: str, *, cut_at: float | None) -> TypingFigures:
    """Three words, typed after one, seven and nine seconds."""
    words = {"one": 1.0, "seven": 7.0, "nine": 9.0}
    one: Any = SimpleNamespace(typist=SimpleNamespace(words=words), cut_at=cut_at, subject="a draft")
    figures = TypingFigures()
    figures.add("the tab closed", one, text, number=3)
    return figures


def test_words_of_the_last_five_seconds_may_be_missing():
    figures = found("one", cut_at=10.0)

    assert figures.failures == []
    assert figures.rounds == {"the tab closed": [(3, [3.0, 1.0])]}


def test_an_older_word_that_is_missing_is_a_loss():
    assert found("seven nine", cut_at=10.0).failures == [
        "round 3, a draft, the tab closed: 1 of 3 words lost, the oldest 9.0 seconds old"
    ]


def test_where_the_form_stays_nothing_may_be_missing():
    assert found("one seven", cut_at=None).failures
    assert found("one seven nine", cut_at=None).failures == []


def test_each_way_to_interrupt_comes_as_often_as_the_others():
    ways = interruptions.interruptions(interruptions.Random(1))
    rounds = [next(ways) for _ in range(3 * len(INTERRUPTIONS))]

    assert {rounds.count(what) for what in INTERRUPTIONS} == {3}


@driven
@pytest.mark.browser
def test_somebody_who_is_interrupted_finds_the_text_again():
    text = said("drill", "typing", short=True, rounds=5)

    assert re.search(r"together +5 +\d+ ", text)


@driven
@pytest.mark.browser
def test_a_form_that_keeps_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(interruptions, "LOST_AFTER_S", 0.2)

    figures = typing_figures(rounds=1, seed=1, longest_s=3, has_scripts=False)

    [failure] = figures.failures
    assert re.search("the tab closed: .* words lost", failure)
