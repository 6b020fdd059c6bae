"""Edits of one document: compared with what was opened, checked against the others, applied."""

import pytest

from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog
from patterns.models import Catalog, Change, Pattern
from patterns.store.edits import StaleEdit, delete_entry, save_entry
from patterns.store.reading import load_entries
from patterns.tests.factories import AN_EDITOR, change_pattern, entry, make_category, make_pattern
from patterns.tests.store.fingerprints import fingerprint_of_entry

pytestmark = pytest.mark.django_db


def refusal(document: Entry, *, opened: str = "") -> str:
    """What a save that must not succeed says; asserts that it wrote nothing."""
    version = Catalog.objects.get().version
    with pytest.raises(InvalidCatalog) as refused:
        save_entry(document, opened=opened, by=AN_EDITOR)
    assert Catalog.objects.get().version == version == Change.objects.count()
    return str(refused.value)


def test_an_edit_of_what_changed_since_it_was_opened_is_refused_with_what_it_is_now():
    pattern = make_pattern()
    opened = fingerprint_of_entry("01")
    change_pattern(pattern, description="Meanwhile.")

    with pytest.raises(StaleEdit) as refused:
        save_entry(entry(name="Mine"), opened=opened, by=AN_EDITOR)

    assert (refused.value.what, refused.value.identity) == ("entry", "01")
    assert refused.value.current == load_entries()["01"]
    assert load_entries()["01"].description == "Meanwhile."


def test_an_edit_of_what_was_deleted_since_is_refused():
    make_pattern(status="draft")
    opened = fingerprint_of_entry("01")
    delete_entry("01", opened=opened, by=AN_EDITOR)

    with pytest.raises(StaleEdit) as refused:
        save_entry(entry(name="Mine"), opened=opened, by=AN_EDITOR)

    assert refused.value.current is None
    assert not Pattern.objects.exists()


def test_an_edit_that_was_undone_since_is_no_reason_to_refuse():
    pattern = make_pattern()
    opened = fingerprint_of_entry("01")
    for description in ("Meanwhile.", pattern.description):
        change_pattern(pattern, description=description)

    assert save_entry(entry(name="Mine"), opened=opened, by=AN_EDITOR)


def test_a_new_entry_does_not_replace_one_that_is_there():
    make_pattern()

    assert refusal(entry(name="New", slug="new")) == (
        "[01] code: '01' is the code of 'Pattern 01'; choose another code"
    )


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("slug", "pattern-01", "[02] slug: 'pattern-01' is the slug of [01] Pattern 01; give one of them another slug"),
        ("name", "Pattern 01", "[02] name: 'Pattern 01' is the name of [01] Pattern 01; give one of them another name"),
        ("name", "PATTERN 01", "[02] name: 'PATTERN 01' is the name of [01] Pattern 01; give one of them another name"),
    ],
)
def test_what_another_entry_holds_is_refused(key: str, value: str, message: str):
    make_pattern("01")

    assert refusal(entry("02", **{"slug": "two", "name": "Two", key: value})) == message


def test_names_that_differ_only_in_case_are_refused_beyond_ascii():
    make_pattern("01", name="École Straße")

    assert "is the name of [01]" in refusal(entry("02", name="ÉCOLE STRASSE", slug="two"))


def test_a_category_that_is_not_there_is_refused():
    assert refusal(entry(category="Nowhere")) == (
        "[01] category: there is no category 'Nowhere'; choose one that exists, or create it first"
    )


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"replaced_by": "99"}, "replaced_by"),
        ({"relations": [{"type": "uses", "target": "99"}]}, "relations[1].target"),
    ],
)
def test_an_entry_that_names_none_is_refused(values: dict, key: str):
    make_category()

    assert refusal(entry(**values)).startswith(f"[01] {key}: there is no entry '99'")


def test_a_symmetric_relation_stated_from_both_sides_is_refused():
    make_pattern("01")
    make_pattern("02", relations=[{"type": "complements", "target": "01"}])
    relations = [{"type": "complements", "target": "02"}]

    message = refusal(entry("01", relations=relations), opened=fingerprint_of_entry("01"))

    assert message.startswith("[01] relations[1]: [02] already states 'complements' with this entry")


def test_every_reason_to_refuse_is_told_at_once():
    make_pattern("01")

    message = refusal(entry("02", slug="pattern-01", replaced_by="98", relations=[{"type": "uses", "target": "99"}]))

    assert len(message.splitlines()) == 3


def test_an_entry_that_readers_saw_is_not_deleted():
    pattern = make_pattern()
    change_pattern(pattern, status="draft")

    with pytest.raises(InvalidCatalog, match=r"readers have seen it.*retire it instead"):
        delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)

    assert Pattern.objects.exists()


@pytest.mark.parametrize("values", [{"replaced_by": "01"}, {"relations": [{"type": "uses", "target": "01"}]}])
def test_an_entry_that_another_names_is_not_deleted(values: dict):
    make_pattern("01", status="draft")
    make_pattern("02", **values)

    with pytest.raises(InvalidCatalog, match="'Pattern 02' names it; remove it there first"):
        delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)


def test_a_draft_that_changed_since_is_not_deleted():
    pattern = make_pattern(status="draft")
    opened = fingerprint_of_entry("01")
    change_pattern(pattern, description="Meanwhile.")

    with pytest.raises(StaleEdit):
        delete_entry("01", opened=opened, by=AN_EDITOR)

    assert Pattern.objects.exists()


def test_a_deleted_draft_leaves_its_slug_and_name_free():
    make_pattern("01", status="draft")
    delete_entry("01", opened=fingerprint_of_entry("01"), by=AN_EDITOR)

    make_pattern("02", slug="pattern-01", name="Pattern 01")

    assert [*load_entries()] == ["02"]
