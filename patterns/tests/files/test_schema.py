"""The JSON Schema of the file, as a second program reads it: it agrees with the documents, as far as it can."""

import json
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import ValidationError

from patterns.document.catalog import Category, Document
from patterns.document.entry import CHILDREN, Entry
from patterns.files.json import as_tables, plain_values
from patterns.files.reader import CatalogTable, validated_table
from patterns.files.schema import file_schema
from patterns.files.toml import write_toml
from patterns.tests.document.documents import DATA
from patterns.tests.factories import RICH, entry
from patterns.tests.strategies import AWKWARD, ENTRIES, documents

ADDRESS = "https://catalog.example/catalog.schema.json"
SCHEMA = file_schema(address=ADDRESS)
VALIDATOR = Draft7Validator(SCHEMA)
GIVEN = plain_values(entry())
RELATION = {"type": "uses", "target": "02"}
STEP = {"sender": "a", "receiver": "b", "message": "c"}

# What an entry may not be and the schema can say.
REFUSED: dict[str, dict[str, Any]] = {
    "an unknown key": {"descripton": "x"},
    "a code with other signs": {"code": "0 1"},
    "a code that is too long": {"code": "1" * 17},
    "a blank code": {"code": ""},
    "a number as a code": {"code": 1},
    "a slug with capitals": {"slug": "Saga"},
    "a slug with two hyphens": {"slug": "a--b"},
    "a slug that is too long": {"slug": "a" * 101},
    "a blank name": {"name": " \u00a0"},
    "a name that is too long": {"name": "a" * 121},
    "a name on two lines": {"name": "a\nb"},
    "a name with a line separator": {"name": "a\u2028b"},
    "a name with a tab": {"name": "a\tb"},
    "a name with an invisible character": {"name": "Saga\u200bPattern"},
    "an alias with a soft hyphen": {"aliases": ["Sa\u00adga"]},
    "a sender that turns its direction": {"steps": [{**STEP, "sender": "\u202eegas"}]},
    "an author with a mark of direction": {"references": [{"title": "a", "author": "a\u200f"}]},
    "a name without anything to see": {"name": "\u3164"},
    "a description with NUL": {"description": "a\0b"},
    "a description with another control character": {"description": "a\x9fb"},
    "a blank description": {"description": "\n"},
    "a description that is too long": {"description": "a" * 1001},
    "a problem that is too long": {"problem": "a" * 20_001},
    "an unknown kind": {"kind": "idea"},
    "an unknown concern": {"concern": "taste"},
    "an unknown status": {"status": "lost"},
    "an alias that is blank": {"aliases": [""]},
    "an alias stated twice": {"aliases": ["A", "A"]},
    "a text where a list belongs": {"use_when": "always"},
    "too many conditions": {"avoid_when": [str(number) for number in range(61)]},
    "an origin without a name": {"origin": {"year": 1987}},
    "a year as text": {"origin": {"who": "a", "year": "1987"}},
    "a year before all patterns": {"origin": {"who": "a", "year": 1899}},
    "an address that is none": {"origin": {"who": "a", "url": "example.org"}},
    "an address of another kind": {"origin": {"who": "a", "url": "javascript:alert(1)"}},
    "an address without a host": {"origin": {"who": "a", "url": "https:///path"}},
    "an address with a space": {"origin": {"who": "a", "url": "https://example.org/a b"}},
    "an unknown quality": {"consequences": [{"quality": "beauty", "sign": "gain", "text": "a"}]},
    "a consequence without a sign": {"consequences": [{"quality": "cost", "text": "a"}]},
    "an inverse relation": {"relations": [{"type": "used by", "target": "02"}]},
    "a relation stated twice": {"relations": [RELATION, RELATION]},
    "a step to nobody": {"steps": [{**STEP, "receiver": ""}]},
    "an unknown kind of step": {"steps": [{**STEP, "kind": "shout"}]},
    "a reference without a title": {"references": [{"author": "a"}]},
    "a word where true or false belongs": {"references": [{"title": "a", "primary": "yes"}]},
    "a name elsewhere without a catalogue": {"known_as": [{"name": "a"}]},
}

# What an entry may not be and JSON Schema cannot say; the import refuses it all the same.
EXCEPTIONS: dict[str, dict[str, Any]] = {
    "a name repeated in another case": {"aliases": ["Saga", "SAGA"]},
    "a relation repeated with another reason": {"relations": [RELATION, {**RELATION, "why": "a"}]},
    "a name elsewhere repeated with another category": {
        "known_as": [{"catalog": "a", "name": "b"}, {"catalog": "a", "name": "b", "category": "c"}]
    },
    "an entry that relates to itself": {"relations": [{**RELATION, "target": "01"}]},
    "an entry that replaces itself": {"replaced_by": "01"},
    "an invisible character beyond the basic plane": {"name": "Saga\U000e0041"},
    "more combining marks than any writing needs": {"name": "a" + "\u0301" * 31},
    "a text that grows too long in normal form": {"name": "\u0958" * 120},
    "an address whose port is no number": {"origin": {"who": "a", "url": "https://example.org:x/"}},
    "an address with a host of colons": {"origin": {"who": "a", "url": "https://:80/"}},
    "a year with a fraction of nothing": {"origin": {"who": "a", "year": 1987.0}},
}
BEYOND = {"repeated", "self_reference", "marks"}


