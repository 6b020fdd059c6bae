from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.document.catalog import Document
from patterns.document.merge import Base, merge
from patterns.document.text import slug_of
from patterns.files.json import write_json
from patterns.files.reader import Upload, read_files, read_one
from patterns.files.toml import write_toml
from patterns.tests.document.documents import document as document_of
from patterns.tests.document.documents import entry, known
from patterns.tests.strategies import documents


def as_stated(document: Document) -> Document:
    """The document without the category slugs that a file leaves out."""
    categories = {
        slug: one.model_copy(update={"slug": ""}) if slug == slug_of(one.name) else one
        for slug, one in document.categories.items()
    }
    return replace(document, categories=categories)


@settings(max_examples=40, deadline=None)
@given(documents())
def test_a_written_document_is_read_back(document: Document):
    again = read_one(write_toml(document).encode()).document

    assert again == as_stated(document)
    assert again.header.categories == tuple(document.categories) == tuple(again.categories)


@settings(max_examples=30, deadline=None)
@given(documents())
def test_writing_what_was_read_gives_the_same_bytes(document: Document):
    written = write_toml(document)

    assert write_toml(read_one(written.encode()).document) == written


@settings(max_examples=20, deadline=None)
@given(documents(), st.booleans())
def test_a_document_written_as_json_is_read_back(document: Document, is_partial: bool):
    written = write_json(document, base="k3xq7w:42", partial=is_partial)

    file = read_one(written.encode(), format="json")

    assert (file.base, file.partial) == ("k3xq7w:42", is_partial)
    assert file.document == as_stated(document)
    assert write_json(file.document, base=file.base, partial=file.partial) == written


@settings(max_examples=20, deadline=None)
@given(documents())
def test_a_file_saved_with_crlf_and_a_byte_order_mark_says_the_same(document: Document):
    pasted = "\ufeff" + write_toml(document).replace("\n", "\r\n")

    assert read_one(pasted.encode()).document == as_stated(document)


@settings(max_examples=20, deadline=None)
@given(documents(), st.booleans())
def test_base_and_partial_are_not_part_of_the_document(document: Document, is_partial: bool):
    file = read_one(write_toml(document, base="k3xq7w:42", partial=is_partial).encode())

    assert (file.base, file.partial) == ("k3xq7w:42", is_partial)
    assert file.document == as_stated(document)


@settings(max_examples=20, deadline=None)
@given(documents())
def test_importing_an_export_has_nothing_to_do(document: Document):
    file = read_one(write_toml(document).encode())

    assert merge(known(document), document, file).edits == ()
    assert merge(Base(), document, file).edits == ()


@settings(max_examples=20, deadline=None)
@given(documents())
def test_each_entry_is_read_back_from_a_file_of_its_own(document: Document):
    header = write_toml(replace(document, entries={}))
    parts = [write_toml(Document(entries={code: one})) for code, one in document.entries.items()]

    files = [Upload(f"{index}.toml", "toml", part.encode()) for index, part in enumerate([header, *parts])]

    assert read_files(files).document == as_stated(document)


def test_text_pasted_by_a_browser_is_written_with_line_feeds():
    pasted = entry(problem="one\r\n\r\ntwo\rthree  ", description=" a\r\nb ")

    written = write_toml(document_of(pasted))

    assert 'problem = """\none\n\ntwo\nthree"""\n' in written
    assert 'description = "a\\nb"\n' in written
