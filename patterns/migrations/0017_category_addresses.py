"""What categories were known by before: addresses that redirect, and what was merged."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0016_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(db_index=False, max_length=100, unique=True)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("row", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former", to="patterns.category"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "former categories",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="former_category_slug_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("slug"), models.Value(100)
                        ),
                        name="former_category_slug_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("name"), models.Value(120)
                        ),
                        name="former_category_name_fits",
                    ),
                ],
            },
        ),
    ]
