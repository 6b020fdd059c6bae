"""A plan becomes rows: one Change, one Revision for each document that changed, and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from patterns.models import Catalog, Change, Consequence, Pattern, Revision, Step
from patterns.store.edits import delete_entry
from patterns.store.history import document_of
from patterns.store.reading import load_document, load_entries
from patterns.tests.factories import (
    AT,
    RICH,
    authorship,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
    make_patterns,
    make_rich_pattern,
)
from patterns.tests.store.fingerprints import fingerprint_of_entry

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def revised(number: int) -> list[tuple[str, str]]:
    """What the revisions of a change are of."""
    return [*Revision.objects.filter(change=number).values_list("what", "identity")]


def test_a_created_entry_is_one_change_with_one_revision():
    make_category()

    make_pattern("01")

    assert revised(2) == [("entry", "01")]


def test_a_change_of_an_entry_is_one_change_with_one_revision():
    pattern = make_pattern("01")

    change_pattern(pattern, description="Better said.")

    assert revised(3) == [("entry", "01")]
    assert load_entries()["01"].description == "Better said."


def test_an_import_is_one_change_with_a_revision_of_each_document():
    make_patterns(2)

    assert revised(1) == [
        *[("category", "shelf-1"), ("category", "shelf-2")],
        *[("entry", "01"), ("entry", "02"), ("header", "")],
    ]


def test_a_second_import_has_revisions_of_what_changed_only():
    make_patterns(3, category="Data")

    import_entries([entry("02", category="Data", description="New."), entry("03", category="Data")])

    assert revised(2) == [("entry", "02")]


def test_a_deleted_draft_leaves_a_revision_without_a_document():
    make_pattern(status="draft")

    delete_entry("01", opened=fingerprint_of_entry("01"), by=authorship())

    revision = Revision.objects.get(change=3)
    assert (revision.identity, revision.document, revision.fingerprint, revision.pattern) == ("01", None, "", None)
    assert not Pattern.objects.exists()


def test_a_change_says_who_why_by_which_way_and_when():
    author = User.objects.create(username="ada")
    by = authorship(author=author, comment="Clearer.", at=LATER, origin=Change.Origin.PROPOSAL)

    change_pattern(make_pattern(), by=by, description="New.")

    change = Change.objects.get(number=3)
    assert (change.author, change.comment, change.origin, change.created_at) == (author, "Clearer.", "proposal", LATER)


def test_the_version_is_the_number_of_the_last_change():
    pattern = make_pattern()

    change_pattern(pattern, description="New.")

    assert Catalog.objects.get().version == 3
    assert [*Change.objects.values_list("number", flat=True)] == [3, 2, 1]


def test_saving_what_is_there_already_is_no_change():
    pattern = make_rich_pattern()

    change_pattern(pattern)

    assert Catalog.objects.get().version == Change.objects.count() == 2


def test_importing_what_is_there_already_writes_no_row(django_assert_max_num_queries):
    make_patterns(3)

    with django_assert_max_num_queries(100) as queries:
        assert make_patterns(3)

    written = [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_a_revision_holds_the_document_and_its_fingerprint_and_leads_to_the_row():
    pattern = make_rich_pattern()

    revision = Revision.objects.get(what="entry")

    assert document_of(revision) == load_entries()["01"]
    assert (revision.pattern, revision.fingerprint) == (pattern, fingerprint_of_entry("01"))


def test_an_entry_is_first_published_once():
    pattern = make_pattern(status="draft")
    assert pattern.published_at is None

    for days, status in enumerate(["published", "retired", "published"], start=1):
        change_pattern(pattern, by=authorship(at=AT + timedelta(days=days)), status=status)

    assert Pattern.objects.get().published_at == LATER


def test_a_change_moves_the_time_of_the_update_only():
    pattern = make_pattern()

    changed = change_pattern(pattern, by=authorship(at=LATER), description="New.")

    assert (changed.created_at, changed.updated_at) == (AT, LATER)
    assert (changed.pk, changed.published_at) == (pattern.pk, AT)


def test_only_the_parts_of_changed_lists_are_replaced():
    pattern = make_rich_pattern()
    before = {model: [*model.objects.values_list("pk", flat=True)] for model in (Consequence, Step)}

    change_pattern(pattern, consequences=RICH["consequences"][:1])

    assert [*Step.objects.values_list("pk", flat=True)] == before[Step]
    assert [*Consequence.objects.values_list("text", flat=True)] == ["No step waits for another."]


@pytest.mark.parametrize("key", [*RICH, "relations", "replaced_by"])
def test_every_optional_key_can_be_cleared(key: str):
    make_pattern("02")
    make_rich_pattern("01", relations=[{"type": "uses", "target": "02"}], replaced_by="02")
    present = load_entries()["01"]
    empty = type(present).model_fields[key].default

    change_pattern(Pattern(code="01"), **{key: empty})

    assert load_entries()["01"] == present.model_copy(update={key: empty})


def test_parts_come_back_in_the_order_of_the_document():
    texts = [f"condition {number}" for number in range(12)]
    make_pattern(use_when=texts, avoid_when=texts[::-1])

    read = load_entries()["01"]

    assert ([*read.use_when], [*read.avoid_when]) == (texts, texts[::-1])


def test_more_entries_than_one_statement_carries_arrive_whole():
    make_patterns(1_100)

    change = import_entries(
        [entry(f"{number:02}", category=f"Shelf {number % 4}", description="New.") for number in range(1, 1_101)]
    ).change

    assert change.revisions.count() == 1_100
    assert {one.description for one in load_document().entries.values()} == {"New."}
