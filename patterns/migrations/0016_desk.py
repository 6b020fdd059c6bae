"""What the desk remembers: working copies of forms, requests of reviewers; queues of proposals."""

import json
from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


def keep_one_proposal_of_each(apps: Any, schema_editor: Any) -> None:
    """Of several open ones of one author about one entry the newest stays; each says which keys it changes."""
    proposals = apps.get_model("patterns", "Proposal").objects
    newer: dict[tuple[int, str], Any] = {}
    for one in proposals.order_by("-created_at", "-pk").iterator():
        if one.document is None:
            one.keys = [one.part] if one.part else []
        else:
            base = one.base or {}
            one.keys = [key for key, value in one.document.items() if value != base.get(key)]
        if one.state == "open" and one.document is not None and one.author_id is not None:
            kept = newer.setdefault((one.author_id, one.code), one)
            if kept is not one:
                one.state, one.decided_at = "declined", kept.created_at
                one.decision = f"Its author proposed something else since: proposal {kept.pk}."
        one.save(update_fields=["keys", "state", "decision", "decided_at"])


def ask_what_was_asked(apps: Any, schema_editor: Any) -> None:
    """Drafts that somebody else moved back from review last, as the first page showed them until now."""
    revisions, requests = (apps.get_model("patterns", name).objects for name in ("Revision", "Request"))
    for draft in apps.get_model("patterns", "Pattern").objects.filter(status="draft").order_by("pk").iterator():
        of_draft = revisions.filter(pattern=draft).select_related("change").order_by("-change_id")
        newest, first = [*of_draft[:2]], of_draft.last()
        if len(newest) < 2 or newest[1].status != "review":
            continue
        change, owner = newest[0].change, first.change.author_id
        if owner is not None and change.author_id != owner:
            requests.create(
                code=draft.code,
                text=change.comment[:1000] or "It was sent back without a reason.",
                seen=json.loads(newest[0].document),
                asked_by_id=change.author_id,
                asked_at=change.created_at,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("patterns", "0015_search_index_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="Code of the entry.", max_length=16)),
                ("field", models.CharField(blank=True, help_text="Key of the entry that it is about.", max_length=32)),
                ("text", models.TextField(help_text="What is asked for.", max_length=1000)),
                ("asked_at", models.DateTimeField()),
                ("seen", models.JSONField(help_text="The document as the reviewer saw it.")),
                ("answer", models.TextField(blank=True, help_text="What its author says to it.", max_length=1000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, help_text="None as long as it is open.", null=True)),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="proposal",
            name="proposal_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="proposal",
            name="proposal_says_something",
        ),
        migrations.AddField(
            model_name="change",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="is_edited",
            field=models.BooleanField(default=False, help_text="By whoever accepted it."),
        ),
        migrations.AddField(
            model_name="proposal",
            name="batch",
            field=models.UUIDField(blank=True, help_text="Shared by all that one import proposed.", null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="batch_name",
            field=models.CharField(blank=True, help_text="Name of the file that was imported.", max_length=200),
        ),
        migrations.AddField(
            model_name="proposal",
            name="changed_at",
            field=models.DateTimeField(blank=True, help_text="When its author last changed it.", null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="erased_at",
            field=models.DateTimeField(blank=True, help_text="When what the reader said was removed.", null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="keys",
            field=models.JSONField(
                blank=True, default=list, help_text="Keys of the entry that it changes, or is about."
            ),
        ),
        migrations.AddField(
            model_name="workingcopy",
            name="elsewhere",
            field=models.JSONField(
                blank=True, default=dict, help_text="Token of another tab's form → the document as it was typed there."
            ),
        ),
        migrations.AddField(
            model_name="workingcopy",
            name="token",
            field=models.CharField(blank=True, help_text="Of the form that was typed into last.", max_length=36),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="state",
            field=models.CharField(
                choices=[("open", "Open"), ("accepted", "Accepted"), ("declined", "Declined"), ("spam", "Spam")],
                default="open",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="proposal_batch"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("open", "accepted", "declined", "spam"))),
                name="proposal_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("document__isnull", False),
                    models.Q(("comment", ""), _negated=True),
                    ("erased_at__isnull", False),
                    _connector="OR",
                ),
                name="proposal_says_something",
            ),
        ),
        # Behind the words it is about, so that SQLite says of an unknown word that it is unknown.
        migrations.RemoveConstraint(model_name="proposal", name="proposal_when_decided"),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_when_decided",
            ),
        ),
        migrations.RunPython(keep_one_proposal_of_each, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("author__isnull", False), ("document__isnull", False), ("state", "open")),
                fields=("author", "code"),
                name="proposal_one_open_of_each",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="asked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="proposal",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="requests",
                to="patterns.proposal",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["code", "resolved_at"], name="request_of_entry"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["proposal", "resolved_at"], name="request_of_proposal"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="request_code_not_blank"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="request_text_not_blank"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("text"), models.Value(1000)
                ),
                name="request_text_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("answer"), models.Value(1000)
                ),
                name="request_answer_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True)),
                    models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="request_when_answered",
            ),
        ),
        # Last: PostgreSQL alters no table into which the same transaction has written.
        migrations.RunPython(ask_what_was_asked, migrations.RunPython.noop),
    ]
