"""What is to be told by mail until it is sent, and what each person wants to be told."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("patterns", "0017_category_addresses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailSwitches",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_back",
                    models.BooleanField(
                        default=True, verbose_name="Your draft is sent back, or something is asked about it"
                    ),
                ),
                ("decided", models.BooleanField(default=True, verbose_name="Your proposal is accepted or declined")),
                ("published", models.BooleanField(default=True, verbose_name="Your draft is published")),
                ("review", models.BooleanField(default=True, verbose_name="A draft waits for its review")),
                ("proposal", models.BooleanField(default=True, verbose_name="An editor proposes a change")),
            ],
            options={
                "verbose_name_plural": "mail switches",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sent_back", "Sent Back"),
                            ("decided", "Decided"),
                            ("published", "Published"),
                            ("review", "Review"),
                            ("proposal", "Proposal"),
                            ("reset", "Reset"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "address",
                    models.CharField(blank=True, help_text="That somebody without a password typed.", max_length=254),
                ),
                (
                    "sender",
                    models.CharField(
                        blank=True, editable=False, help_text="Keyed hash of their address.", max_length=64
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True, max_length=4000)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(help_text="When it is tried next; nobody else tries it before.")),
                ("try_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="Why it was not sent when it was last tried.", max_length=300
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whom it is for; of a forgotten password, that is looked up when it is sent.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "mail",
                "ordering": ["-created_at", "-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="mail_due"),
                    models.Index(fields=["-created_at", "-id"], name="mail_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("sent_back", "decided", "published", "review", "proposal", "reset"))
                        ),
                        name="mail_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "sent", "failed"))), name="mail_state_is_known"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("text"), models.Value(4000)
                        ),
                        name="mail_text_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("error"), models.Value(300)
                        ),
                        name="mail_error_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("person__isnull", False)),
                            models.Q(models.Q(("address", ""), _negated=True), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="mail_has_one_recipient",
                    ),
                ],
            },
        ),
    ]
