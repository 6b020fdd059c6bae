"""Each row of the merge's table, by the real upload and confirmation."""

import pytest
from django.test import Client

from patterns.models import Catalog, FormerSlug, Pattern
from patterns.store.exports import export_all, export_part
from patterns.tests.admin.forms import catalogue_rows, messages_of
from patterns.tests.admin.uploads import RETIRE, choose, confirm, imported, present, token_of, toml, toml_of, upload
from patterns.tests.ends import counted
from patterns.tests.factories import RICH, change_pattern, entry, import_entries, make_pattern, make_patterns

pytestmark = pytest.mark.django_db


def description() -> str:
    return present()["01"].description


def ours(text: str) -> None:
    change_pattern(Pattern.objects.get(code="01"), description=text)


@pytest.fixture
def base(db) -> str:
    """A whole export: the base that a later file names."""
    make_patterns(2)
    return export_all().toml


@pytest.fixture
def said(db) -> None:
    """A file was imported that named no base: what it said is the base of the next one."""
    import_entries([entry(description="Base.")])


# Each with a base that the file names


def test_what_only_the_file_changed_is_taken(desk: Client, base: str):
    imported(desk, base.replace("What Pattern 01 is.", "Theirs."))

    assert description() == "Theirs."


def test_what_only_the_catalogue_changed_is_kept(desk: Client, base: str):
    ours("Ours.")

    response = imported(desk, base)

    assert description() == "Ours."
    assert messages_of(response) == ["Nothing is written: 1 kept as newer here, 1 unchanged."]


def test_what_both_changed_alike_is_kept(desk: Client, base: str):
    ours("Same.")

    response = imported(desk, base.replace("What Pattern 01 is.", "Same."))

    assert description() == "Same."
    assert messages_of(response) == ["Nothing to do: 2 unchanged."]


def test_a_conflict_writes_nothing_at_all(desk: Client, base: str):
    ours("Ours.")
    before = catalogue_rows()

    file = base.replace("What Pattern 01 is.", "Theirs.").replace("What Pattern 02 is.", "Harmless.")
    imported(desk, file, on_conflict="fail")

    assert catalogue_rows() == before


@pytest.mark.parametrize(("on_conflict", "expected"), [("keep", "Ours."), ("take", "Theirs.")])
def test_the_choice_decides_the_conflicting_keys_only(desk: Client, base: str, on_conflict: str, expected: str):
    change_pattern(Pattern.objects.get(code="01"), description="Ours.", problem="Ours too.")

    file = base.replace("What Pattern 01 is.", "Theirs.").replace('name = "Pattern 01"', 'name = "Renamed"')
    imported(desk, file, on_conflict=on_conflict)

    after = present()["01"]
    assert (after.description, after.name, after.problem) == (expected, "Renamed", "Ours too.")


def without_second(file: str) -> str:
    return counted(file[: file.index('[[items]]\ncode = "02"')] + file[file.index("[end]") :])


def test_an_unchanged_entry_that_a_whole_file_lacks_is_named_and_stays(desk: Client, base: str):
    page = upload(desk, without_second(base)).content.decode()

    assert "The file leaves out 02 Pattern 02. What is left out stays, unless you choose below to retire it." in page
    imported(desk, without_second(base))
    assert present()["02"].status == "published"


def test_an_unchanged_entry_that_a_whole_file_lacks_is_retired_if_its_box_is_ticked(desk: Client, base: str):
    imported(desk, without_second(base), chosen=RETIRE)

    assert present()["02"].status == "retired"


def test_a_changed_entry_that_a_whole_file_lacks_is_a_conflict(desk: Client, base: str):
    change_pattern(Pattern.objects.get(code="02"), description="Ours.")
    before = catalogue_rows()

    page = choose(desk, token_of(desk, without_second(base)), **RETIRE).content.decode()

    assert "02 the entry itself" in page
    imported(desk, without_second(base), chosen=RETIRE, on_conflict="fail")
    assert catalogue_rows() == before


@pytest.mark.parametrize(("on_conflict", "status"), [("keep", "published"), ("take", "retired")])
def test_the_choice_decides_whether_a_changed_entry_is_retired(desk: Client, base: str, on_conflict: str, status: str):
    change_pattern(Pattern.objects.get(code="02"), description="Ours.")

    imported(desk, without_second(base), chosen=RETIRE, on_conflict=on_conflict)

    assert (present()["02"].status, present()["02"].description) == (status, "Ours.")


def test_a_part_that_lacks_an_entry_retires_nobody(desk: Client, base: str):
    imported(desk, export_part(Pattern.objects.filter(code="01")).toml)

    assert {one.status for one in present().values()} == {"published"}


# Each without such a base


