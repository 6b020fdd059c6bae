"""An index in the order of the feeds, where PostgreSQL had to sort all the documents of a change."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patterns", "0006_search_tiers")]

    operations = [
        migrations.AlterField(
            "revision",
            "change",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="patterns.change",
            ),
        ),
        migrations.AddIndex("revision", models.Index(fields=["change", "id"], name="revision_in_order")),
    ]
