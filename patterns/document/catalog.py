"""The catalogue around its entries: categories, header, and all of it together."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from patterns.document.entry import Entry
from patterns.document.register import Key, Layout, Listed, Table, names_where
from patterns.document.text import (
    Line,
    Name,
    OptionalSlug,
    Slug,
    Text,
    name_key,
)


class Category(Table):
    """A shelf of the catalogue."""

    name: Annotated[Name, Key("Name", "Unique, whatever its case, width and spaces.", Layout.LINE)]
    slug: Annotated[
        OptionalSlug,
        Key(
            "Address",
            "Its address below /categories/; that of its name, unless stated. It cannot change later.",
            Layout.LINE,
        ),
    ] = ""
    description: Annotated[Text, Key("Description", "One sentence: what belongs here.", Layout.LINE, is_prose=True)] = (
        ""
    )


class Header(Table):
    """What the catalogue says of itself."""

    title: Annotated[Line, Key("Title", "Shown on every page.", Layout.LINE, is_prose=True)] = ""
    description: Annotated[
        Text, Key("Description", "What the catalogue is about, in a few sentences.", Layout.LINE, is_prose=True)
    ] = ""
    keywords: Annotated[
        Listed[Name], Key("Keywords", "What readers would search for.", Layout.INLINE, identity=name_key)
    ] = ()
    categories: Annotated[
        tuple[Slug, ...],
        Field(strict=False),
        Key("Categories", "The slugs of all categories, in their order.", Layout.ORDER),
    ] = ()


HEADER_KEYS = names_where(Header, lambda key: key.layout is not Layout.ORDER)


@dataclass(frozen=True)
class Document:
    """A whole catalogue, or a part: categories by slug in their order, entries by code in code order.

    Every entry's category is the name of one of ``categories``.
    """

    header: Header = field(default_factory=Header)
    categories: dict[str, Category] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def category_slugs(self) -> dict[str, str]:
        """Category name → slug."""
        return {category.name: slug for slug, category in self.categories.items()}
