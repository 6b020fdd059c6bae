"""The small indexes of the states that the admin counts, with the state in them: SQLite counts along no others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patterns", "0009_compression")]

    operations = [
        operation
        for state in ("draft", "review", "retired")
        for operation in (
            migrations.RemoveIndex("pattern", f"pattern_{state}"),
            migrations.AddIndex(
                "pattern",
                models.Index(
                    fields=["updated_at", "status"], name=f"pattern_{state}", condition=models.Q(status=state)
                ),
            ),
        )
    ]
