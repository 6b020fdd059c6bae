"""Files → documents. All problems of all files are reported at once; nothing is returned from a file that has any."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from patterns.document.catalog import CatalogFile, Category, Document, Header, Place, Raw, Source, uncollected
from patterns.document.entry import Entry, code_order, entry_stating
from patterns.document.problems import InvalidCatalog, Path, Problem, described, problems_of, unknown_key
from patterns.document.register import (
    KEY_LIMIT,
    Key,
    Layout,
    Listed,
    Table,
    keys_of,
    share_stated,
    summary_of,
    with_values,
)
from patterns.document.text import CODE, Line, Name, Shape, Text, name_key, printable, refuse, shortened, slug_of
from patterns.files.formats import parse
from patterns.files.limits import COMMAND_LIMITS, Limits

BASE = re.compile(r"[0-9a-z]{1,32}:[0-9]{1,15}(?::[0-9a-z]{1,16})?")
PROBLEM_LIMIT = 1_000  # of one kind of table in one file: nobody reads more
AnyTable = TypeVar("AnyTable", bound=Table)


def check_base(value: str) -> str:
    if value and not BASE.fullmatch(value):
        raise refuse("base", "is not a base as exports write it", "remove it, or export the whole catalogue again")
    return value


class CatalogTable(Table):
    """What the catalogue says of itself, and what the file says of itself."""

    title: Annotated[Line, keys_of(Header)["title"]] = ""
    description: Annotated[Text, keys_of(Header)["description"]] = ""
    keywords: Annotated[Listed[Name], keys_of(Header)["keywords"]] = ()
    base: Annotated[
        Line,
        AfterValidator(check_base),
        Shape(f"^(?:{BASE.pattern})?$"),
        Key(
            "Base",
            "Written by whole exports: the database and the change that the file was made from. Leave it as it is.",
            Layout.LINE,
        ),
    ] = ""
    partial: Annotated[
        bool,
        Key("Part", "Written by exports of a part: what is absent from the file then means nothing.", Layout.WORD),
    ] = False


class EndTable(Table):
    """How much the file holds, for whoever reads it to compare."""

    entries: Annotated[
        int,
        Field(ge=0),
        Key("Entries", "The number of its entries. Mend it when you add one or take one out.", Layout.WORD),
    ]


class File(Table):
    """A catalogue, or a part of one."""

    catalog: Annotated[CatalogTable, Key("Catalogue", summary_of(CatalogTable), Layout.TABLE)] = CatalogTable()
    categories: Annotated[
        tuple[Category, ...],
        Key(
            "Categories",
            "The shelves of the catalogue, in their order. One that an item names and nobody lists is made.",
            Layout.TABLES,
        ),
    ] = ()
    items: Annotated[tuple[Entry, ...], Key("Entries", "The entries.", Layout.TABLES)] = ()
    end: Annotated[
        EndTable | None,
        Key("End", "The last table of an export: a file that was cut off lacks it.", Layout.TABLE),
    ] = None


TOP_LEVEL = tuple(File.model_fields)


@dataclass(frozen=True)
class Upload:
    """A file to be read: its name for messages, its format (``toml json csv xlsx``), its bytes."""

    name: str
    format: str
    data: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", printable(self.name))


@uncollected()
def read_files(uploads: Sequence[Upload], *, limits: Limits = COMMAND_LIMITS) -> CatalogFile:
    """Read files that together are one catalogue; raises InvalidCatalog with every problem of every file."""
    problems: list[Problem] = []
    reading = Reading()
    for upload in uploads:
        try:
            source = parse(upload.data, name=upload.name, format=upload.format, limits=limits)
        except InvalidCatalog as error:
            problems += error.problems
        else:
            problems += [*source.problems, *source.with_places(reading.add(source, limits))]
    if problems:
        raise InvalidCatalog(problems)
    return reading.finished()


def read_one(data: bytes, *, name: str = "catalog.toml", format: str = "toml") -> CatalogFile:
    return read_files([Upload(name, format, data)])


class Reading:
    """The documents read so far, over all files."""

    def __init__(self) -> None:
        self.catalog = CatalogTable()
        self.export: Source | None = None
        self.categories: dict[str, Category] = {}
        self.sources: dict[tuple[str, str], Source] = {}
        self.entries: dict[str, Entry] = {}
        self.places: dict[str, Place] = {}
        self.owners: dict[str, dict[str, str]] = defaultdict(dict)
        self.stated: dict[frozenset[str], set[str]] = {}

    def add(self, source: Source, limits: Limits) -> list[Problem]:
        """Take in one file; returns its problems."""
        if cut := cut_off(source):
            return [cut]  # what else is wrong comes of it
        problems = unknown_tables(source.tables) + wrong_end(source.tables)
        problems += self.add_catalog(source.tables.get("catalog"), source)
        problems += self.add_each(source.tables, "categories", lambda raw, path: self.add_category(raw, path, source))
        items = source.tables.get("items", [])
        if isinstance(items, list) and len(items) + len(self.entries) > limits.entries:
            message = f"has {len(items):,} entries"
            return [
                *problems,
                Problem(message=message, hint=f"at most {limits.entries:,} are allowed", path=("items",)),
            ]
        return problems + self.add_each(source.tables, "items", lambda raw, path: self.add_entry(raw, path, source))

    def add_each(self, tables: Raw, key: str, add: Callable[[Any, Path], list[Problem]]) -> list[Problem]:
        values = tables.get(key, [])
        if not isinstance(values, list):
            return [Problem(key=key, message=f"is {described(values)}", hint=f"write [[{key}]]", path=(key,))]

        def each() -> Iterator[list[Problem]]:
            for index, raw in enumerate(values):
                values[index] = None  # read: a large file is not to be held as tables and as documents
                yield add(raw, (key, index))

        problems = chain.from_iterable(each())
        # Lazily: once enough is wrong, the rest is not looked at.
        found = list(islice(problems, PROBLEM_LIMIT))
        if len(found) == PROBLEM_LIMIT:
            found.append(Problem(message="there may be more problems", hint="mend these first", path=(key,)))
        return found

    def add_catalog(self, raw: Any, source: Source) -> list[Problem]:
        if raw is None:
            return []
        if self.catalog.model_fields_set:
            return [Problem(key="catalog", message="is stated by two files", hint="keep one", path=("catalog",))]
        table, problems = validated_table(CatalogTable, raw, ("catalog",))
        self.catalog = table or self.catalog
        self.sources["header", ""] = source
        self.export = source if self.catalog.base else None
        return problems

    def add_category(self, raw: Any, path: Path, source: Source) -> list[Problem]:
        category, problems = validated_table(Category, raw, path)
        if category is None:
            return problems
        slug = category.slug or slug_of(category.name)
        if not slug:
            message, hint = f"{category.name!r} has no letters for a slug", "state a slug for it"
            return [Problem(key="slug", path=path, message=message, hint=hint)]
        problems = self.claim("category", slug, category.name, "slug", path)
        problems += self.claim("category name", name_key(category.name), category.name, "name", path)
        self.categories[slug] = category
        self.sources["category", slug] = source
        return problems

    def add_entry(self, raw: Any, path: Path, source: Source) -> list[Problem]:
        code = raw.get("code") if isinstance(raw, dict) else None
        is_code = isinstance(code, str) and CODE.fullmatch(code)
        label = str(code) if is_code else f"item {int(path[-1]) + 1}"
        entry, problems = validated_table(Entry, raw, path, code=label, make=entry_stating if source.is_sheet else None)
        if entry is None:
            return problems
        for key, value in (("code", entry.code), ("slug", entry.slug), ("name", name_key(entry.name))):
            # A row of a sheet may leave its slug and name blank, and blanks are nobody's.
            if key in entry.model_fields_set:
                problems += self.claim(key, value, entry.code, key, path, code=entry.code)
        share_stated(entry, self.stated)
        self.entries[entry.code] = entry
        self.places[entry.code] = (source, path)
        self.sources["entry", entry.code] = source
        return problems

    def claim(self, kind: str, value: str, owner: str, key: str, path: Path, *, code: str = "") -> list[Problem]:
        """Every value of a unique key may be claimed once over all files."""
        owners = self.owners[kind]
        if value not in owners:
            owners[value] = owner
            return []
        first = owners[value]
        message = "is stated twice" if key == "code" else f"is that of {first!r} too"
        return [Problem(code=code, key=key, message=message, hint=f"give each its own {key}", path=(*path, key))]

    def finished(self) -> CatalogFile:
        """Everything read, with each entry's category found or made."""
        by_name = {name_key(category.name): category for category in self.categories.values()}
        by_slug = dict(self.categories)
        entries, unnamed = {}, []
        for code in sorted(self.entries, key=code_order):
            entry = self.entries[code]
            if "category" not in entry.model_fields_set:  # of a sheet without that column
                entries[code] = entry
                continue
            category = by_name.get(name_key(entry.category))
            slug = slug_of(entry.category) if category is None else ""
            if slug and slug not in by_slug:
                # Nobody listed it and nothing is said of it, so it changes nothing that is there.
                category = Category.model_construct(set(), name=entry.category, slug="", description="")
                by_slug[slug] = by_name[name_key(entry.category)] = category
            if category is None:
                unnamed.append(no_slug_for(entry, by_slug.get(slug)))
            else:
                is_same = entry.category == category.name
                entries[code] = with_values(entry, {} if is_same else {"category": category.name})
        document = Document(header_stated(self.catalog, tuple(self.categories)), by_slug, entries)
        of_sheets = {code: source for code, (source, _) in self.places.items() if source.is_sheet}
        file = CatalogFile(
            document,
            self.catalog.base,
            self.catalog.partial,
            places=self.places,
            sheet_codes=frozenset(of_sheets),
            narrow_codes=frozenset(code for code, source in of_sheets.items() if source.is_narrow),
            loose=frozenset(one for one, source in self.sources.items() if self.is_loose(source)),
        )
        if unnamed:
            raise InvalidCatalog(file.placed(unnamed))
        return file

    def is_loose(self, source: Source) -> bool:
        return source.is_sheet or (self.export is not None and source is not self.export)


