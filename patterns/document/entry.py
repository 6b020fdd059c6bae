"""The documents: an entry, a category, the catalogue's header, and the three together.

Documents are frozen. ``model_fields_set`` of a document that was read from a file holds the keys that the file
stated: an absent key and an explicit empty value mean different things to the merge.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from patterns.document.text import (
    Code,
    Label,
    Line,
    LongText,
    Name,
    OptionalCode,
    OptionalSlug,
    Sentence,
    Slug,
    Text,
    Url,
    name_key,
    refuse,
    shortened,
)
from patterns.document.vocabulary import Kind, Quality, RelationType, Sign, Status, StepKind

KEY_LIMIT = 60  # of any table; one with more is not worth explaining key by key
LIST_LENGTH = 60  # far beyond any entry we know; keeps one hostile list from filling a page


class Table(BaseModel):
    """A TOML table: strict about types, closed to unknown keys, immutable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


T = TypeVar("T")


def bounded(value: object) -> object:
    """Refuse what is far too large before its parts are looked at one by one."""
    if isinstance(value, list | tuple):
        if len(value) > LIST_LENGTH:
            raise refuse("too_long", f"has {len(value):,} items", f"at most {LIST_LENGTH} are allowed")
        if any(isinstance(one, dict) and len(one) > KEY_LIMIT for one in value):
            raise refuse("too_many_keys", "has an item with too many keys", "an item has at most six")
    return value


Listed = Annotated[
    tuple[T, ...], Field(strict=False, json_schema_extra={"maxItems": LIST_LENGTH}), BeforeValidator(bounded)
]
Year = Annotated[int, Field(ge=1900, le=2100)]


def none_if_empty(value: object) -> object:
    """An empty table clears its key, as an empty string or list clears others."""
    if isinstance(value, dict) and len(value) > KEY_LIMIT:
        raise refuse("too_many_keys", f"has {len(value):,} keys", "it has at most three")
    return None if value == {} else value


class Origin(Table):
    """Who named the pattern, and when."""

    who: Name
    year: Year | None = None
    url: Url = ""


class Consequence(Table):
    quality: Quality
    sign: Sign
    text: Sentence
    evidence: Text = ""


class Relation(Table):
    """A typed relation to another entry, named by its code; the inverse is derived, never stated."""

    type: RelationType
    target: Code
    why: Text = ""


class Step(Table):
    """One message of the interaction that shows the mechanism."""

    sender: Label
    receiver: Label
    message: Label
    kind: StepKind = "call"
    note: Text = ""


class Reference(Table):
    title: Label
    author: Line = ""
    publication: Line = ""
    year: Year | None = None
    url: Url = ""
    primary: bool = False


class KnownAs(Table):
    """Where another catalogue files the same pattern, and under which name."""

    catalog: Label
    name: Label
    category: Line = ""
    url: Url = ""


class Entry(Table):
    """One pattern of the catalogue. The order of the fields is the order of the keys in the canonical file."""

    code: Code
    slug: Slug
    name: Name
    description: Sentence
    category: Name
    kind: Kind = "pattern"
    status: Status = "published"
    replaced_by: OptionalCode = ""
    aliases: Listed[Name] = ()
    problem: LongText = ""
    solution: LongText = ""
    use_when: Listed[Sentence] = ()
    avoid_when: Listed[Sentence] = ()
    origin: Annotated[Origin | None, BeforeValidator(none_if_empty)] = None
    consequences: Listed[Consequence] = ()
    relations: Listed[Relation] = ()
    steps: Listed[Step] = ()
    references: Listed[Reference] = ()
    known_as: Listed[KnownAs] = ()

    @field_validator("replaced_by")
    @classmethod
    def replaced_by_another(cls, value: str, info: ValidationInfo) -> str:
        if value and value == info.data.get("code"):
            raise refuse("self_reference", "names the entry itself", "name the entry that replaces it, or leave it out")
        return value

    @field_validator("aliases", "use_when", "avoid_when")
    @classmethod
    def texts_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        refuse_repeated((name_key(value), value) for value in values)
        return values

    @field_validator("relations")
    @classmethod
    def relations_to_others(cls, relations: tuple[Relation, ...], info: ValidationInfo) -> tuple[Relation, ...]:
        if any(relation.target == info.data.get("code") for relation in relations):
            raise refuse("self_reference", "an entry cannot relate to itself", "name another entry as the target")
        refuse_repeated(((one.type, one.target), f"{one.type} {one.target}") for one in relations)
        return relations

    @field_validator("known_as")
    @classmethod
    def known_once(cls, rows: tuple[KnownAs, ...]) -> tuple[KnownAs, ...]:
        refuse_repeated(((name_key(row.catalog), name_key(row.name)), f"{row.catalog}: {row.name}") for row in rows)
        return rows


def refuse_repeated(keyed: Iterable[tuple[Hashable, str]]) -> None:
    seen: set[Hashable] = set()
    for key, label in keyed:
        if key in seen:
            raise refuse("repeated", f"{shortened(label)!r} is there twice", "keep one of the two")
        seen.add(key)


class Category(Table):
    """A shelf of the catalogue. An empty slug means the slug of the name."""

    name: Name
    slug: OptionalSlug = ""
    description: Text = ""


class Header(Table):
    """What the catalogue says of itself; ``categories`` is the order of their slugs, stated by position in a file."""

    title: Line = ""
    description: Text = ""
    keywords: Listed[Name] = ()
    categories: Annotated[tuple[Slug, ...], Field(strict=False)] = ()

    @field_validator("keywords")
    @classmethod
    def keywords_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        refuse_repeated((name_key(value), value) for value in values)
        return values


CHILDREN: dict[str, type[Table]] = {
    "origin": Origin,
    "consequences": Consequence,
    "relations": Relation,
    "steps": Step,
    "references": Reference,
    "known_as": KnownAs,
}
ENTRY_KEYS = tuple(Entry.model_fields)
GIVEN_KEYS = ENTRY_KEYS[:5]
HEADER_KEYS = ("title", "description", "keywords")


def entry_stating(raw: dict[str, Any], *, context: object = None) -> Entry:
    """An entry of which only these keys are stated; the given ones that are not are blank. Raises ValidationError."""
    absent = [key for key in GIVEN_KEYS if key != "code" and key not in raw]
    entry = Entry.model_validate({**raw, **dict.fromkeys(absent, "x")}, context=context)
    return Entry.model_construct(set(raw), **{**dict(entry), **dict.fromkeys(absent, "")}) if absent else entry


def code_order(code: str) -> tuple[int, str]:
    """Sort key of codes: by length, then bytes, so that "9" comes before "10"."""
    return len(code), code


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


def stated(document: Table) -> dict[str, Any]:
    """What the document says in so many words, as plain JSON values: what was not stated is left out."""
    return document.model_dump(mode="json", exclude_unset=True)
