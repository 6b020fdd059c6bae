"""Valid documents for property tests, derived from the models: a new key is generated without being named here."""

from collections.abc import Callable, Hashable, Sequence
from itertools import count
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from patterns.document.catalog import Category, Document, Header
from patterns.document.entry import Entry, code_order
from patterns.document.register import Key, Table
from patterns.document.tables import Example, KnownAs, Reference, Relation, Variant, Year
from patterns.document.text import (
    INVISIBLE,
    Code,
    Evidence,
    Label,
    Line,
    LongText,
    Name,
    OptionalCode,
    OptionalSlug,
    Sentence,
    ShortText,
    Slug,
    SourceText,
    Text,
    Url,
    name_key,
    normal_form,
    slug_of,
)

AWKWARD = [
    *('"', '""', '"""', '""""', "'", "'''", "\\", '\\"', "\\\\", "\\n", "\\u0041", "#", "=", " ", "-", "+", "@", "'="),
    *("[[items]]", "[items.origin]", 'code = "07"', "key = ", "{", "}", "]", ",", "é", "e\u0301", "\u0344", "\u0958"),
    *("日本", "🌀", "ß", "İ", "\u00a0", "\u200b", "\ufeff", "\u202e", "saga", "Pattern", "7"),
]
BREAKS = ["\n", "\n\n", "\t", "\r\n", "\r", "\u2028", '\n"""\n', "\n[[items]]\ncode = 1\n"]


def texts(limit: int, *, is_required: bool = False, has_lines: bool = False) -> st.SearchStrategy[str]:
    """Text as people paste it, brought into normal form; now and then as long as the limit allows.

    On one line, nothing is invisible.
    """
    usual_characters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
    character = st.characters(exclude_categories=("Cs", "Cc")) if has_lines else usual_characters
    piece = st.one_of(st.sampled_from(AWKWARD + BREAKS * has_lines), st.sampled_from(AWKWARD), character)
    short = st.lists(piece, min_size=is_required, max_size=5).map("".join)
    long = piece.map(lambda one: (f"x{one}" * limit)[:limit])  # marks piled on one character are refused
    pasted = st.one_of(short, short, short, long)
    usual = pasted if has_lines else pasted.map(lambda text: " ".join(INVISIBLE.sub("", text).split()))
    return usual.map(normal_form).filter(lambda text: is_required <= len(text) <= limit)


words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6)
slugs = st.lists(words, min_size=1, max_size=4).map("-".join)
codes = st.text("0123456789.-ABCZabcz", min_size=1, max_size=16)
hosts = st.sampled_from(["example.org", "localhost:8000", "xn--bcher-kva.example", "[::1]"])
paths = st.sampled_from(["", "/", "/a?b=c&d=%22#e", "/ä/日本", "/'quoted'", "/" + "x" * 400])
urls = st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), hosts, paths)

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    Line: texts(200),
    Label: texts(200, is_required=True),
    Name: texts(120, is_required=True),
    Text: texts(1_000, has_lines=True),
    Evidence: texts(400, is_required=True),
    Sentence: texts(1_000, is_required=True, has_lines=True),
    LongText: texts(20_000, has_lines=True),
    ShortText: texts(4_000, is_required=True, has_lines=True),
    SourceText: texts(6_000, is_required=True, has_lines=True),
    Slug: slugs,
    OptionalSlug: st.just("") | slugs,
    Code: codes,
    OptionalCode: st.just("") | codes,
    Url: st.just("") | urls,
    Year: st.integers(1900, 2100),
    bool: st.booleans(),
    type(None): st.none(),
}
SAME: dict[Any, Callable[[Any], Hashable]] = {
    Name: name_key,
    Evidence: name_key,
    Sentence: name_key,
    Relation: lambda one: (one.type, one.target),
    KnownAs: lambda one: (name_key(one.catalog), name_key(one.name)),
    Variant: lambda one: name_key(one.name),
    Example: lambda one: name_key(one.title),
    Reference: lambda one: one.key or repr(one),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Valid values of a field, by its type; what the register says of the key beside it makes no other values."""
    if get_origin(hint) is Annotated:
        plain = hint.__origin__
        about = tuple(one for one in hint.__metadata__ if not isinstance(one, Key))
        hint = Annotated[plain, *about] if about else plain
    if hint in LEAVES:
        return LEAVES[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is Annotated:
        return values(arguments[0])
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=2, unique_by=SAME.get(arguments[0], repr)).map(tuple)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, arguments))
    return tables(hint)


def tables(model: type[Table], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(model, include_extras=True)
    fields = {name: values(hints[name]) for name in model.model_fields if name not in fixed}
    return st.builds(model, **fields, **fixed)


# Built once: building a strategy costs more than drawing from it.
HEADERS = tables(Header, categories=st.just(()))
CATEGORIES = tables(Category)
ENTRIES = tables(Entry, replaced_by=st.just(""), relations=st.just(()))
RELATIONS = st.lists(tables(Relation), max_size=3)
NAMES = texts(100, is_required=True)


def relations_to(drawn: Sequence[Relation], targets: Sequence[str]) -> tuple[Relation, ...]:
    """The relations led to the targets, each type once."""
    by_type = {one.type: one for one in drawn} if targets else {}
    return tuple(
        one.model_copy(update={"target": targets[index % len(targets)]}) for index, one in enumerate(by_type.values())
    )


@st.composite
def categories(draw: st.DrawFn, *, min_size: int = 0) -> dict[str, Category]:
    """Categories by slug as the database holds them; about half have the slug of their name."""
    drawn = draw(st.lists(CATEGORIES, min_size=min_size, max_size=3, unique_by=lambda one: name_key(one.name)))
    found: dict[str, Category] = {}
    for one in drawn:
        slug = one.slug or slug_of(one.name) or "unnamed"
        number = count()
        while slug in found:  # a number that grows: a long slug with the same end again would never be free
            slug = f"{slug[:90]}{next(number)}"
        found[slug] = one.model_copy(update={"slug": slug})
    return found


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Whole catalogues as the database holds them; relations point from higher codes to lower ones."""
    own_codes = sorted(draw(st.lists(codes, max_size=3, unique=True)), key=code_order)
    shelves = draw(categories(min_size=1 if own_codes else 0))
    header = draw(HEADERS).model_copy(update={"categories": tuple(shelves)})
    entries: dict[str, Entry] = {}
    for index, code in enumerate(own_codes):
        slug = f"{draw(slugs)}-{index}"
        entries[code] = draw(entries_of(code, slug, tuple(shelves.values()), own_codes[:index]))
    return Document(header, shelves, entries)


@st.composite
def entries_of(draw: st.DrawFn, code: str, slug: str, shelves: Sequence[Category], targets: Sequence[str]) -> Entry:
    """An entry with its code and slug; the code in the name keeps names apart."""
    given = {
        "code": code,
        "slug": slug,
        "name": f"{code} {draw(NAMES)}",
        "category": draw(st.sampled_from(shelves)).name,
        "replaced_by": draw(st.sampled_from(["", *targets])),
        "relations": relations_to(draw(RELATIONS), targets),
    }
    return Entry(**{**dict(draw(ENTRIES)), **given})
