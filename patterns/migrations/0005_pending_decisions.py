from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patterns", "0004_proposal_part"),
    ]

    operations = [
        migrations.AddField(
            model_name="pendingimport",
            name="decisions",
            field=models.JSONField(
                blank=True, default=dict, help_text="How it decides single conflicts, by their marks."
            ),
        ),
        migrations.AddField(
            model_name="pendingimport",
            name="scope",
            field=models.CharField(
                default="yes", help_text="How much the user's role could carry out of it.", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="pendingimport",
            name="edition",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="pendingimport",
            name="comment",
            field=models.TextField(blank=True, help_text="What and why, as far as it is typed."),
        ),
    ]