def is_valid(**tables: Any) -> bool:
    return VALIDATOR.is_valid(tables)


def is_entry(raw: Any) -> bool:
    return validated_table(Entry, raw, ())[0] is not None


def test_it_is_a_schema_with_an_address():
    Draft7Validator.check_schema(SCHEMA)

    assert (SCHEMA["$id"], SCHEMA["$schema"]) == (ADDRESS, "http://json-schema.org/draft-07/schema#")


def test_every_table_and_key_says_what_it_is():
    tables = [SCHEMA, *SCHEMA["definitions"].values()]

    assert all(table["description"] for table in tables)
    assert all(key["description"] for table in tables for key in table["properties"].values())


def test_it_accepts_the_file_that_the_catalogue_began_with():
    assert [*VALIDATOR.iter_errors(tomli.loads((DATA / "items.toml").read_text()))] == []


def test_it_accepts_an_entry_that_uses_every_key():
    assert is_valid(items=[{**GIVEN, **RICH, "relations": [RELATION], "replaced_by": "02", "status": "retired"}])


def test_it_accepts_an_empty_value_for_every_optional_key():
    cleared: dict[str, Any] = dict.fromkeys(("replaced_by", "problem", "solution"), "")
    cleared |= {key: [] for key in ("aliases", "use_when", "avoid_when", *CHILDREN)}

    assert is_valid(items=[{**GIVEN, **cleared, "origin": {}}])


@settings(max_examples=60, deadline=None)
@given(documents(), st.sampled_from(["", "k3xq7w:42"]), st.booleans())
def test_it_accepts_every_export(document: Document, base: str, partial: bool):
    exported = as_tables(document, base=base, partial=partial)

    assert [*VALIDATOR.iter_errors(json.loads(json.dumps(exported)))] == []
    assert [*VALIDATOR.iter_errors(tomli.loads(write_toml(document, base=base, partial=partial)))] == []


@pytest.mark.parametrize("values", REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_an_entry_may_not_be(values: dict[str, Any]):
    assert not is_entry({**GIVEN, **values})
    assert not is_valid(items=[{**GIVEN, **values}])


@pytest.mark.parametrize("values", EXCEPTIONS.values(), ids=EXCEPTIONS)
def test_it_cannot_say_everything(values: dict[str, Any]):
    assert not is_entry({**GIVEN, **values})
    assert is_valid(items=[{**GIVEN, **values}])


@pytest.mark.parametrize("key", ["code", "slug", "name", "description", "category"])
def test_it_refuses_an_entry_without_a_given_key(key: str):
    assert not is_valid(items=[{name: value for name, value in GIVEN.items() if name != key}])


@pytest.mark.parametrize(
    ("model", "name", "values"),
    [
        (Category, "categories", {"description": "No name."}),
        (Category, "categories", {"name": "A", "slug": "Not a slug"}),
        (Category, "categories", {"name": "A", "position": 1}),
        (CatalogTable, "catalog", {"title": "Two\nlines"}),
        (CatalogTable, "catalog", {"keywords": ["a", "a"]}),
        (CatalogTable, "catalog", {"base": "elsewhere"}),
        (CatalogTable, "catalog", {"partial": "yes"}),
    ],
)
def test_it_refuses_what_other_tables_may_not_be(model: Any, name: str, values: dict[str, Any]):
    assert validated_table(model, values, ())[0] is None
    assert not is_valid(**{name: values if name == "catalog" else [values]})


def test_it_refuses_an_unknown_table():
    assert not is_valid(patterns=[])


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 3000),
    st.lists(st.sampled_from(AWKWARD), max_size=3).map("".join),
    st.sampled_from(["\0", "a\tb", "a\nb", "a" * 20_001, "https://a", "http:/a", "published", "style"]),
    st.just([]) | st.just({}) | st.lists(st.just(RELATION) | st.just(STEP), max_size=2) | st.just(["a", "a"]),
)


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.data())
def test_it_refuses_all_that_an_entry_may_not_be(valid: Entry, data: st.DataObject):
    raw = valid.model_dump(mode="json", exclude_defaults=True)
    raw[data.draw(st.sampled_from([*Entry.model_fields, "more"]))] = data.draw(STRANGE)

    problems = refused_with(raw)

    assert not problems - BEYOND or not is_valid(items=[raw])


def refused_with(raw: dict[str, Any]) -> set[str]:
    """The kinds of problem that the document finds."""
    try:
        Entry.model_validate(raw)
    except ValidationError as error:
        return {one["type"] for one in error.errors()}
    return set()
