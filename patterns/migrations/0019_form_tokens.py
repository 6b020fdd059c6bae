"""Tokens of forms that were saved: what is sent a second time is done once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0018_outbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=36)),
                ("digest", models.CharField(help_text="SHA-256 of all that was sent, and where to.", max_length=64)),
                ("code", models.CharField(blank=True, help_text="The one that a new entry was given.", max_length=16)),
                ("saved_at", models.DateTimeField()),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="patterns.change",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="patterns.proposal",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["saved_at"], name="form_token_age")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("token", ""), _negated=True), name="form_token_token_not_blank"
                    ),
                    models.UniqueConstraint(fields=("person", "token", "digest"), name="form_token_once"),
                ],
            },
        ),
    ]
