"""Keys of names that look past width, white space and invisible characters, for the rows that are there already."""

from typing import Any

from django.db import migrations, models

# The key of the running code, not a copy of what it was: rows that are written later get that one, and must meet these.
from patterns.document.text import name_key

FIELDS = {
    "name": models.CharField(help_text="Unique, whatever its case, width and spaces.", max_length=120),
    "name_key": models.CharField(editable=False, max_length=2160, unique=True),
}


def fold(apps: Any, editor: Any) -> None:
    """Of two rows whose names are the same now, one has the key: the later keeps its own until somebody renames it."""
    for name in ("Category", "Pattern"):
        rows = [*apps.get_model("patterns", name).objects.order_by("pk").only("name", "name_key")]
        taken = {row.name_key for row in rows}
        for row in rows:
            key = name_key(row.name)
            if key and key not in taken:
                taken.add(key)
                row.name_key = key
                row.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    dependencies = [("patterns", "0006_pending_choices")]

    operations = [
        *(
            migrations.AlterField(model_name=model, name=name, field=field)
            for model in ("category", "pattern")
            for name, field in FIELDS.items()
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
