"""Long texts compressed; beside a revision's document its status, which no query can see in it any longer."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from patterns.models.compression import CompressedTextField, compressed, expanded

COLUMNS = (
    ("patterns_revision", "id", "document"),
    ("patterns_pattern", "id", "imported"),
    ("patterns_searchtext", "pattern_id", "shown"),
)
ROWS = 100  # at once: each may be long


class AlterToBytes(migrations.AlterField):
    """The column of a text holds the bytes of it, and back; what compresses them comes after."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.alter(app_label, schema_editor, from_state, to_state, "convert_to({column}::text, 'UTF8')")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.alter(app_label, schema_editor, from_state, to_state, "convert_from({column}, 'UTF8')::{type}")

    def alter(self, app: str, editor: Any, from_state: Any, to_state: Any, value: str) -> None:
        model = to_state.apps.get_model(app, self.model_name)
        if editor.connection.vendor == "postgresql":
            column, kind = editor.quote_name(self.name), model._meta.get_field(self.name).db_type(editor.connection)
            table, value = editor.quote_name(model._meta.db_table), value.format(column=column, type=kind)
            editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {value}", params=None)
        elif self.model_name == "revision":
            # SQLite keeps bytes in a column of any type, but for JSON. To make a table anew would lose its triggers.
            super().database_forwards(app, editor, from_state, to_state)


def state_status(apps: Any, editor: Any) -> None:
    documents = apps.get_model("patterns", "Revision").objects.filter(what="entry", document__isnull=False)
    documents.update(status=Coalesce(KT("document__status"), Value("published")))


def compress(apps: Any, editor: Any) -> None:
    rewrite(editor, lambda kept: compressed(kept if isinstance(kept, str) else bytes(kept).decode()))


def expand(apps: Any, editor: Any) -> None:
    is_text = editor.connection.vendor == "sqlite"
    rewrite(editor, lambda kept: expanded(kept) if is_text else expanded(kept).encode())


def rewrite(editor: Any, value: Callable[[Any], Any]) -> None:
    """In portions: a column may be longer than what there is of memory."""
    with editor.connection.cursor() as cursor:
        for table, key, column in COLUMNS:
            last = 0
            while True:
                cursor.execute(
                    f"SELECT {column}, {key} FROM {table} WHERE {key} > %s AND {column} IS NOT NULL "
                    f"ORDER BY {key} LIMIT {ROWS}",  # nosec B608 - names of COLUMNS above
                    [last],
                )
                if not (rows := cursor.fetchall()):
                    break
                last = rows[-1][1]
                cursor.executemany(
                    f"UPDATE {table} SET {column} = %s WHERE {key} = %s",  # nosec B608
                    [(value(kept), pk) for kept, pk in rows],
                )


class Migration(migrations.Migration):
    dependencies = [("patterns", "0008_search_words")]

    operations = [
        migrations.AddField(
            "revision",
            "status",
            models.CharField(
                blank=True,
                default="",
                help_text="That the document states; empty unless it is an entry's.",
                max_length=9,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(state_status, migrations.RunPython.noop),
        AlterToBytes(
            "revision",
            "document",
            CompressedTextField(help_text="As JSON text; what is as usual is left out.", null=True),
        ),
        AlterToBytes(
            "pattern",
            "imported",
            CompressedTextField(editable=False, help_text="What the last imported file said of it.", null=True),
        ),
        AlterToBytes(
            "searchtext",
            "shown",
            CompressedTextField(help_text="What is not shown in lists: a line for each paragraph or sentence."),
        ),
        migrations.AddConstraint(
            "revision",
            models.CheckConstraint(
                condition=Q(status__in=("", "draft", "review", "published", "retired")),
                name="revision_status_is_known",
            ),
        ),
        migrations.RunPython(compress, expand),
    ]
