"""Working copies: what somebody typed, until they decide what becomes of it."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkingCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("header", "Header"), ("category", "Category"), ("entry", "Entry")], max_length=8
                    ),
                ),
                (
                    "identity",
                    models.CharField(
                        blank=True, help_text="Code of the entry or slug of the category.", max_length=100
                    ),
                ),
                ("document", models.JSONField(help_text="The document as it was typed.")),
                (
                    "base",
                    models.CharField(
                        blank=True,
                        help_text="Fingerprint of the document that it was made of; empty if none is known.",
                        max_length=64,
                    ),
                ),
                (
                    "place",
                    models.PositiveIntegerField(blank=True, help_text="Where a category was put, from 1.", null=True),
                ),
                ("comment", models.TextField(blank=True, help_text="What and why.", max_length=1000)),
                (
                    "earlier",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Keys and texts that the person typed before, and otherwise later.",
                    ),
                ),
                (
                    "kept_at",
                    models.DateTimeField(
                        help_text="When it last changed; tells what a page showed from what there is now."
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "working copies",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ("header", "category", "entry"))),
                        name="working_copy_what_is_known",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("comment"), models.Value(1000)
                        ),
                        name="working_copy_comment_fits",
                    ),
                    models.UniqueConstraint(fields=("person", "what", "identity"), name="working_copy_one_of_each"),
                ],
            },
        ),
    ]
