"""Which base an import compares with, and what it remembers of a file."""

from typing import Any

import pytest

from patterns.document.plan import Choices
from patterns.files.reader import read_one
from patterns.models import Catalog, Category, Pattern
from patterns.store.exports import Export, export_all, export_part, export_public
from patterns.store.imports import ImportOutcome, import_file, plan_import
from patterns.store.reading import load_document
from patterns.tests.factories import (
    A_FILE,
    RICH,
    change_header,
    change_pattern,
    entry,
    import_entries,
    make_pattern,
    make_patterns,
)
from patterns.tests.store.fingerprints import entries_by

pytestmark = pytest.mark.django_db


def imported(export: Export | str, **choices: Any) -> ImportOutcome:
    text = export if isinstance(export, str) else export.toml
    return import_file(read_one(text.encode()), by=A_FILE, choices=Choices(**choices))


def test_an_export_imported_into_its_own_database_is_nothing_to_do():
    make_pattern(**RICH)

    outcome = imported(export_all())

    assert outcome.change is None
    assert f"change {Catalog.objects.get().version}" in outcome.plan.note


def test_what_a_file_said_before_a_rule_is_still_compared_with():
    import_entries([entry(name="Saga")])
    kept = Pattern.objects.get().imported.replace('"Saga"', '"Sa\u200bga"')
    Pattern.objects.update(imported=kept)

    import_entries([entry(name="Saga", description="It undoes.")])

    assert Pattern.objects.get().description == "It undoes."


def test_a_base_of_another_database_counts_as_none_and_the_plan_says_so():
    make_pattern()

    plan = imported('[catalog]\nbase = "elsewhere:1"\n[end]\nentries = 0\n').plan

    assert "elsewhere:1 is not of this database" in plan.note
    assert plan.edits == ()


def test_a_base_of_a_change_that_is_not_made_yet_counts_as_none():
    make_pattern()

    plan = imported(f'[catalog]\nbase = "{Catalog.objects.get().id}:99"\n[end]\nentries = 0\n').plan

    assert "last imported" in plan.note
    assert plan.edits == ()


def test_the_base_before_the_first_change_is_an_empty_catalogue():
    make_pattern()

    outcome = imported(f'[catalog]\ntitle = "New"\nbase = "{Catalog.objects.get().id}:0"\n[end]\nentries = 0\n')

    assert [(edit.what, edit.action) for edit in outcome.plan.edits] == [("header", "update")]


def test_a_whole_export_without_an_entry_retires_it_if_that_is_chosen():
    make_patterns(2)
    export = export_all()
    del export.document.entries["02"]

    assert imported(export).change is None
    imported(export, retire=True)

    assert entries_by("status") == {"01": "published", "02": "retired"}


@pytest.mark.parametrize("export", [export_part, export_public])
def test_an_export_of_a_part_retires_nobody(export):
    make_patterns(3)

    outcome = imported(export(Pattern.objects.filter(code="01")))

    assert outcome.change is None
    assert set(entries_by("status").values()) == {"published"}


def test_an_export_of_a_part_that_was_edited_changes_that_part():
    make_patterns(3)

    imported(export_part(Pattern.objects.filter(code="01")).toml.replace("What Pattern 01 is.", "Edited."))

    assert entries_by("description")["01"] == "Edited."
    assert len(load_document().categories) == 3


def test_what_a_file_said_is_remembered_as_it_said_it():
    import_entries([entry()])

    change_pattern(Pattern.objects.get(), description="Ours.")

    assert '"description":"What Pattern 01 is."' in Pattern.objects.get().imported


def test_a_later_file_that_says_less_keeps_what_an_earlier_one_said():
    whole = '[[items]]\ncode = "01"\nslug = "a"\nname = "A"\ndescription = "It."\ncategory = "Data"\n'
    imported(whole + 'problem = """\nHurts."""\n')

    imported(whole.replace("It.", "That."))

    assert Pattern.objects.get().problem == "Hurts."
    assert '"problem":"Hurts."' in Pattern.objects.get().imported
    assert '"description":"That."' in Pattern.objects.get().imported


def test_an_export_is_not_remembered_as_a_file():
    make_pattern()

    export_all()

    assert Pattern.objects.get().imported is None


def test_an_entry_that_was_restored_from_an_old_file_is_the_base_of_the_next():
    for text in ("First.", "Second."):
        import_entries([entry(description=text)])
    imported(file_of("First."), restore="all")

    imported(file_of("Third."))

    assert entries_by("description") == {"01": "Third."}


def file_of(description: str) -> str:
    given = entry(description=description).model_dump(include={"code", "slug", "name", "description", "category"})
    return "[[items]]\n" + "".join(f'{key} = "{value}"\n' for key, value in given.items())


def test_a_plan_is_the_one_that_is_carried_out():
    make_patterns(2)
    file = read_one(file_of("New.").encode())

    planned = plan_import(file)

    assert import_file(file, by=A_FILE).plan == planned


def test_a_plan_writes_nothing():
    version = Catalog.objects.get().version

    plan = plan_import(read_one(file_of("New.").encode()))

    assert plan.count("create") == 1
    assert not Pattern.objects.exists()
    assert not Category.objects.exists()
    assert Catalog.objects.get().version == version


def test_progress_counts_every_entry_that_is_written():
    counts: list[int] = []
    text = "\n".join(file_of("New.").replace("01", f"{number:04}") for number in range(1_200))

    import_file(read_one(text.encode()), by=A_FILE, progress=counts.append)

    assert len(counts) > 1
    assert sum(counts) == 1_200


def test_the_public_export_relates_to_published_entries_only():
    make_pattern("01")
    make_pattern("02", status="draft")
    make_pattern("03", relations=[{"type": "uses", "target": "01"}, {"type": "requires", "target": "02"}])

    document = export_public().document

    assert [*document.entries] == ["01", "03"]
    assert [one.target for one in document.entries["03"].relations] == ["01"]


def test_exports_of_a_part_carry_its_categories_only_and_no_base():
    make_patterns(3)
    change_header(title="All")

    export = export_part(Pattern.objects.filter(code="01"))

    assert ([*export.document.categories], export.base, export.partial) == (["shelf-1"], "", True)
    assert export.document.header.title == "All"
