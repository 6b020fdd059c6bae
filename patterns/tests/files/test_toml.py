import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.document.catalog import Category, Document, Header
from patterns.document.entry import GIVEN_KEYS, Entry
from patterns.files.json import as_tables
from patterns.files.reader import read_one
from patterns.files.toml import (
    block_text,
    entry_block,
    fingerprint,
    inline_list,
    long_list,
    quoted,
    toml_pieces,
    write_toml,
)
from patterns.tests.document.documents import DATA, RICH, category, document, entry
from patterns.tests.strategies import documents, texts

RICH_BLOCK = '''\
[[items]]
code = "01"
slug = "entry-01"
name = "Entry 01"
description = "What it is."
category = "Data"
kind = "style"
status = "review"
replaced_by = "99"
aliases = ["Long Running Action"]
symptoms = [
    "money is missing",
]
concern = "data"
problem = """
Two databases, one truth."""
solution = """
Compensate."""
use_when = [
    "a step may fail late",
]
avoid_when = [
    "one database is enough",
]
checks = [
    "stop it half way",
]
signals = [
    "age of the oldest",
]

[items.origin]
who = "Hector Garcia-Molina"
year = 1987
url = "https://example.org/sagas"

[[items.variants]]
name = "Choreography"
text = """
Nobody leads."""

[[items.consequences]]
quality = "consistency"
sign = "cost"
text = "only in the end"
evidence = ["the-paper"]

[[items.relations]]
type = "uses"
target = "99"
why = "to send"

[[items.steps]]
sender = "Orders"
receiver = "Stock"
message = "reserve"
kind = "silence"
note = "timeout"
variant = "Choreography"

[[items.examples]]
title = "log"
language = "sql"
code = """
SELECT 1"""
note = "one"

[[items.known_uses]]
who = "A bank"
what = "pays"
year = 2001
url = "https://example.org/bank"

[[items.references]]
key = "the-paper"
title = "Sagas"
author = "K. Salem"
publication = "SIGMOD"
year = 1987
url = "http://x.org"
primary = true

[[items.known_as]]
catalog = "AIP"
name = "Undo"
category = "Flow"
url = "https://example.org/undo"
'''


def test_the_given_blocks_come_back_byte_for_byte():
    given_bytes = (DATA / "items.toml").read_bytes()

    written = [entry_block(one).encode() for one in read_one(given_bytes).document.entries.values()]

    assert b"\n".join(written) == given_bytes
    assert [block.strip() for block in written] == [part.strip() for part in given_bytes.split(b"\n\n")]


def test_the_given_items_come_last_in_the_written_file_in_the_given_bytes():
    given_bytes = (DATA / "items.toml").read_bytes()

    written = write_toml(read_one(given_bytes).document).encode()

    assert written[written.index(b"[[items]]") :] == given_bytes


def test_an_entry_with_every_key_has_this_layout():
    assert entry_block(entry(**RICH)) == RICH_BLOCK


def test_defaults_and_empty_values_are_not_written():
    stated = entry(kind="pattern", status="published", aliases=[], problem="", origin={}, steps=[])

    assert entry_block(stated) == entry_block(entry())


def test_a_file_begins_with_its_header_and_categories():
    whole = document(
        categories=[category("Data", description="D"), category("Flow", slug="f")], title="T", keywords=["a"]
    )

    assert write_toml(whole) == (
        '[catalog]\ntitle = "T"\nkeywords = ["a"]\n\n'
        '[[categories]]\nname = "Data"\ndescription = "D"\n\n'
        '[[categories]]\nname = "Flow"\nslug = "f"\n'
    )


def test_base_and_partial_are_written_into_the_header():
    text = '[catalog]\nbase = "k3xq7w:42"\npartial = true\n\n[end]\nentries = 0\n'

    assert write_toml(Document(), base="k3xq7w:42", partial=True) == text


def test_an_empty_catalogue_is_an_empty_file():
    assert write_toml(Document()) == ""


def test_entries_are_written_in_the_order_of_their_codes():
    written = write_toml(document(entry("10"), entry("9"), entry("02")))

    assert [line for line in written.splitlines() if line.startswith("code")] == [
        'code = "9"',
        'code = "02"',
        'code = "10"',
    ]


def test_blocks_end_in_one_line_feed_and_are_joined_by_an_empty_line():
    whole = document(entry("01"), entry("02", **RICH), title="T")

    first, *others = toml_pieces(whole.header, whole.categories.values(), whole.entries.values())
    assert all(piece.endswith("\n") and not piece.endswith("\n\n") for piece in (first, *others))
    assert all(piece.startswith("\n[") for piece in others)
    assert write_toml(whole) == "".join((first, *others))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x", '"""\nx"""'),
        ('x"', '"""\nx\\""""'),
        ('x""', '"""\nx"\\""""'),
        ('a"""b', '"""\na""\\"b"""'),
        ("\\", '"""\n\\\\"""'),
        ("a\n\tb", '"""\na\n\tb"""'),
    ],
)
def test_a_long_text_is_a_block_with_as_few_escapes_as_possible(text: str, written: str):
    assert block_text(text) == written


@settings(max_examples=200, deadline=None)
@given(texts(300, has_lines=True), st.lists(texts(50), max_size=4).map(tuple))
def test_every_way_to_write_a_value_is_toml_for_it(text: str, values: tuple[str, ...]):
    written = f"a = {quoted(text)}\nb = {block_text(text)}\nc = {inline_list(values)}\nd = {long_list(values)}\n"

    assert tomllib.loads(written) == {"a": text, "b": text, "c": list(values), "d": list(values)}


@settings(max_examples=30, deadline=None)
@given(documents())
def test_the_layout_has_no_trailing_space_of_its_own_and_no_carriage_return(whole: Document):
    written = write_toml(whole)

    assert "\r" not in written
    assert written.encode().decode() == written


def test_the_fingerprint_is_of_what_is_said_and_not_of_how_it_was_stated():
    assert fingerprint(entry()) == fingerprint(entry(kind="pattern", aliases=[]))
    assert len(fingerprint(entry())) == 64


@pytest.mark.parametrize("key", RICH)
def test_every_key_is_in_the_fingerprint(key: str):
    assert fingerprint(entry(**{key: RICH[key]})) != fingerprint(entry())


def test_the_order_of_the_categories_is_in_the_fingerprint_of_the_header():
    assert fingerprint(Header(categories=("a", "b"))) != fingerprint(Header(categories=("b", "a")))


def test_a_slug_that_is_the_usual_one_is_not_in_the_fingerprint_of_a_category():
    assert fingerprint(Category(name="Data")) == fingerprint(Category(name="Data", slug="data"))
    assert fingerprint(Category(name="Data")) != fingerprint(Category(name="Data", slug="d"))


def test_different_documents_have_different_fingerprints():
    assert (
        len({fingerprint(one) for one in (entry(), Category(name="Data"), Header(), Entry(**entry("02").model_dump()))})
        == 4
    )


def test_json_leaves_out_defaults_and_usual_slugs():
    whole = document(entry(aliases=[], kind="pattern", problem="P"), title="T")

    assert as_tables(whole) == {
        "catalog": {"title": "T"},
        "categories": [{"name": "Data"}],
        "items": [{**{key: getattr(entry(), key) for key in GIVEN_KEYS}, "problem": "P"}],
    }