def validated_table(
    model: type[AnyTable], raw: Any, path: Path, *, code: str = "", make: Callable[[Any], AnyTable] | None = None
) -> tuple[AnyTable | None, list[Problem]]:
    """A table in its model, made in the model's own way or in another; or what is wrong with it."""
    if isinstance(raw, dict) and len(raw) > KEY_LIMIT:
        known = ", ".join(model.model_fields)
        return None, [Problem(code=code, message=f"has {len(raw):,} keys", hint=f"known keys are {known}", path=path)]
    try:
        return (make or model.model_validate)(raw), []
    except ValidationError as error:
        return None, problems_of(error, model, code=code, path=path)


def unknown_tables(tables: Raw) -> list[Problem]:
    problems = []
    for key in [key for key in tables if key not in TOP_LEVEL][:KEY_LIMIT]:
        message, hint = unknown_key(key, TOP_LEVEL)
        problems.append(Problem(key=shortened(key, 40), message=message, hint=hint, path=(key,)))
    return problems


def cut_off(source: Source) -> Problem | None:
    """A truncated TOML file is a valid one, as is a sheet: so what only exports state comes with an end."""
    catalog, items = source.tables.get("catalog"), source.tables.get("items", ())
    if "end" in source.tables or not isinstance(catalog, dict):
        return None
    if not source.is_sheet and not is_of_export(catalog):
        return None
    count = len(items) if isinstance(items, list) else 0
    end = f"end the file with [end] and entries = {count}"
    if source.is_sheet:
        end = f"add a last row with [end] as its code and {count} as its slug, or delete the column base"
    return Problem(
        key="end",
        path=("end",),
        message="is missing, as if the file had been cut off",
        hint=f"export it again; if nothing is missing, {end}",
    )


