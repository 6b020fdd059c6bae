"""Facet counts, which lists read instead of counting."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, F, Value


def count_published(apps: Any, editor: Any) -> None:
    """What the changes until now would have kept."""
    pattern, consequence, kept = (apps.get_model("patterns", name) for name in ("Pattern", "Consequence", "FacetCount"))
    published = pattern.objects.filter(status="published").order_by()
    entries = published.values("category", "kind", sign=Value(""), quality=Value("")).annotate(count=Count("pk"))
    stated = consequence.objects.filter(pattern__status="published").order_by()
    of_entry = {"category": F("pattern__category"), "kind": F("pattern__kind")}
    gained = stated.values("sign", "quality", **of_entry).annotate(count=Count("pattern", distinct=True))
    rows = [kept(category_id=row.pop("category"), **row) for found in (entries, gained) for row in found]
    kept.objects.bulk_create(rows, batch_size=100)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0003_working_copy")]

    operations = [
        migrations.CreateModel(
            name="FacetCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("sign", models.CharField(blank=True, max_length=4)),
                ("quality", models.CharField(blank=True, max_length=16)),
                ("count", models.PositiveIntegerField()),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facet_counts",
                        to="patterns.category",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sign", "quality", "category", "kind"), name="facet_counted_once"),
                ],
            },
        ),
        migrations.RunPython(count_published, migrations.RunPython.noop),
    ]
