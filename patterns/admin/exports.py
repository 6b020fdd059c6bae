"""Export in the admin: what the list shows or what was chosen from it, with drafts or without."""

from contextlib import closing
from typing import Any

from django import forms
from import_export import resources
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.forms import ExportForm
from tablib import Dataset

from patterns.files.formats import WRITABLE, Format
from patterns.files.limits import ADMIN_LIMITS
from patterns.files.sheet import COLUMNS
from patterns.models import Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.store.exports import export, stream

# The staff's export: what django-import-export's admin writes, in formats that read back unchanged. The library
# gives the form, the permission and the formats' place; the data are entry documents of one moment.


class EntryDataset(Dataset):
    """An export on its way through the library, which asks for rows and needs none."""

    def __init__(self, patterns: PatternQuerySet | None) -> None:
        super().__init__()
        self.patterns = patterns

    def written(self, one: Format) -> str | bytes:
        """The file; raises ValueError, which the library shows, for one that the import would not take back."""
        if one.name != "toml":
            data = export(self.patterns).written(one)
            refuse_too_large(len(data.encode() if isinstance(data, str) else data))
            return data
        pieces, size = [], 0
        with closing(stream(self.patterns)) as written:
            for piece in written:
                size += len(piece.encode())
                refuse_too_large(size)  # before the rest is read
                pieces.append(piece)
        return "".join(pieces)


class EntryResource(resources.Resource):
    """Entries as rows, one column for each key."""

    fields = {key: Field(attribute=key, column_name=key) for key in COLUMNS}

    @classmethod
    def get_display_name(cls) -> str:
        return "Entries"

    def export(self, queryset: PatternQuerySet | None = None, **kwargs: Any) -> EntryDataset:
        """The given entries; all of them is a whole export, which knows what it was made from."""
        count = Pattern.objects.count() if queryset is None else queryset.count()
        if count > ADMIN_LIMITS.entries:
            raise too_large(f"{count:,} entries")
        return EntryDataset(None if queryset is None or count == Pattern.objects.count() else queryset)


def export_format(one: Format) -> type[base_formats.Format]:
    """A format of ours as the library wants it: with an encoding, and a title equal to its extension."""

    class ExportFormat(base_formats.Format):
        def __init__(self, encoding: str | None = None) -> None:
            self.encoding = encoding

        def get_title(self) -> str:
            return one.name

        def get_extension(self) -> str:
            return one.name

        def get_content_type(self) -> str:
            return one.content_type

        def is_binary(self) -> bool:
            return one.quote is None

        def can_export(self) -> bool:
            return True

        def export_data(self, dataset: EntryDataset, **kwargs: Any) -> str | bytes:
            return dataset.written(one)

    return ExportFormat


EXPORT_FORMATS = [*map(export_format, WRITABLE.values())]


UNFINISHED = ("draft", "review")


class EntryExportForm(ExportForm):
    drafts = forms.ChoiceField(
        label="Drafts",
        required=False,
        choices=[("with", "with drafts and entries in review"), ("without", "without drafts and entries in review")],
    )


def refuse_too_large(size: int) -> None:
    if size > ADMIN_LIMITS.size:
        raise too_large(f"more than {ADMIN_LIMITS.size:,} bytes")


def too_large(what: str) -> ValueError:
    # A file that cannot come back is worse than none: it would be edited first.
    return ValueError(
        f"This file would have {what}, and the import here takes {ADMIN_LIMITS.size:,} bytes and "
        f"{ADMIN_LIMITS.entries:,} entries. Filter the list, by category for instance, and export each part: it can be "
        "imported by itself. The command export_toml writes all of it, and import_toml reads it."
    )


def entries_to_export(queryset: PatternQuerySet, form: Any) -> PatternQuerySet:
    """The entries that a form of export means, if one was sent."""
    is_without = form is not None and form.cleaned_data["drafts"] == "without"
    return queryset.exclude(status__in=UNFINISHED) if is_without else queryset
