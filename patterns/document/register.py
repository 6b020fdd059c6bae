"""The register: what a key of a document is, said once, beside its type.

Every field of every table carries a ``Key``. Whatever treats keys alike (writer, reader, sheets, schema, search text,
diff, Markdown, pages, the admin's form, lint, API) goes through ``keys_of`` and lists none of them itself. A field
without a ``Key``, and a ``Key`` without a label, a help or a layout, fails when the module of its table is imported.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
)
from pydantic_core import CoreSchema, core_schema

from patterns.document.problems import models_in
from patterns.document.text import (
    refuse,
    shortened,
)


class Layout(Enum):
    """How a file writes a value. It depends on the key and never on the value, so that Git shows what changed."""

    LINE = auto()  # a quoted text; in a sheet the text itself
    BLOCK = auto()  # a text between triple quotes
    WORD = auto()  # a number, true or false
    INLINE = auto()  # a list of texts on one line; in a sheet one item a line
    LINES = auto()  # a list of texts, one a line, in the file as in a sheet
    TABLE = auto()  # a table below the entry's own; in a sheet JSON
    TABLES = auto()  # one table for each item; in a sheet JSON
    ORDER = auto()  # not written: said by the order in which other tables stand


class Weight(Enum):
    """How much a hit counts: the places of the search index, the weightiest first (see ``patterns.search.ranking``).

    A column of a table counts as the key that the table stands under, unless it says otherwise.
    """

    NAME = "name"
    ALIASES = "aliases"
    SYMPTOMS = "symptoms"
    DESCRIPTION = "description"
    PROBLEM = "problem"
    TEXT = "text"


@dataclass(frozen=True)
class Section:
    """A part of an entry's page; ``name`` is its anchor, and the name of the template that shows it."""

    name: str
    title: str


HEAD = Section("head", "The entry as a whole")  # what stands above the sections


@dataclass(frozen=True)
class Range:
    """From ``least`` to ``most``; no ``most`` means that there is never too much."""

    least: int
    most: int | None = None

    def holds(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        return f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"


@dataclass(frozen=True)
class Key:
    """What one key is, for all who treat keys alike.

    ``label`` is what pages call it, ``help`` one sentence for whoever writes it. ``identity`` says by what two items
    of a list are the same, which are not allowed then. ``section`` is where the page has it, if readers meet it there;
    ``fieldset`` where the admin's form has it. ``wanted`` is the range that the editorial checks want of it, in words
    of a text or in items of a list, and ``advice`` what they say if it is missing.
    """

    label: str
    help: str
    layout: Layout
    identity: Callable[[Any], Hashable] | None = None
    weight: Weight | None = None
    section: Section | None = None
    fieldset: str = ""
    wanted: Range | None = None
    advice: str = ""
    is_markdown: bool = False
    is_prose: bool = False  # a text of the catalogue's own, which the checks read; titles and names elsewhere are not
    is_compared: bool = False  # with the texts of other entries, for copies
    is_in_history: bool = True  # of the public page: a code never changes, and readers see one state only

    @property
    def is_list_of_texts(self) -> bool:
        return self.layout in (Layout.INLINE, Layout.LINES)

    @property
    def is_text(self) -> bool:
        return self.layout in (Layout.LINE, Layout.BLOCK)

    @property
    def has_tables(self) -> bool:
        return self.layout in (Layout.TABLE, Layout.TABLES)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return core_schema.no_info_after_validator_function(self.said_once, schema) if self.identity else schema

    def said_once(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        assert self.identity is not None
        seen: set[Hashable] = set()
        for index, item in enumerate(items):
            identity = self.identity(item)
            if identity in seen:
                raise refuse("repeated", f"{shortened(str(item))!r} is there twice", "keep one of the two", at=(index,))
            seen.add(identity)
        return items


class Table(BaseModel):
    """A TOML table: strict about types, closed to unknown keys, immutable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        # Not in __init_subclass__, when pydantic does not know the fields yet.
        keys_of(cls)

    # pydantic's own looks at much more, and it is asked for every entry of every import.
    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def texts(self) -> list[str]:
        """What the table says, value by value; the look of whatever has none of its own."""
        return [str(value) for _, value in self if value]


AnyTable = TypeVar("AnyTable", bound=Table)


def made(model: type[AnyTable], values: dict[str, Any], stated: set[str]) -> AnyTable:
    """A document of these values, one for every key, all of them valid; ``stated`` becomes its ``model_fields_set``.

    It is made as pickle would: pydantic's ``model_construct`` looks at every field again, in ten times the time.
    """
    document = model.__new__(model)
    document.__setstate__(
        {
            "__dict__": values,
            "__pydantic_fields_set__": stated,
            "__pydantic_extra__": None,
            "__pydantic_private__": None,
        }
    )
    return document


def share_stated(document: Table, known: dict[frozenset[str], set[str]]) -> None:
    """Let documents that state the same keys, and the tables in them, share one set of them.

    A set of its own is larger than most tables, so that of a catalogue they would be most.
    """
    stated = document.model_fields_set
    object.__setattr__(document, "__pydantic_fields_set__", known.setdefault(frozenset(stated), stated))
    values = vars(document)
    for value in map(values.__getitem__, stated):
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Table):
                share_stated(inner, known)


def with_values(document: AnyTable, values: dict[str, Any]) -> AnyTable:
    """The document with some values replaced by others that are already valid."""
    return document.model_copy(update=values) if values else document


@cache
def keys_of(model: type[BaseModel]) -> dict[str, Key]:
    """The keys of a table in the order of the file; raises TypeError for a field that is not in the register."""
    keys = {}
    for name, field in model.model_fields.items():
        key = next((one for one in field.metadata if isinstance(one, Key)), None)
        if key is None:
            raise TypeError(f"{model.__name__}.{name} is not in the register: annotate it with a Key")
        keys[name] = key
    return keys


def summary_of(model: type[BaseModel]) -> str:
    """What a table is, in the sentence of its docstring."""
    return (model.__doc__ or "").partition("\n")[0]


def names_where(model: type[BaseModel], is_wanted: Callable[[Key], object]) -> tuple[str, ...]:
    """The names of those keys of a table of which something holds, in the order of the file."""
    return tuple(name for name, key in keys_of(model).items() if is_wanted(key))


# Lists of any key, bounded before their items are looked at.

KEY_LIMIT = 60  # of any table; one with more is not worth explaining key by key
LIST_LENGTH = 60  # far beyond any entry we know; keeps one hostile list from filling a page
T = TypeVar("T")


def refuse_too_long(value: object) -> object:
    """Refuse what is far too large before its parts are looked at one by one."""
    if isinstance(value, list | tuple):
        if len(value) > LIST_LENGTH:
            raise refuse("too_long", f"has {len(value):,} items", f"at most {LIST_LENGTH} are allowed")
        if any(isinstance(one, dict) and len(one) > KEY_LIMIT for one in value):
            raise refuse("too_many_keys", "has an item with too many keys", "leave out what is no key of it")
    return value


# Not strict: files bring lists, and documents hold tuples.
Listed = Annotated[
    tuple[T, ...], Field(strict=False, json_schema_extra={"maxItems": LIST_LENGTH}), BeforeValidator(refuse_too_long)
]


def table_under(model: type[Table], key: str) -> type[Table]:
    """The table that stands under a key with layout TABLE or TABLES."""
    found = next(models_in(model.model_fields[key].annotation))
    assert issubclass(found, Table)
    return found
