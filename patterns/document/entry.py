"""The documents: an entry, a category, the catalogue's header, and the three together.

Documents are frozen. ``model_fields_set`` of a document that was read from a file holds the keys that the file
stated: an absent key and an explicit empty value mean different things to the merge.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationInfo, field_validator

from patterns.document.register import (
    HEAD,
    AnyTable,
    Key,
    Layout,
    Listed,
    Range,
    Section,
    Table,
    Weight,
    keys_of,
    made,
    names_where,
    table_under,
)
from patterns.document.tables import (
    MARKDOWN,
    Consequence,
    Example,
    KnownAs,
    KnownUse,
    Origin,
    Reference,
    Relation,
    Step,
    Variant,
    listed_evidence,
    none_if_empty,
)
from patterns.document.text import (
    Code,
    LongText,
    Name,
    OptionalCode,
    Sentence,
    Slug,
    name_key,
    refuse,
)
from patterns.document.vocabulary import Concern, Kind, Status

LINE, BLOCK, INLINE, LINES = Layout.LINE, Layout.BLOCK, Layout.INLINE, Layout.LINES

SYMPTOMS = Section("symptoms", "Symptoms")
PROBLEM, SOLUTION = Section("problem", "Problem"), Section("solution", "Solution")
VARIANTS = Section("variants", "Variants")
INTERACTION = Section("interaction", "Step by step")
CODE = Section("code", "In code")
APPLICABILITY = Section("applicability", "When to use it")
CONSEQUENCES = Section("consequences", "Gains and costs")
LAB = Section("lab", "In the lab")  # of no key: what the failure lab found out
PRACTICE = Section("practice", "In practice")
OWED = Section("owed", "What it obliges you to build")  # of no key: where its requirements lead
RELATIONS = Section("relations", "Related entries")
KNOWN_USES = Section("known_uses", "Known uses")
KNOWN_AS = Section("known_as", "Known elsewhere as")
ORIGIN, REFERENCES = Section("origin", "Origin"), Section("references", "References")
# The order in which readers meet them.
# First comes what it takes to decide, then what it takes to build.
SECTIONS = (
    SYMPTOMS,
    PROBLEM,
    SOLUTION,
    VARIANTS,
    APPLICABILITY,
    CONSEQUENCES,
    LAB,
    INTERACTION,
    CODE,
    PRACTICE,
    OWED,
    RELATIONS,
    KNOWN_USES,
    KNOWN_AS,
    ORIGIN,
    REFERENCES,
)


class Entry(Table):
    """One pattern of the catalogue."""

    # The order of the fields is the order of the keys in the canonical file.
    code: Annotated[
        Code,
        Key(
            "Code",
            "Its number for ever: text of letters, digits, dots and hyphens, so that 01 keeps its zero.",
            LINE,
            is_in_history=False,
        ),
    ]
    slug: Annotated[
        Slug,
        Key(
            "Address",
            "Its address below /patterns/: small letters, digits, hyphens. If it changes, the old one redirects.",
            LINE,
        ),
    ]
    name: Annotated[
        Name,
        Key(
            "Name",
            "As people say it. Unique, whatever its case, width and spaces.",
            LINE,
            weight=Weight.NAME,
            section=HEAD,
            is_prose=True,
        ),
    ]
    description: Annotated[
        Sentence,
        Key(
            "Description",
            "One sentence that says what it is; lists and search results show it.",
            LINE,
            weight=Weight.DESCRIPTION,
            section=HEAD,
            wanted=Range(4, 40),
            is_prose=True,
        ),
    ]
    category: Annotated[
        Name,
        Key(
            "Category",
            "Where readers find it: the name of its category.",
            LINE,
            weight=Weight.DESCRIPTION,
            section=HEAD,
        ),
    ]
    kind: Annotated[Kind, Key("Kind", "A pattern solves one problem; a style shapes a whole system.", LINE)] = "pattern"
    status: Annotated[
        Status,
        Key(
            "Status",
            "Readers see published entries only; the address of a retired one names its successor.",
            LINE,
            fieldset="State",
            is_in_history=False,
        ),
    ] = "published"
    replaced_by: Annotated[
        OptionalCode,
        Key(
            "Replaced by",
            "Code of the entry that readers should meet instead, once this one is retired.",
            LINE,
            fieldset="State",
        ),
    ] = ""
    aliases: Annotated[
        Listed[Name],
        Key(
            "Other names",
            "Other names.",
            INLINE,
            identity=name_key,
            weight=Weight.ALIASES,
            section=HEAD,
            is_prose=True,
        ),
    ] = ()
    symptoms: Annotated[
        Listed[Sentence],
        Key(
            "Symptoms",
            "What somebody who needs it would say hurts, in their words.",
            LINES,
            identity=name_key,
            weight=Weight.SYMPTOMS,
            section=SYMPTOMS,
            wanted=Range(3, 8),
            advice="say what somebody who needs it would complain of",
            is_prose=True,
        ),
    ] = ()
    concern: Annotated[
        Literal[Concern, ""],
        Key(
            "Where it hurts",
            "What most of its symptoms are about; the page of all symptoms has them there.",
            LINE,
            section=HEAD,
        ),
    ] = ""
    problem: Annotated[
        LongText,
        Key(
            "Problem",
            f"What hurts without it, and for whom. {MARKDOWN}",
            BLOCK,
            weight=Weight.PROBLEM,
            section=PROBLEM,
            fieldset="Text",
            wanted=Range(120, 250),
            advice="say what hurts without it",
            is_markdown=True,
            is_prose=True,
            is_compared=True,
        ),
    ] = ""
    solution: Annotated[
        LongText,
        Key(
            "Solution",
            f"How it works, and what it takes. {MARKDOWN}",
            BLOCK,
            weight=Weight.TEXT,
            section=SOLUTION,
            fieldset="Text",
            wanted=Range(150, 350),
            advice="say how it works",
            is_markdown=True,
            is_prose=True,
            is_compared=True,
        ),
    ] = ""
    use_when: Annotated[
        Listed[Sentence],
        Key(
            "When to use it",
            "Conditions that can be checked, under which it fits.",
            LINES,
            identity=name_key,
            weight=Weight.PROBLEM,
            section=APPLICABILITY,
            wanted=Range(3, 6),
            advice="say when it fits",
            is_prose=True,
            is_compared=True,
        ),
    ] = ()
    avoid_when: Annotated[
        Listed[Sentence],
        Key(
            "When to avoid it",
            "Conditions that can be checked, under which it does not fit.",
            LINES,
            identity=name_key,
            weight=Weight.TEXT,
            section=APPLICABILITY,
            wanted=Range(3, 6),
            advice="say when it does not fit",
            is_prose=True,
            is_compared=True,
        ),
    ] = ()
    checks: Annotated[
        Listed[Sentence],
        Key(
            "How to prove it",
            "Experiments and inspections that show that it was built, each with its result.",
            LINES,
            identity=name_key,
            weight=Weight.TEXT,
            section=PRACTICE,
            wanted=Range(3, 6),
            advice="say how to prove that one built it",
            is_prose=True,
        ),
    ] = ()
    signals: Annotated[
        Listed[Sentence],
        Key(
            "What to watch",
            "Figures and events of operation, and what a change of each means.",
            LINES,
            identity=name_key,
            weight=Weight.TEXT,
            section=PRACTICE,
            wanted=Range(2, 5),
            advice="say what to watch in operation",
            is_prose=True,
        ),
    ] = ()
    origin: Annotated[
        Origin | None,
        BeforeValidator(none_if_empty),
        Key("Origin", "Who named it, and when.", Layout.TABLE, section=ORIGIN, fieldset="Origin"),
    ] = None
    variants: Annotated[
        Listed[Variant],
        Key(
            "Variants",
            "Several ways to build it, each with what it gains and costs.",
            Layout.TABLES,
            identity=lambda variant: name_key(variant.name),
            weight=Weight.TEXT,
            section=VARIANTS,
            wanted=Range(2),
        ),
    ] = ()
    consequences: Annotated[
        Listed[Consequence],
        Key(
            "Gains and costs",
            "What it gains, and what it costs.",
            Layout.TABLES,
            weight=Weight.TEXT,
            section=CONSEQUENCES,
            wanted=Range(5, 9),
            advice="say what it gains and what it costs",
            is_compared=True,
        ),
    ] = ()
    relations: Annotated[
        Listed[Relation],
        Key(
            "Related entries",
            "Relations to other entries, each stated by one of the two and shown by both.",
            Layout.TABLES,
            identity=lambda relation: (relation.type, relation.target),
            weight=Weight.TEXT,
            section=RELATIONS,
            wanted=Range(3),
            advice="relate it to other entries, here or there",
        ),
    ] = ()
    steps: Annotated[
        Listed[Step],
        Key(
            "Step by step",
            "The messages of the interaction that shows how it works.",
            Layout.TABLES,
            weight=Weight.TEXT,
            section=INTERACTION,
            wanted=Range(6, 14),
            advice="show the interaction, message by message",
        ),
    ] = ()
    examples: Annotated[
        Listed[Example],
        Key(
            "Examples",
            "Code or configuration, where it says more than words.",
            Layout.TABLES,
            identity=lambda example: name_key(example.title),
            weight=Weight.TEXT,
            section=CODE,
        ),
    ] = ()
    known_uses: Annotated[
        Listed[KnownUse],
        Key("Known uses", "Who built it, with a source.", Layout.TABLES, weight=Weight.TEXT, section=KNOWN_USES),
    ] = ()
    references: Annotated[
        Listed[Reference],
        Key(
            "References",
            "Where to read on.",
            Layout.TABLES,
            identity=lambda reference: reference.key or id(reference),  # without a key it is like no other
            weight=Weight.TEXT,
            section=REFERENCES,
            wanted=Range(3),
            advice="name who says so",
        ),
    ] = ()
    known_as: Annotated[
        Listed[KnownAs],
        Key(
            "Known elsewhere as",
            "Where other catalogues file the same pattern, and under which name.",
            Layout.TABLES,
            identity=lambda row: (name_key(row.catalog), name_key(row.name)),
            weight=Weight.TEXT,
            section=KNOWN_AS,
        ),
    ] = ()

    @field_validator("replaced_by")
    @classmethod
    def replaced_by_another(cls, value: str, info: ValidationInfo) -> str:
        # A code that was refused is not among the data; then that is the problem.
        if value and value == info.data.get("code"):
            raise refuse("self_reference", "names the entry itself", "name the entry that replaces it, or leave it out")
        return value

    @field_validator("relations")
    @classmethod
    def relations_to_others(cls, relations: tuple[Relation, ...], info: ValidationInfo) -> tuple[Relation, ...]:
        for index, relation in enumerate(relations):
            if relation.target == info.data.get("code"):
                message, hint = "an entry cannot relate to itself", "name another entry as the target"
                raise refuse("self_reference", message, hint, at=(index, "target"))
        return relations


CHILDREN = {key: table_under(Entry, key) for key in names_where(Entry, lambda key: key.has_tables)}
ENTRY_KEYS = tuple(Entry.model_fields)
# Those of the given file: an entry that states nothing else is complete.
GIVEN_KEYS = ENTRY_KEYS[:5]
MARKDOWN_KEYS = names_where(Entry, lambda key: key.is_markdown)
# The keys of a table below an entry that hold a list of texts, and those that hold Markdown.
LISTS_IN = {table: names_where(table, lambda key: key.is_list_of_texts) for table in CHILDREN.values()}
MARKDOWN_IN = {key: names for key in CHILDREN if (names := names_where(CHILDREN[key], lambda one: one.is_markdown))}
SECTION_KEYS = {
    section: tuple(name for name, key in keys_of(Entry).items() if key.section is section) for section in SECTIONS
}


def entry_stating(raw: dict[str, Any], *, context: object = None) -> Entry:
    """An entry of which only these keys are stated; the given ones that are not are blank. Raises ValidationError."""
    absent = [key for key in GIVEN_KEYS if key != "code" and key not in raw]
    # The stand-in fits the rules of every given key, and is taken out again below.
    entry = Entry.model_validate({**raw, **dict.fromkeys(absent, "x")}, context=context)
    return Entry.model_construct(set(raw), **{**dict(entry), **dict.fromkeys(absent, "")}) if absent else entry


def long_texts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Every text in Markdown that is not empty, with its key, such as ``variants[1]``."""
    values = vars(entry)
    yield from ((key, values[key]) for key in MARKDOWN_KEYS if values[key])
    for key, names in MARKDOWN_IN.items():
        for number, row in enumerate(values[key], 1):
            yield from ((f"{key}[{number}]", getattr(row, name)) for name in names)


