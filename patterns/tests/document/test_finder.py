"""The finder: who answers what hurts, in which order, and why somebody is left out."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.debts import Requirement
from patterns.document.entry import Entry
from patterns.document.finder import MOST_MARKS, Answer, Mark, Question, find
from patterns.document.tables import Consequence, Relation
from patterns.document.vocabulary import QUALITIES, Quality

CODES = ["01", "02", "03", "04"]


def entry(code: str, **values: Any) -> Entry:
    name = f"Pattern {code}"
    given = {"code": code, "slug": f"pattern-{code}", "name": name, "description": "D", "category": "C"}
    return Entry(**given, **{"symptoms": (f"{code} hurts", f"{code} aches"), **values})


def cost(quality: Quality, text: str = "dear") -> Consequence:
    return Consequence(quality=quality, sign="cost", text=text)


def gain(quality: Quality) -> Consequence:
    return Consequence(quality=quality, sign="gain", text="good")


def asked(text: str) -> Question:
    """Of ``name=value`` pairs, as an address has them."""
    pairs = [pair.split("=") for pair in text.split()]
    return Question.parse(lambda name: [value for key, value in pairs if key == name])


def codes(answer: Answer) -> list[str]:
    return [one.entry.code for one in answer.candidates]


def test_who_answers_a_symptom_is_a_candidate():
    answer = find(asked("symptom=02.1"), [entry("01"), entry("02")])

    assert codes(answer) == ["02"]
    assert answer.candidates[0].met == ("02 hurts",)


def test_nothing_ticked_finds_nobody():
    assert find(Question(), [entry("01")]) == Answer((), ())


def test_a_symptom_that_is_not_there_any_more_finds_nobody():
    assert find(asked("symptom=01.3"), [entry("01")]) == Answer((), ())


def test_more_symptoms_come_first():
    answer = find(asked("symptom=01.1 symptom=02.1 symptom=02.2"), [entry("01"), entry("02")])

    assert codes(answer) == ["02", "01"]


@pytest.mark.parametrize("stated_by", ["01", "02"])
def test_a_rival_is_a_candidate_whoever_says_so(stated_by: str):
    other = {"01": "02", "02": "01"}[stated_by]
    tie = Relation(type="alternative to", target=other, why="Either will do.")
    entries = [entry(code, relations=(tie,) if code == stated_by else ()) for code in ("01", "02")]

    answer = find(asked("symptom=01.1"), entries)

    assert codes(answer) == ["01", "02"]
    [rivalry] = answer.candidates[1].rivalries
    assert (rivalry.label, rivalry.code, rivalry.why) == ("alternative to", "01", "Either will do.")


def test_a_variant_is_told_from_its_own_side():
    tie = Relation(type="variant of", target="02", why="It is smaller.")

    answer = find(asked("symptom=01.1"), [entry("01", relations=(tie,)), entry("02")])

    assert [one.label for one in answer.candidates[1].rivalries] == ["has variant"]


def test_other_relations_make_no_rival():
    tie = Relation(type="often confused with", target="02")

    assert codes(find(asked("symptom=01.1"), [entry("01", relations=(tie,)), entry("02")])) == ["01"]


def test_a_cost_that_cannot_be_paid_excludes():
    dear = cost("latency", "Each call takes longer.")

    answer = find(asked("symptom=01.1 limit=latency"), [entry("01", consequences=(dear, cost("cost")))])

    assert not answer.candidates
    assert [one.objections.costs for one in answer.excluded] == [(dear,)]


def test_a_condition_that_holds_excludes():
    answer = find(asked("symptom=01.1 holds=01.2"), [entry("01", avoid_when=("it rains", "it snows"))])

    assert [one.objections.conditions for one in answer.excluded] == [("it snows",)]


def test_a_cost_that_can_be_borne_excludes_nobody():
    costs = (gain("latency"), cost("latency"), cost("latency", "dearer"))

    answer = find(asked("symptom=01.1 limit=latency bears=01.2"), [entry("01", consequences=costs)])
    assert [one.objections.costs for one in answer.excluded] == [costs[2:]]

    assert codes(find(asked("symptom=01.1 limit=latency bears=01.2 bears=01.3"), [entry("01", consequences=costs)]))


def test_who_only_stands_in_for_another_is_no_way_round_it():
    tie = Relation(type="alternative to", target="01")
    entries = [entry("01", avoid_when=("it rains",)), entry("02", relations=(tie,))]
    owed = [Requirement("02", "01", "")]

    answer = find(asked("symptom=01.1 holds=01.1"), entries, owed)

    assert codes(answer) == []
    assert [(one.entry.code, one.objections.owed) for one in answer.excluded] == [("01", ()), ("02", ("01",))]
    assert codes(find(asked("symptom=01.1 symptom=02.1 holds=01.1"), entries, owed)) == ["02"]
    assert codes(find(asked("symptom=01.1 holds=01.1"), entries)) == ["02"]


def test_what_is_built_already_is_excluded():
    answer = find(asked("symptom=01.1 have=01"), [entry("01")])

    assert [one.objections.is_in_place for one in answer.excluded] == [True]


def test_a_gain_in_what_cannot_be_paid_comes_first():
    entries = [entry("01"), entry("02", consequences=(gain("latency"),))]

    assert codes(find(asked("symptom=01.1 symptom=02.1 limit=latency"), entries)) == ["02", "01"]


def test_costs_of_what_is_owed_speak_against():
    entries, owed = [entry("01"), entry("02")], [Requirement("01", "09", "to undo")]

    answer = find(asked("symptom=01.1 symptom=02.1 limit=latency"), entries, owed, {"09": [cost("latency")]})

    assert codes(answer) == ["02", "01"]
    assert [(one.code, one.cost.text) for one in answer.candidates[1].owed_costs] == [("09", "dear")]


def test_what_is_built_already_is_not_owed_nor_what_it_requires():
    owed = [Requirement("01", "08", ""), Requirement("08", "09", ""), Requirement("01", "07", "")]

    [candidate] = find(asked("symptom=01.1 have=08"), [entry("01")], owed).candidates

    assert [debt.code for debt in candidate.debts] == ["07"]


@pytest.mark.parametrize("text", ["", "01", "01.", ".1", "01.0", "01.x", "01.123", "a b.1", "01.²", "é.1", "01.1\n"])
def test_what_is_no_mark_is_left_out(text: str):
    assert Mark.parse(text) is None


def test_a_code_may_hold_dots():
    assert Mark.parse("v1.2.3") == Mark("v1.2", 3)


def test_an_address_says_a_question_and_nothing_else():
    marks = "limit=cost limit=latency limit=beauty bears=06.4 holds=06.2 have=16 have=?"
    question = asked(f"symptom=06.1 symptom=06.1 {marks}")

    assert [*question.pairs()] == [
        ("symptom", "06.1"),
        ("limit", "latency"),
        ("limit", "cost"),
        ("holds", "06.2"),
        ("have", "16"),
        ("bears", "06.4"),
    ]


def test_a_question_is_bounded():
    question = asked(" ".join(f"symptom=01.{number} have=c{number}" for number in range(1, 99)))

    assert (len(question.symptoms), len(question.have)) == (MOST_MARKS, MOST_MARKS)


CONSEQUENCES = st.lists(
    st.builds(
        Consequence,
        quality=st.sampled_from(QUALITIES[:3]),
        sign=st.sampled_from(["gain", "cost"]),
        text=st.sampled_from(["a", "b"]),
    ),
    max_size=3,
).map(tuple)
RELATIONS = st.builds(
    Relation, type=st.sampled_from(["alternative to", "variant of", "uses"]), target=st.sampled_from(CODES)
)


@st.composite
def catalogues(draw: st.DrawFn) -> list[Entry]:
    entries = []
    for code in CODES:
        ties = draw(st.lists(RELATIONS, max_size=2, unique_by=str))
        relations = tuple(one for one in ties if one.target != code)
        avoid = draw(st.sampled_from([(), ("one holds",), ("one holds", "two holds")]))
        entries.append(entry(code, relations=relations, consequences=draw(CONSEQUENCES), avoid_when=avoid))
    return entries


MARKS = st.lists(st.builds(Mark, st.sampled_from(CODES), st.integers(1, 3)), max_size=4, unique=True).map(tuple)
LIMITS = st.lists(st.sampled_from(QUALITIES[:3]), max_size=3, unique=True).map(tuple)
HAVE = st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple)
QUESTIONS = st.builds(Question, MARKS, LIMITS, MARKS, HAVE, MARKS)
REQUIREMENTS = st.lists(st.builds(Requirement, st.sampled_from(CODES), st.sampled_from(CODES), st.just("")), max_size=6)


@given(catalogues(), QUESTIONS, REQUIREMENTS, st.sampled_from(get_args(Quality)), st.sampled_from(CODES))
def test_another_limit_never_adds_a_candidate(
    entries: list[Entry], question: Question, owed: list[Requirement], quality: Quality, code: str
):
    answer = find(question, entries, owed)
    before = {*codes(answer)}

    for more in (
        replace(question, limits=(*question.limits, quality)),
        replace(question, holds=(*question.holds, Mark(code, 1))),
    ):
        assert {*codes(find(more, entries, owed))} <= before
    # What is in place is not owed any more.
    freed = {one.entry.code for one in answer.excluded if one.objections.owed}
    assert {*codes(find(replace(question, have=(*question.have, code)), entries, owed))} <= before | freed


@given(catalogues(), QUESTIONS, REQUIREMENTS)
def test_every_exclusion_names_what_the_entry_says(entries: list[Entry], question: Question, owed: list[Requirement]):
    for one in find(question, entries, owed).excluded:
        against = one.objections
        assert against.costs or against.conditions or against.is_in_place or against.owed
        assert {*against.costs} <= {*one.entry.consequences}
        assert {*against.conditions} <= {*one.entry.avoid_when}
        assert against.is_in_place == (one.entry.code in question.have)


@given(catalogues(), QUESTIONS, REQUIREMENTS)
def test_nobody_is_dropped_in_silence(entries: list[Entry], question: Question, owed: list[Requirement]):
    """Whoever is found without limits is a candidate or excluded with them, and never both."""
    found = {*codes(find(Question(question.symptoms), entries))}
    answer = find(question, entries, owed)
    excluded = [one.entry.code for one in answer.excluded]

    assert {*codes(answer)} | {*excluded} == found
    assert len(codes(answer)) + len(excluded) == len(found)


@given(catalogues(), QUESTIONS, REQUIREMENTS, st.randoms())
def test_the_order_of_entries_and_requirements_means_nothing(entries, question, owed, chance):
    shuffled, other = [*entries], [*owed]
    chance.shuffle(shuffled)
    chance.shuffle(other)

    assert codes(find(question, shuffled, other)) == codes(find(question, entries, owed))
