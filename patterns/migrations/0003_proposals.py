import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import patterns.models.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="pattern",
            options={
                "ordering": (
                    models.OrderBy(django.db.models.functions.text.Length("code")),
                    models.OrderBy(patterns.models.constraints.ByteOrder("code")),
                ),
                "permissions": [
                    ("import_pattern", "Can import patterns"),
                    ("export_pattern", "Can export patterns"),
                    ("publish_pattern", "Can publish, retire, restore and rename patterns"),
                ],
            },
        ),
        migrations.AddField(
            model_name="change",
            name="is_override",
            field=models.BooleanField(default=False, help_text="A superuser's, against the rule of four eyes."),
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="Code of the entry.", max_length=16)),
                (
                    "document",
                    models.JSONField(blank=True, help_text="The entry as proposed; none if a reader wrote.", null=True),
                ),
                ("base", models.JSONField(blank=True, help_text="The entry as the author saw it.", null=True)),
                ("reader", models.CharField(blank=True, help_text="The name that a reader gave.", max_length=120)),
                (
                    "sender",
                    models.CharField(
                        blank=True, editable=False, help_text="Keyed hash of a reader's address.", max_length=64
                    ),
                ),
                ("comment", models.TextField(blank=True, help_text="What and why.", max_length=4000)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("declined", "Declined")],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "decision",
                    models.TextField(blank=True, help_text="Why it was accepted or declined.", max_length=1000),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="patterns.change",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "-created_at"], name="proposal_queue"),
                    models.Index(fields=["code", "state"], name="proposal_of_entry"),
                    models.Index(fields=["sender", "created_at"], name="proposal_sender"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="proposal_code_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "accepted", "declined"))),
                        name="proposal_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("comment"), models.Value(4000)
                        ),
                        name="proposal_comment_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("decision"), models.Value(1000)
                        ),
                        name="proposal_decision_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("document__isnull", False), models.Q(("comment", ""), _negated=True), _connector="OR"
                        ),
                        name="proposal_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposal_when_decided",
                    ),
                ],
            },
        ),
    ]
