import json
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from pydantic import ValidationError

from patterns.document.catalog import Category, Header
from patterns.document.entry import ENTRY_KEYS, GIVEN_KEYS, Entry, code_order, entry_kept, stated
from patterns.document.problems import Problem, problems_of
from patterns.document.vocabulary import INVERSE, RELATION_TYPES, SYMMETRIC
from patterns.tests.document.documents import RICH, entry
from patterns.tests.strategies import documents


def problem_with(**values: Any) -> Problem:
    with pytest.raises(ValidationError) as caught:
        entry(**values)
    (problem,) = problems_of(caught.value, Entry, code="01")
    return problem


def test_the_five_given_keys_come_first_and_are_all_that_is_required():
    assert GIVEN_KEYS == ("code", "slug", "name", "description", "category")
    assert {name for name, field in Entry.model_fields.items() if field.is_required()} == set(GIVEN_KEYS)


def test_an_entry_of_the_given_keys_is_a_published_pattern():
    plain = entry()

    assert (plain.kind, plain.status) == ("pattern", "published")


def test_every_key_takes_its_value():
    rich = entry(**RICH)

    assert {key: value for key, value in rich.model_dump(mode="json").items() if key in RICH} == RICH
    assert set(RICH) == set(ENTRY_KEYS) - set(GIVEN_KEYS)


def test_entries_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        entry().name = "Other"


@pytest.mark.parametrize("key", ["aliases", "use_when", "avoid_when"])
def test_a_list_of_texts_says_nothing_twice(key: str):
    problem = problem_with(**{key: ["École", "ÉCOLE"]})

    assert problem.key == f"{key}[2]"
    assert problem.message == "'ÉCOLE' is there twice"


def test_the_same_relation_is_stated_once():
    problem = problem_with(relations=[{"type": "uses", "target": "02"}, {"type": "uses", "target": "02", "why": "x"}])

    assert (problem.key, problem.message) == ("relations[2]", "'uses 02' is there twice")


def test_two_relations_of_different_types_may_have_one_target():
    both = entry(relations=[{"type": "uses", "target": "02"}, {"type": "requires", "target": "02"}])

    assert len(both.relations) == 2


def test_another_catalogue_knows_the_pattern_by_one_name_once():
    problem = problem_with(known_as=[{"catalog": "AIP", "name": "Undo"}, {"catalog": "aip", "name": "UNDO"}])

    assert problem.key == "known_as[2]"


def test_an_entry_does_not_relate_to_itself():
    problem = problem_with(relations=[{"type": "uses", "target": "01"}])

    assert problem.key == "relations[1].target"
    assert problem.message == "an entry cannot relate to itself"
    assert problem.hint == "name another entry as the target"


def test_an_entry_does_not_replace_itself():
    problem = problem_with(replaced_by="01")

    assert (problem.key, problem.message) == ("replaced_by", "names the entry itself")


@pytest.mark.parametrize("year", [1899, 2101, True, "1987", 1987.0])
def test_a_year_is_a_whole_number_of_our_time(year: object):
    assert problem_with(origin={"who": "A", "year": year}).key == "origin.year"


def test_an_empty_table_clears_the_origin():
    assert entry(origin={}).origin is None


def test_a_list_ends_somewhere():
    assert len(entry(aliases=[str(number) for number in range(60)]).aliases) == 60
    problem = problem_with(aliases=[str(number) for number in range(61)])
    assert (problem.message, problem.hint) == ("has 61 items", "at most 60 are allowed")


def test_what_was_stated_is_told_from_what_was_not():
    partly = entry(aliases=[], status="published")

    assert {"aliases", "status"} <= partly.model_fields_set
    assert stated(partly)["aliases"] == []
    assert "kind" not in stated(partly)


def test_a_category_needs_a_name_only():
    assert Category(name="Data").slug == ""


@pytest.mark.parametrize("second", ["SAGA", "ｓａｇａ", " saga\u3000"])  # noqa: RUF001
def test_keywords_are_stated_once(second: str):
    with pytest.raises(ValidationError, match="is there twice"):
        Header(keywords=["saga", second])


def test_codes_are_ordered_by_length_then_by_bytes():
    assert sorted(["10", "9", "B", "a", "01", "b"], key=code_order) == ["9", "B", "a", "b", "01", "10"]


def test_every_relation_type_has_an_inverse_and_the_symmetric_ones_are_their_own():
    assert set(INVERSE) == set(RELATION_TYPES)
    assert frozenset({"complements", "alternative to", "often confused with"}) == SYMMETRIC


@settings(max_examples=30, deadline=None)
@given(documents())
def test_the_stored_json_of_an_entry_is_the_entry(document):
    for one in document.entries.values():
        assert Entry.model_validate_json(one.model_dump_json()) == one
        assert Entry.model_validate(stated(one)) == one
        kept = entry_kept(json.loads(one.model_dump_json(exclude_unset=True)))
        assert (kept, kept.model_fields_set) == (one, one.model_fields_set)


@pytest.mark.parametrize("key", [key for key in ENTRY_KEYS if key not in GIVEN_KEYS])
def test_generated_documents_use_the_key(key: str):
    default = Entry.model_fields[key].default
    used = documents().map(lambda document: [getattr(one, key) for one in document.entries.values()])
    quick = settings(phases=[Phase.generate], database=None, max_examples=500, deadline=None)

    assert find(used.map(lambda values: any(value != default for value in values)), bool, settings=quick)


def evidence_of(value: object) -> tuple[str, ...]:
    consequence = {"quality": "cost", "sign": "cost", "text": "It costs.", "evidence": value}
    return entry(consequences=[consequence]).consequences[0].evidence


@pytest.mark.parametrize(
    ("older", "listed"),
    [
        ("", ()),
        ("The paper.", ("The paper.",)),
        ("Measured in our shop.\n\tTwice.\n", ("Measured in our shop. Twice.",)),
        ("x\u200by", ("xy",)),
        ("long " * 199, (("long " * 199).strip(),)),
    ],
)
def test_evidence_that_was_one_text_is_a_list_of_one(older: str, listed: tuple[str, ...]):
    assert evidence_of(older) == listed
    assert entry_kept({"consequences": [{"evidence": older}]}).consequences[0].evidence == listed


def test_evidence_is_bounded_in_all():
    with pytest.raises(ValidationError, match="has 9 items"):
        evidence_of([str(number) for number in range(9)])
    with pytest.raises(ValidationError, match="has 1,201 characters in all"):
        evidence_of(["a" * 600, "b" * 600])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("    a: 1\n    b: 2", "    a: 1\n    b: 2"),
        ("\r\n  \r\n\tif a:\r\n\t\tb()  \r\n\r\n", "\tif a:\n\t\tb()"),
    ],
)
def test_code_keeps_the_space_before_its_first_line(typed: str, kept: str):
    assert entry(examples=[{"title": "A", "language": "yaml", "code": typed}]).examples[0].code == kept
