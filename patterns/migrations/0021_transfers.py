"""Files that came in and went out at the desk, for the audit."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0020_sendings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("username", models.CharField(help_text="Of the person, as it was then.", max_length=150)),
                ("role", models.CharField(help_text="Of the person, by which it was allowed.", max_length=9)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("upload", "Upload"),
                            ("refusal", "Refusal"),
                            ("import", "Import"),
                            ("export", "Export"),
                        ],
                        max_length=7,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField(help_text="In bytes.")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "request",
                    models.CharField(blank=True, help_text="The number under which the log has it.", max_length=128),
                ),
                (
                    "person",
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
                "default_permissions": (),
                "indexes": [models.Index(fields=["-at", "-id"], name="transfer_audit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("username", ""), _negated=True), name="transfer_username_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256", ""), _negated=True), name="transfer_sha256_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("upload", "refusal", "import", "export"))),
                        name="transfer_kind_is_known",
                    ),
                ],
            },
        ),
    ]
