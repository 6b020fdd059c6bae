"""Migrations are complete, go both ways, and leave the rows that every database has."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from patterns.document.entry import Entry
from patterns.document.text import KEPT, name_key
from patterns.models import Catalog, FacetCount, Pattern, Proposal, Request, Revision, ShortSlug
from patterns.store.reading import load_entries
from patterns.tests.factories import authorship, change_pattern, make_pattern, make_patterns, make_rich_pattern
from patterns.tests.search.shelf import names
from patterns.tests.store.scratch import Rows, Scratch, rows_of_all_tables

pytestmark = pytest.mark.database

BEFORE_THE_FIRST_RELEASE = (
    "0001_initial",
    "0002_search",
    "0003_proposals",
    "0004_proposal_part",
    "0005_pending_decisions",
    "0006_pending_choices",
    "0007_name_keys",
    "0008_xlsx_uploads",
)


def own_tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name.startswith("patterns_")]


def names_applied() -> set[str]:
    return {name for app, name in MigrationRecorder(connection).applied_migrations() if app == "patterns"}


def rows_with_documents() -> Rows:
    """Documents as values: PostgreSQL once kept their keys in an order of its own."""
    rows = rows_of_all_tables()
    documents = Revision.objects.values_list("pk", "what", "status", "document").order_by("pk")
    return {**rows, "patterns_revision": [(*one, text and json.loads(text)) for *one, text in documents]}


def test_the_models_need_no_other_migration(scratch: Scratch):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_migrations_go_back_to_nothing_and_forth_again(scratch: Scratch):
    make_pattern()
    tables = own_tables()

    call_command("migrate", "patterns", "zero", verbosity=0)
    assert own_tables() == []
    call_command("migrate", "patterns", verbosity=0)

    assert own_tables() == tables
    assert make_pattern().code == "01"


def test_every_database_has_one_catalogue_of_its_own(scratch: Scratch):
    before = Catalog.objects.get()

    call_command("migrate", verbosity=0)

    assert Catalog.objects.get() == before
    assert len(before.id) == 8
    assert before.version == 0


@pytest.mark.parametrize("applied", [BEFORE_THE_FIRST_RELEASE, ("0001_schema", *BEFORE_THE_FIRST_RELEASE)])
def test_a_database_from_before_the_first_release_gets_only_what_it_lacks(scratch: Scratch, applied: tuple[str, ...]):
    make_pattern()
    rows = rows_with_documents()
    call_command("migrate", "patterns", "0002", verbosity=0)
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="patterns").delete()
    for name in applied:
        recorder.record_applied("patterns", name)
    said = StringIO()

    call_command("migrate", stdout=said)

    later = [name for app, name in MigrationLoader(None).disk_migrations if app == "patterns" and name > "0003"]
    assert said.getvalue().count("Applying ") == sum(f"Applying patterns.{name}" in said.getvalue() for name in later)
    assert "Applying patterns.0003_working_copy" in said.getvalue()
    assert rows_with_documents() == rows
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert names_applied() == {"0001_schema", *later, *BEFORE_THE_FIRST_RELEASE}


def test_a_catalogue_from_before_the_facet_counts_gets_them(scratch: Scratch):
    gains = [{"quality": "latency", "sign": "gain", "text": text} for text in ("One.", "Two.")]
    make_patterns(9, consequences=gains)
    make_pattern("90", status="draft", category="Shelf 1", consequences=gains)
    columns = ("category", "kind", "sign", "quality", "count")
    before = {*FacetCount.objects.values_list(*columns)}

    call_command("migrate", "patterns", "0003", verbosity=0)
    call_command("migrate", verbosity=0)

    assert {*FacetCount.objects.values_list(*columns)} == before
    assert sum(count for *_, sign, _, count in before if sign) == 9


def test_a_catalogue_from_before_the_short_slugs_gets_them(scratch: Scratch):
    make_pattern("06", name="Saga Pattern", aliases=["Process Manager", "Undo"])
    make_pattern("07", name="Outbox", status="draft", aliases=["Relay"])
    before = {*ShortSlug.objects.values_list("slug", "pattern__code")}

    call_command("migrate", "patterns", "0011", verbosity=0)
    call_command("migrate", verbosity=0)

    assert {*ShortSlug.objects.values_list("slug", "pattern__code")} == before
    assert len(before) == 4


def test_a_catalogue_from_before_the_compression_keeps_every_text(scratch: Scratch):
    make_patterns(230, problem="Hurts: é\\n{0}.")  # more than one portion
    # What was not there before is lost on the way back.
    later = ("symptoms", "checks", "signals", "variants", "examples", "known_uses", "steps", "references")
    make_rich_pattern("900", status="draft", concern="", **dict.fromkeys(later, ()))
    make_pattern("901", status="draft")
    Pattern.objects.filter(code="901").delete()
    change_pattern(Pattern.objects.get(code="01"), status="retired", replaced_by="02")
    before = rows_with_documents()

    call_command("migrate", "patterns", "0007", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT shown FROM patterns_searchtext UNION ALL SELECT imported FROM patterns_pattern")
        assert any("Hurts: é" in text for (text,) in cursor.fetchall() if text)
    call_command("migrate", verbosity=0)

    assert rows_with_documents() == before
    assert {one.status for one in Revision.objects.filter(identity__in=("01", "900"))} >= {"retired", "draft"}
    change_pattern(Pattern.objects.get(code="02"), problem="Whispers.")
    assert names("q=whispers") == [Pattern.objects.get(code="02").name]


def test_of_several_open_proposals_of_one_author_the_newest_stays(scratch: Scratch):
    author = User.objects.create(username="ada")
    call_command("migrate", "patterns", "0015", verbosity=0)
    before = {"name": "A", "problem": ""}
    old = MigrationLoader(connection).project_state(("patterns", "0015_search_index_merges")).apps
    proposals = old.get_model("patterns", "Proposal").objects
    for minute, name in enumerate(["B", "C"]):
        at = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
        document = {"name": name, "problem": ""}
        proposals.create(code="01", author_id=author.pk, base=before, document=document, created_at=at)
    proposals.create(code="01", part="problem", comment="A reader's words.", created_at=at)
    call_command("migrate", verbosity=0)

    found = [*Proposal.objects.order_by("pk").values_list("state", "keys", "author")]
    assert found == [("declined", ["name"], author.pk), ("open", ["name"], author.pk), ("open", ["problem"], None)]


def test_a_draft_that_was_sent_back_before_is_still_sent_back(scratch: Scratch):
    editor, publisher = User.objects.create_user("ada"), User.objects.create_user("rae")
    for code, who in (("01", publisher), ("02", editor)):
        pattern = make_pattern(code, status="review", by=authorship(author=editor))
        change_pattern(pattern, status="draft", by=authorship(author=who, comment="Say who pays."))
    assert not Request.objects.exists()

    call_command("migrate", "patterns", "0015", verbosity=0)
    call_command("migrate", "patterns", verbosity=0)

    (request,) = Request.objects.all()
    assert (request.code, request.text, request.asked_by.pk) == ("01", "Say who pays.", publisher.pk)
    assert Entry.model_validate(request.seen, context=KEPT) == load_entries()["01"]


@pytest.mark.django_db
def test_the_longest_key_of_a_name_fits():
    longest = "\ufdfa" * 120

    make_pattern(name=longest)

    assert len(Pattern.objects.get().name_key) == len(name_key(longest)) > 2000


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_its_catalogue_again():
    call_command("flush", interactive=False, verbosity=0)

    assert Catalog.objects.count() == 1
