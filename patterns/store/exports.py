"""Export: the catalogue, or a part of it, as one document of one moment. Nothing is written."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from patterns.document.catalog import Document
from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.files.formats import FORMATS, Format
from patterns.models import Catalog, Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.store.reading import consistent_read, load_document


@dataclass(frozen=True)
class Export:
    """A document with what its file says of itself; ``base`` is empty and ``partial`` set for a part."""

    document: Document
    base: str = ""
    partial: bool = False

    def written(self, format: Format) -> str | bytes:
        """The file in a format that can be written; raises ValueError for what the format cannot hold."""
        assert format.write is not None
        return format.write(self.document, base=self.base, partial=self.partial)

    @property
    def toml(self) -> str:
        return str(self.written(FORMATS["toml"]))


def export_all() -> Export:
    """Every entry of every status, with every category."""
    with consistent_read():
        return Export(load_document(), base=Catalog.objects.get().base)


def export_part(patterns: PatternQuerySet) -> Export:
    """The given entries, with the categories that they are in."""
    with consistent_read():
        return Export(in_use(load_document(patterns)), partial=True)


def export_public(patterns: PatternQuerySet | None = None) -> Export:
    """What readers may take away: published entries (of those given), related to published entries only."""
    published = (Pattern.objects.all() if patterns is None else patterns).published()
    with consistent_read():
        document = load_document(published)
        # Of all entries, not of the given ones: the file of one entry still names its public neighbours.
        shown = set(Pattern.objects.published().values_list("code", flat=True))
    return Export(in_use(naming_only(document, shown)), partial=True)


def naming_only(document: Document, codes: Collection[str]) -> Document:
    """The document without mention of entries that are not among the codes."""
    entries = {code: with_values(entry, named_among(entry, codes)) for code, entry in document.entries.items()}
    return replace(document, entries=entries)


def named_among(entry: Entry, codes: Collection[str]) -> dict[str, Any]:
    """The keys of an entry that name others, with only those that are among the codes."""
    relations = tuple(one for one in entry.relations if one.target in codes)
    return {"relations": relations, "replaced_by": entry.replaced_by if entry.replaced_by in codes else ""}


def in_use(document: Document) -> Document:
    """The document with only the categories of its entries."""
    names = {entry.category for entry in document.entries.values()}
    categories = {slug: category for slug, category in document.categories.items() if category.name in names}
    # The order lists slugs too, and would name the categories that are left out.
    header = document.header.model_copy(update={"categories": tuple(categories)})
    return replace(document, header=header, categories=categories)
