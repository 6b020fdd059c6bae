"""Indexes in the order of each list, which keep long lists as quick as short ones; the status stands behind it."""

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Length

from patterns.models.constraints import ByteOrder

IN_CODE_ORDER = (Length("code").asc(), ByteOrder("code").asc())


class Migration(migrations.Migration):
    dependencies = [("patterns", "0004_counts")]

    operations = [
        *(
            migrations.RemoveIndex("pattern", name)
            for name in ("pattern_status_code", "pattern_status_updated", "pattern_category_status")
        ),
        migrations.AddIndex("pattern", models.Index(*IN_CODE_ORDER, F("status"), name="pattern_in_code_order")),
        migrations.AddIndex(
            "pattern", models.Index(F("updated_at").desc(), F("id"), F("status"), name="pattern_changed")
        ),
        migrations.AddIndex(
            "pattern", models.Index(F("category"), *IN_CODE_ORDER, F("status"), name="pattern_in_category")
        ),
        migrations.AddIndex(
            "pattern", models.Index(fields=["category", "-updated_at", "status"], name="pattern_category_changed")
        ),
        *(
            migrations.AddIndex(
                "pattern",
                models.Index(fields=["updated_at"], name=f"pattern_{state}", condition=models.Q(status=state)),
            )
            for state in ("draft", "review", "retired")
        ),
    ]
