"""What readers are told of a change, and the short words that lead to entries."""

import re
from itertools import islice
from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from patterns.document.text import slug_of

ENDING = re.compile(r"\s+pattern$", re.IGNORECASE)


def find_short_slugs(apps: Any, schema_editor: Any) -> None:
    """Those of the entries that are there; from now on every change keeps its own."""
    entries = apps.get_model("patterns", "Pattern").objects.order_by("pk").values_list("pk", "name", "aliases")
    short_slugs = apps.get_model("patterns", "ShortSlug")
    rows = (
        short_slugs(slug=slug, pattern_id=pk)
        for pk, name, aliases in entries.iterator()
        for slug in sorted({slug_of(one) for one in (*aliases, ENDING.sub("", name))} - {slug_of(name), ""})
    )
    while batch := [*islice(rows, 1_000)]:
        short_slugs.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0011_practice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShortSlug",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(db_index=False, max_length=100)),
            ],
        ),
        migrations.AddField(
            model_name="change",
            name="public_reason",
            field=models.TextField(blank=True, help_text="What readers are told of it.", max_length=500),
        ),
        migrations.AddField(
            model_name="pendingimport",
            name="public_reason",
            field=models.TextField(blank=True, help_text="What readers will be told, as far as it is typed."),
        ),
        migrations.AddField(
            model_name="workingcopy",
            name="public_reason",
            field=models.TextField(blank=True, help_text="What readers will be told.", max_length=500),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("public_reason"), models.Value(500)
                ),
                name="change_public_reason_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="workingcopy",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("public_reason"), models.Value(500)
                ),
                name="working_copy_public_reason_fits",
            ),
        ),
        migrations.AddField(
            model_name="shortslug",
            name="pattern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="short_slugs", to="patterns.pattern"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortslug",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug", ""), _negated=True), name="short_slug_slug_not_blank"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortslug",
            constraint=models.UniqueConstraint(fields=("slug", "pattern"), name="short_slug_once"),
        ),
        # Last: PostgreSQL alters no table with rows that are not settled yet.
        migrations.RunPython(find_short_slugs, migrations.RunPython.noop),
    ]
