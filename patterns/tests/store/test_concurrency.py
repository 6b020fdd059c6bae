"""Writers at the same time, each with a real connection: nobody's change is lost."""

import pytest

from patterns.document.entry import Entry
from patterns.models import Catalog, Change, Pattern
from patterns.store.edits import StaleEdit, save_entry
from patterns.store.reading import consistent_read, load_document, load_entries, writing
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import AN_EDITOR, change_pattern, entry, import_entries, make_pattern
from patterns.tests.store.scratch import Scratch

pytestmark = pytest.mark.database


def saved(document: Entry, opened: str) -> str:
    """What an editor gets who saves a form that was opened a while ago."""
    try:
        save_entry(document, opened=opened, by=AN_EDITOR)
    except StaleEdit:
        return "stale"
    return "saved"


def test_of_two_editors_who_opened_the_same_entry_exactly_one_wins(scratch: Scratch):
    make_pattern()
    present = load_entries()["01"]
    opened = fingerprint_of(present)
    forms = [present.model_copy(update={"description": text}) for text in ("One.", "Two.")]

    results = scratch.at_once(*(lambda form=form: saved(form, opened) for form in forms))

    assert sorted(results) == ["saved", "stale"]
    assert load_entries()["01"] == forms[results.index("saved")]


def test_two_editors_of_different_entries_both_win(scratch: Scratch):
    codes = ("01", "02")
    for code in codes:
        make_pattern(code)

    scratch.at_once(*(lambda code=code: change_pattern(Pattern(code=code), description="New.") for code in codes))

    assert [one.description for one in load_entries().values()] == ["New.", "New."]
    assert Catalog.objects.get().version == Change.objects.count() == 5


def test_two_imports_at_once_both_arrive(scratch: Scratch):
    files = [[entry(f"{letter}{number}") for number in range(40)] for letter in "ab"]

    outcomes = scratch.at_once(*(lambda file=file: import_entries(file) for file in files))

    assert sorted(one.change.number for one in outcomes) == [1, 2]
    assert set(load_entries()) == {one.code for file in files for one in file}


def test_two_files_of_the_same_base_at_once_are_one_import_and_one_conflict(scratch: Scratch):
    import_entries([entry()])
    base = Catalog.objects.get().base
    files = [entry(description=text) for text in ("One.", "Two.")]

    results = scratch.at_once(*(lambda file=file: refused_or_done(file, base) for file in files))

    assert sorted(results) == ["done", "refused"]
    assert load_entries()["01"] == files[results.index("done")]


def refused_or_done(file: Entry, base: str) -> str:
    try:
        import_entries([file], base=base)
    except AssertionError:
        return "refused"
    return "done"


def test_a_consistent_read_does_not_see_what_another_writes_meanwhile(scratch: Scratch):
    make_pattern()
    before = load_document()

    with consistent_read():
        assert Catalog.objects.get().version == 2
        scratch.at_once(lambda: change_pattern(Pattern(code="01"), description="Meanwhile."))
        seen = load_document(), Catalog.objects.get().version

    assert seen == (before, 2)
    assert load_entries()["01"].description == "Meanwhile."


def test_a_consistent_read_waits_for_no_writer(scratch: Scratch):
    make_pattern()

    with writing() as catalog:
        catalog.title = "Not yet"
        catalog.save()
        (seen,) = scratch.at_once(consistent_titles)

    assert seen == ""


def consistent_titles() -> str:
    with consistent_read():
        return load_document().header.title


def test_after_a_consistent_read_that_failed_the_connection_writes_again(scratch: Scratch):
    with pytest.raises(Catalog.DoesNotExist), consistent_read():
        Catalog.objects.get(id="elsewhere")

    make_pattern()

    assert Catalog.objects.get().version == 2
