"""Export: the catalogue, or a part of it, of one moment: as a document, or as a stream of TOML. Nothing is written."""

from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef

from patterns.document.catalog import Document
from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.files.formats import FORMATS, Format
from patterns.files.toml import toml_pieces
from patterns.models import Catalog, Pattern
from patterns.models import Category as CategoryRow
from patterns.models.pattern import PatternQuerySet
from patterns.store.bulk import CHUNK, chunks, growing_batches
from patterns.store.public_history import names_in, newest_entry, published_among
from patterns.store.reading import (
    category_of,
    consistent_read,
    header_of,
    load_categories,
    load_document,
    stream_entries,
)


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


def export(patterns: PatternQuerySet | None = None, *, published: bool = False) -> Export:
    """The given entries or all, or what readers may take of them."""
    if published:
        return export_public(patterns)
    return export_all() if patterns is None else export_part(patterns)


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


def export_entry(slug: str) -> Export | None:
    """The same of one entry, from its newest revision: two tables are asked, not one for each list."""
    with consistent_read():
        found = newest_entry(slug)
        if found is None:
            return None
        entry, category = found.entry, category_of(found.pattern.category)
        header = header_of(Catalog.objects.get(), [category.slug])
        shown = set(published_among(names_in(entry)))
    document = Document(header, {category.slug: category}, {entry.code: entry})
    return Export(naming_only(document, shown), partial=True)


# The same files as TOML, in the memory of a few entries, whatever the size of the catalogue. All of a file is of the
# moment at which its first piece was asked for: until the last one, or until it is closed, the read stays open.


def stream(patterns: PatternQuerySet | None = None, *, published: bool = False) -> Generator[str]:
    """The given entries or all, or what readers may take of them."""
    rows = Pattern.objects.all() if patterns is None else patterns
    with consistent_read():
        if published:
            yield from part_pieces(rows.published(), map(naming_public, stream_entries(rows.published())))
        elif patterns is not None:
            yield from part_pieces(rows, stream_entries(rows))
        else:
            catalog, categories = Catalog.objects.get(), load_categories()
            entries = chain.from_iterable(stream_entries(rows))
            header = header_of(catalog, categories)
            yield from joined(toml_pieces(header, categories.values(), entries, base=catalog.base))


def part_pieces(patterns: PatternQuerySet, entries: Iterable[list[Entry]]) -> Iterator[str]:
    is_in_use = Exists(patterns.order_by().filter(category=OuterRef("pk")))
    categories = load_categories(CategoryRow.objects.filter(is_in_use))
    header = header_of(Catalog.objects.get(), categories)
    yield from joined(toml_pieces(header, categories.values(), chain.from_iterable(entries), partial=True))


def joined(pieces: Iterable[str]) -> Iterator[str]:
    return map("".join, growing_batches(pieces, CHUNK))


def naming_public(entries: list[Entry]) -> list[Entry]:
    """The entries without mention of those that readers do not see."""
    named = sorted({code for entry in entries for code in names_in(entry)})
    public = {code for chunk in chunks(named) for code in published_among(tuple(chunk))}
    return [with_values(entry, named_among(entry, public)) if names_in(entry) else entry for entry in entries]


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