def test_without_a_base_what_only_the_file_changed_is_taken(desk: Client, said: None):
    imported(desk, toml_of("01", description="Theirs."))

    assert description() == "Theirs."


def test_without_a_base_what_only_the_catalogue_changed_is_kept(desk: Client, said: None):
    ours("Ours.")

    imported(desk, toml_of("01", description="Base."))

    assert description() == "Ours."


def test_without_a_base_what_both_changed_differently_is_a_conflict(desk: Client, said: None):
    ours("Ours.")
    before = catalogue_rows()

    response = imported(desk, toml_of("01", description="Theirs."))

    assert "there are conflicts" in messages_of(response)[0]
    assert catalogue_rows() == before


def test_without_a_base_an_absent_entry_is_left_as_it_is(desk: Client, said: None):
    imported(desk, toml_of("02"))

    assert present()["01"].status == "published"


def test_without_a_base_absent_keys_are_left_as_they_are(desk: Client):
    rich = make_pattern(**RICH)

    imported(desk, toml(entry()))

    assert present()["01"] == entry(**RICH)
    assert Pattern.objects.get().updated_at == rich.updated_at


def test_without_a_base_an_explicit_empty_value_clears(desk: Client):
    import_entries([entry(**RICH)])

    imported(desk, toml_of("01") + 'aliases = []\nproblem = ""\nsteps = []\norigin = {}\n')

    after = present()["01"]
    assert (after.aliases, after.problem, after.steps, after.origin) == ((), "", (), None)
    assert after.solution == RICH["solution"]


@pytest.mark.parametrize("on_conflict", ["", "keep", "take"])
def test_an_older_text_is_kept_out_however_conflicts_are_decided(desk: Client, said: None, on_conflict: str):
    import_entries([entry(description="Second.")])

    imported(desk, toml_of("01", description="Base."), on_conflict=on_conflict)

    assert description() == "Second."


@pytest.mark.parametrize("chosen", [{"restore-01": "take"}, {"restore": "all"}])
def test_an_older_text_is_restored_if_that_is_chosen(desk: Client, said: None, chosen: dict[str, str]):
    import_entries([entry(description="Second.")])
    token = token_of(desk, toml_of("01", description="Base."))

    choose(desk, token, **chosen)
    confirm(desk, token)

    assert description() == "Base."


def test_with_no_base_at_all_a_difference_is_a_conflict(desk: Client):
    make_pattern()
    before = catalogue_rows()

    imported(desk, toml_of("01", description="Theirs."))

    assert catalogue_rows() == before


@pytest.mark.parametrize(("on_conflict", "expected"), [("keep", "What Pattern 01 is."), ("take", "Theirs.")])
def test_with_no_base_at_all_the_choice_decides(desk: Client, on_conflict: str, expected: str):
    make_pattern()

    imported(desk, toml_of("01", description="Theirs."), on_conflict=on_conflict)

    assert description() == expected


def test_a_base_of_another_database_counts_as_none(desk: Client, said: None):
    imported(desk, toml(entry("02"), base="elsewhere:1"))

    assert present()["01"].status == "published"


# Scenarios


def test_both_editors_changes_arrive_and_the_same_file_again_changes_nothing(desk: Client, base: str):
    ours("Ours.")
    file = counted(base.replace('name = "Pattern 01"', 'name = "Renamed"') + "\n" + toml_of("03", category="Shelf 1"))

    imported(desk, file)
    version = Catalog.objects.get().version
    again = imported(desk, file)

    assert (present()["01"].description, present()["01"].name) == ("Ours.", "Renamed")
    assert "03" in present()
    assert messages_of(again) == ["Nothing is written: 1 kept as newer here, 2 unchanged."]
    assert Catalog.objects.get().version == version


def test_an_old_export_after_newer_edits_reverts_nothing(desk: Client, base: str):
    for text in ("Newer.", "Newest."):
        ours(text)
    before = present()

    imported(desk, base)

    assert present() == before


def test_a_renamed_slug_keeps_the_old_address(desk: Client, base: str):
    imported(desk, base.replace('slug = "pattern-01"', 'slug = "renamed"'))

    assert [one.slug for one in FormerSlug.objects.all()] == ["pattern-01"]


def test_a_successor_that_readers_cannot_see_is_said_before_and_written_all_the_same(desk: Client):
    make_pattern("01")
    make_pattern("02", status="draft")
    file = export_all().toml.replace('code = "01"', 'code = "01"\nstatus = "retired"\nreplaced_by = "02"')

    shown = upload(desk, file).content.decode()
    imported(desk, file)

    assert "Warning: [01] replaced_by: readers cannot see its successor &#x27;02&#x27;: it is a draft" in shown
    assert present()["01"].status == "retired"