BLANK = {key: "" if field.is_required() else field.default for key, field in Entry.model_fields.items()}


def entry_kept(said: dict[str, Any]) -> Entry:
    """An entry that states these keys, which one that was valid was written down with as JSON."""
    return made(Entry, {**BLANK, **{key: kept_value(key, value) for key, value in said.items()}}, set(said))


def kept_value(key: str, value: Any) -> Any:
    if key not in CHILDREN:
        return tuple(value) if isinstance(value, list) else value
    if isinstance(value, list):
        return tuple(kept_row(CHILDREN[key], row) for row in value)
    return kept_row(CHILDREN[key], value) if value is not None else None


def kept_row(table: type[AnyTable], row: dict[str, Any]) -> AnyTable:
    lists = {key: tuple(listed_evidence(row[key])) for key in LISTS_IN.get(table, ()) if key in row}
    return made(table, {**{key: field.default for key, field in table.model_fields.items()}, **row, **lists}, set(row))


def code_order(code: str) -> tuple[int, str]:
    """Sort key of codes: by length, then bytes, so that "9" comes before "10"."""
    return len(code), code


def stated(document: Table) -> dict[str, Any]:
    """What the document says in so many words, as plain JSON values: what was not stated is left out."""
    return document.model_dump(mode="json", exclude_unset=True)
