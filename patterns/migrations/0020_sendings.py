"""Of two texts that a form sent before its page was left, the one that was sent later stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patterns", "0019_form_tokens")]

    operations = [
        migrations.AddField(
            model_name="workingcopy",
            name="sendings",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Token of a form → its browser's clock, in ms, at what it sent last.",
            ),
        ),
    ]
