"""All that is wrong with an entry is said at once, of the rows as they were typed."""

from typing import Any

import pytest

from patterns.document.partial import read_partly

GIVEN: dict[str, Any] = {
    "code": "01",
    "slug": "saga",
    "name": "Saga",
    "description": "It undoes each step.",
    "category": "Data Pattern",
}


def relation(target: str, kind: str = "uses") -> dict[str, str]:
    return {"type": kind, "target": target, "why": ""}


def keys_and_messages(**values: Any) -> dict[str, str]:
    part = read_partly({**GIVEN, **values}, code="01")
    return {problem.key: problem.message for problem in part.problems}


def test_what_is_valid_is_read_whole():
    part = read_partly({**GIVEN, "relations": [relation("02")], "symptoms": ["It hurts."]})

    assert (part.problems, part.entry.relations[0].target, part.entry.symptoms) == ((), "02", ("It hurts.",))


def test_rules_of_rows_of_lists_and_of_other_keys_are_asked_in_one_go():
    relations = [relation("no code!"), relation("02"), relation("01"), relation("02"), relation("03", "hates")]

    assert keys_and_messages(relations=relations, slug="a_b", symptoms=["Same.", "same."]) == {
        "slug": "'a_b' is not a slug",
        "relations[1].target": "'no code!' is not a code",
        "relations[3].target": "an entry cannot relate to itself",
        "relations[4]": "'uses 02' is there twice",
        "relations[5].type": "is 'hates'",
        "symptoms[2]": "'same.' is there twice",
    }


def test_what_was_refused_is_left_out_and_its_place_is_known():
    part = read_partly({**GIVEN, "slug": "a_b", "relations": [relation("!"), relation("02"), relation("02")]})

    assert (part.entry.slug, [one.target for one in part.entry.relations]) == ("", ["02"])
    assert (part.refused_keys, part.kept["relations"]) == ({"slug"}, [1])


@pytest.mark.parametrize("code", ["", "no code!", None, 7])
def test_an_entry_without_a_code_is_read_all_the_same(code: Any):
    part = read_partly({**GIVEN, "code": code, "relations": [relation("02")]})

    assert (part.entry.code, part.entry.relations[0].target) == ("", "02")


@pytest.mark.parametrize("value", [7, None, "x" * 9, {"a": 1}, [7], [["x"]], ["x"] * 61])
@pytest.mark.parametrize("key", ["symptoms", "relations", "origin", "problem", "no such key"])
def test_whatever_is_said_it_comes_to_an_end(key: str, value: Any):
    part = read_partly({**GIVEN, key: value})

    assert part.entry.name == "Saga"
