"""The tables below an entry: what stands under each of its keys that holds rows."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from patterns.document.register import KEY_LIMIT, Key, Layout, Listed, Table, Weight
from patterns.document.text import (
    INVISIBLE,
    Code,
    Evidence,
    Label,
    Line,
    Name,
    OptionalSlug,
    Sentence,
    ShortText,
    SourceText,
    Text,
    Url,
    name_key,
    refuse,
)
from patterns.document.vocabulary import Quality, RelationType, Sign, StepKind

ADDRESS = "Web address, beginning with https:// or http://."
MARKDOWN = "Markdown: paragraphs, emphasis, code, lists, links: [[06]] or [[06|words]]."

LINE, BLOCK, WORD, INLINE = Layout.LINE, Layout.BLOCK, Layout.WORD, Layout.INLINE

Year = Annotated[int, Field(ge=1900, le=2100)]


def none_if_empty(value: object) -> object:
    """An empty table clears its key, as an empty string or list clears others."""
    if isinstance(value, dict) and len(value) > KEY_LIMIT:
        raise refuse("too_many_keys", f"has {len(value):,} keys", "it has at most three")
    return None if value == {} else value


class Origin(Table):
    """Who named the pattern, and when."""

    who: Annotated[Name, Key("Who", "Person or group that named it, or described it first.", LINE)]
    year: Annotated[Year | None, Key("Year", "Year of the first publication under this name.", WORD)] = None
    url: Annotated[Url, Key("Address", ADDRESS, LINE)] = ""


class Variant(Table):
    """One of several ways to build it."""

    name: Annotated[Name, Key("Name", "What this way is called.", LINE)]
    text: Annotated[
        ShortText,
        Key(
            "Text",
            f"How it works, and what it gains and costs beside the others. {MARKDOWN}",
            BLOCK,
            is_markdown=True,
            is_prose=True,
        ),
    ]


LAB_PREFIX = "lab:"
EVIDENCE_COUNT = 8
EVIDENCE_LENGTH = 1_000  # of all of it together


def listed_evidence(value: Any) -> Any:
    """Evidence was one text once, of any lines, and older files, revisions and tables hold it so: a list of one."""
    if not isinstance(value, str):
        return value
    text = " ".join(INVISIBLE.sub("", value).split())
    return [text] if text else []


def refuse_much(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > EVIDENCE_COUNT:
        raise refuse("too_long", f"has {len(value)} items", f"name the {EVIDENCE_COUNT} best at most")
    if (length := len("\n".join(value))) > EVIDENCE_LENGTH:
        raise refuse("too_long", f"has {length:,} characters in all", f"at most {EVIDENCE_LENGTH:,} are allowed")
    return value


class Consequence(Table):
    """One gain or cost, in one quality."""

    quality: Annotated[
        Quality, Key("Quality", "The quality of the system that changes.", LINE, weight=Weight.DESCRIPTION)
    ]
    sign: Annotated[Sign, Key("Sign", "Whether the quality is gained or paid with.", LINE)]
    text: Annotated[Sentence, Key("Text", "One sentence.", LINE, is_prose=True)]
    evidence: Annotated[
        Listed[Evidence],
        BeforeValidator(listed_evidence),
        AfterValidator(refuse_much),
        Key(
            "Evidence",
            "What backs it: keys of references below, or lab:PRESET/METRIC. Without any it is the editor's judgement.",
            INLINE,
            identity=name_key,
        ),
    ] = ()


class Relation(Table):
    """A typed relation to another entry; the other direction is derived, never stated."""

    type: Annotated[RelationType, Key("Type", "How this entry relates to the other one.", LINE)]
    target: Annotated[Code, Key("Target", "Code of the other entry.", LINE)]
    why: Annotated[Text, Key("Why", "One sentence; shown on both pages.", LINE, is_prose=True)] = ""

    def __str__(self) -> str:
        return f"{self.type} {self.target}"


class Step(Table):
    """One message from one participant to another."""

    sender: Annotated[Label, Key("Sender", "The participant that sends it.", LINE)]
    receiver: Annotated[
        Label, Key("Receiver", "The participant that receives it; the same one for work of its own.", LINE)
    ]
    message: Annotated[Label, Key("Message", "What is sent or done.", LINE, is_prose=True)]
    kind: Annotated[
        StepKind,
        Key(
            "Kind",
            "A call waits, an event does not, a store writes. It fails by crash, silence (no answer) or refusal (no).",
            LINE,
        ),
    ] = "call"
    note: Annotated[Text, Key("Note", "What a reader has to know about this step.", LINE, is_prose=True)] = ""
    variant: Annotated[
        Line, Key("Variant", "Name of the variant that has this step; without one, every variant has it.", LINE)
    ] = ""


class Example(Table):
    """A piece of code or configuration that says it best."""

    title: Annotated[Label, Key("Title", "What it shows.", LINE, is_prose=True)]
    language: Annotated[Label, Key("Language", "Such as sql, python, yaml, json, nginx.", LINE)]
    code: Annotated[SourceText, Key("Code", "At most forty lines; a test runs or parses it.", BLOCK)]
    note: Annotated[Text, Key("Note", "What to look at.", LINE, is_prose=True)] = ""


class KnownUse(Table):
    """Somebody who built it, and said so."""

    who: Annotated[Label, Key("Who", "The organisation or product.", LINE)]
    what: Annotated[Sentence, Key("What", "What for, and how, in one sentence.", LINE, is_prose=True)]
    year: Annotated[Year | None, Key("Year", "When it was said.", WORD)] = None
    url: Annotated[Url, Key("Address", f"Where it is said. {ADDRESS}", LINE)] = ""


class Reference(Table):
    """A publication about the pattern."""

    key: Annotated[
        OptionalSlug,
        Key("Key", "Short name for evidence to refer to, such as brooker-2022: small letters, digits, hyphens.", LINE),
    ] = ""
    title: Annotated[Label, Key("Title", "Title of the publication.", LINE)]
    author: Annotated[Line, Key("Author", "Who wrote it.", LINE)] = ""
    publication: Annotated[Line, Key("Publication", "Journal, publisher or site.", LINE)] = ""
    year: Annotated[Year | None, Key("Year", "Year of publication.", WORD)] = None
    url: Annotated[Url, Key("Address", ADDRESS, LINE)] = ""
    primary: Annotated[
        bool, Key("Primary", "Whether it was written by who named or first described the pattern.", WORD)
    ] = False


class KnownAs(Table):
    """The same pattern in another catalogue."""

    catalog: Annotated[Label, Key("Catalogue", "Name of the other catalogue.", LINE)]
    name: Annotated[Label, Key("Name", "Its name there.", LINE, weight=Weight.ALIASES)]
    category: Annotated[Line, Key("Category", "Its category there.", LINE)] = ""
    url: Annotated[Url, Key("Address", ADDRESS, LINE)] = ""

    def __str__(self) -> str:
        return f"{self.catalog}: {self.name}"
