"""Files from copies of this database, and files that readers took away."""

import pytest

from patterns.document.plan import Choices
from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.models import Catalog, Change, Pattern
from patterns.store.exports import export_all, export_public
from patterns.store.imports import import_file
from patterns.store.reading import load_entries
from patterns.tests.factories import A_FILE, change_pattern, entry, import_entries, make_pattern

pytestmark = pytest.mark.django_db


def test_a_base_of_a_copy_of_this_database_is_not_taken_for_ours():
    pattern = make_pattern("01")
    exported = export_all()
    change_pattern(pattern, description="Edited here.")
    elsewhere = f"{Catalog.objects.get().id}:{Catalog.objects.get().version}:feedbeef"

    outcome = import_file(read_one(write_toml(exported.document, base=elsewhere).encode()), by=A_FILE)

    assert "is not of this database" in outcome.plan.note
    assert load_entries()["01"].description == "Edited here."


def test_a_base_without_a_token_is_known_by_its_number():
    make_pattern("01")
    catalog = Catalog.objects.get()

    outcome = import_file(read_one(write_toml(export_all().document, base=f"{catalog.id}:1").encode()), by=A_FILE)

    assert "compared with change 1" in outcome.plan.note


def test_every_change_has_a_token_of_its_own():
    make_pattern("01")

    tokens = list(Change.objects.values_list("token", flat=True))
    assert len(set(tokens)) == len(tokens) > 1
    assert Catalog.objects.get().base.endswith(f":{Change.objects.first().token}")


def test_a_public_copy_removes_no_relation_to_a_draft():
    make_pattern("02")
    make_pattern("03", status="draft")
    relations = [{"type": "requires", "target": "02"}, {"type": "requires", "target": "03"}]
    make_pattern("01", relations=relations)

    outcome = import_file(read_one(export_public().toml.encode()), by=A_FILE)

    assert outcome.plan.edits == ()


def test_a_public_copy_may_still_remove_a_relation_that_it_shows():
    make_pattern("02")
    make_pattern("03", status="draft")
    relations = [{"type": "requires", "target": "02"}, {"type": "requires", "target": "03"}]
    make_pattern("01", relations=relations)
    shown = export_public().toml.replace('type = "requires"', 'type = "uses"')

    import_file(read_one(shown.encode()), by=A_FILE, choices=Choices(on_conflict="take"))

    assert [(one.type, one.target) for one in load_entries()["01"].relations] == [("uses", "02"), ("requires", "03")]


def test_a_retired_entry_that_a_backup_brings_is_still_known_to_readers():
    import_entries([entry("01", status="retired")])

    assert Pattern.objects.once_published().filter(code="01").exists()
