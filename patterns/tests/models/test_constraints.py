"""What SQL can state, both databases refuse, whoever writes."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, models, transaction

from patterns.models import (
    Applicability,
    Catalog,
    Category,
    Change,
    Check,
    Consequence,
    Example,
    FormerCategory,
    FormerSlug,
    FormToken,
    KnownAs,
    KnownUse,
    Mail,
    MailSwitches,
    Pattern,
    PendingImport,
    Proposal,
    Reference,
    Relation,
    Request,
    Revision,
    ShortSlug,
    Signal,
    Step,
    Symptom,
    Transfer,
    Variant,
    WorkingCopy,
)
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import AT, make_pattern

LONG, LONGER = "x" * 1_001, "x" * 20_001
REFUSED: list[tuple[type[models.Model], str, Any, str]] = [
    (Catalog, "id", "", "catalog_id_not_blank"),
    (Catalog, "title", "x" * 201, "catalog_title_fits"),
    (Catalog, "description", LONG, "catalog_description_fits"),
    (Category, "name", "", "category_name_not_blank"),
    (Category, "name", "x" * 121, "category_name_fits"),
    (Category, "name_key", "", "category_name_key_not_blank"),
    (Category, "name_key", "data", "unique"),
    (Category, "slug", "", "category_slug_not_blank"),
    (Category, "slug", "x" * 101, "category_slug_fits"),
    (Category, "slug", "data", "unique"),
    (Category, "description", LONG, "category_description_fits"),
    (Change, "origin", "magic", "change_origin_is_known"),
    (Change, "public_reason", LONG, "change_public_reason_fits"),
    (ShortSlug, "slug", "", "short_slug_slug_not_blank"),
    (ShortSlug, "slug", "long", "unique"),
    (Revision, "what", "table", "revision_what_is_known"),
    (Revision, "status", "asleep", "revision_status_is_known"),
    (Revision, "identity", "01", "unique"),
    (Pattern, "code", "", "pattern_code_not_blank"),
    (Pattern, "code", "x" * 17, "pattern_code_fits"),
    (Pattern, "code", "01", "unique"),
    (Pattern, "slug", "", "pattern_slug_not_blank"),
    (Pattern, "slug", "x" * 101, "pattern_slug_fits"),
    (Pattern, "slug", "saga", "unique"),
    (Pattern, "name", "", "pattern_name_not_blank"),
    (Pattern, "name", "x" * 121, "pattern_name_fits"),
    (Pattern, "name_key", "", "pattern_name_key_not_blank"),
    (Pattern, "name_key", "saga", "unique"),
    (Pattern, "description", "", "pattern_description_not_blank"),
    (Pattern, "description", LONG, "pattern_description_fits"),
    (Pattern, "problem", LONGER, "pattern_problem_fits"),
    (Pattern, "solution", LONGER, "pattern_solution_fits"),
    (Pattern, "kind", "other", "pattern_kind_is_known"),
    (Pattern, "concern", "taste", "pattern_concern_is_known"),
    (Pattern, "status", "public", "pattern_status_is_known"),
    (Pattern, "replaced_by", "02", "pattern_not_its_successor"),
    (FormerCategory, "slug", "", "former_category_slug_not_blank"),
    (FormerCategory, "slug", "x" * 101, "former_category_slug_fits"),
    (FormerCategory, "slug", "shelf-once", "unique"),
    (FormerCategory, "name", "x" * 121, "former_category_name_fits"),
    (FormerSlug, "slug", "", "former_slug_slug_not_blank"),
    (FormerSlug, "slug", "long-ago", "unique"),
    (Applicability, "text", "", "applicability_text_not_blank"),
    (Applicability, "text", LONG, "applicability_text_fits"),
    (Applicability, "verdict", "maybe", "applicability_verdict_is_known"),
    (Consequence, "text", "", "consequence_text_not_blank"),
    (Consequence, "text", LONG, "consequence_text_fits"),
    (Consequence, "evidence", LONG, "consequence_evidence_fits"),
    (Consequence, "quality", "beauty", "consequence_quality_is_known"),
    (Consequence, "sign", "loss", "consequence_sign_is_known"),
    (Relation, "target", "", "relation_target_not_blank"),
    (Relation, "target", "x" * 17, "relation_target_fits"),
    (Relation, "target", "01", "relation_to_another"),
    (Relation, "target", "09", "unique"),
    (Relation, "why", LONG, "relation_why_fits"),
    (Relation, "type", "likes", "relation_type_is_known"),
    *((table, "text", "", f"{table._meta.model_name}_text_not_blank") for table in (Symptom, Check, Signal, Variant)),
    *((table, "text", LONG, f"{table._meta.model_name}_text_fits") for table in (Symptom, Check, Signal)),
    (Variant, "text", LONG * 4, "variant_text_fits"),
    (Variant, "name", "", "variant_name_not_blank"),
    (Variant, "name", "x" * 121, "variant_name_fits"),
    (Example, "title", "", "example_title_not_blank"),
    (Example, "language", "", "example_language_not_blank"),
    (Example, "code", "", "example_code_not_blank"),
    (Example, "code", LONG * 6, "example_code_fits"),
    (KnownUse, "who", "", "known_use_who_not_blank"),
    (KnownUse, "what", "", "known_use_what_not_blank"),
    (KnownUse, "what", LONG, "known_use_what_fits"),
    (Step, "sender", "", "step_sender_not_blank"),
    (Step, "receiver", "", "step_receiver_not_blank"),
    (Step, "message", "", "step_message_not_blank"),
    (Step, "kind", "shout", "step_kind_is_known"),
    (Reference, "title", "", "reference_title_not_blank"),
    (KnownAs, "catalog", "", "known_as_catalog_not_blank"),
    (KnownAs, "name", "", "known_as_name_not_blank"),
    (PendingImport, "sha256", "", "pending_import_sha256_not_blank"),
    (PendingImport, "format", "yaml", "pending_import_format_is_known"),
    (PendingImport, "resolution", "guess", "pending_import_resolution_is_known"),
    (Proposal, "code", "", "proposal_code_not_blank"),
    (Proposal, "comment", "x" * 4_001, "proposal_comment_fits"),
    (Proposal, "comment", "", "proposal_says_something"),
    (Proposal, "decision", LONG, "proposal_decision_fits"),
    (Proposal, "state", "maybe", "proposal_state_is_known"),
    (Proposal, "state", "accepted", "proposal_when_decided"),
    (Proposal, "decided_at", AT, "proposal_when_decided"),
    (Request, "code", "", "request_code_not_blank"),
    (Request, "text", "", "request_text_not_blank"),
    (Request, "text", LONG, "request_text_fits"),
    (Request, "answer", LONG, "request_answer_fits"),
    (Request, "answered_at", AT, "request_when_answered"),
    (FormToken, "token", "", "form_token_token_not_blank"),
    (FormToken, "digest", "d" * 64, "unique"),
    (Mail, "kind", "gossip", "mail_kind_is_known"),
    (Mail, "state", "lost", "mail_state_is_known"),
    (Mail, "text", LONG * 4, "mail_text_fits"),
    (Mail, "error", "x" * 301, "mail_error_fits"),
    (Mail, "address", "a@x.example", "mail_has_one_recipient"),
    (Mail, "person", None, "mail_has_one_recipient"),
    (Transfer, "username", "", "transfer_username_not_blank"),
    (Transfer, "sha256", "", "transfer_sha256_not_blank"),
    (Transfer, "kind", "theft", "transfer_kind_is_known"),
    (WorkingCopy, "what", "table", "working_copy_what_is_known"),
    (WorkingCopy, "comment", LONG, "working_copy_comment_fits"),
    (WorkingCopy, "public_reason", LONG, "working_copy_public_reason_fits"),
    (WorkingCopy, "identity", "01", "unique"),
]
UNIQUE_IN_SQL = {
    "facet_counted_once",
    "revision_once_per_change",
    "short_slug_once",
    "relation_stated_once",
    "working_copy_one_of_each",
    "form_token_once",
    "proposal_one_open_of_each",
}  # SQLite names the columns instead


@pytest.fixture(scope="module")
def good(shared_rows: SharedRows) -> dict[type[models.Model], dict[str, Any]]:
    """Values that each table takes, beside a catalogue with one entry."""
    with shared_rows():
        return good_values()


def good_values() -> dict[type[models.Model], dict[str, Any]]:
    pattern = make_pattern("01", name="Saga", slug="saga", category="Data")
    FormerSlug.objects.create(slug="long-ago", pattern=pattern)
    FormerCategory.objects.create(slug="shelf-once", category=pattern.category)
    ShortSlug.objects.create(slug="long", pattern=pattern)
    Relation.objects.create(source=pattern, type="uses", target="09")
    user = User.objects.create(username="ada")
    WorkingCopy.objects.create(person=user, what="entry", identity="01", document={}, kept_at=AT)
    FormToken.objects.create(person=user, token="t", digest="d" * 64, saved_at=AT)
    name = {"name": "Outbox", "name_key": "outbox", "slug": "outbox", "description": "It."}
    times = {"created_at": AT, "updated_at": AT}
    return {
        Catalog: {"id": "other"},
        Category: name,
        Change: {"number": 99, "origin": "admin", "created_at": AT},
        Revision: {"change_id": 2, "what": "entry", "identity": "02"},
        Pattern: {**name, **times, "code": "02", "category": pattern.category},
        FormerCategory: {"slug": "shelf-then", "category": pattern.category},
        FormerSlug: {"slug": "then", "pattern": pattern},
        ShortSlug: {"slug": "undo", "pattern": pattern},
        Applicability: {"pattern": pattern, "verdict": "use", "text": "It rains."},
        Consequence: {"pattern": pattern, "quality": "latency", "sign": "cost", "text": "It waits."},
        Relation: {"source": pattern, "type": "uses", "target": "08"},
        Step: {"pattern": pattern, "sender": "A", "receiver": "B", "message": "go"},
        **{table: {"pattern": pattern, "text": "It fails."} for table in (Symptom, Check, Signal)},
        Variant: {"pattern": pattern, "name": "By hand", "text": "It works."},
        Example: {"pattern": pattern, "title": "A log", "language": "sql", "code": "SELECT 1"},
        KnownUse: {"pattern": pattern, "who": "A bank", "what": "It pays."},
        Reference: {"pattern": pattern, "title": "Sagas"},
        KnownAs: {"pattern": pattern, "catalog": "Clouds", "name": "Undo"},
        PendingImport: {
            "user": user,
            "format": "csv",
            "sha256": "0" * 64,
            "catalog_version": 2,
            "file": b"",
            **expiry(),
        },
        Proposal: {"code": "01", "comment": "It lags.", "created_at": AT},
        Request: {"code": "01", "text": "Say why.", "asked_by": user, "asked_at": AT, "seen": {}},
        FormToken: {"person": user, "token": "t", "digest": "e" * 64, "saved_at": AT},
        Mail: {"kind": "review", "person": user, "created_at": AT, "due_at": AT},
        Transfer: {"at": AT, "username": "ada", "role": "editor", "kind": "export", "size": 1, "sha256": "0" * 64},
        MailSwitches: {"person": user},
        WorkingCopy: {"person": user, "what": "entry", "identity": "02", "document": {}, "kept_at": AT},
    }


def expiry() -> dict[str, Any]:
    return {"created_at": AT, "expires_at": AT}


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column", "value", "name"), REFUSED)
def test_the_database_refuses(good, model: type[models.Model], column: str, value: Any, name: str):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        model._default_manager.create(**{**good[model], column: value})

    # PostgreSQL looks at the length of a varchar before it looks at constraints.
    expected = (name, f"too long for type character varying({len(str(value)) - 1})")
    assert any(text in str(refused.value).replace("UNIQUE", "unique") for text in expected)


@pytest.mark.django_db
@pytest.mark.parametrize("model", dict.fromkeys(row[0] for row in REFUSED))
def test_the_database_takes_the_same_row_with_good_values(good, model: type[models.Model]):
    assert model._default_manager.create(**good[model]).pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "column", "length"), [(Pattern, "name_key", 2160), (Category, "name_key", 2160), (Pattern, "slug", 100)]
)
def test_the_longest_values_fit(good, model: type[models.Model], column: str, length: int):
    assert model._default_manager.create(**{**good[model], column: "x" * length}).pk


def test_every_constraint_has_its_refusal_here():
    named = {one.name for model in apps.get_app_config("patterns").get_models() for one in model._meta.constraints}
    unique = {
        (model, field.name)
        for model in apps.get_app_config("patterns").get_models()
        for field in model._meta.fields
        if field.unique and not field.primary_key
    }

    assert {row[3] for row in REFUSED} - {"unique"} == named - UNIQUE_IN_SQL
    assert unique <= {(row[0], row[1]) for row in REFUSED if row[3] == "unique"}


@pytest.mark.django_db
def test_a_category_that_holds_entries_cannot_go(good):
    with pytest.raises(models.ProtectedError):
        Category.objects.get(slug="data").delete()


@pytest.mark.django_db
def test_of_an_entry_each_has_one_open_proposal(good):
    proposed = {**good[Proposal], "document": {}, "author": User.objects.get()}
    decided = Proposal.objects.create(**proposed, state="declined", decided_at=AT)
    Proposal.objects.create(**proposed)

    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.filter(pk=decided.pk).update(state="open", decided_at=None)
    Proposal.objects.create(**{**proposed, "code": "02"})
