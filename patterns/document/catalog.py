"""The catalogue around its entries: categories, header, and all of it together."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import Field

from patterns.document.entry import Entry
from patterns.document.problems import Path, Problem
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
            "Its address below /categories/; that of its name, unless stated.",
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


@contextmanager
def uncollected() -> Iterator[None]:
    """While a whole catalogue is made: documents hold no circles, and each search for some looks at all of them."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()


# What files state together, and where they state it: the documents of an import before they meet the catalogue.


Raw = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """One parsed file; ``places`` says where each value stands: a line in TOML, a pointer in JSON, a row in a sheet.

    ``problems`` were found on the way and have their places; ``is_narrow`` says that the file was saved in a code page
    that has few characters.
    """

    name: str
    tables: Raw
    places: Callable[[list[Path]], list[str]]
    is_sheet: bool = False
    is_narrow: bool = False
    problems: tuple[Problem, ...] = ()

    def with_places(self, problems: list[Problem]) -> list[Problem]:
        """The problems, each with the file and the place of the value that it is about."""
        places = self.places([problem.path for problem in problems]) if problems else []
        return [replace(one, file=self.name, place=place) for one, place in zip(problems, places, strict=True)]


Place = tuple[Source, Path]
NOWHERE: Place = (Source("", {}, lambda paths: [""] * len(paths)), ())


@dataclass(frozen=True)
class CatalogFile:
    """What one or more files state together.

    ``base`` names the database and change that the file was exported from; ``partial`` says that what is absent means
    nothing. ``places`` leads from an entry's code to the file and table that state it.

    In a whole export a key that is left out holds its default. ``loose`` are the documents of which that is not true:
    those that another file states beside the export, and those of sheets, each as ("entry", code), ("category", slug)
    or ("header", "").

    ``sheet_codes`` are the codes of the entries that rows of a sheet state. Such an entry states its columns only, and
    ``model_fields_set`` holds exactly those: ``slug name description category`` are blank in it where they are not
    stated, so it is valid only once the catalogue has completed it. ``narrow_codes`` are those of sheets that were
    saved in a code page that has few characters (cp1252). ``moved`` are former slugs that the file has for categories,
    with the slugs of today.
    """

    document: Document
    base: str = ""
    partial: bool = False
    places: dict[str, Place] = field(default_factory=dict)
    sheet_codes: frozenset[str] = frozenset()
    narrow_codes: frozenset[str] = frozenset()
    loose: frozenset[tuple[str, str]] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems, each with the file and place of the entry's key that it is about, if a file states it."""
        grouped: dict[str, list[Problem]] = defaultdict(list)
        for problem in problems:
            source, table = self.places.get(problem.code, NOWHERE)
            grouped[source.name].append(replace(problem, path=(*table, *problem.path)))
        sources = {source.name: source for source, _ in (*self.places.values(), NOWHERE)}
        return [one for name, mine in grouped.items() for one in sources[name].with_places(mine)]
