"""What no single value shows: what is stated twice, what leads nowhere, and that all of it is said at once."""

import json
import time

import pytest

from patterns.document.merge import Base, merge
from patterns.document.problems import InvalidCatalog
from patterns.files.reader import Upload, read_files, read_one
from patterns.tests.document.documents import GIVEN, OTHER, document, given_with, refusal, refused

ITEM = {"code": "03", "slug": "c", "name": "C", "description": "D", "category": "Data"}

# duplicates


@pytest.mark.parametrize(
    ("key", "mine", "message"),
    [
        ("code", "01", "is stated twice"),
        ("slug", "saga", "is that of '01' too"),
        ("name", "Saga", "is that of '01' too"),
        ("name", "SAGA", "is that of '01' too"),
    ],
)
def test_what_must_be_unique_is_stated_once(key: str, mine: str, message: str):
    usual = {"code": "02", "slug": "other", "name": "Other"}

    problem = refusal(GIVEN + OTHER.replace(f'{key} = "{usual[key]}"', f'{key} = "{mine}"'))

    assert (problem.key, problem.message, problem.hint) == (key, message, f"give each its own {key}")
    assert problem.code == (usual | {key: mine})["code"]
    assert problem.place == f"line {['code', 'slug', 'name'].index(key) + 8}"


@pytest.mark.parametrize(("one", "other"), [("École", "ÉCOLE"), ("École", "E\u0301cole"), ("Straße", "STRASSE")])
def test_names_that_differ_in_case_or_composition_are_one_name(one: str, other: str):
    problem = refusal(given_with("name", f'"{one}"') + OTHER.replace('"Other"', f'"{other}"'))

    assert (problem.code, problem.key) == ("02", "name")


@pytest.mark.parametrize(
    ("second", "key"), [('name = "A"\nslug = "x"', "name"), ('name = "B"\nslug = "a"', "slug"), ('name = "Á"', "slug")]
)
def test_categories_are_unique_too(second: str, key: str):
    problem = refusal(f'[[categories]]\nname = "a"\n[[categories]]\n{second}\n')

    assert (problem.key, problem.hint) == (key, f"give each its own {key}")


def test_two_files_state_an_entry_once():
    with pytest.raises(InvalidCatalog) as caught:
        read_files([Upload("a.toml", "toml", GIVEN.encode()), Upload("b.toml", "toml", GIVEN.encode())])

    assert {(one.file, one.key) for one in caught.value.problems} == {
        ("b.toml", key) for key in ("code", "slug", "name")
    }


def test_two_files_state_the_header_once():
    with pytest.raises(InvalidCatalog, match=r"b\.toml, line 1: catalog: is stated by two files; keep one"):
        read_files([Upload(name, "toml", b'[catalog]\ntitle = "T"\n') for name in ("a.toml", "b.toml")])


# all at once


def test_every_problem_of_every_file_is_reported_at_once():
    files = {
        "a.toml": given_with("slug", '"A B"') + "x = 1\n",
        "b.toml": "=",
        "c.json": json.dumps({"items": [ITEM | {"name": 1}]}),
        "d.csv": "slug\n",
    }

    with pytest.raises(InvalidCatalog) as caught:
        read_files([Upload(name, name[2:], text.encode()) for name, text in files.items()])

    assert [(one.file, one.place) for one in caught.value.problems] == [
        ("a.toml", "line 3"),
        ("a.toml", "line 7"),
        ("b.toml", "line 1, column 1"),
        ("c.json", "/items/0/name"),
        ("d.csv", "row 1"),
    ]
    assert str(caught.value).count("\n") == 4


def test_every_category_without_letters_is_reported():
    other = OTHER.replace('"Data"', '"本"')

    assert [one.code for one in refused(given_with("category", '"日"') + other)] == ["01", "02"]


def test_relations_to_nothing_are_reported_with_their_lines():
    relation = '[[items.relations]]\ntype = "uses"\ntarget = "77"\n'

    with pytest.raises(InvalidCatalog) as caught:
        merge(Base(), document(), read_one((GIVEN + relation + OTHER + relation).encode(), name="a.toml"))

    assert [(one.file, one.place, one.code) for one in caught.value.problems] == [
        ("a.toml", "line 9", "01"),
        ("a.toml", "line 18", "02"),
    ]


def test_many_relations_to_nothing_are_reported_quickly():
    item = '[[items]]\ncode = "{0}"\nslug = "s{0}"\nname = "n{0}"\ndescription = "D"\ncategory = "Data"\n'
    items = (item.format(number) + 'replaced_by = "zz"\n' for number in range(200))
    file = read_one("".join(items).encode())
    start = time.process_time()

    with pytest.raises(InvalidCatalog):
        merge(Base(), document(), file)

    assert time.process_time() - start < 2


def test_a_category_that_would_share_a_slug_is_not_filed_under_another_name():
    [problem] = refused(given_with("category", '"C++"') + OTHER.replace('"Data"', '"C"'))

    assert (problem.code, problem.key, problem.message) == ("02", "category", "'C' would have the slug of 'C++'")