def is_of_export(catalog: Raw) -> bool:
    base = catalog.get("base")
    return catalog.get("partial") is True or (isinstance(base, str) and BASE.fullmatch(base) is not None)


def wrong_end(tables: Raw) -> list[Problem]:
    """Whether the end, if the file has one, counts what the file holds."""
    if "end" not in tables:
        return []
    end, problems = validated_table(EndTable, tables["end"], ("end",))
    items = tables.get("items", [])
    if end is None or not isinstance(items, list) or end.entries == len(items):
        return problems
    return [
        Problem(
            key="end.entries",
            path=("end", "entries"),
            message=f"says {described(end.entries)}, and the file holds {len(items)}",
            hint="export it again if it was cut off; mend the number if you added entries or took some out",
        )
    ]


def no_slug_for(entry: Entry, other: Category | None) -> Problem:
    """Why the category that an entry names and nobody listed cannot be made: another has its slug, or it has none."""
    why = f"would have the slug of {other.name!r}" if other else "has no letters for a slug"
    return Problem(
        code=entry.code,
        key="category",
        path=("category",),
        message=f"{entry.category!r} {why}",
        hint="list it in [[categories]] with a slug of its own"
        if not other
        else "name that one, or list both with slugs",
    )


def header_stated(table: CatalogTable, order: Iterable[str]) -> Header:
    """The header that a file states; the order of the categories counts as stated if the file lists any."""
    values: dict[str, Any] = {key: getattr(table, key) for key in table.model_fields_set - {"base", "partial"}}
    if slugs := tuple(order):
        values["categories"] = slugs
    return Header(**values)
