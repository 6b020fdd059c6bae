"""Where it hurts without an entry, and the index that the page of all symptoms is read along."""

import django.db.models.functions.text
from django.db import migrations, models

import patterns.models.constraints

CONCERNS = ("data", "calls", "change", "load", "people")


class Migration(migrations.Migration):
    dependencies = [("patterns", "0013_search_stems")]

    operations = [
        migrations.AddField(
            "pattern",
            "concern",
            models.CharField(blank=True, choices=[(one, one.capitalize()) for one in CONCERNS], max_length=6),
        ),
        migrations.AddIndex(
            "pattern",
            models.Index(
                models.F("concern"),
                models.OrderBy(django.db.models.functions.text.Length("code")),
                models.OrderBy(patterns.models.constraints.ByteOrder("code")),
                models.F("status"),
                name="pattern_in_concern",
            ),
        ),
        migrations.AddConstraint(
            "pattern",
            models.CheckConstraint(
                condition=models.Q(("concern__in", ("", *CONCERNS))), name="pattern_concern_is_known"
            ),
        ),
    ]
