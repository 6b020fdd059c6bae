from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0003_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="part",
            field=models.CharField(blank=True, help_text="Key of the entry that a reader writes about.", max_length=16),
        ),
    ]
